"""Charts of comparisons: a figure over time with two periods marked, segments as dots, before and after a change."""

from __future__ import annotations

import altair as alt
import pandas as pd

from churnbook.analyses.comparisons.findings import ROLES, SURE, by
from churnbook.analyses.draw.finished import on
from churnbook.analyses.draw.marks import either
from churnbook.analyses.draw.theme import (
    CATEGORICAL,
    CAUTION,
    INK,
    KEPT,
    LIGHT_INK,
    MUTED,
    PERCENT,
    SHORT,
    Chart,
    number_axis,
    titled,
)
from churnbook.analyses.draw.trends import by_period, line_points, trend_lines, with_labels
from churnbook.analyses.overview import findings as figures
from churnbook.catalogue import labels
from churnbook.words import formats
from churnbook.words.language import _

_MOST_DRAWN = 30


def _format(kind: str) -> str:
    return PERCENT if kind == "share" else SHORT


def history(rows: pd.DataFrame, figure: str, grain: str, currency: str | None, on_dark: bool = False) -> Chart:
    """A figure by period with its interval; the two periods held against each other are marked.

    `rows` have the columns of metric_history for one segment.
    """
    kind = str(rows["kind"].iloc[0])
    points = line_points(rows, "value", "n")
    points = points.assign(
        shown=[figures.value(value, kind, currency) for value in points["value"]],
        is_compared=points["part"].notna(),
    )
    tooltip = [
        alt.Tooltip("shown:N", title=figures.name(figure)),
        alt.Tooltip("n:Q", title=figures.made_of(figure), format=","),
    ]
    if kind == "share":
        tooltip.insert(1, alt.Tooltip("interval:N", title=_("95 % interval")))
    rings = with_labels(points[points["is_compared"]], grain)
    marked = (
        on(rings)
        .mark_point(filled=False, size=190, strokeWidth=2.5, color=CAUTION, opacity=1)
        .encode(
            x=by_period(with_labels(points, grain)),
            y=alt.Y("value:Q"),
            tooltip=[alt.Tooltip("row:N", title=_("Period")), *tooltip],
        )
    )
    title = titled(figures.name(figure), _("shaded: 95 % interval; rings: the periods compared"))
    colour = alt.ColorValue(KEPT)
    lines = trend_lines(points, grain, colour, tooltip, _format(kind), title, from_zero=False, also=(marked,))
    return lines.properties(height=280)


def gaps(found: pd.DataFrame, figure: str, currency: str | None, on_dark: bool = False) -> Chart:
    """Each segment as a dot with its interval, the value drawn towards all as a diamond; the rule is that of all.

    `found` has the columns of segment_gaps.
    """
    kind = str(found["kind"].iloc[0])
    shown = found.head(_MOST_DRAWN)
    has_interval = shown["ci_low"].notna()
    shown = shown.assign(
        row=[labels.segment(name) for name in shown["segment"]],
        clear=(shown["q_value"] < SURE).fillna(False).astype(bool),
        text=[figures.value(value, kind, currency) for value in shown["value"]],
        drawn=[figures.value(value, kind, currency) if pd.notna(value) else "—" for value in shown["shrunk"]],
        apart=[by(value, kind, currency) if pd.notna(value) else "—" for value in shown["gap"]],
        span=[
            f"{figures.value(low, kind, currency)} – {figures.value(high, kind, currency)}" if there else "—"
            for low, high, there in zip(shown["ci_low"], shown["ci_high"], has_interval, strict=True)
        ],
        stake=[formats.number(round(value)) if pd.notna(value) and value > 0 else "—" for value in shown["at_stake"]],
        size=[formats.number(int(n)) for n in shown["n"]],
    )
    y = alt.Y("row:N", sort=list(shown["row"]), title=None, axis=alt.Axis(labelLimit=200, domain=False, ticks=False))
    colour = either(alt.ColorValue, alt.datum.clear, CAUTION, MUTED)
    axis = number_axis(_format(kind), 6, orient="top")
    x = alt.X("value:Q", title=None, axis=axis, scale=alt.Scale(zero=False, nice=True))
    tooltip = [
        alt.Tooltip("row:N", title=_("Segment")),
        alt.Tooltip("text:N", title=figures.name(figure)),
        alt.Tooltip("span:N", title=_("95 % interval")),
        alt.Tooltip("apart:N", title=_("Gap to the rest")),
        alt.Tooltip("drawn:N", title=_("Drawn towards all")),
        alt.Tooltip("stake:N", title=_("Customers at stake")),
        alt.Tooltip("size:N", title=figures.made_of(figure)),
    ]
    base = on(shown).encode(y=y, color=colour)
    layers = []
    if has_interval.any():
        spans = base.transform_filter(alt.datum.ci_low != None)  # noqa: E711 - an expression of the chart
        layers.append(
            spans.mark_rule(strokeWidth=4, opacity=0.35).encode(x=alt.X("ci_low:Q", title=None), x2=alt.X2("ci_high:Q"))
        )
    layers.append(base.mark_point(filled=True, size=80, opacity=1).encode(x=x, tooltip=tooltip))
    drawn = base.transform_filter(alt.datum.shrunk != None)  # noqa: E711 - an expression of the chart
    layers.append(drawn.mark_point(shape="diamond", filled=False, size=60).encode(x=alt.X("shrunk:Q"), tooltip=tooltip))
    numbers = base.mark_text(align="left", dx=8, fontSize=10, color=MUTED, tooltip=False)
    layers.append(
        numbers.encode(
            x=alt.X("ci_high:Q" if has_interval.any() else "value:Q"), text="size:N", color=alt.ColorValue(MUTED)
        )
    )
    if shown["overall"].notna().any():
        whole = pd.DataFrame({"at": [shown["overall"].iloc[0]]})
        ink = LIGHT_INK if on_dark else INK
        layers.append(on(whole).mark_rule(strokeDash=[4, 3], color=ink, opacity=0.7).encode(x=alt.X("at:Q")))
    subtitle = _("dashed: all together; small number: what it is made of")
    if len(found) > _MOST_DRAWN:
        subtitle = _("{subtitle}; the first {n} of {of} are drawn").format(
            subtitle=subtitle, n=_MOST_DRAWN, of=formats.number(len(found))
        )
    return alt.layer(*layers).properties(height=26 * len(shown) + 84, title=titled(figures.name(figure), subtitle))


def before_after(
    rows: pd.DataFrame, figure: str, grain: str, names: dict[str, str], currency: str | None, on_dark: bool = False
) -> Chart:
    """A figure around a change, the trend before continued as a band, and beside it those the change does not concern.

    `rows` have the columns of before_after; `names` say whom the two lines are of.
    """
    kind = str(rows["kind"].iloc[0])
    drawn = with_labels(rows, grain)
    drawn = drawn.assign(
        who=[names["affected"] if each else names["unaffected"] for each in drawn["is_concerned"]],
        text=[figures.value(value, kind, currency) for value in drawn["value"]],
        line=[figures.value(value, kind, currency) for value in drawn["expected"]],
        role=[_(ROLES[phase]) for phase in drawn["phase"]],
    )
    x = by_period(drawn)
    who = list(dict.fromkeys(drawn["who"]))
    colours = [KEPT, CATEGORICAL[1]][: len(who)]
    colour = alt.Color(
        "who:N",
        title=None,
        sort=who,
        scale=alt.Scale(domain=who, range=colours),
        legend=alt.Legend(orient="bottom", symbolType="circle") if len(who) > 1 else None,
    )
    y = alt.Y("value:Q", title=None, axis=number_axis(_format(kind), 5), scale=alt.Scale(zero=False))
    tooltip = [
        *([alt.Tooltip("who:N", title=_("Segment"))] if len(who) > 1 else []),
        alt.Tooltip("row:N", title=_("Period")),
        alt.Tooltip("text:N", title=figures.name(figure)),
        alt.Tooltip("line:N", title=_("Expected")),
        alt.Tooltip("n:Q", title=figures.made_of(figure), format=","),
        alt.Tooltip("role:N", title=_("Phase")),
    ]
    base = on(drawn).encode(x=x)
    concerned = base.transform_filter(alt.datum.is_concerned)
    layers: list[alt.Chart] = []
    if drawn["expected"].notna().any():
        layers.append(
            concerned.mark_area(opacity=0.14, color=MUTED).encode(
                y=alt.Y("expected_low:Q", title=None), y2=alt.Y2("expected_high:Q")
            )
        )
        layers.append(
            concerned.mark_line(strokeDash=[5, 4], color=MUTED, strokeWidth=1.5).encode(
                y=alt.Y("expected:Q", title=None)
            )
        )
    layers.append(base.mark_line(strokeWidth=2).encode(y=y, color=colour))
    layers.append(base.mark_point(filled=True, size=45, opacity=1).encode(y=y, color=colour, tooltip=tooltip))
    return alt.layer(*layers).properties(
        height=300, title=titled(figures.name(figure), _("dashed: the trend of the periods before, continued"))
    )
