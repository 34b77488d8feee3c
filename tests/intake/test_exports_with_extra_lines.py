"""Exports with lines above the header, a second header below it, sums at the end, or a delimiter too many."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from churnbook.datasets.facts import facts_of, rejected_of
from churnbook.intake.files import read
from churnbook.intake.files.sheet import Sheet
from tests.builders import Make, rows_of

PAID = "select customer_id, ordered_at, amount, order_id, status from main.orders inner join main.customers using (customer) order by ordered_at"

WECHAT_HEADER = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,"
    "商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
WECHAT_ROWS = [
    "`2024-01-05 10:00:00,`wx1,`1900000109,`0,`,`4200001,`D1,`oA,`JSAPI,`SUCCESS,`OTHERS,`CNY,`10.50,`0.00,`0,`0,`0.00,`0.00,`,`,`皂,`,`0.06300,`0.60%,`10.50,`0.00,`",
    "`2024-01-06 11:00:00,`wx1,`1900000109,`0,`,`4200002,`D2,`oB,`JSAPI,`SUCCESS,`OTHERS,`CNY,`20.00,`0.00,`0,`0,`0.00,`0.00,`,`,`刷,`,`0.12000,`0.60%,`20.00,`0.00,`",
    "`2024-02-06 11:00:00,`wx1,`1900000109,`0,`,`4200003,`D3,`oA,`JSAPI,`SUCCESS,`OTHERS,`CNY,`1000.00,`0.00,`0,`0,`0.00,`0.00,`,`,`巾,`,`6.00000,`0.60%,`1000.00,`0.00,`",
]
WECHAT_END = [
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额",
    "`3,`1030.50,`0.00,`0.00,`6.18300,`1030.50,`0.00",
]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_bill_of_wechat_pay(make: Make, rows: int, encoding: str) -> None:
    lines = [WECHAT_HEADER, *WECHAT_ROWS[:rows], *WECHAT_END]
    roles = {"customer_id": "用户标识", "ordered_at": "交易时间", "amount": "应结订单金额", "order_id": "商户订单号", "status": "交易状态"}  # fmt: skip
    made = make({"bill.csv": "".join(f"{line}\r\n" for line in lines).encode(encoding)}, {"bill.csv": "orders"}, roles)
    assert (
        rows_of(made, PAID)
        == [
            ("oA", dt.datetime(2024, 1, 5, 10), Decimal("10.5"), "D1", "SUCCESS"),
            ("oB", dt.datetime(2024, 1, 6, 11), Decimal("20"), "D2", "SUCCESS"),
            ("oA", dt.datetime(2024, 2, 6, 11), Decimal("1000"), "D3", "SUCCESS"),
        ][:rows]
    )
    aside = [(row.line, row.reason, (row.cells[0] or "").strip()) for row in rejected_of(facts_of(made))]
    assert aside == [(rows + 2, "fields", WECHAT_END[0]), (rows + 3, "fields", WECHAT_END[1])]


ALIPAY = """支付宝交易记录明细查询
账号:[a@b.test]
起始日期:[2024-01-01 00:00:00]    终止日期:[2024-03-01 00:00:00]
---------------------------------交易记录明细列表------------------------------------
交易号                  ,商家订单号               ,付款时间                ,类型              ,交易对方            ,金额（元）   ,交易状态    ,
2024010522001\t,T200P1\t,2024-01-05 10:00:10 ,即时到账交易          ,张三              ,10.50   ,交易成功    ,
2024010622001\t,T200P2\t,2024-01-06 11:00:10 ,即时到账交易          ,李四              ,20.00   ,交易成功    ,
------------------------------------------------------------------------------------
导出时间:[2024-03-01 10:00:00]    用户:某某
"""
ALIPAY_OF_SHOPS = """#支付宝业务明细查询
#账号：[20880000000000000156]
#-----------------------------------------业务明细列表----------------------------------------
支付宝交易号,商家订单号,付款时间,交易对方,金额（元）,交易状态,备注
2024010522001\t,T200P1\t,2024-01-05 10:00:10,张三,10.50,交易成功,
2024010622001\t,T200P2\t,2024-01-06 11:00:10,李四,20.00,交易成功,
#-----------------------------------------业务明细列表结束------------------------------------
#交易合计：2笔，商家实收共30.50元，商家优惠共0.00元
"""


@pytest.mark.parametrize(("content", "last"), [(ALIPAY, (8, 9)), (ALIPAY_OF_SHOPS, (7, 8))])
def test_a_bill_of_alipay(make: Make, content: str, last: tuple[int, int]) -> None:
    made = make(
        {"bill.csv": content.replace("\n", "\r\n").encode("gb18030")},
        {"bill.csv": "orders"},
        {"customer_id": "交易对方", "order_id": "商家订单号", "status": "交易状态"},
    )
    assert rows_of(made, PAID) == [
        ("张三", dt.datetime(2024, 1, 5, 10, 0, 10), Decimal("10.5"), "T200P1", "交易成功"),
        ("李四", dt.datetime(2024, 1, 6, 11, 0, 10), Decimal("20"), "T200P2", "交易成功"),
    ]
    assert [(row.line, row.reason) for row in rejected_of(facts_of(made))] == [(line, "fields") for line in last]


def sheet_of(folder: Path, content: str) -> Sheet:
    (folder / "x.csv").write_text(content)
    (sheet,) = read.inspect(folder / "x.csv", "x.csv", folder)
    return sheet


@pytest.mark.parametrize(
    "content",
    [
        "客户ID,手机号,成为客户时间,\n1,13800000001,2024-01-05,\n2,13800000002,2024-01-06,\n",
        "客户ID,手机号,成为客户时间,\n1,13800000001,2024-01-05\n2,13800000002,2024-01-06\n",
        "客户ID,手机号,成为客户时间\n1,13800000001,2024-01-05,\n2,13800000002,2024-01-06,\n",
        "客户,,\n客户ID,手机号,成为客户时间,\n1,13800000001,2024-01-05\n2,13800000002,2024-01-06\n",
    ],
)
def test_a_delimiter_too_many_at_the_end_of_the_header_or_the_rows(tmp_path: Path, content: str) -> None:
    sheet = sheet_of(tmp_path, content)
    assert sheet.headers[:3] == ("客户ID", "手机号", "成为客户时间")
    assert [row[:3] for row in sheet.sample] == [("1", "13800000001", "2024-01-05"), ("2", "13800000002", "2024-01-06")]


FIXED = "Respondent ID,Start Date,Email Address"
SURVEY = (
    f"{FIXED},How likely is it that you would recommend us?,Which do you use?,,,What could be better?\n"
    ",,,Response,Web,App,Other (please specify),Open-Ended Response\n"
    "1001,01/05/2024 10:00:00 AM,a@b.test,9,Web,App,,Speed\n1002,01/06/2024 10:00:00 AM,c@b.test,3,Web,,Phone,\n"
)


def test_a_survey_with_its_answers_in_a_second_header(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, SURVEY)
    assert sheet.header_row == 2
    assert sheet.headers == (
        *FIXED.split(","),
        "How likely is it that you would recommend us?",
        "Which do you use? Web",
        "Which do you use? App",
        "Which do you use? Other (please specify)",
        "What could be better?",
    )
    assert sheet.sample[0] == ("1001", "01/05/2024 10:00:00 AM", "a@b.test", "9", "Web", "App", None, "Speed")


def test_a_survey_loads_its_answers(make: Make) -> None:
    made = make({"survey.csv": SURVEY}, {"survey.csv": "surveys"}, {"customer_id": "Email Address", "score": "How likely is it that you would recommend us?", "answered_at": "Start Date"})  # fmt: skip
    answers = (
        "select customer_id, surveys.day, score from main.surveys inner join main.customers using (customer) order by 1"
    )
    assert rows_of(made, answers) == [("a@b.test", dt.date(2024, 1, 5), 9), ("c@b.test", dt.date(2024, 1, 6), 3)]
    assert facts_of(made).set_aside == 0


@pytest.mark.parametrize(
    ("second", "headers"),
    [
        (",,,,Web,App", ("id", "at", "mail", "note", "Use Web", "Use App")),
        (",,,,1,2", ("id", "at", "mail", "note", "Use", "column 6")),
        ("0,,,,Web,App", ("id", "at", "mail", "note", "Use", "column 6")),
    ],
)
def test_answers_without_a_word_for_them_stand_in_the_rows_below(
    tmp_path: Path, second: str, headers: tuple[str, ...]
) -> None:
    sheet = sheet_of(tmp_path, f"id,at,mail,note,Use,\n{second}\n1,2024-01-05,a,b,Web,\n2,2024-01-06,a,b,Web,App\n")
    assert sheet.headers == headers


def test_a_first_row_without_an_id_is_no_second_header(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, "id,country,plan\n,DE,pro\n1,DE,pro\n2,DE,pro\n")
    assert (sheet.headers, len(sheet.sample)) == (("id", "country", "plan"), 3)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_of_totals_with_fewer_cells_is_told_as_such(make: Make, end: str) -> None:
    content = end.join(["customer_id,ordered_at,amount", "A,2024-01-05,1", "B,2024-01-06,2", "合计,3", ""])
    made = make({"orders.csv": content.encode()})
    assert [(row.line, row.reason) for row in rejected_of(facts_of(made))] == [(4, "total")]
