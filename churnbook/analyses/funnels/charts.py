"""Charts of funnels: how many reach each step, how long it takes, two sides compared, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from churnbook.analyses.draw.finished import on
from churnbook.analyses.draw.marks import by_segment, either, on_click, outlined, top_segments, with_selection
from churnbook.analyses.draw.marks import stacked as stacked
from churnbook.analyses.draw.theme import (
    CATEGORICAL,
    CAUTION,
    INK,
    KEPT,
    LIGHT_INK,
    MUTED,
    PERCENT,
    SIGNED_PERCENT,
    Chart,
    number_axis,
    titled,
)
from churnbook.analyses.draw.trends import line_points, trend_lines
from churnbook.analyses.funnels import findings
from churnbook.analyses.funnels.steps import numbered, titles_of
from churnbook.words import formats
from churnbook.words.language import N_, _

STATES = {"converted": KEPT, "in_progress": "#BFDEDA", "dropped": "#E3B4B1"}
"""The colour of every state at a step."""
_WORDS = {"converted": N_("Reached"), "in_progress": N_("Still has time"), "dropped": N_("Dropped off before")}


def bars(
    funnel: pd.DataFrame,
    picked: Mapping[str, Any] | None = None,
    titles: Sequence[str] = (),
    is_small: bool = False,
    on_dark: bool = False,
) -> Chart:
    """A bar for each step: who reached it, who of the step before still has time, and who dropped off before it.

    `funnel` has the columns of funnel for one segment. A click says step and state; the bar of `picked`
    (step, state, segment) is outlined. `titles` are what the steps are called.
    """
    # nobody has run out of time: the rate would be all of them
    is_open = (funnel["conversion_from_start"] == 1) & (funnel["base"] < funnel["customers"].max())
    rates = {name: funnel[name].mask(is_open) for name in ("conversion_from_start", "conversion_from_previous")}
    steps = funnel.assign(row=_rows(funnel, titles), is_open=is_open, **rates)
    parts = [
        steps.assign(
            state=state,
            word=_(_WORDS[state]),
            position=position,
            n=steps["customers" if state == "converted" else state].astype(int),
        )
        for position, state in enumerate(STATES)
    ]
    rows = pd.concat(parts)
    rows = rows[rows["n"] > 0].assign(
        time=[formats.duration(each) if pd.notna(each) else "—" for each in rows[rows["n"] > 0]["median_seconds"]]
    )
    rows = with_selection(
        rows.drop(columns=["average_seconds", "median_seconds"]), picked, ("step", "state", "segment")
    )
    order = list(steps["row"])
    words = [_(_WORDS[state]) for state in STATES]
    y = alt.Y("row:N", sort=order, title=None, axis=None)
    most = max(int(steps["customers"].max()), 1)
    drawn = (
        on(rows)
        .mark_bar(cursor="pointer", height=18)
        .encode(
            x=alt.X("n:Q", title=None, stack="zero", scale=alt.Scale(domain=[0, most]), axis=None),
            y=y,
            color=alt.Color(
                "word:N",
                title=None,
                sort=words,
                scale=alt.Scale(domain=words, range=list(STATES.values())),
                legend=None if is_small else alt.Legend(orient="top", symbolType="square", columns=2),
            ),
            order=alt.Order("position:Q"),
            **outlined(alt.datum.is_picked),
            tooltip=[
                alt.Tooltip("row:N", title=_("Step")),
                alt.Tooltip("word:N", title=_("State")),
                alt.Tooltip("n:Q", title=_("Customers"), format=","),
                alt.Tooltip("conversion_from_previous:Q", title=_("Of the step before"), format=".1%"),
                alt.Tooltip("conversion_from_start:Q", title=_("Of those who entered"), format=".1%"),
                alt.Tooltip("time:N", title=_("Half of them within")),
            ],
        )
        .add_params(on_click("step", "state"))
    )
    texts = steps.assign(text=[_figures(row) for row in steps.to_dict("records")])[["row", "text"]]
    ink = LIGHT_INK if on_dark else INK
    base = on(texts).encode(y=y)
    names = base.mark_text(align="left", dy=-20, fontWeight=600, limit=150 if is_small else 260, color=ink).encode(
        x=alt.XValue(0), text=alt.Text("row:N")
    )
    figures = base.mark_text(align="right", dy=-20, color=ink).encode(x=alt.XValue("width"), text=alt.Text("text:N"))
    # Streamlit fits the height with the legend in it
    height = len(order) * 54 + (16 if is_small else 56)
    title = titled("", _("customers · of the step before · of those who entered")) if not is_small else ""
    return alt.layer(drawn, names, figures).properties(height=height, title=title)


def _figures(row: Mapping[str, Any]) -> str:
    said = [formats.number(int(row["customers"]))]
    if row["is_open"]:
        said.append(_("all others still have time"))
    said += [
        formats.percent(row[name])
        for name in ("conversion_from_previous", "conversion_from_start")
        if pd.notna(row[name]) and row["step"] > (1 if name == "conversion_from_previous" else 2)
    ]
    return " · ".join(said)


def _rows(funnel: pd.DataFrame, titles: Sequence[str]) -> list[str]:
    """The steps of a result as its rows name them, from all steps of a funnel in their order."""
    return numbered(titles or titles_of(list(funnel["event"])))


def times(
    result: pd.DataFrame,
    order: Sequence[str] = (),
    picked: Mapping[str, Any] | None = None,
    on_dark: bool = False,
) -> Chart:
    """How long it takes, as bars; with a split as lines. `result` has the columns of funnel_times.

    A click says over_seconds, up_to_seconds, and with a split the segment; the mark of `picked` is outlined.
    """
    kept = top_segments(result, order)
    spans = list(zip(kept["from_seconds"], kept["to_seconds"], strict=True))
    rows = kept.assign(
        label=[_span(low, high) for low, high in spans],
        over_seconds=[str(int(low)) for low, _high in spans],
        up_to_seconds=[None if pd.isna(high) else str(int(high)) for _low, high in spans],
    )
    fields = ("over_seconds", "up_to_seconds", *(["segment_value"] if order else []))
    rows = with_selection(rows.drop(columns=["to_seconds"]), picked, fields)
    titles = list(dict.fromkeys(rows.sort_values("from_seconds", kind="stable")["label"]))
    x = alt.X("label:O", sort=titles, title=None, axis=alt.Axis(labelAngle=-45 if len(titles) > 5 else 0, ticks=False))
    y = alt.Y("share:Q", title=None, axis=number_axis(PERCENT, 5))
    tooltip = [
        *([alt.Tooltip("segment:N", title=_("Segment"))] if order else []),
        alt.Tooltip("label:N", title=_("Time")),
        alt.Tooltip("customers:Q", title=_("Customers"), format=","),
        alt.Tooltip("share:Q", title=_("Share"), format=".1%"),
    ]
    base = on(rows).encode(x=x, y=y)
    colour = by_segment(rows, order)
    dots = base.mark_point(filled=True, size=60, opacity=1, cursor="pointer").encode(
        tooltip=tooltip, color=colour, **outlined(alt.datum.is_picked)
    )
    drawn: Chart = (
        alt.layer(
            base.mark_line().encode(color=colour, detail=alt.Detail("segment:N")),
            dots.add_params(on_click(*fields, nearest=True)),
        )
        if order
        else base.mark_bar(color=KEPT, cursor="pointer")
        .encode(tooltip=tooltip, **outlined(alt.datum.is_picked))
        .add_params(on_click(*fields))
    )
    return drawn.properties(height=300, title=titled(_("Time from step to step"), _("share of those who reached it")))


def _span(low: float, high: float) -> str:
    if pd.isna(high):
        return _("over {time}").format(time=formats.duration(low))
    return _("up to {time}").format(time=formats.duration(high))


def trend(result: pd.DataFrame, grain: str, order: Sequence[str] = ()) -> Chart:
    """Conversion by period of entry; a click says the period. `result` has the columns of funnel_trend."""
    # what is open is shown by all who entered; that all of them came through so far says nothing yet
    known = result[result["complete"] | (result["converted_so_far"] < 1)]
    told = known.assign(
        conversion=known["conversion_from_start"].where(known["complete"], known["converted_so_far"]),
        **{bound: known[bound].where(known["complete"]) for bound in ("ci_low", "ci_high")},
    )
    points = line_points(told, "conversion", "entered", order)
    tooltip = [
        alt.Tooltip("value:Q", title=_("Conversion"), format=".1%"),
        alt.Tooltip("interval:N", title=_("95 % interval")),
        alt.Tooltip("entered:Q", title=_("Entered"), format=","),
        alt.Tooltip("converted:Q", title=_("Came through"), format=","),
        alt.Tooltip("in_progress:Q", title=_("Still has time"), format=","),
    ]
    title = titled(_("Conversion by entry"), _("pale: so far, of all who entered; shaded: 95 % interval"))
    colour = by_segment(points, order)
    return trend_lines(points, grain, colour, tooltip, PERCENT, title, is_split=bool(order), can_be_picked=True)


SIDE = ("step", "state", "segment", "in_period")
"""What a click on a bar of sides says."""


def sides(
    compared: pd.DataFrame,
    first: str,
    second: str,
    values: Mapping[str, Any],
    picked: Mapping[str, Any] | None = None,
    titles: Sequence[str] = (),
) -> Chart:
    """Conversion from the start of two sides, step by step; `compared` has the columns of funnel_comparison.

    `values` are its parameters, `titles` what the steps are called. A click says SIDE; beside the bar of `picked` the others are pale.
    """
    names = [first, second]
    kind, told = ("segment", "in_period") if values["compare"] == "segments" else ("in_period", "segment")
    column = "segment" if kind == "segment" else "period"
    named = _steps(compared, titles)
    parts = [
        named.assign(
            side=name,
            share=named[f"conversion_{letter}"],
            n=named[f"customers_{letter}"],
            reached=named[f"converted_{letter}"],
            **{kind: str(values[f"{column}_{letter}"]), told: None},
        )
        for name, letter in zip(names, "ab", strict=True)
    ]
    rows = pd.concat(parts)[["row", "side", "share", "n", "reached", "step", "segment", "in_period"]]
    rows = with_selection(rows, picked, ("step", "segment", "in_period")).assign(state="converted")
    drawn: alt.Chart = (
        on(rows)
        .mark_bar(cursor="pointer")
        .encode(
            opacity=either(alt.OpacityValue, alt.datum.is_picked, 1, 0.45 if picked else 1),
            y=alt.Y(
                "row:N", sort=list(dict.fromkeys(rows["row"])), title=None, axis=alt.Axis(ticks=False, labelLimit=140)
            ),
            yOffset=alt.YOffset("side:N", sort=names),
            x=alt.X("share:Q", title=None, axis=number_axis(PERCENT, 5)),
            color=alt.Color(
                "side:N",
                title=None,
                scale=alt.Scale(domain=names, range=CATEGORICAL[:2]),
                legend=alt.Legend(orient="bottom", symbolType="square", labelLimit=220),
            ),
            tooltip=[
                alt.Tooltip("row:N", title=_("Step")),
                alt.Tooltip("side:N", title=_("Side")),
                alt.Tooltip("share:Q", title=_("Of those who entered"), format=".1%"),
                alt.Tooltip("reached:Q", title=_("Reached"), format=","),
                alt.Tooltip("n:Q", title=_("Out of"), format=","),
            ],
        )
        .add_params(on_click(*SIDE))
    )
    return drawn.properties(height=46 * len(compared) + 90, title=titled(_("Conversion from the start"), ""))


def can_differ(compared: pd.DataFrame) -> bool:
    """Whether both sides have customers enough for a difference; `compared` has the columns of funnel_comparison."""
    return bool(compared["difference"].notna().any())


def differences(compared: pd.DataFrame, title: str, titles: Sequence[str] = (), on_dark: bool = False) -> Chart:
    """The difference of two sides at each step with its interval; where zero lies in it, it is grey.

    `titles` are what the steps are called.
    """
    rows = _steps(compared, titles)
    rows = rows[rows["difference"].notna()]
    rows = rows.assign(
        is_clear=(rows["ci_low"] > 0) | (rows["ci_high"] < 0),
        interval=[formats.interval(low, high) for low, high in zip(rows["ci_low"], rows["ci_high"], strict=True)],
    )
    y = alt.Y("row:N", sort=list(rows["row"]), title=None, axis=alt.Axis(ticks=False, labelLimit=140))
    x = alt.X("difference:Q", title=None, axis=number_axis(SIGNED_PERCENT, 5))
    colour = either(alt.ColorValue, alt.datum.is_clear, CAUTION, MUTED)
    base = on(rows).encode(y=y)
    zero = on(pd.DataFrame({"zero": [0]})).mark_rule(color=LIGHT_INK if on_dark else INK).encode(x=alt.X("zero:Q"))
    spans = base.mark_rule(strokeWidth=3, opacity=0.6).encode(
        x=alt.X("ci_low:Q", title=None), x2=alt.X2("ci_high:Q"), color=colour
    )
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(
        x=x,
        color=colour,
        tooltip=[
            alt.Tooltip("row:N", title=_("Step")),
            alt.Tooltip("difference:Q", title=_("Difference"), format="+.1%"),
            alt.Tooltip("interval:N", title=_("95 % interval")),
        ],
    )
    subtitle = _("lines: 95 % interval; grey: it contains no difference")
    return alt.layer(zero, spans, dots).properties(height=46 * len(compared) + 90, title=titled(title, subtitle))


def _steps(compared: pd.DataFrame, titles: Sequence[str]) -> pd.DataFrame:
    """The steps after the first, each with its name."""
    named = compared.assign(row=_rows(compared, titles))
    return named[named["step"] > 1]


def following(
    result: pd.DataFrame,
    titles: Mapping[str, str] | None = None,
    picked: Mapping[str, Any] | None = None,
    on_dark: bool = False,
) -> Chart:
    """What those who dropped off did next, as bars; `result` has the columns of funnel_next.

    A click says next_event; the bar of `picked` is outlined. `titles` are what events are called.
    """
    rows = result.head(12)
    rows = rows.assign(
        row=[findings.next_name(name, titles) for name in rows["event"]],
        is_nothing=rows["event"].isna(),
        text=[
            f"{formats.number(int(n))} · {formats.percent(share)}"
            for n, share in zip(rows["customers"], rows["share"], strict=True)
        ],
        time=[formats.duration(each) if pd.notna(each) else "—" for each in rows["median_seconds"]],
        next_event=rows["event"].astype(object).where(rows["event"].notna(), findings.NOTHING),
    ).drop(columns=["event", "median_seconds"])
    rows = with_selection(rows, picked, ("next_event",))
    y = alt.Y("row:N", sort=list(rows["row"]), title=None, axis=alt.Axis(ticks=False, domain=False, labelLimit=190))
    base = on(rows).encode(
        y=y,
        x=alt.X(
            "customers:Q",
            title=_("Customers"),
            scale=alt.Scale(domain=[0, float(rows["customers"].max()) * 1.4]),
            axis=alt.Axis(format=",d", tickMinStep=1, tickCount=5),
        ),
    )
    drawn = (
        base.mark_bar(cursor="pointer")
        .encode(
            color=either(alt.ColorValue, alt.datum.is_nothing, STATES["dropped"], CATEGORICAL[2]),
            tooltip=[
                alt.Tooltip("row:N", title=_("Next")),
                alt.Tooltip("customers:Q", title=_("Customers"), format=","),
                alt.Tooltip("share:Q", title=_("Share"), format=".1%"),
                alt.Tooltip("time:N", title=_("Half within")),
            ],
            **outlined(alt.datum.is_picked),
        )
        .add_params(on_click("next_event"))
    )
    text = base.mark_text(align="left", dx=5, color=LIGHT_INK if on_dark else "#48575A").encode(text=alt.Text("text:N"))
    return alt.layer(drawn, text).properties(height=30 * len(rows) + 70)
