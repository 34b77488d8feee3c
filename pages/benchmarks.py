# title: Benchmarks
# icon: leaderboard
# section: Understand
# order: 18
# asks: Is that good or bad, against whom, and since when?
# answers: benchmark_position
"""Benchmarks: our figures beside published ones, their own past, other segments, and before and after a change."""

import streamlit as st

from churnbook import page
from churnbook.analyses.benchmarks import findings
from churnbook.catalogue.query import Value
from churnbook.page.controls import benchmarks, comparisons, own_benchmarks
from churnbook.words.language import _

values: dict[str, Value] = {}
with page.cell("industry", "benchmark_position", _("How do we stand against what is published?")) as industry:
    values = benchmarks.choose(industry)
    headline = st.container(gap="small")
    found = benchmarks.rows(industry, values)
    with headline:
        page.write(findings.headline(found.drawn))
        st.caption(findings.caption())
    benchmarks.others(found)

with page.cell("history", "metric_history", _("Are we better than we were?")) as history:
    comparisons.history(history)

with page.cell("gaps", "segment_gaps", _("Which segments lie off the rest?")) as gaps:
    comparisons.segments(gaps, history)

with page.cell("change", "before_after", _("What changed with a change?"), "before_after_effect") as change:
    comparisons.change(change, gaps, history)

with page.numbered("own", _("Your own benchmarks")):
    own_benchmarks.edit()

with page.cell("published", "published_figures", _("What is published?")) as published:
    benchmarks.published(published, values)
