# title: Churn reasons
# icon: forum
# section: Understand
# order: 17
# asks: Why do they leave, in their own words, and what does it cost?
# answers: churn_reason_coverage
"""Churn reasons: what those who left said, how many said nothing, what went with them, and who can act."""

from functools import partial

from churnbook import page
from churnbook.analyses.reasons import charts, findings
from churnbook.page.controls import reasons
from churnbook.words.language import _

with page.cell("reasons", "churn_reasons", _("Why do they leave?"), "churn_reason_coverage", leads=True) as why:
    version = reasons.choose_version(why)
    if version:
        why.choose("level", more=("source", "spend_days", "notice_days", "after_days"))
    stated, covered = why.run()
    if stated.empty:
        page.end(_("Nobody was lost in the days chosen. Widen the scope above."))
    coverage, names = covered.iloc[0], reasons.names(version, str(why.values.get("level", "group")))
    why.finding(findings.coverage_finding(coverage, page.view().facts.currency))
    reasons.tell_sources()
    reasons.rank(why, stated, names)
    said = (
        findings.reasons_finding(stated, names, reasons.in_detail(why, version)) if version else findings.nothing_said()
    )
    days = int(str(why.values.get("spend_days", 30)))
    why.finding(said, findings.reasons_caption(coverage, version, days, page.view().facts))
    reasons.customers(why, names)
    why.evidence(partial(charts.all_kinds, stated, names))

if coverage["with_reason"]:
    with page.cell("trend", "churn_reasons", _("When did they leave for what?"), "reason_periods") as trend:
        trend.follow(why)
        trend.propose(grain="month")
        trend.choose("grain")
        (by_period, contrasts), grain = trend.run(), str(trend.values["grain"])
        told = partial(findings.trend_finding, contrasts, names, grain)
        bars = partial(charts.over_time, by_period, names, grain)
        reasons.answer(trend, bars, _("Reasons by period"), told, names, charts.PERIOD)

    with page.cell("leads", "reason_leads", _("Who names a reason more often than the others?")) as leads:
        leads.follow(why)
        (lead,) = leads.run()
        told = findings.leads_finding(lead, names)
        dots, caption = partial(charts.leads, lead, names), findings.segments_caption()
        leads.answer(dots, _("Clear differences"), lambda: told, caption, told)

    with page.cell("segments", "reason_segments", _("Which reasons does each segment name?")) as segments:
        segments.follow(why)
        segments.choose("breakdown", more=("top",))
        reasons.split(segments, segments.run()[0], names)

    with page.cell("tenure", "reason_tenure", _("Do the early ones leave for other reasons?")) as tenure:
        tenure.follow(why)
        (early,) = tenure.run()
        told = partial(findings.tenure_finding, early, names, charts.band)
        bars = partial(charts.by_tenure, early, names)
        reasons.answer(tenure, bars, _("Reasons by time as a customer"), told, names, charts.BAND)

    with page.cell("departments", "reason_departments", _("Who can act on it?")) as departments:
        departments.follow(why)
        (owned,) = departments.run()
        bars = partial(charts.owners, owned, owners := reasons.names(version, "department"))
        told = partial(findings.departments_finding, owned, owners)
        departments.answer(bars, _("Lost customers by who can act"), told)

    with page.cell("agreement", "reason_agreement", _("Do comments and codes agree?")) as agreement:
        agreement.follow(why)
        (both,) = agreement.run()
        told = findings.agreement_finding(both)
        grid = partial(charts.agreement, both, reasons.names(version))
        agreement.answer(grid, _("Codes and comments"), lambda: told, missing=told)

if version:
    with page.numbered("list", _("Which reasons are there, and what means them?")):
        reasons.edit(version)
