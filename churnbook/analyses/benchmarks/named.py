"""What figures, regions and industries of benchmarks are called, and how their values are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from churnbook.analyses.benchmarks.ours import Figure
from churnbook.datasets.benchmarks import INDUSTRY_NAMES, METRIC_NAMES
from churnbook.words import formats
from churnbook.words.language import N_, _

_PERIODS: Mapping[str, str] = MappingProxyType(
    {
        "monthly": N_("a month"),
        "annual": N_("a year"),
        "half-year": N_("half a year"),
        "12 months": N_("in 12 months"),
        "within 12 months": N_("within 12 months"),
        "all-time (store life)": N_("so far"),
        "lifetime": N_("so far"),
        "per session": N_("of sessions"),
        "per cart": N_("of carts"),
        "per checkout": N_("of checkouts"),
    }
)
_ANNUAL_IS_A_WINDOW = ("nps", "csat", "churn_reason_share", "involuntary_churn_share", "first_response_time")
_VARIANTS: Mapping[str, str] = MappingProxyType(
    {
        "order-2": N_("after the 2nd order"),
        "order-3": N_("after the 3rd order"),
        "order-9": N_("after the 9th order"),
        "price": N_("price"),
        "service": N_("service"),
        "competition": N_("competition"),
    }
)
_BASES: Mapping[str, str] = MappingProxyType(
    {
        "conversion_rate": N_("Sessions with an order, of all sessions."),
        "add_to_cart_rate": N_("Sessions in which something was put into the cart, of all sessions."),
        "cart_to_checkout_rate": N_("Sessions with a checkout, of those with a cart."),
        "checkout_completion_rate": N_("Sessions with an order, of those with a checkout."),
        "cart_abandonment_rate": N_("Sessions without an order, of those with a cart."),
        "churn_reason_share": N_("Of the customers lost by their own choice who stated a reason."),
        "involuntary_churn_share": N_("Of the customers lost of whom is known who ended it."),
        "repeat_purchase_rate": N_("Customers who ordered again, of those with a first order."),
        "winback_rate": N_("Losses followed by a return within 12 months; the last 12 months are left out."),
        "first_response_time": N_("The mean, in hours by the clock."),
        "nps": N_("Each customer's last answer within the year."),
        "csat": N_("Answers 4 or 5 of 5, each customer's last one within the year."),
    }
)
_REGIONS: Mapping[str, str] = MappingProxyType(
    {
        "none": N_("No region"),
        "China": N_("China"),
        "US": N_("United States"),
        "UK": N_("United Kingdom"),
        "India": N_("India"),
        "Japan": N_("Japan"),
        "APAC": N_("Asia and Pacific"),
        "LATAM": N_("Latin America"),
    }
)
NOT_STATED = N_("not stated")
"""How the list says that a period or region is not printed."""
_EVERY = N_("All industries")
_CURRENCY = re.compile("[A-Z]{3}")


def title(figure: Figure) -> str:
    """What a figure is called, with what it is measured over: Customer churn rate, a month."""
    metric, period = figure.metric.name, figure.metric.period
    named = _(METRIC_NAMES[metric])
    if variant := figure.metric.variant:
        return _("{metric}: {what}").format(metric=named, what=_(_VARIANTS[variant]))
    kind, _dash, count = period.partition("-")
    if kind in ("day", "month") and count.isdecimal():
        return _("{metric}, {when}").format(metric=named, when=formats.since(kind, int(count)))
    if period == "annual" and metric in _ANNUAL_IS_A_WINDOW:
        return named
    return _("{metric}, {when}").format(metric=named, when=_(_PERIODS[period])) if period in _PERIODS else named


def base(figure: Figure) -> str:
    """How our figure is counted, where its name does not say it; empty where it does."""
    return _(_BASES[figure.metric.name]) if figure.metric.name in _BASES else ""


def region_name(region: str) -> str:
    """A region that can be chosen, as people read it."""
    return _(_REGIONS[region])


def industry_name(industry: object) -> str:
    """An industry of published figures by its id; all industries for another."""
    return _(INDUSTRY_NAMES.get(str(industry), _EVERY))


def as_stated(published: str) -> str:
    """A period or region as published, in words where there are some."""
    if published == NOT_STATED:
        return _(NOT_STATED)
    return _(_PERIODS[published]) if published in _PERIODS else published


def value(amount: float, unit: str, currency: str | None) -> str:
    """A figure in its unit: 3.1%, +33, 4.2 h, $126. `currency` is that of the dataset, for the unit `currency`."""
    if unit == "share":
        return formats.percent(amount)
    if unit == "points":
        return f"{amount:+.0f}"
    if unit == "hours":
        return formats.duration(amount * 3600)
    if unit == "currency":
        return formats.money(amount, currency)
    if _CURRENCY.fullmatch(unit):
        return formats.money(amount, unit)
    return formats.short_number(amount)


def unit_of(unit: str) -> str:
    """How values of a metric are written, by the unit of metrics.csv."""
    return "share" if unit.startswith("%") else unit
