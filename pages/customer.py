# title: One customer
# icon: person
# section: Understand
# order: 90
# asks: What did one customer do, and when?
# answers: customer_profile, customer_rows
"""One customer: where they stand, everything they did, and the rows behind it."""

from functools import partial

import streamlit as st

from churnbook import page
from churnbook.analyses import customer as timeline
from churnbook.page.controls import customer as customers
from churnbook.words import formats
from churnbook.words.language import _, ngettext

chosen = customers.choose()
if chosen is None:
    st.stop()

with page.cell("profile", "customer_profile", _("Where do they stand?"), leads=True) as cell:
    cell.set(customer=chosen)
    cell.run()
    profile = customers.profile(cell)
    customers.figures(profile, page.view().facts.currency)
    cell.finding(timeline.finding(profile))
    customers.described(profile, page.view().facts.currency)
    cell.evidence()

with page.cell("timeline", "customer_rows", _("What did they do, and when?"), "customer_days") as cell:
    cell.set(customer=chosen)
    rows, days = cell.run()
    data_to = profile["data_to"]
    if days.empty:
        st.info(_("The files hold no row with a date about this customer."), icon=":material/info:")
    else:
        cell.chart(partial(timeline.chart, days, data_to, page.is_dark()), _("Timeline of the customer"))
    if not rows.empty:
        words = ngettext("{n} row, newest first", "{n} rows, newest first", len(rows))
        st.caption(words.format(n=formats.number(len(rows))))
        customers.rows(cell.results[0])
    cell.evidence(None if days.empty else partial(timeline.chart, days, data_to))
