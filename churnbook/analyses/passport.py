"""The passport of a dataset: what its file says about how it was made, and the findings that follow from it."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from churnbook.catalogue import queries
from churnbook.datasets.facts import Facts, Source, sources_of
from churnbook.datasets.passport import (
    BY_RULE,
    COVERAGE_KEPT,
    ENDS_EARLY,
    GAP,
    LOADED,
    MADE,
    NOBODY,
    NONE_SHARED,
    NOT_DATA,
    OTHER_ZEROS,
    READ,
    REASONS,
    REPEATED,
    REPLACED,
    UNLISTED,
)
from churnbook.engine.duckdb import open_cursor
from churnbook.words.formats import date, escape, number, sentences
from churnbook.words.language import _, ngettext
from churnbook.words.message import LOOK, NOTE, WEIGHTS, WRONG, Notice

# What became of the rows


@dataclass(frozen=True)
class Account:
    """What became of the rows of a source: `became` counts them by what, in the words of intake.accounts."""

    source: Source
    read: int
    became: Mapping[str, int]

    @property
    def loaded(self) -> int:
        """Rows that arrived in the table, those of nobody included."""
        return self.became.get(LOADED, 0) + self.became.get(NOBODY, 0)

    @property
    def repeated(self) -> int:
        """Exact copies that were left out."""
        return self.became.get(REPEATED, 0)

    @property
    def replaced(self) -> int:
        """Rows that gave way to those of another file."""
        return self.became.get(REPLACED, 0)

    @property
    def not_data(self) -> int:
        """Totals, headers again and blank rows."""
        return sum(self.became.get(reason, 0) for reason in NOT_DATA)

    @property
    def by_rule(self) -> int:
        """Rows left out by what the mapping says of them, as trials and tests."""
        return sum(self.became.get(reason, 0) for reason in BY_RULE)

    @property
    def set_aside(self) -> int:
        """Rows that could not be loaded."""
        others = (LOADED, NOBODY, REPEATED, REPLACED, *NOT_DATA, *BY_RULE)
        return sum(rows for what, rows in self.became.items() if what not in others)


def accounts(facts: Facts) -> list[Account]:
    """The account of every source, in the order they were given."""
    with open_cursor(facts.path) as cursor:
        rows = cursor.execute(
            "select source, what, sum(rows)::bigint from meta.accounts group by source, what having sum(rows) > 0"
        ).fetchall()
    found = []
    for index, source in enumerate(sources_of(facts)):
        became = {what: count for number, what, count in rows if number == index}
        made = became.pop(MADE, 0)  # rows beside those read: what arrived is counted without them
        if made:
            became[LOADED] -= made
        found.append(Account(source, became.pop(READ, 0), became))
    return found


def first_accounts(found: Sequence[Account]) -> list[Account]:
    """The accounts without those of sheets that were read a second time, for another table."""
    first: dict[tuple[str, str], Account] = {}
    for each in found:
        first.setdefault((each.source.sha256, each.source.name), each)
    return list(first.values())


def accounts_finding(accounts: Sequence[Account]) -> str:
    """That all rows read are accounted for, and what became of them; of sheets read twice, the first time."""
    found = first_accounts(accounts)
    became = (
        (_("{n} loaded"), sum(each.loaded for each in found)),
        (_("{n} set aside"), sum(each.set_aside for each in found)),
        (_("{n} no data (totals, headers again, blank)"), sum(each.not_data for each in found)),
        (_("{n} left out by their state or a rule"), sum(each.by_rule for each in found)),
        (_("{n} exact copies left out"), sum(each.repeated for each in found)),
        (_("{n} left out for rows of another file"), sum(each.replaced for each in found)),
    )
    read = sum(each.read for each in found)
    words = ngettext(
        "**All {n} row read is accounted for**: {parts}.", "**All {n} rows read are accounted for**: {parts}.", read
    )
    return words.format(n=number(read), parts=_(", ").join(part.format(n=number(n)) for part, n in became if n))


def reasons(found: Sequence[Account]) -> str:
    """Why rows were not loaded, the commonest reason first; empty where all were."""
    counted: Counter[str] = Counter()
    for each in found:
        counted.update(each.became)
    return " · ".join(
        _("{what}: {n}").format(what=_(REASONS[what]), n=number(rows))
        for what, rows in counted.most_common()
        if what in REASONS
    )


# What the columns say, and what they do not


@dataclass(frozen=True)
class Blank:
    """A used column of a source in which cells are blank: how many of its rows, and the words that were read as that."""

    file: str
    column: str
    rows: int
    blank: int
    words: str


def blanks(facts: Facts) -> list[Blank]:
    """The used columns with blank cells, in the order of the files."""
    return [Blank(*row) for row in _of_sources(facts, "header, meta.blanks.rows, blank, words", "blanks")]


def unused(facts: Facts) -> list[tuple[str, str]]:
    """The columns that were not loaded, each with its file."""
    return [(file, header) for file, header in _of_sources(facts, "header", "unused")]


def states(facts: Facts) -> list[tuple[str, str, int, str, str, bool]]:
    """The values of status columns: file, value, rows, the table, what it means there, and whether that is known."""
    found = _of_sources(facts, "value, meta.states.rows, table_name, meaning, is_known", "states")
    return [(file, value, rows, table, meaning, known) for file, value, rows, table, meaning, known in found]


def _of_sources(facts: Facts, columns: str, table: str) -> list[Any]:
    with open_cursor(facts.path) as cursor:
        return cursor.execute(
            f"select file || coalesce(' · ' || sheet, ''), {columns}"
            f" from meta.{table} inner join meta.sources using (source) order by source, meta.{table}.rowid"
        ).fetchall()


# What is odd, and what was assumed


_DECISIVE = ("rows", "share", "days", "ids", "groups", "n")


def fact(notice: Notice) -> str:
    """What is so, its number in bold."""
    fields = {name: escape(_(value)) for name, value in notice.fields.items()}
    return _(notice.sentence).format(
        **{name: f"**{value}**" if name in _DECISIVE else value for name, value in fields.items()}
    )


def todo(notice: Notice) -> str:
    """What to do about it; empty where the fact says so itself."""
    return escape(notice.advice_words) if notice.advice else ""


def warnings(facts: Facts, *about: str) -> list[Notice]:
    """The warnings of a dataset, the weightiest first; with `about` only those of these sentences."""
    with open_cursor(facts.path) as cursor:
        rows = cursor.execute("select sentence, fields, advice, weight from meta.warnings order by rowid").fetchall()
    found = [Notice(sentence, json.loads(fields), advice, weight) for sentence, fields, advice, weight in rows]
    chosen = [each for each in found if not about or each.sentence in about]
    return sorted(chosen, key=lambda each: WEIGHTS.index(each.weight))


def repeated(facts: Facts) -> int:
    """How many rows that repeat another were kept."""
    with open_cursor(facts.path) as cursor:
        ((rows,),) = cursor.execute("select coalesce(sum(rows), 0) from meta.repeated where is_kept").fetchall()
    return int(rows)


def warnings_finding(found: Sequence[Notice]) -> str:
    """How many things are odd, by how much they weigh."""
    if not found:
        return _("**Nothing odd was found**, and nothing had to be assumed.")
    wrong, look, note = (sum(each.weight == weight for each in found) for weight in (WRONG, LOOK, NOTE))
    parts = (
        (ngettext("{n} thing probably makes numbers wrong", "{n} things probably make numbers wrong", wrong), wrong),
        (ngettext("{n} is worth a look", "{n} are worth a look", look), look),
        (ngettext("{n} is good to know", "{n} are good to know", note), note),
    )
    first, *others = [part.format(n=number(n)) for part, n in parts if n]
    return _("{parts}.").format(parts=_(", ").join([f"**{first}**", *others]))


def _paragraphs(told: Sequence[Notice]) -> str:
    return "\n\n".join(sentences([part for part in (fact(each), todo(each)) if part]) for each in told)


# Which days it covers


@dataclass(frozen=True)
class Strip:
    """The days of every dated table in bins of a grain, and the gaps in them that look like missing rows.

    `bins` has the columns of coverage_strip, `gaps` those of coverage_gaps.
    """

    grain: str
    bins: pd.DataFrame
    gaps: pd.DataFrame


_MOST_BINS = 120
_GRAINS = {"day": 1, "week": 7, "month": 30, "quarter": 91}


def strip(facts: Facts) -> Strip:
    """What the import counted by table and day, in at most 120 bins for up to thirty years."""
    with open_cursor(facts.path) as cursor:
        for name in COVERAGE_KEPT:
            cursor.execute(f"create temp view {name} as from meta.{name}")
        ((days,),) = cursor.execute(
            "select coalesce(date_diff('day', min(day), max(day)), 0)"
            " from coverage anti join coverage_astray using (table_name, day)"
        ).fetchall()
        grain = next((grain for grain, each in _GRAINS.items() if days < each * _MOST_BINS), "year")
        query = queries.catalogue().find("coverage_strip")
        bins = cursor.execute(query.sql, {"grain": grain, "data_to": facts.watermark}).df()
        gaps = cursor.execute("from coverage_gaps order by table_name, first_day").df()
    return Strip(grain, bins, gaps)


def coverage_finding(facts: Facts, shown: Strip) -> str:
    """The longest gap and the table that ends earliest, with what to do; or that there is nothing of the kind."""
    gaps, ends = (warnings(facts, sentence)[:1] for sentence in (GAP, ENDS_EARLY))
    if told := [*gaps, *ends]:
        return _paragraphs(told)
    words = _("**The data cover {first} to {last}** without a gap that looks like missing rows.")
    first, last = (pd.Timestamp(day).date() for day in (shown.bins["first_day"].min(), shown.bins["last_day"].max()))
    return words.format(first=date(first), last=date(last))


def coverage_caption(shown: Strip, watermark: dt.date | None, on_dark: bool) -> str:
    """How to read the calendar strip."""
    parts = [
        _("Lighter: more rows a day, each table against its own fullest time.")
        if on_dark
        else _("Darker: more rows a day, each table against its own fullest time.")
    ]
    if not shown.gaps.empty:
        parts.append(_("Orange: looks like missing rows."))
    if watermark:
        parts.append(_("Line: numbers count up to {day}; what lies later is pale.").format(day=date(watermark)))
    return sentences(parts)


# Whether the tables fit together


@dataclass(frozen=True)
class Match:
    """How the customers of a table and those of the customer files meet.

    Unlisted customers are in no customer file, `alike` of them but for how the id is typed; `absent` ones are
    listed and never appear in the table.
    """

    table: str
    rows: int
    customers: int
    unlisted_rows: int
    unlisted: int
    examples: tuple[str, ...]
    alike: int
    absent: int


def match(facts: Facts) -> list[Match]:
    """The tables with customers, where there is a customer file; else none."""
    with open_cursor(facts.path) as cursor:
        rows = cursor.execute("from meta.matches").fetchall()
    return [
        Match(table, count, customers, unlisted_rows, unlisted, tuple(examples or ()), alike, absent)
        for table, count, customers, unlisted_rows, unlisted, examples, alike, absent in rows
    ]


def match_finding(facts: Facts, found: Sequence[Match]) -> str:
    """Which tables name customers the customer files do not have, with what to do."""
    told = warnings(facts, NONE_SHARED, UNLISTED, OTHER_ZEROS)
    if told:
        return _paragraphs(told)
    rows = sum(each.rows for each in found)
    return _("**Everything fits**: the customers of all {n} rows are in the customer file.").format(n=number(rows))
