"""Lists and records inside rows: orders inside customers become rows, what stays as text is said."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from churnbook.intake.files import read
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.mapping import map
from tests.builders import Make, rows_of

CUSTOMERS = [
    {
        "id": 1,
        "email": "a@b.test",
        "created_at": "2023-12-01",
        "address": {"city": "Lyon"},
        "orders": [
            {"id": "D1", "created_at": "2024-01-05 10:00:00", "total": 10.5, "items": [{"sku": "SOA", "qty": 2}]},
            {"id": "D2", "created_at": "2024-02-06 11:00:00", "total": 20, "items": []},
        ],
    },
    {"id": 2, "email": "c@b.test", "created_at": "2023-12-02", "address": {"city": "Bonn"}, "orders": []},
    {
        "id": 3,
        "email": "d@b.test",
        "created_at": "2023-12-03",
        "address": {"city": "Rome"},
        "orders": [{"id": "D3", "created_at": "2024-01-07 12:00:00", "total": 5.25}],
    },
]


def sheets(folder: Path, name: str, content: str | bytes) -> list[Sheet]:
    (folder / "file").write_bytes(content if isinstance(content, bytes) else content.encode())
    return read.inspect(folder / "file", name, folder)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("customers.json", json.dumps(CUSTOMERS)),
        ("customers.json", json.dumps({"data": {"customers": CUSTOMERS}})),
        ("customers.jsonl", "\n".join(json.dumps(each) for each in CUSTOMERS)),
    ],
)
def test_orders_inside_customers_are_rows_of_a_further_sheet(tmp_path: Path, name: str, content: str) -> None:
    customers, orders = sheets(tmp_path, name, content)
    assert (customers.name, orders.name) == (name, f"{name} · orders")
    assert customers.headers == ("id", "email", "created_at", "address.city")
    assert customers.sample[1] == ("2", "c@b.test", "2023-12-02", "Bonn")
    assert orders.headers == ("customer.id", "email", "customers.created_at", "address.city", "order.id", "created_at", "total", "items")  # fmt: skip
    assert orders.sample == (
        ("1", "a@b.test", "2023-12-01", "Lyon", "D1", "2024-01-05 10:00:00", "10.5", '[{"sku": "SOA", "qty": "2"}]'),
        ("1", "a@b.test", "2023-12-01", "Lyon", "D2", "2024-02-06 11:00:00", "20", None),
        ("3", "d@b.test", "2023-12-03", "Rome", "D3", "2024-01-07 12:00:00", "5.25", None),
    )
    assert [line for line, _cells in orders.lines()][:1] == [2]
    assert [cells[0] for _line, cells in orders.lines()] == ["1", "1", "3"]
    told = [note.english for note in customers.notes]
    assert f"{name}: each entry of the list “orders” is a row of the further sheet “{name} · orders”, beside what its object says." in told  # fmt: skip
    assert [note.english for note in orders.notes] == [f"{name} · orders: lists in items were kept as text."]


def test_customers_and_their_orders_load_together(make: Make) -> None:
    made = make({"customers.json": json.dumps(CUSTOMERS)})
    assert rows_of(made, "select customer_id from main.customers order by 1") == [("1",), ("2",), ("3",)]
    orders = "select customer_id, ordered_at, amount, order_id from main.orders inner join main.customers using (customer) order by ordered_at"
    assert rows_of(made, orders) == [
        ("1", dt.datetime(2024, 1, 5, 10), Decimal("10.5"), "D1"),
        ("3", dt.datetime(2024, 1, 7, 12), Decimal("5.25"), "D3"),
        ("1", dt.datetime(2024, 2, 6, 11), 20, "D2"),
    ]


@pytest.mark.parametrize(
    ("name", "inner"),
    [
        ("items", [{"sku": "SOA", "price": 5, "created_at": "2024-01-05"}]),
        ("orders", [{"sku": "SOA", "price": 5}]),
        ("order_items", [{"sku": "SOA", "price": 5, "created_at": "2024-01-05"}]),
        ("lineItems", [{"sku": "SOA", "price": 5, "created_at": "2024-01-05"}]),
        ("users", [{"id": "U1", "created_at": "2024-01-05"}]),
        ("addresses", [{"city": "Lyon", "since": "2024-01-05"}]),
        ("orders", ["D1", "D2"]),
    ],
)
def test_other_lists_stay_as_text_which_is_said(tmp_path: Path, name: str, inner: list[object]) -> None:
    content = [{"order_id": n, "customer": "A", "date": "2024-01-05", "total": 5, name: inner} for n in (1, 2)]
    (sheet,) = sheets(tmp_path, "export.json", json.dumps(content))
    assert sheet.headers == ("order_id", "customer", "date", "total", name)
    assert json.loads(sheet.sample[0][4] or "") == json.loads(json.dumps(inner), parse_int=str)
    assert [note.english for note in sheet.notes] == [f"export.json: lists in {name} were kept as text."]


@pytest.mark.parametrize("name", ["orders", "order_history", "orderList", "purchases", "订单列表"])
def test_a_list_is_known_by_its_name_and_its_times(tmp_path: Path, name: str) -> None:
    content = [{"uid": n, name: [{"date": "2024-01-05", "amount": n}]} for n in (1, 2)]
    customers, orders = sheets(tmp_path, "export.json", json.dumps(content))
    assert (customers.headers, orders.headers) == (("uid",), ("uid", "date", "amount"))
    proposed = map.propose(orders)
    assert (proposed.table, dict(proposed.roles)) == ("orders", {"customer_id": "uid", "ordered_at": "date", "amount": "amount"})  # fmt: skip


@pytest.mark.parametrize(
    ("outer", "inner", "customer"),
    [
        ({"id": 1}, {"date": "2024-01-05"}, "customer.id"),
        ({"id": 1, "email": "a@b.test"}, {"id": 5, "date": "2024-01-05"}, "customer.id"),
        ({"user_id": 1, "id": 7}, {"id": 5, "date": "2024-01-05"}, "user_id"),
        ({"id": 1, "city": "Lyon"}, {"customer_id": 5, "date": "2024-01-05"}, "customer_id"),
    ],
)
def test_whose_orders_a_list_holds(
    tmp_path: Path, outer: dict[str, object], inner: dict[str, object], customer: str
) -> None:
    _outer, orders = sheets(tmp_path, "export.json", json.dumps([outer | {"orders": [inner, inner]}, outer]))
    assert map.propose(orders).roles["customer_id"] == customer


def test_a_list_deeper_inside_and_in_some_objects_only(tmp_path: Path) -> None:
    content = [
        {"uid": "A", "subscriptions": {"data": [{"start": 1704412800, "plan": {"id": "pro"}}]}},
        {"uid": "B", "subscriptions": {"data": []}},
        {"uid": "C"},
        {"uid": "D", "subscriptions": {"data": [{"start": 1704412801, "note": "x"}, 7]}},
    ]
    _customers, inner = sheets(tmp_path, "c.json", json.dumps(content))
    assert inner.headers == ("uid", "start", "plan.id", "note")
    assert inner.sample == (("A", "1704412800", "pro", None), ("D", "1704412801", None, "x"))


def parquet(folder: Path, select: str) -> bytes:
    with duckdb.connect() as connection:
        connection.execute(f"copy ({select}) to $path (format parquet)", {"path": str(folder / "made.parquet")})
    return (folder / "made.parquet").read_bytes()


def test_records_in_parquet_are_columns_and_lists_are_said(tmp_path: Path) -> None:
    content = parquet(
        tmp_path,
        "select 'A' as id, {'at': timestamp '2024-01-05 10:00:00', 'geo': {'city': 'Lyon', 'x\"y': 1}} as \"user\","
        " [{'sku': 'SOA'}] as items, ['a', 'b'] as tags, 7 as n"
        " union all select 'B', null, null, null, 8",
    )
    (sheet,) = sheets(tmp_path, "events.parquet", content)
    assert sheet.headers == ("id", "user.at", "user.geo.city", 'user.geo.x"y', "items", "tags", "n")
    assert sheet.sample == (
        ("A", "2024-01-05 10:00:00", "Lyon", "1", "[{'sku': SOA}]", "[a, b]", "7"),
        ("B", None, None, None, None, None, "8"),
    )
    assert [note.english for note in sheet.notes] == ["events.parquet: lists in items, tags were kept as text."]  # fmt: skip


def test_records_in_parquet_load(make: Make, tmp_path: Path) -> None:
    content = parquet(
        tmp_path,
        "select {'customer_id': 'A' || i % 3} as c, {'ordered_at': timestamp '2024-01-05' + to_days(i::int), 'amount': i} as o"
        " from range(5000) as rows(i) order by i",
    )
    made = make({"orders.parquet": content}, roles={"customer_id": "c.customer_id", "ordered_at": "o.ordered_at", "amount": "o.amount"})  # fmt: skip
    assert rows_of(made, "select count(*), sum(amount), min(day) from main.orders") == [(5000, 12_497_500, dt.date(2024, 1, 5))]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("id,分销员,amount,分销员", "分销员"),
        ("id,Note,amount,note", "Note"),
        ("id,a,a,a", "a"),
        ("id,a b,b,a  b", "a b"),
    ],
)
def test_two_columns_of_one_name_are_said(tmp_path: Path, header: str, said: str) -> None:
    (sheet,) = sheets(tmp_path, "x.csv", f"{header}\nA,1,2,3\nB,4,5,6\n")
    assert len(set(sheet.headers)) == 4
    assert [note.english for note in sheet.notes] == [
        f"x.csv has several columns named {said}; each further one is told apart by a number, as “{said} (2)”."
    ]


def test_blank_headers_are_no_repeated_name(tmp_path: Path) -> None:
    (sheet,) = sheets(tmp_path, "x.csv", "id,,amount,\nA,1,2,3\nB,4,5,6\n")
    assert (sheet.headers, sheet.notes) == (("id", "column 2", "amount", "column 4"), ())
