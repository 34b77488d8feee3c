# title: Cohorts
# icon: grid_on
# section: Understand
# order: 20
# asks: Of the customers who started in the same period, how many came back?
# answers: cohort_retention, cohort_retention_overall, cohort_retention_customers
"""Cohorts: the heatmap of coming back, the curve over all cohorts, and the customers behind a cell."""

import streamlit as st

from churnbook import charts, page, queries, wording
from churnbook.wording import _, ngettext

with page.cell("retention", "cohort_retention", _("How many come back?"), "cohort_retention_overall") as cell:
    rarer = ("clock", "entry", "minimum", "average", "week_start", "periods")
    cell.choose("grain", "measure", "breakdown", "start", "returning", more=rarer)
    retention, overall = cell.run()
    if retention.empty:
        st.info(_("No customer started in the days chosen. Widen the scope above."), icon=":material/info:")
        st.stop()
    grain, measure, clock, average = (str(cell.values[name]) for name in ("grain", "measure", "clock", "average"))
    segment = cell.choose_segment(retention, overall)
    shown = retention if segment is None else retention[retention["segment"] == segment]

    customers = queries.catalogue().parameters(queries.catalogue().find("cohort_retention_customers"))
    picked = cell.picked(customers["cohort"], customers["period"])
    outlined = (str(picked["cohort"]), int(str(picked["period"]))) if picked else None
    heatmap = charts.triangle(shown, grain, outlined, page.is_dark())
    finding = wording.cohort_finding(overall, grain, measure, average)

    left, right = st.columns([5, 2], gap="medium")
    with left:
        cell.chart(heatmap, _("Cohort heatmap"), pick=("cohort", "period"))
    with right:
        cell.chart(charts.curve(overall, grain, wording.average_title(average)), _("Retention of all cohorts"))
    cell.finding(finding)
    st.caption(wording.cohort_reading(measure, clock, page.view().facts.watermark, charts.cohorts_left_out(shown)))

    if picked:
        when = wording.since(grain, int(str(picked["period"])))
        label = wording.period_label(picked["cohort"], grain)
        titles = {
            "retained": lambda n: ngettext(
                "{n} customer of {cohort} came back in {when}", "{n} customers of {cohort} came back in {when}", n
            ),
            "not_retained": lambda n: ngettext(
                "{n} customer of {cohort} did not come back in {when}",
                "{n} customers of {cohort} did not come back in {when}",
                n,
            ),
        }
        cell.customers(
            "cohort_retention_customers",
            {**picked, "segment": segment},
            lambda n, state: titles[str(state)](n).format(n=wording.number(n), cohort=label, when=when),
        )
    cell.evidence(lambda: charts.triangle(shown, grain))
