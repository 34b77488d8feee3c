"""Findings about the churn definition: how many days are right, and where records contradict activity."""

from __future__ import annotations

import pandas as pd

from churnbook.words.formats import (
    number,
    percent,
    sentences,
)
from churnbook.words.language import _, ngettext


def suggested_days(tried: pd.DataFrame) -> int | None:
    """The days inactivity_workbench suggests; None where there are no gaps."""
    found = tried["suggested_days"].dropna()
    return int(found.iloc[0]) if len(found) else None


def workbench_finding(tried: pd.DataFrame, days: int) -> str:
    """What so many days without activity mean for churn and returns, and which days the gaps suggest."""
    row = tried[tried["days"] == days]
    if row.empty or not row.iloc[0]["lost"]:
        return _("With {n} days nobody is lost: the data are too short, or everybody comes back sooner.").format(
            n=number(days)
        )
    first = row.iloc[0]
    said = _(
        "**With {days} days churn is {rate} a month, and {returned} of those lost came back later** "
        "({n} times lost; {now} of {customers} customers are lost at the end of the data)."
    ).format(
        days=number(days),
        rate=percent(first["monthly_churn_rate"]),
        returned=percent(first["returned_share"]),
        n=number(int(first["lost"])),
        now=number(int(first["lost_now"])),
        customers=number(int(first["customers"])),
    )
    suggested = suggested_days(tried)
    if suggested is None:
        return said
    gaps = _("Nine of ten gaps between two activities end within {n} days: from then on silence is unusual.").format(
        n=number(suggested)
    )
    return sentences([said, gaps])


_MANY_RETURN = 0.2
"""From this share of returns among those lost, a longer silence is suggested."""
_FAR_LESS = 0.5
"""A silence that would do with so much less of the days in use is suggested too."""


def better_days(tried: pd.DataFrame, days: int) -> tuple[int, str] | None:
    """Other inactivity days that are worth a try, and why in words; None where those in use do well.

    That is where many of those lost come back, or where customers are called lost long after silence is unusual.
    """
    suggested, row = suggested_days(tried), tried[tried["days"] == days]
    if suggested is None or row.empty or not row.iloc[0]["lost"]:
        return None
    returned = float(row.iloc[0]["returned_share"])
    if suggested > days and returned >= _MANY_RETURN:
        words = _(
            "**With {days} days without activity, {returned} of those lost came back later.** Nine of ten gaps between two "
            "activities end within {suggested} days, which may fit better."
        )
    elif suggested <= days * _FAR_LESS:
        words = _(
            "**Customers are called lost after {days} days, though nine of ten gaps between two activities end within "
            "{suggested} days.** Fewer days would tell of a loss sooner."
        )
    else:
        return None
    return suggested, words.format(days=number(days), returned=percent(returned), suggested=number(suggested))


def workbench_caption() -> str:
    """How to read the workbench of inactivity days."""
    return sentences(
        [
            _("Too few days call customers lost who only pause; too many tell of a loss when it is too late."),
            _("The rate is times lost over days at risk, over all the data."),
        ]
    )


def gap_finding(tried: pd.DataFrame, gap_days: int) -> str:
    """What the gap allowed between two subscriptions means for losses and returns.

    Where many gaps are one day long, ends seem to name the last day paid for, and one day is proposed.
    """
    row = tried[tried["gap_days"] == gap_days]
    if row.empty or not row.iloc[0]["lost"] + row.iloc[0]["bridged"]:
        return _("No subscription has ended yet, so nobody is lost.")
    first = row.iloc[0]
    said = _(
        "**With a gap of {days} days {lost} losses are counted, of whom {share} came back later**; "
        "{bridged} gaps between two subscriptions count as none."
    ).format(
        days=number(gap_days),
        lost=number(int(first["lost"])),
        share=percent(first["returned_share"]) if first["lost"] else "—",
        bridged=number(int(first["bridged"])),
    )
    day = int(tried[tried["gap_days"] == 1]["bridged"].max())
    if gap_days or day * 10 < first["lost"]:
        return said
    words = _("{n} gaps are one day long: if ends name the last day paid for, allow 1 day.")
    return sentences([said, words.format(n=number(day))])


def contradictions_finding(rows: pd.DataFrame, state: str, days: int) -> str:
    """How many customers the records and their activity say different things of."""
    n = len(rows)
    if not n:
        return (
            _("**No customer marked as churned is active later.**")
            if state == "active_after"
            else _("**No customer without a mark has been silent for {days} days.**").format(days=number(days))
        )
    if state == "active_after":
        words = ngettext(
            "**{n} customer is marked as churned and active later.** The churn definition decides whom to believe.",
            "**{n} customers are marked as churned and active later.** The churn definition decides whom to believe.",
            n,
        )
    else:
        words = ngettext(
            "**{n} customer has been silent for {days} days or more without a mark of churn.**",
            "**{n} customers have been silent for {days} days or more without a mark of churn.**",
            n,
        )
    return words.format(n=number(n), days=number(days))
