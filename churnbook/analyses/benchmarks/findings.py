"""What can be said of a figure beside published ones: where it stands, and how all of them stand together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from churnbook.analyses.benchmarks.named import value
from churnbook.analyses.benchmarks.ours import Figure, Ours
from churnbook.words import formats
from churnbook.words.formats import listed, number, sentences
from churnbook.words.language import _, ngettext

TOO_FEW, NO_INTERVAL, NO_VALUE = "too_few", "no_interval", "no_value"
_VERDICTS = ("better", "worse", "above", "below", "close", "within")


def under(figure: Figure, ours: Ours, unit: str, currency: str | None) -> str:
    """Below our value: its interval, of when, and of how many."""
    parts = []
    if ours.low is not None and ours.high is not None:
        low, high = value(ours.low, unit, currency), value(ours.high, unit, currency)
        parts.append(_("95 % interval {low} to {high}").format(low=low, high=high))
    if ours.period is not None:
        year = dict(figure.metric.where).get("grain") == "year"
        label = formats.period_label(ours.period, "month")
        parts.append(_("12 months from {month}").format(month=label) if year else label)
    parts.append(_("of {n}").format(n=number(ours.n)))
    return " · ".join(parts)


def verdict(rows: pd.DataFrame, ours: Ours) -> str:
    """Where our figure stands beside the published ones that can be compared, in one or two sentences.

    `rows` have the columns of benchmark_position; those that are not compared say nothing here.
    """
    compared = rows[rows["why"].isna()]
    if compared.empty:
        return _("Nothing published can be compared directly; what is drawn is converted, an estimate.")
    if (compared["verdict"] == TOO_FEW).all():
        return _("**No verdict**: our figure is made of {n}, fewer than 30.").format(n=number(ours.n))
    if (compared["verdict"] == NO_VALUE).all():
        return _("**No verdict**: our figure is larger than can be compared.")
    if (compared["verdict"] == NO_INTERVAL).all():
        return _("**No verdict**: our figure has no interval.")
    found = Counter(compared["verdict"])
    n = len(compared)
    if len(found) == 1:
        (only,) = found
        said = _whole(only, n)
    else:
        parts = [_part(name, found[name]) for name in _VERDICTS if found[name]]
        said = _("**The sources disagree**: {parts}.").format(parts=listed(parts))
    if not is_far(compared, ours):
        return said
    far = _(
        "It lies so far off that what is counted probably differs: look at the definitions before it is called good or bad."
    )
    return sentences([said, far])


def is_far(compared: pd.DataFrame, ours: Ours) -> bool:
    """Whether ours lies so far off all that is published that what is counted probably differs."""
    if not compared["unit"].isin(("share", "hours")).all() or ours.value <= 0:
        return False
    marks = pd.concat([compared[name] for name in ("low", "typical", "high")]).dropna()
    return len(marks) > 0 and (ours.value > _FAR_OFF * marks.max() or ours.value * _FAR_OFF < marks.min())


_FAR_OFF = 3.0
"""Beyond so many times the published figures a difference is rather one of what is counted."""


def _whole(name: str, n: int) -> str:
    words = {
        "better": ngettext("**Better** than the published figure.", "**Better** than all {n} published figures.", n),
        "worse": ngettext("**Worse** than the published figure.", "**Worse** than all {n} published figures.", n),
        "above": ngettext("**Above** the published figure.", "**Above** all {n} published figures.", n),
        "below": ngettext("**Below** the published figure.", "**Below** all {n} published figures.", n),
        "close": ngettext(
            "**Not clearly different** from the published figure, which lies within our interval.",
            "**Not clearly different** from any of the {n} published figures: all lie within our interval.",
            n,
        ),
        "within": ngettext(
            "**Within** the published range, as far as our interval tells.",
            "**Within** all {n} published ranges, as far as our interval tells.",
            n,
        ),
    }
    return words[name].format(n=number(n))


def _part(name: str, n: int) -> str:
    words = {
        "better": ngettext("better than {n}", "better than {n}", n),
        "worse": ngettext("worse than {n}", "worse than {n}", n),
        "above": ngettext("above {n}", "above {n}", n),
        "below": ngettext("below {n}", "below {n}", n),
        "close": ngettext("not clearly different from {n}", "not clearly different from {n}", n),
        "within": ngettext("within the range of {n}", "within the range of {n}", n),
    }
    return words[name].format(n=number(n))


def standing(rows: pd.DataFrame) -> str:
    """better, worse, neither or close where all that is compared agrees; mixed where not; empty without a verdict."""
    found = set(rows[rows["why"].isna()]["verdict"]) - {TOO_FEW, NO_INTERVAL, NO_VALUE}
    found = {"close" if each == "within" else "neither" if each in ("above", "below") else each for each in found}
    if not found:
        return ""
    return found.pop() if len(found) == 1 else "mixed"


def headline(standings: Sequence[tuple[str, str]]) -> str:
    """How many of the figures stand how; `standings` are titles with what standing says of them."""
    judged = [(name, each) for name, each in standings if each]
    if not judged:
        return _("**None of the figures can be judged** with the sources, the region and the samples there are.")
    by_standing = {each: [name for name, other in judged if other == each] for each in ("better", "worse", "neither")}
    open_ = [name for name, each in judged if each in ("close", "mixed")]
    parts = [
        ngettext("**Of {n} figure that can be judged**:", "**Of {n} figures that can be judged**:", len(judged)).format(
            n=number(len(judged))
        )
    ]
    for each, words in (
        ("better", _("{n} better than published ({names})")),
        ("worse", _("{n} worse ({names})")),
        ("neither", _("{n} above or below, which is neither good nor bad ({names})")),
    ):
        if names := by_standing[each]:
            parts.append(words.format(n=number(len(names)), names=listed(names)))
    if open_:
        parts.append(_("{n} not clearly different, or sources disagree").format(n=number(len(open_))))
    return f"{parts[0]} {_('; ').join(parts[1:])}{_('.')}"


def needs_months(months: int) -> str:
    """That a year is not covered yet, and how many months are lacking."""
    lacking = 12 - months
    return ngettext(
        "needs {n} more whole month of data, until twelve are covered",
        "needs {n} more whole months of data, until twelve are covered",
        lacking,
    ).format(n=number(lacking))


def caption() -> str:
    """How to read the charts of a row."""
    return _(
        "Green line: ours, shaded its 95 % interval; dot: typical value of a source; grey bar: its range; hollow: "
        "converted from another period, an estimate. Published figures age: look at their year and population."
    )


_ASKS_PEOPLE = (
    "switching_rate", "switching_intent", "cart_abandon_reason_share", "satisfaction_index", "brand_repurchase_intent",
    "brand_repurchase_rate", "service_channel_share",
)  # fmt: skip
_CLAIMS = (
    "retention_profit_uplift", "retention_marketing_cost_reduction", "acquisition_vs_retention_cost",
    "customer_retention_uplift", "inactivity_window_days",
)  # fmt: skip
_COSTS = ("ltv_cac_ratio", "cac_payback_months", "cac_ratio", "save_offer_acceptance")


def not_computed(metric: str) -> str:
    """Why no figure of ours stands beside a metric that something is published of."""
    if metric in _ASKS_PEOPLE:
        return _("is asked of people about all providers, so no company’s data give it")
    if metric in _CLAIMS:
        return _("is a claim or a definition, not a measure of a company")
    if metric in _COSTS:
        return _("needs costs or a log of offers")
    return _("is not computed yet")
