"""Payments of systems that collect money."""

from __future__ import annotations

from functools import partial

from tests.intake.exports.built import Export, comma, listed, typed, workbook

STRIPE = listed("""
id|Created date (UTC)|Amount|Amount Refunded|Currency|Captured|Converted Amount|Converted Amount Refunded|
Converted Currency|Decline Reason|Description|Fee|Is Link|Mode|Payment Source Type|Refunded date (UTC)|
Statement Descriptor|Status|Seller Message|Taxes On Fee|Card ID|Customer ID|Customer Description|Customer Email|
Invoice ID|Transfer|Application Fee|Application ID""")
STRIPE_OLDER = listed("""
id|Description|Seller Message|Created (UTC)|Amount|Amount Refunded|Currency|Converted Amount|
Converted Amount Refunded|Fee|Tax|Converted Currency|Mode|Status|Statement Descriptor|Customer ID|
Customer Description|Customer Email|Captured|Card ID|Card Last4|Card Brand|Card Funding|Card Exp Month|
Card Exp Year|Card Name|Card Address Line1|Card Address Line2|Card Address City|Card Address State|
Card Address Country|Card Address Zip|Card Issue Country|Card Fingerprint|Card CVC Status|Card AVS Zip Status|
Card AVS Line1 Status|Card Tokenization Method|Disputed Amount|Dispute Status|Dispute Reason|Dispute Date (UTC)|
Dispute Evidence Due (UTC)|Invoice ID|Payment Source Type|Destination|Transfer|Interchange Costs|
Merchant Service Charge|Transfer Group|PaymentIntent ID""")
STRIPE_ROLES = {
    "customer_id": "Customer ID",
    "amount": "Converted Amount",
    "order_id": "id",
    "currency": "Converted Currency",
    "status": "Status",
    "refunded_amount": "Converted Amount Refunded",
}
WEIXIN_OLDER = listed("""
交易时间|公众账号ID|商户号|子商户号|设备号|微信订单号|商户订单号|用户标识|交易类型|交易状态|付款银行|货币种类|总金额|
代金券或立减优惠金额|微信退款单号|商户退款单号|退款金额|代金券或立减优惠退款金额|退款类型|退款状态|商品名称|商户数据包|
手续费|费率""")
WEIXIN = listed("""
交易时间|公众账号ID|商户号|特约商户号|设备号|微信订单号|商户订单号|用户标识|交易类型|交易状态|付款银行|货币种类|
应结订单金额|代金券金额|退款申请时间|退款成功时间|微信退款单号|商户退款单号|退款金额|充值券退款金额|退款类型|退款状态|商品名称|
商户数据包|手续费|费率|订单金额|申请退款金额|费率备注""")
WEIXIN_ROLES = {
    "customer_id": "用户标识",
    "ordered_at": "交易时间",
    "order_id": "商户订单号",
    "product": "商品名称",
    "channel": "交易类型",
    "currency": "货币种类",
    "status": "交易状态",
    "refunded_amount": "退款金额",
}
SHANGHAI = "Asia/Shanghai"

EXPORTS = (
    Export(
        recipe="stripe_payments",
        file="unified_payments.csv",
        headers=STRIPE,
        # one payment was of the test mode, one failed; that of cus_3 came back in March, whole; one has an e-mail only
        rows=typed("""
            id   | Created date (UTC)  | Amount | Amount Refunded | Currency | Converted Amount | Converted Amount Refunded | Converted Currency | Mode | Refunded date (UTC) | Status   | Customer ID | Customer Email
            ch_7 | 2024-02-20 10:00:00 | 30.00  | 0.00            | usd      | 30.00            | 0.00                      | usd                | Live |                     | Paid     |             | d@s.test
            ch_6 | 2024-02-15 10:00:00 | 20.00  | 5.00            | usd      | 20.00            | 5.00                      | usd                | Live | 2024-02-18 10:00:00 | Paid     | cus_1       | a@s.test
            ch_5 | 2024-02-14 10:00:00 | 99.00  | 0.00            | usd      |                  | 0.00                      | usd                | Live |                     | Failed   | cus_4       | e@s.test
            ch_4 | 2024-02-02 10:00:00 | 50.00  | 50.00           | usd      | 50.00            | 50.00                     | usd                | Live | 2024-03-04 10:00:00 | Refunded | cus_3       | c@s.test
            ch_3 | 2024-02-01 10:00:00 | 20.00  | 0.00            | usd      | 20.00            | 0.00                      | usd                | Live |                     | Paid     | cus_2       | b@s.test
            ch_2 | 2024-01-15 10:00:00 | 18.00  | 0.00            | eur      | 20.00            | 0.00                      | usd                | Live |                     | Paid     | cus_1       | a@s.test
            ch_1 | 2024-01-02 10:00:00 | 70.00  | 0.00            | usd      | 70.00            | 0.00                      | usd                | Test |                     | Paid     | cus_9       | t@s.test
            """),
        roles=STRIPE_ROLES | {"ordered_at": "Created date (UTC)", "refunded_at": "Refunded date (UTC)"},
        customers=4,
        months={"2024-01": (1, 1, "20.00"), "2024-02": (4, 4, "115.00"), "2024-03": (0, 0, "-50.00")},
    ),
    Export(
        recipe="stripe_payments_older",
        file="payments.csv",
        headers=STRIPE_OLDER,
        rows=typed("""
            id   | Created (UTC)    | Amount | Amount Refunded | Currency | Converted Amount | Converted Amount Refunded | Converted Currency | Mode | Status   | Customer ID | Customer Email
            ch_1 | 2018-03-02 10:00 | 10.00  | 0.00            | usd      | 10.00            | 0.00                      | usd                | Live | Paid     | cus_1       | a@s.test
            ch_2 | 2018-03-09 10:00 | 10.00  | 10.00           | usd      | 10.00            | 10.00                     | usd                | Live | Refunded | cus_2       | b@s.test
            ch_3 | 2018-04-02 10:00 | 10.00  | 0.00            | usd      | 10.00            | 0.00                      | usd                | Live | Paid     | cus_1       | a@s.test
            ch_4 | 2018-04-03 10:00 | 10.00  | 0.00            | usd      | 10.00            | 0.00                      | usd                | Test | Paid     | cus_1       | a@s.test
            """),
        roles=STRIPE_ROLES | {"ordered_at": "Created (UTC)"},
        customers=2,
        months={"2018-03": (2, 2, "10.00"), "2018-04": (1, 1, "10.00")},
    ),
    Export(
        recipe="square_transactions",
        file="transactions-2024-01-01-2024-03-01.csv",
        headers=listed("""
Date|Time|Time Zone|Gross Sales|Discounts|Service Charges|Net Sales|Gift Card Sales|Tax|Tip|Partial Refunds|
Total Collected|Source|Card|Card Entry Methods|Cash|Square Gift Card|Other Tender|Other Tender Type|Other Tender Note|
Fees|Net Total|Transaction ID|Payment ID|Card Brand|PAN Suffix|Device Name|Staff Name|Staff ID|Details|Description|
Event Type|Location|Dining Option|Customer ID|Customer Name|Customer Reference ID|Device Nickname|Third Party Fees|
Deposit ID|Deposit Date|Deposit Details|Fee Percentage Rate|Fee Fixed Rate|Refund Reason|Discount Name|
Transaction Status|Cash App|Order Reference ID|Fulfillment Note"""),
        # a discount is no quantity; the last payment is that of a guest
        rows=typed("""
            Date       | Time        | Time Zone                  | Gross Sales | Discounts | Net Sales | Tax   | Tip   | Total Collected | Source        | Transaction ID | Description | Event Type | Customer ID | Customer Name
            2024-01-05 | 2:30:00 PM  | Eastern Time (US & Canada) | $60.00      | $0.00     | $60.00    | $4.80 | $5.20 | $70.00          | Point of Sale | TX1            | Cut         | Payment    | CU1         | Ann Lee
            2024-01-06 | 10:00:00 AM | Eastern Time (US & Canada) | $1,050.00   | -$50.00   | $1,000.00 | $0.00 | $0.00 | $1,000.00       | Point of Sale | TX2            | Party       | Payment    | CU2         | Bo Dahl
            2024-02-01 | 9:00:00 AM  | Eastern Time (US & Canada) | -$60.00     | $0.00     | -$60.00   | $0.00 | $0.00 | -$60.00         | Point of Sale | TX3            | Cut         | Refund     | CU1         | Ann Lee
            2024-02-03 | 9:00:00 AM  | Eastern Time (US & Canada) | $80.00      | $0.00     | $80.00    | $0.00 | $0.00 | $80.00          | Square Online | TX4            | Colour      | Payment    | CU1         | Ann Lee
            2024-02-03 | 11:00:00 AM | Eastern Time (US & Canada) | $20.00      | $0.00     | $20.00    | $0.00 | $0.00 | $20.00          | Point of Sale | TX5            | Wash        | Payment    |             |
            """),
        roles={
            "customer_id": "Customer ID",
            "ordered_at": "Date",
            "amount": "Total Collected",
            "order_id": "Transaction ID",
            "product": "Description",
            "channel": "Source",
            "status": "Event Type",
        },
        months={"2024-01": (2, 2, "1070.00"), "2024-02": (None, 2, "40.00")},
        timezone="America/New_York",
    ),
    Export(
        recipe="paypal_activity",
        file="Download.CSV",
        headers=listed("""
Date|Time|TimeZone|Name|Type|Status|Currency|Gross|Fee|Net|From Email Address|To Email Address|Transaction ID|
Shipping Address|Address Status|Item Title|Item ID|Shipping and Handling Amount|Insurance Amount|Sales Tax|
Option 1 Name|Option 1 Value|Option 2 Name|Option 2 Value|Reference Txn ID|Invoice Number|Custom Number|Quantity|
Receipt ID|Balance|Address Line 1|Address Line 2/District/Neighborhood|Town/City|
State/Province/Region/County/Territory/Prefecture/Republic|Zip/Postal Code|Country|Contact Phone Number|Subject|Note|
Country Code|Balance Impact"""),
        rows=typed("""
            Date       | Time     | TimeZone | Type                        | Status    | Currency | Gross    | Fee   | Net      | From Email Address | To Email Address | Transaction ID | Item Title | Reference Txn ID | Quantity | Balance Impact
            01/13/2024 | 13:57:10 | PST      | Express Checkout Payment    | Completed | USD      | 40.00    | -1.46 | 38.54    | a@p.test           | shop@p.test      | T1             | Mug        |                  | 2        | Credit
            01/14/2024 | 08:00:00 | PST      | Website Payment             | Completed | USD      | 1,020.00 | -30.0 | 990.00   | b@p.test           | shop@p.test      | T2             | Teapots    |                  | 1        | Credit
            01/15/2024 | 08:00:00 | PST      | Website Payment             | Denied    | USD      | 15.00    | 0.00  | 15.00    | c@p.test           | shop@p.test      | T3             | Mug        |                  | 1        | Credit
            01/20/2024 | 08:00:00 | PST      | General Withdrawal          | Completed | USD      | -900.00  | 0.00  | -900.00  | shop@p.test        |                  | T4             |            |                  |          | Debit
            02/02/2024 | 08:00:00 | PST      | Payment Refund              | Completed | USD      | -20.00   | 0.00  | -20.00   | shop@p.test        | a@p.test         | T5             | Mug        | T1               | 1        | Debit
            02/03/2024 | 08:00:00 | PST      | Express Checkout Payment    | Completed | USD      | 25.00    | -1.00 | 24.00    | a@p.test           | shop@p.test      | T6             | Mug        |                  | 1        | Credit
            """),
        roles={
            "customer_id": "From Email Address",
            "ordered_at": "Date",
            "amount": "Gross",
            "order_id": "Transaction ID",
            "product": "Item Title",
            "quantity": "Quantity",
            "currency": "Currency",
            "status": "Type",
        },
        months={"2024-01": (2, 2, "1060.00"), "2024-02": (1, 1, "5.00")},
        written=partial(comma, encoding="utf-8-sig"),
        timezone="America/Los_Angeles",
    ),
    Export(
        recipe="weixin_pay_bill",
        file="10000100All2024-03.csv",
        headers=WEIXIN,
        # o2 got a part of hers back in April, in a row of its own; the last two lines are totals
        rows=typed("""
            交易时间            | 商户号   | 商户订单号 | 用户标识 | 交易类型 | 交易状态 | 货币种类 | 应结订单金额 | 退款成功时间        | 退款金额 | 商品名称 | 订单金额 | 申请退款金额
            2024-03-02 10:00:00 | 10000100 | S1         | o1       | JSAPI    | SUCCESS  | CNY      | 99.00        |                     | 0.00     | 毛巾     | 99.00    | 0.00
            2024-03-05 11:00:00 | 10000100 | S2         | o2       | NATIVE   | SUCCESS  | CNY      | 58.00        |                     | 0.00     | 浴巾     | 60.00    | 0.00
            2024-03-06 12:00:00 | 10000100 | S3         | o3       | JSAPI    | REVOKED  | CNY      | 20.00        |                     | 0.00     | 毛巾     | 20.00    | 0.00
            2024-04-01 00:05:00 | 10000100 | S4         | o1       | JSAPI    | SUCCESS  | CNY      | 45.00        |                     | 0.00     | 毛巾     | 45.00    | 0.00
            2024-04-02 09:30:00 | 10000100 | S2         | o2       | NATIVE   | REFUND   | CNY      | 0.00         | 2024-04-02 09:31:00 | 18.00    | 浴巾     | 0.00     | 18.00
            """),
        roles=WEIXIN_ROLES | {"amount": "应结订单金额", "refunded_at": "退款成功时间"},
        customers=2,
        months={"2024-03": (2, 2, "157.00"), "2024-04": (1, 1, "27.00")},
        written=partial(
            comma,
            encoding="utf-8-sig",
            below=(
                "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额",
                "`5,`222.00,`18.00,`0.00,`1.33,`224.00,`18.00",
            ),
        ),
        signs={"*": "`{}"},
        timezone=SHANGHAI,
    ),
    Export(
        recipe="weixin_pay_bill",
        file="10000100All2016-05.csv",
        headers=WEIXIN_OLDER,
        rows=typed("""
            交易时间            | 商户订单号 | 用户标识 | 交易类型 | 交易状态 | 货币种类 | 总金额 | 退款金额 | 商品名称
            2016-05-01 10:00:00 | S1         | o1       | JSAPI    | SUCCESS  | CNY      | 10.00  | 0.00     | 茶
            2016-05-01 11:00:00 | S2         | o2       | JSAPI    | SUCCESS  | CNY      | 20.00  | 0.00     | 茶
            2016-06-01 11:00:00 | S3         | o2       | JSAPI    | SUCCESS  | CNY      | 30.00  | 0.00     | 茶
            """),
        roles=WEIXIN_ROLES | {"amount": "总金额"},
        customers=2,
        months={"2016-05": (2, 2, "30.00"), "2016-06": (1, 1, "30.00")},
        written=partial(
            comma,
            encoding="gbk",
            below=(
                "总交易单数,总交易额,总退款金额,总代金券或立减优惠退款金额,手续费总金额",
                "`3,`60.00,`0.00,`0.00,`0.36",
            ),
        ),
        signs={"*": "`{}"},
        timezone=SHANGHAI,
    ),
    Export(
        recipe="alipay_trades",
        file="支付宝交易明细.xlsx",
        headers=listed(
            "支付宝交易号|商户订单号|交易状态|创建时间|商品名称|付款备注|商家实收(元)|商家实退(元)|服务费(元)|退服务费(元)"
        ),
        rows=typed("""
            支付宝交易号       | 商户订单号 | 交易状态 | 创建时间            | 商家实收(元) | 商家实退(元)
            20240101220010001  | T200P1901  | 交易成功 | 2024-01-03 10:00:00 | 99.00        | 0.00
            20240101220010002  | T200P1902  | 交易成功 | 2024-01-05 10:00:00 | 58.00        | 8.00
            20240101220010003  | T200P1903  | 交易关闭 | 2024-01-08 10:00:00 | 0.00         | 0.00
            20240101220010004  | T200P1904  | 交易成功 | 2024-02-03 10:00:00 | 45.00        | 0.00
            """),
        roles={
            "ordered_at": "创建时间",
            "amount": "商家实收(元)",
            "order_id": "商户订单号",
            "status": "交易状态",
            "refunded_amount": "商家实退(元)",
        },
        months={"2024-01": (None, 2, "149.00"), "2024-02": (None, 1, "45.00")},
        written=partial(
            workbook, above=(["支付宝交易明细"], ["账号：shop@p.test"]), below=(["导出时间：2024年03月01日"],)
        ),
        timezone=SHANGHAI,
    ),
    Export(
        recipe="alipay_business",
        file="2088000000000001_20240301_业务明细.csv",
        headers=listed("""
支付宝交易号|商户订单号|业务类型|商品名称|创建时间|完成时间|门店编号|门店名称|操作员|终端号|对方账户|订单金额（元）|商家实收（元）|
支付宝红包（元）|集分宝（元）|支付宝优惠（元）|商家优惠（元）|券核销金额（元）|券名称|商家红包消费金额（元）|卡消费金额（元）|
退款批次号/请求号|服务费（元）|分润（元）|备注"""),
        rows=typed("""
            支付宝交易号      | 商户订单号 | 业务类型 | 商品名称 | 完成时间            | 对方账户    | 订单金额（元） | 商家实收（元） | 商家优惠（元）
            20240301220010001 | A1         | 交易     | 茶       | 2024-03-01 10:00:05 | 甲@p.test   | 100.00         | 90.00          | 10.00
            20240301220010002 | A2         | 交易     | 茶       | 2024-03-02 10:00:05 | 乙@p.test   | 50.00          | 50.00          | 0.00
            20240301220010001 | A1         | 退款     | 茶       | 2024-04-01 11:00:05 | 甲@p.test   | -30.00         | -30.00         | 0.00
            20240301220010003 | A3         | 交易     | 茶       | 2024-04-03 10:00:05 | 甲@p.test   | 70.00          | 70.00          | 0.00
            """),
        roles={
            "customer_id": "对方账户",
            "ordered_at": "完成时间",
            "amount": "商家实收（元）",
            "order_id": "商户订单号",
            "product": "商品名称",
            "status": "业务类型",
        },
        customers=2,
        months={"2024-03": (2, 2, "140.00"), "2024-04": (1, 1, "40.00")},
        written=partial(
            comma,
            encoding="gbk",
            above=(
                "#支付宝业务明细查询",
                "#账号：[20880000000000010156]",
                "#起始日期：[2024年03月01日 00:00:00]   终止日期：[2024年05月01日 00:00:00]",
                "#-----------------------------------------业务明细列表----------------------------------------",
            ),
            below=(
                "#-----------------------------------------业务明细列表结束------------------------------------",
                "#交易合计：3笔，商家实收共210.00元，商家优惠共10.00元",
                "#导出时间：[2024年05月02日 10:00:00]",
            ),
        ),
        signs={"支付宝交易号": "{}\t", "商户订单号": "{}\t"},
        timezone=SHANGHAI,
    ),
    Export(
        recipe="alipay_ledger",
        file="支付宝账务明细.xlsx",
        headers=listed("""
序号|入账时间|支付宝交易号|支付宝流水号|商户订单号|账务类型|收入（+元）|支出（-元）|账户余额（元）|服务费（元）|支付渠道|签约产品|
对方账户|对方名称|银行订单号|商品名称|备注|业务基础订单号|业务描述"""),
        # transfers, fees and withdrawals are no orders; payers are masked, so that nobody can be told apart
        rows=typed("""
            序号 | 入账时间            | 支付宝流水号 | 商户订单号 | 账务类型         | 收入（+元） | 支出（-元） | 对方账户     | 业务基础订单号
            1    | 2024-01-03 10:00:00 | 301          | T200P1901  | 在线支付         | 99.00       |             | 138******01  | 1901
            2    | 2024-01-03 10:00:01 | 302          | T200P1901  | 收费             |             | -0.60       | tech@p.test  | 1901
            3    | 2024-01-05 10:00:00 | 303          | T200P1902  | 在线支付         | 58.00       |             | 138******02  | 1902
            4    | 2024-02-01 10:00:00 | 304          | T200P1902  | 退款（交易退款） |             | -8.00       | 138******02  | 1902
            5    | 2024-02-03 10:00:00 | 305          | T200P1904  | 交易付款         | 45.00       |             | 138******01  | 1904
            6    | 2024-02-09 10:00:00 | 306          |            | 提现             |             | -190.00     | 138******99  |
            7    | 2024-02-10 10:00:00 | 307          |            | 转账             | 500.00      |             | 138******98  |
            """),
        roles={
            "ordered_at": "入账时间",
            "amount": "收入（+元）",
            "order_id": "业务基础订单号",
            "status": "账务类型",
            "refunded_amount": "支出（-元）",
        },
        months={"2024-01": (None, 2, "157.00"), "2024-02": (None, 1, "37.00")},
        written=partial(workbook, above=(["支付宝账务明细"], ["账号：shop@p.test"])),
        timezone=SHANGHAI,
    ),
)
