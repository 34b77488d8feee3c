"""The canonical tables and their columns, as data: types, roles, when a value is known, header words.

Their names are stable: links, scripts and other programs use them. Intake maps files onto them,
datasets/scope.py builds scope views from them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from churnbook.words.language import N_

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "id": "varchar",
        "text": "varchar",
        "name": "varchar",
        "timestamp": "timestamp",
        "money": "decimal(18, 4)",
        "number": "double",
        "flag": "boolean",
    }
)


@dataclass(frozen=True, eq=False)
class Role:
    """What a file's column can mean: a typed column of a canonical table.

    `words` are header synonyms, English and Chinese, the surest first, compared word by word without case and marks; a
    header may end with one (web customer). `alone` are synonyms that must be the whole header, `last` those of a column
    that is taken only where no other fits. A header that also has a word of `unlike` means something else (shipping
    total), unless all of it is a synonym. `known_at` names the role whose day a value becomes known on, where that is
    after the row itself: an earlier as-of day hides it.
    """

    name: str
    kind: str
    label: str
    words: tuple[str, ...]
    required: bool = False
    known_at: str | None = None
    alone: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    last: tuple[str, ...] = ()


@dataclass(frozen=True)
class AsOf:
    """What of a table is known on an earlier as-of day, by its columns.

    A row counts from its `day` on; one that `may_lack_day` counts always while it has none. A day in `hidden` is not
    known while it is later. A span in `ended` ends at the as-of day, also while it is open. Of a list of days in `cut`
    only the days up to it are known, and of the row nothing before the first.
    """

    day: str | None = None
    may_lack_day: bool = False
    hidden: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A canonical table a file can be mapped to.

    `moment` is the role that dates a row; the stored `day` is its local day. `rest` says what
    becomes of columns without a role: kept as customer attributes, as event attributes, or left.
    `derived` are stored columns that the import works out, `clustered_by` the order rows are stored in. Rows that can
    count as being active do so on their day or over a span (`activity`). Of the table that `lists_customers` the row of a
    customer is one for all files, and the id itself is stored in it alone. Rows that `may_lack_customer` count where it
    does not matter whose they are. A table that `is_guessed` is one that files may be taken for. `known` says what an as-of day hides; without
    it a row counts from its day on.
    """

    name: str
    label: str
    words: tuple[str, ...]
    roles: tuple[Role, ...]
    moment: str | None = None
    rest: str = "left"
    derived: tuple[tuple[str, str], ...] = ()
    clustered_by: tuple[str, ...] = ()
    activity: Literal["day", "span"] | None = None
    lists_customers: bool = False
    may_lack_customer: bool = False
    is_guessed: bool = True
    known: AsOf | None = None

    def role(self, name: str) -> Role:
        """The role of that name; KeyError where the table has none."""
        for role in self.roles:
            if role.name == name:
                return role
        raise KeyError(name)

    @property
    def required(self) -> tuple[Role, ...]:
        """The roles without which the table cannot be loaded."""
        return tuple(role for role in self.roles if role.required)

    @property
    def has_customers(self) -> bool:
        """Whether its rows are about one customer each."""
        return any(role.name == "customer_id" for role in self.roles)

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Name and DuckDB type of every stored column, in order."""
        stored = [("customer", "integer")] if self.has_customers else []
        if self.lists_customers:
            stored.append(("customer_id", "varchar"))
        stored += [(r.name, KINDS[r.kind]) for r in self.roles if r.name != "customer_id"]
        if self.moment:
            stored.append(("day", "date"))
        stored += self.derived
        if self.rest == "event attributes":
            stored.append(("attributes", "map(varchar, varchar)"))
        return tuple(stored)

    @property
    def as_of(self) -> AsOf:
        """What an as-of day hides of it."""
        if self.known or not self.moment:
            return self.known or AsOf()
        return AsOf("day", may_lack_day=not self.role(self.moment).required)


def _words(listed: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in listed.split(","))


_KEYS = _words(
    "customer id, customer, cust id, custid, client id, client, user id, user, uid, member id, member, account id, "
    "account, buyer id, buyer, subscriber id, customer no, customer number, customer code, customer uid, client no, "
    "client code, user no, member no, member number, contact id, app user id, original app user id, openid, unionid, "
    "wechat openid, requester id, requester, user pseudo id, distinct id, anonymous id, amplitude id, visitor id, customer key, user key, "
    "客户编号, 客户id, 客户号, 客户, 客户代码, 客户编码, 客户标识, 用户编号, 用户id, 用户, 用户号, 用户标识, 用户编码, 会员编号, "
    "会员id, 会员号, 会员, 会员卡号, 会员编码, 会员标识, 顾客编号, 顾客id, 顾客, 消费者id, 买家id, 买家, 买家会员名, 买家旺旺, 微信openid, "
    "账号, 账户, 账号id, 用户账号, 客户账号, 会员账号, 买家账号, 下单账号"
)
"""Headers of what names a customer, but for e-mail, phone and names."""
_EMAILS = _words(
    "email, email address, customer email, customer email address, user email, client email, member email, buyer email, "
    "account email, contact email, billing email, subscriber email, 邮箱, 电子邮箱, 邮箱地址, 电子邮件, 客户邮箱, 用户邮箱, "
    "会员邮箱, 买家邮箱, 联系邮箱, 注册邮箱"
)
_PHONES = _words(
    "phone, phone number, phone no, mobile, mobile number, mobile no, mobile phone, cell phone, cellphone, telephone, "
    "customer phone, customer mobile, user phone, buyer phone, contact phone, billing phone, 手机号, 手机号码, 手机, 联系手机, "
    "客户手机号, 用户手机号, 会员手机号, 买家手机号, 买家手机, 注册手机号, 收货人手机号, 收件人手机号, 收货手机, 收件人手机, 联系电话, 电话, "
    "电话号码, 联系方式"
)
_NICK_NAMES = _words(
    "username, nickname, nick name, user nickname, screen name, display name, login, login name, "
    "买家昵称, 客户昵称, 用户昵称, 会员昵称, 微信昵称, 昵称, 用户名, 会员名, 登录名"
)
_PEOPLE = _words(
    "name, full name, customer name, client name, buyer name, member name, account name, contact name, billing name, "
    "姓名, 客户姓名, 客户名称, 客户名, 用户姓名, 会员姓名, 顾客姓名, 买家姓名, 收货人, 收货人姓名, 收件人, 收件人姓名, 联系人"
)

_CUSTOMER = Role(
    "customer_id",
    "id",
    N_("Customer id"),
    (*_KEYS, *_EMAILS, *_PHONES, *_NICK_NAMES),
    required=True,
    unlike=_words(
        "seller, shop, store, merchant, vendor, supplier, staff, employee, agent, owner, manager, driver, courier, sender, "
        "support, referrer, referral, referred, inviter, invited, parent, created, updated, assigned, assignee, submitter, "
        "bank, pay, payment, company, emergency, 卖家, 商家, 店铺, 门店, 商户, 员工, 导购, 分销, 达人, 带货, 挂账, 公众号, 客服, "
        "上级, 推荐, 邀请, 团长, 成为, 创建, 修改, 负责人, 余额, 动账, 收款, 付款, 子账户, 新客户, 新用户, 新会员"
    ),
    last=_PEOPLE,
)
_CANCELLED_BY = Role(
    "cancelled_by",
    "text",
    N_("Who or what ended it"),
    _words(
        "cancelled by, canceled by, cancellation type, churn type, cancellation initiator, cancel type, ended by, "
        "termination type, 取消方, 取消方式, 取消类型, 流失类型, 终止方, 终止类型"
    ),
)
_LISTED_CUSTOMER = replace(
    _CUSTOMER,
    words=(*_KEYS, "id", "record id", *_EMAILS, *_PHONES, *_NICK_NAMES),
)
"""The customer of a file that lists them, whose rows have no other id."""
_OTHER_MOMENTS = _words(
    "birth, birthday, birthdate, updated, update, modified, modify, due, ship, shipped, shipping, delivery, delivered, "
    "fulfilled, expire, expired, expires, expiry, expiration, refund, refunded, cancelled, canceled, cancel, cancellation, "
    "next, last, previous, upload, uploaded, processed, received, 生日, 出生, 更新, 修改, 变更, 发货, 收货, 送达, 提货, 配送, 到期, 退款, "
    "取消, 关闭, 下次, 上次, 最近, 最后, 预计, 预约, 承诺, 建议, 结算, 入账"
)
"""Words of times that are none of what a row is dated by."""
_CURRENCY = Role("currency", "text", N_("Currency"), _words("currency, currency code, 币种, 货币, 货币种类, 币别"))

_OTHER_MONEY = _words(
    "tax, taxes, vat, shipping, freight, delivery, postage, duty, duties, discount, discounts, discounted, coupon, coupons, "
    "promo, promotion, balance, fee, fees, refund, refunded, refunds, tip, tips, commission, commissions, points, cost, costs, "
    "due, remaining, outstanding, disputed, compare, limit, budget, target, goal, lifetime, average, avg, deposit, margin, "
    "profit, count, ltv, 税, 税额, 税费, 运费, 邮费, 快递费, 优惠, 折扣, 立减, 满减, 抵扣, 红包, 代金券, 补贴, 积分, 返点, 余额, 储值, 退款, "
    "手续费, 服务费, 佣金, 提成, 成本, 毛利, 利润, 押金, 待回款, 计划, 预测, 审核中, 累计, 平均, 笔单价, 改价"
)
"""Words of money that is not what somebody paid for an order."""

ORDERS = Table(
    "orders",
    N_("Orders"),
    _words("order, orders, sales, transactions, purchases, retail, invoices, 订单, 交易, 销售"),
    (
        _CUSTOMER,
        Role(
            "ordered_at",
            "timestamp",
            N_("Order time"),
            _words(
                "ordered at, order date, order time, order datetime, date, time, datetime, purchase date, "
                "purchased at, order created at, invoice date, transaction date, transaction time, created at, created, "
                "created date, create date, creation date, date created, timestamp, sale date, paid at, paid date, pay time, "
                "payment date, payment time, 下单时间, 下单日期, 订单时间, 订单日期, 订单创建时间, 订单下单时间, 订单提交时间, 成交时间, "
                "订单成交时间, 拼单成功时间, 购买时间, 购买日期, 交易时间, 交易日期, 交易创建时间, 创建时间, 创建日期, 日期, 时间, 销售日期, "
                "付款时间, 支付时间, 订单付款时间, 买家付款时间, 支付完成时间, 付款日期"
            ),
            required=True,
            unlike=_OTHER_MOMENTS,
        ),
        Role(
            "amount",
            "money",
            N_("Amount"),
            _words(
                "paid amount, amount paid, total paid, amount, order total, grand total, order amount, "
                "total amount, total, total price, price paid, revenue, sales, value, order value, sales amount, net amount, net sales, "
                "net revenue, gmv, payment, subtotal, order subtotal, 买家实际支付金额, 买家实付金额, 用户实付金额, "
                "订单实付金额, 订单实际支付金额, 实际支付金额, 实付金额, 实付款, 实付, 支付金额, 付款金额, 实收金额, 订单实收金额, "
                "商家实收金额, 实收款, 实收, 结算金额, 成交金额, 金额, 订单金额, 交易金额, 消费金额, 销售额, 总价, 总金额, 订单总额, "
                "订单总金额, 总额, 应付金额, 订单应付金额, 应收金额, 应收订单金额, 买家应付货款"
            ),
            unlike=_OTHER_MONEY,
        ),
        Role(
            "order_id",
            "text",
            N_("Order id"),
            _words(
                "order id, order no, order number, order, order uid, invoice no, invoice, invoice number, invoice id, "
                "transaction id, receipt no, 订单编号, 订单号, 订单id, 主订单编号, 单号, 交易号, 流水号, 发票号"
            ),
            unlike=_words(
                "last, first, previous, next, refund, tracking, payment, 快递, 物流, 运单, 退款, 售后, 子订单, 礼物, 支付"
            ),
        ),
        Role(
            "product",
            "text",
            N_("Product"),
            _words(
                "product, product name, item, item name, lineitem name, line item name, sku, description, goods, stock code, "
                "product id, "
                "商品, 商品名称, 产品, 产品名称, 宝贝标题, 货品, 货品名称, 商品编码"
            ),
            alone=("products", "标题"),
            unlike=("customer", "client", "statement", "客户"),
        ),
        Role(
            "category",
            "text",
            N_("Category"),
            _words("category, product category, 品类, 类目, 商品类别, 商品类目, 商品分类, 产品类别, 分类"),
            unlike=_words("customer, 客户, 会员, 用户"),
        ),
        Role(
            "quantity",
            "number",
            N_("Quantity"),
            _words("quantity, qty, 数量, 件数, 购买数量, 商品数量, 订购数量, 宝贝总数量"),
            alone=_words("units, count, items, pieces, item count, items sold, units sold, number of items"),
            unlike=_words("refund, refunded, returned, cancelled, canceled, stock, 退款, 退货, 取消, 库存"),
        ),
        Role(
            "unit_price",
            "money",
            N_("Unit price"),
            _words("unit price, price, item price, lineitem price, 单价, 商品单价, 售价, 价格"),
            unlike=(*_OTHER_MONEY, "total", "list", "original", "总", "笔单价", "原价", "市场价"),
        ),
        Role(
            "channel",
            "text",
            N_("Channel"),
            _words("channel, source, sales channel, 渠道, 来源, 销售渠道, 下单渠道, 订单来源"),
            unlike=_words("payment, country, data, 费用, 客户"),
        ),
        _CURRENCY,
        Role(
            "is_cancelled",
            "flag",
            N_("Cancelled"),
            (),
            alone=_words(
                "is cancelled, cancelled, canceled, is canceled, refunded, is refunded, voided, 是否取消, 已取消, 是否退款, 已退款"
            ),
        ),
        Role(
            "status",
            "text",
            N_("Order status"),
            (),
            alone=_words(
                "order status, status, financial status, payment status, transaction status, order state, 订单状态, 交易状态, "
                "状态, 支付状态, 付款状态, 订单商品状态"
            ),
        ),
        Role(
            "refunded_amount",
            "money",
            N_("Refunded amount"),
            _words(
                "refunded amount, amount refunded, refund amount, refund, refunds, 退款金额, 已退款金额, 退款, 订单已退款金额, "
                "商品已退款金额"
            ),
            unlike=_words("total, converted, fee, 累计, 代金券, 充值券, 服务费, 申请"),
            known_at="refunded_at",
        ),
        Role(
            "refunded_at",
            "timestamp",
            N_("Refund time"),
            _words(
                "refunded at, refund date, refunded date, refund time, 退款成功时间, 退款完成时间, 退款时间, 退款日期"
            ),
            known_at="refunded_at",
        ),
    ),
    moment="ordered_at",
    clustered_by=("customer", "ordered_at"),
    activity="day",
    may_lack_customer=True,
)

ORDER_ITEMS = Table(
    "order_items",
    N_("Order items"),
    _words("order items, line items, items, 订单明细, 商品明细"),
    (
        _CUSTOMER,
        replace(ORDERS.role("order_id"), required=True),
        replace(ORDERS.role("ordered_at"), required=False),
        *(ORDERS.role(name) for name in ("product", "category", "quantity", "unit_price", "amount")),
    ),
    moment="ordered_at",
    clustered_by=("customer", "order_id"),
    is_guessed=False,
)

EVENTS = Table(
    "events",
    N_("Events"),
    _words("event, events, log, logs, behavior, behaviour, actions, 行为, 事件, 日志, 埋点"),
    (
        _CUSTOMER,
        Role(
            "event",
            "name",
            N_("Event"),
            _words(
                "event, event name, event type, behavior, behavior type, behaviour, 行为, "
                "行为类型, 事件, 事件名, 事件名称, 动作, 操作"
            ),
            required=True,
            alone=_words("action, activity, action name, activity name, activity type, action type"),
        ),
        Role(
            "occurred_at",
            "timestamp",
            N_("Event time"),
            _words(
                "occurred at, event time, event timestamp, event datetime, event date, timestamp, time, datetime, date, "
                "created at, created, ts, 行为时间, 事件时间, 发生时间, 操作时间, 时间, 日期, 时间戳"
            ),
            required=True,
            unlike=(*_OTHER_MOMENTS, "first", "server", "client", "offset"),
        ),
        Role("amount", "money", N_("Amount"), _words("amount, value, revenue, 金额, 价值"), unlike=_OTHER_MONEY),
    ),
    moment="occurred_at",
    rest="event attributes",
    clustered_by=("customer", "event", "occurred_at"),
    activity="day",
)

SUBSCRIPTIONS = Table(
    "subscriptions",
    N_("Subscriptions"),
    _words("subscription, subscriptions, contracts, memberships, 订阅, 合同, 合约, 续费, 会员期"),
    (
        _CUSTOMER,
        Role(
            "started_at",
            "timestamp",
            N_("Subscription start"),
            _words(
                "started at, start date, start, start time, subscription start, begin date, from, valid "
                "from, current period start, activated at, 开始时间, 开始日期, 起始日期, 订阅开始, 订阅开始时间, 生效日期, 生效时间, "
                "开通时间, 开通日期"
            ),
            required=True,
            unlike=(*_OTHER_MOMENTS, "trial", "试用"),
        ),
        Role(
            "ended_at",
            "timestamp",
            N_("Subscription end"),
            _words(
                "ended at, end date, end, end time, subscription end, to, valid to, valid until, expires at, expires, "
                "expired at, expiry date, expiration date, expiry, terminated at, termination date, churned at, churn date, "
                "结束时间, 结束日期, 到期时间, 到期日期, 终止日期, 终止时间, 截止日期, 失效日期, 失效时间, 退订时间"
            ),
            known_at="ended_at",
            unlike=_words("trial, birth, updated, next, grace, signed, 试用, 生日, 预计"),
        ),
        Role(
            "mrr",
            "money",
            N_("Monthly recurring revenue"),
            _words(
                "mrr, monthly recurring revenue, monthly amount, monthly fee, monthly price, monthly pay, monthly payment, "
                "monthly charge, monthly charges, 月费, 月经常性收入, 月租"
            ),
        ),
        Role(
            "amount",
            "money",
            N_("Amount"),
            _words("amount, price, 金额, 价格, 费用"),
            alone=("fee", "subscription fee", "amount paid", "plan amount"),
            unlike=_OTHER_MONEY,
        ),
        Role(
            "interval",
            "text",
            N_("Billing interval"),
            _words("interval, billing interval, billing period, billing cycle, term, 计费周期, 周期"),
        ),
        Role(
            "plan",
            "text",
            N_("Plan"),
            _words("plan, plan name, product, tier, package, plan id, plan code, 套餐, 版本, 方案, 产品"),
        ),
        Role(
            "subscription_id",
            "text",
            N_("Subscription id"),
            _words("subscription id, contract id, 订阅编号, 订阅id, 合同编号, 合同号"),
        ),
        Role(
            "reason",
            "text",
            N_("Reason for leaving"),
            _words("reason, cancel reason, cancellation reason, churn reason, 取消原因, 退订原因, 原因"),
            known_at="ended_at",
            unlike=_words("billing, decline, refund, dispute, won, 退款"),
        ),
        Role(
            "comment",
            "text",
            N_("Comment on leaving"),
            _words(
                "cancellation comment, cancel comment, churn comment, cancellation feedback comment, reason comment, "
                "取消说明, 退订说明, 取消备注, 退订备注"
            ),
            known_at="ended_at",
        ),
        replace(_CANCELLED_BY, known_at="ended_at"),
        Role(
            "status",
            "text",
            N_("Subscription status"),
            (),
            alone=_words(
                "subscription status, status, membership status, subscription state, patron status, 订阅状态, 合同状态, 会员状态, 状态"
            ),
        ),
        Role(
            "cancelled_at",
            "timestamp",
            N_("Cancellation asked for"),
            _words(
                "cancelled at, canceled at, cancellation requested at, cancel requested at, cancelled on, canceled on, "
                "cancellation date, cancel date, unsubscribed at, 取消时间, 取消日期, 申请取消时间, 退订申请时间"
            ),
            known_at="cancelled_at",
        ),
        Role(
            "paid_until",
            "timestamp",
            N_("Paid until"),
            _words(
                "paid until, paid through, current period end, current term end, period end, next billing date, "
                "renewal date, renews at, 付费至, 已付至, 本期结束时间, 下次扣款日期, 续费日期"
            ),
        ),
        Role(
            "trial_ends_at",
            "timestamp",
            N_("Trial end"),
            _words("trial ends at, trial end, trial end date, trial until, 试用结束时间, 试用到期, 试用结束日期"),
        ),
        Role(
            "quantity",
            "number",
            N_("Quantity"),
            _words("quantity, qty, seats, licenses, licences, 数量, 席位数, 座席数, 账号数"),
            alone=("users count", "seat count"),
        ),
        _CURRENCY,
    ),
    moment="started_at",
    derived=(("term_months", "integer"),),
    clustered_by=("customer", "started_at"),
    activity="span",
)

CUSTOMERS = Table(
    "customers",
    N_("Customers"),
    _words("customer, customers, users, members, accounts, clients, churn, 客户, 用户, 会员, 名单"),
    (
        _LISTED_CUSTOMER,
        Role(
            "signed_up_at",
            "timestamp",
            N_("Sign-up time"),
            _words(
                "signed up at, signed up, sign up date, signup date, signup at, signup, registered at, registration "
                "date, register time, join date, joined at, date joined, created at, created, create date, created date, "
                "creation date, date created, customer since, member since, first seen, user creation time, 注册时间, "
                "注册日期, 加入时间, 入会时间, 入会日期, 成为客户时间, 成为会员时间, 开户日期, 创建时间, 创建日期, 建档日期"
            ),
            unlike=_OTHER_MOMENTS,
        ),
        Role(
            "churned_at",
            "timestamp",
            N_("Churn time"),
            _words(
                "churned at, churn date, churn time, left at, cancellation date, 流失时间, 流失日期, 销户日期, 注销时间"
            ),
            known_at="churned_at",
        ),
        Role(
            "is_churned",
            "flag",
            N_("Churned"),
            _words(
                "is churned, churn, churned, churn flag, exited, attrition, 是否流失, 流失, 流失标志, 已流失, 是否注销"
            ),
            alone=("left",),
            known_at="churned_at",
        ),
        Role(
            "tenure_months",
            "number",
            N_("Tenure in months"),
            _words(
                "tenure months, tenure, months, months active, account length, 在网时长, 在网月数, 入网时长, 客龄, 月数"
            ),
        ),
        Role(
            "churn_reason",
            "text",
            N_("Churn reason"),
            _words("churn reason, reason, leave reason, 流失原因, 离开原因"),
            known_at="churned_at",
        ),
        Role(
            "churn_comment",
            "text",
            N_("Churn comment"),
            _words("churn comment, exit comment, 流失说明, 流失备注"),
            known_at="churned_at",
        ),
        Role(
            "monthly_value",
            "money",
            N_("Monthly value"),
            _words(
                "monthly value, monthly charges, monthly charge, monthly fee, mrr, arpu, 月费, 月消费, 月租, "
                "月均消费, 月租费"
            ),
        ),
        _CURRENCY,
    ),
    moment="signed_up_at",
    rest="customer attributes",
    derived=(("known_from", "date"), ("older_since", "date"), ("active_from", "date")),
    lists_customers=True,
    known=AsOf("known_from", may_lack_day=True, hidden=("active_from",)),
)

TICKETS = Table(
    "tickets",
    N_("Tickets"),
    _words("ticket, tickets, support, cases, complaints, helpdesk, 工单, 客服, 投诉, 售后, 服务单"),
    (
        _CUSTOMER,
        Role(
            "opened_at",
            "timestamp",
            N_("Ticket opened"),
            _words(
                "opened at, open date, created at, created, submitted at, reported at, ticket date, date, time, "
                "创建时间, 提交时间, 工单时间, 工单创建时间, 建单时间, 受理时间, 投诉时间, 反馈时间, 日期, 时间"
            ),
            required=True,
        ),
        Role(
            "first_response_at",
            "timestamp",
            N_("First response"),
            _words(
                "first response at, first response, first reply at, first replied at, responded at, "
                "首次响应时间, 首响时间, 首次回复时间, 响应时间"
            ),
            known_at="first_response_at",
        ),
        Role(
            "resolved_at",
            "timestamp",
            N_("Ticket resolved"),
            _words(
                "resolved at, solved at, closed at, completed at, 解决时间, 完结时间, 关闭时间, 处理完成时间, 结单时间"
            ),
            known_at="resolved_at",
        ),
        Role(
            "category",
            "text",
            N_("Category"),
            _words(
                "category, type, ticket type, topic, issue type, subject, 问题类型, 工单类型, 工单分类, 类型, 分类, 主题"
            ),
            unlike=_words("customer, card, event, order, product, 客户, 会员, 业务, 账务, 订单, 商品, 计费"),
        ),
        Role(
            "score",
            "number",
            N_("Score"),
            _words("score, rating, satisfaction, csat, 评分, 满意度, 满意度评分, 打分"),
            known_at="resolved_at",
        ),
        Role(
            "comment",
            "text",
            N_("Comment"),
            _words("comment, comments, text, description, message, content, 内容, 问题描述, 描述, 备注, 说明"),
        ),
    ),
    moment="opened_at",
    clustered_by=("customer", "opened_at"),
)

SURVEYS = Table(
    "surveys",
    N_("Surveys"),
    _words("survey, surveys, nps, csat, feedback, questionnaire, responses, 问卷, 调研, 调查, 满意度, 评价"),
    (
        _CUSTOMER,
        Role(
            "answered_at",
            "timestamp",
            N_("Answer time"),
            _words(
                "answered at, answer date, submitted at, responded at, response date, survey date, date, time, "
                "填写时间, 提交时间, 答题时间, 作答时间, 评价时间, 日期, 时间"
            ),
            required=True,
        ),
        Role(
            "question",
            "text",
            N_("Question"),
            _words("question, survey, metric, item, question id, 题目, 问题, 指标, 题项, 问卷类型"),
        ),
        Role(
            "score",
            "number",
            N_("Score"),
            _words(
                "score, answer, rating, value, nps, csat, ces, nps score, satisfaction, 评分, 分数, 得分, 打分, 答案, 满意度"
            ),
        ),
        Role(
            "expected",
            "number",
            N_("Expected score"),
            _words("expected, expectation, expected score, importance, 期望, 期望值, 期望分, 期望评分"),
        ),
        Role(
            "comment",
            "text",
            N_("Comment"),
            _words("comment, comments, text, verbatim, feedback, 评论, 评语, 意见, 建议, 备注, 说明"),
        ),
    ),
    moment="answered_at",
    clustered_by=("customer", "answered_at"),
)

EXITS = Table(
    "exits",
    N_("Churn reasons"),
    _words(
        "exit, exits, exit survey, churn reasons, cancellations, offboarding, leavers, "
        "流失原因, 离开原因, 退订原因, 流失名单, 离网, 注销"
    ),
    (
        _CUSTOMER,
        Role(
            "churned_at",
            "timestamp",
            N_("Churn time"),
            _words(
                "churned at, churn date, exit date, left at, cancelled at, canceled at, cancellation date, date, "
                "流失时间, 流失日期, 离开时间, 退订时间, 注销时间, 日期, 时间"
            ),
            required=True,
        ),
        Role(
            "reason",
            "text",
            N_("Reason for leaving"),
            _words(
                "reason, churn reason, exit reason, cancel reason, cancellation reason, reason code, "
                "原因, 流失原因, 离开原因, 退订原因, 原因编码"
            ),
        ),
        Role(
            "comment",
            "text",
            N_("Comment"),
            _words("comment, comments, text, details, notes, verbatim, 说明, 备注, 描述, 具体原因, 客户原话"),
        ),
        _CANCELLED_BY,
    ),
    moment="churned_at",
    clustered_by=("customer", "churned_at"),
)

ASSIGNMENTS = Table(
    "assignments",
    N_("Experiment assignments"),
    _words("assignment, assignments, experiment, experiments, ab test, abtest, variants, 实验, 分组, 分流"),
    (
        _CUSTOMER,
        Role(
            "experiment",
            "text",
            N_("Experiment"),
            _words("experiment, experiment name, test, test name, campaign, 实验, 实验名称, 活动"),
            required=True,
        ),
        Role(
            "variant",
            "text",
            N_("Variant"),
            _words("variant, group, arm, bucket, treatment, 组别, 分组, 实验组, 版本"),
            required=True,
        ),
        Role(
            "assigned_at",
            "timestamp",
            N_("Assignment time"),
            _words("assigned at, assignment date, exposed at, entered at, date, time, 分组时间, 进入时间, 日期, 时间"),
        ),
    ),
    moment="assigned_at",
    clustered_by=("customer", "assigned_at"),
)

COSTS = Table(
    "costs",
    N_("Costs"),
    _words("cost, costs, spend, marketing, budget, acquisition, 成本, 费用, 投放, 花费"),
    (
        Role(
            "period",
            "timestamp",
            N_("Period"),
            _words("period, month, week, 月份, 周期, 期间, 月"),
            required=True,
            alone=("date", "日期", "时间"),
        ),
        Role(
            "cost",
            "money",
            N_("Cost"),
            _words("cost, spend, expense, budget, 成本, 费用, 花费, 消耗, 投放金额"),
            required=True,
            alone=("amount", "金额"),
        ),
        Role("channel", "text", N_("Channel"), _words("channel, source, campaign, 渠道, 来源, 投放渠道")),
    ),
    moment="period",
    clustered_by=("period", "channel"),
)

BENCHMARKS = Table(
    "benchmarks",
    N_("Benchmarks"),
    _words("benchmark, benchmarks, industry, 对标, 行业, 基准"),
    (
        Role("metric", "text", N_("Metric"), _words("metric, metric id, kpi, 指标, 指标名称"), required=True),
        Role(
            "typical",
            "number",
            N_("Typical value"),
            _words("typical, median, average, value, 典型值, 中位数, 均值"),
        ),
        Role("low", "number", N_("Low value"), _words("low, p25, lower, min, 低值, 下限, 最低")),
        Role("high", "number", N_("High value"), _words("high, p75, upper, max, 高值, 上限, 最高")),
        Role("period", "text", N_("Period"), _words("period, 周期, 期间")),
        Role("industry", "text", N_("Industry"), _words("industry, sector, vertical, 行业")),
        Role("segment", "text", N_("Segment"), _words("segment, group, 细分, 客群")),
        Role("source", "text", N_("Source"), _words("source, publisher, source title, 来源, 发布方")),
        Role("year", "number", N_("Year"), _words("year, pub year, data year, 年份, 年")),
        Role("unit", "text", N_("Unit"), _words("unit, units, scale, 单位")),
    ),
    clustered_by=("metric", "industry", "segment"),
)

LOADABLE: Mapping[str, Table] = MappingProxyType(
    {
        table.name: table
        for table in (
            CUSTOMERS,
            ORDERS,
            ORDER_ITEMS,
            EVENTS,
            SUBSCRIPTIONS,
            TICKETS,
            SURVEYS,
            EXITS,
            ASSIGNMENTS,
            COSTS,
            BENCHMARKS,
        )
    }
)


@dataclass(frozen=True)
class Derived:
    """A table the import makes from the loaded ones; `from_words` says from what, for messages.

    `spanned` is the column its first and last day are told by; none where it has no days.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    from_words: str
    made_from: tuple[str, ...] = ()
    as_of: AsOf = AsOf()
    spanned: str | None = None


ACTIVITY_DAYS = Derived(
    "activity_days",
    (
        ("customer", "integer"),
        ("name", "event_name"),
        ("day", "date"),
        ("last_day", "date"),
        ("times", "integer"),
        ("amount", "decimal(18, 4)"),
        ("source", "activity_source"),
        ("is_activity", "boolean"),
    ),
    N_("orders, events or subscriptions"),
    ("orders", "events", "subscriptions"),
    AsOf("day", ended=("last_day",)),
    spanned="day",
)
PURCHASE_DAYS = Derived(
    "purchase_days",
    (("customer", "integer"), ("days", "date[]")),
    N_("Orders"),
    ("orders",),
    AsOf(cut=("days",)),
    spanned="days",
)
VISIT_DAYS = Derived(
    "visit_days",
    (("customer", "integer"), ("days", "date[]")),
    N_("orders, events or subscriptions"),
    ("orders", "events"),
    AsOf(cut=("days",)),
    spanned="days",
)
GUEST_ORDERS = Derived(
    "guest_orders",
    (*ORDERS.columns, ("times", "integer")),
    N_("orders of which nobody knows whose they are"),
    ("orders",),
    AsOf("day"),
    spanned="day",
)
"""The rows of orders that belong to no customer, as those of orders; `times` is 1 on one row of each order."""
CUSTOMER_ATTRIBUTES = Derived(
    "customer_attributes",
    (
        ("customer", "integer"),
        ("attribute", "varchar"),
        ("value", "varchar"),
        ("exact", "varchar"),
        ("known_on", "date"),
        ("origin", "varchar"),
    ),
    N_("customers with further columns"),
    ("customers", "orders", "subscriptions"),
    AsOf("known_on", may_lack_day=True),
    spanned="known_on",
)
CHURNS = Derived(
    "churns",
    (
        ("customer", "integer"),
        ("sequence", "bigint"),
        ("began_on", "date"),
        ("churned_on", "date"),
        ("returned_on", "date"),
        ("known_on", "date"),
        ("how", "varchar"),
    ),
    N_("a definition of churn and customers lost by it"),
    ("subscriptions", "orders", "events", "customers", "exits"),
    AsOf("known_on", may_lack_day=True, hidden=("returned_on",)),
)
DERIVED_EVENTS = Derived(
    "derived_events",
    (("name", "varchar"), ("event", "varchar"), ("conditions", "map(varchar, varchar[])")),
    N_("events put together from others"),
)
DERIVED_MOMENTS = Derived(
    "derived_moments",
    (
        ("name", "varchar"),
        ("customer", "integer"),
        ("occurred_at", "timestamp"),
        ("last_at", "timestamp"),
        ("day", "date"),
        ("last_day", "date"),
        ("times", "integer"),
        ("amount", "decimal(18, 4)"),
    ),
    N_("events put together from others"),
    ("orders", "events", "subscriptions", "customers", "tickets", "surveys"),
    AsOf("day", ended=("last_day",)),
)
_STATED = ("exits", "subscriptions", "customers")
REASON_STATEMENTS = Derived(
    "reason_statements",
    (
        ("customer", "integer"),
        ("statement", "bigint"),
        ("source", "varchar"),
        ("stated_on", "date"),
        ("known_on", "date"),
        ("reason", "varchar"),
        ("comment", "varchar"),
        ("cancelled_by", "varchar"),
    ),
    N_("reasons or comments of customers who left"),
    _STATED,
    AsOf("known_on", may_lack_day=True),
)
"""What customers said when they left, word for word: a row for each exit, ended subscription and marked customer."""
REASON_CODINGS = Derived(
    "reason_codings",
    (
        ("customer", "integer"),
        ("statement", "bigint"),
        ("taxonomy", "integer"),
        ("given", "varchar"),
        ("reason", "varchar"),
        ("reason_group", "varchar"),
        ("department", "varchar"),
        ("kind", "varchar"),
        ("ended_kind", "varchar"),
        ("words", "varchar[]"),
        ("counts", "boolean"),
        ("has_words", "boolean"),
        ("has_comment", "boolean"),
        ("source", "varchar"),
        ("stated_on", "date"),
        ("known_on", "date"),
    ),
    N_("reasons or comments of customers who left"),
    _STATED,
    AsOf("known_on", may_lack_day=True),
)
"""The reasons of each statement by each version of the taxonomy, from its code and from its words."""
REASON_VERSIONS = Derived(
    "reason_versions",
    (("taxonomy", "integer"), ("made_at", "timestamp"), ("note", "varchar")),
    N_("a list of reasons"),
)
REASONS = Derived(
    "reasons",
    (
        ("taxonomy", "integer"),
        ("position", "integer"),
        ("reason", "varchar"),
        ("parent", "varchar"),
        ("name", "varchar"),
        ("department", "varchar"),
        ("kind", "varchar"),
    ),
    N_("a list of reasons"),
)
REASON_CODES = Derived(
    "reason_codes",
    (("taxonomy", "integer"), ("code", "varchar"), ("reason", "varchar")),
    N_("a list of reasons"),
)
REASON_PHRASES = Derived(
    "reason_phrases",
    (("taxonomy", "integer"), ("phrase", "varchar"), ("reason", "varchar")),
    N_("a list of reasons"),
)
REASON_KINDS = Derived(
    "reason_kinds",
    (("taxonomy", "integer"), ("word", "varchar"), ("kind", "varchar")),
    N_("a list of reasons"),
)
TAXONOMY: tuple[Derived, ...] = (REASON_VERSIONS, REASONS, REASON_CODES, REASON_PHRASES, REASON_KINDS)
"""What a taxonomy of churn reasons is kept in: every version of it, each with its reasons, codes, phrases and kinds."""
_PUBLISHED = N_("published benchmarks")
PUBLISHED_BENCHMARKS = Derived(
    "published_benchmarks",
    (
        ("number", "integer"),
        ("metric", "varchar"),
        ("industry", "varchar"),
        ("segment", "varchar"),
        ("region", "varchar"),
        ("low", "double"),
        ("typical", "double"),
        ("high", "double"),
        ("unit", "varchar"),
        ("period", "varchar"),
        ("range_basis", "varchar"),
        ("population", "varchar"),
        ("data_year", "integer"),
        ("title", "varchar"),
        ("publisher", "varchar"),
        ("url", "varchar"),
        ("year", "integer"),
        ("note", "varchar"),
        ("confidence", "varchar"),
        ("comparability", "varchar"),
        ("tier", "varchar"),
        ("is_mirror", "boolean"),
        ("counted_in", "varchar"),
        ("is_contract", "boolean"),
        ("kind", "varchar"),
        ("band_of", "varchar"),
        ("band_from", "double"),
        ("band_to", "double"),
        ("company", "varchar"),
        ("measured_over", "varchar"),
        ("variant", "varchar"),
    ),
    _PUBLISHED,
)
"""Published figures as the dataset was loaded with them, shares from 0 to 1, and how each is to be read."""
BENCHMARK_METRICS = Derived(
    "benchmark_metrics",
    (("metric", "varchar"), ("unit", "varchar"), ("better", "varchar"), ("names", "varchar[]")),
    _PUBLISHED,
)
BENCHMARK_INDUSTRIES = Derived(
    "benchmark_industries",
    (("industry", "varchar"), ("beside", "varchar"), ("distance", "integer")),
    _PUBLISHED,
)
"""Which industries' figures are looked at for one: itself, and wider ones after it."""
PUBLISHED: tuple[Derived, ...] = (PUBLISHED_BENCHMARKS, BENCHMARK_METRICS, BENCHMARK_INDUSTRIES)
WRITTEN_BENCHMARKS = Derived("written_benchmarks", BENCHMARKS.columns, BENCHMARKS.label)
"""Benchmarks as the user wrote or changed them in the app."""
REPLACED_BENCHMARKS = Derived("replaced_benchmarks", BENCHMARKS.columns, BENCHMARKS.label)
"""The rows of `benchmarks`, as the files have them, that these stand in for."""
MARKS = Derived(
    "marks",
    (("day", "date"), ("name", "varchar")),
    N_("marked days"),
    as_of=AsOf("day"),
)
"""Dated changes that the user marked: a price rise, a release, a campaign."""
WRITTEN: tuple[Derived, ...] = (WRITTEN_BENCHMARKS, REPLACED_BENCHMARKS, MARKS)
"""What the user writes in the app, and a dataset that is loaded anew keeps."""
DERIVED: Mapping[str, Derived] = MappingProxyType(
    {
        derived.name: derived
        for derived in (
            ACTIVITY_DAYS,
            PURCHASE_DAYS,
            VISIT_DAYS,
            GUEST_ORDERS,
            CUSTOMER_ATTRIBUTES,
            CHURNS,
            DERIVED_EVENTS,
            DERIVED_MOMENTS,
            REASON_STATEMENTS,
            REASON_CODINGS,
            *TAXONOMY,
            *PUBLISHED,
            WRITTEN_BENCHMARKS,
            REPLACED_BENCHMARKS,
            MARKS,
        )
    }
)


@dataclass(frozen=True)
class FirstValue:
    """An attribute of customers that the first of their rows in a table says: the role whose value it is, and its label."""

    table: str
    role: str
    label: str


FIRST_VALUES: Mapping[str, FirstValue] = MappingProxyType(
    {
        "first_plan": FirstValue("subscriptions", "plan", N_("First plan")),
        "first_interval": FirstValue("subscriptions", "interval", N_("First billing interval")),
        "first_category": FirstValue("orders", "category", N_("First product category")),
        "first_channel": FirstValue("orders", "channel", N_("First channel")),
    }
)
"""The attributes of customers that their first rows say, by the name they have in addresses."""

MONTHLY_VALUE = "monthly_value"
"""The attribute that is a role of the customer file as well."""

TABLE_EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "order": N_("Order"),
        "subscription": N_("Subscription"),
        "renewal": N_("Renewal"),
        "signup": N_("Sign-up"),
        "ticket": N_("Ticket"),
        "satisfied": N_("Satisfied in a survey"),
    }
)
"""What tables other than the event log tell, as the steps of a funnel name it, and what it is called."""
TOLD_BY: Mapping[str, str] = MappingProxyType(
    {
        "order": "orders",
        "subscription": "subscriptions",
        "renewal": "subscriptions",
        "signup": "customers",
        "ticket": "tickets",
        "satisfied": "surveys",
    }
)
"""The tables that tell of them."""
IN_LOG = MappingProxyType({f"{name} (log)": name for name in TABLE_EVENTS})
"""How a funnel names events of the log that have such a name, where the table has rows too; and their own names."""

ACTIVITIES: tuple[str, ...] = tuple(name for name, table in LOADABLE.items() if table.activity)
"""The tables whose rows can count as being active."""
VISITS: tuple[str, ...] = tuple(name for name in ACTIVITIES if LOADABLE[name].activity == "day")
"""Those whose rows are days on which customers came."""

TABLES: tuple[str, ...] = (*LOADABLE, *DERIVED)
"""The names a query may name in `-- needs:` and `-- uses:`."""

OF_CUSTOMERS = frozenset(
    {name for name, table in LOADABLE.items() if any(role.name == "customer_id" for role in table.roles)}
    | {name for name, derived in DERIVED.items() if any(column == "customer" for column, _type in derived.columns)}
)
"""The tables whose rows belong to one customer each; the others are the same whichever customers are looked at."""


def label(table: str) -> str:
    """What a table is called in messages, still to be translated."""
    return LOADABLE[table].label if table in LOADABLE else DERIVED[table].from_words


@cache
def alternatives(need: str) -> tuple[str, ...]:
    """What a need of a query accepts, any of which is enough: tables (orders) or filled columns (orders.amount)."""
    return tuple(need.split(" or "))


@cache
def tables_named(need: str) -> tuple[str, ...]:
    """The tables that a need of a query reads; none where it names another query."""
    named = [name.partition(".")[0] for name in alternatives(need)]
    return tuple(named) if all(name in TABLES for name in named) and not _PINNED.search(need) else ()


def columns_named(need: str) -> tuple[str, ...]:
    """The columns a need wants to be filled, `orders.amount`; none where it names a table or another query."""
    return tuple(name for name in alternatives(need) if "." in name) if tables_named(need) else ()


def has_column(name: str) -> bool:
    """Whether `orders.amount` is a role of a table that files are loaded into."""
    table, _dot, column = name.partition(".")
    return table in LOADABLE and any(role.name == column for role in LOADABLE[table].roles)


_PINNED = re.compile(r"\.v\d+$")


def to_json(value: Any) -> str:
    """JSON as addresses, the command line and the dataset file write it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Any:
    """The value of a JSON text; ValueError where it is none."""
    return json.loads(text)
