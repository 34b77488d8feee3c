"""The upload step: files that are gone or kept, settings that are proposed, days that are worth a try."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from churnbook import __main__ as command_line
from churnbook.analyses.definition import findings
from churnbook.datasets.facts import facts_of
from churnbook.datasets.library import Library
from churnbook.intake.files import read
from churnbook.intake.mapping import currency, map
from churnbook.page import contents
from churnbook.words.language import speak
from tests.builders import Open, texts
from tests.intake.built import choose, meanings

ORDERS = "customer_id,ordered_at,amount\nA,2024-01-05,{sign}10\nB,2024-02-06,{sign}20\n"


def leave_and_return(app):  # type: ignore[no-untyped-def]
    app.switch_page(str(contents.FOLDER / "passport.py")).run()
    app.switch_page(str(contents.FOLDER / "your_data.py")).run()
    assert not app.exception


# Files


def test_files_and_what_was_chosen_survive_a_visit_to_another_page(opened: Open, library: Library) -> None:
    app = opened("your_data")
    content = b"customer_id,ordered_at\nA,3/5/2024\nB,4/6/2024\n"
    app.file_uploader[0].upload("orders.csv", content, "text/csv").run()
    app.radio[0].set_value(True).run()
    app.text_input[0].set_value("Spring").run()
    leave_and_return(app)
    assert "1 file chosen before is still here: orders.csv" in texts(app)
    assert app.radio[0].value is True and app.text_input[0].value == "Spring"
    app.button(key="load").click().run()
    assert "“Spring” is loaded." in texts(app) and "data to 2024-06-04" in texts(app)
    assert "still here" not in texts(app) and "files" not in app.query_params


def test_meanings_chosen_survive_a_visit_to_another_page(opened: Open, library: Library) -> None:
    app = opened("your_data")
    content = "customer_id,ordered_at,amount,kind\n" + "".join(
        f"C{n % 5},2024-01-{n + 1:02d},10,web\n" for n in range(20)
    )
    app.file_uploader[0].upload("orders.csv", content.encode(), "text/csv").run()
    choose(app, {"kind": "channel"})
    leave_and_return(app)
    assert meanings(app)["kind"] == "channel"
    choose(app, {"amount": "-"})
    leave_and_return(app)
    assert meanings(app)["kind"] == "channel" and meanings(app)["amount"] == "-"
    app.button(key="load").click().run()
    id = app.query_params["dataset"]
    filled = library.facts(id if isinstance(id, str) else id[0], 1).filled
    assert "orders.channel" in filled and "orders.amount" not in filled


def test_files_kept_from_before_can_be_taken_out(opened: Open) -> None:
    app = opened("your_data")
    app.file_uploader[0].upload("orders.csv", ORDERS.format(sign="").encode(), "text/csv").run()
    leave_and_return(app)
    app.button(key="forget-files").click().run()
    assert "still here" not in texts(app) and "What do the columns mean?" not in texts(app)


def test_after_a_reload_the_page_names_the_files_that_are_gone(opened: Open) -> None:
    app = opened("your_data")
    app.file_uploader[0].upload("orders_*1*.csv", ORDERS.format(sign="").encode(), "text/csv").run()
    assert app.query_params["files"] == "orders_*1*.csv" and "are gone" not in texts(app)
    again = opened("your_data", files=app.query_params["files"])
    assert "The files chosen before are gone" in texts(again) and "Choose them again: orders_*1*.csv" in texts(again)
    again.file_uploader[0].upload("orders_*1*.csv", ORDERS.format(sign="").encode(), "text/csv").run()
    assert "are gone" not in texts(again)
    again.button(key="load").click().run()
    assert "are gone" not in texts(again) and "files" not in again.query_params


# Settings


def proposed(folder: Path, content: str, locale: str = "en-US", zone: str = "UTC", name: str = "orders.csv") -> object:
    (folder / name).write_text(content)
    mapped = [map.propose(sheet) for sheet in read.inspect(folder / name, name, folder)]
    return currency.proposed(mapped, locale, zone)


@pytest.mark.parametrize(("sign", "code"), [("$", "USD"), ("€", "EUR"), ("£", "GBP"), ("HK$", "HKD"), ("NT$", "TWD")])
def test_a_currency_is_proposed_by_its_sign(tmp_path: Path, sign: str, code: str) -> None:
    assert proposed(tmp_path, ORDERS.format(sign=sign)) == currency.Proposed(code, sign)


@pytest.mark.parametrize(
    ("city", "locale", "zone", "code", "why"),
    [
        ("上海", "ja-JP", "Asia/Tokyo", "CNY", "the file is in Chinese"),
        ("サービス", "zh-CN", "Asia/Shanghai", "JPY", "the file is in Japanese"),
        ("x", "ja-JP", "UTC", "JPY", "your browser is set to Japan"),
        ("x", "en-US", "Asia/Tokyo", "JPY", "your browser is set to Japan"),
        ("x", "en-US", "UTC", "CNY", "the file does not say which"),
    ],
)
def test_a_sign_of_two_currencies_is_decided_by_language(
    tmp_path: Path, city: str, locale: str, zone: str, code: str, why: str
) -> None:
    content = f"customer_id,ordered_at,amount,city\nA,2024-01-05,¥10,{city}\nB,2024-01-06,¥20,{city}\n"
    other = "JPY" if code == "CNY" else "CNY"
    assert proposed(tmp_path, content, locale, zone) == currency.Proposed(code, "¥", other, why)


def test_no_currency_is_proposed_where_amounts_are_bare_or_a_column_says_it(tmp_path: Path) -> None:
    assert proposed(tmp_path, ORDERS.format(sign="")) is None
    with_column = "customer_id,ordered_at,amount,currency\nA,2024-01-05,$10,CAD\nB,2024-01-06,$20,CAD\n"
    assert proposed(tmp_path, with_column) is None


def test_the_proposal_says_that_it_is_one_and_can_be_changed(opened: Open, library: Library) -> None:
    app = opened("your_data")
    app.file_uploader[0].upload("orders.csv", ORDERS.format(sign="¥").encode(), "text/csv").run()
    said = "the amounts are marked ¥, which can be CNY or JPY. CNY was taken: the file does not say which."
    assert said in texts(app)
    chosen = next(each for each in app.selectbox if each.label == "Currency")
    assert chosen.value == "CNY"
    chosen.set_value("JPY").run()
    assert said not in texts(app), "what was chosen is no proposal"
    app.button(key="load").click().run()
    id = app.query_params["dataset"]
    id = id if isinstance(id, str) else id[0]
    assert library.facts(id, 1).currency == "JPY"


def test_a_currency_is_given_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, target = tmp_path / "orders.csv", tmp_path / "made.duckdb"
    file.write_text(ORDERS.format(sign=""))
    assert command_line.main(["import", str(file), "--into", str(target), "--currency", "kroner"]) == 1
    assert "kroner is no currency; write it like CNY or USD." in capsys.readouterr().err
    assert command_line.main(["import", str(file), "--into", str(target), "--currency", "SEK"]) == 0
    assert facts_of(target).currency == "SEK"


# Days


def tried(suggested: int, returned_share: float, days: int = 90, lost: int = 10) -> pd.DataFrame:
    return pd.DataFrame(
        {"days": [days], "lost": [lost], "returned_share": [returned_share], "suggested_days": [suggested]}
    )


@pytest.mark.parametrize(
    ("suggested", "returned", "days", "found"),
    [(200, 0.33, 90, 200), (200, 0.05, 90, None), (40, 0.05, 90, 40), (80, 0.05, 90, None), (90, 0.5, 90, None)],
)
def test_other_days_are_suggested_where_many_return_or_silence_is_unusual_much_sooner(
    suggested: int, returned: float, days: int, found: int | None
) -> None:
    better = findings.better_days(tried(suggested, returned, days), days)
    assert (better[0] if better else None) == found


def test_where_nobody_is_lost_no_other_days_are_suggested() -> None:
    assert findings.better_days(tried(200, float("nan"), lost=0), 90) is None


def test_the_suggestion_names_the_days_and_the_share_in_both_languages() -> None:
    found = findings.better_days(tried(152, 0.334), 90)
    assert found and "With 90 days without activity, 33.4% of those lost came back later." in found[1]
    assert "within 152 days" in found[1]
    speak("zh_CN")
    try:
        assert "33.4%" in findings.better_days(tried(152, 0.334), 90)[1]  # type: ignore[index]
        assert "152天" in findings.better_days(tried(152, 0.334), 90)[1]  # type: ignore[index]
    finally:
        speak("en")


def test_after_the_upload_other_days_are_tried_with_one_click(opened: Open) -> None:
    """Twelve customers who come every 150 days: with 90 days each is lost and back again and again."""
    start = dt.date(2021, 1, 1)
    rows = [f"C{n},{start + dt.timedelta(n + 150 * k)},10" for n in range(12) for k in range(9)]
    content = "customer_id,ordered_at,amount\n" + "\n".join(rows)
    app = opened("your_data")
    app.file_uploader[0].upload("orders.csv", content.encode(), "text/csv").run()
    app.button(key="load").click().run()
    assert "of those lost came back later" in texts(app)
    link = next(each.proto for each in app.get("page_link") if each.proto.label == "Try 150 days")
    id = app.query_params["dataset"]
    id = id if isinstance(id, str) else id[0]
    assert (link.page, link.query_string) == ("definition", f"dataset={id}&definition.days=150")
    tries = opened("definition", dataset=id, definition__days="150")
    days = next(each for each in tries.number_input if str(each.key).startswith("definition-days"))
    assert days.value == 150 and "Lost after 90 days without activity" in texts(tries)
    tries.button(key="save-definition").click().run()
    assert "Lost after 150 days without activity" in texts(tries) and "definition.days" not in tries.query_params
    assert "is not a value for" in texts(opened("definition", dataset=id, definition__days="soon"))
