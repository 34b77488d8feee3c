# title: Churn
# icon: person_off
# section: Understand
# order: 15
# asks: How many customers do we lose, and what changed?
# answers: churn_rate, churn_customers, churn_conventions, churn_change, churned_share
# explains: churn_rate
"""Churn: who came and who left, why conventions differ on it, and what changed it."""

from functools import partial

import streamlit as st

from churnbook import page
from churnbook.analyses.churn import charts, findings
from churnbook.analyses.draw.marks import stacked
from churnbook.words.language import _

facts, dark = page.view().facts, page.is_dark()
if facts.churn and not facts.watermark:
    with page.cell("share", "churned_share", _("How many are lost?")) as share:
        share.choose("breakdown", more=("top",))
        (lost,) = share.run()
        share.answer(partial(charts.shares, lost), _("Share of customers lost"), partial(findings.share_finding, lost))
page.needs_definition()

with page.cell("rate", "churn_rate", _("How many do we lose?"), leads=True) as rate:
    rate.choose("grain", "breakdown", more=("week_start", "top"))
    (rates,) = rate.run()
    if rates.empty:
        page.end(_("Nobody is a customer in the days chosen. Widen the scope above."))
    grain = str(rate.values["grain"])
    rate.choose_segments(rates, "opening_customers")
    picked = rate.picked("churn_customers", "in_period", "segment", "state")
    balance, last = partial(charts.balance, grain=grain), findings.last_complete(rates)
    bars, title = partial(balance, picked=picked, on_dark=dark), _("Customers come and gone")
    with rate.beside(partial(charts.rate, rates, grain, rate.order), _("Churn rate by period")):
        rate.multiples(rates, "opening_customers", bars, title, ("in_period", "state"))
    if rate.order and not last.empty:
        rate.chart(partial(charts.dots, last, findings.dots_title(last, grain), dark), _("Churn rate of each segment"))
    rate.finding(findings.rate_finding(rates, grain), findings.rate_caption(facts))
    page.suggest_days()
    if picked:
        rate.customers("churn_customers", picked, *findings.behind(picked, grain))
    rate.evidence(partial(stacked, rates, rate.segments, balance))

with page.cell("conventions", "churn_conventions", _("Why do others get another rate?")) as conventions:
    conventions.follow(rate)
    conventions.choose(period=(*findings.periods(rates), grain))
    named = findings.named(*conventions.run())
    if named.empty:
        st.info(findings.conventions_finding(named, grain), icon=":material/info:")
    else:
        behind, drawn = conventions.picked("churn_customers", "state"), partial(charts.conventions, named)
        conventions.chart(drawn, _("Churn rate by convention"))
        conventions.finding(findings.conventions_finding(named, grain), findings.conventions_caption())
        if charts.why(named):
            conventions.chart(partial(charts.causes, named, behind), _("Customers counted differently"), ("state",))
        if behind:
            conventions.customers("churn_customers", behind, *findings.behind(conventions.values, grain))
        conventions.evidence(drawn)

with page.cell("change", "churn_change", _("What changed?")) as change:
    change.follow(rate)
    change.choose("against", period=(*findings.periods(rates), grain))
    (moved,) = change.run()
    if not rate.order:
        change.unsplit(_("Split by an attribute in the first cell, to see which segments changed the rate."))
    told = partial(findings.change_finding, moved, grain)
    by_segment = partial(charts.change, findings.largest(moved)) if rate.order else None
    outside = _("The earlier period lies outside the data or the days chosen.")
    change.answer(by_segment, _("What each segment adds to the change"), told, missing=outside)

if "subscriptions" in facts.filled:
    with page.cell("renewal", "renewal_rate", _("Of those who could renew, how many did?")) as renewal:
        renewal.follow(rate)
        (due,) = renewal.run()
        told = partial(findings.renewal_finding, due, rates, grain), findings.renewal_caption(due)
        terms = partial(charts.renewals, due, grain, renewal.order) if findings.knows_terms(due) else None
        renewal.answer(terms, _("Renewal rate by period"), *told, _("No paid term ends in the days chosen."))
