"""A heatmap of cohorts by period, for any value."""

from __future__ import annotations

import altair as alt
import pandas as pd

from churnbook.analyses.draw.finished import on
from churnbook.analyses.draw.marks import either, on_click, outlined
from churnbook.analyses.draw.theme import INK, LIGHT_INK, PAPER, RETENTION, RETENTION_ON_DARK, Chart
from churnbook.analyses.say import FEW
from churnbook.words import formats
from churnbook.words.language import _

_AXIS_HEIGHT = 62
_GREYS, _GREYS_ON_DARK = ("#A9B1B1", "#EFF1F1"), ("#6C7876", "#2A3331")


def heatmap(
    cells: pd.DataFrame,
    grain: str,
    value: str,
    highest: float,
    tooltip: list[alt.Tooltip],
    picked: tuple[str, int] | None,
    on_dark: bool,
    is_small: bool,
) -> Chart:
    """A row a cohort, a column a period: `value` as colour up to `highest`, the column `share` as text."""
    labels = [formats.period_label(cohort.date(), grain) for cohort in cells["cohort"]]
    sized = [f"{label}  ·  {formats.number(n)}" for label, n in zip(labels, cells["cohort_size"], strict=True)]
    cells = cells.assign(
        row=labels if is_small else sized,
        sized=sized,
        # too few customers: the same scale in grey, below zero
        shade=cells[value].where(cells["cohort_size"] >= FEW, -cells[value] - 1e-9),
        cohort=cells["cohort"].dt.strftime("%Y-%m-%d"),
        state=[_state(complete, size) for complete, size in zip(cells["complete"], cells["cohort_size"], strict=True)],
    )
    few = alt.datum.cohort_size < FEW
    base = on(cells).encode(
        x=alt.X(
            "period:O",
            title=None if is_small else formats.since_axis(grain),
            axis=alt.Axis(orient="top", labelAngle=0, labelFlush=False, domain=False, ticks=False, titlePadding=8),
            scale=alt.Scale(paddingInner=0.04),
        ),
        y=alt.Y(
            "row:O",
            sort=list(dict.fromkeys(cells["row"])),
            title=None,
            axis=alt.Axis(
                labelFlush=False, labelOverlap=is_small, domain=False, ticks=False, labelLimit=190, labelPadding=6
            ),
            scale=alt.Scale(paddingInner=0.06),
        ),
    )
    select = on_click("cohort", "period")
    is_picked = (alt.datum.cohort == picked[0]) & (alt.datum.period == picked[1]) if picked else alt.datum.period < -1
    rect = base.mark_rect(cornerRadius=1, cursor="pointer" if value == "retention" else "default").encode(
        color=alt.Color(
            "shade:Q",
            scale=alt.Scale(
                domain=[-highest, -1e-9, *(highest * quarter / 4 for quarter in range(5))],
                range=[*(_GREYS_ON_DARK if on_dark else _GREYS), *(RETENTION_ON_DARK if on_dark else RETENTION)],
                clamp=True,
                interpolate="rgb",
            ),
            legend=None,
        ),
        opacity=either(alt.OpacityValue, alt.datum.complete, 1, 0.4),
        **outlined(is_picked),
        tooltip=[
            alt.Tooltip("sized:N", title=_("Cohort · customers")),
            alt.Tooltip("period:Q", title=formats.since_axis(grain)),
            *tooltip,
            alt.Tooltip("state:N", title=_("State")),
        ],
    )
    strong = (alt.datum[value] > highest * 0.65) & alt.datum.complete & ~few
    usual, reversed_ = (LIGHT_INK, INK) if on_dark else (INK, PAPER)
    longest = int(cells["share"].str.len().max())
    # as large as the longest number leaves room for, whatever the width of the screen
    room = f"width / {cells['period'].nunique()} * {1.6 / max(longest, 2):.2f}"
    size = alt.ExprRef(f"max(0, min({9 if is_small else 11}, {room}))")
    text = base.mark_text(fontSize=size, tooltip=False).encode(
        text=alt.Text("share:N"), color=either(alt.ColorValue, strong, reversed_, usual)
    )
    rows = cells["row"].nunique()
    row_height = 15 if is_small else 24 if rows <= 30 else 17
    marks = rect.add_params(select) if value == "retention" else rect
    return alt.layer(marks, text).properties(height=rows * row_height + (24 if is_small else _AXIS_HEIGHT))


def _state(complete: bool, size: int) -> str:
    if size < FEW:
        return _("too few customers")
    return _("complete") if complete else _("period still open")
