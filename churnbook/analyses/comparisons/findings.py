"""What is said of a figure against its own past, of segments against the rest, and of before and after a change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from churnbook.analyses.overview import findings as figures
from churnbook.analyses.say import FEW, points
from churnbook.catalogue.labels import segment
from churnbook.datasets.definition import BY_INACTIVITY, Definition
from churnbook.words.formats import escape, listed, money, number, period_label, sentences
from churnbook.words.language import N_, _, ngettext

SURE = 0.05
"""A gap that chance alone would bring more often than this, corrected for how many are compared, is not told."""
_MOST_TOLD = 3
FEWEST_BEFORE = 4
"""Without so many periods before a change there is no trend to go on with."""


def by(difference: float, kind: str, currency: str | None) -> str:
    """A difference of a figure as it is read: +1.2 points, +¥12, +0.3."""
    if kind == "share":
        return points(difference)
    sign = "+" if difference > 0 else "−" if difference < 0 else ""
    return f"{sign}{figures.value(abs(difference), 'ratio' if kind == 'score' else kind, currency)}"


def spread(low: float, high: float, kind: str, currency: str | None) -> str:
    """The interval of a difference: +1.2 points to +3.4 points."""
    return _("{low} to {high}").format(low=by(low, kind, currency), high=by(high, kind, currency))


def now_and_before(rows: pd.DataFrame) -> tuple[pd.Series | None, pd.Series | None]:
    """The rows of metric_history that are compared, the later first; None where there is none."""
    now, before = (rows[rows["part"] == part] for part in ("now", "before"))
    return (None if now.empty else now.iloc[0]), (None if before.empty else before.iloc[0])


def history_finding(rows: pd.DataFrame, figure: str, grain: str, currency: str | None) -> str:
    """What a figure was in two periods and how it changed, with the interval of the change."""
    now, before = now_and_before(rows)
    if now is None:
        return _("No whole period has this figure. Choose a shorter period.")
    kind, label = str(now["kind"]), period_label(pd.Timestamp(now["period"]).date(), grain)
    there = _("**{figure} in {period}: {value}**").format(
        figure=figures.name(figure), period=label, value=figures.value(now["value"], kind, currency)
    )
    if before is None or pd.isna(now["before"]):
        return f"{there}{_('.')} " + _("The period it is to be held against is not covered whole, or lacks the figure.")
    earlier = period_label(pd.Timestamp(before["period"]).date(), grain)
    change = by(now["difference"], kind, currency)
    parts = [
        there
        + _(", {value} in {period}: **{change}**").format(
            value=figures.value(now["before"], kind, currency), period=earlier, change=change
        )
    ]
    if pd.notna(now["relative"]):
        parts[0] += _(", that is {relative}").format(relative=f"{now['relative']:+.0%}")
    parts[0] += _(".")
    if pd.isna(now["difference_low"]):
        parts.append(_("There are too few periods to say how far chance alone would carry it."))
        return sentences(parts)
    interval = spread(now["difference_low"], now["difference_high"], kind, currency)
    is_clear = now["difference_low"] > 0 or now["difference_high"] < 0
    if now["interval_of"] == "sample":
        words = (
            _("The change is clear: its 95 % interval is {interval}.")
            if is_clear
            else _("The change can be chance: its 95 % interval is {interval}.")
        )
    else:
        words = (
            _("That is more than neighbouring periods usually differ by (95 % interval {interval}).")
            if is_clear
            else _("Neighbouring periods differ by as much (95 % interval {interval}).")
        )
    parts.append(words.format(interval=interval))
    return sentences(parts)


def gaps_finding(gaps: pd.DataFrame, figure: str, attribute: str, currency: str | None) -> str:
    """Which segments differ clearly from the rest, and what it is worth to bring the worse ones to the mean of all."""
    compared = gaps[gaps["q_value"].notna()]
    if gaps["rest"].isna().all() and len(gaps) > 1:
        return _(
            "This figure is shown by segment; a sum, a median or one without an interval is not tested against the rest."
        )
    if len(compared) < 2:
        return _(
            "Fewer than two segments have {n} or more, and cases enough for a test of shares (five expected on either side), so "
            "they are not compared. A longer period has more."
        ).format(n=number(FEW))
    clear = compared[compared["q_value"] < SURE].sort_values("q_value")
    kind = str(gaps["kind"].iloc[0])
    if clear.empty:
        said = [
            ngettext(
                "**No clear difference** between {n} segment and the rest, with how many are compared taken into account.",
                "**No clear difference** between any of {n} segments and the rest, with how many are compared taken into account.",
                len(compared),
            ).format(n=number(len(compared)))
        ]
        return sentences([*said, smallest(gaps)])
    said = []
    at_stake = clear[clear["at_stake"].fillna(0) > 0].sort_values("at_stake", ascending=False)
    for _index, row in at_stake.head(_MOST_TOLD).iterrows():
        name = f"{escape(attribute)} {escape(segment(row['segment']))}"
        customers = ngettext("{n} customer", "{n} customers", max(round(row["at_stake"]), 1)).format(
            n=number(round(row["at_stake"]))
        )
        if pd.notna(row["money_at_stake"]):
            said.append(
                _(
                    "**Bringing {segment} to the average keeps {customers} and {money} a month** ({value}, all {overall})."
                ).format(
                    segment=name,
                    customers=customers,
                    money=money(row["money_at_stake"], currency),
                    value=figures.value(row["value"], kind, currency),
                    overall=figures.value(row["overall"], kind, currency),
                )
            )
        else:
            said.append(
                _("**Bringing {segment} to the average keeps {customers}** ({value}, all {overall}).").format(
                    segment=name,
                    customers=customers,
                    value=figures.value(row["value"], kind, currency),
                    overall=figures.value(row["overall"], kind, currency),
                )
            )
    others = clear[~clear.index.isin(at_stake.index)].head(_MOST_TOLD)
    said += [
        _("**{segment}** lies {gap} off the rest ({interval}).").format(
            segment=escape(segment(row["segment"])),
            gap=by(row["gap"], kind, currency),
            interval=spread(row["gap_low"], row["gap_high"], kind, currency),
        )
        for _index, row in others.iterrows()
    ]
    if more := len(clear) - len(said):
        said.append(
            ngettext(
                "{n} more segment lies clearly off the rest.", "{n} more segments lie clearly off the rest.", more
            ).format(n=number(more))
        )
    return sentences([*said, smallest(gaps)])


def smallest(gaps: pd.DataFrame) -> str:
    """The smallest segment that is compared, and those too small to be."""
    compared, left_out = gaps[gaps["q_value"].notna()], gaps[gaps["q_value"].isna()]
    parts = []
    if len(compared):
        least = compared.sort_values("n").iloc[0]
        parts.append(
            _("The smallest compared is {segment} with {n}.").format(
                segment=escape(segment(least["segment"])), n=number(int(least["n"]))
            )
        )
    if len(left_out):
        names = listed([escape(segment(name)) for name in left_out["segment"]], 5)
        parts.append(_("Too small, or too few cases, to be compared: {names}.").format(names=names))
    return sentences(parts)


def gaps_caption() -> str:
    """How to read the dots."""
    return _(
        "Dot: the segment with its 95 % interval; diamond: drawn towards all, the more the smaller it is; dashed: all "
        "together; grey: too small, or no clear gap. Gaps are corrected for how many segments are compared (Benjamini–Hochberg)."
    )


def phases_missing(phases: pd.DataFrame, changed_on: dt.date, first: dt.date | None, last: dt.date | None) -> str:
    """Why before and after cannot be told: the change lies outside the data, or one side has no whole period."""
    if first and last and not first <= changed_on <= last:
        return _("{day} lies outside the data, which go from {first} to {last}.").format(
            day=changed_on.isoformat(), first=first.isoformat(), last=last.isoformat()
        )
    sides = set(phases[phases["is_concerned"]]["phase"]) if len(phases) else set()
    if "before" not in sides:
        return _("There is no whole period with this figure before the change.")
    if "after" not in sides:
        return _("There is no whole period with this figure after the change yet.")
    return ""


def effect_finding(effect: pd.Series, figure: str, names: Mapping[str, str], currency: str | None) -> str:
    """The mean after a change against the trend before, and against those it does not concern."""
    kind = str(effect["kind"])

    def value(of: str) -> str:
        return figures.value(effect[of], kind, currency)

    parts = [
        _("**{figure}: {after} after the change, {before} before** ({n_after} and {n_before} periods).").format(
            figure=figures.name(figure),
            after=value("after"),
            before=value("before"),
            n_after=number(int(effect["periods_after"])),
            n_before=number(int(effect["periods_before"])),
        )
    ]
    if pd.notna(effect["effect"]) and pd.notna(effect["effect_low"]):
        is_clear = effect["effect_low"] > 0 or effect["effect_high"] < 0
        words = (
            _(
                "Had the trend before gone on, it would be {expected}: **{effect}** ({interval}), more than chance brings."
            )
            if is_clear
            else _("Had the trend before gone on, it would be {expected}: {effect} ({interval}), which can be chance.")
        )
        parts.append(
            words.format(
                expected=value("expected"),
                effect=by(effect["effect"], kind, currency),
                interval=spread(effect["effect_low"], effect["effect_high"], kind, currency),
            )
        )
    else:
        parts.append(
            _("With fewer than {n} periods before the change there is no trend to go on with.").format(n=FEWEST_BEFORE)
        )
    if pd.notna(effect["difference_in_differences"]):
        has_interval = pd.notna(effect["did_low"])
        interval = spread(effect["did_low"], effect["did_high"], kind, currency) if has_interval else "—"
        parts.append(
            _(
                "{other} went from {other_before} to {other_after} meanwhile; the difference in differences is **{did}** ({interval})."
            ).format(
                other=names["unaffected"],
                other_before=value("other_before"),
                other_after=value("other_after"),
                did=by(effect["difference_in_differences"], kind, currency),
                interval=interval,
            )
        )
    return sentences(parts)


def effect_caption(figure: str, churn: Definition | None) -> str:
    """What before and after do not show; of losses by inactivity, that they come late."""
    said = _(
        "Nobody was assigned by chance: other things changed at the same time, and seasons are not taken out. This "
        "describes what happened and proves no cause. Dashed: the straight trend of the periods before, continued, with the 95 % "
        "interval of a single period."
    )
    if figure in ("churn_rate", "retention_rate") and churn is not None and churn.query == BY_INACTIVITY:
        late = _(
            "Customers count as lost {n} days after they were last seen: who stayed away because of the change is counted so "
            "much later."
        )
        said = sentences([said, late.format(n=number(churn.days))])
    return said


ROLES: Mapping[str, str] = MappingProxyType({"before": N_("before"), "during": N_("during"), "after": N_("after")})
