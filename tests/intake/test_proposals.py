"""What files as people have them are proposed as, without a recipe and without a hand: keys, times, amounts, ends."""

from pathlib import Path

import pytest

from churnbook.intake.files import read
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.loading import load
from churnbook.intake.loading.report import Report, Settings
from churnbook.intake.mapping import map
from churnbook.words.message import WRONG
from tests.builders import UPLOADED_ON, Make, Open, columns, rows_of, texts
from tests.intake.built import choose, uploaded


def sheet_of(content: str, folder: Path, name: str = "export.csv") -> Sheet:
    (folder / name).write_text(content, encoding="utf-8")
    (found,) = read.inspect(folder / name, name, folder)
    return found


def roles_of(content: str, folder: Path, name: str = "export.csv", table: str | None = None) -> dict[str, str]:
    return dict(map.propose(sheet_of(content, folder, name), table).roles)


def report_of(content: str, folder: Path, name: str, table: str | None = None) -> Report:
    mapped = map.propose(sheet_of(content, folder, name), table)
    return load.load([mapped], folder / "made.duckdb", Settings("made"), uploaded_on=UPLOADED_ON)


PRICES = """customer_id,order_date,price,discount,country
c1,2024-01-05,100,5,DE
c2,2024-01-09,80,0,DE
c1,2024-02-10,60,10,DE
c3,2024-02-11,200,20,FR
c2,2024-03-05,50,0,DE
"""


def test_a_price_alone_is_what_a_row_paid_and_a_discount_is_no_quantity(make: Make, tmp_path: Path) -> None:
    assert roles_of(PRICES, tmp_path, "orders.csv") == {
        "customer_id": "customer_id", "ordered_at": "order_date", "amount": "price"
    }  # fmt: skip
    path = make({"orders.csv": PRICES})
    assert [(f"{period:%Y-%m}", float(revenue)) for period, revenue in columns(path, "purchases", "period", "revenue")] == [
        ("2024-01", 180), ("2024-02", 260), ("2024-03", 50)
    ]  # fmt: skip


def test_it_is_said_that_a_price_was_taken_for_the_amount(opened: Open, tmp_path: Path) -> None:
    said = (
        "orders.csv: no column says how many were bought, so that price counts as the amount of each row; "
        "discount is not taken off."
    )
    assert said in [each.english for each in report_of(PRICES, tmp_path, "orders.csv").warnings]
    app = uploaded(opened, {"orders.csv": PRICES})
    assert said in texts(app)
    without = PRICES.replace("discount", "weight")
    assert "orders.csv: no column says how many were bought, so that price counts as the amount of each row." in [
        each.english for each in report_of(without, tmp_path, "orders.csv").warnings
    ]
    for more in ("quantity", "amount"):
        told = [each.english for each in report_of(PRICES.replace("discount", more), tmp_path, "orders.csv").warnings]
        assert not any("counts as the amount" in each for each in told)


SHOPIFY = """Name,Email,Financial Status,Paid at,Fulfilled at,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,Created at,\
Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Cancelled at,Refunded Amount,Device ID,Id,Phone
#1,a@s.test,paid,2024-01-06 10:00:00 +0100,,EUR,20,5,3,25,0,2024-01-05 10:00:00 +0100,2,Soap,10,SOA,A A,,0,,71,
#2,b@s.test,paid,2024-01-08 10:00:00 +0100,,EUR,10,5,2,15,1,2024-01-07 10:00:00 +0100,1,Soap,10,SOA,B B,,0,,72,
#3,a@s.test,voided,,,EUR,10,5,2,15,1,2024-02-07 10:00:00 +0100,1,Brush,10,BRU,A A,2024-02-08 10:00:00 +0100,0,,73,
"""


def test_shop_orders_with_e_mails(tmp_path: Path) -> None:
    assert roles_of(SHOPIFY, tmp_path, "orders_export_1.csv") == {
        "customer_id": "Email",
        "ordered_at": "Created at",
        "amount": "Total",
        "product": "Lineitem name",
        "quantity": "Lineitem quantity",
        "unit_price": "Lineitem price",
        "currency": "Currency",
        "status": "Financial Status",
        "refunded_amount": "Refunded Amount",
    }


def test_chinese_orders_by_what_was_paid(tmp_path: Path) -> None:
    content = (
        "订单编号,买家会员名,买家支付宝账号,买家应付货款,买家应付邮费,总金额,返点积分,买家实际支付金额,订单状态,收货人姓名,联系手机 ,订单付款时间 ,订单创建时间,宝贝标题 ,宝贝总数量,退款金额\n"
        '="1903748102223456000",甲,***,99,0,99,0,90,交易成功,某某,186******05,2024-01-04 10:00:00,2024-01-03 10:00:00,毛巾,1,0\n'
        '="1903748102223463919",乙,***,58,0,58,0,58,交易成功,某某,186******06,2024-01-05 11:00:00,2024-01-05 10:00:00,毛巾,1,0\n'
    )
    assert roles_of(content, tmp_path, "ExportOrderList202403.csv") == {
        "customer_id": "买家会员名",
        "ordered_at": "订单创建时间",
        "amount": "买家实际支付金额",
        "order_id": "订单编号",
        "product": "宝贝标题",
        "quantity": "宝贝总数量",
        "status": "订单状态",
        "refunded_amount": "退款金额",
    }


def test_an_order_total_among_other_totals(tmp_path: Path) -> None:
    content = (
        "order_id,order_number,order_date,paid_date,status,shipping_total,fee_total,tax_total,cart_discount,discount_total,"
        "order_total,order_subtotal,order_currency,payment_method,customer_ip_address,customer_user_agent,customer_id,customer_email\n"
        "501,501,2024-01-03 10:00:00,2024-01-03 11:00:00,completed,5,0,4,0,0,30,25,EUR,card,192.0.2.7,Mozilla/5.0,7,a@w.test\n"
        "502,502,2024-01-09 10:00:00,2024-01-09 11:00:00,completed,5,0,3,0,0,25,20,EUR,card,192.0.2.7,Mozilla/5.0,8,b@w.test\n"
    )
    assert roles_of(content, tmp_path, "order_export.csv") == {
        "customer_id": "customer_id",
        "ordered_at": "order_date",
        "amount": "order_total",
        "order_id": "order_id",
        "currency": "order_currency",
        "status": "status",
    }


def test_an_id_of_rows_is_no_customer(tmp_path: Path) -> None:
    rows = "".join(
        f"0190-{row:04},{('view', 'buy')[row % 2]},2024-03-{row + 1:02} 10:00:00,p{row % 4},2024-03-{row + 1:02} 10:00:01\n"
        for row in range(12)
    )
    found = roles_of(f"uuid,event,timestamp,distinct_id,created_at\n{rows}", tmp_path)
    assert found == {"customer_id": "distinct_id", "event": "event", "occurred_at": "timestamp"}
    # a header that is no word for a customer does not make one of an id that tells rows apart
    sheet = sheet_of(f"hit_id,event,timestamp,other,created_at\n{rows}", tmp_path)
    assert "customer_id" not in map.propose(sheet, "events").roles
    again = sheet_of(f"other,event,timestamp,person_id,created_at\n{rows}", tmp_path)
    assert map.propose(again, "events").roles["customer_id"] == "person_id"


@pytest.mark.parametrize(
    ("filled", "expected", "further"),
    [
        (0, "user_pseudo_id", ()),
        (1, "user_pseudo_id", ()),
        (8, "user_id", ("user_pseudo_id",)),
        (20, "user_id", ()),
    ],
)
def test_an_empty_key_loses_against_a_full_one(
    tmp_path: Path, filled: int, expected: str, further: tuple[str, ...]
) -> None:
    rows = "".join(
        f"2024-03-{row + 1:02},view,{f'u{row % 3}' if row < filled else ''},{5001 + row % 4}.9\n" for row in range(20)
    )
    sheet = sheet_of(f"event_date,event_name,user_id,user_pseudo_id\n{rows}", tmp_path, "events_20240301.csv")
    found = map.propose(sheet)
    assert found.roles["customer_id"] == expected
    assert found.rules.otherwise.get("customer_id", ()) == further


def test_a_customer_seen_on_two_devices_is_one_where_few_rows_say_who_it_was(make: Make) -> None:
    path = make(
        {
            "events.csv": """user_id,user_pseudo_id,event_name,event_date
,d1,view,2024-01-05
,d1,view,2024-01-06
u1,d1,buy,2024-01-07
,d2,view,2024-01-08
u1,d2,buy,2024-01-09
,d3,view,2024-01-10
,d3,view,2024-01-11
,d3,view,2024-01-12
"""
        }
    )
    assert rows_of(path, "select customer_id from main.customers order by all") == [("d3",), ("u1",)]


def test_masked_values_are_no_keys(tmp_path: Path) -> None:
    for masked in ("186****{}", "****{}", "##Zk9{}==", "$$aB{}", "张*{}", "*{}"):
        rows = "".join(f"{masked.format(row)},n{row % 2},2024-01-{row + 1:02},10\n" for row in range(4))
        assert roles_of(f"买家手机号,买家昵称,下单时间,金额\n{rows}", tmp_path)["customer_id"] == "买家昵称", masked
        sheet = sheet_of(f"买家手机号,备注,下单时间,金额\n{rows}", tmp_path)
        assert "customer_id" not in map.propose(sheet, "orders").roles, masked


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("phone,email,nickname,user_id", "user_id"),
        ("phone,email,nickname,name", "email"),
        ("phone,nickname,name", "phone"),
        ("name,nickname", "nickname"),
        ("order_number,name", "name"),
        ("Order #,姓名", "姓名"),
        ("name,the buyer", "the buyer"),
        ("Became a Customer Date,mobile", "mobile"),
        ("商品ID,member", "member"),
    ],
)
def test_ids_come_before_mails_before_phones_before_names(tmp_path: Path, headers: str, expected: str) -> None:
    count = headers.count(",") + 1
    rows = "".join(
        f"{','.join(f'k{row % 3}{place}' for place in range(count))},2024-01-0{row + 1},9\n" for row in range(6)
    )
    assert roles_of(f"{headers},order_date,amount\n{rows}", tmp_path, table="orders")["customer_id"] == expected


def test_an_order_number_is_never_the_customer(tmp_path: Path) -> None:
    for header in ("Order #", "order number", "订单号", "Invoice ID", "商品ID", "支付流水号"):
        sheet = sheet_of(f"{header},order_date,amount\n1,2024-01-05,10\n1,2024-01-06,20\n", tmp_path)
        assert "customer_id" not in map.propose(sheet, "orders").roles, header


def test_a_status_is_a_column_of_few_values(tmp_path: Path) -> None:
    def status(cells: list[str], header: str = "status") -> str | None:
        rows = "".join(f"C{row % 5},2024-01-{row % 27 + 1:02},9,{cell}\n" for row, cell in enumerate(cells))
        return roles_of(f"customer_id,order_date,amount,{header}\n{rows}", tmp_path, table="orders").get("status")

    assert status(["paid", "refunded", "paid"]) == "status"
    assert status(["paid", "failed"] * 30, "Order Status") == "Order Status"
    assert status([f"checked by {row}" for row in range(60)]) is None
    assert status(["1", "2", "1"]) is None
    assert status(["2024-01-05", "2024-01-06", "2024-01-05"]) is None
    assert status(["married", "single", "single"], "Marital status") is None


def test_a_flag_is_a_column_of_yes_and_no(tmp_path: Path) -> None:
    def flag(cells: list[str], header: str = "refunded") -> str | None:
        rows = "".join(f"C{row % 5},2024-01-{row % 27 + 1:02},9,{cell}\n" for row, cell in enumerate(cells))
        return roles_of(f"customer_id,order_date,amount,{header}\n{rows}", tmp_path, table="orders").get("is_cancelled")

    assert flag(["yes", "no", "no"]) == "refunded"
    assert flag(["是", "否", "否"], "已取消") == "已取消"
    assert flag(["0", "0", "0", "19.9"]) is None
    assert flag(["partially", "no", "fully"]) is None
    assert flag(["yes", "no", "no"], "Cancelled at") is None


# Ends

PLANS = """Customer_ID,Plan_Start_Date,{end},Monthly_Pay,Plan_ID
A1,2014-01-30,2014-03-19,14.99,1
A2,2014-03-04,2014-05-29,14.99,1
A3,2014-01-27,,14.99,1
A4,2014-02-10,2014-02-21,29.99,2
"""


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("Plan_Cancel_Date", "cancelled_at"),
        ("Plan_End_Date", "ended_at"),
        ("Cancel_of_plan", "cancelled_at"),
        ("When it expires", "ended_at"),
        ("Churned by", "ended_at"),
        ("合约终止日", "ended_at"),
        ("取消订阅日", "cancelled_at"),
    ],
)
def test_a_date_left_over_beside_a_start_is_the_end_where_its_header_says_so(
    tmp_path: Path, header: str, role: str
) -> None:
    found = map.explain(sheet_of(PLANS.format(end=header), tmp_path, "accounts.csv"))
    assert found.mapped.table == "subscriptions"
    assert found.mapped.roles == {
        "customer_id": "Customer_ID", "started_at": "Plan_Start_Date", "mrr": "Monthly_Pay", "plan": "Plan_ID", role: header
    }  # fmt: skip
    assert found.asked == ()


def test_a_date_left_over_that_says_nothing_is_asked_about(opened: Open, tmp_path: Path) -> None:
    content = PLANS.format(end="Zeitpunkt")
    found = map.explain(sheet_of(content, tmp_path, "subscriptions.csv"))
    assert found.asked == ("Zeitpunkt",)
    assert not {"ended_at", "cancelled_at"} & found.mapped.roles.keys()
    app = uploaded(opened, {"subscriptions.csv": content})
    asked = "No column is known to say when a subscription ends: if Zeitpunkt does, choose “Subscription end” for it."
    assert asked in texts(app)
    choose(app, {"Zeitpunkt": "ended_at"})
    app.button(key="load").click().run()
    assert not app.exception


def wrong(report: Report) -> list[str]:
    return [each.english for each in report.warnings if each.weight == WRONG]


def test_subscriptions_of_which_none_ends_in_more_than_a_year_are_told_loudly(tmp_path: Path) -> None:
    running = "customer_id,started_at,ended_at,mrr\nA,2023-01-05,,10\nB,{day},,10\n"
    report = report_of(running.format(day="2024-03-06"), tmp_path, "subscriptions.csv")
    assert wrong(report) == [
        "None of the 2 subscriptions has an end, though they cover 14 months: nobody is ever lost, and every churn rate is 0 %."
    ]
    assert wrong(report_of(running.format(day="2023-12-06"), tmp_path, "subscriptions.csv")) == []
    ended = running.format(day="2024-03-06").replace(",,10\nB", ",2023-06-01,10\nB")
    assert wrong(report_of(ended, tmp_path, "subscriptions.csv")) == []


def test_a_date_left_over_is_told_loudly_however_short_the_time(tmp_path: Path) -> None:
    content = "customer_id,started_at,Zeitpunkt,mrr\nA,2024-01-05,2024-02-05,10\nB,2024-01-06,2024-02-05,10\n"
    assert wrong(report_of(content, tmp_path, "subscriptions.csv")) == [
        "subscriptions.csv: no column says when a subscription ends, so nobody is lost; Zeitpunkt has dates and was left out."
    ]
