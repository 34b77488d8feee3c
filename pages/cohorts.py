# title: Cohorts
# icon: grid_on
# section: Understand
# order: 20
# asks: Of the customers who started in the same period, how many came back?
# answers: cohort_retention, cohort_retention_overall, cohort_retention_customers
# explains: customers, retention_rate, revenue
"""Cohorts: who comes back, what they bring in, how many start, and whether two segments really differ."""

from functools import partial

import streamlit as st

from churnbook import page
from churnbook.analyses.cohorts import charts, findings
from churnbook.analyses.draw.marks import stacked
from churnbook.words.language import _

facts, dark, followed = page.view().facts, page.is_dark(), "cohort_retention_overall"
with page.cell("retention", "cohort_retention", findings.question(facts.activity), followed, leads=True) as retention:
    rarer = ("relative_to", "clock", "entry", "minimum", "average", "week_start", "periods", "top")
    retention.choose("grain", "measure", "breakdown", "start", "returning", more=rarer)
    cells, overall = retention.run()
    if cells.empty:
        page.end(_("No customer started in the days chosen. Widen the scope above."))
    subscribed = findings.by_subscription(facts.activity, retention.values["returning"])
    grain, measure, clock, average = (str(retention.values[name]) for name in ("grain", "measure", "clock", "average"))
    retention.choose_segments(overall)
    picked = retention.picked("cohort_retention_customers", "cohort", "period", "segment")
    heatmap = partial(charts.triangle, grain=grain, highest=charts.highest_retention(cells))
    curve = partial(charts.curve, overall, grain, findings.average_title(average), retention.order)
    with retention.beside(curve, _("Retention of all cohorts")):
        drawn = partial(heatmap, on_dark=dark, picked=picked)
        retention.multiples(cells, "cohort_size", drawn, _("Cohort heatmap"), ("cohort", "period"), once_per="cohort")
    page.offer_longer(retention, findings.are_mostly_small(cells))
    retention.finding(findings.cohort_finding(overall, grain, measure, average, subscribed))
    st.caption(findings.cohort_caption(measure, clock, facts.watermark, charts.cohorts_left_out(cells)))
    if picked:
        named = findings.customers_of_a_cell(picked, grain, subscribed), findings.cohort_name(picked, grain)
        retention.customers("cohort_retention_customers", picked, *named)
    retention.evidence(partial(stacked, cells, retention.segments, heatmap))

with page.cell("revenue", "cohort_revenue", _("What do they bring in?"), "cohort_revenue_overall") as revenue:
    revenue.follow(retention)
    if revenue.can_answer():
        revenue.choose("cumulative")
        earned, overall = revenue.run()
        if earned["revenue"].isna().all():
            st.info(_("The files have no amounts, so there is no revenue to show."), icon=":material/info:")
        else:
            dearest, is_sum = float(earned["revenue_per_customer"].max()), bool(revenue.values["cumulative"])
            heatmap = partial(charts.revenue_triangle, grain=grain, currency=facts.currency, highest=dearest)
            drawn = partial(heatmap, on_dark=dark)
            curve = partial(charts.revenue_curve, overall, grain, facts.currency, revenue.order)
            with revenue.beside(curve, _("Revenue per customer")):
                revenue.multiples(earned, "cohort_size", drawn, _("Revenue heatmap"), once_per="cohort")
            told = findings.revenue_finding(overall, grain, is_sum, facts.currency)
            revenue.finding(told, findings.revenue_caption())
            revenue.evidence(partial(stacked, earned, revenue.segments, heatmap))

with page.cell("sizes", "cohort_sizes", _("How many start?")) as sizes:
    sizes.follow(retention)
    (started,) = sizes.run()
    bars = partial(charts.sizes, started, grain, sizes.order)
    sizes.answer(bars, _("Cohort sizes"), partial(findings.sizes_finding, started, grain))

with page.cell("comparison", "cohort_comparison", _("Do two segments really differ?")) as comparison:
    comparison.follow(retention)
    pair = comparison.choose_pair()
    if pair is None:
        comparison.unsplit(_("Split by an attribute in the first cell; two of its segments are compared here."))
    else:
        (compared,) = comparison.run()
        two = retention.tables[1].loc[lambda each: each["segment"].isin(pair)]
        both = partial(charts.curve, two, grain, _("Both segments, pooled"), comparison.order)
        apart = partial(charts.difference, compared, grain, findings.difference_title(*pair))
        named = _("Retention of both segments"), _("Difference of the two segments")
        comparison.pair((both, named[0]), (partial(apart, dark), named[1]))
        comparison.finding(findings.comparison_finding(compared, grain, *pair))
        comparison.evidence(apart)
