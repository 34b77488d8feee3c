"""What findings share: how few customers are too few, the two ends of a split, words for differences."""

from __future__ import annotations

import pandas as pd

from churnbook.catalogue.labels import segment
from churnbook.datasets.facts import Facts
from churnbook.words.formats import date, escape, interval, number, percent, sentences
from churnbook.words.language import _, ngettext

FEW = 30
"""Below this many customers a rate is drawn grey and not compared."""


def ends(rows: pd.DataFrame, rate: str, words: str, when: str = "", **fields: str) -> str:
    """The segments with the highest and the lowest rate in words, or that they do not differ, or not clearly.

    `rows` are the segments with customers enough, `when` the period they are of, `fields` what the words name besides.
    """
    if len(rows) < 2:
        return _("Fewer than two segments have 30 customers or more, so they are not compared.")
    ordered = rows.sort_values(rate)
    low, high = ordered.iloc[0], ordered.iloc[-1]
    if percent(low[rate]) == percent(high[rate]):
        same = (
            _("**In {when} all {n} segments have the same rate: {share}**; nothing tells them apart.")
            if when
            else _("**All {n} segments have the same rate: {share}**; nothing tells them apart.")
        )
        return same.format(when=when, n=number(len(rows)), share=percent(low[rate]))
    if low["ci_high"] >= high["ci_low"]:
        words = (
            _(
                "**In {when} the segments do not clearly differ**: from {low} with {low_share} ({low_interval}) to {high} with"
                " {high_share} ({high_interval}); these 95 % intervals overlap."
            )
            if when
            else _(
                "**The segments do not clearly differ**: from {low} with {low_share} ({low_interval}) to {high} with"
                " {high_share} ({high_interval}); these 95 % intervals overlap."
            )
        )
    return words.format(
        high=escape(segment(high["segment"])),
        low=escape(segment(low["segment"])),
        high_share=percent(high[rate]),
        low_share=percent(low[rate]),
        high_interval=interval(high["ci_low"], high["ci_high"]),
        low_interval=interval(low["ci_low"], low["ci_high"]),
        when=when,
        **fields,
    )


def segment_heading(name: str, customers: int) -> str:
    """What stands above the heatmap of one segment."""
    words = ngettext("**{segment}** · {n} customer", "**{segment}** · {n} customers", customers)
    return words.format(segment=escape(segment(name)), n=number(customers))


def points(difference: float) -> str:
    """A difference of two shares in percentage points: 0.123 is +12.3 points."""
    return _("{n} points").format(n=f"{difference * 100:+.1f}")


def points_interval(low: float, high: float) -> str:
    """The interval of a difference of two shares: +1.2 to +3.4 points."""
    return _("{low} to {high} points").format(low=f"{low * 100:+.1f}", high=f"{high * 100:+.1f}")


def definition_words(facts: Facts) -> str:
    """The churn definition of a dataset with its version and since when, and who is left out."""
    if facts.churn is None:
        return _("No churn definition.")
    said = _("{definition} (in use since {day}).").format(definition=facts.churn.words, day=date(facts.defined_on))
    if not facts.left_out:
        return said
    out = ngettext("{n} account is left out.", "{n} accounts are left out.", facts.left_out)
    return sentences([said, out.format(n=number(facts.left_out))])
