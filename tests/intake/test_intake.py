"""Intake: what is read, how columns are understood, what is set aside and why, what is refused in which words."""

import datetime as dt
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from churnbook.catalogue import schema
from churnbook.catalogue.request import Scope
from churnbook.datasets.facts import facts_of, rejected_of
from churnbook.datasets.passport import REASONS
from churnbook.datasets.scope import prepare_scope
from churnbook.engine.duckdb import open_cursor
from churnbook.intake.files import read
from churnbook.intake.loading import load
from churnbook.intake.loading.report import Settings
from churnbook.intake.mapping import map
from churnbook.words.language import speak
from churnbook.words.message import Refused
from tests.builders import UPLOADED_ON, Make, rows_of
from tests.intake.built import ORDER_ROWS, ORDERS, TWO, workbook
from tests.intake.written import zipped


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plain.csv", ORDERS.encode()),
        ("bom.csv", b"\xef\xbb\xbf" + ORDERS.encode()),
        ("crlf.csv", ORDERS.replace("\n", "\r\n").encode()),
        ("semicolon.csv", ORDERS.replace(",", ";").encode()),
        ("tabs.tsv", ORDERS.replace(",", "\t").encode()),
        ("pipes.txt", ORDERS.replace(",", "|").encode()),
        ("quoted.csv", b'"customer_id","ordered_at","amount"\n"A","2024-01-05","10.50"\n"B","2024-01-06","20"\n'),
        ("no newline at the end.csv", ORDERS.rstrip("\n").encode()),
        ("blank lines.csv", ORDERS.replace("\n", "\n\n").encode()),
        ("titled.csv", b"Orders of the shop\n" + ORDERS.encode()),
        ("utf16.csv", ORDERS.encode("utf-16")),
        ("chinese.csv", "客户编号,下单时间,实付金额\nA,2024年1月5日,¥10.50\nB,2024/1/6,20元\n".encode("gb18030")),
        ("chinese utf8.csv", "会员号,支付时间,支付金额\nA,2024-01-05,10.50\nB,2024-01-06,20\n".encode()),
    ],
)
def test_the_same_orders_in_many_files(make: Make, name: str, content: bytes) -> None:
    assert rows_of(make({name: content}), ORDER_ROWS) == TWO


def test_a_workbook_with_title_rows_dates_and_two_sheets(make: Make) -> None:
    orders: list[list[object]] = [
        ["订单表", None, None],
        ["客户编号", "下单时间", "实付金额"],
        ["A", dt.datetime(2024, 1, 5), 10.5],
        ["B", dt.date(2024, 1, 6), 20],
    ]
    customers: list[list[object]] = [
        ["客户编号", "注册时间", "渠道"],
        ["A", dt.datetime(2024, 1, 1, 8, 30), "广告"],
        ["B", dt.datetime(2024, 1, 2), "搜索"],
    ]
    made = make({"店铺.xlsx": workbook(orders, 客户=customers)})
    assert rows_of(made, ORDER_ROWS) == TWO
    assert rows_of(made, "select attribute, value from main.customer_attributes order by value") == [
        ("渠道", "广告"),
        ("渠道", "搜索"),
    ]


def test_numeric_ids_of_a_workbook_have_no_decimals(make: Make) -> None:
    made = make(
        {
            "orders.xlsx": workbook(
                [["customer_id", "ordered_at"], [17850, dt.date(2024, 1, 5)], [17851, dt.date(2024, 1, 6)]]
            )
        }
    )
    assert rows_of(made, "select customer_id from main.customers order by 1") == [("17850",), ("17851",)]


def test_parquet_with_types(make: Make, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"customer_id": ["A", "B"], "ordered_at": pd.to_datetime(["2024-01-05", "2024-01-06"]), "amount": [10.5, 20.0]}
    )
    frame.to_parquet(tmp_path / "o.parquet")
    assert rows_of(make({"orders.parquet": (tmp_path / "o.parquet").read_bytes()}), ORDER_ROWS) == TWO


def test_a_file_without_a_header(make: Make) -> None:
    made = make(
        {"orders.csv": "A,2024-01-05,10.50\nB,2024-01-06,20\n"},
        tables={"orders.csv": "orders"},
        roles={"customer_id": "column 1", "ordered_at": "column 2", "amount": "column 3"},
    )
    assert rows_of(made, ORDER_ROWS) == TWO


def test_blank_and_repeated_headers_get_names(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("id,,Amount,amount\n1,a,b,c\n2,a,b,c\n")
    (sheet,) = read.inspect(tmp_path / "x.csv", "x.csv", tmp_path)
    assert sheet.headers == ("id", "column 2", "Amount", "amount (2)")


@pytest.mark.parametrize(
    ("header", "table", "roles"),
    [
        ("order_id,customer_id,order_date,total", "orders", {"customer_id": "customer_id", "ordered_at": "order_date", "amount": "total", "order_id": "order_id"}),
        ("订单编号,买家会员名,订单创建时间,买家实际支付金额,宝贝标题", "orders", {"customer_id": "买家会员名", "ordered_at": "订单创建时间", "amount": "买家实际支付金额", "order_id": "订单编号", "product": "宝贝标题"}),
        ("UserID,EventName,EventTime,page", "events", {"customer_id": "UserID", "event": "EventName", "occurred_at": "EventTime"}),
        ("用户ID,行为类型,时间戳", "events", {"customer_id": "用户ID", "event": "行为类型", "occurred_at": "时间戳"}),
        ("account_id,start_date,end_date,plan,mrr", "subscriptions", {"customer_id": "account_id", "started_at": "start_date", "ended_at": "end_date", "plan": "plan", "mrr": "mrr"}),
        ("customerID,tenure,Contract,MonthlyCharges,Churn", "customers", {"customer_id": "customerID", "tenure_months": "tenure", "monthly_value": "MonthlyCharges", "is_churned": "Churn"}),
        ("customer_id,opened_at,first_response_at,resolved_at,category,score,comment", "tickets", {"customer_id": "customer_id", "opened_at": "opened_at", "first_response_at": "first_response_at", "resolved_at": "resolved_at", "category": "category", "score": "score", "comment": "comment"}),
        ("客户编号,创建时间,首次响应时间,解决时间,问题类型,满意度评分", "tickets", {"customer_id": "客户编号", "opened_at": "创建时间", "first_response_at": "首次响应时间", "resolved_at": "解决时间", "category": "问题类型", "score": "满意度评分"}),
        ("customer_id,answered_at,question,score,expected", "surveys", {"customer_id": "customer_id", "answered_at": "answered_at", "question": "question", "score": "score", "expected": "expected"}),
        ("客户编号,填写时间,题目,评分,期望", "surveys", {"customer_id": "客户编号", "answered_at": "填写时间", "question": "题目", "score": "评分", "expected": "期望"}),
        ("客户编号,流失时间,原因,说明", "exits", {"customer_id": "客户编号", "churned_at": "流失时间", "reason": "原因", "comment": "说明"}),
        ("customer_id,experiment,variant,assigned_at", "assignments", {"customer_id": "customer_id", "experiment": "experiment", "variant": "variant", "assigned_at": "assigned_at"}),
        ("period,channel,cost", "costs", {"period": "period", "channel": "channel", "cost": "cost"}),
        ("月份,渠道,花费", "costs", {"period": "月份", "channel": "渠道", "cost": "花费"}),
        ("客戶編號,下單時間,金額,訂單編號,商品類別", "orders", {"customer_id": "客戶編號", "ordered_at": "下單時間", "amount": "金額", "order_id": "訂單編號", "category": "商品類別"}),
        ("會員編號,開始時間,結束時間,月費", "subscriptions", {"customer_id": "會員編號", "started_at": "開始時間", "ended_at": "結束時間", "mrr": "月費"}),
        ("会员编号,注册日期,城市(收货),是否流失", "customers", {"customer_id": "会员编号", "signed_up_at": "注册日期", "is_churned": "是否流失"}),
    ],
)  # fmt: skip
def test_headers_are_understood(tmp_path: Path, header: str, table: str, roles: dict[str, str]) -> None:
    cells: dict[str, Callable[[int], str]] = {
        "timestamp": lambda i: f"2024-03-{i % 28 + 1:02d} 10:00:00",
        "money": lambda i: f"{i}.5",
        "number": lambda i: str(i % 40),
        "flag": lambda i: "Yes" if i % 3 else "No",
    }
    kinds = {name: schema.LOADABLE[table].role(role).kind for role, name in roles.items()}
    names = header.split(",")
    rows = [
        [cells.get(kinds.get(name, "text"), lambda i, name=name: f"{name[0]}{i}")(i) for name in names]
        for i in range(40)
    ]
    if "event" in roles:
        for i, row in enumerate(rows):
            row[names.index(roles["event"])] = ("visit", "pay")[i % 2]
            row[names.index(roles["customer_id"])] = f"u{i % 9}"
    text = "\n".join([header, *(",".join(row) for row in rows)]) + "\n"
    (tmp_path / "export.csv").write_text(text)
    (sheet,) = read.inspect(tmp_path / "export.csv", "export.csv", tmp_path)
    proposed = map.propose(sheet)
    assert (proposed.table, dict(proposed.roles)) == (table, roles)


def test_tables_about_service_money_and_experiments_load(make: Make) -> None:
    made = make(
        {
            "orders.csv": "customer_id,ordered_at,amount\nA,2024-01-01,5\nB,2024-02-20,6\n",
            "tickets.csv": "customer_id,opened_at,first_response_at,resolved_at,score\nA,2024-01-03 10:00,2024-01-03 12:00,2024-01-09,4\nC,2023-12-30,,,\n",
            "nps.csv": "customer_id,answered_at,question,score\nA,2024-01-04,nps,9\n",
            "exits.csv": "customer_id,churned_at,reason,comment\nB,2024-02-25,price,too dear\n",
            "assignments.csv": "customer_id,experiment,variant,assigned_at\nA,offer,treatment,2024-01-05\nB,offer,control,\n",
            "costs.csv": 'period,channel,cost\n2024-01,ads,"1,200.50"\n2024-02,ads,900\n',
            "benchmarks.csv": "metric,typical,period,industry\nlogo_churn_rate,3.5,monthly,saas\n",
        }
    )
    facts = facts_of(made)
    assert "exits" not in facts.filled, "the only one lies after the end of the data"
    derived_of_exits = {name for name in facts.tables if name.startswith("reason")}
    assert all(facts.tables[name].rows for name in derived_of_exits)
    rows = {name: covered.rows for name, covered in facts.tables.items() if covered.rows}
    assert {name: n for name, n in rows.items() if name not in derived_of_exits} == {
        "orders": 2, "tickets": 2, "surveys": 1, "exits": 1, "assignments": 2, "costs": 2, "benchmarks": 1, "activity_days": 2, "published_benchmarks": 364, "benchmark_metrics": 49, "benchmark_industries": 97,
        "purchase_days": 2, "visit_days": 2,
    } | {"customers": 3}  # fmt: skip
    assert facts.watermark == dt.date(2024, 2, 20)  # tables other than orders and events never move it
    with open_cursor(made) as cursor:
        prepare_scope(cursor, facts, Scope(as_of=dt.date(2024, 1, 4)))
        assert cursor.execute("select first_response_at, resolved_at, score from tickets order by opened_at").fetchall() == [
            (None, None, None), (dt.datetime(2024, 1, 3, 12), None, None),
        ]  # fmt: skip
        assert cursor.execute("select variant from assignments").fetchall() == [("control",)]
        assert cursor.execute("select period, cost, day from costs").fetchall() == [
            (dt.datetime(2024, 1, 1), Decimal("1200.5000"), dt.date(2024, 1, 1))
        ]
        assert cursor.execute("select customer_id from customers order by customer_id").fetchall() == [("A",), ("C",)]
        assert cursor.execute("select metric, typical from benchmarks").fetchall() == [("logo_churn_rate", 3.5)]


@pytest.mark.parametrize(
    ("cells", "first", "warned"),
    [
        (["3/5/2024", "3/25/2024"], dt.datetime(2024, 3, 5), False),
        (["3/5/2024", "25/3/2024"], dt.datetime(2024, 5, 3), False),
        (["3/5/2024", "4/6/2024"], dt.datetime(2024, 3, 5), True),
    ],
)
def test_day_and_month_are_told_apart_by_the_whole_column(
    make: Make, cells: list[str], first: dt.datetime, warned: bool
) -> None:
    made = make({"orders.csv": f"customer_id,ordered_at\nA,{cells[0]}\nB,{cells[1]}\n"})
    assert rows_of(made, ORDER_ROWS.replace(", amount", ""))[0] == ("A", first)
    told = [sentence for sentence, _ in facts_of(made).warnings if "month first" in sentence]
    assert bool(told) == warned


PROBLEMS = """customer_id,ordered_at,amount,quantity
A,2024-01-05,10,1
,2024-01-06,20,1
B,someday,20,1
"C
D",2024-01-07,20,1
E,2024-01-08,a lot,1
F,2024-01-09,20
G,2024-01-10,20,1,more
H,2024-01-11,,many
I,2024-01-12,-5,
"""


def test_rows_set_aside_are_told_word_for_word(make: Make) -> None:
    made = make({"orders.csv": PROBLEMS})
    told = [(row.line, row.column, row.value, row.reason) for row in rejected_of(facts_of(made))]
    assert told == [
        (4, "ordered_at", "someday", "timestamp"),
        (7, "amount", "a lot", "money"),
        (8, "", "F,2024-01-09,20", "fields"),
        (9, "", "G,2024-01-10,20,1,more", "fields"),
        (10, "quantity", "many", "number"),
    ]
    assert rejected_of(facts_of(made))[0].cells == ("B", "someday", "20", "1")
    assert facts_of(made).tables["orders"].rows == 3
    assert all(reason in REASONS for _line, _column, _value, reason in told)


def test_lines_of_a_workbook_are_its_rows(make: Make) -> None:
    rows: list[list[object]] = [
        ["Report"],
        [],
        ["customer_id", "ordered_at"],
        ["A", dt.date(2024, 1, 5)],
        ["B", "never"],
        ["C", dt.date(2024, 1, 6)],
    ]
    made = make({"orders.xlsx": workbook(rows)}, tables={"orders.xlsx": "orders"}, roles={"ordered_at": "ordered_at"})
    assert [(row.line, row.value) for row in rejected_of(facts_of(made))] == [(5, "never")]


def test_a_customer_listed_twice_keeps_the_first_row(make: Make) -> None:
    made = make(
        {"customers.csv": "customer_id,signed_up_at,city\nA,2024-01-01,Bonn\nB,2024-01-02,Köln\nA,2024-01-03,Ulm\n"}
    )
    assert rows_of(made, "select value from main.customer_attributes order by value") == [("Bonn",), ("Köln",)]
    assert [(row.line, row.value, row.reason) for row in rejected_of(facts_of(made))] == [(4, "A", "duplicate")]


def test_orders_from_price_and_quantity_with_cancellations(make: Make) -> None:
    text = "InvoiceNo,CustomerID,InvoiceDate,Quantity,UnitPrice\n1,A,2024-01-05,3,2.50\n1,A,2024-01-05,1,1.00\nC2,A,2024-01-09,-1,2.50\n"
    counted = make({"orders.csv": text})
    assert rows_of(counted, "select day, times, amount from main.activity_days order by day") == [
        (dt.date(2024, 1, 5), 1, Decimal("8.5")),
        (dt.date(2024, 1, 9), 1, Decimal("-2.5")),
    ]
    assert any("often marks a cancellation" in sentence for sentence, _ in facts_of(counted).warnings)
    left_out = make({"orders.csv": text}, roles={"is_cancelled": "InvoiceNo"})
    assert rows_of(left_out, "select day, times, amount from main.activity_days order by day") == [
        (dt.date(2024, 1, 5), 1, Decimal("8.5"))
    ]
    from tests.builders import columns

    assert columns(left_out, "overview", "orders", "revenue") == [(1, 6.0)]


def test_events_keep_their_other_columns(make: Make) -> None:
    made = make(
        {"events.csv": "customer_id,event,occurred_at,page,ref\nA,visit,2024-01-05,home,\nB,visit,2024-01-06,cart,ad\n"}
    )
    assert rows_of(made, "select attributes from main.events order by occurred_at") == [
        ({"page": "home"},),
        ({"page": "cart", "ref": "ad"},),
    ]


def test_monthly_value_from_amount_and_interval(make: Make) -> None:
    made = make(
        {
            "subscriptions.csv": "customer_id,started_at,amount,interval\nA,2024-01-01,1200,year\nB,2024-01-01,300,季付\nC,2024-01-01,50,month\n"
        }
    )
    assert rows_of(made, "select mrr from main.subscriptions order by customer") == [
        (Decimal("100"),),
        (Decimal("100"),),
        (Decimal("50"),),
    ]


def test_activity_is_a_choice(make: Make) -> None:
    files: dict[str, str | bytes] = {
        "orders.csv": ORDERS,
        "events.csv": "customer_id,event,occurred_at\nA,visit,2024-01-05\nC,visit,2024-01-06\n",
    }
    count = "select count(distinct customer) from main.activity_days where is_activity"
    assert rows_of(make(files), count) == [(3,)]
    assert rows_of(make(files, activity=("orders",)), count) == [(2,)]
    with pytest.raises(Refused, match="cannot count as being active"):
        make(files, activity=("tickets",))
    with pytest.raises(Refused, match="no time zone Asia/Peking"):
        make(files, timezone="Asia/Peking")


def test_times_of_two_zones_meet_in_the_zone_of_the_dataset(make: Make) -> None:
    # 23:30 in California on the 4th is 15:30 in Shanghai on the 5th; a naive time is Shanghai's already
    rows = "customer_id,ordered_at\nA,2024-03-04T23:30:00-08:00\nB,2024-03-05 23:30:00\n"
    made = make({"orders.csv": rows}, timezone="Asia/Shanghai")
    assert rows_of(made, "select ordered_at, day from main.orders order by ordered_at") == [
        (dt.datetime(2024, 3, 5, 15, 30), dt.date(2024, 3, 5)),
        (dt.datetime(2024, 3, 5, 23, 30), dt.date(2024, 3, 5)),
    ]


BAD_FILES = {
    "empty.csv": (b"", "is empty (0 bytes)"),
    "blank.csv": (b"\n\n  \n", "only blank lines"),
    "header.csv": (b"customer_id,ordered_at\n", "has a header but no rows"),
    "binary.csv": (bytes(range(256)) * 50, "neither text nor a workbook"),
    "picture.csv": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "a PNG picture"),
    "paper.xlsx": (b"%PDF-1.7 ...", "a PDF document"),
    "old.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512, "cannot be opened as a workbook"),
    "cut off.xlsx": (workbook([["customer_id", "ordered_at"], ["A", "2024-01-05"]])[:600], "is damaged"),
    "no sheet.xlsx": (workbook([]), "no sheet with a header and rows"),
    "broken.parquet": (b"PAR1 broken PAR1", "a Parquet file that cannot be read"),
    "no encoding.csv": (b"customer_id,ordered_at\n\xff\xff\xfe,2024-01-05\n", "neither UTF-8 nor GB18030"),
    "bomb.xlsx": (zipped({"xl/workbook.xml": b"0" * (600 << 20)}, zipfile.ZIP_DEFLATED), "would unpack to far more"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_cannot_be_used_is_told_in_both_languages(tmp_path: Path, name: str) -> None:
    content, words = BAD_FILES[name]
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(Refused) as caught:
        read.inspect(tmp_path / "file", name, tmp_path)
    assert str(caught.value).startswith(name) and words in str(caught.value)
    speak("zh_CN")
    try:
        chinese = caught.value.notice.words
    finally:
        speak("en")
    assert chinese.startswith(name) and chinese != str(caught.value)


def test_the_size_limit_names_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "big.csv").write_bytes(b"x" * 2_000_001)
    with pytest.raises(Refused, match=r"big.csv is 2.0 MB, over the limit of 2 MB .* CHURNBOOK_INBOX"):
        read.inspect(tmp_path / "big.csv", "big.csv", tmp_path, limit_bytes=2_000_000)


def test_a_workbook_called_csv_and_text_called_xlsx_are_read_for_what_they_are(make: Make) -> None:
    rows: list[list[object]] = [
        ["customer_id", "ordered_at", "amount"],
        ["A", dt.date(2024, 1, 5), 10.5],
        ["B", dt.date(2024, 1, 6), 20],
    ]
    assert rows_of(make({"orders.csv": workbook(rows)}), ORDER_ROWS) == TWO
    assert rows_of(make({"orders.xlsx": ORDERS.encode()}), ORDER_ROWS) == TWO


def test_no_usable_column_is_told(make: Make) -> None:
    with pytest.raises(Refused, match=r"colours.csv cannot be loaded as .*: no column is mapped to Customer id"):
        make({"colours.csv": "colour,shade\nred,dark\nblue,light\n"})


def test_a_table_that_lacks_a_required_role_is_told(make: Make) -> None:
    with pytest.raises(Refused, match=r"orders.csv cannot be loaded as Orders: no column is mapped to Order time"):
        make({"orders.csv": "customer_id,amount\nA,10\nB,20\n"}, tables={"orders.csv": "orders"})


def test_a_column_that_does_not_exist_is_told(make: Make) -> None:
    with pytest.raises(Refused, match="has no column total; its columns are: customer_id, ordered_at, amount"):
        make({"orders.csv": ORDERS}, roles={"amount": "total"})


def test_when_no_row_can_be_loaded_the_first_problem_is_told(make: Make) -> None:
    with pytest.raises(Refused, match=r"No row of orders.csv .* not a date .*, column ordered_at, value “never”"):
        make(
            {"orders.csv": "customer_id,ordered_at\nA,never\n"},
            tables={"orders.csv": "orders"},
            roles={"ordered_at": "ordered_at"},
        )


def test_headers_and_values_that_look_like_sql_are_just_text(make: Make) -> None:
    evil = "x'); drop table customers; --"
    made = make({"customers.csv": f'customer_id,"{evil}","""; select 1"\n"{evil}",<b>1</b>,=1+1\nB,2,3\n'})
    assert rows_of(made, "select customer_id from main.customers order by customer_id") == [("B",), (evil,)]
    assert set(facts_of(made).attributes) == {evil, '"; select 1'}


def test_reading_adds_up(make: Make) -> None:
    made = make({"orders.csv": PROBLEMS})
    facts = facts_of(made)
    nobodys = facts.tables["guest_orders"].rows
    assert facts.tables["orders"].rows + nobodys + facts.set_aside == 9, "records in the file"


def test_progress_reaches_the_end(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS)
    (sheet,) = read.inspect(tmp_path / "orders.csv", "orders.csv", tmp_path)
    seen: list[float] = []
    load.load(
        [map.propose(sheet)],
        tmp_path / "m.duckdb",
        Settings("m"),
        lambda _words, share: seen.append(share),
        UPLOADED_ON,
    )
    assert seen == sorted(seen) and seen[-1] > 0.9


def test_headers_stay_unique_whatever_they_are(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("id,plan,plan,plan (2)\n1,a,b,c\n")
    (sheet,) = read.inspect(tmp_path / "x.csv", "x.csv", tmp_path)
    assert sheet.headers == ("id", "plan", "plan (2)", "plan (2) (2)")


def test_two_customer_files_complete_each_other(make: Make) -> None:
    made = make(
        {
            "crm_customers.csv": "customer_id,country\nA,DE\nB,FR\n",
            "billing_customers.csv": "customer_id,signed_up_at,plan,country\nA,2024-01-01,pro,AT\nC,2024-01-02,free,CH\n",
        }
    )
    rows = (
        "select customer_id, attribute, value from main.customer_attributes inner join main.customers using (customer)"
    )
    assert rows_of(made, rows + " order by all") == [
        ("A", "country", "DE"),
        ("A", "plan", "pro"),
        ("B", "country", "FR"),
        ("C", "country", "CH"),
        ("C", "plan", "free"),
    ]
    signed_up = "select customer_id from main.customers where signed_up_at is not null order by 1"
    assert rows_of(made, signed_up) == [("A",), ("C",)]
    assert facts_of(made).set_aside == 0


def test_a_duplicate_is_kept_word_for_word(make: Make) -> None:
    made = make({"customers.csv": "customer_id,city\nA,Bonn\nA,Ulm\n"})
    assert [row.cells for row in rejected_of(facts_of(made))] == [("A", "Ulm")]


def test_words_for_nothing_are_no_segments(make: Make) -> None:
    made = make({"customers.csv": "customer_id,plan\nA,NULL\nB,N/A\nC,-\nD,pro\n"})
    assert rows_of(made, "select value from main.customer_attributes") == [("pro",)]


def test_white_space_of_any_kind_is_no_part_of_an_id(make: Make) -> None:
    rows = "123\t,2024-01-05\n\u00a0123\u3000,2024-01-06\n\t,2024-01-07\n"
    made = make({"orders.csv": "customer_id,ordered_at\n" + rows})
    assert rows_of(made, "select customer_id from main.customers") == [("123",)]
    assert rows_of(made, "select day from main.guest_orders") == [(dt.date(2024, 1, 7),)]


def test_ids_a_program_wrote_as_decimals_meet_their_customers(make: Make) -> None:
    made = make(
        {
            "orders.csv": "customer_id,ordered_at\n17850.0,2024-01-05\n17851.0,2024-01-06\n",
            "customers.csv": "customer_id,city\n17850,Bonn\n17851,Ulm\n",
        }
    )
    assert rows_of(made, "select customer_id from main.customers order by 1") == [("17850",), ("17851",)]


def test_files_that_share_no_customer_are_told(make: Make) -> None:
    made = make({"orders.csv": ORDERS, "customers.csv": "customer_id,city\nx1,Bonn\nx2,Ulm\n"})
    assert any("The ids are probably written differently" in sentence for sentence, _ in facts_of(made).warnings)


def test_the_same_file_twice_is_refused(make: Make) -> None:
    with pytest.raises(Refused, match=r"b.csv and a.csv have the same content"):
        make({"a.csv": ORDERS, "b.csv": ORDERS})


def test_events_may_have_the_names_of_our_own(make: Make) -> None:
    from tests.builders import columns

    events = "A,signup,2024-01-01\nA,order,2024-01-05\nA,subscription,2024-02-05\nB,signup,2024-01-03\n"
    made = make(
        {
            "events.csv": "customer_id,event,occurred_at\n" + events,
            "orders.csv": "customer_id,ordered_at\nA,2024-01-05\nA,2024-02-29\n",
        }
    )
    assert columns(made, "overview", "orders", "events", "subscriptions") == [(1, 4, 0)], "the data end on 5 February"
    starts = {"start": "signup", "returning": "order", "periods": 0}
    assert columns(made, "cohort_retention", "cohort_size", "retained", **starts) == [(2, 1)]  # type: ignore[arg-type]


def test_what_lies_only_in_the_future_counts_as_nothing(make: Make) -> None:
    from tests.builders import columns

    made = make({"orders.csv": "customer_id,ordered_at\nA,2199-01-01\n"})
    assert facts_of(made).watermark == UPLOADED_ON
    assert columns(made, "overview", "orders", "customers") == [(0, 0)]


def test_a_churn_after_the_watermark_is_not_known_yet(make: Make) -> None:
    from tests.builders import columns

    files: dict[str, str | bytes] = {
        "orders.csv": "customer_id,ordered_at\nA,2024-01-05\nB,2024-03-05\n",
        "customers.csv": "customer_id,churned_at,is_churned\nA,2024-02-01,yes\nB,2024-12-01,yes\n",
    }
    assert columns(make(files), "overview", "churned_customers") == [(1,)]


def test_huge_amounts_and_cells_do_not_stop_an_import(make: Make) -> None:
    rows = f"A,2024-01-05,6901234567890,100,x\nB,2024-01-05,1,100,{'y' * 200_000}\n,2024-01-06,1,1,z\n"
    made = make({"orders.csv": "customer_id,ordered_at,quantity,unit_price,product\n" + rows})
    assert facts_of(made).tables["orders"].rows == 2
    assert rows_of(made, "select day, amount from main.guest_orders") == [(dt.date(2024, 1, 6), 1)]
    too_much = make(
        {
            "orders.csv": "customer_id,ordered_at,amount\nA,2024-01-05,1e13\nB,2024-01-05,5\nC,2024-01-05,6\nD,2024-01-05,7\n"
        }
    )
    assert [row.reason for row in rejected_of(facts_of(too_much))] == ["money"]


def test_a_workbook_with_one_far_cell_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["customer_id", "ordered_at"], ["A", "2024-01-05"]):
        book.active.append(row)
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "far.xlsx")
    with pytest.raises(Refused, match="cells so far apart"):
        read.inspect(tmp_path / "far.xlsx", "far.xlsx", tmp_path)


@pytest.mark.parametrize(
    ("text", "headers", "rows"),
    [
        ("customer_id,2022,2023,plan\nA,1,2,x\nB,3,4,y\n", ("customer_id", "2022", "2023", "plan"), 2),
        ("customer_id,plan\nA,x,\nB,y,\n", ("customer_id", "plan", "column 3"), 2),
        ("Report\x0bsub\ncustomer_id,plan\nA,x\nB,y\nC,z\n", ("customer_id", "plan"), 3),
        ("1,2024-01-05,3\n2,2024-01-06,4\n", ("column 1", "column 2", "column 3"), 2),
    ],
)
def test_headers_are_found(tmp_path: Path, text: str, headers: tuple[str, ...], rows: int) -> None:
    (tmp_path / "x.csv").write_text(text)
    (sheet,) = read.inspect(tmp_path / "x.csv", "x.csv", tmp_path)
    assert (sheet.headers, len(sheet.sample)) == (headers, rows)


def test_an_activity_nobody_has_is_refused(make: Make) -> None:
    with pytest.raises(Refused, match="Events is to count as being active, but no file holds any"):
        make({"orders.csv": ORDERS}, activity=("events",))


def test_today_is_the_datasets_own_day(tmp_path: Path) -> None:
    from zoneinfo import ZoneInfo

    today = dt.datetime.now(ZoneInfo("Pacific/Kiritimati")).date()
    (tmp_path / "o.csv").write_text(f"customer_id,ordered_at\nA,{today - dt.timedelta(days=1)}\nB,{today}\n")
    (sheet,) = read.inspect(tmp_path / "o.csv", "o.csv", tmp_path)
    report = load.load([map.propose(sheet)], tmp_path / "m.duckdb", Settings("m", "Pacific/Kiritimati"))
    assert report.warnings == []
    assert facts_of(tmp_path / "m.duckdb").watermark == today
