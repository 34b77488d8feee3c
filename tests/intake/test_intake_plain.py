"""The fast way into a dataset gives what the careful one gives: every table, every row set aside, every line number."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from churnbook.catalogue import queries
from churnbook.engine.duckdb import open_cursor
from churnbook.intake.files import read
from churnbook.intake.loading import activity, passport, plain, stage
from churnbook.intake.loading.report import Report
from churnbook.intake.mapping import map
from churnbook.intake.mapping.plan import MappedSheet
from tests.builders import Make

HEADER = "user_id,event_name,event_time,amount,page\n"
PLAIN = "".join(f"u{i % 7},view,2024-01-{i % 28 + 1:02} 10:{i % 60:02}:00,{i / 4},p{i % 3}\n" for i in range(400))

ODD_ROWS = [
    "u1,view,2024-01-05T10:00:00,1,p",
    "u1,view,2024-01-05 10:00,1,p",
    "u1,view,2024-01-05,1,p",
    "u1,view,2024-1-5 1:2:3,1,p",
    "u1,view, 2024-01-05 10:00:00 ,1,p",
    "u1,view,2024-01-05 10:00:00Z,1,p",
    "u1,view,2024-01-05 10:00:00+02,1,p",
    "u1,view,2024-01-05 10:00:00.5,1,p",
    "u1,view,24-01-05 10:00:00,1,p",
    "u1,view,1900-01-01 00:00:00,1,p",
    "u1,view,2300-01-01 00:00:00,1,p",
    "u1,view,2024-02-30 10:00:00,1,p",
    "u1,view,infinity,1,p",
    "u1,view,epoch,1,p",
    "u1,view,,1,p",
    "u1,view,2024-01-05 10:00:00,,",
    "u1,view,2024-01-05 10:00:00,n/a,-",
    'u1,view,2024-01-05 10:00:00,"1,000",p',
    "u1,view,2024-01-05 10:00:00,1e3,p",
    "u1,view,2024-01-05 10:00:00,12.34565,p",
    "u1,view,2024-01-05 10:00:00, 7 , p ",
    "u1,view,2024-01-05 10:00:00,¥7,p",
    "u1,view,2024-01-05 10:00:00,1000000000000,p",
    "u1,view,2024-01-05 10:00:00,99999999999999999,p",
    "u1,view,2024-01-05 10:00:00,inf,p",
    " u1,view,2024-01-05 10:00:00,1,p",
    "u1\u3000,view,2024-01-05 10:00:00,1,p",
    '"u1\t",view,2024-01-05 10:00:00,1,p',
    "null,view,2024-01-05 10:00:00,1,p",
    ",view,2024-01-05 10:00:00,1,p",
    "u1, view,2024-01-05 10:00:00,1,p",
    "u1,none,2024-01-05 10:00:00,1,p",
    "u1,view,2024-01-05 10:00:00,1",
    "u1,view,2024-01-05 10:00:00,1,p,more",
    '"u,1","say ""hi""","2024-01-05 10:00:00","1","p\nq"',
]


def everything(path: Path) -> dict[str, list[Any]]:
    """Every row of every table of a dataset file, in a fixed order, without the time of the import."""
    with open_cursor(path) as cursor:
        tables = cursor.execute("select schema_name, table_name from duckdb_tables() where not temporary").fetchall()
        return {
            f"{schema}.{table}": cursor.execute(f"from {schema}.{table} order by all").fetchall()
            for schema, table in tables
            if table != "dataset"
        }


def careful(make: Make, monkeypatch: pytest.MonkeyPatch, content: str) -> dict[str, list[Any]]:
    with monkeypatch.context() as patch:
        patch.setattr(stage, "stage_plain", lambda *_given: False)
        return everything(make({"events.csv": content}))


@pytest.fixture(scope="module")
def plain_file(tmp_path_factory: pytest.TempPathFactory) -> MappedSheet:
    path = tmp_path_factory.mktemp("plain") / "events.csv"
    path.write_text(HEADER + PLAIN)
    (sheet,) = read.inspect(path, path.name, path.parent)
    return map.propose(sheet)


@pytest.mark.parametrize("row", ODD_ROWS)
def test_one_odd_row_comes_out_as_if_read_with_care(
    plain_file: MappedSheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: str
) -> None:
    path = tmp_path / "events.csv"
    path.write_text(HEADER + PLAIN + row + "\n" + PLAIN, encoding="utf-8")
    mapped = replace(plain_file, sheet=replace(plain_file.sheet, path=path))

    def staged() -> list[list[Any]]:
        with duckdb.connect() as connection:
            passport.begin(connection, [mapped])
            stage.stage(connection, 0, mapped, "UTC", Report())
            return [
                connection.execute(f"select {', '.join(mapped.roles)}, k0 from staged_0 order by all").fetchall(),
                connection.execute("from meta.rejected order by all").fetchall(),
            ]

    found = staged()
    monkeypatch.setattr(stage, "stage_plain", lambda *_given: False)
    assert found == staged()


@pytest.mark.parametrize("seed", range(4))
def test_plain_files_take_the_fast_way_to_the_same_tables(
    make: Make, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    time = chance.choice(["2024-{m:02}-{d:02}", "2024-{m:02}-{d:02} {h:02}:30:00", "2024/{m:02}/{d:02} {h:02}:30"])
    rows = [
        f"{chance.choice('甲乙丙')}{chance.randrange(30)},{chance.choice(['看', 'buy', 'Buy'])},"
        f"{time.format(m=chance.randrange(1, 13), d=chance.randrange(1, 29), h=chance.randrange(24))},"
        f"{chance.choice(['', '-3.5', '0', '12.34565'])},{chance.choice(['', ' p ', 'null', 'q'])}"
        for _ in range(2000)
    ]
    taken: list[bool] = []
    content = HEADER + "\n".join(rows) + "\n"
    expected = careful(make, monkeypatch, content)

    def noticed(*given: Any) -> bool:
        taken.append(plain.stage_plain(*given))
        return taken[-1]

    monkeypatch.setattr(stage, "stage_plain", noticed)
    assert everything(make({"events.csv": content})) == expected
    assert taken == [True]


@pytest.mark.parametrize("customers", [3, 100_000])
def test_daily_activity_is_what_its_query_says(make: Make, customers: int) -> None:
    """With few customers most events share their day with others; with many nearly every one stands alone."""
    chance = random.Random(customers)
    rows = "".join(
        f"{chance.randrange(customers)},{chance.choice('ab')},2024-01-{chance.randrange(1, 29):02},"
        f"{chance.choice(['', '1.5'])},p\n"
        for _ in range(3000)
    )
    path = make({"events.csv": HEADER + rows + "1,a,2024-01-05,2,p\n" * 3})

    with duckdb.connect(str(path), read_only=True) as connection:
        query = queries.catalogue().find("daily_activity")
        counted = {"orders_count": False, "events_count": True, "subscriptions_count": False}
        expected = connection.execute(query.sql, counted).fetchall()
        stored = connection.execute("from activity_days order by customer, day, name::varchar").fetchall()

    assert stored == expected


def test_many_rows_are_sorted_some_customers_at_a_time(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    events = "".join(f"C{i * 7 % 23},{'visit' if i % 3 else 'pay'},2024-01-{i * 5 % 28 + 1:02}\n" for i in range(400))
    orders = "".join(f"C{i % 11},2024-02-{i % 28 + 1:02},{i}\n" for i in range(100))
    files: dict[str, str | bytes] = {
        "events.csv": "customer_id,event,occurred_at\n" + events * 2,
        "orders.csv": "customer_id,ordered_at,amount\n" + orders,
    }
    kept = []
    for most in (12_000_000, 60, 1):
        monkeypatch.setattr(activity, "SORTED_ROWS", most)
        with duckdb.connect(str(make(files)), read_only=True) as connection:
            kept.append(connection.execute("select * from activity_sums").fetchall())
            assert kept[-1] == connection.execute("from activity_days order by customer, day, name").fetchall()
    assert sum(row[4] for row in kept[0]) == 900
    assert kept[0] == kept[1] == kept[2]


@pytest.mark.parametrize(
    "ids",
    [
        [f"u{i * 37 % 500:05}" for i in range(1500)],
        [f"u{i * 37 % 500:05}" for i in range(1200)] + ["u0003", "v00003", "u00003 "],
        [str(i * 37 % 1500) for i in range(1500)],
        [str(i * 37 % 1500) for i in range(1200)] + ["007", "7", "u7"],
        [f"C-{i * 700_001 % 999_999_937}" for i in range(1500)],
        [f"C{10_000_000_000 + i}" for i in range(1500)],
        [f"{i % 9:03}" for i in range(1200)] + ["1e2", "1_0", " 12", "+12", "-12", "1.0", "٣٤٥"],
    ],
    ids=["padded", "some not padded", "numbers", "some with zeros", "far apart", "long", "look like numbers"],
)
def test_ids_held_as_numbers_come_out_as_they_were(make: Make, monkeypatch: pytest.MonkeyPatch, ids: list[str]) -> None:
    rows = "".join(f"{each},{'ab'[i % 2]},2024-01-{i % 28 + 1:02},,p\n" for i, each in enumerate(ids))
    found = everything(make({"events.csv": HEADER + rows}))
    assert {row[1] for row in found["main.customers"]} == {each.strip() for each in ids}
    assert found == careful(make, monkeypatch, HEADER + rows)


def test_a_name_that_comes_late_counts_like_the_others(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "_FIRST_ROWS", 5)
    rows = "".join(f"u{i},{'ab' if i < 900 else 'late'},2024-01-{i % 28 + 1:02},,p\n" for i in range(1000))
    found = everything(make({"events.csv": HEADER + rows}))
    assert found["meta.events"] == [("ab", 900), ("late", 100)]
    assert found == careful(make, monkeypatch, HEADER + rows)


def test_customers_of_several_files_are_one_whatever_form_their_ids_have(make: Make) -> None:
    header = "customer_id,ordered_at,amount\n"
    orders = {
        "numbers.csv": header + "".join(f"{i},2024-01-05,1\n" for i in range(1, 30)),
        "padded.csv": header + "".join(f"{i:02},2024-01-06,1\n" for i in range(1, 30)),
        "text.csv": header + "".join(f"{i}x,2024-01-07,1\n" for i in range(1, 30)),
    }
    with duckdb.connect(str(make({**orders})), read_only=True) as connection:
        found = connection.execute(
            "select customer_id, list(day(ordered_at) order by ordered_at) from orders inner join customers using (customer)"
            " group by all order by customer_id"
        ).fetchall()
        numbered = connection.execute("select customer_id from customers order by customer").fetchall()
    expected: dict[str, list[int]] = {}
    for day, form in ((5, "{}"), (6, "{:02}"), (7, "{}x")):
        for i in range(1, 30):
            expected.setdefault(form.format(i), []).append(day)
    assert found == sorted(expected.items())
    assert numbered == sorted((each,) for each in expected)
