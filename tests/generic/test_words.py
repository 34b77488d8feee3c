"""Words: the Chinese catalogue is complete, placeholders survive, sentences say the right numbers."""

import datetime as dt
import re
from collections.abc import Iterator

import pandas as pd
import pytest

from churnbook import messages
from churnbook.analyses.cohorts import findings
from churnbook.catalogue import labels, queries
from churnbook.words import formats
from churnbook.words.language import LOCALES, speak


@pytest.fixture
def chinese() -> Iterator[None]:
    speak("zh_CN")
    yield
    speak("en")


def test_every_message_is_translated() -> None:
    assert messages.untranslated("zh_CN") == []


def test_translations_keep_their_placeholders() -> None:
    fields = re.compile(r"{(\w+)}")
    from babel.messages.pofile import read_po

    with (LOCALES / "zh_CN.po").open("rb") as file:
        for message in read_po(file, locale="zh_CN"):
            if message.id:
                id = message.id if isinstance(message.id, str) else message.id[-1]
                assert message.string is not None
                string = message.string if isinstance(message.string, str) else message.string[0]
                assert set(fields.findall(id)) == set(fields.findall(string)), id


def test_chinese_says_customers_without_ceremony() -> None:
    text = (LOCALES / "zh_CN.po").read_text(encoding="utf-8")
    assert "您" not in text and "导致" not in text


def test_every_choice_of_every_query_has_a_word() -> None:
    for query in queries.catalogue().queries.values():
        for parameter in query.own_parameters:
            for choice in parameter.choices:
                assert labels.value(parameter, choice) != choice, f"{query.name}.{parameter.name}: {choice}"


def overall(*rows: tuple[str | None, int, int, int, float, float, float]) -> pd.DataFrame:
    names = ["segment", "period", "cohorts", "customers", "retention", "ci_low", "ci_high"]
    return pd.DataFrame(rows, columns=names)


POOLED = overall(
    (None, 0, 5, 900, 1.0, 0.99, 1.0), (None, 1, 4, 800, 0.412, 0.378, 0.446), (None, 6, 1, 100, 0.25, 0.17, 0.34)
)


def test_the_cohort_finding() -> None:
    assert findings.cohort_finding(POOLED, "month", "on") == (
        "**41.2% of customers are back in month 1** (pooled over 4 complete cohorts, 800 customers, 95 % interval"
        " 37.8%–44.6%), 25.0% in month 6."
    )


def test_the_cohort_finding_in_chinese(chinese: None) -> None:
    assert findings.cohort_finding(POOLED, "week", "on_or_after") == (
        "**41.2%的客户在第1周或之后回访**（合并4个完整同期群，共800名客户，95%置信区间37.8%–44.6%），第6周为25.0%。"
    )


def test_the_finding_of_a_split_whose_intervals_overlap_ranks_nothing() -> None:
    table = overall(
        ("a*b", 1, 4, 100, 0.5, 0.4, 0.6), ("", 1, 4, 90, 0.3, 0.21, 0.41), ("tiny", 1, 4, 5, 0.9, 0.5, 0.99)
    )
    assert findings.cohort_finding(table, "month", "on") == (
        r"**In month 1 the segments do not clearly differ**: from \(blank\) with 30.0% (21.0%–41.0%) to a\*b with 50.0%"
        " (40.0%–60.0%); these 95 % intervals overlap."
    )


def test_findings_where_there_is_nothing_to_say() -> None:
    assert "No period after the start" in findings.cohort_finding(POOLED[POOLED["period"] == 0], "month", "on")
    whole = overall((None, 0, 2, 10, 1.0, 0.7, 1.0), (None, 1, 2, 10, 1.0, 0.7, 1.0))
    assert "every cell is 100%" in findings.cohort_finding(whole, "month", "up_to")


@pytest.mark.parametrize(
    ("grain", "day", "label"),
    [
        ("month", dt.date(2024, 3, 1), "2024-03"),
        ("quarter", dt.date(2024, 4, 1), "2024 Q2"),
        ("year", dt.date(2024, 1, 1), "2024"),
        ("week", dt.date(2024, 12, 30), "2025 W01 (12-30)"),
        ("week", dt.date(2023, 12, 31), "2024 W01 (12-31)"),
        ("day", dt.date(2024, 3, 5), "2024-03-05"),
    ],
)
def test_period_labels(grain: str, day: dt.date, label: str) -> None:
    assert formats.period_label(day, grain) == label


def test_labels_that_repeat_are_told_apart() -> None:
    assert formats.distinct({"a": "mine", "b": "mine", "c": "yours"}) == {"a": "mine", "b": "mine (2)", "c": "yours"}


def test_text_from_files_is_never_markdown() -> None:
    evil = "<b>**x**</b> [a](javascript:1) `c` $x$ :red[y]"
    assert formats.plain(formats.escape(evil)) == evil
    assert not re.search(r"(?<!\\)[*\[\]`<$:]", formats.escape(evil))
