"""Findings about churn reasons: how many are known first, then which lead, where they differ, and who can act."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import pandas as pd

from churnbook.analyses.say import FEW, points, points_interval
from churnbook.catalogue.labels import attribute, segment
from churnbook.datasets.definition import BY_INACTIVITY
from churnbook.datasets.facts import Facts
from churnbook.datasets.taxonomy import KINDS, NOBODY, UNASSIGNED, UNKNOWN, VOLUNTARY, Version
from churnbook.words.formats import date, escape, interval, listed, money, number, percent, period_label, sentences
from churnbook.words.language import _, ngettext

Names = Mapping[str, str]
SURE = 0.05
"""Differences that chance alone would bring more often than this are not told."""
_MOST_TOLD = 5


def coverage_finding(coverage: pd.Series, currency: str | None) -> str:
    """How many of those lost have a known reason, and of how much money; what of it is not what it seems."""
    lost, known = int(coverage["churned_customers"]), int(coverage["with_reason"])
    if not known:
        said = ngettext(
            "**No reason is known for the {n} customer lost.**",
            "**No reason is known for any of the {n} customers lost.**",
            lost,
        ).format(n=number(lost))
        return sentences([said, *_asides(coverage)])
    parts = [
        _("**A reason is known of {known} of {lost} customers lost: {share}** (95 % interval {interval}).").format(
            known=number(known),
            lost=number(lost),
            share=percent(coverage["coverage"]),
            interval=interval(coverage["ci_low"], coverage["ci_high"]),
        )
    ]
    if pd.notna(coverage["coverage_of_revenue"]):
        parts.append(
            _("They stand for {share} of the {money} lost.").format(
                share=percent(coverage["coverage_of_revenue"]), money=money(coverage["lost_revenue"], currency)
            )
        )
    return sentences([*parts, *_asides(coverage)])


def _asides(coverage: pd.Series) -> list[str]:
    """What must be known of a count of reasons: several of one customer, no place in the list, no loss, no day."""
    found = []
    if several := int(coverage["with_several"]):
        found.append(
            ngettext(
                "{n} customer named several reasons, so that shares add up to more than all.",
                "{n} customers named several reasons, so that shares add up to more than all.",
                several,
            ).format(n=number(several))
        )
    if unassigned := int(coverage["unassigned"]):
        found.append(
            ngettext(
                "**The reason of {n} customer has no place in the list yet**; give it one below.",
                "**The reasons of {n} customers have no place in the list yet**; give them one below.",
                unassigned,
            ).format(n=number(unassigned))
        )
    if outside := int(coverage["outside"]):
        found.append(
            ngettext(
                "{n} statement belongs to nobody who was lost near its day, and is not counted.",
                "{n} statements belong to nobody who was lost near their day, and are not counted.",
                outside,
            ).format(n=number(outside))
        )
    if pd.notna(coverage["lost_revenue"]) and (without := int(coverage["without_money"])):
        found.append(
            ngettext("Of {n} of them no money is known.", "Of {n} of them no money is known.", without).format(
                n=number(without)
            )
        )
    if undated := int(coverage["undated"]):
        found.append(
            ngettext(
                "{n} customer is marked as lost without a day.",
                "{n} customers are marked as lost without a day.",
                undated,
            ).format(n=number(undated))
        )
    return found


def nothing_said() -> str:
    """What brings reasons, where the files hold none."""
    return _(
        "The files hold no reasons: no column of exits, subscriptions or customers says why somebody left. An exit survey, "
        "the cancellation reasons of the billing system or notes of the service would bring them."
    )


def reasons_finding(rows: pd.DataFrame, names: Names, in_detail: str = "") -> str:
    """Which reasons lead among those known, kind by kind, and how surely the first is ahead of the second.

    `in_detail` is a sentence that goes with it.
    """
    parts = []
    kinds = [kind for kind in (*KINDS, "") if ((rows["kind"] == kind) & (rows["reason"] != UNKNOWN)).any()]
    for kind in kinds:
        known = rows[(rows["kind"] == kind) & ~rows["reason"].isin((UNKNOWN, UNASSIGNED))]
        known = known.sort_values(["customers", "reason"], ascending=[False, True])
        if known.empty:
            continue
        first = known.iloc[0]
        lead = ngettext(
            "**{reason} is named most: by {n} customer, {share} of all lost** ({interval})",
            "**{reason} is named most: by {n} customers, {share} of all lost** ({interval})",
            int(first["customers"]),
        ).format(
            reason=escape(names.get(first["reason"], first["reason"])),
            n=number(int(first["customers"])),
            share=percent(first["share"]),
            interval=interval(first["ci_low"], first["ci_high"]),
        )
        if len(kinds) > 1 and kind:
            lead = _("{kind}: {sentence}").format(kind=_(KINDS[kind]), sentence=lead)
        if len(known) > 1:
            second = known.iloc[1]
            name = escape(names.get(second["reason"], second["reason"]))
            if second["ci_high"] > first["ci_low"]:
                lead = _("{lead}, not clearly ahead of {second} with {share}.").format(
                    lead=lead, second=name, share=percent(second["share"])
                )
            else:
                lead = _("{lead}, ahead of {second} with {share}.").format(
                    lead=lead, second=name, share=percent(second["share"])
                )
        else:
            lead = _("{lead}.").format(lead=lead)
        parts.append(lead)
    dearest = _dearest(rows, names)
    return sentences([each for each in (*parts, dearest, in_detail) if each])


def _chosen(rows: pd.DataFrame) -> pd.DataFrame:
    """The known reasons of those who chose to leave: other kinds are not ranked with them."""
    return rows[(rows["kind"] == VOLUNTARY) & ~rows["reason"].isin((UNKNOWN, UNASSIGNED))]


def _dearest(rows: pd.DataFrame, names: Names) -> str | None:
    """Where another reason than the commonest costs most, which."""
    known = _chosen(rows)
    known = known[known["lost_revenue"].notna() & (known["lost_revenue"] > 0)]
    if known.empty:
        return None
    dearest, commonest = known.loc[known["lost_revenue"].idxmax()], known.loc[known["customers"].idxmax()]
    if dearest["reason"] == commonest["reason"]:
        return None
    return _("Most money went with {reason}: {share} of what was lost.").format(
        reason=escape(names.get(dearest["reason"], dearest["reason"])), share=percent(dearest["share_of_revenue"])
    )


def reasons_caption(coverage: pd.Series, version: Version | None, spend_days: int, facts: Facts) -> str:
    """What lost revenue is, which list of reasons counts, and that nobody is left out of a base."""
    moneys = {
        "subscriptions": _("Lost revenue: what the subscription brought a month on its last paid day."),
        "monthly_value": _("Lost revenue: the monthly value in the customer file."),
        "spend": ngettext(
            "Lost revenue: what a customer spent in the {n} day up to the last activity.",
            "Lost revenue: what a customer spent in the {n} days up to the last activity.",
            spend_days,
        ).format(n=number(spend_days)),
        "several": _(
            "Lost revenue: the monthly value in the customer file, where there is none the spend before leaving."
        ),
    }
    if facts.churn and facts.churn.query != BY_INACTIVITY:
        moneys["spend"] = ngettext(
            "Lost revenue: what a customer spent in the {n} day up to the last payment before leaving.",
            "Lost revenue: what a customer spent in the {n} days up to the last payment before leaving.",
            spend_days,
        ).format(n=number(spend_days))
    parts = [_("Every share is of all customers lost in the days chosen, whether they came back later or not.")]
    if coverage["money_of"] in moneys:
        parts.append(moneys[coverage["money_of"]])
    if version:
        parts.append(
            _("Version {n} of the list of reasons, of {day}.").format(
                n=number(version.number), day=date(version.made_at.date())
            )
        )
    return sentences(parts)


def detail_finding(rows: pd.DataFrame, names: Names, groups: Collection[str]) -> str:
    """What is told most of all in detail, below the `groups`; `rows` has the columns of churn_reasons by reason."""
    told = _chosen(rows)
    told = told[~told["reason"].isin(groups)]
    told = told.sort_values(["customers", "reason"], ascending=[False, True]).head(_MOST_TOLD)
    if told.empty:
        return ""
    said = [
        _("{reason} {n}").format(
            reason=escape(names.get(row["reason"], row["reason"])), n=number(int(row["customers"]))
        )
        for row in told.to_dict("records")
    ]
    return _("In detail most told: {reasons}.").format(reasons=listed(said))


def trend_finding(contrasts: pd.DataFrame, names: Names, grain: str) -> str:
    """The period in which a reason stands out most from all others; `contrasts` has the columns of reason_periods."""
    sure = contrasts[(contrasts["q_value"] < SURE) & ~contrasts["reason"].isin((UNKNOWN, UNASSIGNED))]
    if contrasts["p_value"].notna().sum() == 0:
        return _("Too few customers were lost in these periods to tell a change from chance.")
    if sure.empty:
        return _("**In no period a reason clearly stands out**: all differences may be chance.")
    row = sure.sort_values("p_value").iloc[0]
    said = _("**In {when} {share} named {reason}, of all others lost {rest}**: {by} ({interval}).").format(
        when=period_label(pd.Timestamp(row["period"]).date(), grain),
        reason=escape(names.get(row["reason"], row["reason"])),
        share=percent(row["share"]),
        rest=percent(row["rest_share"]),
        by=points(row["difference"]),
        interval=points_interval(row["ci_low"], row["ci_high"]),
    )
    return sentences([said, *_further(len(sure) - 1)])


def _further(n: int) -> list[str]:
    """How many more differences are clear."""
    words = ngettext("{n} more difference is clear.", "{n} more differences are clear.", n)
    return [words.format(n=number(n))] if n > 0 else []


def leads_finding(rows: pd.DataFrame, names: Names) -> str:
    """The segment that names a reason most clearly more often than the others; has the columns of reason_leads."""
    if rows.empty:
        return _(
            "**No segment of any attribute names a reason clearly more or less often than the others**: all differences may be "
            "chance."
        )
    return sentences([_contrast(rows.iloc[0], names), *_further(len(rows) - 1)])


def segments_finding(rows: pd.DataFrame, names: Names) -> str:
    """The clearest difference between a segment and the others; or that none is more than chance."""
    sure = rows[(rows["q_value"] < SURE) & ~rows["reason"].isin((UNKNOWN, UNASSIGNED))]
    if sure.empty:
        return _("**No segment names a reason clearly more often than the others**: all differences may be chance.")
    sure = sure.sort_values("p_value")
    return sentences([_contrast(sure.iloc[0], names), *_further(len(sure) - 1)])


def _contrast(row: pd.Series, names: Names) -> str:
    """One segment against the others."""
    words = (
        _("**{segment} names {reason} more often than the others: {share} against {rest}**, {by} ({interval}).")
        if row["difference"] > 0
        else _("**{segment} names {reason} less often than the others: {share} against {rest}**, {by} ({interval}).")
    )
    return words.format(
        segment=escape(
            f"{attribute(row['attribute'])} = {segment(row['segment'])}"
            if row.get("attribute")
            else segment(row["segment"])
        ),
        reason=escape(names.get(row["reason"], row["reason"])),
        share=percent(row["share"]),
        rest=percent(row["rest_share"]),
        by=points(row["difference"]),
        interval=points_interval(row["ci_low"], row["ci_high"]),
    )


def segments_caption() -> str:
    """How differences between segments are judged."""
    return _(
        "Clear: less than 5 % by chance, corrected for the number of comparisons, and at least {n} lost customers on both sides. "
        "What somebody names is not yet the cause."
    ).format(n=number(FEW))


def tenure_finding(rows: pd.DataFrame, names: Names, band: Callable[[float, float], str]) -> str:
    """The reason named most by those who left earliest and by those who left latest."""
    known = rows[
        rows["band"].notna() & ~rows["reason"].isin((UNKNOWN, UNASSIGNED)) & (rows["churned_customers"] >= FEW)
    ]
    bands = sorted(known["band"].unique())
    if len(bands) < 2:
        return _(
            "Fewer than two lengths of time as a customer have {n} lost customers, so they are not compared."
        ).format(n=number(FEW))
    ends = []
    for each in (bands[0], bands[-1]):
        rows_of = known[known["band"] == each].sort_values(["customers", "reason"], ascending=[False, True])
        first = rows_of.iloc[0]
        ends.append(
            _("after {band} {reason} ({share})").format(
                band=band(first["band"], first["to_days"]),
                reason=escape(names.get(first["reason"], first["reason"])),
                share=percent(first["share"]),
            )
        )
    return _("**Named most {early}, {late}.**").format(early=ends[0], late=ends[1])


def departments_finding(rows: pd.DataFrame, names: Names) -> str:
    """Who can act on most of the losses that customers chose and gave a known reason for."""
    known = rows[(rows["kind"] == VOLUNTARY) & ~rows["department"].isin((UNKNOWN, UNASSIGNED, NOBODY))]
    if known.empty:
        return _("No reason is known that somebody could act on.")
    said = [
        _("{department} {n} ({share})").format(
            department=escape(names.get(row["department"], row["department"])),
            n=number(int(row["customers"])),
            share=percent(row["share"]),
        )
        for row in known.to_dict("records")
    ]
    return _("**Of those who chose to leave, the reason lies with: {departments}.**").format(departments=listed(said))


def agreement_finding(rows: pd.DataFrame) -> str:
    """How often code and comment tell the same, beyond chance."""
    if rows.empty:
        return _("Nobody gave both a code and a comment that tells a reason, so they cannot be compared.")
    first = rows.iloc[0]
    said = _("**Code and comment tell the same group for {share} of {n} lost customers.**").format(
        share=percent(first["agreed"]), n=number(int(first["n"]))
    )
    if pd.isna(first["kappa"]):
        return said
    return sentences(
        [said, _("Beyond chance that is κ = {kappa} (1 is perfect, 0 chance).").format(kappa=f"{first['kappa']:.2f}")]
    )


def sources_findings(rows: pd.DataFrame, table: Callable[[str], str]) -> list[str]:
    """Columns that collected nothing: comments all alike, or hardly any."""
    found = []
    for row in rows.to_dict("records"):
        if row["with_comment"] >= 3 and row["first_comment"] == row["last_comment"]:
            found.append(
                _("The comments in {table} collected nothing: all {n} say “{text}”.").format(
                    table=table(row["source"]),
                    n=number(int(row["with_comment"])),
                    text=escape(_line(row["first_comment"])),
                )
            )
        if row["with_reason"] >= 3 and row["first_reason"] == row["last_reason"]:
            found.append(
                _("The reasons in {table} tell nothing apart: all {n} say “{text}”.").format(
                    table=table(row["source"]),
                    n=number(int(row["with_reason"])),
                    text=escape(_line(row["first_reason"])),
                )
            )
        if row["source"] == "exits" and not row["with_comment"]:
            found.append(_("{table} has no comments.").format(table=table(row["source"])))
    return found


def _line(text: object) -> str:
    """The beginning of a text of a file, in one line."""
    return " ".join(str(text).split())[:60]


def behind(picked: Mapping[str, Any], names: Names, where: str = "") -> tuple[Callable[[int, Any], str], str]:
    """What customers behind a bar are called: the heading of their list, and their name when kept as a segment.

    `where` says of which of them, as a period.
    """
    reason = names.get(str(picked["reason"]), str(picked["reason"]))

    def heading(n: int, _state: Any) -> str:
        if picked["reason"] == UNKNOWN:
            said = ngettext(
                "{n} lost customer of whom no reason is known", "{n} lost customers of whom no reason is known", n
            ).format(n=number(n))
        else:
            said = ngettext("{n} customer lost: {reason}", "{n} customers lost: {reason}", n).format(
                n=number(n), reason=escape(reason)
            )
        return f"{escape(where)} · {said}" if where else said

    return heading, _("Left: {reason}").format(reason=f"{reason} {where}".strip())
