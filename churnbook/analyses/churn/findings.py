"""Findings about churn, in one or two sentences, with their numbers and their uncertainty."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from churnbook.analyses.say import FEW, ends, points
from churnbook.catalogue.labels import segment
from churnbook.datasets.definition import BY_INACTIVITY
from churnbook.datasets.facts import Facts
from churnbook.words.formats import (
    escape,
    interval,
    listed,
    number,
    percent,
    period_label,
    sentences,
    short_number,
)
from churnbook.words.language import N_, _, ngettext


def last_complete(rates: pd.DataFrame) -> pd.DataFrame:
    """The rows of the last complete period that begins with customers of whom some can be lost; empty without any."""
    whole = rates[rates["complete"] & rates["can_lose"] & (rates["opening_customers"] > 0)]
    return whole[whole["period"] == whole["period"].max()]


def periods(rates: pd.DataFrame) -> tuple[list[dt.date], dt.date | None]:
    """The first days of the periods with a churn rate, the newest first, and the last complete one of them."""
    known = rates[rates["can_lose"] & (rates["opening_customers"] > 0)]["period"]
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
        return _("There is no complete period in which customers could be lost, so there is no churn rate yet.")
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
    known = pd.notna(row["annual_of_three_months"]) and row["opening_customers"] >= FEW
    if grain != "year" and known and 0 < row["churn_rate"] < 1:
        parts.append(
            _("If it went on as in the three months up to its end, {rate} would be lost in a year.").format(
                rate=percent(row["annual_of_three_months"])
            )
        )
    if net := _net(row):
        parts.append(net)
    return sentences(parts)


def _net(row: pd.Series) -> str | None:
    """How new and returned customers stand against those lost; None where nobody came."""
    new, back = int(row["new_customers"]), int(row["returned_customers"])
    net = int(row["closing_customers"] - row["opening_customers"])
    if not new + back:
        return None
    if not net:
        return _("{new} new and {back} returned make up for them exactly.").format(new=number(new), back=number(back))
    return _("With {new} new and {back} returned, the net is {net}.").format(
        new=number(new), back=number(back), net=f"{net:+,}"
    )


def _split_finding(last: pd.DataFrame, grain: str) -> str:
    return ends(
        last[last["opening_customers"] >= FEW],
        "churn_rate",
        _(
            "**In {when} {high} lose most: {high_share}** of their customers ({high_interval}); {low} least: {low_share} ({low_interval})."
        ),
        when=_period(last["period"].iloc[0], grain),
    )


def rate_caption(facts: Facts) -> str:
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


def behind(picked: Mapping[str, Any], grain: str) -> tuple[Callable[[int, Any], str], str]:
    """What customers behind a bar are called: the heading of their list, and their name when kept as a segment.

    The heading is made from their number and the state listed.
    """
    suggested = _("Churn {period}").format(period=_period(picked["in_period"], grain))
    if picked.get("segment") is not None:
        suggested += f" {segment(picked['segment'])}"

    def heading(n: int, state: Any) -> str:
        words = {
            "lost": ngettext("{n} customer lost in {period}", "{n} customers lost in {period}", n),
            "new": ngettext("{n} new customer in {period}", "{n} new customers in {period}", n),
            "returned": ngettext(
                "{n} customer who came back in {period}", "{n} customers who came back in {period}", n
            ),
            "joined_and_left": ngettext(
                "{n} customer who joined and left in {period}", "{n} customers who joined and left in {period}", n
            ),
            "left_and_returned": ngettext(
                "{n} customer lost and back in {period}", "{n} customers lost and back in {period}", n
            ),
        }
        said = words[str(state)].format(n=number(n), period=_period(picked["in_period"], grain))
        return f"{escape(segment(picked['segment']))} · {said}" if picked.get("segment") is not None else said

    return heading, suggested


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
        return _("There is no complete period in which customers could be lost, so there is no churn rate yet.")
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
    counts = {
        _("{n} who joined and left in it"): int(known["joined_and_left"].max()),
        _("{n} who came back"): int(-known["returned"].min()),
        _("{n} lost and back in it"): int(known[known["convention"] == "baremetrics"]["again"].max()),
        _("{n} new in the base"): int(known["base"].max() - ours["base"]),
    }
    causes = [words.format(n=number(n)) for words, n in counts.items() if n]
    return sentences([said, _("The difference is: {causes}.").format(causes=listed(causes))])


def conventions_caption() -> str:
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
        return _("In one of the two periods nobody could be lost yet, so there is nothing to compare.")
    before, now = _period(first["period_before"], grain), _period(first["period"], grain)
    difference = float(first["total"] - first["total_before"])
    words = (
        N_("**From {before} to {now} the churn rate stayed at {new}**.")
        if percent(first["total_before"]) == percent(first["total"])
        else N_("**From {before} to {now} the churn rate rose from {old} to {new}** ({difference}).")
        if difference > 0
        else N_("**From {before} to {now} the churn rate fell from {old} to {new}** ({difference}).")
    )
    said = _(words).format(
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


def share_finding(lost: pd.DataFrame) -> str:
    """What churned_share shows: the share of all customers who are lost, or the segments with most and least."""
    if lost["segment"].notna().any():
        return ends(
            lost[lost["customers"] >= FEW],
            "share",
            _(
                "**{high} have lost most: {high_share}** of their customers ({high_interval}); {low} least: {low_share} ({low_interval})."
            ),
        )
    row = lost.iloc[0]
    return _("**{lost} of {customers} customers are lost: {share}** (95 % interval {interval}).").format(
        lost=number(int(row["churned_customers"])),
        customers=number(int(row["customers"])),
        share=percent(row["share"]),
        interval=interval(row["ci_low"], row["ci_high"]),
    )


def knows_terms(due: pd.DataFrame) -> bool:
    """Whether any subscription has a billing interval, without which only ends would be due."""
    return bool((due["share_with_interval"] > 0).any())


def renewal_finding(due: pd.DataFrame, rates: pd.DataFrame, grain: str) -> str:
    """What renewal_rate shows of the last complete period, beside the churn rate of all customers.

    With a split, the segments that renew most and least.
    """
    if not knows_terms(due):
        return _(
            "No subscription has a billing interval, so it is not known who was due, and there is no renewal rate."
        )
    whole = due[due["complete"]]
    last = whole[whole["period"] == whole["period"].max()]
    if last.empty:
        return _("No complete period has a term that ends in it, so there is no renewal rate yet.")
    period = _period(last["period"].iloc[0], grain)
    if due["segment"].notna().any():
        return ends(
            last[last["due_customers"] >= FEW],
            "renewal_rate",
            _(
                "**In {when} {high} renew most: {high_share}** ({high_interval}); {low} least: {low_share} ({low_interval})."
            ),
            when=period,
        )
    row = last.iloc[0]
    said = _("**In {period} {kept} of {due} customers due renewed: {rate}** (95 % interval {interval}).").format(
        period=period,
        kept=number(int(row["due_customers"] - row["lost_customers"])),
        due=number(int(row["due_customers"])),
        rate=percent(row["renewal_rate"]),
        interval=interval(row["ci_low"], row["ci_high"]),
    )
    beside = rates[(rates["period"] == row["period"]) & rates["churn_rate"].notna()]
    if beside.empty:
        return said
    others = _("Of all customers {rate} were lost, since most had no term that ended.").format(
        rate=percent(beside.iloc[0]["churn_rate"])
    )
    return sentences([said, others]) if row["due_customers"] < beside.iloc[0]["opening_customers"] / 2 else said


def renewal_caption(due: pd.DataFrame) -> str:
    """What counts as due, with what the files do not tell; empty where they tell nothing of it."""
    if not knows_terms(due):
        return ""
    parts = [_("Due: a billing interval comes round, or the subscription ends. Renewed: not lost on that day.")]
    known = float(due["share_with_interval"].min())
    if known < 1:
        parts.append(
            _(
                "{share} of subscriptions have a billing interval; of the others only ends are known, so that the rate is too low."
            ).format(share=percent(known))
        )
    return sentences(parts)


def _period(first_day: Any, grain: str) -> str:
    return period_label(pd.Timestamp(first_day).date(), grain)
