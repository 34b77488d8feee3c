"""Charts on a page are drawn once for all who ask for the same, and every one of them becomes a picture."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import altair as alt
import pandas as pd
import pyarrow as pa
import pytest

from churnbook.analyses.cohorts import charts as cohorts
from churnbook.analyses.draw import finished
from churnbook.analyses.draw import picture as drawing
from churnbook.analyses.draw.finished import Drawing, finish, on, with_rows
from churnbook.analyses.draw.picture import picture
from churnbook.page.cell import charts, evidence
from churnbook.page.cell.answer import Answer
from churnbook.page.cell.kept import Kept
from churnbook.words.language import speak
from tests.builders import Open

PAGES = ["overview", "activity", "churn", "cohorts", "funnels", "definition", "customer", "passport"]
"""Those with charts."""


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The charts drawn from now on, none being kept from before."""
    made: list[Any] = []

    def noted(chart: Any) -> finished.Finished:
        made.append(chart)
        return finish(chart)

    monkeypatch.setattr(charts, "finish", noted)
    monkeypatch.setattr(drawing, "cjk_font", lambda: "Noto Sans CJK SC")
    charts._kept.clear()
    yield made
    charts._kept.clear()


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> dict[str, Drawing]:
    """The charts that pages opened from now on offer as pictures."""
    found: dict[str, Drawing] = {}
    show = evidence.show

    def noted(answer: Answer, draw: Drawing | None) -> None:
        if draw:
            found[answer.name] = draw
        show(answer, draw)

    monkeypatch.setattr(evidence, "show", noted)
    return found


def specs(app: Any) -> list[str]:
    return [each.proto.spec for each in app.get("vega_lite_chart")]


@pytest.mark.parametrize("page", PAGES)
def test_who_comes_later_is_shown_what_was_drawn_for_the_first(
    opened: Open, drawn: list[Any], offered: dict[str, Drawing], page: str
) -> None:
    address = {"customer": "C00003"} if page == "customer" else {}
    first = specs(opened(page, **address))
    made = len(drawn)
    assert made == len(first) > 0
    assert specs(opened(page, **address)) == first and len(drawn) == made
    chinese = specs(opened(page, lang="zh_CN", **address))
    assert len(drawn) == 2 * made, "in another language all of them are others"
    assert all(a != b for a, b in zip(chinese, first, strict=True))
    become_pictures(offered)


def test_a_server_without_a_chinese_font_draws_no_picture_anew_to_see_whether_it_can(
    opened: Open, drawn: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "cjk_font", lambda: None)
    labels = [each.proto.label for each in opened("activity", lang="zh_CN").get("download_button")]
    made = len(drawn)
    assert "SVG" in labels and "PNG" not in labels
    opened("activity", lang="zh_CN")
    assert len(drawn) == made
    assert "PNG" in [each.proto.label for each in opened("activity", lang="en").get("download_button")]


def test_no_word_of_one_language_is_shown_in_another(opened: Open, drawn: list[Any]) -> None:
    chinese, english = (specs(opened("cohorts", lang=lang)) for lang in ("zh_CN", "en"))
    charts._kept.clear()
    assert [specs(opened("cohorts", lang=lang)) for lang in ("en", "zh_CN")] == [english, chinese], (
        "whoever comes first"
    )


def test_a_click_and_a_control_draw_anew_what_they_change_alone(opened: Open, drawn: list[Any]) -> None:
    app = opened("cohorts")
    before, made = specs(app), len(drawn)
    opened("cohorts", retention__cohort="2023-05-01", retention__period="2")
    assert len(drawn) == made + 1, "the heatmap with what was clicked"
    app.button_group(key="widget:retention.grain").set_value("quarter").run()
    assert len(drawn) == made + 1 + len(before)
    app.button_group(key="widget:retention.grain").set_value("month").run()
    assert specs(app) == before and len(drawn) == made + 1 + len(before)


def test_rows_a_choice_or_the_theme_make_another_chart(drawn: list[Any]) -> None:
    def table() -> pd.DataFrame:
        rows = pd.DataFrame({"period": [0, 1, 2], "retention": [1.0, 0.5, 0.4], "ci_low": 0.1, "ci_high": 0.6})
        return rows.assign(segment=None, cohorts=3, customers=90)

    rows = table()
    curve = partial(partial, cohorts.curve)
    asked: list[Drawing] = [
        curve(rows, "month", "All"),
        curve(rows.assign(retention=[1.0, 0.5, 0.41]), "month", "All"),
        curve(rows, "week", "All"),
        curve(rows, "month", "Other"),
        partial(cohorts.difference, rows.assign(difference=0.1, retention_a=0.2, retention_b=0.1), "month", "x"),
        partial(cohorts.difference, rows.assign(difference=0.1, retention_a=0.2, retention_b=0.1), "month", "x", True),
    ]
    made = [charts.finished(draw) for draw in asked]
    assert len(drawn) == len(asked) and len({repr(each) for each in made}) == len(asked)
    assert [charts.finished(draw) for draw in asked] == made and len(drawn) == len(asked)
    assert charts.finished(curve(table(), "month", "".join(("A", "ll")))) is made[0], "the same asked for once more"
    speak("zh_CN")
    try:
        assert charts.finished(asked[0]) is not made[0]
    finally:
        speak("en")


def test_a_finished_chart_is_what_altair_makes_of_it() -> None:
    rows = pd.DataFrame({"day": pd.to_datetime(["2024-01-05", None]), "n": [1.5, None], "word": ["a", "客户"]})
    chart = on(rows).mark_line().encode(x="day:T", y="n:Q", tooltip="word:N").properties(title="x")
    made = finish(chart)
    whole = {name: part for name, part in chart.to_dict().items() if name not in ("config", "datasets", "data")}
    assert {name: part for name, part in made.specification.items() if name != "data"} == whole
    ((name, stream),) = made.rows.items()
    assert made.specification["data"] == {"name": name}
    assert pa.ipc.open_stream(stream).read_all().to_pandas().equals(pa.Table.from_pandas(rows).to_pandas())
    assert made.size >= len(stream)
    assert with_rows(made)["datasets"][name] == [
        {"day": "2024-01-05T00:00:00", "n": 1.5, "word": "a"},
        {"day": None, "n": None, "word": "客户"},
    ]


def test_rows_given_otherwise_are_refused_instead_of_lost() -> None:
    with pytest.raises(TypeError, match="on"):
        finish(alt.Chart(pd.DataFrame({"n": [1]})).mark_bar().encode(x="n:Q"))


def test_tests_hold_charts_against_the_schema() -> None:
    wrong = on(pd.DataFrame({"n": [1]})).mark_bar().encode(x="n:Q")
    wrong.height = "tall"
    with pytest.raises(Exception, match="tall"):
        finish(wrong)


def test_what_was_not_asked_for_the_longest_goes_first() -> None:
    kept: Kept[str, bytes] = Kept(10, len)
    kept.put("a", b"1234")
    kept.put("b", b"1234")
    assert kept.get("a") == b"1234"
    kept.put("c", b"1234")
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (b"1234", None, b"1234")
    kept.put("c", b"123456")
    assert (kept.get("a"), kept.get("c")) == (b"1234", b"123456"), "what is replaced counts no more"
    kept.put("d", b"much larger than all")
    assert (kept.get("a"), kept.get("c"), kept.get("d")) == (None, None, b"much larger than all")
    kept.clear()
    assert kept.get("d") is None


@pytest.mark.parametrize("page", PAGES)
def test_every_chart_offered_for_download_becomes_a_picture(
    opened: Open, offered: dict[str, Drawing], page: str
) -> None:
    opened(page, dataset="sample-subscription", **({"customer": "A00003"} if page == "customer" else {}))
    become_pictures(offered)


def become_pictures(offered: dict[str, Drawing]) -> None:
    for name, draw in offered.items():
        assert json.dumps(with_rows(finish(draw())), allow_nan=False), name
    if offered:
        assert picture(draw(), "svg").startswith(b"<svg")
