"""Charts of activity and purchases: states by period, rates over time, and how intervals spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from churnbook.analyses.draw.bars import bars
from churnbook.analyses.draw.finished import on
from churnbook.analyses.draw.marks import by_segment, either, on_click, outlined, top_segments, with_selection
from churnbook.analyses.draw.marks import stacked as stacked
from churnbook.analyses.draw.theme import CATEGORICAL, INK, KEPT, LIGHT_INK, PERCENT, SHORT, Chart, number_axis, titled
from churnbook.analyses.draw.trends import by_period, line_points, trend_lines, with_labels
from churnbook.analyses.say import FEW
from churnbook.words import formats
from churnbook.words.formats import weekday
from churnbook.words.language import N_, _

STATES = {"kept": KEPT, "returned": "#6FB5B3", "new": CATEGORICAL[2], "dormant": "#A9B1B1"}
"""The colour of every state of a customer."""
_WORDS = {"kept": N_("Kept"), "returned": N_("Returned"), "new": N_("New"), "dormant": N_("Dormant")}


def states(
    result: pd.DataFrame, grain: str, picked: Mapping[str, Any] | None = None, is_small: bool = False
) -> alt.Chart:
    """Active customers of every period by state, as stacked bars; a click says period and state.

    `result` has the columns of lifecycle_states for one segment. Open periods are pale; the bar of
    `picked` (period, state, segment) is outlined.
    """
    return _bars(result, grain, ("kept", "returned", "new"), picked, 230 if is_small else 380).properties(
        title=titled(_("Active customers"), "") if not is_small else ""
    )


def dormant(result: pd.DataFrame, grain: str, picked: Mapping[str, Any] | None = None) -> alt.Chart:
    """Customers active earlier and not in the period, as bars beside those of `states`."""
    return _bars(result, grain, ("dormant",), picked, 380).properties(title=titled(_("Dormant customers"), ""))


def _bars(
    result: pd.DataFrame, grain: str, shown: Sequence[str], picked: Mapping[str, Any] | None, height: int
) -> alt.Chart:
    parts = [
        result.assign(
            state=state,
            word=_(_WORDS[state]),
            position=position,
            customers=result[f"{state}_customers"].astype(int),
            how=[_("complete") if complete else _("period still open") for complete in result["complete"]],
        )
        for position, state in enumerate(shown)
    ]
    bars = with_selection(with_labels(pd.concat(parts), grain), picked, ("period", "state", "segment"))
    select = on_click("period", "state")
    words = [_(_WORDS[state]) for state in shown]
    drawn: alt.Chart = (
        on(bars)
        .mark_bar(cursor="pointer")
        .encode(
            x=by_period(bars),
            y=alt.Y("customers:Q", title=None, axis=alt.Axis(tickCount=5, format=",d", tickMinStep=1)),
            color=alt.Color(
                "word:N",
                title=None,
                sort=words,
                scale=alt.Scale(domain=words, range=[STATES[state] for state in shown]),
                legend=alt.Legend(orient="bottom", symbolType="square") if len(shown) > 1 else None,
            ),
            order=alt.Order("position:Q"),
            opacity=either(alt.OpacityValue, alt.datum.complete, 1, 0.4),
            **outlined(alt.datum.is_picked),
            tooltip=[
                alt.Tooltip("row:N", title=_("Period")),
                alt.Tooltip("word:N", title=_("State")),
                alt.Tooltip("customers:Q", title=_("Customers"), format=","),
                alt.Tooltip("active_customers:Q", title=_("Active customers"), format=","),
                alt.Tooltip("known_customers:Q", title=_("Known customers"), format=","),
                alt.Tooltip("kept_rate:Q", title=_("Kept of those active before"), format=".1%"),
                alt.Tooltip("how:N", title=_("Period covered")),
            ],
        )
        .add_params(select)
    )
    return drawn.properties(height=height)


def active(result: pd.DataFrame, grain: str, order: Sequence[str]) -> Chart:
    """Active customers over time, a line for each segment; `result` has the columns of lifecycle_states."""
    lines = line_points(result, "active_customers", "active_customers", order)
    tooltip = [
        alt.Tooltip("active_customers:Q", title=_("Active customers"), format=","),
        alt.Tooltip("kept_rate:Q", title=_("Kept of those active before"), format=".1%"),
    ]
    return trend_lines(
        lines, grain, by_segment(lines, order), tooltip, ",d", titled(_("Active customers"), ""), is_split=True
    )


RATES = {
    "repeat_rate_by_customers": N_("by customers"),
    "repeat_rate_by_orders": N_("by orders"),
    "repeat_rate_by_period": N_("by period"),
}


def repeat_rates(result: pd.DataFrame, grain: str, order: Sequence[str] = ()) -> Chart:
    """Repeat purchase rates over time: a line for each of the three; with a split by customers, a line a segment.

    `result` has the columns of purchases.
    """
    tooltip = [
        alt.Tooltip("value:Q", title=_("Repeat purchase rate"), format=".1%"),
        alt.Tooltip("interval:N", title=_("95 % interval")),
        alt.Tooltip("buyers:Q", title=_("Buyers"), format=","),
        alt.Tooltip("orders:Q", title=_("Orders"), format=","),
    ]
    if order:
        lines = line_points(result, "repeat_rate_by_customers", "buyers", order)
        colour = by_segment(lines, order)
        title = titled(_("Repeat purchase rate by customers"), "")
        return trend_lines(lines, grain, colour, tooltip, PERCENT, title, is_split=True)
    series = [
        line_points(result, rate, "buyers").assign(
            segment=_(words), **({} if position == 0 else {"ci_low": None, "ci_high": None})
        )
        for position, (rate, words) in enumerate(RATES.items())
    ]
    lines = pd.concat(series)
    colour = _named({_(words): CATEGORICAL[position] for position, words in enumerate(RATES.values())})
    title = titled(_("Repeat purchase rate"), _("shaded: 95 % interval"))
    return trend_lines(lines, grain, colour, tooltip, PERCENT, title)


def order_value(result: pd.DataFrame, grain: str, currency: str | None, order: Sequence[str] = ()) -> Chart:
    """Average order value over time, or without amounts orders per buyer; `result` has the columns of purchases."""
    has_amounts = result["average_order_value"].notna().any()
    lines = line_points(result, "average_order_value" if has_amounts else "purchase_frequency", "buyers", order)
    lines = lines.assign(
        each=[formats.money(value, currency) if pd.notna(value) else "—" for value in lines["average_order_value"]],
        total=[formats.money(value, currency) if pd.notna(value) else "—" for value in lines["revenue"]],
    )
    money = [
        alt.Tooltip("each:N", title=_("Average order value")),
        alt.Tooltip("total:N", title=_("Revenue")),
    ]
    tooltip = [
        *(money if has_amounts else []),
        alt.Tooltip("purchase_frequency:Q", title=_("Orders per buyer"), format=".2f"),
        alt.Tooltip("orders:Q", title=_("Orders"), format=","),
        alt.Tooltip("buyers:Q", title=_("Buyers"), format=","),
    ]
    title = titled(_("Average order value") if has_amounts else _("Orders per buyer"), "")
    colour = by_segment(lines, order)
    return trend_lines(lines, grain, colour, tooltip, SHORT if has_amounts else ".1f", title, is_split=bool(order))


def stickiness(result: pd.DataFrame, grain: str, order: Sequence[str] = ()) -> Chart:
    """The share of a period's active customers who come on a day and in a week; with a split on a day, by segment.

    `result` has the columns of stickiness. A period not covered whole has too high a share, so it is drawn only
    where there is no other.
    """
    result = result[result["complete"]] if result["complete"].any() else result
    tooltip = [
        alt.Tooltip("value:Q", title=_("Share"), format=".1%"),
        alt.Tooltip("active_customers:Q", title=_("Active customers"), format=","),
        alt.Tooltip("days_per_customer:Q", title=_("Active days per customer"), format=".2f"),
    ]
    names = {"month": ("DAU/MAU", "WAU/MAU"), "week": ("DAU/WAU", "")}.get(grain, (_("on a day"), _("in one week")))
    if order:
        lines = line_points(result, "stickiness", "active_customers", order)
        colour = by_segment(lines, order)
    else:
        parts = [
            line_points(result[result[column].notna()], column, "active_customers").assign(segment=name)
            for column, name in zip(("stickiness", "weekly_stickiness"), names, strict=True)
        ]
        lines = pd.concat([part for part in parts if not part.empty])
        there = list(dict.fromkeys(lines["segment"]))
        colour = _named({name: CATEGORICAL[position] for position, name in enumerate(there)})
    subtitle = names[0] if order else ""
    title = titled(_("Share of the period's active customers who come"), subtitle)
    return trend_lines(lines, grain, colour, tooltip, PERCENT, title, is_split=bool(order))


def weekdays(days: pd.DataFrame, currency: str | None, order: Sequence[str] = (), on_dark: bool = False) -> Chart:
    """Money, or without amounts orders, of an average day by its name; `days` has the columns of weekdays."""
    has_money = bool(days["revenue_share"].notna().any())
    rows = days.assign(
        row=[weekday(each) for each in days["weekday"]],
        each=[formats.money(value, currency) if has_money else "" for value in days["revenue_per_day"]],
    )
    tooltip = [
        alt.Tooltip("row:N", title=_("Day of the week")),
        *([alt.Tooltip("each:N", title=_("Revenue a day"))] if has_money else []),
        alt.Tooltip("orders_per_day:Q", title=_("Orders a day"), format=".1f"),
        alt.Tooltip("share:Q", title=_("Share of the week"), format=".1%"),
        alt.Tooltip("days:Q", title=_("Such days"), format=","),
    ]
    if has_money:
        return bars(rows, "revenue_per_day", tooltip, _("Revenue a day"), order)
    return bars(rows, "orders_per_day", tooltip, _("Orders a day"), order)


def intervals(result: pd.DataFrame, summary: pd.DataFrame, order: Sequence[str] = (), on_dark: bool = False) -> Chart:
    """How the days between two purchases spread, as bars with median and 90th percentile; with a split as lines.

    `result` has the columns of days_between, `summary` those of days_between_summary.
    """
    width = int((result["to_days"] - result["from_days"]).max()) + 1 if result["to_days"].notna().any() else 1
    bins = result.assign(
        left=result["from_days"] - 0.5,
        right=result["from_days"] + width - 0.5,
        middle=result["from_days"] + (width - 1) / 2,
        is_open=result["to_days"].isna(),
        row=[_bin(low, high) for low, high in zip(result["from_days"], result["to_days"], strict=True)],
    )
    tooltip = [
        alt.Tooltip("row:N", title=_("Days")),
        alt.Tooltip("intervals:Q", title=_("Intervals"), format=","),
        alt.Tooltip("share:Q", title=_("Share"), format=".1%"),
    ]
    axis = alt.Axis(grid=False, tickCount=12, tickMinStep=1, format="d")
    share = alt.Y("share:Q", title=None, axis=number_axis(PERCENT, 5))
    if order:
        totals = dict(zip(summary["segment"], summary["intervals"], strict=True))
        few = [totals.get(name, 0) < FEW for name in bins["segment"]]
        lines = top_segments(bins.assign(few=few), order)
        drawn: alt.Chart = (
            on(lines)
            .mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=24))
            .encode(
                x=alt.X("middle:Q", title=_("Days"), axis=axis),
                y=share,
                color=by_segment(lines, order),
                opacity=either(alt.OpacityValue, alt.datum.few, 0.3, 1),
                tooltip=[alt.Tooltip("segment:N", title=_("Segment")), *tooltip],
            )
        )
        return drawn.properties(height=380)
    scale = alt.Scale(domain=[0, float(bins["right"].max())], nice=False)
    bars = (
        on(bins)
        .mark_bar(color=KEPT, binSpacing=1)
        .encode(
            x=alt.X("left:Q", bin="binned", title=_("Days"), axis=axis, scale=scale),
            x2=alt.X2("right:Q"),
            y=share,
            opacity=either(alt.OpacityValue, alt.datum.is_open, 0.4, 1),
            tooltip=tooltip,
        )
    )
    marks = [
        ("median_days", _("half within {n} days"), [1, 0]),
        ("high_days", _("90 % within {n} days"), [4, 3]),
    ]
    ink = LIGHT_INK if on_dark else INK
    rules = []
    for position, (column, words, dash) in enumerate(marks):
        value = float(summary[column].iloc[0])
        point = pd.DataFrame({"x": [value], "text": [words.format(n=formats.short_number(value))]})
        base = on(point).encode(x=alt.X("x:Q", scale=scale))
        rules += [
            base.mark_rule(color=ink, strokeDash=dash, strokeWidth=1.5),
            base.mark_text(color=ink, align="left", dx=5, fontSize=12).encode(
                text=alt.Text("text:N"), y=alt.YValue(10 + 18 * position)
            ),
        ]
    return alt.layer(bars, *rules).properties(height=320)


def _bin(low: int, high: float) -> str:
    if pd.isna(high):
        return _("{n} and more").format(n=formats.number(low))
    return formats.number(low) if low == high else f"{formats.number(low)}–{formats.number(int(high))}"


def _named(colours: Mapping[str, str]) -> alt.Color:
    return alt.Color(
        "segment:N",
        title=None,
        sort=list(colours),
        scale=alt.Scale(domain=list(colours), range=list(colours.values())),
        legend=alt.Legend(orient="bottom", symbolType="circle", symbolOpacity=1),
    )
