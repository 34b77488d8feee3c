"""What the values of a status column mean: by the words systems write, unless the mapping says otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from churnbook.intake.files.marks import alike
from churnbook.intake.mapping.rules import COUNTS, ENDED, LEFT_OUT, MEANINGS, REFUND, REFUNDED, TRIAL

_WORDS: Mapping[str, Mapping[str, str]] = {
    "orders": {
        COUNTS: (
            "paid, complete, completed, processing, fulfilled, unfulfilled, partially fulfilled, partial, partially refunded, "
            "partially_refunded, shipped, delivered, success, succeeded, successful, settled, captured, closed won, won, done, "
            "shipping, in transit, dispatched, active, ok, confirmed, partially paid, partially_paid, "
            "交易成功, 交易完成, 已完成, 完成, 已付款, 已支付, 支付成功, 付款成功, 已发货, 待发货, 待收货, 已收货, 已签收, 待评价, "
            "卖家已发货,等待买家确认, 买家已付款,等待卖家发货, 等待买家确认收货, 等待卖家发货, 部分发货, 部分退款, 待出库, 已出库, "
            "备货中, 配送中, 成功, 已成交, 已确认, 待自提, 等待出库, 等待确认收货, 正常, 有效"
        ),
        LEFT_OUT: (
            "cancelled, canceled, cancel, void, voided, failed, fail, failure, declined, expired, pending, on hold, on-hold, "
            "onhold, pending payment, awaiting payment, unpaid, draft, checkout-draft, trash, abandoned, rejected, incomplete, "
            "authorized, open, blocked, closed lost, lost, denied, revoked, error, invalid, deleted, "
            "交易关闭, 已关闭, 关闭, 已取消, 取消, 等待买家付款, 待付款, 未付款, 待支付, 未支付, 支付失败, 付款失败, 交易失败, 失败, "
            "已作废, 作废, 超时关闭, 交易取消, 已失效, 无效, 锁定, 已撤销, 支付中"
        ),
        REFUNDED: (
            "refunded, fully refunded, returned, charged back, chargeback, reversed, "
            "已退款, 退款成功, 全额退款, 退款完成, 已退货, 退货成功, 已全额退款, 未发货,退款成功, 已发货,退款成功, 已收货,退款成功"
        ),
        REFUND: "refund, return, credit, credit note, 退款, 退货",
    },
    "subscriptions": {
        COUNTS: (
            "active, live, running, current, paid, paying, past due, past_due, in grace, non renewing, non_renewing, paused, "
            "active patron, subscribed, enabled, current customer, "
            "有效, 生效, 生效中, 使用中, 正常, 订阅中, 活跃, 已生效, 履约中, 续费中"
        ),
        ENDED: (
            "canceled, cancelled, ended, expired, terminated, churned, inactive, closed, former patron, unsubscribed, stopped, "
            "unpaid, 已取消, 已结束, 已过期, 已终止, 到期, 失效, 已失效, 已退订, 终止, 停用, 已停用"
        ),
        TRIAL: "trialing, trial, in trial, in_trial, on trial, free trial, 试用, 试用中, 试用期",
        LEFT_OUT: "incomplete, incomplete expired, incomplete_expired, pending, draft, failed, never paid, future, 未付款, 待付款, 待生效, 草稿",
    },
}


def normal(value: str) -> str:
    """A value of a status column as it is compared: as headers are, and with one way to write blanks and lists."""
    return re.sub(r"\s*[,、;]\s*", ",", alike(value).replace("_", " "))


def meaning(table: str, value: str, given: Mapping[str, str]) -> tuple[str, bool]:
    """What a value of the status of a table means, a key of MEANINGS, and whether that is known; `given` says it first.

    A value that nobody knows counts.
    """
    wanted = normal(value)
    for written, meant in given.items():
        if normal(written) == wanted and meant in MEANINGS[table]:
            return meant, True
    known = _known(table).get(wanted)
    return (known, True) if known else (COUNTS, False)


@cache
def _known(table: str) -> Mapping[str, str]:
    # commas inside a word are those without a blank behind
    return {
        normal(word): meant for meant, words in _WORDS[table].items() for word in re.split(r", (?=\S)", words) if word
    }


def knows(table: str, value: str) -> bool:
    """Whether a value is a word that systems write for a state of that table."""
    return normal(value) in _known(table)
