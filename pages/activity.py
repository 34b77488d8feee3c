# title: Activity
# icon: event_repeat
# section: Understand
# order: 30
# asks: How often do customers come, buy and pay?
# answers: lifecycle_states or purchases, lifecycle_customers or weekdays, stickiness or purchases, days_between or purchases
# explains: active_customers, repeat_rate, average_order_value, purchase_frequency
"""Activity: who is new, kept, back or dormant; how often customers buy again, and how often they come."""

from functools import partial

import streamlit as st

from churnbook import page
from churnbook.analyses.activity import charts, findings
from churnbook.words.language import _

facts, money = page.view().facts, page.view().facts.currency

with page.cell("states", "lifecycle_states", _("Who is active, who is back, who is dormant?"), leads=True) as states:
    states.choose("grain", "breakdown", more=("week_start", "top"))
    grain = str(states.values["grain"])
    if is_known := states.can_answer():
        if (shown := states.run()[0]).empty:
            page.end(_("Nobody is active in the days chosen. Widen the scope above."))
        states.choose_segments(shown, "known_customers")
        picked = states.picked("lifecycle_customers", "period", "segment", "state")
        bars, clicked = partial(charts.states, grain=grain, picked=picked), ("period", "state")
        by_segment = partial(charts.active, shown, grain, states.order), _("Active customers by segment")
        dormant = partial(charts.dormant, shown, grain, picked), _("Dormant customers"), clicked
        with states.beside(*(by_segment if states.order else dormant)):
            states.multiples(shown, "known_customers", bars, _("Active customers by state"), clicked)
        states.finding(findings.states_finding(shown, grain), findings.states_caption())
        if picked:
            states.customers("lifecycle_customers", picked, *findings.customers_of_a_state(picked, grain))
        states.evidence(partial(charts.stacked, shown, states.segments, partial(charts.states, grain=grain)))

with page.cell("purchases", "purchases", _("How many buy again?")) as purchases:
    purchases.follow(states)
    if purchases.can_answer():
        (bought,) = purchases.run()
        rates = partial(charts.repeat_rates, bought, grain, purchases.order), _("Repeat purchase rate")
        value = partial(charts.order_value, bought, grain, money, purchases.order), _("Value and number of orders")
        drawn = (rates, value) if facts.knows_customers else (value, None)
        purchases.pair(*drawn)
        purchases.finding(findings.purchases_finding(bought, grain, money), findings.purchases_caption())
        purchases.evidence(drawn[0][0])

with page.cell("weekdays", "weekdays", _("On which days of the week do they buy?")) as weekdays:
    weekdays.follow(states)
    if weekdays.can_answer():
        (days,) = weekdays.run()
        week = partial(charts.weekdays, days, money, weekdays.order), _("Orders and revenue by day of the week")
        told = partial(findings.weekdays_finding, days, money)
        weekdays.answer(*week, told, findings.weekdays_caption())

if is_known:
    with page.cell("between", "days_between", _("How long until they come again?"), "days_between_summary") as between:
        between.follow(states)
        between.set(of="activity")
        if "orders" in facts.filled:
            between.choose("of")
        spread, summary = between.run()
        waits = partial(charts.intervals, spread, summary, between.order)
        told = partial(findings.between_finding, summary, str(between.values["of"]))
        none = _("No customer has two such days, so there is no time between them.")
        between.answer(waits, _("Days between two purchases or visits"), told, missing=none)

    with page.cell("stickiness", "stickiness", _("How often do they come?")) as stickiness:
        stickiness.follow(states)
        (sticky,) = stickiness.run()
        if sticky.empty:
            st.info(findings.stickiness_missing(), icon=":material/info:")
        elif grain == "day":
            st.caption(_("A day is too short for this; choose a longer period in the first cell."))
        else:
            often = partial(charts.stickiness, sticky, grain, stickiness.order)
            stickiness.chart(often, _("Share of active customers who come on a day"))
            stickiness.finding(findings.stickiness_finding(sticky, grain), findings.stickiness_caption(facts.activity))
            stickiness.evidence(often)
