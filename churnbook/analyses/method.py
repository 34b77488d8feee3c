"""How a number was computed, as the rows of a sheet that travels with the numbers."""

from __future__ import annotations

from collections.abc import Sequence
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
    """Everything it takes to check the numbers or compute them again, in the language spoken."""
    query, parameters = method.result.query, queries.catalogue().parameters(method.result.query)
    told: list[Row] = [
        (_("Question asked"), method.question),
        (_("Dataset"), method.dataset),
        (labels.of_address("generation"), _data_state(method)),
        (_("Scope"), _scope(method.scope)),
        (_("Query"), query.name, f"{_(query.title)} · {_(query.description)}"),
        (labels.of_address("version"), str(query.version), _("published") if is_published(query) else _("draft")),
        (_("Address to cite"), method.address),
        (),
        (_("Parameter"), _("Value"), _("Meaning")),
    ]
    told += [
        (name, parameters[name].text(value), _(parameters[name].note))
        for name, value in method.result.parameters.items()
    ]
    told += [(), (_("Column"), _("Type"), _("Meaning"))]
    told += [
        (column.name, " ".join(filter(None, (column.type, column.unit))), _(column.note)) for column in query.columns
    ]
    told += [(), ("SQL",)]
    return told + [(line,) for line in script(method.result).splitlines()]


def _data_state(method: Method) -> str:
    parts = [str(method.generation)]
    if method.facts.watermark:
        parts.append(_("data to {day}").format(day=formats.date(method.facts.watermark)))
        parts.append(_("times in {zone}").format(zone=method.facts.timezone))
    return " · ".join(parts)


def _scope(scope: Scope) -> str:
    parts: Sequence[str] = [
        f"{labels.of_address(name)} {text}" for name, texts in scope.to_address().items() for text in texts
    ]
    return " · ".join(parts) or _("All customers")
