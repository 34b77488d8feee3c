# title: Overview
# icon: space_dashboard
# section: Understand
# order: 10
# asks: What is in this dataset, how are its figures doing, and which questions can it answer?
# answers: overview, monitor
"""Overview: the size of the dataset, its figures watched over time, and what it can and cannot answer."""

import streamlit as st

from churnbook import page
from churnbook.analyses.overview import findings
from churnbook.page import contents
from churnbook.words import formats
from churnbook.words.language import _

facts = page.view().facts
headlines = st.container(gap="small")

with page.cell("overview", "overview", _("How big is it?")) as cell:
    (numbers,) = cell.run()
    figures = numbers.iloc[0]
    known = {name: figures[name] for name in figures.index if figures[name] == figures[name]}
    with st.container(horizontal=True, gap="medium"):
        st.metric(_("Customers"), formats.number(known["customers"]), width="content")
        if "active_customers" in known:
            st.metric(_("Active in the last 30 days"), formats.number(known["active_customers"]), width="content")
        if known["orders"]:
            st.metric(_("Orders"), formats.number(known["orders"]), width="content")
        if known["events"]:
            st.metric(_("Events"), formats.number(known["events"]), width="content")
        if known["subscriptions"]:
            st.metric(_("Subscriptions"), formats.number(known["subscriptions"]), width="content")
        if "revenue" in known:
            st.metric(_("Revenue"), formats.money(known["revenue"], facts.currency), width="content")
        if "churned_customers" in known:
            st.metric(_("Marked as churned"), formats.number(known["churned_customers"]), width="content")
        if "monthly_value" in known:
            st.metric(_("Monthly value"), formats.money(known["monthly_value"], facts.currency), width="content")
    cell.finding(findings.overview_finding(known))
    cell.evidence()

with page.cell("monitor", "monitor", _("How are the figures doing?")) as monitor:
    monitor.choose("grain", more=("week_start",))
    if page.cards(monitor, headlines):
        st.caption(findings.caption())
    else:
        st.info(findings.nothing_watched(facts), icon=":material/info:")

with st.container(border=True):
    st.subheader(_("What can it answer?"), anchor=False)
    for each in contents.pages():
        missing = each.missing(facts)
        if each.answers and each.name != "overview":
            with st.container(horizontal=True, vertical_alignment="center"):
                if missing:
                    st.markdown(f":gray[:material/{each.icon}: {_(each.title)}]", width="content")
                    st.caption(contents.needs_words(missing, facts), width="content")
                else:
                    contents.link(each.name, _(each.title), each.icon)
                    st.caption(_(each.asks), width="content")
    contents.link("your_data", _("Add your own data"), "upload_file")
