"""Charts of churn reasons; those of whom no reason is known are a bar of their own in every one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from churnbook.analyses.draw.finished import on
from churnbook.analyses.draw.marks import either, on_click, outlined, with_selection
from churnbook.analyses.draw.theme import (
    CATEGORICAL,
    CAUTION,
    INK,
    LIGHT_INK,
    LOST,
    MUTED,
    PERCENT,
    SHORT,
    SIGNED_PERCENT,
    Chart,
    number_axis,
    titled,
)
from churnbook.analyses.draw.trends import by_period, with_labels
from churnbook.analyses.say import points, points_interval
from churnbook.catalogue import labels
from churnbook.datasets.taxonomy import KINDS
from churnbook.words import formats
from churnbook.words.language import N_, _

PERIOD, BAND, SEGMENT = ("reason", "kind", "in_period"), ("reason", "kind", "band"), ("reason", "kind", "segment")
"""What a click on a chart says, beside the reason and its kind."""
NOT_KNOWN = "#B9C2C3"
"""The colour of those of whom no reason is known."""
_SHORTLY: Mapping[str, str] = {"voluntary": N_("chosen"), "involuntary": N_("failed"), "ours": N_("by us")}
_NOT_CHOSEN: Mapping[str, str] = {"involuntary": "#EBC08A", "ours": "#B7C6DF"}
"""Their colours beside reasons, from which they must differ."""
COLOURS: Mapping[str, str] = {"voluntary": LOST, "involuntary": CAUTION, "ours": CATEGORICAL[2], "": "#7C8A8C"}
MOST_BARS = 20
_MOST_COLOURS, _MOST_COLUMNS = 9, 12
_SHADES = [
    LOST,
    CATEGORICAL[1],
    CATEGORICAL[0],
    CATEGORICAL[2],
    CATEGORICAL[4],
    CATEGORICAL[5],
    CATEGORICAL[7],
    "#6F4E37",
    "#4D4D4D",
]

Names = Mapping[str, str]
"""What each reason is called, by its key."""


def kinds(rows: pd.DataFrame) -> list[str]:
    """The kinds there are, whether they have a reason or not; at least one, so that what is not known is drawn."""
    there = {kind for kind, reason in zip(rows["kind"], rows["reason"], strict=True) if kind or reason}
    return [kind for kind in COLOURS if kind in there] or [""]


def all_kinds(rows: pd.DataFrame, names: Names) -> Chart:
    """The ranking of every kind, one above the other."""
    drawn = [ranking(rows, names, kind) for kind in kinds(rows)]
    return drawn[0] if len(drawn) == 1 else alt.vconcat(*drawn)


def owners(rows: pd.DataFrame, names: Names, on_dark: bool = False) -> Chart:
    """Lost customers by who can act on their reason, one kind after the other; has the columns of reason_departments."""
    by_kind = rows.assign(reason=rows["department"], at=[list(COLOURS).index(kind) for kind in rows["kind"]])
    by_kind = by_kind.assign(last=(by_kind["reason"] == "") & (by_kind["kind"] == ""))
    shown = by_kind.sort_values(["last", "at", "customers"], ascending=[True, True, False], kind="stable")
    shown = shown.assign(
        row=[
            _("{reason} ({kind})").format(reason=word, kind=_(_SHORTLY[kind]))
            if kind in ("involuntary", "ours")
            else word
            for word, kind in zip(
                [names.get(each, each) if each else _silent(kind) for each, kind in _pairs(shown)],
                shown["kind"],
                strict=True,
            )
        ],
        silent=shown["reason"] == "",
        text=_numbers(shown),
        interval=_intervals(shown),
    )
    base = on(shown).encode(
        y=_by_reason(shown), x=alt.X("customers:Q", title=None, axis=alt.Axis(format=",d", tickCount=5, tickMinStep=1))
    )
    bars = base.mark_bar(height=18).encode(
        color=alt.Color(
            "kind:N",
            scale=alt.Scale(domain=list(COLOURS), range=[NOT_KNOWN if not kind else COLOURS[kind] for kind in COLOURS]),
            legend=None,
        ),
        tooltip=_tooltip(_("Who can act")),
    )
    numbers = base.mark_text(align="left", dx=5, fontSize=11, color=LIGHT_INK if on_dark else INK).encode(
        text=alt.Text("text:N")
    )
    return alt.layer(bars, numbers).properties(
        height=26 * len(shown) + 80, title=titled(_("Lost customers by who can act"), "")
    )


def _numbers(rows: pd.DataFrame) -> list[str]:
    pairs = zip(rows["customers"], rows["share"], strict=True)
    return [f"{formats.number(int(n))} · {formats.percent(share)}" for n, share in pairs]


def _intervals(rows: pd.DataFrame) -> list[str]:
    return [formats.interval(low, high) for low, high in zip(rows["ci_low"], rows["ci_high"], strict=True)]


def of_kind(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The rows of a ranking: the reasons of one kind, the largest first, and last those of whom none is known.

    Who is known to have ended it without a reason stands before those of whom nothing is known.
    """
    known = rows[(rows["kind"] == kind) & (rows["reason"] != "")].sort_values(
        ["customers", "reason"], ascending=[False, True]
    )
    silent = rows[rows["reason"] == ""]
    own = silent[silent["kind"] == kind] if kind else silent.iloc[:0]
    return pd.concat([known.head(MOST_BARS), own, silent[silent["kind"] == ""]])


def ranking(
    rows: pd.DataFrame, names: Names, kind: str, picked: Mapping[str, Any] | None = None, on_dark: bool = False
) -> Chart:
    """Lost customers by reason of one kind as ordered bars, with the line of mentions so far; a click says the reason.

    `rows` has the columns of churn_reasons for one period.
    """
    shown = _drawn(rows, names, kind, picked)
    base = on(shown).encode(y=_by_reason(shown))
    select = on_click("reason", "kind")
    bars = base.mark_bar(height=18, cursor="pointer").encode(
        x=alt.X("customers:Q", title=None, axis=alt.Axis(format=",d", tickCount=5, tickMinStep=1)),
        color=either(alt.ColorValue, alt.datum.reason == "", NOT_KNOWN, COLOURS[kind]),
        **outlined(alt.datum.is_picked),
        tooltip=_tooltip(),
    )
    numbers = base.mark_text(align="left", dx=5, fontSize=11, color=LIGHT_INK if on_dark else INK).encode(
        x=alt.X("customers:Q"), text=alt.Text("text:N")
    )
    counted = alt.layer(bars.add_params(select), numbers)
    known = shown[shown["cumulative_share"].notna()]
    subtitle = _("of {n} lost; click a bar for the customers").format(
        n=formats.number(int(rows["churned_customers"].iloc[0]))
    )
    if (reasons := int(((rows["kind"] == kind) & (rows["reason"] != "")).sum())) > MOST_BARS:
        subtitle = _("the {shown} largest of {all} reasons; the rows hold all").format(
            shown=formats.number(MOST_BARS), all=formats.number(reasons)
        )
    title = titled(_("Lost customers by reason"), subtitle)
    height = 26 * len(shown) + 120
    if len(known) < 3:
        alone: Chart = counted.properties(height=height, title=title)
        return alone
    line = (
        on(known)
        .mark_line(color=MUTED, strokeDash=[3, 2], strokeWidth=1.5, point=alt.OverlayMarkDef(color=MUTED, size=22))
        .encode(
            y=_by_reason(shown),
            x=alt.X(
                "cumulative_share:Q",
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(orient="top", format=PERCENT, tickCount=3, grid=False, titleFontWeight="normal"),
                title=_("mentions so far (line)"),
            ),
            order=alt.Order("cumulative_share:Q"),
            tooltip=[
                alt.Tooltip("row:N", title=_("Reason")),
                alt.Tooltip("cumulative_share:Q", title=_("Mentions so far"), format=".1%"),
            ],
        )
    )
    both: Chart = alt.layer(counted, line).properties(height=height, title=title)
    both.resolve = alt.Resolve(scale=alt.ScaleResolveMap(x="independent"))
    return both


def revenue(
    rows: pd.DataFrame,
    names: Names,
    kind: str,
    currency: str | None,
    picked: Mapping[str, Any] | None = None,
    on_dark: bool = False,
) -> Chart:
    """What was lost with the customers of each reason, in the order of `ranking`."""
    shown = _drawn(rows, names, kind, picked)
    shown = shown.assign(money=[formats.money(value, currency) for value in shown["lost_revenue"]])
    base = on(shown).encode(y=_by_reason(shown))
    bars = base.mark_bar(height=18).encode(
        x=alt.X("lost_revenue:Q", title=None, axis=number_axis(SHORT, 4)),
        color=either(alt.ColorValue, alt.datum.reason == "", NOT_KNOWN, COLOURS[kind]),
        tooltip=[*_tooltip(), alt.Tooltip("money:N", title=_("Lost revenue"))],
    )
    numbers = base.mark_text(align="left", dx=5, fontSize=11, color=LIGHT_INK if on_dark else INK).encode(
        x=alt.X("lost_revenue:Q"), text=alt.Text("money:N")
    )
    return alt.layer(bars, numbers).properties(
        height=26 * len(shown) + 120, title=titled(_("Lost revenue by reason"), "")
    )


def _drawn(rows: pd.DataFrame, names: Names, kind: str, picked: Mapping[str, Any] | None) -> pd.DataFrame:
    shown = of_kind(rows, kind)
    shown = shown.assign(
        row=[_silent(each) if reason == "" else names.get(reason, reason) for reason, each in _pairs(shown)],
        text=_numbers(shown),
        interval=_intervals(shown),
    )
    return with_selection(shown, picked, ("reason", "kind"))


def _by_reason(shown: pd.DataFrame) -> alt.Y:
    order = list(dict.fromkeys(shown["row"]))
    return alt.Y("row:N", sort=order, title=None, axis=alt.Axis(labelLimit=190, domain=False, ticks=False))


def _tooltip(of: str = "") -> list[alt.Tooltip]:
    return [
        alt.Tooltip("row:N", title=of or _("Reason")),
        alt.Tooltip("customers:Q", title=_("Lost customers"), format=","),
        alt.Tooltip("share:Q", title=_("Share of those lost"), format=".1%"),
        alt.Tooltip("interval:N", title=_("95 % interval")),
    ]


def over_time(
    rows: pd.DataFrame, names: Names, grain: str, picked: Mapping[str, Any] | None = None, on_dark: bool = False
) -> Chart:
    """The shares of lost customers by reason in each period, as stacked bars; grey: no reason known.

    `rows` has the columns of churn_reasons. With several reasons of one customer a bar is higher than all of them.
    """
    dated = rows[rows["period"].notna()]
    shown = with_labels(_stacked(dated, names), grain)
    shown = with_selection(shown.assign(in_period=shown["period"]), picked, PERIOD)
    return _stack(shown, by_period(shown), _("Reasons of those lost in each period"), PERIOD)


def by_tenure(
    rows: pd.DataFrame, names: Names, picked: Mapping[str, Any] | None = None, on_dark: bool = False
) -> Chart:
    """The shares of lost customers by reason, by how long they had been customers; has the columns of reason_tenure."""
    shown = _stacked(rows, names)
    shown = shown.assign(row=[band(low, high) for low, high in zip(shown["band"], shown["to_days"], strict=True)])
    order = list(dict.fromkeys(shown.sort_values("band", na_position="last")["row"]))
    x = alt.X("row:N", sort=order, title=None, axis=alt.Axis(labelAngle=0, ticks=False, labelLimit=120))
    fields = ("reason", "kind", "band_value")
    shown = with_selection(shown.assign(band_value=shown["band"].fillna(-1).astype(int)), picked, fields)
    return _stack(shown, x, _("Reasons by time as a customer"), fields)


def band(low: float, high: float) -> str:
    """A length of time as a customer: 31–90 days."""
    if pd.isna(low):
        return _("not known")
    if pd.isna(high):
        return _("over {n} days").format(n=formats.number(int(low) - 1))
    return _("{low} to {high} days").format(low=formats.number(int(low)), high=formats.number(int(high)))


def _stacked(rows: pd.DataFrame, names: Names) -> pd.DataFrame:
    """The rows with a word for each reason and its place in the bar; the unknown last.

    The order is that of the list, so that a reason has one colour in all charts; where there are more than colours,
    the commonest come first and the others are one. What customers did not choose is one colour a kind.
    """
    there = {reason for reason, kind in _pairs(rows) if reason != "" and kind not in _NOT_CHOSEN}
    listed = [key for key in names if key in there]
    is_few = len(there) <= _MOST_COLOURS and len(listed) == len(there)
    words, places = [], []
    for reason, kind, position in zip(rows["reason"], rows["kind"], rows["position"], strict=True):
        if kind in _NOT_CHOSEN:
            words.append(_(KINDS[kind]))
            places.append(_MOST_COLOURS + 2 + list(_NOT_CHOSEN).index(kind))
        elif not reason:
            words.append(_silent(kind))
            places.append(_MOST_COLOURS + (5 if kind == "" else 4))
        else:
            is_beyond = not is_few and position > _MOST_COLOURS
            words.append(_("other reasons") if is_beyond else names.get(reason, reason))
            places.append(min(int(listed.index(reason) if is_few else position), _MOST_COLOURS + 1))
    return rows.assign(word=words, place=places, full=_words(rows, names))


def _pairs(rows: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(rows["reason"], rows["kind"], strict=True))


def _silent(kind: str) -> str:
    """What those are called who stated no reason: of some is known who ended it."""
    return _("No reason stated") if kind else _("No reason known")


def _words(rows: pd.DataFrame, names: Names) -> list[str]:
    """What each row is called: its reason, with its kind where a reason is of several."""
    pairs = set(_pairs(rows))
    many = {reason for reason, _kind in pairs if sum(each == reason for each, _other in pairs) > 1}
    words = []
    for reason, kind in _pairs(rows):
        word = names.get(reason, reason) if reason else _silent(kind)
        words.append(
            _("{reason} ({kind})").format(reason=word, kind=_(_SHORTLY[kind])) if reason in many and kind else word
        )
    return words


def _stack(shown: pd.DataFrame, x: alt.X, title: str, fields: Sequence[str]) -> Chart:
    words = list(dict.fromkeys(shown.sort_values("place")["word"]))
    own = {_(KINDS[kind]): colour for kind, colour in _NOT_CHOSEN.items()} | {
        _silent(kind): NOT_KNOWN for kind in ("", "voluntary")
    }
    colours = [own.get(word) or (_SHADES[i] if i < len(_SHADES) else MUTED) for i, word in enumerate(words)]
    drawn: alt.Chart = (
        on(shown)
        .mark_bar(cursor="pointer")
        .encode(
            x=x,
            y=alt.Y("share:Q", title=None, axis=number_axis(PERCENT, 5)),
            **outlined(alt.datum.is_picked),
            color=alt.Color(
                "word:N",
                title=None,
                sort=words,
                scale=alt.Scale(domain=words, range=colours),
                legend=alt.Legend(orient="bottom", columns=3, labelLimit=200, symbolType="square"),
            ),
            order=alt.Order("place:Q", sort="descending"),
            tooltip=[
                alt.Tooltip("row:N", title=_("Period")),
                alt.Tooltip("full:N", title=_("Reason")),
                alt.Tooltip("customers:Q", title=_("Lost customers"), format=","),
                alt.Tooltip("share:Q", title=_("Share of those lost"), format=".1%"),
                alt.Tooltip("churned_customers:Q", title=_("All lost customers"), format=","),
            ],
        )
    )
    drawn = drawn.add_params(on_click(*fields))
    return drawn.properties(height=380, title=titled(title, _("share of those lost; grey: no reason known")))


def by_segment(
    rows: pd.DataFrame,
    names: Names,
    order: Sequence[str],
    picked: Mapping[str, Any] | None = None,
    on_dark: bool = False,
) -> Chart:
    """How much more or less often each segment names each reason than all others; pale: may be chance.

    `rows` has the columns of reason_segments, `order` are its segments, the largest first; the first of them are drawn.
    """
    order = order[:MOST_BARS]
    shown = rows[rows["segment"].isin(order)]
    shown = shown[(shown["reason"] == "") | (shown["position"] <= _MOST_COLUMNS)].sort_values("position")
    shown = shown.assign(
        row=[labels.segment(each) for each in shown["segment"]],
        word=_words(shown, names),
        text=[formats.percent(each, 0) if pd.notna(each) else "—" for each in shown["share"]],
        clear=(shown["q_value"] < 0.05),
        by=[points(each) if pd.notna(each) else "—" for each in shown["difference"]],
        interval=[
            points_interval(low, high) if pd.notna(low) else "—"
            for low, high in zip(shown["ci_low"], shown["ci_high"], strict=True)
        ],
    )
    shown = with_selection(shown, picked, SEGMENT)
    most = float(max(0.05, shown["difference"].abs().max())) if shown["difference"].notna().any() else 0.05
    base = on(shown).encode(
        x=alt.X(
            "word:N",
            sort=list(dict.fromkeys(shown["word"])),
            title=None,
            axis=alt.Axis(labelAngle=-30, ticks=False, domain=False, orient="top", labelLimit=120, labelOverlap=False),
        ),
        y=alt.Y(
            "row:N",
            sort=[labels.segment(each) for each in order],
            title=None,
            axis=alt.Axis(labelLimit=160, ticks=False, domain=False),
        ),
    )
    cells = base.mark_rect(cursor="pointer").encode(
        stroke=either(alt.StrokeValue, alt.datum.is_picked, CAUTION, "#DDE4E4"),
        strokeWidth=either(alt.StrokeWidthValue, alt.datum.is_picked, 2.5, 1),
        color=alt.Color(
            "difference:Q",
            scale=alt.Scale(domain=[-most, 0, most], range=["#5B7DB1", "#F4F6F6", LOST], interpolate="rgb"),
            legend=None,
        ),
        opacity=either(alt.OpacityValue, alt.datum.clear, 1, 0.35),
        tooltip=[
            alt.Tooltip("row:N", title=_("Segment")),
            alt.Tooltip("word:N", title=_("Reason")),
            alt.Tooltip("share:Q", title=_("Share"), format=".1%"),
            alt.Tooltip("rest_share:Q", title=_("Share of the others"), format=".1%"),
            alt.Tooltip("by:N", title=_("Difference")),
            alt.Tooltip("interval:N", title=_("95 % interval")),
            alt.Tooltip("customers:Q", title=_("Lost customers"), format=","),
            alt.Tooltip("churned_customers:Q", title=_("All lost customers"), format=","),
        ],
    )
    texts = base.mark_text(fontSize=11).encode(
        text=alt.Text("text:N"), color=either(alt.ColorValue, alt.datum.clear, INK, LIGHT_INK if on_dark else MUTED)
    )
    return alt.layer(cells.add_params(on_click(*SEGMENT)), texts).properties(
        height=26 * len(order) + 150,
        title=titled(
            _("Who names a reason more often than the others"),
            _("number: share of the segment; red: more often, blue: less often, pale: may be chance"),
        ),
    )


def leads(rows: pd.DataFrame, names: Names, on_dark: bool = False) -> Chart:
    """The clearest differences between segments and all others, with their intervals; has the columns of reason_leads."""
    shown = rows.assign(
        row=[
            f"{labels.attribute(attribute)} = {labels.segment(segment)}: {word}"
            for attribute, segment, word in zip(rows["attribute"], rows["segment"], _words(rows, names), strict=True)
        ],
        interval=[points_interval(low, high) for low, high in zip(rows["ci_low"], rows["ci_high"], strict=True)],
        by=[points(each) for each in rows["difference"]],
        more=rows["difference"] > 0,
    )
    y = alt.Y("row:N", sort=list(shown["row"]), title=None, axis=alt.Axis(labelLimit=340, domain=False, ticks=False))
    base = on(shown).encode(y=y, color=either(alt.ColorValue, alt.datum.more, LOST, CATEGORICAL[2]))
    spread = base.mark_rule(strokeWidth=4, opacity=0.35).encode(
        x=alt.X("ci_low:Q", title=None, axis=number_axis(SIGNED_PERCENT, 6)), x2=alt.X2("ci_high:Q")
    )
    dots = base.mark_point(filled=True, size=80, opacity=1).encode(
        x=alt.X("difference:Q"),
        tooltip=[
            alt.Tooltip("row:N", title=_("Segment")),
            alt.Tooltip("share:Q", title=_("Share"), format=".1%"),
            alt.Tooltip("rest_share:Q", title=_("Share of the others"), format=".1%"),
            alt.Tooltip("by:N", title=_("Difference")),
            alt.Tooltip("interval:N", title=_("95 % interval")),
            alt.Tooltip("customers:Q", title=_("Lost customers"), format=","),
            alt.Tooltip("churned_customers:Q", title=_("All lost customers"), format=","),
        ],
    )
    zero = on(pd.DataFrame({"x": [0]})).mark_rule(color=LIGHT_INK if on_dark else INK).encode(x=alt.X("x:Q"))
    return alt.layer(zero, spread, dots).properties(
        height=30 * len(shown) + 90,
        title=titled(_("Named more or less often than by the others"), _("points, with their 95 % interval")),
    )


def agreement(rows: pd.DataFrame, names: Names, on_dark: bool = False) -> Chart:
    """Which group the comment tells for each group of the code given; has the columns of reason_agreement."""
    shown = rows.assign(
        code=[names.get(each, each) for each in rows["code_group"]],
        words=[names.get(each, each) for each in rows["words_group"]],
        same=rows["code_group"] == rows["words_group"],
    )
    order = [each for each in names.values() if each in set(shown["code"]) | set(shown["words"])]
    base = on(shown).encode(
        x=alt.X(
            "words:N",
            sort=order,
            title=_("the comment tells"),
            axis=alt.Axis(labelAngle=-30, ticks=False, domain=False),
        ),
        y=alt.Y(
            "code:N", sort=order, title=_("the code says"), axis=alt.Axis(ticks=False, domain=False, labelLimit=150)
        ),
    )
    cells = base.mark_rect().encode(
        color=alt.Color("customers:Q", scale=alt.Scale(range=["#F1F6F5", "#6FB5B3"]), legend=None),
        stroke=either(alt.StrokeValue, alt.datum.same, INK if not on_dark else LIGHT_INK, None),
        tooltip=[
            alt.Tooltip("code:N", title=_("Code")),
            alt.Tooltip("words:N", title=_("Words")),
            alt.Tooltip("customers:Q", title=_("Statements"), format=","),
        ],
    )
    texts = base.mark_text(fontSize=11, color=INK).encode(text=alt.Text("customers:Q", format=","))
    return alt.layer(cells, texts).properties(
        height=28 * len(set(shown["code"])) + 150,
        title=titled(_("Codes and comments"), _("outlined: both say the same")),
    )
