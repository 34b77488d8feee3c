"""What a company is like, guessed from its data, so that it is compared with its like: all of it can be changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from churnbook.datasets.definition import BY_INACTIVITY, BY_SUBSCRIPTION
from churnbook.datasets.facts import Facts

CONTRACT, NO_CONTRACT, UNKNOWN = "contract", "no_contract", "unknown"
"""How customers are lost: by the end of a contract, by staying away, or nothing tells."""
REGIONS = ("none", "China", "US", "UK", "India", "Japan", "APAC", "LATAM")
"""Regions that published figures name; none of them, so that only figures without a region count."""

_INDUSTRY_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "telecom": ("internetservice", "phoneservice", "multiplelines", "telco", "telecom", "宽带", "运营商", "话费"),
        "banking": ("creditscore", "bank", "银行", "储蓄"),
        "insurance": ("insurance", "policyholder", "保单", "保险"),
        "fitness_clubs": ("gym", "fitness", "健身"),
        "media_streaming": ("streaming", "watchtime", "影视", "视频会员"),
        "mobile_games": ("levelup", "gameplay", "关卡", "游戏"),
        "auto_aftersales": ("vehicle", "mileage", "4s店", "车型", "里程"),
        "subscription_box": ("subscriptionbox", "mealkit"),
    }
)
"""Words in names of files, columns and events that tell an industry; the first that is met counts."""
_SOLD_TO_COMPANIES = ("company_size", "companysize", "seats", "industry", "employees", "公司规模", "企业规模", "席位")
_ZONES: Mapping[str, str] = MappingProxyType(
    {
        "Asia/Shanghai": "China",
        "Asia/Hong_Kong": "China",
        "Asia/Tokyo": "Japan",
        "Asia/Kolkata": "India",
        "Europe/London": "UK",
        "America/New_York": "US",
        "America/Chicago": "US",
        "America/Denver": "US",
        "America/Los_Angeles": "US",
    }
)
_CURRENCIES: Mapping[str, str] = MappingProxyType({"CNY": "China", "JPY": "Japan", "INR": "India", "GBP": "UK"})
STEPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "cart": (
            "add_to_cart",
            "addtocart",
            "added_to_cart",
            "product_added",
            "cart",
            "加购",
            "加入购物车",
            "加购物车",
        ),
        "checkout": (
            "begin_checkout",
            "checkout_started",
            "checkout",
            "initiatecheckout",
            "结算",
            "去结算",
            "提交订单",
        ),
        "bought": ("purchase", "order_completed", "order", "checkout_completed", "buy", "下单", "支付", "付款", "购买"),
    }
)
"""Names that events of a shop have, by what they mean; the surest first."""


@dataclass(frozen=True)
class Profile:
    """What a company is compared as; money is of a customer, or of the company, in US dollars, None: not known.
    `bound` is the share of paying customers with a term of more than a month."""

    industry: str
    kind: str
    region: str
    business_model: str
    arpa: float | None = None
    mrr: float | None = None
    bound: float = 0.0


def guess(facts: Facts, paid: Mapping[str, float] | None) -> Profile:
    """The profile that the data of a dataset speak for; `paid` has the columns of price_band, None where nobody pays."""
    named = _joined([facts.name, *facts.attributes, *facts.events])
    filled = set(facts.filled)
    industry = next((name for name, words in _INDUSTRY_WORDS.items() if any(word in named for word in words)), "")
    has_subscriptions = "subscriptions" in filled
    if not industry:
        if has_subscriptions:
            is_b2b = any(_joined([word]) in named for word in _SOLD_TO_COMPANIES)
            industry = "saas_b2b" if is_b2b else "subscription_all"
        elif "orders" in filled or "guest_orders" in filled:
            industry = "ecommerce"
        elif "events" in filled:
            industry = "mobile_apps"
        else:
            industry = "subscription_all"
    in_dollars = facts.currency == "USD" and paid is not None
    money = {name: _number(paid.get(name)) if in_dollars and paid else None for name in ("arpa", "mrr")}
    region = _ZONES.get(facts.timezone) or _CURRENCIES.get(facts.currency or "", "none")
    bound = _number(paid.get("bound")) if paid else None
    return Profile(industry, "", region, _business_model(facts, has_subscriptions), **money, bound=bound or 0.0)


def _business_model(facts: Facts, has_subscriptions: bool) -> str:
    """Whether customers are lost by the end of a contract, as far as the churn definition tells."""
    if facts.churn is None:
        return UNKNOWN
    if facts.churn.query == BY_INACTIVITY:
        return NO_CONTRACT
    if facts.churn.query == BY_SUBSCRIPTION or has_subscriptions or "orders" not in facts.filled:
        return CONTRACT
    return UNKNOWN


def steps(events: Iterable[str]) -> dict[str, str | None]:
    """The events of a log that put into the cart, begin a checkout and place an order, as far as their names tell."""
    known = {_joined([name]): name for name in reversed(list(events))}
    return {
        step: next((known[_joined([word])] for word in words if _joined([word]) in known), None)
        for step, words in STEPS.items()
    }


def _joined(names: Iterable[str]) -> str:
    return " ".join(re.sub(r"[\s_\-]+", "", name.lower()) for name in names)


def _number(value: float | None) -> float | None:
    return None if value is None or value != value else float(value)
