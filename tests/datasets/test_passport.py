"""The passport: every row read is accounted for; days, gaps and ends; tables that fit; copies; what is odd."""

import csv
import datetime as dt
import io
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from churnbook import __main__ as command_line
from churnbook.analyses import passport
from churnbook.datasets.facts import facts_of
from churnbook.datasets.library import Library
from churnbook.intake.files import read
from churnbook.intake.loading import accounts, load
from churnbook.intake.loading.report import Report, Settings
from churnbook.intake.mapping import companion, map
from churnbook.words import formats
from churnbook.words.message import LOOK, NOTE, WRONG, Refused
from tests.builders import UPLOADED_ON, Make, Open, add, ask, rows_of, texts

Files = dict[str, str | bytes]


def became(path: Path) -> dict[str, dict[str, int]]:
    """What became of the rows of every source, with the rows read."""
    found = passport.accounts(facts_of(path))
    return {each.source.name: {"read": each.read, **each.became} for each in found}


def told(path: Path) -> str:
    return "\n".join(f"{passport.fact(each)} {passport.todo(each)}" for each in passport.warnings(facts_of(path)))


def daily(first: dt.date, last: dt.date, but: Callable[[dt.date], bool] = lambda day: False) -> str:
    """An export of one order a day."""
    days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    return "customer_id,ordered_at\n" + "".join(f"A,{day}\n" for day in days if not but(day))


# What became of the rows

PROBLEMS = """order_id,customer_id,ordered_at,amount
1,A,2024-01-05,10
2,B,2024-01-06,20
2,B,2024-01-06,20
3,,2024-01-07,5
4,C,someday,5
5,C,2024-01-08
,,,
order_id,customer_id,ordered_at,amount
Total,,,60

6,C,2024-01-09,5,7
"""


def test_every_row_read_is_accounted_for_by_what_became_of_it(make: Make) -> None:
    made = make({"orders.csv": PROBLEMS})
    counted = {"read": 10, "loaded": 3, "nobody": 1, "timestamp": 1, "fields": 2, "blank": 1, "header": 1, "total": 1}
    assert became(made) == {"orders.csv": counted}
    (account,) = passport.accounts(facts_of(made))
    assert (account.loaded, account.set_aside, account.not_data, account.repeated) == (4, 3, 3, 0)
    assert passport.accounts_finding([account]) == (
        "**All 10 rows read are accounted for**: 4 loaded, 3 set aside, 3 no data (totals, headers again, blank)."
    )
    assert passport.reasons([account]).startswith("the line does not have as many fields as the header: 2 · ")
    once = make({"orders.csv": PROBLEMS}, repeated="once")
    assert became(once) == {"orders.csv": {**counted, "loaded": 2, "repeated": 1}}


def test_a_customer_listed_twice_is_in_the_account(make: Make) -> None:
    made = make({"customers.csv": "customer_id,city\nA,Bonn\nB,Köln\nA,Ulm\n"})
    assert became(made) == {"customers.csv": {"read": 3, "loaded": 2, "duplicate": 1}}


@pytest.mark.parametrize("company", ["shop", "subscription"])
def test_the_samples_are_accounted_for_whole(company: str, request: pytest.FixtureRequest) -> None:
    folder = Path(__file__).parents[2] / "sample_data" / company
    lines = {}
    for file in folder.glob("*.csv"):
        text = file.read_bytes().decode("gb18030" if company == "shop" else "utf-8")
        lines[file.name] = len(list(csv.reader(io.StringIO(text)))) - 1
    found = became(request.getfixturevalue(company))
    assert found == {name: {"read": rows, "loaded": rows} for name, rows in lines.items()}


KINDS = {
    "loaded": lambda n: f"{n},C{n},2024-01-{1 + n % 28:02d},5",
    "repeated": lambda n: "0,C0,2024-01-01,5",
    "nobody": lambda n: f"{n},,2024-01-05,5",
    "timestamp": lambda n: f"{n},C,someday,5",
    "money": lambda n: f"{n},C,2024-01-05,much",
    "fields": lambda n: f"{n},C,2024-01-05" + ",5,7" * (n % 2),
    "total": lambda n: "Total,,,99",
    "header": lambda n: "order_id,customer_id,ordered_at,amount",
    "blank": lambda n: ", ,,",
    "nothing": lambda n: "",
}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.lists(st.sampled_from(sorted(KINDS)), max_size=25), once=st.booleans())
def test_any_mixture_of_rows_is_accounted_for_by_kind(make: Make, kinds: list[str], once: bool) -> None:
    first = [KINDS["loaded"](n) for n in range(20)]
    lines = [*first, *(KINDS[kind](n) for n, kind in enumerate(kinds, 20))]
    made = make(
        {"orders.csv": "\n".join(["order_id,customer_id,ordered_at,amount", *lines, ""])},
        repeated="once" if once else "keep",
    )
    expected = Counter(kinds)
    del expected["nothing"]
    expected["loaded"] += 20
    if not once:
        expected["loaded"] += expected.pop("repeated", 0)
    assert became(made) == {"orders.csv": {"read": sum(expected.values()), **expected}}
    assert rows_of(made, "select count(*) from main.orders") == [(expected["loaded"],)]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_file_that_was_damaged_anywhere_adds_up_or_is_refused_for_another_reason(
    make: Make, data: st.DataObject
) -> None:
    text = bytearray(
        (
            "order_id,customer_id,ordered_at,amount\n" + "".join(f'{n},"C,{n % 7}",2024-01-05,{n}\n' for n in range(40))
        ).encode()
    )
    for _ in range(data.draw(st.integers(1, 12))):
        index = data.draw(st.integers(38, len(text) - 1))
        text[index : index + data.draw(st.integers(0, 2))] = data.draw(
            st.sampled_from([b'"', b",", b"\n", b"\r", b"x", b"", b"\n\n", b'""', b"Total,"])
        )
    try:
        made = make(
            {"orders.csv": bytes(text)},
            tables={"orders.csv": "orders"},
            repeated=data.draw(st.sampled_from(["keep", "once"])),
        )
    except Refused as refused:
        assert "accounted for" not in str(refused)
    else:
        (counted,) = became(made).values()
        rows = counted.pop("read")
        assert rows == sum(counted.values())
        kept = "select (select count(*) from main.orders) + (select count(*) from main.guest_orders)"
        assert rows_of(made, kept) == [(counted["loaded"],)]
        assert rows_of(made, "select count(*) from meta.rejected") == [
            (rows - counted["loaded"] - counted.get("repeated", 0),)
        ]


def test_rows_that_do_not_add_up_load_nothing(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("customer_id,ordered_at\nA,2024-01-05\nB,2024-01-06\nC,2024-01-07\n")
    mapped = [map.propose(sheet) for sheet in read.inspect(tmp_path / "orders.csv", "orders.csv", tmp_path)]
    with duckdb.connect() as connection:
        connection.execute(
            "create schema meta; create table meta.rejected (source integer, reason varchar);"
            "create table meta.sources as select 0 as source, 'orders' as table_name;"
            "create table main.orders as select unnest([1, 2]) as customer"
        )
        accounts.begin(connection)
        accounts.enter(connection, 0, accounts.READ, 3)
        with pytest.raises(
            Refused, match=r"orders.csv: 3 rows were read but 2 are accounted for, so nothing was loaded"
        ):
            accounts.close(connection, mapped, Report())


# Exact copies


def test_a_copy_is_found_between_rows_of_the_same_instant_and_a_row_that_differs_is_none(make: Make) -> None:
    rows = "A,visit,2024-01-05 10:00,home\nA,visit,2024-01-05 10:00,cart\nA,visit,2024-01-05 10:00,home\nA,pay,2024-01-05 10:00,home\nB,visit,2024-01-05 10:00,\nB,visit,2024-01-05 10:00,\n"
    text = "customer_id,event,occurred_at,page\n" + rows
    kept = make({"events.csv": text})
    assert passport.repeated(facts_of(kept)) == 2
    assert "Events: rows that repeat another exactly, in every column that was loaded: **2**; all were kept." in told(
        kept
    )
    once = make({"events.csv": text}, repeated="once")
    assert passport.repeated(facts_of(once)) == 0
    assert "Events: exact copies of other rows left out: **2**; each row was kept once." in told(once)
    assert rows_of(once, "select event::varchar, attributes['page'], count(*) from main.events group by all order by all") == [
        ("pay", "home", 1), ("visit", "cart", 1), ("visit", "home", 1), ("visit", None, 1),
    ]  # fmt: skip
    assert rows_of(once, "select sum(times) from main.activity_days") == [(4,)]


def test_of_copies_in_several_files_the_first_keeps_the_row(make: Make) -> None:
    head = "customer_id,ordered_at,amount\n"
    files: Files = {
        "orders-1.csv": head + "A,2024-01-05,1\nB,2024-01-06,2\n",
        "orders-2.csv": head + "B,2024-01-06,2\nC,2024-01-07,3\nC,2024-01-07,3\n",
    }
    made = make(files, repeated="once")
    assert became(made) == {
        "orders-1.csv": {"read": 2, "loaded": 2},
        "orders-2.csv": {"read": 3, "loaded": 1, "repeated": 2},
    }
    assert facts_of(made).tables["orders"].rows == 3
    assert became(make(files)) == {"orders-1.csv": {"read": 2, "loaded": 2}, "orders-2.csv": {"read": 3, "loaded": 3}}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("costs.csv", "period,channel,cost\n2024-01,ads,5\n2024-01,ads,5\n2024-01,mail,5\n"),
        ("benchmarks.csv", "metric,typical\nchurn,3\nchurn,3\nnps,3\n"),
        ("assignments.csv", "customer_id,experiment,variant,assigned_at\nA,offer,control,\nA,offer,control,\nA,offer,other,\n"),
    ],
)  # fmt: skip
def test_tables_without_customers_or_dates_have_copies_too(make: Make, name: str, text: str) -> None:
    table = name.removesuffix(".csv")
    made = make({"orders.csv": "customer_id,ordered_at\nA,2024-01-05\n", name: text}, {name: table}, repeated="once")
    assert became(made)[name] == {"read": 3, "loaded": 2, "repeated": 1}


def test_the_command_line_keeps_copies_once_and_reports_the_accounts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "orders.csv").write_text(PROBLEMS)
    options = [
        "import",
        str(tmp_path / "orders.csv"),
        "--into",
        str(tmp_path / "x.duckdb"),
        "--repeated",
        "once",
        "--json",
    ]
    assert command_line.main(options) == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert {each["what"]: each["rows"] for each in report["accounts"] if each["file"] == "orders.csv"} == {
        "read": 10, "loaded": 2, "repeated": 1, "nobody": 1, "timestamp": 1, "fields": 2, "blank": 1, "header": 1, "total": 1,
    }  # fmt: skip
    assert {"warning", "advice", "weight"} == set(report["advice"][0])
    assert [each["warning"] for each in report["advice"]] == report["warnings"]
    assert (report["tables"]["orders"]["rows"], report["tables"]["orders"]["rejected"]) == (3, 6)


# Which days it covers

JANUARY, JUNE = dt.date(2024, 1, 1), dt.date(2024, 6, 30)


def gaps(path: Path) -> list[tuple[Any, ...]]:
    return ask(path, "coverage_gaps")


def test_days_missing_from_a_table_that_has_rows_every_day_are_a_gap(make: Make) -> None:
    made = make({"orders.csv": daily(JANUARY, JUNE, lambda day: dt.date(2024, 5, 3) <= day <= dt.date(2024, 5, 19))})
    assert gaps(made) == [("orders", dt.date(2024, 5, 3), dt.date(2024, 5, 19), 17, 1)]
    facts = facts_of(made)
    (said,) = passport.warnings(facts)
    assert (said.weight, passport.fact(said), passport.todo(said)) == (
        WRONG,
        "Orders: no rows from 2024\\-05\\-03 to 2024\\-05\\-19 (**17** days).",
        "Otherwise there are rows every day\\. Export Orders again for 2024\\-05\\-03 to 2024\\-05\\-19; if nothing happened then, all is right\\.",
    )
    assert "no rows from 2024-05-03" in formats.plain(passport.coverage_finding(facts, passport.strip(facts)))


@pytest.mark.parametrize(
    "but",
    [
        pytest.param(lambda day: day.weekday() > 4, id="weekends"),
        pytest.param(lambda day: day.weekday() > 4 or dt.date(2024, 2, 10) <= day <= dt.date(2024, 2, 17), id="weekends and a holiday"),
        pytest.param(lambda day: day.weekday() != 2, id="once a week"),
        pytest.param(lambda day: day.day != 1, id="once a month"),
        pytest.param(lambda day: day < dt.date(2024, 3, 1) and day.day % 9 != 1, id="few at first"),
        pytest.param(lambda day: dt.date(2024, 5, 3) <= day <= dt.date(2024, 5, 6), id="four days"),
        pytest.param(lambda day: dt.date(2024, 1, 3) <= day <= dt.date(2024, 5, 6), id="two days long before"),
    ],
)  # fmt: skip
def test_days_on_which_nothing_is_to_be_expected_are_no_gap(make: Make, but: Callable[[dt.date], bool]) -> None:
    assert gaps(make({"orders.csv": daily(JANUARY, JUNE, but)})) == []


def test_a_month_without_the_weeks_it_should_have_is_a_gap(make: Make) -> None:
    made = make({"orders.csv": daily(JANUARY, JUNE, lambda day: day.weekday() > 4 or day.month == 3)})
    assert gaps(made) == [("orders", dt.date(2024, 3, 1), dt.date(2024, 3, 31), 31, 3)]


def test_a_table_that_ends_early_is_told_with_the_day_to_export_up_to(make: Make) -> None:
    events = "customer_id,event,occurred_at\n" + daily(JANUARY, dt.date(2024, 6, 12)).split("\n", 1)[1].replace(
        "A,", "A,visit,"
    )
    made = make({"orders.csv": daily(JANUARY, JUNE), "events.csv": events})
    assert rows_of(
        made, "select table_name, last_day, latest_table, latest_day, ends_early from meta.coverage_ends"
    ) == [
        ("events", dt.date(2024, 6, 12), "orders", JUNE, True),
        ("orders", JUNE, "orders", JUNE, False),
    ]
    assert "Events: the last row is of 2024-06-12, **18** days before the last of Orders (2024-06-30)" in formats.plain(
        told(made)
    )
    assert "Export Events again up to 2024-06-30: numbers count only the days" in formats.plain(told(made))


@pytest.mark.parametrize("last", [dt.date(2024, 6, 29), dt.date(2024, 6, 28)])
def test_a_table_that_ends_on_a_weekend_before_does_not_end_early(make: Make, last: dt.date) -> None:
    tickets = "customer_id,opened_at\n" + daily(JANUARY, last, lambda day: day.weekday() > 4).split("\n", 1)[1]
    made = make({"orders.csv": daily(JANUARY, JUNE), "tickets.csv": tickets})
    assert rows_of(made, "select bool_or(ends_early) from meta.coverage_ends") == [(False,)]


@pytest.mark.parametrize("astray", [dt.date(1970, 1, 1), dt.date(2026, 3, 1)])
def test_a_date_far_from_all_others_is_told_and_not_drawn(make: Make, astray: dt.date) -> None:
    made = make({"orders.csv": daily(JANUARY, JUNE) + f"A,{astray}\nB,{astray}\n"})
    facts = facts_of(made)
    assert f"Orders: rows more than a year away from all others: **2**, for instance of {astray}" in formats.plain(
        told(made)
    )
    bins = passport.strip(facts).bins
    assert (bins["first_day"].min().date(), bins["last_day"].max().date(), int(bins["rows"].sum())) == (
        JANUARY,
        JUNE,
        182,
    )
    assert gaps(made) == []


def test_the_calendar_counts_rows_by_period_against_the_fullest(make: Make) -> None:
    # four orders on the first day, two on the third, one on the fourth: after the data to, which is the third
    rows = "A,2024-01-01\n" * 4 + "B,2024-01-03\nC,2024-01-03\nD,2024-01-04\n"
    made = make({"orders.csv": "customer_id,ordered_at\n" + rows}, watermark=dt.date(2024, 1, 3))
    strip = passport.strip(facts_of(made))
    days = [
        (bin.day, rows, round(share, 2), later)
        for bin, rows, share, later in strip.bins[["bin", "rows", "share", "is_later"]].itertuples(index=False)
    ]
    assert (strip.grain, days) == ("day", [(1, 4, 1.0, False), (3, 2, 0.5, False), (4, 1, 0.25, True)])


@pytest.mark.parametrize(
    ("days", "grain"),
    [(120, "day"), (121, "week"), (840, "week"), (841, "month"), (3600, "month"), (3601, "quarter"), (10921, "year")],
)
def test_there_are_never_many_more_than_120_periods(make: Make, days: int, grain: str) -> None:
    made = make({"orders.csv": daily(JANUARY - dt.timedelta(days=days - 1), JANUARY)})
    strip = passport.strip(facts_of(made))
    assert strip.grain == grain and len(strip.bins) <= 122
    assert int(strip.bins["rows"].sum()) == days


# Whether the tables fit together


def test_customers_who_are_not_in_the_customer_file_are_counted_with_examples(make: Make) -> None:
    made = make(
        {
            "客户.csv": "customer_id,city\nA1,Bonn\n0007,Köln\nC3,Ulm\nD4,Trier\n",
            # of eight rows five name somebody else: Z9 twice, a1, 7, and X
            "orders.csv": "customer_id,ordered_at\nA1,2024-01-01\nA1,2024-01-02\nC3,2024-01-03\nZ9,2024-01-04\nZ9,2024-01-05\na1,2024-01-06\n7,2024-01-07\nX,2024-01-08\n",
            "tickets.csv": "customer_id,opened_at\nD4,2024-01-01\n",
        },
        {"客户.csv": "customers"},
    )
    facts = facts_of(made)
    assert passport.match(facts) == [
        passport.Match("orders", 8, 6, 5, 4, ("7", "X", "Z9"), 2, 2),
        passport.Match("tickets", 1, 1, 0, 0, (), 0, 3),
    ]
    said = formats.plain(told(made))
    assert "Orders: **62.5%** of rows name a customer who is not in 客户.csv (for example 7, X, Z9)" in said
    assert "Customer ids that 客户.csv holds with other zeros in front: **1**, for instance 7 and 0007" in said


def test_tables_that_fit_are_said_to(make: Make) -> None:
    made = make(
        {
            "customers.csv": "customer_id,city\nA,Bonn\nB,Köln\n",
            "orders.csv": "customer_id,ordered_at\nA,2024-01-01\nA,2024-01-02\n",
        }
    )
    facts = facts_of(made)
    assert passport.match(facts) == [passport.Match("orders", 2, 1, 0, 0, (), 0, 1)]
    assert passport.match_finding(facts, passport.match(facts)).startswith(
        "**Everything fits**: the customers of all 2 rows"
    )


def test_without_a_customer_file_there_is_nothing_to_compare(make: Make) -> None:
    assert passport.match(facts_of(make({"orders.csv": "customer_id,ordered_at\nA,2024-01-01\n"}))) == []


# What is odd


def test_ids_of_several_customers_and_rows_are_told(make: Make) -> None:
    made = make(
        {
            "orders.csv": "order_id,customer_id,ordered_at\n1,A,2024-01-01\n1,A,2024-01-01 10:00\n2,A,2024-01-02\n2,B,2024-01-02\n",
            "subscriptions.csv": "subscription_id,customer_id,started_at,mrr\nS1,A,2024-01-01,5\nS1,A,2024-02-01,6\nS2,B,2024-01-01,5\n",
        }
    )
    said = told(made)
    assert "Order ids that belong to several customers: **1**, for instance 2;" in said
    assert "Subscription ids that stand on several rows: **1**, for instance S1;" in said


def test_what_makes_numbers_wrong_comes_first(make: Make) -> None:
    made = make({"orders.csv": PROBLEMS + "7,D,2024-01-10,-5\n"})
    facts = facts_of(made)
    weights = [each.weight for each in passport.warnings(facts)]
    assert weights == [WRONG, LOOK, LOOK, NOTE, NOTE]
    assert passport.warnings_finding(passport.warnings(facts)) == (
        "**1 thing probably makes numbers wrong**, 2 are worth a look, 2 are good to know."
    )


def test_values_from_files_are_never_markdown(make: Make) -> None:
    made = make(
        {
            "*b*.csv": "customer_id,city\nA,x\n",
            "orders.csv": "customer_id,ordered_at\nA,2024-01-01\n:red[x],2024-01-02\n",
        },
        {"*b*.csv": "customers"},
    )
    assert r"not in \*b\*\.csv (for example \:red\[x\])" in told(made)


# The pages

FILES: Files = {
    "customers.csv": "customer_id,city\nA,Bonn\n",
    "orders.csv": "order_id,customer_id,ordered_at\n" + "".join(f"{n},A,2024-01-{n:02d}\n" for n in range(1, 29)) + "9,B,2024-01-09\n9,B,2024-01-09\nx,A,never\n",
}  # fmt: skip


def labels(app: AppTest, kind: str) -> list[str]:
    return [getattr(each, "label", "") for each in app.get(kind)]


def test_the_page_shows_four_cells_with_their_findings(opened: Open, library: Library) -> None:
    app = opened("passport", dataset=add(library, FILES))
    assert not app.exception and not app.error
    shown = texts(app)
    for sentence in (
        "**All 32 rows read are accounted for**: 31 loaded, 1 set aside.",
        "**The data cover 2024-01-01 to 2024-01-28** without a gap",
        "Orders: **6.7%** of rows name a customer who is not in customers.csv (for example B).",
        "**2 things probably make numbers wrong**, 2 are worth a look.",
    ):
        assert sentence in shown
    assert len(app.get("vega_lite_chart")) == 1
    assert labels(app, "download_button") == ["Download the rows set aside"]
    assert "keep-once" not in [each.key for each in app.button]


def test_the_page_speaks_chinese(opened: Open, library: Library) -> None:
    app = opened("passport", dataset=add(library, FILES), lang="zh_CN")
    shown = texts(app)
    for sentence in (
        "**共32行**：已载入31行，待处理1行。",
        "订单：客户不在“customers.csv”中的行占**6.7%**（例如B）。",
        "订单：有**1**行与其他行在所有已载入字段上完全相同；目前全部保留。",
    ):
        assert sentence in shown


def test_your_data_sums_it_up_and_leads_to_the_passport(opened: Open, library: Library) -> None:
    app = opened("your_data", dataset=add(library, FILES))
    assert "2 files · 31 rows loaded · 1 row set aside · **4 things to look at**" in texts(app)
    assert "Open the dataset passport" in labels(app, "page_link")


def test_a_dataset_of_customers_alone_says_what_it_lacks(opened: Open, library: Library) -> None:
    flat: Files = {"telecom.csv": "customerID,tenure,Contract,Churn\nA,3,month,Yes\nB,5,year,No\n"}
    shown = texts(opened("passport", dataset=add(library, flat)))
    assert "No table has dates" in shown and "There is nothing to compare" in shown
    assert "**Nothing odd was found**" in shown


def test_customers_that_orders_tell_of_are_no_list_to_compare_with_and_no_second_caption(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(
        "customer_id,ordered_at,country\nA,2024-01-01,FR\nA,2024-01-03,FR\nB,2024-01-02,DE\n,2024-01-02,DE\n"
    )
    (sheet,) = read.inspect(tmp_path / "orders.csv", "orders.csv", tmp_path)
    orders = map.propose(sheet, "orders")
    mapped = [orders, companion.customers(sheet, orders, ["country"])]
    load.load(mapped, tmp_path / "made.duckdb", Settings("made"), uploaded_on=UPLOADED_ON)
    facts = facts_of(tmp_path / "made.duckdb")
    found = passport.accounts(facts)
    assert [(each.source.table, each.read, each.loaded, each.set_aside) for each in found] == [
        ("orders", 4, 4, 0),
        ("customers", 2, 2, 0),
    ]
    assert passport.accounts_finding(found) == "**All 4 rows read are accounted for**: 4 loaded."
    assert passport.match(facts) == []
    assert not any("No customer of the customer file" in sentence for sentence, _fields in facts.warnings)
