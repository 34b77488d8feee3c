"""What a funnel shows, in one or two sentences, and the rules attempts are counted by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pandas as pd

from churnbook.analyses.funnels.steps import titles_of
from churnbook.analyses.say import FEW, ends, points, points_interval
from churnbook.catalogue.labels import event, segment
from churnbook.catalogue.query import Value
from churnbook.words.formats import duration, escape, interval, listed, number, percent, period_label, sentences
from churnbook.words.language import N_, _, ngettext

TOOLS = MappingProxyType(
    {"churnbook": "Churnbook", "mixpanel": "Mixpanel", "amplitude": "Amplitude", "posthog": "PostHog"}
)
"""The tools whose rules can be taken over."""
RULES: Mapping[str, Mapping[str, Value]] = MappingProxyType(
    {
        tool: MappingProxyType(
            {
                "mode": "ordered",
                "attempt": attempt,
                "window": window,
                "window_unit": "day",
                "ties": "together",
                "excluded": excluded,
            }
        )
        for tool, attempt, window, excluded in (
            ("churnbook", "best", 14, "dropped"),
            ("mixpanel", "first", 30, "dropped"),
            ("amplitude", "best", 30, "dropped"),
            ("posthog", "latest", 14, "removed"),
        )
    }
)
"""How each tool counts when left alone: these parameters of a funnel together."""


APART = 0.03
"""First attempts are told beside the attempts that count where their conversion is further away than this."""

_REACHED = {
    "best": N_(
        "**{share} of those who entered reached “{event}” in one of their attempts** ({n} customers, 95 % interval"
        " {interval})."
    ),
    "first": N_(
        "**{share} of those who entered reached “{event}” in their first attempt** ({n} customers, 95 % interval"
        " {interval})."
    ),
    "latest": N_(
        "**{share} of those who entered reached “{event}” in their latest attempt** ({n} customers, 95 % interval"
        " {interval})."
    ),
}
_ENDS = {
    "best": N_(
        "**{high} come through most: {high_share}** of those who entered, in one of their attempts ({high_interval});"
        " {low} least: {low_share} ({low_interval})."
    ),
    "first": N_(
        "**{high} come through most: {high_share}** of those who entered, in their first attempt ({high_interval});"
        " {low} least: {low_share} ({low_interval})."
    ),
    "latest": N_(
        "**{high} come through most: {high_share}** of those who entered, in their latest attempt ({high_interval});"
        " {low} least: {low_share} ({low_interval})."
    ),
}


def funnel_finding(
    funnel: pd.DataFrame, attempt: str = "best", first: pd.DataFrame | None = None, titles: Sequence[str] = ()
) -> str:
    """How many came through by the attempt that counts, and before which step most drop off.

    With a split, the segments at both ends. `first` is the same funnel by first attempts, told where it says something
    else; `titles` are what the steps are called.
    """
    last = funnel[funnel["step"] == funnel["step"].max()]
    if funnel["segment"].notna().any():
        enough = last[last["base"] >= FEW]
        said = [ends(enough, "conversion_from_start", _(_ENDS[attempt]))]
        if first is not None and len(enough) > 1:
            ordered = enough.sort_values("conversion_from_start")
            said.append(_segments_at_first([ordered.iloc[-1], ordered.iloc[0]], first))
        return sentences([each for each in said if each])
    titles = titles or titles_of(list(funnel["event"]))
    start, end = funnel.iloc[0], last.iloc[0]
    entered = int(start["customers"])
    if len(funnel) == 1:
        return ngettext(
            "**{n} customer** did it. Add a step to see how many go on.",
            "**{n} customers** did it. Add a step to see how many go on.",
            entered,
        ).format(n=number(entered))
    if pd.isna(end["conversion_from_start"]):
        return _(
            "All {n} customers who entered still have time, so nothing can be said about who comes through."
        ).format(n=number(entered))
    waiting = int(funnel["in_progress"].sum())
    name = escape(titles[-1])
    if waiting and end["conversion_from_start"] == 1:
        return _(
            "**So far {n} of the {entered} who entered reached “{event}”**; all others still have time, so there is no"
            " rate yet."
        ).format(n=number(int(end["customers"])), entered=number(entered), event=name)
    said = [
        _(_REACHED[attempt]).format(
            share=percent(end["conversion_from_start"]),
            n=number(int(end["customers"])),
            event=name,
            interval=interval(end["ci_low"], end["ci_high"]),
        )
    ]
    if first is not None and _is_apart(end, at_first := first[first["step"] == first["step"].max()].iloc[0]):
        said.append(_("Of first attempts, {share} did.").format(share=percent(at_first["conversion_from_start"])))
    worst = funnel.loc[funnel["dropped"].idxmax()]
    if worst["dropped"] > 0:
        said.append(
            _(
                "Most drop off before “{event}”: {n} customers; only {share} of those at the step before reached it."
            ).format(
                event=escape(titles[int(worst["step"]) - 1]),
                n=number(int(worst["dropped"])),
                share=percent(worst["conversion_from_previous"]),
            )
        )
    if waiting:
        said.append(
            ngettext(
                "{n} customer still has time and is in no rate.",
                "{n} customers still have time and are in no rate.",
                waiting,
            ).format(n=number(waiting))
        )
    return sentences(said)


def _is_apart(counted: pd.Series, at_first: pd.Series) -> bool:
    difference = counted["conversion_from_start"] - at_first["conversion_from_start"]
    return bool(pd.notna(difference) and abs(difference) > APART)


def _segments_at_first(counted: Sequence[pd.Series], first: pd.DataFrame) -> str:
    """The conversion of these segments by first attempts, where it differs for one; else nothing."""
    last = first[first["step"] == first["step"].max()].set_index("segment")
    pairs = [(row, last.loc[row["segment"]]) for row in counted if row["segment"] in last.index]
    if len(pairs) < 2 or not any(_is_apart(row, at_first) for row, at_first in pairs):
        return ""
    (high, high_first), (low, low_first) = pairs
    return _("Of first attempts: {high} {high_share}, {low} {low_share}.").format(
        high=escape(segment(high["segment"])),
        high_share=percent(high_first["conversion_from_start"]),
        low=escape(segment(low["segment"])),
        low_share=percent(low_first["conversion_from_start"]),
    )


def asked_words(asked: pd.DataFrame) -> str:
    """That only those asked can be satisfied; `asked` has the columns of customers_asked."""
    row = asked.iloc[0]
    return _(
        "Only customers who were asked can be satisfied: {n} of {customers} have an answer in a survey; the others cannot"
        " reach that step."
    ).format(n=number(int(row["answered"])), customers=number(int(row["customers"])))


def nobody(titles: Sequence[str]) -> str:
    """Why a funnel is empty."""
    return _(
        "Nobody did “{event}” in the days chosen, so nobody enters this funnel. Choose another first step."
    ).format(event=escape(titles[0]))


def may_hang_on_ties(funnel: pd.DataFrame, values: Mapping[str, Value]) -> bool:
    """Whether steps at one moment count as following each other, and somebody did two steps at one moment."""
    counts = values["ties"] == "together" and values["mode"] != "any"
    return counts and bool((funnel["at_once"] > 0).any())


def ties_finding(together: pd.DataFrame, later: pd.DataFrame) -> str:
    """How many conversions hang on steps at one moment: the same funnel with such steps counting, and without.

    Empty where none does.
    """
    last = together["step"].max()
    with_ties = int(together[together["step"] == last]["customers"].sum())
    without = int(later[later["step"] == last]["customers"].sum())
    n = with_ties - without
    if not n:
        return ""
    return ngettext(
        "{n} conversion hangs on steps recorded at the same moment; without it {left} are left.",
        "{n} conversions hang on steps recorded at the same moment; without them {left} are left.",
        n,
    ).format(n=number(n), left=number(without))


def overlap_words(chosen: pd.DataFrame) -> str:
    """That in any order a row may stand for two steps; empty where none can. `chosen` has the columns of funnel_steps."""
    by_event = chosen.drop_duplicates(["origin", "name"])
    shared = by_event[by_event.duplicated("origin", keep=False)]
    names = list(dict.fromkeys(shared.sort_values("step", kind="stable")["name"]))
    if not names:
        return ""
    return _("In any order, what fits several of these steps counts for each: {names}.").format(
        names=listed([escape(event(name)) for name in names])
    )


NOTHING = "(nothing)"
"""How funnel_next_customers calls it where nothing came next."""

_MODES = {
    "ordered": N_("steps in this order, with anything in between"),
    "strict": N_("steps in this order, with no other event of the log in between"),
    "any": N_("steps in any order; who enters does whichever step first"),
}
_ATTEMPTS = {
    "best": N_(
        "of several attempts the one that comes furthest: the latest of those that come through, else the first to come so far"
    ),
    "first": N_("a customer's first attempt"),
    "latest": N_("a customer's latest attempt"),
}
_UNITS = {
    "second": lambda n: ngettext("{n} second", "{n} seconds", n),
    "minute": lambda n: ngettext("{n} minute", "{n} minutes", n),
    "hour": lambda n: ngettext("{n} hour", "{n} hours", n),
    "day": lambda n: ngettext("{n} day", "{n} days", n),
    "week": lambda n: ngettext("{n} week", "{n} weeks", n),
    "month": lambda n: ngettext("{n} month", "{n} months", n),
}


def rules_words(values: Mapping[str, Value]) -> str:
    """What is counted, in words, from the parameters of a funnel."""
    window = int(str(values["window"]))
    said = [
        _("Counted: {mode}; {attempt}; {window} from the entry on.").format(
            mode=_(_MODES[str(values["mode"])]),
            attempt=_(_ATTEMPTS[str(values["attempt"])]),
            window=_UNITS[str(values["window_unit"])](window).format(n=number(window)),
        )
    ]
    if values["ties"] == "strictly_later" and values["mode"] != "any":
        said.append(_("Steps at the same moment do not follow each other."))
    if values["exclude"] is not None:
        name = escape(event(str(values["exclude"])))
        said.append(
            _("Whom “{event}” meets in between stops there.").format(event=name)
            if values["excluded"] == "dropped"
            else _("Whom “{event}” meets in between is not counted, unless another attempt is clean.").format(
                event=name
            )
        )
    said.append(_("Pale: still have time. Red: dropped off. Click a bar for its customers."))
    return sentences(said)


def no_times() -> str:
    """Why there is no time to tell."""
    return _("Nobody reached this step, so there is no time to tell.")


def times_finding(summary: pd.DataFrame) -> str:
    """How long it takes: half and nine tenths; with a split, the fastest and slowest segments."""
    if summary["segment"].notna().any():
        enough = summary[summary["customers"] >= FEW].sort_values("median_seconds")
        if len(enough) < 2:
            return _("Too few customers came through to compare how long it takes.")
        fast, slow = enough.iloc[0], enough.iloc[-1]
        return _("**Half take at most {fast_time} in {fast}, {slow_time} in {slow}.**").format(
            fast=escape(segment(fast["segment"])),
            fast_time=duration(fast["median_seconds"]),
            slow=escape(segment(slow["segment"])),
            slow_time=duration(slow["median_seconds"]),
        )
    row = summary.iloc[0]
    return _(
        "**Half of the {n} who came through took at most {median}**; a quarter at most {quarter}, nine tenths at most {most}."
    ).format(
        n=number(int(row["customers"])),
        median=duration(row["median_seconds"]),
        quarter=duration(row["quarter_seconds"]),
        most=duration(row["nine_tenths_seconds"]),
    )


def trend_finding(trend: pd.DataFrame, grain: str) -> str:
    """The last complete period against the one before; with a split, the segments at both ends."""
    whole = trend[trend["complete"] & (trend["entered"] > 0)]
    if whole.empty:
        return _("No period is complete yet: customers of each still have time.")
    last = whole[whole["period"] == whole["period"].max()]
    period = period_label(pd.Timestamp(last.iloc[0]["period"]).date(), grain)
    if trend["segment"].notna().any():
        return ends(
            last[last["entered"] >= FEW],
            "conversion_from_start",
            _(
                "**Of those who first entered in {when}, {high} came through most in that attempt: {high_share}**"
                " ({high_interval}); {low} least: {low_share} ({low_interval})."
            ),
            when=period,
        )
    row = last.iloc[0]
    said = [
        _(
            "**{share} of the {n} customers who first entered in {period} came through in that attempt** (95 % interval"
            " {interval})."
        ).format(
            share=percent(row["conversion_from_start"]),
            n=number(int(row["entered"])),
            period=period,
            interval=interval(row["ci_low"], row["ci_high"]),
        )
    ]
    before = whole[whole["period"] < row["period"]]
    if not before.empty:
        one = before.iloc[-1]
        said.append(
            _("In {period} it was {share}.").format(
                period=period_label(pd.Timestamp(one["period"]).date(), grain),
                share=percent(one["conversion_from_start"]),
            )
        )
    return sentences(said)


def trend_caption() -> str:
    """How to read conversion by entry."""
    return sentences(
        [
            _("Counted by each customer's first attempt, in the period in which it began."),
            _(
                "Pale: the period is not over, or customers who entered in it still have time; how many of all who entered"
                " came through so far."
            ),
            _("Click a dot for its customers."),
        ]
    )


def comparison_caption(values: Mapping[str, Value]) -> str:
    """By which attempts two sides are compared, and that the bars can be clicked; `values` are the query's parameters."""
    said = [_("Counted by each customer's first attempt.")] if values["compare"] == "periods" else []
    return sentences([*said, _("Click a bar for the customers behind it.")])


def next_caption() -> str:
    """By which attempts it is told what came next, and that the bars can be clicked."""
    return sentences(
        [
            _("Counted by each customer's first attempt, so that what came after it is seen."),
            _("Click a bar for the customers behind it."),
        ]
    )


def difference_title(first: str, second: str) -> str:
    """The title of a chart of differences between two sides."""
    return _("{first} less {second}").format(first=first, second=second)


def comparison_finding(compared: pd.DataFrame, first: str, second: str) -> str:
    """Whether two sides really differ in who comes through."""
    row = compared.iloc[-1]
    first, second = escape(first), escape(second)
    if pd.isna(row["difference"]):
        return _("Too few customers on a side to compare them: {a} in {first}, {b} in {second}.").format(
            a=number(int(row["customers_a"])), b=number(int(row["customers_b"])), first=first, second=second
        )
    words = (
        _(
            "**{first} and {second} cannot be told apart**: {a} and {b} come through, a difference of {difference} ({interval})."
        )
        if row["ci_low"] <= 0 <= row["ci_high"]
        else _("**{first} and {second} differ**: {a} and {b} come through, a difference of {difference} ({interval}).")
    )
    return words.format(
        first=first,
        second=second,
        a=percent(row["conversion_a"]),
        b=percent(row["conversion_b"]),
        difference=points(row["difference"]),
        interval=points_interval(row["ci_low"], row["ci_high"]),
    )


def next_finding(following: pd.DataFrame, step: str, titles: Mapping[str, str] | None = None) -> str:
    """What most did next, and how many did nothing, of those who dropped off after a `step`, called so.

    `titles` are what events are called, those of the whole dataset told apart.
    """
    n = int(following["customers"].sum())
    gone = following[following["event"].isna()]
    did = following[following["event"].notna()]
    said = []
    if not did.empty:
        top = did.iloc[0]
        said.append(
            _(
                "**After “{step}”, {share} of the {n} who dropped off did “{event}” next**, half of them within {time}."
            ).format(
                step=escape(step),
                share=percent(top["share"]),
                n=number(n),
                event=escape(next_name(top["event"], titles)),
                time=duration(top["median_seconds"]),
            )
        )
    if not gone.empty:
        said.append(
            _("{share} did nothing any more.").format(share=percent(gone.iloc[0]["share"]))
            if said
            else _("**Nobody of the {n} who dropped off after “{step}” did anything any more.**").format(
                n=number(n), step=escape(step)
            )
        )
    return sentences(said)


def next_name(name: Any, titles: Mapping[str, str] | None = None) -> str:
    """An event that came next, in words as `titles` have them; nothing and the rest included."""
    if name is None or pd.isna(name):
        return _("Nothing any more")
    if name == "(other)":
        return _("(other)")
    return (titles or {}).get(str(name)) or event(str(name))
