"""A day in one column and the clock in another are one time, however the two are written."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from churnbook.datasets.facts import facts_of, rejected_of
from churnbook.intake.files import read
from churnbook.intake.mapping import map
from tests.builders import Make, rows_of
from tests.intake.built import workbook

TIMES = (
    "select customer_id, ordered_at, amount from main.orders inner join main.customers using (customer) order by all"
)
CLOCK = [
    ("A", dt.datetime(2024, 3, 5, 14, 5), Decimal("10.5")),
    ("B", dt.datetime(2024, 3, 25, 9, 0, 30), Decimal("20")),
]

FILES: dict[str, str | bytes] = {
    "orders.csv": "Date,Time,Customer,Amount\n2024-03-05,14:05,A,10.50\n2024-03-25,09:00:30,B,20\n",
    "two blanks.csv": "date,customer,amount,time\n2024-03-05 ,A,10.50, 14:05\n2024-03-25,B,20,9:00:30\n",
    "American.csv": "Customer,Order Date,Order Time,Amount\nA,3/5/2024,2:05 PM,10.50\nB,3/25/2024,9:00:30 am,20\n",
    "German orders.csv": "Kunde;Datum;Uhrzeit;Betrag\nA;05.03.2024;14:05;10,50\nB;25.03.2024;09:00:30;20\n",
    "订单.csv": "客户编号,日期,时间,金额\nA,2024年3月5日,下午2:05,10.50\nB,2024年3月25日,上午9:00:30,20\n",
    "台灣訂單.csv": "客戶編號,日期,時間,金額\nA,113/03/05,14:05:00,10.50\nB,113/03/25,09:00:30,20\n",
    "quoted orders.csv": 'Date,Time,Customer,Amount,Note\n2024-03-05,14:05,A,10.50,"5"" pipe\n2024-03-25,09:00:30,B,20,5" pipe\n',
    "orders.json": '[{"date": "2024-03-05", "time": "14:05", "customer": "A", "amount": 10.50},'
    ' {"date": "2024-03-25", "time": "09:00:30", "customer": "B", "amount": 20}]',
    "orders.xlsx": workbook(
        [
            ["Date", "Time", "Customer", "Amount"],
            [dt.date(2024, 3, 5), dt.time(14, 5), "A", 10.5],
            [dt.date(2024, 3, 25), dt.time(9, 0, 30), "B", 20],
        ]
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_the_same_times_however_the_two_columns_are_written(make: Make, name: str) -> None:
    roles = {"customer_id": "Kunde", "amount": "Betrag"} if "Kunde" in str(FILES[name]) else None
    made = make({name: FILES[name]}, tables={name: "orders"}, roles=roles)
    assert rows_of(made, TIMES) == CLOCK


def test_parquet_too(make: Make, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("parquet") / "x.parquet"
    duckdb.execute(
        "copy (select * from (values (date '2024-03-05', time '14:05', 'A', 10.5), (date '2024-03-25', time '09:00:30', 'B', 20))"
        ' as t("Date", "Time", "Customer", "Amount")) to $path (format parquet)',
        {"path": str(path)},
    )
    assert rows_of(make({"orders.parquet": path.read_bytes()}), TIMES) == CLOCK


def test_what_is_joined_is_said_and_a_missing_clock_is_midnight(make: Make) -> None:
    made = make(
        {
            "orders.csv": "Date,Time,Customer,Amount\n2024-03-05,14:05,A,1\n2024-03-06,,B,2\n2024-03-07,-,C,3\n,09:00,D,4\n"
        }
    )
    assert rows_of(made, TIMES) == [
        ("A", dt.datetime(2024, 3, 5, 14, 5), 1),
        ("B", dt.datetime(2024, 3, 6), 2),
        ("C", dt.datetime(2024, 3, 7), 3),
    ]
    assert [(row.line, row.column, row.reason) for row in rejected_of(facts_of(made))] == [(5, "Date Time", "missing")]
    told = [sentence.format(**fields) for sentence, fields in facts_of(made).warnings]
    said = "orders.csv: Date holds days and Time the time of day; the column “Date Time” joins them."
    assert said in told, told


def test_lines_that_are_no_rows_are_counted_where_columns_are_joined(make: Make) -> None:
    content = "Date,Time,Customer,Amount\n2024-03-05,14:05,A,1\n2024-03-06,15:05,B\n2024-03-07,16:05,C,x\n"
    made = make({"orders.csv": content}, roles={"amount": "Amount"})
    assert rows_of(made, TIMES) == [("A", dt.datetime(2024, 3, 5, 14, 5), 1)]
    assert [(row.line, row.reason) for row in rejected_of(facts_of(made))] == [(3, "fields"), (4, "money")]


def test_customers_do_not_get_the_parts_as_attributes(make: Make) -> None:
    content = "customer id,signup date,signup time,country\nA,2024-03-05,14:05,DE\nB,2024-03-25,09:00:30,FR\n"
    made = make({"customers.csv": content})
    assert rows_of(made, "select signed_up_at from main.customers order by 1") == [(row[1],) for row in CLOCK]
    assert rows_of(made, "select distinct attribute from main.customer_attributes") == [("country",)]


@pytest.mark.parametrize(
    "content",
    [
        "date,duration,customer\n2024-03-05,00:05,A\n2024-03-06,00:07,B\n",
        "date,response time,customer\n2024-03-05,00:05,A\n2024-03-06,00:07,B\n",
        "date,time,customer\n2024-03-05 10:00,14:05,A\n2024-03-06 11:00,14:07,B\n",
        "date,time,customer\n2024-03-05,morning,A\n2024-03-06,14:07,B\n",
        "due date,start date,customer,time\n2024-03-05,2024-03-05,A,14:05\n2024-03-06,2024-03-05,B,14:06\n",
        "date,score,customer\n2024-03-05,1:05,A\n2024-03-06,2:07,B\n",
    ],
)
def test_what_is_no_day_and_clock_stays_as_it_is(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(content)
    (sheet,) = read.inspect(path, "x.csv", path.parent)
    assert (sheet.joined, sheet.notes) == ((), ())


def test_each_clock_finds_the_day_of_its_name(tmp_path: Path) -> None:
    path = tmp_path / "subscriptions.csv"
    path.write_text(
        "customer,end date,start date,start time,end time\nA,2024-04-05,2024-03-05,14:05,15:00\nB,2024-04-06,2024-03-05,14:06,16:00\n"
    )
    (sheet,) = read.inspect(path, "subscriptions.csv", path.parent)
    assert sheet.headers[-2:] == ("start date start time", "end date end time")
    assert sheet.sample[0][-2:] == ("2024-03-05 14:05", "2024-04-05 15:00")
    roles = map.propose(sheet).roles
    assert (roles["started_at"], roles["ended_at"]) == sheet.headers[-2:]
