"""The table of contents: what every page asks and needs, read from the `# key: value` lines of its file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import streamlit as st

from churnbook.catalogue import labels, queries
from churnbook.datasets.facts import Facts
from churnbook.page import address
from churnbook.words.language import N_, _

FOLDER = Path(__file__).parents[2] / "pages"
SECTIONS = (N_("Data"), N_("Understand"))


class BadPage(Exception):
    """A page file whose header lacks something."""


@dataclass(frozen=True)
class Page:
    """What a page file says of itself.

    `answers` are the queries whose numbers it shows (`this or that`: either is enough to open it), `explains` the figures of the monitor that it goes deeper into;
    `section` is one of SECTIONS.
    """

    path: Path
    title: str
    icon: str
    section: str
    order: int
    asks: str
    answers: tuple[str, ...]
    explains: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[str, ...]:
        """The queries whose numbers it shows, one by one."""
        return tuple(dict.fromkeys(name for names in self.answers for name in names.split(" or ")))

    @property
    def name(self) -> str:
        """The page's name in the address."""
        return self.path.stem

    def missing(self, facts: Facts) -> tuple[str, ...]:
        """The tables its queries need that the dataset does not have; `churns` where nothing says who is lost."""
        catalogue = queries.catalogue()
        either = [[catalogue.find(name) for name in names.split(" or ")] for names in self.answers]
        asked = [first for first, *_others in either]
        found = [
            table
            for any_of in either
            for table in min((catalogue.missing(query, facts.filled) for query in any_of), key=len)
        ]
        if asked and facts.churn is None and catalogue.counts_churn(asked[0], catalogue.bind(asked[0], {})):
            found.append(_CHURNS)
        return tuple(dict.fromkeys(found))


def read(path: Path) -> Page:
    """The header of one page file; BadPage names the file and what it lacks."""
    beginning = path.read_text(encoding="utf-8").split('"""')[0]
    lines = dict(re.findall(r"^# ([a-z]+): (.*\S)$", beginning, re.MULTILINE))
    for key in ("title", "icon", "section", "order", "asks"):
        if key not in lines:
            raise BadPage(f"{path.name}: the header needs a line # {key}:")
    if lines["section"] not in SECTIONS:
        raise BadPage(f"{path.name}: section is one of {', '.join(SECTIONS)}")
    answers, explains = (
        tuple(name.strip() for name in lines.get(key, "").split(",") if name.strip()) for key in ("answers", "explains")
    )
    return Page(
        path, lines["title"], lines["icon"], lines["section"], int(lines["order"]), lines["asks"], answers, explains
    )


def link(page: str, label: str, icon: str | None = None, texts: Mapping[str, str] | None = None) -> None:
    """A link to a page by its name, which looks at the same data there; `texts` stand in its address besides."""
    (path,) = (each.path for each in pages() if each.name == page)
    st.page_link(
        path,
        label=label,
        icon=f":material/{icon}:" if icon else None,
        query_params=address.of_page(page, texts),
    )


@cache
def pages() -> tuple[Page, ...]:
    """All pages in the order of navigation."""
    return tuple(sorted((read(path) for path in FOLDER.glob("*.py")), key=lambda page: page.order))


_CHURNS = "churns"


def needs_words(missing: tuple[str, ...], facts: Facts) -> str:
    """What a dataset lacks, in words: needs orders, events or subscriptions; this dataset has none."""
    if facts.is_of_nobody:
        return _("needs to know who the customers are, and no column tells them apart")
    said = (
        _("orders, events, subscriptions or a mark of churn") if need == _CHURNS else labels.need(need)
        for need in missing
    )
    return _("needs {tables}; this dataset has none").format(tables=_(" and ").join(said))
