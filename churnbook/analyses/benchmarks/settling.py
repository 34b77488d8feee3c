"""What is said of one's own benchmarks: what has to be settled before they can be compared."""

from __future__ import annotations

import pandas as pd

from churnbook.datasets.benchmarks import METRIC_NAMES
from churnbook.words import formats
from churnbook.words.formats import escape
from churnbook.words.language import _


def unsettled(own: pd.DataFrame) -> list[str]:
    """What has to be settled of one's own benchmarks before they can be compared, a sentence each kind."""
    said = []
    unknown = own[own["unsettled"] == "metric"]
    for given, nearest in dict(zip(unknown["given"], unknown["nearest"], strict=True)).items():
        words = (
            _(
                "No metric is called “{given}”, so it is not compared. The nearest is “{nearest}”: choose it in the table."
            )
            if isinstance(nearest, str)
            else _("No metric is called “{given}”, so it is not compared. Choose the metric in the table.")
        )
        named = _(METRIC_NAMES[nearest]) if isinstance(nearest, str) else ""
        said.append(words.format(given=escape(str(given)), nearest=named))
    for kind, words in (
        (
            "scale",
            _(
                "Are the numbers shares or per cent? 0.5 can mean 50 % or 0.5 %. Not compared until the unit is chosen: {names}."
            ),
        ),
        (
            "range",
            _("These are beyond what can be, or have a low above a high value, so they are not compared: {names}."),
        ),
        ("unit", _("Not compared until their unit, of money its currency, is given: {names}.")),
        (
            "period",
            _("Not compared until it is said what they are measured over, as monthly, annual or 12 months: {names}."),
        ),
        (
            "variant",
            _(
                "These are several figures. Write under “Holds for” which: order-2, order-3 or order-9; price, service or "
                "competition. {names}"
            ),
        ),
        (
            "values",
            _(
                "These have no value, so they are not compared; a number with a % sign is to be written without it: {names}."
            ),
        ),
        ("source", _("Compared, but nobody can weigh them until it is said where they are from: {names}.")),
    ):
        rows = own[own["unsettled"] == kind]
        names = [
            f"{_called(given, metric)} ({escape(source)})" if isinstance(source, str) else _called(given, metric)
            for given, metric, source in zip(rows["given"], rows["metric"], rows["source"], strict=True)
        ]
        if names:
            said.append(words.format(names=formats.listed(list(dict.fromkeys(names)), 8)))
    return said


def _called(given: object, metric: object) -> str:
    """A metric by its name, or as it was written where none is known by that."""
    return _(METRIC_NAMES[metric]) if isinstance(metric, str) else escape(str(given))
