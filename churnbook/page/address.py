"""The address and what it names: the only code that reads or writes query parameters.

The address holds values, never labels: the dataset, the scope and the language if it was chosen, and a cell's parameters
under `<cell>.<parameter>`; what has its default value is left out. The browser makes a step of its history of every
write. So only what the reader asks for is written, all of one click at once, and links between pages carry the dataset,
the scope and the language, with what was last chosen on the page they lead to.
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
from churnbook.generations import samples
from churnbook.page import state
from churnbook.words import formats
from churnbook.words.language import LANGUAGES, _, spoken

HOME = "overview"
"""The page that the app begins with; its address has no name."""
SCOPE = ("from", "to", "as_of", "where")
"""The names under which an address says what is looked at."""
SHARED = ("dataset", "generation", "lang", *SCOPE)
HOME_OF_CUSTOMERS = "customer"
"""The page of one customer."""
PAGE_WIDE = ("customer",)
"""Parameters that belong to a whole page and stand in its address by themselves."""
_PAGE = "page shown"
_RUNNING = "a page is being drawn"
_MEMORY = "address by dataset and page"
_PENDING = "to be written into the address"
_ASTRAY = "what is shown instead of what the address names"
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
_told: ContextVar[set[str]] = ContextVar("told")


def view() -> View:
    """The view of this run; set by the frame before any page runs."""
    return _view.get()


def begin(page: str) -> None:
    """Start a run of a page: what the reader chose since the last one is written into the address."""
    state.put(_PAGE, page)
    state.put(_RUNNING, True)
    _notices.set(st.container())
    _told.set(set())
    _write(state.take(_PENDING) or {})
    state.put(_ASTRAY, {})


def end() -> None:
    """End a run, however it ends: what is chosen from here on is written by the next one."""
    state.put(_RUNNING, False)


def get(name: str) -> list[str]:
    """The texts the address gives a name; empty where there are none."""
    pending = state.get(_PENDING) or {}
    if name in pending:
        return list(pending[name])
    return st.query_params.get_all(name)


def put(name: str, texts: Sequence[str]) -> None:
    """Write a name into the address, or take it out with no texts."""
    put_all({name: texts})


def put_all(changes: Mapping[str, Sequence[str]]) -> None:
    """Write several names into the address at once; what has no texts is taken out.

    What a reader clicked is written as the run that follows begins, all of it in one step of the browser's history.
    """
    if state.get(_RUNNING, False):
        _write(changes)
    else:
        state.kept(_PENDING, dict[str, Sequence[str]]).update(changes)


def _write(changes: Mapping[str, Sequence[str]]) -> None:
    if not changes:
        return
    before = {name: st.query_params.get_all(name) for name in st.query_params}
    after = {name: list(texts) for name, texts in {**before, **state.get(_ASTRAY, {}), **changes}.items() if texts}
    if after != before:
        st.query_params.from_dict(after)


def _correct(name: str, texts: Sequence[str] = ()) -> None:
    """Have these texts take the place of what could not be followed, once the address is written for what is asked."""
    state.get(_ASTRAY)[name] = list(texts)


def put_value(cell: str, parameter: Parameter, value: Value) -> None:
    """Write a parameter's value into the address; its default, which holds anyway, is left out."""
    name, text = name_of(cell, parameter.name), parameter.text(value)
    put(name, () if text in ("null", parameter.text(parameter.default)) else [text])


def of_page(page: str, texts: Mapping[str, str] | None = None) -> dict[str, list[str]]:
    """The query of the address of a page that looks at the same data as this one: as it was left, with these names."""
    current = view()
    shared = {
        "dataset": [current.listed.id],
        "generation": [] if current.generation == current.listed.generation else [str(current.generation)],
        "lang": get("lang"),
        **current.scope.to_address(),
    }
    left = state.get(_MEMORY, {}).get((current.listed.id, page), {})
    given = {name: [text] for name, text in (texts or {}).items()}
    return {name: list(found) for name, found in {**shared, **left, **given}.items() if found}


def _remember(page: str, dataset: str) -> None:
    """Keep what the address says of a page, for links that lead back to it."""
    own = {name: st.query_params.get_all(name) for name in st.query_params if name not in SHARED}
    memory = state.kept(_MEMORY, dict[tuple[str, str], dict[str, list[str]]])
    if page == HOME_OF_CUSTOMERS or not set(PAGE_WIDE) & own.keys():
        memory[dataset, page] = own
    else:  # the browser went back to where a customer was opened from: the page is shown as it was left
        st.query_params.from_dict(of_page(page))


def forget_cells() -> None:
    """Take the parameters of cells out of the address: another dataset has other names."""
    put_all({name: () for name in st.query_params if name not in SHARED})


def tell(sentence: str, **fields: object) -> None:
    """Say, once for this run, that something in the address could not be followed."""
    escaped = {name: formats.escape(str(value)) for name, value in fields.items()}
    words = sentence.format(**escaped)
    if words not in _told.get():
        _told.get().add(words)
        _notices.get().warning(words, icon=":material/link_off:")


def is_dark() -> bool:
    """Whether the reader's browser shows the dark theme."""
    return bool(st.context.theme.type == "dark")


# Language


def choose_language() -> str:
    """The language of the address, else the browser's; English where neither is one we speak.

    Any tag of a language will do, such as zh, zh-CN or en-GB.
    """
    return _language(*get("lang")[:1], st.context.locale or "")


def put_language(chosen: str, dataset: str) -> None:
    """Write a language into the address, that of the browser left out, and the dataset shown, which is to stay."""
    lang = [] if chosen == _language(st.context.locale or "") else [chosen]
    put_all({"lang": lang, "dataset": [dataset]})


def _language(*tags: str) -> str:
    for tag in tags:
        main = re.split("[-_]", tag.lower())[0]
        for language in LANGUAGES:
            if language.split("_")[0] == main:
                return language
    return "en"


def keep(name: str, key: str, encode: Callable[[Any], Sequence[str]]) -> Callable[[], None]:
    """A widget callback that writes the widget's value into the address."""

    def write() -> None:
        put(name, encode(state.get(key)))

    return write


# Dataset and scope


def open_view(page: str, library: Library) -> View | None:
    """Find what the address names, and tell what could not be followed.

    None where the library holds no dataset at all.
    """
    found = _dataset(library)
    if found is None:
        return None
    listed, facts = found
    generation = int(facts.path.stem)
    if get("dataset") not in ([], [listed.id]):
        _correct("dataset", [listed.id])
    if get("generation") not in ([], [str(generation)]):
        _correct("generation", [] if generation == listed.generation else [str(generation)])
    scope = _scope(facts)
    opened = View(page, library, listed, generation, facts, scope)
    _view.set(opened)
    _remember(page, listed.id)
    return opened


def _dataset(library: Library) -> tuple[DatasetEntry, Facts] | None:
    """The dataset and generation the address names, or the nearest there are; what differs is told."""
    others = library.list()
    if (first := samples.first_for(spoken(), others)) is not None:
        others = [first, *(each for each in others if each != first)]
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
    scope, bad = Scope.from_address({name: get(name) for name in SCOPE})
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
    for name in {name for name, _text in bad} - {"where"}:
        _correct(name)
    return Scope(scope.report_from, scope.report_to, scope.as_of, where)


def put_scope(scope: Scope) -> None:
    """Write a scope into the address."""
    given = scope.to_address()
    put_all({name: given.get(name, ()) for name in SCOPE})


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
        _correct(name)
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
        _correct(name)
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
        put_value(cell, parameter, chosen)
        if parameter.name not in queries.catalogue().picked:
            void_picks(cell)

    return write


def follow(cell: str, other: str) -> None:
    """Let what is picked in a cell become void with what is picked in another, whose choices it takes."""
    state.kept(_FOLLOWERS, dict[tuple[str, str], set[str]]).setdefault((state.get(_PAGE), other), set()).add(cell)


def void_picks(cell: str) -> None:
    """Take out what was picked in a cell, and in those that follow it, since its result is another."""
    put_all({f"{cell}.{name}": () for name in sorted(queries.catalogue().picked)})
    for follower in state.get(_FOLLOWERS, {}).get((state.get(_PAGE), cell), ()):
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
