"""Charts to choose a churn definition by: churn and returns for every number of days tried."""

from __future__ import annotations

import altair as alt
import pandas as pd

from churnbook.analyses.draw.finished import on
from churnbook.analyses.draw.marks import either
from churnbook.analyses.draw.theme import CAUTION, INK, KEPT, LIGHT_INK, LOST, PERCENT, Chart, number_axis, titled
from churnbook.words import formats
from churnbook.words.language import _


def inactivity(tried: pd.DataFrame, days: int, on_dark: bool = False) -> Chart:
    """Churn a month and the share of those lost who came back, by days without activity.

    `tried` has the columns of inactivity_workbench; `days` are those looked at.
    """
    kinds = {
        "monthly_churn_rate": (_("Churn rate a month"), LOST),
        "returned_share": (_("Came back later, of those lost"), CAUTION),
    }
    lines = pd.concat(
        tried.assign(word=words, value=tried[column]) for column, (words, _colour) in kinds.items()
    ).dropna(subset=["value"])
    words = [words for words, _colour in kinds.values()]
    base = on(lines).encode(
        x=alt.X("days:Q", title=_("Days without activity"), axis=alt.Axis(grid=False, tickCount=12)),
        y=alt.Y("value:Q", title=None, axis=number_axis(PERCENT, 5), scale=alt.Scale(zero=True)),
        color=alt.Color(
            "word:N",
            title=None,
            sort=words,
            scale=alt.Scale(domain=words, range=[colour for _words, colour in kinds.values()]),
            legend=alt.Legend(orient="bottom", symbolType="circle", symbolOpacity=1, labelLimit=300, columns=1),
        ),
    )
    tooltip = [
        alt.Tooltip("days:Q", title=_("Days without activity")),
        alt.Tooltip("monthly_churn_rate:Q", title=_("Churn rate a month"), format=".1%"),
        alt.Tooltip("lost:Q", title=_("Times lost"), format=","),
        alt.Tooltip("returned:Q", title=_("Came back later"), format=","),
        alt.Tooltip("returned_share:Q", title=_("Share who came back"), format=".1%"),
        alt.Tooltip("lost_now:Q", title=_("Lost at the end of the data"), format=","),
    ]
    lines_drawn = base.mark_line(strokeWidth=2)
    dots = base.mark_point(filled=True, size=45, opacity=1).encode(tooltip=tooltip)
    return alt.layer(*_marks(tried, days, on_dark), lines_drawn, dots).properties(height=320)


def _marks(tried: pd.DataFrame, days: int, on_dark: bool) -> list[alt.Chart]:
    """Rules at the days looked at and at those suggested."""
    marks = [(days, _("{n} days").format(n=days), [1, 0])]
    suggested = tried["suggested_days"].iloc[0]
    if pd.notna(suggested) and int(suggested) != days:
        marks.append((int(suggested), _("suggested: {n}").format(n=int(suggested)), [4, 3]))
    ink = LIGHT_INK if on_dark else INK
    drawn = []
    for position, (value, text, dash) in enumerate(marks):
        point = on(pd.DataFrame({"days": [value], "text": [text]})).encode(x=alt.X("days:Q"))
        drawn += [
            point.mark_rule(color=ink, strokeDash=dash, strokeWidth=1.2),
            point.mark_text(color=ink, align="left", dx=5, fontSize=12).encode(
                text=alt.Text("text:N"), y=alt.YValue(10 + 18 * position)
            ),
        ]
    return drawn


def contract(tried: pd.DataFrame, gap_days: int, on_dark: bool = False) -> Chart:
    """Losses that stay and losses followed by a return, by the gap allowed between two subscriptions.

    `tried` has the columns of contract_workbench; the gap in use is outlined.
    """
    kinds = {
        "lost_now": (_("Lost for good"), LOST),
        "returned": (_("Lost, came back later"), "#DDA5A3"),
        "bridged": (_("No loss: bridged"), KEPT),
    }
    bars = pd.concat(
        tried.assign(word=words, value=tried[column], position=position)
        for position, (column, (words, _colour)) in enumerate(kinds.items())
    )
    bars = bars.assign(row=[formats.number(int(days)) for days in bars["gap_days"]])
    words = [words for words, _colour in kinds.values()]
    is_used = alt.datum.gap_days == gap_days
    drawn: alt.Chart = (
        on(bars)
        .mark_bar()
        .encode(
            x=alt.X(
                "row:O",
                sort=list(dict.fromkeys(bars.sort_values("gap_days")["row"])),
                title=_("Days to the next subscription that are no loss"),
                axis=alt.Axis(labelAngle=0, ticks=False),
            ),
            y=alt.Y("value:Q", title=None, axis=alt.Axis(format=",d", tickCount=5, tickMinStep=1)),
            color=alt.Color(
                "word:N",
                title=None,
                sort=words,
                scale=alt.Scale(domain=words, range=[colour for _words, colour in kinds.values()]),
                legend=alt.Legend(orient="bottom", symbolType="square", labelLimit=300, columns=2),
            ),
            order=alt.Order("position:Q"),
            stroke=either(alt.StrokeValue, is_used, LIGHT_INK if on_dark else INK, None),
            strokeWidth=either(alt.StrokeWidthValue, is_used, 1.5, 0),
            tooltip=[
                alt.Tooltip("gap_days:Q", title=_("Gap allowed, days")),
                alt.Tooltip("word:N", title=_("What")),
                alt.Tooltip("value:Q", title=_("Number"), format=","),
                alt.Tooltip("returned_share:Q", title=_("Share who came back"), format=".1%"),
            ],
        )
    )
    return drawn.properties(height=320, title=titled("", _("outlined: the gap in use")))
