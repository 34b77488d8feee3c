"""Files whose columns need judging: the whole column decides, what was assumed is told, what is suspicious is counted."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from churnbook import __main__ as command_line
from churnbook.datasets.facts import facts_of, rejected_of
from churnbook.engine.duckdb import open_cursor
from churnbook.intake.cells import dates
from churnbook.intake.files import read
from churnbook.intake.loading import columns
from churnbook.intake.mapping import map
from churnbook.words.language import translated
from tests.builders import Make
from tests.intake.built import read as read_column

PLAIN = "".join(f"P{i:04},2024-01-{i % 28 + 1:02},{i}.50\n" for i in range(1500))
HEADER = "customer_id,ordered_at,amount\n"


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with open_cursor(path) as cursor:
        return cursor.execute(sql).fetchall()


def orders(path: Path, beginning: str) -> list[tuple[Any, ...]]:
    return rows(
        path,
        "select customer_id, ordered_at, amount from main.orders inner join main.customers using (customer)"
        f" where starts_with(customer_id, '{beginning}') order by customer_id",
    )


def warned(path: Path) -> list[str]:
    return [translated(sentence, fields) for sentence, fields in facts_of(path).warnings]


def test_forms_that_only_later_rows_use_are_read_too(make: Make) -> None:
    late = "z1,2024年3月5日 下午2:05,¥1.5万\nz2,5 Mar 2024,(7.50)\nz3,２０２４／３／５,１２\nz4,never,5\nz5,2024-03-05,5%\n"
    made = make({"orders.csv": HEADER + PLAIN + late + "torn\n"})
    assert orders(made, "z") == [
        ("z1", dt.datetime(2024, 3, 5, 14, 5), Decimal("15000")),
        ("z2", dt.datetime(2024, 3, 5), Decimal("-7.5")),
        ("z3", dt.datetime(2024, 3, 5), Decimal("12")),
    ]
    told = [(row.line, row.value, row.reason) for row in rejected_of(facts_of(made))]
    assert told == [(1505, "never", "timestamp"), (1506, "5%", "money"), (1507, "torn", "fields")]
    assert facts_of(made).tables["orders"].rows == 1503


def test_a_comma_far_down_decides_for_all_of_the_column(make: Make) -> None:
    head = "".join(f"P{i:04};2024-01-05;1.{i % 900 + 100}\n" for i in range(1200))
    tail = "".join(f"Q{i:04};2024-01-05;{i},5\n" for i in range(1200))
    made = make({"orders.csv": HEADER.replace(",", ";") + head + tail})
    assert orders(made, "P0000") == [("P0000", dt.datetime(2024, 1, 5), Decimal("1100"))]
    assert orders(made, "Q0007") == [("Q0007", dt.datetime(2024, 1, 5), Decimal("7.5"))]
    assert facts_of(made).set_aside == 0


def test_many_commas_beside_more_points_are_set_aside(make: Make) -> None:
    points = "".join(f"P{i:05};2024-01-05;{i}.5\n" for i in range(9000))
    commas = "".join(f"Q{i:05};2024-01-05;{i},5\n" for i in range(5000))
    made = make({"orders.csv": HEADER.replace(",", ";") + points + commas})
    assert (facts_of(made).tables["orders"].rows, facts_of(made).set_aside) == (9000, 5000)
    assert orders(made, "P00007") == [("P00007", dt.datetime(2024, 1, 5), Decimal("7.5"))]


def test_a_day_above_twelve_far_down_decides_for_all_of_the_column(make: Make) -> None:
    early = "".join(f"A{i},3/5/2024\n" for i in range(1500))
    made = make({"orders.csv": "customer_id,ordered_at\n" + early + "B,25/3/2024\n"})
    assert rows(made, "select min(day), max(day) from main.orders") == [(dt.date(2024, 3, 25), dt.date(2024, 5, 3))]
    assert warned(made) == []


ASSUMED = [
    ("A,3/5/2024,1.5\nB,4/6/2024,2.5\n", "month first was assumed: 3/5/2024 was read as 2024-03-05"),
    ("A,25/3/2024,1.5\nB,26/3/2024,2.5\nC,3/27/2024,1.5\n", "most dates in ordered_at can only be day first, but 1 only month first"),
    ("A,3/25/24,1.5\nB,3/5/24,2.5\n", "years of two digits in ordered_at were read as 1969 to 2068, for instance 3/25/24 as 2024-03-25"),
    ("A,45356,1.5\nB,45357.5,2.5\n", "days counted from 1900: 45356 as 2024-03-05"),
    ("A,1709618709,1.5\n", "Unix time in seconds: 1709618709 as 2024-03-05 06:05 (UTC)"),
    ("A,1709618709000,1.5\n", "Unix time in milliseconds: 1709618709000 as 2024-03-05 06:05 (UTC)"),
    ("A,1709618709000000,1.5\n", "Unix time in microseconds: 1709618709000000 as 2024-03-05 06:05 (UTC)"),
    ("A,1709618709000000000,1.5\n", "Unix time in nanoseconds: 1709618709000000000 as 2024-03-05 06:05 (UTC)"),
    ("A,2024/03/05,1.5\nB,113/03/06,1.5\n", "years of the Republic of China (Minguo), counted from 1911: 113/03/06 as 2024-03-06"),
    ("A,05.03.2024 14:05,1.5\n", "points between day and month and were read day first: 05.03.2024 14:05 as 2024-03-05 14:05"),
    ('A,2024-03-05,"1,234"\n', "a comma always stands before three digits"),
    ("A,2024-03-05,1.234\n", "a point always stands before three digits"),
    ('A,2024-03-05,1.5\nB,2024-03-05,2.5\nC,2024-03-05,"2,5"\n', "decimals both with a point and with a comma; “.”"),
    ("A,2024-03-05,¥5.5\nB,2024-03-05,$6.5\nC,2024-03-05,7.5元\n", "in several currencies (CNY: 2, USD: 1)"),
    ("A,1900-01-01,1.5\nB,2024-03-05,2.5\n", "1 rows have 1900-01-01 in ordered_at, a day that often stands for an unknown date"),
    ("A,1970-01-01 08:00:00,1.5\nB,2024-03-05 10:00:00,2.5\n", "1 rows have 1970-01-01 in ordered_at"),
    ("A01,2024-03-05,1.5\na01,2024-03-05,2.5\nB 2,2024-03-05,1.5\nB2,2024-03-05,1.5\n", "2 customer ids are written in several ways that differ only in case or spaces, for instance A01 and a01"),
    ("123456789012345000,2024-03-05,1.5\n223456789012345000,2024-03-05,1.5\n", "All 2 customer ids of more than 15 digits end in zeros"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "words"), ASSUMED)
def test_what_is_assumed_is_told_with_an_example(make: Make, content: str, words: str) -> None:
    told = warned(make({"orders.csv": HEADER + content}, tables={"orders.csv": "orders"}))
    assert any(words in sentence for sentence in told), told


def test_nothing_is_told_of_an_ordinary_file(make: Make) -> None:
    assert warned(make({"orders.csv": HEADER + PLAIN})) == []


def test_two_currencies_are_counted_in_the_whole_column(make: Make) -> None:
    content = HEADER + "A,2024-03-05,¥5.5\n" * 1500 + "B,2024-03-05,$6.5\n" * 3 + "C,2024-03-05,HK$6.5\n"
    assert any("(CNY: 1,500, USD: 3, HKD: 1)" in sentence for sentence in warned(make({"orders.csv": content})))


def test_an_end_that_never_comes_is_none(make: Make) -> None:
    made = make(
        {
            "subscriptions.csv": "customer_id,started_at,ended_at,mrr\nA,2024-01-01,9999-12-31,10\n"
            "B,2024-01-01,2099-12-31 23:59:59,10\nC,2024-01-01,2024-02-01,10\nD,2024-01-01,,10\nE,2024-01-01,someday,10\n"
        }
    )
    ends = "select customer_id, ended_at from main.subscriptions inner join main.customers using (customer) order by 1"
    assert rows(made, ends) == [("A", None), ("B", None), ("C", dt.datetime(2024, 2, 1)), ("D", None)]
    assert any("2 rows have a day in ended_at that is 2099-12-31 or later" in sentence for sentence in warned(made))
    assert [row.value for row in rejected_of(facts_of(made))] == ["someday"]


def test_ids_that_a_spreadsheet_rounded_are_not_trusted(make: Make) -> None:
    content = "customer_id,ordered_at,order_id\n1.23457E+15,2024-03-05,1\nA,2024-03-05,2.5E+18\n007,2024-03-05,3\n'008,2024-03-05,4\n"
    made = make({"orders.csv": content})
    assert [(row.line, row.value, row.reason) for row in rejected_of(facts_of(made))] == [(2, "1.23457E+15", "rounded")]
    assert rows(made, "select customer_id from main.customers order by 1") == [("007",), ("008",), ("A",)]
    assert any("1 values of order_id are long numbers that a spreadsheet rounded" in each for each in warned(made))


def test_whole_ids_meet_those_with_a_decimal(make: Make) -> None:
    made = make({"orders.csv": "customer_id,ordered_at\n17850.0,2024-01-05\n17850,2024-01-06\n"})
    assert rows(made, "select customer_id from main.customers") == [("17850",)]


def test_na_stays_a_value_and_is_told(make: Make) -> None:
    made = make({"customers.csv": "customer_id,country\nA,NA\nB,DE\nC,NULL\n"})
    assert rows(made, "select value from main.customer_attributes order by 1") == [("DE",), ("NA",)]
    assert any("1 values of country are NA" in sentence for sentence in warned(made))


HOSTILE = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "'; drop table customers; --",
    "{file} %s $1",
    "+1@SUM(A1)",
]


def test_hostile_values_stay_exactly_what_they_are(make: Make) -> None:
    content = "customer_id,note\n" + "".join(f'"{value}{i}","{value}"\n' for i, value in enumerate(HOSTILE))
    made = make({"customers.csv": content})
    ids = [f"{value}{i}" for i, value in enumerate(HOSTILE)]
    assert rows(made, "select customer_id from main.customers order by customer_id") == [(id,) for id in sorted(ids)]
    assert {value for (value,) in rows(made, "select value from main.customer_attributes")} == set(HOSTILE)


@pytest.mark.parametrize(("option", "day"), [("--day-first", (2024, 5, 3)), ("--month-first", (2024, 3, 5))])
def test_the_command_line_says_which_is_first(tmp_path: Path, option: str, day: tuple[int, int, int]) -> None:
    (tmp_path / "orders.csv").write_text("customer_id,ordered_at\nA,3/5/2024\nB,4/6/2024\n")
    target = tmp_path / "made.duckdb"
    assert command_line.main(["import", str(tmp_path / "orders.csv"), "--into", str(target), option]) == 0
    assert rows(target, "select min(day) from main.orders where customer = 0") == [(dt.date(*day),)]
    assert warned(target) == []


def test_the_page_asks_only_where_the_whole_column_leaves_it_open(tmp_path: Path) -> None:
    def asked(content: str) -> tuple[str, str, str, str] | None:
        path = tmp_path / f"orders{len(content)}.csv"
        path.write_text("customer_id,ordered_at\n" + content)
        (sheet,) = read.inspect(path, "orders.csv", tmp_path)
        return columns.open_dates(replace(map.propose(sheet), choice=dates.Choice(day_first=True)))

    assert asked("A,5/5/2024\nB,3/5/2024\n") == ("ordered_at", "3/5/2024", "2024-03-05", "2024-05-03")
    assert asked("A,3/5/2024\n" * 1500 + "B,25/3/2024\n") is None
    assert asked("A,2024-03-05\n") is None
    assert asked("A,5/5/2024\nB,6/6/2024\n") is None, "both ways are the same day"


# Any value in any style is read back as itself

MOMENTS = st.datetimes(dt.datetime(1970, 1, 2), dt.datetime(2068, 12, 31)).map(lambda each: each.replace(microsecond=0))
HALF = {True: "上午", False: "下午"}

STYLES: dict[str, Callable[[dt.datetime], str]] = {
    "ISO": lambda t: f"{t:%Y-%m-%d %H:%M:%S}",
    "T": lambda t: f"{t:%Y-%m-%dT%H:%M:%S}",
    "compact": lambda t: f"{t:%Y%m%d%H%M%S}",
    "single digits": lambda t: f"{t.year}/{t.month}/{t.day} {t.hour}:{t:%M:%S}",
    "Chinese": lambda t: f"{t.year}年{t.month}月{t.day}日 {t.hour}时{t:%M}分{t:%S}秒",
    "Chinese half": lambda t: f"{t.year}/{t.month}/{t.day} {HALF[t.hour < 12]} {t.hour % 12 or 12}:{t:%M:%S}",
    "AM and PM": lambda t: f"{t:%Y-%m-%d %I:%M:%S %p}",
    "English": lambda t: f"{t:%a, %d %b %Y %H:%M:%S}",
    "English, month first": lambda t: f"{t:%B} {t.day}, {t.year} {t:%I:%M:%S %p}",
    "short year": lambda t: f"{t:%d-%b-%y %H:%M:%S}",
    "German": lambda t: f"{format_date(t, 'full', locale='de')} um {t:%H:%M:%S} Uhr",
    "French": lambda t: f"{format_date(t, 'long', locale='fr')} à {t:%H:%M:%S}",
    "Russian": lambda t: f"{format_date(t, 'medium', locale='ru')}, {t:%H:%M:%S}",
    "Spanish": lambda t: f"{format_date(t, 'long', locale='es')} {t:%H:%M:%S}",
    "Minguo": lambda t: f"民國{t.year - 1911}年{t.month}月{t.day}日 {t:%H:%M:%S}",
    "marked as text": lambda t: f"'{t:%Y-%m-%d %H:%M:%S}",
    "backtick": lambda t: f"`{t:%Y%m%d%H%M%S}",
    "zone": lambda t: f"{t:%Y-%m-%dT%H:%M:%S}Z",
    "full width": lambda t: f"{t:%Y-%m-%d %H:%M:%S}".translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789-:"}),
}


@pytest.mark.parametrize("style", STYLES)
@settings(max_examples=10, deadline=None)
@given(moments=st.lists(MOMENTS, min_size=1, max_size=20))
def test_any_time_in_any_style_is_read_back(style: str, moments: list[dt.datetime]) -> None:
    found, _written = read_column("timestamp", [STYLES[style](moment) for moment in moments], timezone="UTC")
    assert found == moments


@pytest.mark.parametrize("day_first", [False, True])
@settings(max_examples=10, deadline=None)
@given(moments=st.lists(MOMENTS, min_size=1, max_size=20))
def test_any_day_is_read_back_in_the_order_chosen(day_first: bool, moments: list[dt.datetime]) -> None:
    form = "%d/%m/%Y %H:%M:%S" if day_first else "%m/%d/%Y %H:%M:%S"
    choice = dates.Choice(day_first=day_first)
    assert read_column("timestamp", [moment.strftime(form) for moment in moments], choice)[0] == moments


def comma(text: str) -> str:
    return text.translate({ord(","): ".", ord("."): ","})


AMOUNTS = st.decimals(Decimal("-99999999.99"), Decimal("99999999.99"), places=2, allow_nan=False)
AMOUNT_STYLES: dict[str, Callable[[Decimal], str]] = {
    "plain": lambda x: f"{x}",
    "thousands": lambda x: f"{x:,}",
    "decimal comma": lambda x: comma(f"{x:,}"),
    "blanks": lambda x: comma(f"{x:,}").replace(".", "\u202f"),
    "quotes": lambda x: f"{x:,}".replace(",", "'"),
    "yuan": lambda x: f"¥{x:,}",
    "yuan behind": lambda x: f"{x} 元",
    "dollars": lambda x: f"{'-' if x < 0 else ''}${abs(x):,}",
    "euros": lambda x: comma(f"{x:,}") + " €",
    "ten thousands": lambda x: f"{x / 10000:f}万",
    "brackets": lambda x: f"({-x:,})" if x < 0 else f"{x:,}",
    "minus behind": lambda x: f"{-x:,}-" if x < 0 else f"{x:,}",
    "apostrophe": lambda x: f"'{x}",
    "formula": lambda x: f'="{x:,}"',
    "backtick": lambda x: f"`{x}",
    "minus sign": lambda x: f"{x:,}".replace("-", "−"),
    "full width": lambda x: f"{x}".translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789.-"}),
}


@pytest.mark.parametrize("style", AMOUNT_STYLES)
@settings(max_examples=10, deadline=None)
@given(amounts=st.lists(AMOUNTS, min_size=1, max_size=20))
def test_any_amount_in_any_style_is_read_back(style: str, amounts: list[Decimal]) -> None:
    found, _written = read_column("money", [AMOUNT_STYLES[style](amount) for amount in amounts])
    assert found == amounts


def test_random_columns_mix_no_two_readings(make: Make) -> None:
    """Each cell is either read as what was meant or set aside, in columns of several styles at once."""
    chance = random.Random(7)
    meant, lines = {}, []
    for i in range(2000):
        moment = dt.datetime(2024, chance.randrange(1, 13), chance.randrange(1, 29), chance.randrange(24), 30)
        amount = Decimal(chance.randrange(-(10**8), 10**8)) / 100
        date = STYLES[chance.choice(["ISO", "Chinese", "Chinese half", "English", "full width", "short year"])](moment)
        money = AMOUNT_STYLES[chance.choice(["plain", "thousands", "yuan", "ten thousands", "brackets"])](amount)
        meant[f"c{i:04}"] = (f"c{i:04}", moment, amount)
        lines.append(f'c{i:04},"{date}","{money}"\n')
    made = make({"orders.csv": HEADER + "".join(lines)})
    assert orders(made, "c") == list(meant.values())


def test_microseconds_order_events_of_the_same_second(make: Make) -> None:
    content = (
        "event_date,event_timestamp,event_name,user_pseudo_id\n20240303,1709478300000002,purchase,u1\n"
        "20240303,1709478300000001,add_to_cart,u1\n20240303,1709478299999999,view_item,u1\n"
    )
    made = make({"events.csv": content}, roles={"customer_id": "user_pseudo_id", "occurred_at": "event_timestamp"})
    assert rows(made, "select event::varchar, occurred_at from main.events order by occurred_at") == [
        ("view_item", dt.datetime(2024, 3, 3, 15, 4, 59, 999_999)),
        ("add_to_cart", dt.datetime(2024, 3, 3, 15, 5, 0, 1)),
        ("purchase", dt.datetime(2024, 3, 3, 15, 5, 0, 2)),
    ]
