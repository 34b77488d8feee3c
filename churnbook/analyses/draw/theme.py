"""The colours of charts on light and dark pages, and their titles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt

from churnbook.words.language import spoken

INK, PAPER, QUIET, LINE = "#1D2B2F", "#FFFFFF", "#F5F7F7", "#DDE4E4"
KEPT, LOST, CAUTION = "#0F6E77", "#B0413E", "#D9822B"
CATEGORICAL = ["#0F6E77", "#D9822B", "#5B7DB1", "#B0413E", "#7A9E3D", "#8A6FB0", "#4D4D4D", "#C9A227"]
RETENTION = ["#F1F6F5", "#BFDEDA", "#6FB5B3", "#2B8389", "#0B4F58"]
RETENTION_ON_DARK = ["#1B2A2C", "#1F4A4E", "#2B7278", "#52A3A3", "#A5DAD5"]
MUTED = "#7C8A8C"
LIGHT_INK = "#E6ECEC"
Chart = alt.Chart | alt.LayerChart | alt.FacetChart | alt.VConcatChart
PICTURE_WIDTH = 760
SHORT, PERCENT, SIGNED_PERCENT = "~s", ".3~%", "+.3~%"
"""How numbers are written at an axis: short, as 1.5k; as percentages, with no more digits than they need."""


ON_DARK: Mapping[str, str] = {
    KEPT: "#52A3A3",
    LOST: "#D8716D",
    "#5B7DB1": "#8AA9D8",
    "#8A6FB0": "#B49ADB",
    "#4D4D4D": "#A9B5B7",
}
"""What stands for colours that are too dark to be seen on a dark page."""


def on_dark(specification: Any) -> Any:
    """A chart's specification with colours that can be seen on a dark page."""
    if isinstance(specification, dict):
        return {name: on_dark(value) for name, value in specification.items()}
    if isinstance(specification, list):
        return [on_dark(value) for value in specification]
    return ON_DARK.get(specification, specification) if isinstance(specification, str) else specification


def number_axis(format: str, ticks: int, **more: Any) -> alt.Axis:
    """An axis of numbers. Those below one are written as they are, since SHORT alone makes 200m of a fifth.

    Chinese counts in ten thousands.
    """
    if format != SHORT:
        return alt.Axis(format=format, tickCount=ticks, **more)
    if spoken().startswith("zh"):
        tens_of_thousands = (
            "abs(datum.value) >= 10000 ? format(datum.value / 10000, ',.3~f') + '万' :"
            " abs(datum.value) < 1 ? format(datum.value, '.3~r') : format(datum.value, ',.3~f')"
        )
        return alt.Axis(tickCount=ticks, labelExpr=tens_of_thousands, **more)
    below_one = f"abs(datum.value) < 1 ? format(datum.value, '.3~r') : format(datum.value, '{SHORT}')"
    return alt.Axis(tickCount=ticks, labelExpr=below_one, **more)


def titled(title: str, subtitle: str) -> alt.TitleParams:
    """A title at the left, with a quiet line below it that says how to read the chart."""
    return alt.TitleParams(title, subtitle=subtitle, subtitleColor=MUTED, anchor="start", fontSize=13)
