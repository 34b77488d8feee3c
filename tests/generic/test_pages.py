"""Every page opens on every kind of dataset, twice, in both languages; an address restores what it names."""

import ast
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from churnbook.catalogue.request import Request
from churnbook.datasets.facts import Facts
from churnbook.datasets.library import Library
from churnbook.engine.session import Result, TooLittleMemory
from churnbook.page import contents
from churnbook.page.cell import results
from churnbook.page.cell.controls import ranked
from churnbook.words.language import _, speak
from tests.builders import Open, add, choose_chinese, texts

DATASETS: dict[str, dict[str, str | bytes]] = {
    "orders": {"orders.csv": "customer_id,ordered_at,amount\nA,2024-01-05,10\nA,2024-02-06,5\nB,2024-01-31,-3\n"},
    "one customer": {"orders.csv": "customer_id,ordered_at\nA,2024-01-05\n"},
    "events": {
        "events.csv": "customer_id,event,occurred_at\nA,visit,2024-01-05\nA,pay,2024-02-06\nB,visit,2024-01-06\n"
    },
    "one day": {"events.csv": "customer_id,event,occurred_at\nA,visit,2024-01-05 10:00\nB,visit,2024-01-05 11:00\n"},
    "one instant": {
        "events.csv": "customer_id,event,occurred_at\n" + "".join(f"C{i},visit,2024-01-05 10:00\n" for i in range(40))
    },
    "forty years": {
        "orders.csv": "customer_id,ordered_at,amount\n" + "".join(f"A,{year}-02-03,5\n" for year in range(1984, 2024))
    },
    "the future": {"orders.csv": "customer_id,ordered_at,amount\nA,2190-01-05,10\nA,2191-02-06,5\n"},
    "flat": {"telecom.csv": "customerID,tenure,Contract,Churn\nA,3,month,Yes\nB,5,year,No\n"},
    "subscriptions": {
        "subscriptions.csv": "customer_id,started_at,ended_at,mrr\nA,2024-01-05,,10\nB,2024-01-05,2024-03-01,5\n"
    },
    "nobody lost": {"subscriptions.csv": "customer_id,started_at,ended_at\nA,2024-01-05,\nB,2024-03-05,\n"},
    "nobody": {"orders.csv": "customer_id,ordered_at,amount\n,2024-01-05,10\n,2024-02-01,20\n,2024-03-01,20\n"},
    "recorded": {"customers.csv": "customer_id,signed_up_at,churned_at\nA,2024-01-05,2024-03-01\nB,2024-02-05,\n"},
}


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("page", [page.name for page in contents.pages()])
def test_every_page_opens_on_the_sample_twice(opened: Open, page: str, language: str) -> None:
    app = opened(page, lang=language)
    assert not app.exception and not app.error
    assert not app.run().exception
    (header,) = (each for each in contents.pages() if each.name == page)
    speak(language)
    try:
        assert app.title[0].value == _(header.title) and (language == "en") == (_(header.title) == header.title)
    finally:
        speak("en")


ALL = [page.name for page in contents.pages()]
SHOWS: dict[str, list[str]] = {
    "orders": ALL,
    "events": ALL,
    "flat": ALL,
    "subscriptions": ALL,
    "recorded": ALL,
    "nobody": ALL,
    # those that fill what one above fills, on the pages where what is odd about them is shown
    "one customer": ["overview", "activity", "churn", "cohorts", "customer"],
    "one day": ["overview", "activity", "churn", "cohorts", "funnels", "passport", "definition"],
    "one instant": ["overview", "activity", "churn", "cohorts", "funnels", "passport", "definition"],
    "forty years": ["overview", "activity", "churn", "cohorts", "passport", "definition", "customer"],
    "the future": ["overview", "activity", "churn", "cohorts", "passport", "customer", "your_data"],
    "nobody lost": ["overview", "activity", "churn", "cohorts", "definition"],
}


@pytest.mark.parametrize(("kind", "page"), [(kind, page) for kind, pages in SHOWS.items() for page in pages])
def test_every_page_opens_on_every_kind_of_dataset(opened: Open, library: Library, page: str, kind: str) -> None:
    app = opened(page, dataset=add(library, DATASETS[kind]))
    assert not app.exception and not app.error


MORE_KINDS: dict[str, dict[str, str | bytes]] = {
    "a list": {"customers.csv": "customer_id,city\nA,x\nB,y\n"},
    "sign-ups": {"customers.csv": "customer_id,signed_up_at\nA,2024-01-05\nB,2024-02-01\n"},
    "tickets": {"tickets.csv": "customer_id,opened_at,resolved_at\nA,2024-01-05,2024-01-06\nB,2024-02-01,\n"},
    "surveys": {"surveys.csv": "customer_id,answered_at,question,score\nA,2024-01-05,nps,9\nB,2024-02-01,nps,3\n"},
    "exits": {"exits.csv": "customer_id,churned_at,reason\nA,2024-01-05,price\nB,2024-02-01,service\n"},
    "dated flat": {"customers.csv": "customer_id,churned_at,city\nA,2024-01-05,x\nB,,y\n"},
    "no amounts": {
        "orders.csv": "customer_id,ordered_at\n"
        + "".join(f"C{i},2024-0{1 + i % 6}-05\nC{i},2024-0{1 + i * 7 % 6}-15\n" for i in range(40))
    },
}
OFFERED = {
    "orders": {"benchmarks", "churn", "cohorts", "funnels", "activity", "customer"},
    "no amounts": {"benchmarks", "churn", "reasons", "cohorts", "funnels", "activity", "customer"},
    "events": {"benchmarks", "churn", "cohorts", "funnels", "activity", "customer"},
    "subscriptions": {"benchmarks", "churn", "reasons", "cohorts", "funnels", "activity", "customer"},
    "flat": {"benchmarks", "churn", "reasons", "customer"},
    "dated flat": {"benchmarks", "churn", "reasons", "customer"},
    "a list": {"benchmarks", "customer"},
    "sign-ups": {"benchmarks", "funnels", "customer"},
    "tickets": {"benchmarks", "funnels", "customer"},
    "surveys": {"benchmarks", "funnels", "customer"},
    "exits": {"benchmarks", "churn", "reasons", "customer"},
    "recorded": {"benchmarks", "churn", "reasons", "funnels", "customer"},
    "the future": {"benchmarks"},
    "nobody": {"benchmarks", "activity"},
}


@pytest.mark.parametrize("kind", OFFERED)
def test_overview_offers_the_pages_that_then_have_something(opened: Open, library: Library, kind: str) -> None:
    id = add(library, (DATASETS | MORE_KINDS)[kind])
    facts = library.facts(id, 1)
    offered = {each.name for each in contents.pages() if each.answers and not each.missing(facts)} - {"overview"}
    assert offered == OFFERED[kind]
    linked = {link.proto.page for link in opened(dataset=id).get("page_link")}
    assert {name for name in offered if not any(name in page for page in linked)} == set()
    for name in offered - {"benchmarks"}:  # which always shows what is published
        app = opened(name, dataset=id)
        assert not app.exception
        assert len(app.get("vega_lite_chart")) + len(app.metric) + len(app.dataframe) > 0, name


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_what_is_missing_is_said_as_it_is(opened: Open, library: Library, language: str) -> None:
    said = {
        "en": (
            "needs orders, events, subscriptions or a mark of churn; this dataset has none",
            "no dates of activity or churn",
            "No period of this size with enough in it is complete yet",
            "Every row of this dataset is dated after",
            "This page needs to know who the customers are, and no column tells them apart.",
            "This question needs to know who the customers are",
            "Nothing tells who bought, so nothing can be said about repeat purchases.",
        ),
        "zh_CN": (
            "需要订单、行为、订阅或流失标记",
            "没有活跃或流失的日期",
            "还没有这一长度且数据足够的完整周期",
            "所有行都在此之后",
            "本页需要区分客户，而数据中没有能区分客户的字段。",
            "这个问题需要区分客户",
            "无法得知是谁购买的，因此无法判断复购情况。",
        ),
    }[language]
    tickets = texts(opened(dataset=add(library, MORE_KINDS["tickets"]), lang=language))
    assert said[0] in tickets and said[1] in tickets
    assert said[2] in texts(opened(dataset=add(library, DATASETS["one customer"]), lang=language))
    assert said[3] in texts(opened(dataset=add(library, DATASETS["the future"]), lang=language))
    nobodys = add(library, DATASETS["nobody"])
    assert said[4] in texts(opened("cohorts", dataset=nobodys, lang=language))
    activity = opened("activity", dataset=nobodys, lang=language)
    assert said[5] in texts(activity) and said[6] in texts(activity)
    assert len(activity.get("vega_lite_chart")) == 2, "order value and days of the week, and no empty chart of rates"


def test_the_first_visit_opens_on_overview_with_the_sample(opened: Open) -> None:
    app = opened()
    assert app.title[0].value == "Overview"
    assert "sample data" in texts(app)
    assert [metric.value for metric in app.metric][:3] == ["2,400", "749", "9,534"]


def test_a_page_that_cannot_answer_says_what_it_needs(opened: Open, library: Library) -> None:
    app = opened("cohorts", dataset=add(library, DATASETS["flat"]))
    assert "This page needs orders, events or subscriptions; this dataset has none." in texts(app)
    overview = opened(dataset=add(library, DATASETS["flat"]))
    assert "needs orders, events or subscriptions; this dataset has none" in texts(overview)


def test_an_address_restores_what_it_names(opened: Open) -> None:
    app = opened("cohorts", retention__grain="quarter", retention__measure="on_or_after", retention__breakdown="渠道")
    assert not app.exception
    chosen = {each.label: each.value for each in [*app.get("segmented_control"), *app.selectbox]}
    assert chosen["Period"] == "quarter"
    assert chosen["Counts as back"] == "on_or_after"
    assert chosen["Split by"] == "渠道"


def test_a_value_that_is_not_allowed_is_told_and_the_default_used(opened: Open) -> None:
    app = opened("cohorts", retention__grain="fortnight", retention__breakdown="身高", retention__version="7")
    told = texts(app)
    assert "“fortnight” in the address is not a value for Period; Month is used." in told
    assert "“身高” in the address is not a value for Split by; Nothing is used." in told
    assert "There is no version 7 of cohort_retention (any more); version 1 is shown." in told
    assert app.query_params["retention.grain"] == "fortnight", "nothing is written that nobody asked for"
    choose_chinese(app)
    assert not {"retention.grain", "retention.breakdown", "retention.version"} & set(app.query_params)


@pytest.mark.parametrize("name", ["start", "returning"])
def test_an_event_that_does_not_occur_is_told_and_stays(opened: Open, name: str) -> None:
    app = opened("cohorts", **{f"retention__{name}": "加购物车"})
    assert not app.exception
    assert [each.value for each in app.warning] == [
        "These data have no event “加购物车” (any more), so that it counts 0; the nearest is “加购”."
    ]
    label = {"start": "Starts with", "returning": "Comes back with"}[name]
    assert [each.value for each in app.selectbox if each.label == label] == ["加购物车"]
    assert ("No customer started in the days chosen" in texts(app)) == (name == "start")
    choose_chinese(app)
    assert app.query_params[f"retention.{name}"] in ("加购物车", ["加购物车"])


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ({"dataset": "0123456789abcdef"}, "The link names a dataset that is not here"),
        ({"dataset": "../../etc"}, "The link names a dataset that is not here"),
        ({"generation": "9"}, "names state 9 of these data, which is not here; the newest, state 1, is shown"),
        ({"generation": "x"}, "“x” in the address is not a value for Data state"),
        ({"from": "someday"}, "“someday” in the address is not a value for From"),
        ({"where": "Körpergröße=1"}, "have no “Körpergröße”"),
    ],
)
def test_what_cannot_be_followed_in_the_frame_is_told(opened: Open, address: dict[str, str], words: str) -> None:
    app = opened(**address)
    assert not app.exception
    assert words in texts(app)


@pytest.mark.parametrize(
    ("given", "label"), [("0", "More choices"), ("1", "More choices"), ("2", "More choices (1 changed)")]
)
def test_the_fold_of_rarer_choices_counts_those_that_differ(opened: Open, given: str, label: str) -> None:
    app = opened("cohorts", retention__minimum=given)
    assert label in [each.proto.popover.label for each in app.get("popover")]


@pytest.mark.parametrize("given", ["retention__minimum=0", "retention__periods=-5", "retention__top=-1"])
def test_a_number_without_sense_in_the_address_is_told(opened: Open, given: str) -> None:
    name, _equals, value = given.partition("=")
    app = opened("cohorts", **{name: value})
    assert not app.exception and f"“{value}” in the address is not a value for" in texts(app)
    choose_chinese(app)
    assert name.replace("__", ".") not in app.query_params


@pytest.mark.parametrize(
    "address",
    [
        {"from": "1999-01-01"},
        {"to": "2099-01-01"},
        {"as_of": "1999-01-01"},
        {"as_of": "2099-01-01"},
        {"retention__periods": "99999"},
        {"retention__periods": "-3"},
        {"retention__minimum": "2000000000"},
        {"retention__cohort": "1999-01-01", "retention__period": "77"},
        {"retention__cohort": "never"},
    ],
)
def test_values_far_outside_the_data_break_nothing(opened: Open, address: dict[str, str]) -> None:
    app = opened("cohorts", **address)
    assert not app.exception and not app.error


def test_another_dataset_starts_without_the_choices_of_the_last(opened: Open, library: Library) -> None:
    other = add(library, DATASETS["orders"], "another")
    app = opened("cohorts", retention__breakdown="渠道", **{"from": "2023-05-01"})
    app.selectbox(key="widget:dataset").set_value(other).run()
    assert not app.exception and not app.warning
    assert {"retention.breakdown", "from"}.isdisjoint(app.query_params)


def test_a_scope_in_the_address_cuts_the_numbers(opened: Open) -> None:
    app = opened(where="渠道=直播", as_of="2023-12-31")
    assert int(app.metric[0].value) < 300


def test_choosing_writes_the_address_and_a_default_takes_it_out(opened: Open) -> None:
    app = opened("cohorts")
    app.button_group(key="widget:retention.grain").set_value("week").run()
    assert app.query_params["retention.grain"] == "week"
    app.button_group(key="widget:retention.grain").set_value("month").run()
    assert "retention.grain" not in app.query_params


def test_every_page_file_is_short_and_holds_no_sql() -> None:
    for page in contents.pages():
        text = page.path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 80, page.name
        assert "select " not in text.lower() and "groupby" not in text


def test_a_page_header_that_lacks_something_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("# title: X\n")
    with pytest.raises(contents.BadPage, match=r"x.py: the header needs a line # icon:"):
        contents.read(tmp_path / "x.py")


def test_the_customers_of_a_cell_become_a_segment_and_go_again(opened: Open, library: Library) -> None:
    id = add(library, DATASETS["orders"])
    app = opened("cohorts", dataset=id, retention__cohort="2024-01-01", retention__period="1")
    assert "1 customer of 2024-01 came back in month 1" in texts(app)
    app.text_input(key="save-name-retention-Cohort 2024-01").set_value("*Back*").run()
    app.button(key="save-now-retention").click().run()
    assert not app.exception and not app.error
    assert "Saved “*Back*”." in texts(app)
    assert "*Back*" in re.sub(r"\\(.)", r"\1", str(app.selectbox(key="widget:retention.breakdown").options))
    split = opened("cohorts", dataset=id, retention__breakdown="*Back*")
    assert "***Back*** · 1 customer" in texts(split) and "**(all others)** · 1 customer" in texts(split)
    data = opened("your_data", dataset=id)
    assert "Saved segments" in texts(data) and "***Back*** · 1 customer" in texts(data)
    data.button(key="remove-*Back*").click().run()
    assert not data.exception and "Saved segments" not in texts(data)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("size", [1, 40])
def test_a_saved_segment_is_used_with_one_click(opened: Open, library: Library, size: int, language: str) -> None:
    rows = "".join(
        f"C{i},2024-01-05\nC{i},2024-02-0{1 + i % 9}\nD{i},2024-01-06\nE{i},2024-02-06\n" for i in range(size)
    )
    id = add(library, {"orders.csv": f"customer_id,ordered_at\n{rows}"})
    app = opened("cohorts", dataset=id, lang=language, retention__cohort="2024-01-01", retention__period="1")
    next(each for each in app.text_input if str(each.key).startswith("save-name-retention")).set_value("Back").run()
    app.button(key="save-now-retention").click().run()
    app.button(key="split-saved-retention").click().run()
    assert not app.exception and app.query_params["retention.breakdown"] == "Back"
    app.button(key="filter-saved-retention").click().run()
    assert app.query_params["where"] == "Back=Back"
    assert next(each.proto.popover.label for each in app.get("popover")) == "Back", "by its name"
    app.button(key="filter-saved-retention").click().run()
    assert "where" not in app.query_params
    overview = opened(dataset=id, lang=language)
    overview.button(key="only-Back").click().run()
    assert not overview.exception and int(overview.metric[0].value) == size
    overview.button(key="only-Back").click().run()
    assert int(overview.metric[0].value) == 3 * size
    data = opened("your_data", dataset=id, lang=language)
    links = [link.proto for link in data.get("page_link")]
    assert any("where=Back%3DBack" in link.query_string for link in links)
    assert any("retention.breakdown=Back" in link.query_string for link in links)


def test_a_split_shows_six_segments_and_lets_choose_more(opened: Open, library: Library) -> None:
    rows = "".join(f"C{i:03d},2024-01-05\nC{i:03d},2024-0{1 + i % 2}-20\n" for i in range(300))
    cities = "".join(f"C{i:03d},city {i % 40}\n" for i in range(300))
    id = add(
        library,
        {"orders.csv": "customer_id,ordered_at\n" + rows, "customers.csv": "customer_id,city\n" + cities},
    )
    app = opened("cohorts", dataset=id, retention__breakdown="city", retention__top="9")
    assert not app.exception
    shown = app.multiselect(key="widget:retention.segments")
    assert len(shown.value) == 6 and len(shown.options) == 10 and shown.options[-1] == "(other)"
    assert len(app.get("vega_lite_chart")) == 10  # no amounts: no revenue
    shown.set_value(["(other)", "city 12"]).run()
    assert "**(other)** · 228 customers" in texts(app) and "**city 12** · 8 customers" in texts(app)
    assert app.query_params["retention.segments"] == ["(other)", "city 12"]
    flat = opened(
        "cohorts",
        dataset=id,
        retention__breakdown="city",
        comparison__segment_a="city 3",
        comparison__segment_b="city 4",
    )
    assert "fewer than 30 customers" in texts(flat)


@pytest.mark.parametrize(
    ("tag", "title"),
    [("zh", "概览"), ("zh-Hans-CN", "概览"), ("en-GB", "Overview"), ("tlh", "Overview"), ("", "Overview")],
)
def test_an_address_may_name_any_language(opened: Open, tag: str, title: str) -> None:
    app = opened(lang=tag)
    assert not app.exception
    assert app.title[0].value == title


@pytest.mark.parametrize("page", [page.name for page in contents.pages()])
def test_a_query_that_hits_a_limit_leaves_a_sentence_and_no_traceback(
    opened: Open, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    address: dict[str, str] = {"customer": "C00003"} if page == "customer" else {}
    answer = results.answer
    asked: dict[str, None] = {}

    def noted(requests: Sequence[Request], facts: Facts) -> list[Result]:
        asked.update(dict.fromkeys(request.query for request in requests))
        return answer(requests, facts)

    monkeypatch.setattr(results, "answer", noted)
    opened(page, **address)
    assert asked or not next(each for each in contents.pages() if each.name == page).answers
    for failing in asked:

        def limited(requests: Sequence[Request], facts: Facts, failing: str = failing) -> list[Result]:
            if any(request.query == failing for request in requests):
                raise TooLittleMemory(failing)
            return answer(requests, facts)

        monkeypatch.setattr(results, "answer", limited)
        app = opened(page, **address)
        assert not app.exception, failing
        assert [error for error in app.error if "needs more memory" in error.value], failing


def test_segments_are_ranked_by_all_their_rows_together() -> None:
    rows = pd.DataFrame({"segment": ["a", "a", "b", "b", "(other)", None], "customers": [10, 10, 15, None, 90, 99]})
    assert ranked(rows, "customers") == ["a", "b", "(other)"]


EMPTY = """# title: Empty
# icon: grid_on
# section: Understand
# order: 99
# asks: ?
from functools import partial
from churnbook import page
with page.cell("rates", "churned_share", "How many?") as cell:
    cell.run()
    cell.tables[0] = cell.tables[0].head(0)
    cell.answer(partial(print, "not drawn"), "chart", partial(str, "finding"))
"""


def test_a_cell_without_rows_says_so(opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "pages"
    shutil.copytree(contents.FOLDER, folder)
    (folder / "empty.py").write_text(EMPTY)
    monkeypatch.setattr(contents, "FOLDER", folder)
    contents.pages.cache_clear()
    try:
        app = opened("empty", folder)
    finally:
        contents.pages.cache_clear()
    assert not app.exception
    assert any("nothing to show" in box.value for box in app.info) and all(box.value for box in app.info)


def test_pages_show_nothing_by_accident() -> None:
    """Streamlit draws the value of an expression that stands alone, unless it is a call."""
    for header in contents.pages():
        tree = ast.parse(header.path.read_text(encoding="utf-8"))
        alone = [node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)]
        odd = [ast.unparse(node) for node in alone if not isinstance(node, ast.Call | ast.Constant)]
        assert odd == [], header.name
