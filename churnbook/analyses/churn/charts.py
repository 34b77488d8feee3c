"""Charts of churn: customers come and gone, the churn rate, its conventions, and what changed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from churnbook.analyses.draw.finished import on
from churnbook.analyses.draw.marks import by_segment, either, on_click, outlined, with_selection
from churnbook.analyses.draw.theme import (
    CATEGORICAL,
    INK,
    KEPT,
    LIGHT_INK,
    LOST,
    MUTED,
    PERCENT,
    SIGNED_PERCENT,
    Chart,
    number_axis,
    titled,
)
from churnbook.analyses.draw.trends import by_period, line_points, trend_lines, with_labels
from churnbook.analyses.say import FEW
from churnbook.catalogue import labels
from churnbook.words import formats
from churnbook.words.language import N_, _

_MANY_PERIODS = 60
"""With more periods the net would hide the bars."""
RETURNED, PASSED = "#6FB5B3", "#DDA5A3"
"""Paler than those who stay new, and than those lost who were there before."""

_MOVES = {
    "new": (N_("New"), KEPT),
    "returned": (N_("Returned"), RETURNED),
    "lost": (N_("Lost"), LOST),
    "joined_and_left": (N_("Joined and left"), PASSED),
}


def balance(
    rates: pd.DataFrame,
    grain: str,
    picked: Mapping[str, Any] | None = None,
    is_small: bool = False,
    on_dark: bool = False,
) -> Chart:
    """Customers come above the line and gone below it, by period; the diamond is the net.

    `rates` has the columns of churn_rate for one segment. Open periods are pale; a click says period and state.
    """
    gone = rates["churned_customers"] - rates["joined_and_left"]
    amounts = {
        "returned": rates["returned_customers"],
        "new": rates["new_customers"],
        "lost": -gone,
        "joined_and_left": -rates["joined_and_left"],
    }
    rates = rates.assign(churn_rate=rates["churn_rate"].where(rates["can_lose"]))
    parts = [
        rates.assign(
            state=state,
            word=_(_MOVES[state][0]),
            position=position,
            customers=amount.astype(int),
            count=amount.abs().astype(int),
            how=[_("complete") if complete else _("not settled yet") for complete in rates["complete"]],
        )
        for position, (state, amount) in enumerate(amounts.items())
    ]
    bars = with_labels(pd.concat(parts), grain)
    bars = bars[bars["count"] > 0].assign(in_period=lambda each: each["period"])
    bars = with_selection(bars, picked, ("in_period", "state", "segment"))
    there = [state for state in _MOVES if state in set(bars["state"])]
    words = [_(_MOVES[state][0]) for state in there]
    select = on_click("in_period", "state")
    x = by_period(with_labels(rates, grain))
    columns = (
        on(bars)
        .mark_bar(cursor="pointer")
        .encode(
            x=x,
            y=alt.Y("customers:Q", title=None, axis=alt.Axis(tickCount=6, format=",d", tickMinStep=1)),
            color=alt.Color(
                "word:N",
                title=None,
                sort=words,
                scale=alt.Scale(domain=words, range=[_MOVES[state][1] for state in there]),
                legend=None if is_small else alt.Legend(orient="bottom", symbolType="square"),
            ),
            order=alt.Order("position:Q"),
            opacity=either(alt.OpacityValue, alt.datum.complete, 1, 0.4),
            **outlined(alt.datum.is_picked),
            tooltip=[
                alt.Tooltip("row:N", title=_("Period")),
                alt.Tooltip("word:N", title=_("Customers")),
                alt.Tooltip("count:Q", title=_("Number"), format=","),
                alt.Tooltip("opening_customers:Q", title=_("Customers at the beginning"), format=","),
                alt.Tooltip("closing_customers:Q", title=_("Customers at the end"), format=","),
                alt.Tooltip("churn_rate:Q", title=_("Churn rate"), format=".1%"),
                alt.Tooltip("how:N", title=_("State")),
            ],
        )
        .add_params(select)
    )
    net = with_labels(rates, grain).assign(
        net=lambda each: each["new_customers"] + each["returned_customers"] - each["churned_customers"]
    )
    diamonds = (
        on(net)
        .mark_point(
            shape="diamond",
            filled=True,
            size=14 if is_small else 45,
            opacity=0.9,
            color=LIGHT_INK if on_dark else INK,
        )
        .encode(
            x=x,
            y=alt.Y("net:Q"),
            tooltip=[alt.Tooltip("row:N", title=_("Period")), alt.Tooltip("net:Q", title=_("Net"))],
        )
    )
    title = "" if is_small else titled(_("Customers come and gone"), _("diamond: the net"))
    if len(net) > _MANY_PERIODS:
        bare = "" if is_small else titled(_("Customers come and gone"), "")
        return alt.layer(columns).properties(height=230 if is_small else 360, title=bare)
    return alt.layer(columns, diamonds).properties(height=230 if is_small else 360, title=title)


def rate(rates: pd.DataFrame, grain: str, order: Sequence[str] = ()) -> Chart:
    """The churn rate by period with its 95 % interval; one line, or one for each segment.

    `rates` has the columns of churn_rate; `order` as in charts.curve.
    """
    points = line_points(rates[rates["can_lose"]], "churn_rate", "opening_customers", order)
    tooltip = [
        alt.Tooltip("churn_rate:Q", title=_("Churn rate"), format=".1%"),
        alt.Tooltip("interval:N", title=_("95 % interval")),
        alt.Tooltip("opening_lost:Q", title=_("Lost of those at the beginning"), format=","),
        alt.Tooltip("opening_customers:Q", title=_("Customers at the beginning"), format=","),
    ]
    colour = by_segment(points, order) if order else alt.ColorValue(LOST)
    title = titled(_("Churn rate"), "" if order else _("shaded: 95 % interval"))
    return trend_lines(points, grain, colour, tooltip, PERCENT, title, is_split=bool(order))


def renewals(due: pd.DataFrame, grain: str, order: Sequence[str] = (), on_dark: bool = False) -> Chart:
    """The renewal rate by period with its 95 % interval; one line, or one for each segment.

    `due` has the columns of renewal_rate; `order` as in charts.curve.
    """
    points = line_points(due, "renewal_rate", "due_customers", order)
    tooltip = [
        alt.Tooltip("renewal_rate:Q", title=_("Renewal rate"), format=".1%"),
        alt.Tooltip("interval:N", title=_("95 % interval")),
        alt.Tooltip("due_customers:Q", title=_("Due"), format=","),
        alt.Tooltip("lost_customers:Q", title=_("Lost"), format=","),
    ]
    colour = by_segment(points, order) if order else alt.ColorValue(KEPT)
    title = titled(_("Renewal rate"), "" if order else _("shaded: 95 % interval"))
    return trend_lines(points, grain, colour, tooltip, PERCENT, title, is_split=bool(order), from_zero=False)


def shares(lost: pd.DataFrame, on_dark: bool = False) -> Chart:
    """The share of customers lost, of all or of each segment; `lost` has the columns of churned_share."""
    named = lost.rename(
        columns={"customers": "opening_customers", "churned_customers": "opening_lost", "share": "churn_rate"}
    )
    return dots(named, _("Customers lost so far"), on_dark)


def dots(last: pd.DataFrame, title: str, on_dark: bool = False) -> Chart:
    """The churn rate of each segment in one period with its 95 % interval, the highest below; the rule is that of all.

    `last` has the columns of churn_rate for one period.
    """
    shown = last[last["opening_customers"] > 0].sort_values("churn_rate")
    shown = shown.assign(
        row=[_named(name) for name in shown["segment"]],
        few=shown["opening_customers"] < FEW,
        interval=[formats.interval(low, high) for low, high in zip(shown["ci_low"], shown["ci_high"], strict=True)],
        n=[formats.number(int(n)) for n in shown["opening_customers"]],
    )
    y = alt.Y("row:N", sort=list(shown["row"]), title=None, axis=alt.Axis(labelLimit=180, domain=False, ticks=False))
    base = on(shown).encode(y=y, color=either(alt.ColorValue, alt.datum.few, MUTED, LOST))
    spread = base.mark_rule(strokeWidth=4, opacity=0.35).encode(
        x=alt.X("ci_low:Q", title=None, axis=alt.Axis(format=PERCENT, orient="top", tickCount=6)),
        x2=alt.X2("ci_high:Q"),
    )
    tooltip = [
        alt.Tooltip("row:N", title=_("Segment")),
        alt.Tooltip("churn_rate:Q", title=_("Churn rate"), format=".1%"),
        alt.Tooltip("interval:N", title=_("95 % interval")),
        alt.Tooltip("opening_lost:Q", title=_("Lost"), format=","),
        alt.Tooltip("opening_customers:Q", title=_("Customers"), format=","),
    ]
    points = base.mark_point(filled=True, size=80, opacity=1).encode(x=alt.X("churn_rate:Q"), tooltip=tooltip)
    numbers = base.mark_text(align="left", dx=8, fontSize=11).encode(
        x=alt.X("ci_high:Q"), text=alt.Text("n:N"), color=alt.ColorValue(MUTED)
    )
    everyone = pd.DataFrame({"x": [shown["opening_lost"].sum() / max(1, shown["opening_customers"].sum())]})
    rule = on(everyone).mark_rule(strokeDash=[4, 3], color=LIGHT_INK if on_dark else INK).encode(x=alt.X("x:Q"))
    return alt.layer(rule, spread, points, numbers).properties(
        height=30 * len(shown) + 90,
        title=titled(title, _("line: 95 % interval; dashed: all customers; number: customers")),
    )


def conventions(rows: pd.DataFrame) -> Chart:
    """The churn rate of one period by each convention, with what it counts and divides by.

    `rows` has the columns of churn_conventions, and `name` in the language spoken.
    """
    shown = rows.assign(
        text=[
            _("{rate} = {counted} / {base}").format(
                rate=formats.percent(rate) if pd.notna(rate) else "—",
                counted=formats.number(int(counted)),
                base=formats.number(int(base)),
            )
            for rate, counted, base in zip(rows["churn_rate"], rows["counted"], rows["base"], strict=True)
        ],
        ours=rows["convention"] == "by_customer",
    )
    shown = shown.assign(row=shown["name"] + "\n" + shown["text"])
    low, high = (
        float(extreme) if pd.notna(extreme) else 0.0
        for extreme in (shown["churn_rate"].min(), shown["churn_rate"].max())
    )
    drawn: alt.Chart = (
        on(shown)
        .mark_bar(height=16)
        .encode(
            # numbers below the name, where no width cuts them off
            y=alt.Y(
                "row:N",
                sort=list(shown["row"]),
                title=None,
                axis=alt.Axis(
                    labelLimit=240, labelFontSize=11, domain=False, ticks=False, labelExpr="split(datum.label, '\\n')"
                ),
            ),
            x=alt.X(
                "churn_rate:Q",
                title=None,
                axis=None,
                scale=alt.Scale(domain=[min(0.0, low), max(0.01, high)], nice=False),
            ),
            color=either(alt.ColorValue, alt.datum.ours, LOST, PASSED),
            tooltip=[
                alt.Tooltip("name:N", title=_("Convention")),
                alt.Tooltip("churn_rate:Q", title=_("Churn rate"), format=".2%"),
                alt.Tooltip("counted:Q", title=_("Counted as lost"), format=","),
                alt.Tooltip("base:Q", title=_("Divided by"), format=","),
            ],
        )
        .properties(height=36 * len(shown))
    )
    return drawn


def why(rows: pd.DataFrame) -> dict[str, int]:
    """How many customers conventions count differently, by the state that makes the difference; none left out.

    `rows` has the columns of churn_conventions.
    """
    counts = {
        "joined_and_left": int(rows["joined_and_left"].max()),
        "returned": int(-rows["returned"].min()),
        "left_and_returned": int(rows[rows["convention"] == "baremetrics"]["again"].max()),
    }
    return {state: n for state, n in counts.items() if n}


def causes(rows: pd.DataFrame, picked: Mapping[str, Any] | None = None) -> Chart:
    """How many customers conventions count differently, and why, as bars; a click says the state.

    `rows` has the columns of churn_conventions, and some of them are counted differently.
    """
    counts = why(rows)
    words = {
        "joined_and_left": _("Joined and left"),
        "returned": _("Returned"),
        "left_and_returned": _("Lost and back"),
    }
    colours = {"joined_and_left": PASSED, "returned": RETURNED, "left_and_returned": CATEGORICAL[5]}
    there = list(counts)
    shown = pd.DataFrame(
        {
            "state": there,
            "word": [words[state] for state in there],
            "customers": [counts[state] for state in there],
        }
    )
    is_picked = alt.datum.state == picked["state"] if picked else alt.datum.customers < 0
    select = on_click("state")
    base = on(shown).encode(
        y=alt.Y("word:N", sort=list(shown["word"]), title=None, axis=alt.Axis(domain=False, ticks=False)),
        x=alt.X("customers:Q", title=None, axis=None),
    )
    bars = base.mark_bar(height=16, cursor="pointer").encode(
        color=alt.Color("state:N", scale=alt.Scale(domain=there, range=[colours[each] for each in there]), legend=None),
        **outlined(is_picked),
        tooltip=[alt.Tooltip("word:N", title=_("Why")), alt.Tooltip("customers:Q", title=_("Customers"), format=",")],
    )
    numbers = base.mark_text(align="left", dx=6, fontSize=12, color=MUTED).encode(
        text=alt.Text("customers:Q", format=",")
    )
    return alt.layer(bars.add_params(select), numbers).properties(
        height=30 * len(there) + 60, title=titled(_("Who makes the difference"), _("click a bar for these customers"))
    )


def change(rows: pd.DataFrame, on_dark: bool = False) -> Chart:
    """What each segment adds to the change of the churn rate: by its rate, and by its share of customers.

    `rows` has the columns of churn_change, the largest first.
    """
    kinds = {"rate": (_("its churn rate"), LOST), "mix": (_("its share of customers"), CATEGORICAL[2])}
    parts = [
        rows.assign(kind=kind, word=words, points=rows[kind], lost=rows[f"{kind}_customers"])
        for kind, (words, _colour) in kinds.items()
    ]
    shown = pd.concat(parts).assign(row=lambda each: [_named(name) for name in each["segment"]])
    words = [words for words, _colour in kinds.values()]
    bars = (
        on(shown)
        .mark_bar(height=14)
        .encode(
            y=alt.Y(
                "row:N",
                sort=[_named(name) for name in rows["segment"]],
                title=None,
                axis=alt.Axis(labelLimit=180, domain=False, ticks=False),
            ),
            x=alt.X("points:Q", title=None, axis=number_axis(SIGNED_PERCENT, 6)),
            color=alt.Color(
                "word:N",
                title=None,
                sort=words,
                scale=alt.Scale(domain=words, range=[colour for _words, colour in kinds.values()]),
                legend=alt.Legend(orient="bottom", symbolType="square"),
            ),
            tooltip=[
                alt.Tooltip("row:N", title=_("Segment")),
                alt.Tooltip("word:N", title=_("Through")),
                alt.Tooltip("points:Q", title=_("Part of the change"), format="+.2%"),
                alt.Tooltip("lost:Q", title=_("In lost customers"), format="+.1f"),
                alt.Tooltip("churn_rate_before:Q", title=_("Churn rate before"), format=".1%"),
                alt.Tooltip("churn_rate:Q", title=_("Churn rate"), format=".1%"),
                alt.Tooltip("opening_before:Q", title=_("Customers before"), format=","),
                alt.Tooltip("opening_customers:Q", title=_("Customers"), format=","),
            ],
        )
    )
    zero = on(pd.DataFrame({"x": [0]})).mark_rule(color=LIGHT_INK if on_dark else INK).encode(x=alt.X("x:Q"))
    return alt.layer(bars, zero).properties(height=30 * len(rows) + 90)


def _named(segment: str | None) -> str:
    """A segment's name; all customers where there is no split."""
    return _("All") if pd.isna(segment) else labels.segment(segment)
