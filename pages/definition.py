# title: Churn definition
# icon: rule
# section: Data
# order: 3
# asks: What is a lost customer here, and how would another definition change the figures?
"""Churn definition: what a lost customer is, a workbench to choose it by, and where records contradict activity."""

from functools import partial

from churnbook import page
from churnbook.analyses.definition import charts, findings
from churnbook.analyses.say import definition_words
from churnbook.page.controls import definition
from churnbook.words.language import _

facts = page.view().facts

with page.numbered("definition", _("When is a customer lost?")):
    page.write(definition_words(facts))
    chosen = definition.choose()

if chosen.query == "churned_by_inactivity":
    with page.cell("workbench", "inactivity_workbench", _("How many days are right?")) as workbench:
        workbench.set(days=chosen.days)
        (tried,) = workbench.run()
        if (suggested := findings.suggested_days(tried)) and suggested != chosen.days:
            definition.use_days(suggested)
        told = partial(findings.workbench_finding, tried, chosen.days)
        curve = partial(charts.inactivity, tried, chosen.days)
        alt_text = _("Churn and share of returns by days without activity")
        workbench.answer(curve, alt_text, told, findings.workbench_caption(), told())
elif chosen.query == "churned_by_subscription":
    with page.cell("gaps", "contract_workbench", _("Which gap is no loss?")) as gaps:
        gaps.set(gap_days=chosen.days)
        (tried,) = gaps.run()
        bars = partial(charts.contract, tried, chosen.days)
        told = partial(findings.gap_finding, tried, chosen.days)
        gaps.answer(bars, _("Losses and returns by the gap allowed"), told, missing=told())

if definition.is_recorded() and "activity_days" in facts.filled:
    with page.cell("contradictions", "recorded_contradictions", _("Do the records agree with activity?")) as against:
        against.set(days=chosen.days or 90)
        against.choose("state")
        (astray,) = against.run()
        against.finding(findings.contradictions_finding(astray, str(against.values["state"]), chosen.days or 90))
        if len(astray):
            against.listing()
        against.evidence()
