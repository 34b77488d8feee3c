"""Findings about churn, in one or two sentences, with their numbers and their uncertainty."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from churnbook.churn import BY_INACTIVITY
from churnbook.dataset import Facts
from churnbook.findings import FEW, points
from churnbook.wording import (
    N_,
    _,
    date,
    escape,
    interval,
    listed,
    ngettext,
    number,
    percent,
    period_label,
    segment,
    sentences,
    short_number,
)


def last_complete(rates: pd.DataFrame) -> pd.DataFrame:
    """The rows of the last complete period somebody was a customer at the beginning of; empty where there is none."""
    whole = rates[rates["complete"] & (rates["opening_customers"] > 0)]
    return whole[whole["period"] == whole["period"].max()]


def periods(rates: pd.DataFrame) -> tuple[list[dt.date], dt.date | None]:
    """The first days of the periods that begin with customers, the newest first, and the last complete one of them."""
    known = rates[rates["opening_customers"] > 0]["period"]
    last = last_complete(rates)["period"]
    found = sorted({pd.Timestamp(day).date() for day in known}, reverse=True)
    return found, pd.Timestamp(last.iloc[0]).date() if len(last) else None


def dots_title(last: pd.DataFrame, grain: str) -> str:
    """The title of the chart of segments in one period."""
    return _("Churn rate in {period}").format(period=_period(last["period"].iloc[0], grain))


def rate_finding(rates: pd.DataFrame, grain: str) -> str:
    """What churn_rate shows of the last complete period: who was lost, the rate with its interval, a year of it, the net."""
    last = last_complete(rates)
    if last.empty:
        return _("No complete period begins with customers, so there is no churn rate yet.")
    if rates["segment"].notna().any():
        return _split_finding(last, grain)
    row = last.iloc[0]
    period = _period(row["period"], grain)
    said = _(
        "**In {period} {lost} of {opening} customers were lost: {rate}** (95 % interval {interval}); {kept} stayed."
    ).format(
        period=period,
        lost=number(int(row["opening_lost"])),
        opening=number(int(row["opening_customers"])),
        rate=percent(row["churn_rate"]),
        interval=interval(row["ci_low"], row["ci_high"]),
        kept=percent(row["retention_rate"]),
    )
    parts = [said]
    if row["joined_and_left"]:
        parts.append(
            ngettext(
                "{n} more joined and left in the period, and is in no rate.",
                "{n} more joined and left in the period, and are in no rate.",
                int(row["joined_and_left"]),
            ).format(n=number(int(row["joined_and_left"])))
        )
    if grain != "year" and row["churn_rate"] < 1:
        parts.append(
            _("If it went on like this for a year, {rate} would be lost.").format(
                rate=percent(row["annual_churn_rate"])
            )
        )
    net = int(row["closing_customers"] - row["opening_customers"])
    parts.append(
        _("With {new} new and {back} returned, the net is {net}.").format(
            new=number(int(row["new_customers"])), back=number(int(row["returned_customers"])), net=f"{net:+,}"
        )
    )
    return sentences(parts)


def _split_finding(last: pd.DataFrame, grain: str) -> str:
    enough = last[last["opening_customers"] >= FEW].sort_values("churn_rate")
    if len(enough) < 2:
        return _("Fewer than two segments have 30 customers or more, so they are not compared.")
    low, high = enough.iloc[0], enough.iloc[-1]
    said = _(
        "**In {period} {high} lose most: {high_rate}** of their customers ({high_interval}); {low} least: {low_rate} ({low_interval})."
    ).format(
        period=_period(high["period"], grain),
        high=escape(segment(high["segment"])),
        high_rate=percent(high["churn_rate"]),
        high_interval=interval(high["ci_low"], high["ci_high"]),
        low=escape(segment(low["segment"])),
        low_rate=percent(low["churn_rate"]),
        low_interval=interval(low["ci_low"], low["ci_high"]),
    )
    overlap = low["ci_high"] >= high["ci_low"]
    return sentences([said, _("The 95 % intervals overlap.")]) if overlap else said


def rate_reading(facts: Facts) -> str:
    """How to read the churn rate, with what the definition does to its first and last periods."""
    parts = [
        _("The rate is of the customers a period begins with; pale: not settled yet."),
        _("Click a bar for the customers behind it."),
    ]
    if facts.churn and facts.churn.query == BY_INACTIVITY:
        parts.append(
            ngettext(
                "In the first {n} day of the data nobody can be lost yet.",
                "In the first {n} days of the data nobody can be lost yet.",
                facts.churn.days,
            ).format(n=number(facts.churn.days))
        )
    if facts.churn and facts.churn.wait_days:
        parts.append(
            ngettext(
                "Who left is settled {n} day later, when the gap allowed has passed.",
                "Who left is settled {n} days later, when the gap allowed has passed.",
                facts.churn.wait_days,
            ).format(n=number(facts.churn.wait_days))
        )
    return sentences(parts)


def definition_words(facts: Facts) -> str:
    """The churn definition of a dataset with its version and since when, and who is left out."""
    if facts.churn is None:
        return _("No churn definition.")
    said = _("Lost: {words} (definition {query} v{version}, since {day}).").format(
        words=facts.churn.words, query=facts.churn.query, version=facts.churn.version, day=date(facts.defined_on)
    )
    if not facts.left_out:
        return said
    out = ngettext("{n} account is left out.", "{n} accounts are left out.", facts.left_out)
    return sentences([said, out.format(n=number(facts.left_out))])


_BEHIND: Mapping[str, tuple[str, str]] = {
    "lost": (N_("{n} customer lost in {period}"), N_("{n} customers lost in {period}")),
    "new": (N_("{n} new customer in {period}"), N_("{n} new customers in {period}")),
    "returned": (N_("{n} customer who came back in {period}"), N_("{n} customers who came back in {period}")),
    "joined_and_left": (
        N_("{n} customer who joined and left in {period}"),
        N_("{n} customers who joined and left in {period}"),
    ),
    "left_and_returned": (
        N_("{n} customer lost and back in {period}"),
        N_("{n} customers lost and back in {period}"),
    ),
}


def behind(picked: Mapping[str, Any], grain: str) -> Callable[[int, Any], str]:
    """The heading of the list of customers behind a bar, made from their number and the state listed."""

    def heading(n: int, state: Any) -> str:
        words = _BEHIND[str(state)]
        said = ngettext(*words, n).format(n=number(n), period=_period(picked["in_period"], grain))
        return f"{escape(segment(picked['segment']))} · {said}" if picked.get("segment") is not None else said

    return heading


def group_name(picked: Mapping[str, Any], grain: str) -> str:
    """What customers behind a bar are called when they are kept as a segment."""
    name = _("Churn {period}").format(period=_period(picked["in_period"], grain))
    return f"{name} {segment(picked['segment'])}" if picked.get("segment") is not None else name


CONVENTIONS: Mapping[str, str] = {
    "by_customer": N_("By customer (ours)"),
    "lost_of_start": N_("Lost ÷ customers at the beginning"),
    "totals": N_("From totals: (E − N) ÷ S"),
    "totals_of_stayers": N_("From totals, N = new who stayed"),
    "chartmogul": N_("As ChartMogul"),
    "baremetrics": N_("As Baremetrics"),
    "profitwell": N_("As ProfitWell"),
    "stripe": N_("As Stripe"),
}


def named(conventions: pd.DataFrame) -> pd.DataFrame:
    """The rows of churn_conventions with the `name` of each in the language spoken."""
    return conventions.assign(name=[_(CONVENTIONS[name]) for name in conventions["convention"]])


def conventions_finding(rows: pd.DataFrame, grain: str) -> str:
    """How far the conventions lie apart in one period, and which customers make the difference."""
    known = rows[rows["churn_rate"].notna()]
    if known.empty:
        return _("No complete period begins with customers, so there is no churn rate yet.")
    ours = known.iloc[0]
    low, high = known.loc[known["churn_rate"].idxmin()], known.loc[known["churn_rate"].idxmax()]
    period = _period(ours["period"], grain)
    if high["churn_rate"] - low["churn_rate"] < 5e-5:
        return _("**In {period} every convention gives {rate}**: nobody joined and left, or came back, in it.").format(
            period=period, rate=percent(ours["churn_rate"])
        )
    said = _("**The same customers give {low} to {high} in {period}**, by customer {rate}.").format(
        low=percent(low["churn_rate"]),
        high=percent(high["churn_rate"]),
        period=period,
        rate=percent(ours["churn_rate"]),
    )
    widest = known.loc[known["joined_and_left"].idxmax()]
    causes = []
    if widest["joined_and_left"]:
        n = int(widest["joined_and_left"])
        causes.append(ngettext("{n} who joined and left in it", "{n} who joined and left in it", n).format(n=number(n)))
    if back := int(-known["returned"].min()):
        causes.append(ngettext("{n} who came back", "{n} who came back", back).format(n=number(back)))
    if again := int(known["again"].max()):
        causes.append(ngettext("{n} lost and back in it", "{n} lost and back in it", again).format(n=number(again)))
    new = int(known["base"].max() - ours["base"])
    if new:
        causes.append(ngettext("{n} new in the base", "{n} new in the base", new).format(n=number(new)))
    return sentences([said, _("The difference is: {causes}.").format(causes=listed(causes))])


def conventions_reading() -> str:
    """What the conventions of tools are here."""
    return _(
        "The tools are followed as they describe their rate, over the calendar period instead of their last 30 days. "
        "E: customers at the end, N: new, S: at the beginning."
    )


MOST_SEGMENTS = 12


def largest(rows: pd.DataFrame) -> pd.DataFrame:
    """The segments of churn_change that are drawn: those that changed most."""
    return rows.head(MOST_SEGMENTS)


def change_finding(rows: pd.DataFrame, grain: str) -> str:
    """How the churn rate changed between two periods, how much of it is mix, and the segment that did most."""
    first = rows.iloc[0]
    if pd.isna(first["total_before"]) or pd.isna(first["total"]):
        return _("One of the two periods begins without customers, so there is nothing to compare.")
    before, now = _period(first["period_before"], grain), _period(first["period"], grain)
    difference = float(first["total"] - first["total_before"])
    said = _("**From {before} to {now} the churn rate went from {old} to {new}** ({difference}).").format(
        before=before,
        now=now,
        old=percent(first["total_before"]),
        new=percent(first["total"]),
        difference=points(difference),
    )
    mix, rate = float(rows["mix"].sum()), float(rows["rate"].sum())
    split = _("Other rates make {rate} of it, other shares of customers {mix}; together exactly the change.").format(
        rate=points(rate), mix=points(mix)
    )
    if rows["segment"].isna().all():
        return said
    lost = float(first["mix_customers"] + first["rate_customers"])
    most = _("Most comes from {segment}: {points}, or {n} lost customers.").format(
        segment=escape(segment(first["segment"])),
        points=points(float(first["mix"] + first["rate"])),
        n=("+" if lost > 0 else "−") + short_number(abs(lost)),
    )
    return sentences([said, split, most])


def _period(first_day: Any, grain: str) -> str:
    return period_label(pd.Timestamp(first_day).date(), grain)
