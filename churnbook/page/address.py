"""The address and what it names: the only code that reads or writes query parameters.

The address holds values, never labels. Dataset, language and scope are written into it on every
run; a cell's parameters stand under `<cell>.<parameter>`. The session remembers a page's values, so
that coming back to the page finds them again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from churnbook.catalogue import labels, queries, request
from churnbook.catalogue.query import NotAllowed, Parameter, Query, Value
from churnbook.catalogue.request import Scope
from churnbook.datasets.facts import Facts, NoDataset, unknown_filters
from churnbook.datasets.library import DatasetEntry, Library
from churnbook.page import state
from churnbook.words import formats
from churnbook.words.language import LANGUAGES, _, spoken

HOME = "overview"
"""The page that the app begins with; its address has no name."""
SHARED = ("dataset", "generation", "lang", "from", "to", "as_of", "where")
PAGE_WIDE = ("customer",)
"""Parameters that belong to a whole page and stand in its address by themselves."""
_PAGE = "page shown"
_MEMORY = "address by page"
_FOLLOWERS = "cells by the cell they follow"


@dataclass(frozen=True)
class View:
    """What this run looks at: a dataset generation in a scope, on a page."""

    page: str
    library: Library
    listed: DatasetEntry
    generation: int
    facts: Facts
    scope: Scope


_view: ContextVar[View] = ContextVar("view")
_notices: ContextVar[DeltaGenerator] = ContextVar("notices")


def view() -> View:
    """The view of this run; set by the frame before any page runs."""
    return _view.get()


def begin(page: str) -> None:
    """Bring the address and the session's memory of it together at the start of a run.

    On the same page the address says everything; on another page, which Streamlit opens with an
    empty address, the shared values and what was last chosen there come back.
    """
    memory: dict[tuple[str, str], list[str]] = state.kept(_MEMORY, dict)
    changed = state.get(_PAGE) != page
    state.put(_PAGE, page)
    _notices.set(st.container())
    for key in [key for key in memory if key[0] in ("", page)]:
        if key[1] in st.query_params:
            continue
        if changed:
            st.query_params[key[1]] = memory[key]
        else:
            del memory[key]
    for name in st.query_params:
        memory[_key(name)] = st.query_params.get_all(name)


def _key(name: str) -> tuple[str, str]:
    return ("" if name in SHARED else state.get(_PAGE), name)


def get(name: str) -> list[str]:
    """The texts the address gives a name; empty where it does not stand there."""
    return st.query_params.get_all(name)


def put(name: str, texts: Sequence[str]) -> None:
    """Write a name into the address, or take it out with no texts."""
    memory = state.get(_MEMORY)
    if texts:
        if st.query_params.get_all(name) != list(texts):
            st.query_params[name] = list(texts)
        memory[_key(name)] = list(texts)
    else:
        if name in st.query_params:
            del st.query_params[name]
        memory.pop(_key(name), None)


def with_shared(texts: dict[str, str]) -> dict[str, list[str]]:
    """The address of another page that looks at the same data, with these names."""
    return {**{name: get(name) for name in SHARED if get(name)}, **{name: [text] for name, text in texts.items()}}


def forget_cells() -> None:
    """Take the parameters of cells out of the address and the memory: another dataset has other names."""
    memory = state.get(_MEMORY)
    for key in [key for key in memory if key[1] not in SHARED]:
        del memory[key]
    for name in [name for name in st.query_params if name not in SHARED]:
        del st.query_params[name]


def tell(sentence: str, **fields: object) -> None:
    """Say, once for this run, that something in the address could not be followed."""
    escaped = {name: formats.escape(str(value)) for name, value in fields.items()}
    _notices.get().warning(sentence.format(**escaped), icon=":material/link_off:")


def is_dark() -> bool:
    """Whether the reader's browser shows the dark theme."""
    return bool(st.context.theme.type == "dark")


# Language


def choose_language() -> str:
    """The language of the address, else the browser's; English where neither is one we speak.

    Any tag of a language will do, such as zh, zh-CN or en-GB.
    """
    for tag in (*get("lang")[:1], st.context.locale or ""):
        spoken = re.split("[-_]", tag.lower())[0]
        for language in LANGUAGES:
            if language.split("_")[0] == spoken:
                return language
    return "en"


def keep(name: str, key: str, encode: Callable[[Any], Sequence[str]]) -> Callable[[], None]:
    """A widget callback that writes the widget's value into the address."""

    def write() -> None:
        put(name, encode(state.get(key)))

    return write


# Dataset and scope


def open_view(page: str, library: Library) -> View | None:
    """Find what the address names, tell what could not be followed, and write it back.

    None where the library holds no dataset at all.
    """
    found = _dataset(library)
    if found is None:
        return None
    listed, facts = found
    generation = int(facts.path.stem)
    scope = _scope(facts)
    put("dataset", [listed.id])
    put("generation", [] if generation == listed.generation else [str(generation)])
    put("lang", [spoken()])
    opened = View(page, library, listed, generation, facts, scope)
    _view.set(opened)
    return opened


def _dataset(library: Library) -> tuple[DatasetEntry, Facts] | None:
    """The dataset and generation the address names, or the nearest there are; what differs is told."""
    others = library.list()
    given = get("dataset")
    unreadable: DatasetEntry | None = None
    try:
        named = library.find(given[0]) if given else next(iter(others), None)
        unreadable = named
        if named is not None:
            return named, _generation(library, named)
    except NoDataset:
        others = [each for each in others if each != unreadable]
    for listed in others:
        try:
            facts = library.facts(listed.id, listed.generation)
        except NoDataset:
            continue
        if given:
            tell(
                _("The link names a dataset that is not here (any more). Showing “{name}” instead.")
                if unreadable is None
                else _(
                    "“{dataset}” was made by another version of Churnbook and cannot be read; load its files again. "
                    "Showing “{name}” instead."
                ),
                name=dataset_name(listed),
                dataset=dataset_name(unreadable) if unreadable else "",
            )
        return listed, facts
    return None


def _generation(library: Library, listed: DatasetEntry) -> Facts:
    """The facts of the generation the address names, or of the nearest one; NoDataset where none can be read."""
    given = get("generation")
    wanted = _counted(given[0]) if given else listed.generation
    if wanted is None:
        tell(
            _("“{text}” in the address is not a value for {name}; it was left out."),
            text=given[0],
            name=labels.of_address("generation"),
        )
        wanted = listed.generation
    try:
        facts = library.facts(listed.id, library.nearest(listed, wanted))
    except NoDataset:  # replaced a moment ago
        listed = library.find(listed.id)
        facts = library.facts(listed.id, listed.generation)
    now = int(facts.path.stem)
    if wanted < now:
        tell(
            _(
                "The data behind this link were replaced since: it names state {wanted}, and state {now} is shown. "
                "Numbers can differ from those cited."
            ),
            wanted=wanted,
            now=now,
        )
    elif wanted > now:
        tell(
            _(
                "The link names state {wanted} of these data, which is not here; the newest, state {now}, is shown. "
                "Numbers can differ from those cited."
            ),
            wanted=wanted,
            now=now,
        )
    elif now < listed.generation:
        tell(
            _("This is state {now} of these data, as the link says; there is a newer one, state {newest}."),
            now=now,
            newest=listed.generation,
        )
    elif now > listed.generation:
        tell(_("This is state {now} of these data, which was undone since."), now=now)
    return facts


def _counted(text: str) -> int | None:
    """The number of a generation or version as an address writes it; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 and int(text) else None


def dataset_name(listed: DatasetEntry) -> str:
    """A dataset's name as people see it; samples are translated."""
    return _(listed.name) if listed.is_sample else listed.name


def _scope(facts: Facts) -> Scope:
    scope, bad = Scope.from_address({name: get(name) for name in ("from", "to", "as_of", "where")})
    for name, text in bad:
        tell(
            _("“{text}” in the address is not a value for {name}; it was left out."),
            text=text,
            name=labels.of_address(name),
        )
    unknown = unknown_filters(facts, scope)
    for attribute in dict.fromkeys(unknown):
        tell(_("Customers of this dataset have no “{attribute}”; that filter was left out."), attribute=attribute)
    where = tuple(pair for pair in scope.where if pair[0] not in unknown)
    scope = Scope(scope.report_from, scope.report_to, scope.as_of, where)
    put_scope(scope)
    return scope


def put_scope(scope: Scope) -> None:
    """Write a scope into the address."""
    given = scope.to_address()
    for name in ("from", "to", "as_of", "where"):
        put(name, given.get(name, ()))


# Parameters of a cell


def name_of(cell: str, parameter: str) -> str:
    """The name a parameter of a cell has in the address."""
    return parameter if parameter in PAGE_WIDE else f"{cell}.{parameter}"


def version(name: str, query: str) -> Query:
    """The version of a query the address gives under a name, or the nearest there is; without one the newest."""
    catalogue = queries.catalogue()
    newest = catalogue.find(query)
    given = get(name)
    if not given:
        return newest
    wanted = _counted(given[0])
    shown = catalogue.nearest(query, wanted) if wanted else newest
    if shown.version != wanted:
        tell(
            _("There is no version {version} of {query} (any more); version {shown} is shown."),
            version=given[0],
            query=query,
            shown=shown.version,
        )
        put(name, [] if shown is newest else [str(shown.version)])
    return shown


def value_of(cell: str, parameter: Parameter, known: Sequence[Value] | None = None) -> Value:
    """A parameter's value from the address, or its default; a value that is not allowed is told.

    `known` are the attributes or events of the dataset, for parameters that name one.
    """
    name = name_of(cell, parameter.name)
    texts = get(name)
    if not texts:
        return parameter.default
    try:
        value = parameter.read(texts[0])
        if known is not None and value not in known:
            raise NotAllowed(parameter, value)
    except NotAllowed:
        tell(
            _("“{text}” in the address is not a value for {name}; {default} is used."),
            text=texts[0],
            name=labels.parameter(parameter),
            default=labels.value(parameter, parameter.default),
        )
        put(name, ())
        return parameter.default
    return value


def widget_key(name: str, value: object) -> str:
    """The key of the widget for a name of the address, holding the address's value before it is drawn."""
    key = f"widget:{name}"
    state.put(key, value)
    return key


def choose_value(cell: str, parameter: Parameter) -> Callable[[], None]:
    """A widget callback that writes a parameter's new value into the address; a default is taken out."""
    name = name_of(cell, parameter.name)

    def write() -> None:
        chosen = state.get(f"widget:{name}")
        text = chosen if isinstance(chosen, str) else parameter.text(chosen)
        put(name, () if text in ("null", parameter.text(parameter.default)) else [text])
        if parameter.name not in queries.catalogue().picked:
            void_picks(cell)

    return write


def follow(cell: str, other: str) -> None:
    """Let what is picked in a cell become void with what is picked in another, whose choices it takes."""
    state.kept(_FOLLOWERS, dict[tuple[str, str], set[str]]).setdefault(_key(other), set()).add(cell)


def void_picks(cell: str) -> None:
    """Take out what was picked in a cell, and in those that follow it, since its result is another."""
    for name in sorted(queries.catalogue().picked):
        put(f"{cell}.{name}", ())
    for follower in state.get(_FOLLOWERS, {}).get(_key(cell), ()):
        void_picks(follower)


def citation(cells: Mapping[str, str | Sequence[str]]) -> str:
    """The full address of this page with every parameter, for someone on the same server, in their own language."""
    current = view()
    base = (st.context.url or "").split("?")[0].rstrip("/")
    if current.page == HOME:  # the page an address without a page opens
        base = f"{base.removesuffix(f'/{HOME}')}/"
    elif base.rsplit("/", 1)[-1] != current.page:
        base = f"{base}/{current.page}"
    query = request.address(current.listed.id, current.generation, current.scope, cells)
    return f"{base}?{query}"
