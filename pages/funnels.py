# title: Funnels
# icon: filter_alt
# section: Understand
# order: 25
# asks: Where do customers fall out on their way?
# answers: funnel, funnel_customers, funnel_times, funnel_trend, funnel_comparison, funnel_next
"""Funnels: how many take each step, how long it takes, how it changes, who differs, and what the fallen do next."""

from functools import partial

import streamlit as st

from churnbook import funnel_charts as charts
from churnbook import funnel_findings as findings
from churnbook import page, wording
from churnbook.wording import _

with page.cell("funnel", "funnel", _("How many come through?"), leads=True) as funnel:
    happened = page.ask("funnel_events")
    if happened.empty:
        st.info(_("These data say nothing of when customers did what, so there is no funnel."), icon=":material/info:")
        st.stop()
    steps = page.choose_steps(funnel, happened)
    page.choose_rules(funnel)
    excluding = ("exclude", "exclude_from", "exclude_to", "excluded")
    funnel.choose(
        "window", "window_unit", "breakdown", more=("mode", "attempt", "ties", *excluding, "entry_attribute", "top")
    )
    (reached,) = funnel.run()
    if reached.empty:
        st.info(findings.nobody(steps), icon=":material/info:")
        st.caption(findings.rules_words(funnel.values))
        st.stop()
    funnel.choose_segments(reached)
    picked = funnel.picked("funnel_customers", "step", "segment", "state")
    bars = partial(charts.bars, picked=picked, on_dark=page.is_dark())
    funnel.multiples(reached, "customers", bars, _("Customers who reached each step"), ("step", "state"))
    funnel.finding(findings.funnel_finding(reached), findings.rules_words(funnel.values))
    if findings.has_ties(reached) and funnel.values["ties"] == "together" and funnel.values["mode"] != "any":
        st.caption(findings.ties_finding(reached, funnel.ask_otherwise({"ties": "strictly_later"})))
    if picked:
        step = int(str(picked["step"]))
        heading = findings.behind_a_step(steps, step, picked)
        funnel.customers("funnel_customers", picked, heading, findings.step_name(steps, step))
    funnel.evidence(partial(charts.stacked, reached, funnel.segments, charts.bars))

words = {place: f"{place} {wording.event(step)}" for place, step in enumerate(steps, 1)}
if len(steps) > 1:
    with page.cell("times", "funnel_times", _("How long does it take?"), "funnel_times_summary") as times:
        times.follow(funnel)
        with st.container(horizontal=True):
            start = page.choose_step(times, "from_step", {k: words[k] for k in range(1, len(steps))}, 1)
            page.choose_step(times, "to_step", {k: words[k] for k in range(start + 1, len(steps) + 1)}, len(steps))
        spread, summary = times.run()
        draw = partial(charts.times, spread, times.order)
        missing = _("Nobody reached this step, so there is no time to tell.")
        times.answer(draw, _("Time from step to step"), lambda: findings.times_finding(summary), missing=missing)

    with page.cell("trend", "funnel_trend", _("Is it getting better?")) as trend:
        trend.follow(funnel)
        trend.choose("grain", more=("week_start",))
        (entered,) = trend.run()
        grain = str(trend.values["grain"])
        trend.chart(charts.trend(entered, grain, trend.order), _("Conversion by entry"))
        trend.finding(findings.trend_finding(entered, grain), findings.trend_reading())
        trend.evidence(partial(charts.trend, entered, grain, trend.order))

    with page.cell("comparison", "funnel_comparison", _("Do two sides really differ?")) as comparison:
        comparison.follow(trend)
        if comparison.order:
            comparison.choose("compare", more=("smallest",))
        else:
            comparison.values["compare"] = "periods"
        if pair := page.choose_sides(comparison, sorted(set(entered["period"])), grain):
            (compared,) = comparison.run()
            apart = partial(charts.differences, compared, findings.difference_title(*pair))
            both = charts.sides(compared, *pair)
            comparison.pair(
                (both, _("Conversion of both sides")), (apart(on_dark=page.is_dark()), _("Their difference"))
            )
            comparison.finding(findings.comparison_finding(compared, *pair))
            comparison.evidence(apart)

    with page.cell("next", "funnel_next", _("What did the fallen do next?")) as following:
        following.follow(funnel)
        after = page.choose_step(following, "after_step", {k: words[k] for k in range(1, len(steps))}, 1)
        (nexts,) = following.run()
        missing = _("Nobody fell out after this step.")
        draw = partial(charts.following, nexts)
        following.answer(
            draw, _("What they did next"), lambda: findings.next_finding(nexts, steps[after - 1]), missing=missing
        )
