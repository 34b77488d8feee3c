"""How a number was computed, as the rows of a sheet that travels with the numbers."""

from __future__ import annotations

from dataclasses import dataclass

from churnbook.catalogue import labels, publishing, queries
from churnbook.catalogue.query import Query
from churnbook.catalogue.request import Scope
from churnbook.datasets.facts import Facts
from churnbook.engine.session import Result
from churnbook.words import formats
from churnbook.words.language import _

Row = tuple[str, ...]


@dataclass(frozen=True)
class Method:
    """What stands behind one result: the question, the data state, the scope, and the address to cite."""

    question: str
    dataset: str
    generation: int
    facts: Facts
    scope: Scope
    result: Result
    address: str


def is_published(query: Query) -> bool:
    """Whether the query's file is in the ledger, so that it never changes."""
    return query.file in publishing.published(query.folder)


def state_words(query: Query) -> str:
    """The version of a query and whether it is published: version 2, draft."""
    state = _("published") if is_published(query) else _("draft")
    return _("version {version}, {state}").format(version=query.version, state=state)


def script(result: Result) -> str:
    """The whole SQL of a result, needs first, with the values it ran with above it."""
    known = queries.catalogue().parameters(result.query)
    # a value with line breaks stays in its comment
    values = {name: "\\n".join(known[name].text(value).splitlines()) for name, value in result.parameters.items()}
    lines = [f"-- ${name} = {text}" for name, text in values.items()]
    return "\n".join([*lines, "", queries.catalogue().script(result.query, result.parameters)])


def rows(method: Method) -> list[Row]:
    """Everything it takes to check the numbers or compute them again, in the language spoken.

    What the address, scripts and the command line call something stands behind what people call it.
    """
    query, parameters = method.result.query, queries.catalogue().parameters(method.result.query)
    told: list[Row] = [
        (_("Question asked"), method.question),
        (_("Dataset"), method.dataset),
        (labels.of_address("generation"), _data_state(method)),
        (_("Scope"), _scope(method), _scope_written(method.scope)),
    ]
    definition = method.facts.churn
    if definition and queries.catalogue().counts_churn(query, method.result.parameters):
        told.append((_("Churn definition"), definition.words, definition.text))
    told += [
        (_("Query"), f"{_(query.title)} · {_(query.description)}", query.name),
        (labels.of_address("version"), str(query.version), _("published") if is_published(query) else _("draft")),
        (_("Address to cite"), method.address),
        (),
        (_("Parameter"), _("Value"), _("Meaning"), _("In addresses and scripts")),
    ]
    told += [
        (
            labels.parameter(parameters[name]),
            labels.value(parameters[name], value) if not isinstance(value, tuple) else formats.listed(list(value)),
            _(parameters[name].note),
            f"{name}={parameters[name].text(value)}",
        )
        for name, value in method.result.parameters.items()
    ]
    told += [(), (_("Column"), _("Type"), _("Meaning"), _("In addresses and scripts"))]
    told += [
        (labels.column(column), " ".join(filter(None, (column.type, column.unit))), _(column.note), column.name)
        for column in query.columns
    ]
    told += [(), ("SQL",)]
    return told + [(line,) for line in script(method.result).splitlines()]


def state(method: Method) -> str:
    """Of what data and whom the numbers are, on one line."""
    return " · ".join([method.dataset, _data_state(method), _scope(method)])


def _data_state(method: Method) -> str:
    parts = [_("state {generation}").format(generation=method.generation)]
    if method.facts.watermark:
        parts.append(_("data to {day}").format(day=formats.date(method.scope.as_of or method.facts.watermark)))
        parts.append(_("times in {zone}").format(zone=method.facts.timezone))
    return " · ".join(parts)


def _scope(method: Method) -> str:
    """The scope in words."""
    scope, beside = method.scope, method.facts.attributes
    parts = [labels.filtered(*pair, beside) for pair in scope.where]
    parts += [
        f"{labels.of_address(name)} {formats.date(day)}"
        for name, day in (("from", scope.report_from), ("to", scope.report_to), ("as_of", scope.as_of))
        if day
    ]
    return " · ".join(parts) or _("All customers")


def _scope_written(scope: Scope) -> str:
    return " ".join(f"{name}={text}" for name, texts in scope.to_address().items() for text in texts)
