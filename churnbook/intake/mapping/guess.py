"""What columns can mean by their values, beside what their headers say: who a row is about, when it was, how it ended."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from churnbook.catalogue import schema
from churnbook.intake.cells.profile import FITS, JUDGED_ROWS, Profile
from churnbook.intake.files import headers
from churnbook.intake.files.sheet import Sheet
from churnbook.words.language import N_
from churnbook.words.message import Notice

_SURE_FLAG = 0.9
"""The share of cells that must read as yes or no: a column of counts that are mostly 0 is none."""
_MANY_STATES = 50
"""The values of a column of states are fewer."""
_FEW = 5
"""Of so few rows it says nothing that their values all differ."""


def possible(role: schema.Role, profile: Profile) -> bool:
    """Whether the values of a column can be a role's; those of an empty one can."""
    if role.kind == "id" or profile.filled == 0:
        return True
    if role.name == "status":
        return not profile.is_dated and not profile.fits("number") and _repeats(profile)
    if role.kind in ("text", "name"):
        return not profile.is_dated
    if role.kind == "flag":
        return profile.shares["flag"] >= _SURE_FLAG
    return profile.fits(role.kind)


def _repeats(profile: Profile) -> bool:
    return profile.distinct <= _MANY_STATES and (profile.filled <= 2 * _FEW or 2 * profile.distinct <= profile.filled)


# Who a row is about

GUESTS = (
    "guest",
    "guests",
    "anonymous",
    "unknown",
    "guest user",
    "walk-in",
    "访客",
    "游客",
    "匿名",
    "匿名用户",
    "散客",
)
"""Words that stand for the id of anybody who has none."""
GUEST_NUMBERS = ("0", "-1")
"""Numbers that may."""

_MASKED = re.compile(r"\*|^[#$~]{2}")
"""A value in which a part is hidden, or all of it coded: 186******05, ****, ##…, $$…."""
_SELDOM = 0.1
"""Filled in fewer of its rows a column is not what names their customers; further columns may name those of the others."""


def trust(sheet: Sheet, table: schema.Table, header: str, profile: Profile, is_known: bool) -> float:
    """What the values of a column leave of its header's claim to name the customer, from 1 for all of it to 0.

    Masked values are no keys. A customer is named in more than a few rows, and not by a date; where the header `is_known` less is
    asked of the values.
    """
    if is_masked(sheet, header):
        return 0.0
    if not sheet.sample:
        return 1.0
    if profile.filled == 0:
        return 0.1
    if not is_known and (profile.is_dated or _is_flag(profile) or _is_row_id(table, profile)):
        return 0.0
    if is_date(profile) or _is_flag(profile):
        return 0.3
    return 1.0 if profile.filled >= _SELDOM * len(sheet.sample[:JUDGED_ROWS]) else 0.5


def is_date(profile: Profile) -> bool:
    """Whether a column holds days, and not numbers that could be read as some, as ids like 5001.9 can."""
    return profile.is_dated and not profile.fits("number")


def is_masked(sheet: Sheet, header: str) -> bool:
    """Whether most values of a column are hidden in part, so that different ones may look the same."""
    index = sheet.headers.index(header)
    cells = [cell for row in sheet.sample[:JUDGED_ROWS] if (cell := row[index])]
    return 2 * sum(bool(_MASKED.search(cell)) for cell in cells) > len(cells)


def _is_flag(profile: Profile) -> bool:
    return profile.distinct <= 2 and profile.filled > _FEW and profile.shares["flag"] >= _SURE_FLAG


def _is_row_id(table: schema.Table, profile: Profile) -> bool:
    """Whether a column tells rows apart and not who they are about: what people do they do again."""
    return table.activity == "day" and profile.distinct == profile.filled > _FEW


_OTHER_IDS = (
    "order orders invoice transaction payment receipt product item sku line lineitem ticket session event insert row deal "
    "opportunity response collector campaign experiment plan subscription contract pipeline stage stream bundle device "
    "network application app card charge dispute location warehouse tax style batch file reason 订单 单号 商品 产品 流水 交易 "
    "支付 发票 快递 物流 工单 合同 门店 仓库 序列 序号 批次 系统 样式 规格 售后 退款 税号 桌号 货号 型号 编码"
)
_NOT_OF_CUSTOMERS = tuple(_OTHER_IDS.split())
"""Words of headers of ids that are none of customers."""


def customer(sheet: Sheet, table: schema.Table, judged: Mapping[str, Profile], taken: Sequence[str]) -> str | None:
    """The column that may name the customer though its header is no word for it: an id, else a name of people."""
    role = table.role("customer_id")
    free = [header for header in sheet.headers if header not in taken]
    ids = [
        header
        for header in free
        if re.search(r"(?i)\bid\b|_id$|Id$|ID$|编号|号$", header)
        and not headers.says(header, (*role.unlike, *_NOT_OF_CUSTOMERS))
        and trust(sheet, table, header, judged[header], is_known=False) > 0.5
    ]
    names = [
        header
        for header in free
        if _is_name(role, header) and trust(sheet, table, header, judged[header], is_known=True) > 0.3
    ]
    return next(iter([*ids, *sorted(names, key=lambda header: _place(role, header))]), None)


def _is_name(role: schema.Role, header: str) -> bool:
    return _place(role, header) < len(role.last)


def _place(role: schema.Role, header: str) -> int:
    """The place of a header among the words for a column that is taken only where no other fits; else after them."""
    written = headers.normal(header)
    return next((place for place, word in enumerate(role.last) if headers.normal(word) == written), len(role.last))


_KEY = re.compile(
    r"(?i)e-?mail|phone|mobile|distinct|anonymous|pseudo|device|openid|unionid|手机|电话|邮箱|邮件|会员名|昵称|user.?id|customer.?id"
)
"""The headers of columns that can name a customer beside the id."""
_LISTED = 0.95
"""A list of customers has so many different e-mails or phones, or they name nobody."""


def further_keys(
    sheet: Sheet, table: schema.Table, customer: str, judged: Mapping[str, Profile], taken: Sequence[str]
) -> tuple[str, ...]:
    """The columns that tell customers apart where the one that names them does not for all rows, the surest first.

    Of a list of customers those by which other files may name them, as orders by e-mail.
    """
    is_list = table is schema.CUSTOMERS
    index = sheet.headers.index(customer)
    cells = [(row[index] or "").strip().casefold() for row in sheet.sample]
    is_whole = judged[customer].filled == min(len(cells), JUDGED_ROWS) and {*GUESTS, *GUEST_NUMBERS}.isdisjoint(cells)
    if is_whole and not is_list:
        return ()
    role = table.role("customer_id")
    found = [
        (headers.likeness(role, header), header)
        for header in sheet.headers
        if header not in taken
        and _KEY.search(header)
        and judged[header].filled
        and not (is_list and judged[header].distinct < _LISTED * judged[header].filled)
        and not is_masked(sheet, header)
    ]
    return tuple(header for likeness, header in sorted(found, key=lambda each: -each[0]) if likeness >= headers.SAME)


# When it was

_NEVER = ("birth", "birthday", "birthdate", "生日", "出生")


def moment(role: schema.Role, sheet: Sheet, judged: Mapping[str, Profile], taken: Sequence[str]) -> str | None:
    """The first column of dates; one whose header says that it is another moment only where there is no other."""
    dated = [
        header
        for header in sheet.headers
        if header not in taken
        and judged[header].filled
        and judged[header].shares["timestamp"] > 0.9
        and not headers.says(header, _NEVER)
    ]
    return min(dated, key=lambda header: headers.says(header, role.unlike), default=None)


# What it was


def category(sheet: Sheet, judged: Mapping[str, Profile], taken: Sequence[str]) -> str | None:
    """The first column with few different values, which are words."""
    person = schema.EVENTS.role("customer_id")
    free = (header for header in sheet.headers if header not in taken and not headers.likeness(person, header))
    return next((header for header in free if _is_category(judged[header]) and not _is_name(person, header)), None)


def _is_category(profile: Profile) -> bool:
    return (
        2 <= profile.distinct <= 200
        and profile.distinct < profile.filled * 0.2
        and max(profile.shares[kind] for kind in ("timestamp", "money", "flag")) < FITS
    )


# How it ended

_END_WORDS: Mapping[str, tuple[str, ...]] = {
    "ended_at": (
        *("end", "ends", "ended", "ending", "expire", "expires", "expired", "expiry", "expiration", "churn", "churned"),
        *("terminate", "terminated", "termination", "终止", "到期", "结束", "失效", "流失"),
    ),
    "cancelled_at": ("cancel", "cancels", "cancelled", "canceled", "cancellation", "取消", "退订"),
}
"""Words that say that a date beside a start is an end, by the role it has."""
ENDS = _END_WORDS.keys()
"""The roles of a subscription that say when it ends."""
_NO_ENDS = (
    *("trial", "birth", "birthday", "created", "updated", "modified", "next", "renewal"),
    *("试用", "生日", "出生", "创建", "更新", "修改", "下次", "续费"),
)


def ends(sheet: Sheet, judged: Mapping[str, Profile], taken: Sequence[str]) -> dict[str, str]:
    """By role, the columns of dates that nothing else means and whose headers have a word for an end."""
    found: dict[str, str] = {}
    for header in left_over(sheet, judged, taken):
        for role, words in _END_WORDS.items():
            if role not in found and headers.says(header, words) and not headers.says(header, _NO_ENDS):
                found[role] = header
                break
    return found


def left_over(sheet: Sheet, judged: Mapping[str, Profile], taken: Sequence[str]) -> tuple[str, ...]:
    """The columns of dates that nothing means."""
    return tuple(header for header in sheet.headers if header not in taken and judged[header].is_dated)


# What was paid


def price_alone(roles: Mapping[str, str]) -> bool:
    """Whether of what was paid nothing is known but a price, of how many not even that."""
    return "unit_price" in roles and not {"amount", "quantity"} & roles.keys()


def assumed(sheet: Sheet, table: str, roles: Mapping[str, str]) -> tuple[Notice, ...]:
    """What a mapping assumes that its columns do not say: that a price is what was paid, discounts not taken off."""
    amount = roles.get("amount")
    if table != schema.ORDERS.name or amount is None or "quantity" in roles:
        return ()
    price = schema.ORDERS.role("unit_price")
    if headers.likeness(price, amount) <= headers.likeness(schema.ORDERS.role("amount"), amount):
        return ()
    less = [header for header in sheet.headers if headers.says(header, _LESS) and header not in roles.values()]
    said = {"file": sheet.name, "column": amount}
    if not less:
        return (
            Notice.of(
                N_("{file}: no column says how many were bought, so that {column} counts as the amount of each row."),
                **said,
            ),
        )
    return (
        Notice.of(
            N_(
                "{file}: no column says how many were bought, so that {column} counts as the amount of each row; "
                "{discounts} is not taken off."
            ),
            **said,
            discounts=", ".join(less[:3]),
        ),
    )


_LESS = ("discount", "discounts", "coupon", "优惠", "折扣", "立减")
