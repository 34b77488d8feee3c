# title: Funnels
# icon: filter_alt
# section: Understand
# order: 25
# asks: Where do customers drop off on their way?
# answers: funnel, funnel_events, funnel_customers, funnel_times, funnel_trend, funnel_comparison, funnel_next
"""Funnels: how many take each step, how long it takes, how it changes, who differs, and what those who dropped off did next."""

from functools import partial

import streamlit as st

from churnbook import page
from churnbook.analyses.funnels import charts, findings, lists
from churnbook.words.language import _

with page.cell("funnel", "funnel", _("How many come through?"), leads=True) as funnel:
    named, steps = page.choose_steps(funnel)
    page.choose_funnel(funnel)
    (reached,) = funnel.run()
    if reached.empty:
        st.info(findings.nobody(steps), icon=":material/info:")
    else:
        funnel.choose_segments(reached)
        picked = funnel.picked("funnel_customers", "step", "segment", "state")
        bars = partial(charts.bars, titles=steps)
        drawn = partial(bars, picked=picked, on_dark=page.is_dark())
        funnel.multiples(reached, "customers", drawn, _("Customers who reached each step"), ("step", "state"))
        page.tell_funnel(funnel, reached, steps)
        if picked:
            funnel.customers("funnel_customers", picked, *lists.customers_of_a_step(steps, picked))
        funnel.evidence(partial(charts.stacked, reached, funnel.segments, bars))
if reached.empty or len(steps) < 2:
    page.derived_events()
    st.stop()

with page.cell("times", "funnel_times", _("How long does it take?"), "funnel_times_summary") as times:
    times.follow(funnel)
    page.choose_span(times, steps)
    spread, summary = times.run()
    spans = partial(charts.times, spread, times.order)
    said, behind = partial(findings.times_finding, summary), page.customers_of_a_time(times, steps)
    times.answer(spans, _("Time from step to step"), said, missing=findings.no_times(), behind=behind)

with page.cell("trend", "funnel_trend", _("Is it getting better?"), leads=True) as trend:
    page.by_first_attempts(trend, funnel)
    grain = page.choose_grain(trend)
    (entered,) = trend.run()
    lines = partial(charts.trend, entered, grain, trend.order)
    trend.chart(lines, _("Conversion by entry"), ("in_period", "segment"))
    trend.finding(findings.trend_finding(entered, grain), findings.trend_caption())
    if picked := trend.picked("funnel_customers", "in_period", "segment"):
        shown = page.to_the_end(steps, picked)
        trend.customers("funnel_customers", shown, *lists.customers_of_a_period(picked, grain))
    trend.evidence(lines)

with page.cell("comparison", "funnel_comparison", _("Do two sides really differ?")) as comparison:
    comparison.follow(trend)
    if pair := page.choose_sides(comparison, entered, grain):
        (compared,) = comparison.run()
        apart = partial(charts.differences, compared, findings.difference_title(*pair), steps)
        picked = comparison.picked("funnel_customers", *charts.SIDE)
        both = (partial(charts.sides, compared, *pair, comparison.values, picked, steps), _("Conversion of both sides"))
        told = (partial(apart, on_dark=page.is_dark()), _("Their difference")) if charts.can_differ(compared) else None
        comparison.pair(both, told, charts.SIDE)
        said = findings.comparison_finding(compared, *pair)
        comparison.finding(said, findings.comparison_caption(comparison.values))
        if picked:
            comparison.customers("funnel_customers", picked, *lists.customers_of_a_step(steps, picked, grain))
        comparison.evidence(apart)

with page.cell("next", "funnel_next", _("What did those who dropped off do next?")) as following:
    page.by_first_attempts(following, funnel)
    after = page.choose_step(following, "after_step", steps, reached)
    (nexts,) = following.run()
    bars, missing = partial(charts.following, nexts, named), _("Nobody dropped off after this step.")
    told, behind = partial(findings.next_finding, nexts, after, named), page.drill_into_what_came_next(after, named)
    following.answer(bars, _("What they did next"), told, findings.next_caption(), missing, behind)

page.derived_events()
