"""Headers compared word by word: what they say of roles, and what a word inside another word does not say."""

import random

import pytest

from churnbook.catalogue import schema
from churnbook.intake.files import headers

ROLES = [(table.name, role) for table in schema.LOADABLE.values() for role in table.roles]


def likeness(table: str, role: str, header: str) -> float:
    return headers.likeness(schema.LOADABLE[table].role(role), header)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("customer_id", ("customer", "id")),
        ("CustomerID", ("customer", "id")),
        ("orderDate2", ("order", "date", "2")),
        ("HTMLParser", ("html", "parser")),
        ("iPhone model", ("iphone", "model")),
        ("eMail", ("email",)),
        ("Tax 1 Value", ("tax", "1", "value")),
        ("商品ID", ("商品", "id")),
        ("下單帳號", ("下单账号",)),
        ("ＵｓｅｒＩＤ（必填）", ("user", "id")),
        ("Order #", ("order",)),
        ("[user_id]", ("user", "id")),
        ("—", ()),
    ],
)
def test_a_header_is_its_words(header: str, expected: tuple[str, ...]) -> None:
    assert headers.words(header) == expected


@pytest.mark.parametrize(
    ("table", "role", "header"),
    [
        ("orders", "quantity", "discount"),
        ("orders", "quantity", "cart_discount"),
        ("orders", "ordered_at", "updated"),
        ("orders", "ordered_at", "updated_at"),
        ("orders", "ordered_at", "Birth date"),
        ("orders", "ordered_at", "Ship Date"),
        ("orders", "ordered_at", "发货时间"),
        ("orders", "customer_id", "Became a Customer Date"),
        ("orders", "customer_id", "uuid"),
        ("orders", "customer_id", "Customer type"),
        ("orders", "customer_id", "customer_user_agent"),
        ("orders", "customer_id", "iPhone"),
        ("orders", "customer_id", "是否会员"),
        ("orders", "customer_id", "is_member"),
        ("orders", "customer_id", "Order #"),
        ("orders", "customer_id", "order number"),
        ("orders", "customer_id", "seller email"),
        ("orders", "customer_id", "买家备注"),
        ("orders", "order_id", "Order status"),
        ("orders", "order_id", "ordered_at"),
        ("orders", "product", "商品类目"),
        ("orders", "product", "商品数量"),
        ("orders", "product", "商品金额"),
        ("orders", "category", "商品类型"),
        ("orders", "amount", "shipping_total"),
        ("orders", "amount", "discount_total"),
        ("orders", "amount", "Discount Amount"),
        ("orders", "amount", "order_tax_amount"),
        ("orders", "amount", "Outstanding Balance"),
        ("orders", "amount", "fee total"),
        ("orders", "amount", "Refund Amount"),
        ("orders", "amount", "payment_method"),
        ("orders", "amount", "运费金额"),
        ("orders", "amount", "优惠总金额"),
        ("orders", "amount", "积分金额"),
        ("orders", "is_cancelled", "Cancelled at"),
        ("orders", "status", "Fulfillment Status"),
        ("orders", "status", "退款状态"),
        ("subscriptions", "started_at", "Trial Start (UTC)"),
        ("customers", "customer_id", "Ticket ID"),
        ("events", "event", "Last activity"),
    ],
)
def test_a_word_inside_another_or_beside_what_is_meant_is_no_hit(table: str, role: str, header: str) -> None:
    assert likeness(table, role, header) == 0.0


@pytest.mark.parametrize(
    ("table", "role", "header"),
    [
        ("orders", "customer_id", "customer_id"),
        ("orders", "customer_id", "CUSTOMERID"),
        ("orders", "customer_id", "E-Mail"),
        ("orders", "customer_id", "Email Address"),
        ("orders", "customer_id", "user_pseudo_id"),
        ("orders", "customer_id", "distinct_id"),
        ("orders", "customer_id", "下单帐号"),
        ("orders", "customer_id", "用户标识"),
        ("orders", "customer_id", "联系手机 "),
        ("orders", "ordered_at", "order_created_on"),
        ("orders", "ordered_at", "Created (UTC)"),
        ("orders", "amount", "order_total"),
        ("orders", "amount", "Grand Total"),
        ("orders", "amount", "实付款"),
        ("orders", "amount", "用户实付金额(元)"),
        ("orders", "category", "商品类目"),
        ("orders", "quantity", "商品数量(件)"),
        ("orders", "is_cancelled", "Refunded"),
        ("subscriptions", "ended_at", "Ended On"),
        ("subscriptions", "mrr", "Monthly_Pay"),
        ("customers", "customer_id", "id"),
    ],
)
def test_a_known_word_is_known_however_it_is_written(table: str, role: str, header: str) -> None:
    assert likeness(table, role, header) >= headers.SAME


@pytest.mark.parametrize(
    ("table", "role", "header"),
    [
        ("orders", "customer_id", "web customer"),
        ("orders", "customer_id", "rc_original_app_user_id"),
        ("orders", "quantity", "Lineitem quantity"),
        ("orders", "amount", "amount_usd"),
        ("orders", "amount", "N. Revenue"),
        ("orders", "category", "品类名称"),
        ("subscriptions", "started_at", "Plan_Start_Date"),
        ("subscriptions", "cancelled_at", "Plan_Cancelled_On"),
    ],
)
def test_a_header_that_ends_with_a_known_word_is_roughly_known(table: str, role: str, header: str) -> None:
    assert 0.2 < likeness(table, role, header) < headers.SAME


def test_keys_of_customers_are_trusted_in_an_order() -> None:
    by_trust = ["customer_id", "user_id", "user_pseudo_id", "distinct_id", "买家会员名", "Email", "手机号", "买家昵称"]
    found = [likeness("orders", "customer_id", header) for header in by_trust]
    assert found == sorted(found, reverse=True) and len(set(found)) == len(found)


def test_what_was_paid_comes_before_what_was_asked() -> None:
    for paid, asked in (
        ("买家实际支付金额", "总金额"),
        ("amount_paid", "Total"),
        ("Total", "Subtotal"),
        ("实收金额", "应付金额"),
    ):
        assert likeness("orders", "amount", paid) > likeness("orders", "amount", asked) > 0
    for first, after in (("Created at", "Paid at"), ("订单创建时间", "订单付款时间"), ("order_date", "paid_date")):
        assert likeness("orders", "ordered_at", first) > likeness("orders", "ordered_at", after) > 0


def test_a_word_is_never_found_inside_another() -> None:
    """Every known word of every role, among letters that make no word, beside words that mean nothing."""
    random_ = random.Random(19)
    letters, beside = "zqxj", ["zz", "qxz", "jxq", "xjz"]
    tried = 0
    for table, role in ROLES:
        for word in (*role.words, *role.alone, *role.last):
            if word.isascii():
                before, after = (
                    "".join(random_.choices(letters, k=random_.randint(1, 4))) for _side in ("before", "after")
                )
                inside = random_.choice([before + word, word + after, before + word + after])
                inside = random_.choice([inside.replace(" ", ""), inside.replace(" ", random_.choice(letters))])
                inside = random_.choice([inside.lower(), inside.upper(), inside.capitalize()])
            else:
                inside = word + random_.choice("卉尹孑")
            others = random_.sample(beside, random_.randint(0, 2))
            written = random_.choice([" ", "_", "-", "."]).join(random_.sample([*others, inside], len(others) + 1))
            for other in (role, random_.choice(ROLES)[1]):
                assert headers.likeness(other, written) == 0.0, (table, other.name, word, written)
            tried += 1
    assert tried > 1500


@pytest.mark.parametrize(
    ("name", "table", "expected"),
    [
        ("ExportOrderList202403.csv", "orders", True),
        ("all_orders.csv", "orders", True),
        ("双十一订单.csv", "orders", True),
        ("blog.csv", "events", False),
        ("catalog_2024.csv", "events", False),
        ("event-log.csv", "events", True),
        ("prevention.csv", "events", False),
    ],
)
def test_the_name_of_a_file_speaks_by_its_words(name: str, table: str, expected: bool) -> None:
    assert headers.is_named(name, schema.LOADABLE[table].words) is expected
