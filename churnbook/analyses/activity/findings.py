"""Findings about activity and purchases, in one or two sentences, with their numbers and their uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from churnbook.analyses.say import FEW, ends
from churnbook.catalogue.labels import segment
from churnbook.words.formats import (
    escape,
    interval,
    listed,
    money,
    number,
    percent,
    period_label,
    sentences,
    short_number,
    weekday,
)
from churnbook.words.language import N_, _, ngettext


def states_finding(states: pd.DataFrame, grain: str) -> str:
    """What lifecycle_states shows of the last complete period: who was kept, and how many are dormant.

    With a split, the segments that keep most and least.
    """
    whole = states[states["complete"]]
    if whole.empty:
        return _("No period is complete yet, so nothing can be said about who stays active.")
    last = whole[whole["period"] == whole["period"].max()]
    period = _period(last.iloc[0], grain)
    if states["segment"].notna().any():
        return ends(
            last[last["active_before"] >= FEW],
            "kept_rate",
            _(
                "**{high} keep most customers in {when}: {high_share}** of those active in the period before"
                " ({high_interval}); {low} least: {low_share} ({low_interval})."
            ),
            when=period,
        )
    row = last.iloc[0]
    words = _("In {period} {active} customers were active: {kept} kept, {returned} returned, {new} new.")
    active = words.format(
        period=period,
        active=number(int(row["active_customers"])),
        kept=number(int(row["kept_customers"])),
        returned=number(int(row["returned_customers"])),
        new=number(int(row["new_customers"])),
    )
    dormant = _("{n} of {known} known customers were dormant.").format(
        n=number(int(row["dormant_customers"])), known=number(int(row["known_customers"]))
    )
    if pd.isna(row["kept_rate"]):
        return sentences([active, dormant])
    kept = _(
        "**{share} of the {n} customers active in the period before {period} stayed active** (95 % interval {interval})."
    ).format(
        share=percent(row["kept_rate"]),
        n=number(int(row["active_before"])),
        period=period,
        interval=interval(row["ci_low"], row["ci_high"]),
    )
    return sentences([kept, active, dormant])


def states_caption() -> str:
    """How to read the bars of states."""
    return sentences(
        [
            _(
                "New: active for the first time. Kept: active in the period before too. Returned: active again after a pause."
            ),
            _("Dormant: known from earlier, not active in the period."),
            _("Pale: the period is still open. Click a bar for its customers."),
        ]
    )


def customers_of_a_state(picked: Mapping[str, Any], grain: str) -> tuple[Callable[[int, Any], str], str]:
    """The heading of the list of customers behind a bar, made from their number and the state listed, and their name."""
    period = period_label(picked["period"], grain)

    def heading(n: int, state: Any) -> str:
        words = {
            "new": ngettext("{n} customer new in {period}", "{n} customers new in {period}", n),
            "kept": ngettext("{n} customer kept in {period}", "{n} customers kept in {period}", n),
            "returned": ngettext("{n} customer returned in {period}", "{n} customers returned in {period}", n),
            "dormant": ngettext("{n} customer dormant in {period}", "{n} customers dormant in {period}", n),
        }[state]
        said = words.format(n=number(n), period=period)
        return f"{escape(segment(picked['segment']))} · {said}" if picked.get("segment") is not None else said

    return heading, _("State in {period}").format(period=period)


def purchases_finding(purchases: pd.DataFrame, grain: str, currency: str | None) -> str:
    """What purchases shows of the last complete period with buyers; with a split, the segments at both ends."""
    whole = purchases[purchases["complete"] & (purchases["buyers"] > 0)]
    if whole.empty:
        if purchases.loc[purchases["complete"], "orders"].any():
            return _("Nothing tells who bought, so nothing can be said about repeat purchases.")
        return _("No period with purchases is complete yet, so nothing can be said about repeat purchases.")
    last = whole[whole["period"] == whole["period"].max()]
    period = _period(last.iloc[0], grain)
    if purchases["segment"].notna().any():
        return ends(
            last[last["buyers"] >= FEW],
            "repeat_rate_by_customers",
            _(
                "**{high} buy again most in {when}: {high_share} of buyers ordered twice or more**"
                " ({high_interval}); {low} least: {low_share} ({low_interval})."
            ),
            when=period,
        )
    row = last.iloc[0]
    rate = _(
        "**{share} of the {n} buyers of {period} ordered twice or more in it** (95 % interval {interval});"
        " {earlier} of them had bought in an earlier period."
    ).format(
        share=percent(row["repeat_rate_by_customers"]),
        n=number(int(row["buyers"])),
        period=period,
        interval=interval(row["ci_low"], row["ci_high"]),
        earlier=percent(row["repeat_rate_by_period"]),
    )
    if pd.isna(row["average_order_value"]):
        often = _("A buyer orders {frequency} times.")
        return sentences([rate, often.format(frequency=f"{row['purchase_frequency']:.2f}")])
    often = _("A buyer orders {frequency} times, an order is worth {money}.")
    return sentences(
        [
            rate,
            often.format(
                frequency=f"{row['purchase_frequency']:.2f}", money=money(row["average_order_value"], currency)
            ),
        ]
    )


def purchases_caption() -> str:
    """How the three repeat purchase rates are counted."""
    return sentences(
        [
            _("By customers: buyers with two orders or more in the period."),
            _("By orders: orders that are not the first one ever of their customer."),
            _("By period: buyers who had bought in an earlier period."),
            _("Cancelled orders are left out, refunds subtracted."),
        ]
    )


def weekdays_finding(days: pd.DataFrame, currency: str | None) -> str:
    """What weekdays shows: the day of the week that brings in most, and the one that brings in least.

    Without amounts orders are counted; with a split the strongest day of its three largest segments is named.
    """
    has_money = bool(days["revenue_share"].notna().any())
    a_day, share = ("revenue_per_day", "revenue_share") if has_money else ("orders_per_day", "share")
    enough = days[(days["all_orders"] >= FEW) & days[share].notna()]
    if enough.empty:
        return _("There are fewer than 30 orders, too few to tell the days of the week apart.")
    if enough["weekday"].nunique() < 7:
        return _("Fewer than seven days are looked at, so the days of the week are not compared.")
    ranked = enough.sort_values([share, "weekday"], ascending=[False, True])
    if days["segment"].notna().any():
        strongest = ranked.drop_duplicates("segment").sort_values("all_orders", ascending=False, kind="stable")
        named = [
            _("{segment} {day} ({share})").format(
                segment=escape(segment(row["segment"])), day=weekday(row["weekday"]), share=percent(row[share])
            )
            for _i, row in strongest.iterrows()
        ]
        return _("**Strongest day, with its share of an average week: {days}.**").format(days=listed(named[:3]))
    most, least = ranked.iloc[0], enough.sort_values([share, "weekday"]).iloc[0]
    words = (
        _(
            "**{most} brings in most: {high} a day, {high_share} of an average week**; {least} least: {low}, {low_share} ({n} orders)."
        )
        if has_money
        else _(
            "**{most} has most orders: {high} a day, {high_share} of an average week**; {least} least: {low}, {low_share} ({n} orders)."
        )
    )
    return words.format(
        most=weekday(most["weekday"]),
        least=weekday(least["weekday"]),
        high=money(most[a_day], currency) if has_money else short_number(most[a_day]),
        low=money(least[a_day], currency) if has_money else short_number(least[a_day]),
        high_share=percent(most[share]),
        low_share=percent(least[share]),
        n=number(int(most["all_orders"])),
    )


def weekdays_caption() -> str:
    """How days of the week are counted."""
    return _(
        "The mean of all days of that name in the days chosen, days without orders included; refunds are subtracted."
    )


def between_finding(summary: pd.DataFrame, of: str) -> str:
    """What days_between_summary shows: the median, the 90th percentile, and who is not in it."""
    if summary["segment"].notna().any():
        enough = summary[summary["intervals"] >= FEW].sort_values("median_days")
        if len(enough) < 2:
            return _("Fewer than two segments have 30 intervals or more, so they are not compared.")
        first, last = enough.iloc[0], enough.iloc[-1]
        return _(
            "**{short} come again soonest, half within {short_days} days** ({short_n} intervals);"
            " {long} latest, half within {long_days} days ({long_n})."
        ).format(
            short=escape(segment(first["segment"])),
            long=escape(segment(last["segment"])),
            short_days=short_number(first["median_days"]),
            long_days=short_number(last["median_days"]),
            short_n=number(int(first["intervals"])),
            long_n=number(int(last["intervals"])),
        )
    row = summary.iloc[0]
    words = {
        "purchases": N_(
            "**Half of the purchases that follow another come within {median} days**, 90 % within {high} days"
        ),
        "activity": N_("**Half of the visits that follow another come within {median} days**, 90 % within {high} days"),
    }[of]
    said = _(words).format(median=short_number(row["median_days"]), high=short_number(row["high_days"]))
    said += _(" ({n} intervals).").format(n=number(int(row["intervals"])))
    once = int(row["customers_once"])
    if of == "purchases":
        waiting = ngettext(
            "{n} customer has bought on one day only; this and every other wait still open is not in it.",
            "{n} customers have bought on one day only; their waits and all others still open are not in it.",
            once,
        )
    else:
        waiting = ngettext(
            "{n} customer has come on one day only; this and every other wait still open is not in it.",
            "{n} customers have come on one day only; their waits and all others still open are not in it.",
            once,
        )
    return sentences([said, waiting.format(n=number(once))])


def stickiness_finding(sticky: pd.DataFrame, grain: str) -> str:
    """What stickiness shows of the last complete period; with a split, the segments at both ends."""
    whole = sticky[sticky["complete"]]
    if whole.empty:
        return _("No period is complete yet; the open one is too short to compare.")
    last = whole[whole["period"] == whole["period"].max()]
    period = _period(last.iloc[0], grain)
    if sticky["segment"].notna().any():
        enough = last[last["active_customers"] >= FEW].sort_values("stickiness")
        if len(enough) < 2:
            return _("Fewer than two segments have 30 customers or more, so they are not compared.")
        low, high = enough.iloc[0], enough.iloc[-1]
        return _(
            "**{high} come most often: {high_share} of those active in {period} on an average day**"
            " ({high_days} days each, {high_n} customers); {low} least: {low_share} ({low_days} days, {low_n})."
        ).format(
            high=escape(segment(high["segment"])),
            low=escape(segment(low["segment"])),
            high_share=percent(high["stickiness"]),
            low_share=percent(low["stickiness"]),
            high_n=number(int(high["active_customers"])),
            low_n=number(int(low["active_customers"])),
            high_days=f"{high['days_per_customer']:.1f}",
            low_days=f"{low['days_per_customer']:.1f}",
            period=period,
        )
    row = last.iloc[0]
    daily = _("**On an average day {share} of the {n} customers active in {period} come**").format(
        share=percent(row["stickiness"]), n=number(int(row["active_customers"])), period=period
    )
    if pd.notna(row["weekly_stickiness"]):
        daily += _(", in an average week {share}").format(share=percent(row["weekly_stickiness"]))
    return daily + _("; each comes on {days} days.").format(days=f"{row['days_per_customer']:.1f}")


def stickiness_caption(activity: Sequence[str]) -> str:
    """What counts as coming, and what does not."""
    parts = [
        _("DAU, WAU, MAU: customers active on a day, in a week, in a month."),
        _("Periods not covered whole are left out: the shorter a period, the higher the share."),
    ]
    if "subscriptions" in activity:
        parts.append(
            _(
                "Only days with orders or events count here: a running subscription is active every day, which says nothing about coming."
            )
        )
    return sentences(parts)


def stickiness_missing() -> str:
    """Why there is nothing to show."""
    return _(
        "A running subscription is active every day, so only orders and events show how often customers come;"
        " this dataset has none in the days chosen."
    )


def _period(row: pd.Series[Any], grain: str) -> str:
    return period_label(pd.Timestamp(row["period"]).date(), grain)
