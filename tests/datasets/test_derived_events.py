"""Derived events: an event narrowed by its attributes or several as one, wherever events are."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from churnbook import __main__ as command_line
from churnbook.catalogue import queries
from churnbook.catalogue.query import QueryError
from churnbook.catalogue.request import Scope
from churnbook.datasets.facts import absent_events, check_names, facts_of
from churnbook.datasets.library import Library
from churnbook.generations import derived_events, make
from churnbook.generations.derived_events import DerivedEvent
from churnbook.generations.made_of import MadeOf, history
from churnbook.intake.loading.report import Settings
from churnbook.page import contents
from churnbook.words import formats
from churnbook.words.message import Refused
from tests.builders import Make, Open, add, ask, columns, imported_once, making, rows_of, texts
from tests.datasets.built import grown, quiet, uploaded

LOG = """customer_id,event,occurred_at,amount,page,device
A,view,2024-01-05 10:00,,home,app
A,view,2024-01-05 11:00,,sale,app
A,buy,2024-01-05 12:00,30,sale,app
A,view,2024-02-06 09:00,,sale,web
B,view,2024-01-09 09:00,,home,web
B,view,2024-03-01 09:00,,sale,
B,call,2024-03-02 10:00,,,
C,view,2024-02-03 09:00,,sale,web
C,buy,2024-02-04 09:00,5,sale,web
C,buy,2024-03-09 09:00,7,home,app
D,call,2024-01-10 10:00,,,
D,call,2024-03-20 10:00,,,
"""
ORDERS = """customer_id,order_id,ordered_at,amount,product,category,channel
A,1,2024-01-05,30,cream,护肤,shop
A,1,2024-01-05,10,lamp,家居,shop
A,2,2024-02-05,8,lamp,家居,web
B,3,2024-01-06,20,cream,护肤,web
B,4,2024-03-06,21,serum,护肤,web
C,5,2024-02-07,5,lamp,家居,web
C,6,2024-03-08,50,lamp,家居,shop
"""
SALE = DerivedEvent("sale seen", (("view", (("page", ("sale",)),)),))
CARE = DerivedEvent("order: 护肤", (("order", (("category", ("护肤",)),)),))
TOUCH = DerivedEvent("touched", (("buy", ()), ("call", ())))


@pytest.fixture(name="make")
def imported_before(tmp_path: Path) -> Make:
    return making(tmp_path, imported_once)


_kept: dict[tuple[bytes, tuple[DerivedEvent, ...]], tuple[int, Path]] = {}


def kept(library: Library, path: Path, *events: DerivedEvent) -> Path:
    """A dataset file with these events saved in it; what was saved before is copied."""
    id = library.new_id()
    key = (path.read_bytes(), events)
    if key not in _kept:
        target = library.next_path(id)
        target.write_bytes(path.read_bytes())
        listed = library.publish(id, target, "mine")
        for event in events:
            listed = derived_events.save(library, id, event)
        folder = Path(tempfile.mkdtemp(dir=library.folder.parent))
        shutil.copytree(library.folder / id, folder, dirs_exist_ok=True)
        _kept[key] = listed.generation, folder
    else:
        shutil.copytree(_kept[key][1], library.folder / id, dirs_exist_ok=True)
    return library.path(id, _kept[key][0])


# Saved and removed


def test_an_event_is_saved_told_and_removed(library: Library, make: Make) -> None:
    id = library.new_id()
    target = library.next_path(id)
    target.write_bytes(make({"events.csv": LOG}).read_bytes())
    library.publish(id, target, "mine")
    derived_events.save(library, id, DerivedEvent("  sale   seen ", SALE.events))
    listed = derived_events.save(library, id, TOUCH)
    facts = library.facts(id, listed.generation)
    assert (listed.generation, facts.derived) == (3, {"sale seen": 4, "touched": 6})
    assert derived_events.defined(facts) == [SALE, TOUCH]
    assert facts.events == {"view": 6, "buy": 3, "call": 3}, "they are no events of the files"
    assert facts.tables["derived_moments"].rows == 10
    assert history(facts)[0].what.english == "Put together the event “touched”."

    listed = derived_events.remove(library, id, "sale seen")
    facts = library.facts(id, listed.generation)
    assert facts.derived == {"touched": 6}
    assert rows_of(facts.path, "select distinct name from main.derived_moments") == [("touched",)]
    with pytest.raises(Refused, match="There is no derived event “sale seen”"):
        derived_events.remove(library, id, "sale seen")


def test_what_other_tables_tell_is_put_together_too(library: Library, make: Make) -> None:
    files = {
        "customers.csv": "customer_id,signed_up_at\nA,2024-01-01\nB,2024-01-02\n",
        "subscriptions.csv": "customer_id,started_at,ended_at\nA,2024-01-01,2024-01-31\nA,2024-03-01,\nB,2024-02-01,\n",
        "tickets.csv": "customer_id,opened_at\nA,2024-01-05\nA,2024-01-06\n",
        "surveys.csv": "customer_id,answered_at,question,score\nA,2024-01-05,csat,5\nB,2024-01-06,csat,3\n",
        "orders.csv": ORDERS,
    }
    path = make(files, tables={f"{name}.csv": name for name in ("tickets", "surveys")})
    told = DerivedEvent("heard", (("ticket", ()), ("satisfied", ()), ("signup", ()), ("renewal", ())))
    path = kept(library, path, told, DerivedEvent("under contract", (("subscription", ()),)))
    facts = facts_of(path)
    assert facts.derived == {"heard": 6, "under contract": 3}
    assert set(derived_events.bases(facts)) == {"order", "subscription", "signup", "renewal", "ticket", "satisfied"}
    same: dict[str, Any] = {"grain": "month"}
    for query in ("cohort_retention", "cohort_revenue"):
        assert ask(path, query, start="under contract", returning="under contract", **same) == ask(
            path, query, start="subscription", returning="subscription", **same
        ), "a subscription lasts, under whatever name"


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (DerivedEvent(" ", SALE.events), "a name of 1 to 60"),
        (DerivedEvent("x" * 61, SALE.events), "a name of 1 to 60"),
        (DerivedEvent("view", SALE.events), "already have an event “view”"),
        (DerivedEvent("order", SALE.events), "“order” is an event of its own"),
        (DerivedEvent("satisfied", SALE.events), "“satisfied” is an event of its own"),
        (TOUCH, "There is a derived event “touched” already"),
        (DerivedEvent("none", ()), "at least one event"),
        (DerivedEvent("twice", (("view", ()), ("view", ()))), "“view” stands twice"),
        (DerivedEvent("other", (("views", ()),)), "No event “views” happens"),
        (DerivedEvent("of derived", (("touched", ()),)), "No event “touched” happens"),
        (DerivedEvent("other", (("view", (("page", ("sales",)),)),)), "“page” is never “sales”"),
        (DerivedEvent("other", (("view", (("colour", ("red",)),)),)), "“colour” is never “red”"),
        (DerivedEvent("other", (("call", (("page", ("sale",)),)),)), "“page” is never “sale”"),
        (DerivedEvent("other", (("view", (("page", ()),)),)), "choose at least one"),
        (DerivedEvent("both", (("buy", (("page", ("home",)), ("device", ("web",)))),)), "“both” never happens"),
        (DerivedEvent("'); drop table main.events; --", (("views", ()),)), "No event “views”"),
    ],
)
def test_what_cannot_be_saved_changes_nothing(library: Library, make: Make, event: DerivedEvent, words: str) -> None:
    path = kept(library, make({"events.csv": LOG}), TOUCH)
    with pytest.raises(Refused, match=words):
        derived_events.save(library, path.parent.name, event)
    assert library.find(path.parent.name).generation == int(path.stem)
    assert derived_events.defined(facts_of(path)) == [TOUCH]


# Where events are


def renamed(log: str, name: str, *, where: Callable[[list[str]], bool]) -> str:
    """The log with the rows in question under another name, and no others of that name."""
    head, *rows = log.splitlines()
    cells = [row.split(",") for row in rows]
    return "\n".join([head, *(",".join([c[0], name, *c[2:]] if where(c) else c) for c in cells)]) + "\n"


CLOCKS: list[dict[str, Any]] = [
    {"clock": clock, "measure": measure, "grain": grain, "minimum": minimum, "entry": entry}
    for clock in ("calendar", "rolling")
    for measure, grain, minimum, entry in [
        ("on", "month", 1, "first_time"),
        ("on_or_after", "week", 1, "recurring"),
        ("up_to", "day", 1, "first_time"),
        ("on", "day", 2, "first_time"),
    ]
]


def test_in_cohorts_it_counts_as_if_its_rows_had_its_name(library: Library, make: Make) -> None:
    sale = renamed(LOG, "sale seen", where=lambda c: c[1] == "view" and c[4] == "sale")
    touched = renamed(LOG, "touched", where=lambda c: c[1] in ("buy", "call"))
    path = kept(library, make({"events.csv": LOG}), SALE, TOUCH)
    hands = {"sale seen": make({"events.csv": sale}), "touched": make({"events.csv": touched})}
    for index, given in enumerate(CLOCKS):
        name, by_hand = list(hands.items())[index % 2]
        scope = Scope(as_of=dt.date(2024, 3, 1)) if given["measure"] == "up_to" else Scope()
        for chosen, query in product(({"start": name}, {"returning": name}), ("cohort_retention", "cohort_revenue")):
            known = queries.catalogue().parameters(queries.catalogue().find(query))
            asked = {key: value for key, value in (given | chosen).items() if key in known}
            assert ask(path, query, scope, **asked) == ask(by_hand, query, scope, **asked), (query, asked)
    for name, by_hand in hands.items():
        cell: dict[str, Any] = {"cohort": "2024-01-01", "period": 1, "returning": name}
        assert ask(path, "cohort_retention_customers", **cell) == ask(by_hand, "cohort_retention_customers", **cell)


def test_nothing_counts_twice_where_no_event_is_named(library: Library, make: Make) -> None:
    plain = make({"events.csv": LOG, "orders.csv": ORDERS})
    path = kept(library, plain, SALE, TOUCH, CARE)
    for query in ("cohort_retention", "cohort_revenue", "churn_rate", "active_periods", "overview", "lifecycle_counts"):
        assert ask(path, query) == ask(plain, query)
    for clock in ("calendar", "rolling"):
        assert ask(path, "cohort_retention", clock=clock, grain="day", minimum=2) == ask(
            plain, "cohort_retention", clock=clock, grain="day", minimum=2
        )


def test_orders_are_narrowed_by_category(library: Library, make: Make) -> None:
    path = kept(library, make({"orders.csv": ORDERS}), CARE)
    assert facts_of(path).derived == {"order: 护肤": 3}, "orders, not lines"
    assert columns(path, "cohort_retention", "cohort_size", "period", "retained", start=CARE.name) == [
        (2, 0, 2), (2, 1, 1), (2, 2, 1),
    ]  # fmt: skip
    back: dict[str, Any] = {"start": CARE.name, "returning": CARE.name}
    assert columns(path, "cohort_retention", "period", "retained", **back) == [(0, 2), (1, 0), (2, 1)]
    assert columns(path, "cohort_revenue", "period", "revenue", **back) == [(0, 60.0), (1, 0.0), (2, 21.0)]


def test_money_paid_back_counts_against_revenue_and_is_no_return(library: Library, make: Make) -> None:
    rows = "customer_id,order_id,ordered_at,amount,category,is_cancelled\nA,1,2024-01-05,30,x,no\nA,2,2024-02-05,-12,x,yes\n"
    path = kept(library, make({"orders.csv": rows}), DerivedEvent("x", (("order", (("category", ("x",)),)),)))
    assert facts_of(path).derived == {"x": 1}
    for name in ("x", "order"):
        assert columns(path, "cohort_retention", "period", "retained", returning=name) == [(0, 1), (1, 0)]
        assert columns(path, "cohort_revenue", "period", "revenue", returning=name) == [(0, 30.0), (1, -12.0)]


def test_accounts_left_out_and_filters_hold(library: Library, make: Make) -> None:
    customers = "customer_id,city\nA,x\nB,y\nC,x\nD,y\n"
    path = kept(library, make({"events.csv": LOG, "customers.csv": customers}), SALE)
    city = Scope(where=(("city", "x"),))
    assert columns(path, "cohort_sizes", "cohort", "customers", scope=city, start=SALE.name, grain="year") == [
        (dt.date(2024, 1, 1), 2)
    ]


def test_it_is_a_step_of_a_funnel(library: Library, make: Make) -> None:
    path = kept(library, make({"events.csv": LOG}), SALE, TOUCH)
    steps: dict[str, Any] = {"steps": ["sale seen", "touched"], "window": 7}
    assert columns(path, "funnel", "event", "customers", **steps) == [("sale seen", 3), ("touched", 3)]
    path = kept(library, make({"orders.csv": ORDERS}), CARE)
    assert columns(path, "funnel", "customers", steps=[CARE.name, "order"], window=60) == [(2,), (2,)]


def test_an_attribute_must_be_there_and_an_event_that_is_not_is_told(library: Library, make: Make) -> None:
    facts = facts_of(kept(library, make({"events.csv": LOG}), SALE))
    parameters = queries.catalogue().parameters(queries.catalogue().find("cohort_retention"))
    with pytest.raises(QueryError, match="has no 'touched'; it has"):
        check_names(facts, parameters, {"breakdown": "touched"})
    check_names(facts, parameters, {"start": "touched"})

    def told(**values: str) -> list[str]:
        return [each.english for each in absent_events(facts, parameters, values)]

    assert told(start="sale seen", returning="buy") == []
    assert told(start="signup") == ["These data have no event “signup” (any more), so that it counts 0."]
    assert told(start="Sale  seen") == [
        "These data have no event “Sale  seen” (any more), so that it counts 0; the nearest is “sale seen”."
    ]
    assert told(start="xyz", returning="xyz") == ["These data have no event “xyz” (any more), so that it counts 0."]


def test_what_a_table_tells_of_is_absent_where_the_table_is(make: Make) -> None:
    parameters = queries.catalogue().parameters(queries.catalogue().find("funnel"))
    facts = facts_of(make({"events.csv": LOG}))
    absent = absent_events(facts, parameters, {"steps": ("view", "order", "ticket"), "exclude": "order"})
    assert [each.fields["event"] for each in absent] == ["order", "ticket"]
    facts = facts_of(make({"events.csv": LOG, "orders.csv": ORDERS}))
    assert [each.fields["event"] for each in absent_events(facts, parameters, {"steps": ("view", "order")})] == []


def test_attributes_and_values_are_offered_commonest_first(make: Make) -> None:
    path = make({"events.csv": LOG, "orders.csv": ORDERS})  # what comes after the last order does not count
    assert ask(path, "event_attributes", events=["view"]) == [("device",), ("page",)]
    assert ask(path, "event_attributes", events=["view", "call"]) == [], "only what all of them have"
    assert ask(path, "event_attributes", events=["order"]) == [("category",), ("channel",), ("product",)]
    assert ask(path, "event_attributes", events=["order", "buy"]) == []
    assert ask(path, "event_values", events=["view", "buy"], attribute="page") == [("sale", 6), ("home", 2)]
    assert ask(path, "event_values", events=["view"], attribute="page", most=1) == [("sale", 4)]
    assert ask(path, "event_values", events=["order"], attribute="category") == [("家居", 4), ("护肤", 3)]


# Files added later


def test_they_stay_when_files_are_added(library: Library, tmp_path: Path) -> None:
    listed = make.begin(library, [uploaded(tmp_path, "events.csv", LOG)], Settings("App"), quiet)
    for event in (SALE, TOUCH):
        listed = derived_events.save(library, listed.id, event)
    head = LOG.splitlines()[0]
    listed = grown(library, listed, uploaded(tmp_path, "april.csv", f"{head}\nE,view,2024-04-02 09:00,,sale,web\n"))
    facts = library.facts(listed.id, listed.generation)
    assert facts.derived == {"sale seen": 5, "touched": 6}
    assert derived_events.defined(facts) == [SALE, TOUCH]
    listed = derived_events.remove(library, listed.id, "touched")
    listed = grown(library, listed, uploaded(tmp_path, "may.csv", f"{head}\nE,view,2024-05-02 09:00,,sale,web\n"))
    assert library.facts(listed.id, listed.generation).derived == {"sale seen": 6}


def test_what_no_longer_happens_stays_and_is_told(library: Library, tmp_path: Path) -> None:
    listed = make.begin(library, [uploaded(tmp_path, "events.csv", LOG)], Settings("App"), quiet)
    for event in (SALE, TOUCH):
        listed = derived_events.save(library, listed.id, event)
    head = LOG.splitlines()[0]
    other = uploaded(
        tmp_path, "other.csv", f"{head}\nE,buy,2024-04-02 09:00,,sale,web\nE,sale seen,2024-04-03 09:00,,x,y\n"
    )
    listed = grown(library, listed, other, instead=True)
    facts = library.facts(listed.id, listed.generation)
    assert facts.derived == {"touched": 1}
    warned = {sentence.format(**fields) for sentence, fields in facts.warnings}
    assert "The derived event “touched” is made of “call”, which does not happen in the files." in warned
    assert "The derived event “sale seen” is left out, because the files have an event of that name." in warned
    again = uploaded(tmp_path, "again.csv", f"{head}\nE,open,2024-04-02 09:00,,sale,web\n")
    listed = grown(library, listed, again, instead=True)
    facts = library.facts(listed.id, listed.generation)
    assert facts.derived == {"sale seen": 0, "touched": 0}, "kept, for files to come"
    assert derived_events.defined(facts) == [SALE, TOUCH]


def test_settings_come_back_from_their_json() -> None:
    settings = Settings("App", derived=(SALE, CARE, TOUCH))
    made_of = MadeOf((), settings)
    assert MadeOf.of_json(made_of.to_json()) == made_of
    content = settings.to_json()
    del content["derived"]
    assert Settings.of_json(content).derived == ()


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ((SALE, SALE), "Two derived events are named “sale seen”"),
        ((DerivedEvent("signup", ()),), "an event of its own"),
    ],
)
def test_settings_that_cannot_be_are_refused(events: tuple[DerivedEvent, ...], words: str) -> None:
    with pytest.raises(Refused, match=words):
        Settings("App", derived=events).check()


# The command line


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("sale seen=view[page=sale]", SALE),
        ("order: 护肤=order[category=护肤]", CARE),
        (" touched = buy + call ", TOUCH),
        (
            "n=view[page=sale|home, device=web]+buy",
            DerivedEvent("n", (("view", (("page", ("sale", "home")), ("device", ("web",)))), ("buy", ()))),
        ),
        (
            '"a=b"="x+y"["p|q"="say ""hi"", you"|z]',
            DerivedEvent("a=b", (("x+y", (("p|q", ('say "hi", you', "z")),)),)),
        ),
    ],
)
def test_the_notation_of_the_command_line(text: str, event: DerivedEvent) -> None:
    assert DerivedEvent.of(text) == event


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "lacks a name at its end"),
        ("sale", "lacks “=” and the events after the name at its end"),
        ("sale=", "lacks the name of an event at its end"),
        ("sale=view+", "lacks the name of an event at its end"),
        ("sale=view[page]", r"lacks “=” and a value after the attribute before '\]'"),
        ("sale=view[page=]", r"lacks a value before '\]'"),
        ("sale=view[page=a", "or “]” at its end"),
        ("sale=view[page=a]b", "lacks “\\+” and another event, or the end before 'b'"),
        ('sale=view[page="a]', "lacks a value before"),
    ],
)
def test_what_is_written_wrongly_is_told(text: str, words: str) -> None:
    with pytest.raises(QueryError, match=words):
        DerivedEvent.of(text)


def test_events_are_put_together_at_import(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "events.csv").write_text(LOG)
    target = tmp_path / "made.duckdb"
    given = ["import", str(tmp_path / "events.csv"), "--into", str(target)]
    chosen = ["--event", "sale seen=view[page=sale]", "--event", "touched=buy+call+ring"]
    assert command_line.main([*given, *chosen]) == 0
    assert "“touched” is made of “ring”, which does not happen" in capsys.readouterr().out
    assert facts_of(target).derived == {"sale seen": 4, "touched": 6}
    run = ["run", "funnel", "--dataset", str(target), "--set", 'steps=["sale seen", "touched"]', "--format", "csv"]
    assert command_line.main(run) == 0
    assert "2,touched,3" in capsys.readouterr().out


def test_a_name_that_cannot_be_is_refused_at_import(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "events.csv").write_text(LOG)
    given = ["import", str(tmp_path / "events.csv"), "--into", str(tmp_path / "made.duckdb"), "--event"]
    assert command_line.main([*given, "signup=view"]) == 1
    assert "choose another name" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        command_line.main([*given, "sale=view["])
    assert ended.value.code == 2
    assert "lacks the name of an attribute at its end" in capsys.readouterr().err
    assert not (tmp_path / "made.duckdb").exists()


# The page


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The pages, and one with derived events alone."""
    folder = tmp_path / "pages"
    shutil.copytree(contents.FOLDER, folder)
    header = "# title: Derived\n# icon: join_inner\n# section: Data\n# order: 9\n# asks: What is put together?\n"
    (folder / "derived.py").write_text(f'{header}"""x"""\nfrom churnbook import page\n\npage.derived_events()\n')
    monkeypatch.setattr(contents, "FOLDER", folder)
    contents.pages.cache_clear()
    yield folder
    contents.pages.cache_clear()


def named(app: AppTest, key: str) -> Any:
    """The control of the form whose key begins so."""
    return next(
        each
        for each in (*app.multiselect, *app.selectbox, *app.text_input, *app.button)
        if str(each.key).startswith(key)
    )


def test_on_the_page_an_event_is_put_together_offered_and_removed(folder: Path, opened: Open, library: Library) -> None:
    id = add(library, {"events.csv": LOG, "orders.csv": ORDERS})
    app = opened("derived", folder=folder, dataset=id, lang="en")
    assert not app.exception
    assert named(app, "event-of").options == ["Order · 6", "view · 6", "buy · 3", "call · 3"]
    assert named(app, "save-event").disabled
    named(app, "event-of").select("Order · 6").run()
    assert named(app, "event-attribute").options == ["Category", "Channel", "Product"]
    named(app, "event-attribute").select("Category").run()
    assert named(app, "save-event").disabled, "an attribute without a value says nothing"
    values = named(app, "event-values")
    assert values.options == ["家居 · 4", "护肤 · 3"]
    values.select("护肤 · 3").run()
    assert named(app, "event-name").value == "Order: 护肤"
    named(app, "save-event").click().run()
    assert not app.exception
    assert library.find(id).generation == 2
    assert [formats.plain(toast.value) for toast in app.toast] == [
        "Saved “Order: 护肤”. Choose it wherever an event is chosen."
    ]
    assert "Order: 护肤 · Order (Category is 护肤) · 3 times" in texts(app).replace("**", "")

    cohorts = opened("cohorts", folder=folder, dataset=id, lang="en", retention__start="Order: 护肤")
    assert not cohorts.exception
    assert "Order: 护肤" in cohorts.selectbox(key="widget:retention.start").options
    assert cohorts.selectbox(key="widget:retention.start").value == "Order: 护肤"

    given = {"folder": folder, "dataset": id, "lang": "en", "funnel__steps": '["order","Order: 护肤"]'}
    words = "what fits several of these steps counts for each: Order, Order: 护肤"
    assert words in texts(opened("funnels", funnel__mode="any", **given))
    assert words not in texts(opened("funnels", **given))

    app = opened("derived", folder=folder, dataset=id, lang="zh_CN")
    assert "下单（Category" not in texts(app) and "护肤" in texts(app)
    app.button(key="remove-event-Order: 护肤").click().run()
    assert library.find(id).generation == 3
    assert library.facts(id, 3).derived == {}


def test_what_the_page_cannot_save_is_told(folder: Path, opened: Open, library: Library) -> None:
    id = add(library, {"events.csv": LOG})
    app = opened("derived", folder=folder, dataset=id, lang="en")
    named(app, "event-of").select("buy · 3").select("call · 3").run()
    assert not [each for each in app.selectbox if str(each.key).startswith("event-attribute")], (
        "they share no attribute"
    )
    assert named(app, "event-name").value == "buy or call"
    named(app, "event-name").set_value("view").run()
    named(app, "save-event").click().run()
    assert "The files already have an event “view”; choose another name." in texts(app)
    assert library.find(id).generation == 1
