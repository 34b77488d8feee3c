"""Findings about cohorts, in one or two sentences, with their numbers and their uncertainty."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from churnbook.analyses.say import FEW, ends, points, points_interval
from churnbook.catalogue.labels import segment
from churnbook.words.formats import date, escape, interval, money, number, percent, period_label, sentences, since
from churnbook.words.language import N_, _, ngettext


def average_title(average: str) -> str:
    """The heading of the curve over all cohorts, with the average it shows."""
    return {
        "pooled": _("All cohorts, pooled"),
        "simple": _("All cohorts, simple mean"),
        "median": _("All cohorts, median"),
    }[average]


def question(activity: Sequence[str]) -> str:
    """What the first cell asks: of subscriptions alone, who stays; else who comes back."""
    return _("How many stay subscribed?") if by_subscription(activity, None) else _("How many come back?")


def are_mostly_small(cells: pd.DataFrame) -> bool:
    """Whether most of the cohorts drawn, each of its segment, have too few customers to compare."""
    sizes = cells.drop_duplicates(["segment", "cohort"])["cohort_size"]
    return bool((sizes < FEW).mean() > 0.5)


def by_subscription(activity: Sequence[str], returning: object) -> bool:
    """Whether coming back means having a subscription: where nothing else is activity, and no event was chosen."""
    return tuple(activity) == ("subscriptions",) and returning is None


def cohort_finding(
    overall: pd.DataFrame, grain: str, measure: str, average: str = "pooled", subscribed: bool = False
) -> str:
    """What cohort_retention_overall shows: the first and a later period, with the average and its interval.

    With a split, the segments with the highest and the lowest first period. `subscribed`: see by_subscription.
    """
    later = overall[overall["period"] >= 1]
    if later.empty:
        return _("No period after the start is complete yet, so nothing can be said about coming back.")
    if overall["segment"].notna().any():
        return _cohort_split_finding(later, grain, subscribed)
    first = later.iloc[0]
    if measure == "up_to" and (overall["retention"] == 1).all():
        return _(
            "The start itself counts as coming back here, so every cell is 100%. "
            "Choose a start that differs from what counts as back, such as sign-up and order."
        )
    verb = (
        {
            "on": N_("**{share} of customers are still subscribed in {when}**"),
            "on_or_after": N_("**{share} of customers are subscribed in {when} or later**"),
            "up_to": N_("**{share} of customers have been subscribed by {when}**"),
        }
        if subscribed
        else {
            "on": N_("**{share} of customers are back in {when}**"),
            "on_or_after": N_("**{share} of customers are back in {when} or later**"),
            "up_to": N_("**{share} of customers have been active by {when}**"),
        }
    )[measure]
    count, customers = int(first["cohorts"]), number(int(first["customers"]))
    if average == "median":
        beside = _(" (median of {n} cohorts, {customers} customers)").format(n=count, customers=customers)
    elif average == "simple":
        beside = _(" (simple mean of {n} cohorts, {customers} customers, 95 % interval {interval})").format(
            n=count, customers=customers, interval=interval(first["ci_low"], first["ci_high"])
        )
    else:
        beside = ngettext(
            " ({n} complete cohort, {customers} customers, 95 % interval {interval})",
            " (pooled over {n} complete cohorts, {customers} customers, 95 % interval {interval})",
            count,
        ).format(n=count, customers=customers, interval=interval(first["ci_low"], first["ci_high"]))
    said = _(verb).format(share=percent(first["retention"]), when=since(grain, int(first["period"]))) + beside
    others = later[later["period"].isin([6, 12])]
    other = others.iloc[0] if not others.empty else later.iloc[-1]
    if other["period"] != first["period"]:
        said += _(", {share} in {when}").format(
            share=percent(other["retention"]), when=since(grain, int(other["period"]))
        )
    return _("{parts}.").format(parts=said)


def _cohort_split_finding(later: pd.DataFrame, grain: str, subscribed: bool) -> str:
    first = later[later["period"] == later["period"].min()]
    return ends(
        first[first["customers"] >= FEW],
        "retention",
        _(
            "**{high} stay subscribed most: {high_share} in {when}** ({high_interval}); {low} least: {low_share} ({low_interval})."
        )
        if subscribed
        else _(
            "**{high} come back most: {high_share} in {when}** ({high_interval}); {low} least: {low_share} ({low_interval})."
        ),
        when=since(grain, int(first["period"].iloc[0])),
    )


def cohort_caption(measure: str, clock: str, watermark: dt.date | None, left_out: int) -> str:
    """How to read the cohort heatmap, with what is provisional or not drawn."""
    parts = [
        _(
            "The numbers are percentages of the customers at the left. Pale: the period is still open, left out of the average."
        ),
        _("Grey: fewer than 30 customers."),
        _("Click a number for the customers behind it."),
    ]
    if measure == "on_or_after" and watermark:
        parts.insert(
            1, _("Later data can still raise every number; this is the state of {day}.").format(day=date(watermark))
        )
    if clock == "rolling":
        parts.append(
            _(
                "Periods run from each customer's own start by the hour, months by the calendar; a cell is pale until they "
                "are over for the whole cohort, the average counts each customer as soon as theirs is."
            )
        )
    if left_out:
        parts.append(
            ngettext(
                "{n} older cohort is not drawn; choose days above.",
                "{n} older cohorts are not drawn; choose days above.",
                left_out,
            ).format(n=number(left_out))
        )
    return sentences(parts)


def customers_of_a_cell(picked: Mapping[str, Any], grain: str, subscribed: bool = False) -> Callable[[int, Any], str]:
    """The heading of the list of customers behind a heatmap's cell, made from their number and the state listed."""
    when = since(grain, int(picked["period"]))
    cohort = period_label(picked["cohort"], grain)

    def heading(n: int, state: Any) -> str:
        if subscribed and state == "retained":
            words = ngettext(
                "{n} customer of {cohort} subscribed in {when}", "{n} customers of {cohort} subscribed in {when}", n
            )
        elif subscribed:
            words = ngettext(
                "{n} customer of {cohort} without a subscription in {when}",
                "{n} customers of {cohort} without a subscription in {when}",
                n,
            )
        elif state == "retained":
            words = ngettext(
                "{n} customer of {cohort} came back in {when}", "{n} customers of {cohort} came back in {when}", n
            )
        else:
            words = ngettext(
                "{n} customer of {cohort} did not come back in {when}",
                "{n} customers of {cohort} did not come back in {when}",
                n,
            )
        said = words.format(n=number(n), cohort=cohort, when=when)
        return f"{escape(segment(picked['segment']))} · {said}" if picked.get("segment") is not None else said

    return heading


def cohort_name(picked: Mapping[str, Any], grain: str) -> str:
    """What a cohort is called when its customers are kept as a segment."""
    name = _("Cohort {cohort}").format(cohort=period_label(picked["cohort"], grain))
    return f"{name} {segment(picked['segment'])}" if picked.get("segment") is not None else name


def difference_title(first: str, second: str) -> str:
    """The title of the chart of differences."""
    return _("{first} minus {second}").format(first=segment(first), second=segment(second))


def revenue_caption() -> str:
    """How to read the heatmap of money."""
    return sentences(
        [
            _("The numbers are revenue per customer of the cohort, those who paid nothing included."),
            _("Refunds are subtracted; a subscription earns its monthly value day by day."),
            _("Period, start and split follow the first cell."),
        ]
    )


def revenue_finding(overall: pd.DataFrame, grain: str, is_cumulative: bool, currency: str | None) -> str:
    """What cohort_revenue_overall shows: revenue per customer at the start and later.

    With a split, the segments that bring in most and least in the last period that both have.
    """
    if overall.empty or overall["revenue_per_customer"].isna().all():
        return _("No period is complete yet, so nothing can be said about revenue.")
    if overall["segment"].notna().any():
        return _revenue_split_finding(overall, grain, is_cumulative, currency)
    enough = overall[overall["customers"] >= FEW]
    first, last = overall.iloc[0], (enough if len(enough) else overall).iloc[-1]
    if first["period"] == last["period"]:
        words = _("**A customer brings in {money}** in the first period ({customers} customers).")
    elif is_cumulative:
        words = _("**A customer has brought in {late} by the end of {when}**, {money} of it in the first period.")
    else:
        words = _("**A customer brings in {money} in the first period** and {late} in {when}.")
    return words.format(
        money=money(first["revenue_per_customer"], currency),
        late=money(last["revenue_per_customer"], currency),
        when=since(grain, int(last["period"])),
        customers=number(int(first["customers"])),
    )


def _revenue_split_finding(overall: pd.DataFrame, grain: str, is_cumulative: bool, currency: str | None) -> str:
    enough = overall[overall["customers"] >= FEW]
    shared = enough["period"].value_counts()
    if enough["segment"].nunique() < 2:
        return _("Fewer than two segments have 30 customers or more, so they are not compared.")
    period = int(max(shared[shared == shared.max()].index))
    ordered = enough[enough["period"] == period].sort_values("revenue_per_customer")
    low, high = ordered.iloc[0], ordered.iloc[-1]
    words = (
        _("**By the end of {when} a customer of {high} has brought in {most}**, one of {low} {least}.")
        if is_cumulative
        else _("**In {when} a customer of {high} brings in {most}**, one of {low} {least}.")
    )
    return words.format(
        when=since(grain, period),
        high=escape(segment(high["segment"])),
        low=escape(segment(low["segment"])),
        most=money(high["revenue_per_customer"], currency),
        least=money(low["revenue_per_customer"], currency),
    )


def sizes_finding(sizes: pd.DataFrame, grain: str) -> str:
    """What cohort_sizes shows: the largest cohort, and the last complete one against the one before."""
    whole = sizes[sizes["complete"]].drop_duplicates("cohort").sort_values("cohort")
    if whole.empty:
        return _("No period is complete yet, so cohorts are not compared.")
    largest, last = whole.loc[whole["all_customers"].idxmax()], whole.iloc[-1]
    said = _("**Most customers started in {period}: {n}**, on average {mean} a period.").format(
        period=_period(largest["cohort"], grain),
        n=number(int(largest["all_customers"])),
        mean=number(round(whole["all_customers"].mean())),
    )
    if not last["all_customers"]:
        return sentences(
            [
                said,
                _("In {period}, the last complete one, nobody started.").format(period=_period(last["cohort"], grain)),
            ]
        )
    if pd.isna(last["change"]):
        return said
    words = _("In {period}, the last complete one, {n} started: {change} against the one before.")
    then = words.format(
        period=_period(last["cohort"], grain), n=number(int(last["all_customers"])), change=f"{last['change']:+.1%}"
    )
    return sentences([said, then])


def _period(first_day: dt.date, grain: str) -> str:
    return period_label(pd.Timestamp(first_day).date(), grain)


def comparison_finding(compared: pd.DataFrame, grain: str, first: str, second: str) -> str:
    """What cohort_comparison shows: the difference in the first later period, whether it is more than chance, and after."""
    later = compared[compared["period"] > 0]
    if later.empty:
        return _("The two segments have no complete period in common.")
    early = later.iloc[0]
    if min(early["customers_a"], early["customers_b"]) < FEW:
        return _("One of the two has fewer than 30 customers, too few to compare.")
    names = {"first": escape(segment(first)), "second": escape(segment(second))}
    apart = later[(later["ci_low"] > 0) | (later["ci_high"] < 0)]
    if early["ci_low"] <= 0 <= early["ci_high"]:
        words = _(
            "**No difference beyond chance in {when}**: {first} {a}, {second} {b} (difference {d}, 95 % interval {i})."
        )
    elif early["difference"] > 0:
        words = _(
            "**{first} keeps more customers in {when}**: {a} against {b} of {second} (difference {d}, 95 % interval {i})."
        )
    else:
        words = _(
            "**{second} keeps more customers in {when}**: {b} against {a} of {first} (difference {d}, 95 % interval {i})."
        )
    said = words.format(
        **names,
        when=since(grain, int(early["period"])),
        a=percent(early["retention_a"]),
        b=percent(early["retention_b"]),
        d=points(early["difference"]),
        i=points_interval(early["ci_low"], early["ci_high"]),
    )
    return sentences(
        [
            said,
            _(
                "The interval excludes no difference in {n} of {all} periods after the start; each interval stands for itself."
            ).format(n=number(len(apart)), all=number(len(later))),
        ]
    )
