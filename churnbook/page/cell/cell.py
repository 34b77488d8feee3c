"""The cell of a notebook page: its controls, chart, finding, the customers behind it, and its evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import partial

import pandas as pd
import streamlit as st

from churnbook.analyses.draw.finished import Drawing
from churnbook.analyses.draw.theme import Chart
from churnbook.analyses.say import definition_words, segment_heading
from churnbook.catalogue import labels, queries
from churnbook.catalogue.query import Parameter, Query, Value
from churnbook.catalogue.request import Request
from churnbook.engine.session import Result
from churnbook.page import address, contents, say
from churnbook.page.cell import charts, controls, customers, evidence, results
from churnbook.page.cell.answer import Answer
from churnbook.page.cell.tables import table
from churnbook.words.language import _

_number: ContextVar[int] = ContextVar("cell number", default=0)


def begin() -> None:
    """Count the cells of a page from one again."""
    _number.set(0)


@contextmanager
def numbered(name: str, question: str) -> Iterator[None]:
    """A bordered cell with its number and question, for what is not asked of a query."""
    _number.set(_number.get() + 1)
    with st.container(border=True, key=f"cell-{name}"):
        st.subheader(f":primary[{_number.get()}]&ensp;{question}", anchor=name)
        yield


@contextmanager
def cell(name: str, query: str, question: str, *others: str, leads: bool = False) -> Iterator[Cell]:
    """A bordered, numbered cell about one query; `name` stands before its parameters in the address.

    `others` are queries asked together with it, with the same parameters. Where the cells after it rest on one that
    `leads`, the page ends with it where only its rows can be shown, or not even these.
    """
    with numbered(name, question):
        shown = address.version(f"{name}.version", query)
        made = Cell(name, shown, tuple(address.version(f"{name}.{other}.version", other) for other in others), question)
        evidence.older_shown(name, shown)
        with results.explained(ends=leads):
            try:
                yield made
            except _OnlyRows:
                made.rows()
                if leads:
                    st.stop()


class _OnlyRows(Exception):
    """An older version lacks columns the page draws, so that its rows are all that can be shown."""


@dataclass(frozen=True)
class DrillDown:
    """The customers behind the marks of a cell's only chart: the query that lists them, what a click says of the mark.

    `words` makes of what was clicked the heading of the list and a name to keep them under, as Cell.customers takes
    them.
    """

    query: str
    fields: tuple[str, ...]
    words: Callable[[Mapping[str, Value]], tuple[Callable[[int, Value], str], str]]


@dataclass
class Cell:
    """A cell while its page builds it, from controls to evidence."""

    name: str
    query: Query
    others: tuple[Query, ...] = ()
    question: str = ""
    values: dict[str, Value] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    tables: list[pd.DataFrame] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    proposed: dict[str, Value] = field(default_factory=dict)
    overridden: dict[str, Value] = field(default_factory=dict)
    listed: Result | None = None
    fields: tuple[str, ...] = ()

    # Controls

    def follow(self, other: Cell) -> None:
        """Take every choice made in another cell for the parameters both have, and its segments."""
        for name in self.parameters().keys() & other.values.keys():
            self.values[name] = other.overridden.get(name, other.values[name])
            self.owners[name] = other.owners.get(name, other.name)
        self.order, self.segments = other.order, other.segments
        address.follow(self.name, other.name)

    def set(self, **values: Value) -> None:
        """Give parameters a value that the page knows."""
        self.values |= values

    def propose(self, **values: Value) -> None:
        """Let parameters have these values where the address gives none, in place of their defaults."""
        self.proposed |= values

    def override(self, **values: Value) -> None:
        """Ask with these values whatever was chosen in the cell it follows; the choice stays in the address."""
        self.overridden |= {name: self.values[name] for name in values if name in self.values}
        self.values |= values

    def choose(self, *names: str, more: Sequence[str] = (), period: controls.Periods | None = None) -> None:
        """Draw controls for these parameters on one line; each takes its value from the address.

        `more` are the rarer ones, folded away at the end of the line; the fold says how many differ from their
        default. With `period` the period looked at is chosen first. A control with nothing to choose is not drawn. An
        older version of a query has its own parameters: those it lacks are not drawn, those only it has stand among the
        rarer ones.
        """
        known, newest = self.parameters(), self._newest_parameters()
        self.values |= {name: newest[name].default for name in (*names, *more) if name not in known}
        more = (*more, *(name for name in known if name not in newest and name not in self.values))
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            if period:
                self.values["in_period"] = controls.period(self.name, known["in_period"], period)
            self._draw(name for name in names if name in known)
            if more:
                rarer = [known[name] for name in more if name in known]
                changed = sum(controls.value_of(self.name, each) != each.default for each in rarer)
                label = _("More choices ({n} changed)").format(n=changed) if changed else _("More choices")
                with st.popover(label, icon=":material/tune:", key=f"more-{self.name}"):
                    self._draw(each.name for each in rarer)
        st.space("small")  # the toolbar of a chart lies above it

    def _draw(self, names: Iterable[str]) -> None:
        for name in names:
            self.values[name] = controls.control(self.name, self.parameters()[name])

    def parameters(self) -> dict[str, Parameter]:
        """The parameters of the cell's queries by name, with what is proposed as their defaults."""
        known = _all_parameters((self.query, *self.others))
        return known | {
            name: replace(known[name], default=value) for name, value in self.proposed.items() if name in known
        }

    def _newest_parameters(self) -> dict[str, Parameter]:
        return _all_parameters([queries.catalogue().find(query.name) for query in (self.query, *self.others)])

    def choose_segments(self, overall: pd.DataFrame, size: str = "customers") -> None:
        """With a split, put its segments in order, the largest first; beyond six the reader chooses which to draw.

        `size` is the column that says how large a segment is.
        """
        self.order = controls.ranked(overall, size)
        split = self.values.get("entry_attribute") or self.values["breakdown"]
        self.segments = controls.segments(self.name, self.order, str(split))

    def choose_pair(self) -> tuple[str, str] | None:
        """Two segments of a split to compare, at first the two largest; None where there are not two."""
        if len(self.order) < 2:
            return None
        known = self.parameters()
        with st.container(horizontal=True, vertical_alignment="bottom"):
            first, second = (
                controls.one_of(self.name, known[name], self.order, self.order[i])
                for i, name in enumerate(("segment_a", "segment_b"))
            )
        self.set(segment_a=first, segment_b=second)
        return first, second

    def unsplit(self, words: str) -> None:
        """Say what would stand here with a split; where customers have nothing to split by, which files bring it."""
        offered = controls.options_of(self.parameters()["breakdown"]) or ()
        if self.order:
            st.caption(_("This split has one segment only, so there are not two to compare."))
        elif len(offered) > 1:
            st.caption(words)
        else:
            st.caption(
                _(
                    "Customers of this dataset have nothing that tells them apart. A customer file with columns such as "
                    "city or plan, orders with a category or channel, or subscriptions with a plan would bring it."
                )
            )
            contents.link("your_data", _("Go to your data"), "upload_file")

    # Answers

    def can_answer(self) -> bool:
        """Whether the dataset has the tables the cell's query needs; where not, the cell says what is missing."""
        facts = address.view().facts
        missing = queries.catalogue().missing(self.query, facts.filled)
        if missing:
            st.caption(_("This question {needs}.").format(needs=contents.needs_words(missing, facts)))
        return not missing

    def run(self) -> list[pd.DataFrame]:
        """The tables of the cell's query and of those asked together with it, in that order.

        Where an older version lacks a column of the newest, the cell ends here with its rows as a table.
        """
        asked = [self.query, *self.others]
        self.results = results.answer([self._request(query, {}) for query in asked], address.view().facts)
        if any(_columns(queries.catalogue().find(query.name)) - _columns(query) for query in asked):
            raise _OnlyRows
        self.tables = [result.table.to_pandas() for result in self.results]
        return self.tables

    def listing(self) -> None:
        """The customers of the cell's own query as a table, each to be opened."""
        table(self.results[0], key=f"listing-{self.name}")

    def ask_too(self, query: str) -> pd.DataFrame:
        """The table of one more query with the same parameters, asked once what comes before it is drawn."""
        shown = address.version(f"{self.name}.{query}.version", query)
        self.results += results.answer([self._request(shown, {})], address.view().facts)
        return self.results[-1].table.to_pandas()

    def ask_otherwise(self, changed: Mapping[str, Value], query: str = "") -> pd.DataFrame:
        """The table of the cell's own query, or of another, with some parameters changed.

        It is asked once what comes before it is drawn.
        """
        asked = queries.catalogue().find(query) if query else self.query
        (result,) = results.answer([self._request(asked, changed)], address.view().facts)
        return result.table.to_pandas()

    def rows(self) -> None:
        """The rows as they are, where the page has no picture for them."""
        st.caption(_("This version has other columns than the newest, so its rows are shown as they are."))
        for result in self.results:
            table(result, key=f"only-rows-{self.name}-{result.query.name}")
        self.evidence()

    def _request(self, query: Query, more: Mapping[str, Value]) -> Request:
        return results.request(query, {**self.values, **more})

    # Charts

    def chart(self, draw: Drawing, alt_text: str, pick: Sequence[str] = (), segment: str | None = None) -> None:
        """Draw a chart; with `pick`, a click writes these fields of the mark, and its segment, into the address."""
        charts.show(self.name, charts.marked(draw), alt_text, pick, segment)

    def answer(
        self,
        draw: Callable[..., Chart] | None,
        alt_text: str,
        finding: Callable[[], str],
        caption: str = "",
        missing: str = "",
        behind: DrillDown | None = None,
    ) -> None:
        """The rest of a cell with one chart: the chart, the finding, the customers behind a clicked mark, the evidence.

        `draw` makes the chart, and takes by name `on_dark`, and with `behind` what is `picked`; None where a sentence
        says it all. Without rows `missing`, or a sentence that fits everywhere, is all that is said.
        """
        if self.tables[0].empty:
            said = missing or _("There is nothing to show for the days and customers chosen. Widen the scope above.")
            st.info(said, icon=":material/info:")
            return
        picked = self.picked(behind.query, *behind.fields) if behind else {}
        shown = {"picked": picked} if behind else {}
        if draw:
            self.chart(partial(draw, on_dark=address.is_dark(), **shown), alt_text, behind.fields if behind else ())
        self.finding(finding(), caption or (_("Click a bar for the customers behind it.") if behind else ""))
        if behind and picked:
            self.customers(behind.query, picked, *behind.words(picked))
        self.evidence(draw)

    def pair(self, first: tuple[Drawing, str], second: tuple[Drawing, str] | None, pick: Sequence[str] = ()) -> None:
        """Draw two charts of equal width beside each other, each with its text for those who cannot see it.

        Without a second the first takes the whole width. `pick`, for the first, as in chart.
        """
        if second is None:
            self.chart(*first, pick)
            return
        for column, (draw, alt_text), fields in zip(
            st.columns(2, gap="medium"), (first, second), (pick, ()), strict=True
        ):
            with column:
                self.chart(draw, alt_text, fields)

    def beside(self, draw: Drawing, alt_text: str, pick: Sequence[str] = ()) -> AbstractContextManager[None]:
        """Draw what follows with this chart at its right; with a split the chart comes first, over the whole width.

        `pick` as in chart.
        """
        return charts.at_the_right(partial(self.chart, draw, alt_text, pick), is_wide=bool(self.segments))

    def multiples(
        self,
        result: pd.DataFrame,
        size: str,
        draw: Callable[..., Chart],
        alt_text: str,
        pick: Sequence[str] = (),
        once_per: str | None = None,
    ) -> None:
        """A chart, or with a split a small one for each segment chosen, three in a row.

        `draw` takes the rows of one chart, and by name `is_small`. `size` is the column that says how many customers a
        segment has: in its last complete period, or all together where it says so `once_per` cohort. A click writes the
        fields `pick`, and the segment, into the address.
        """
        if not self.segments:
            self.chart(partial(draw, result), alt_text, pick)
        for name in charts.side_by_side(self.segments):
            part = result[result["segment"] == name]
            customers = part.drop_duplicates(once_per)[size].sum() if once_per else _at_last(part)[size].max()
            say.write(segment_heading(name, int(customers)))
            self.chart(partial(draw, part, is_small=True), f"{alt_text}: {labels.segment(name)}", pick, name)

    def picked(self, query: str, *names: str) -> dict[str, Value]:
        """What was clicked, read from the address as these parameters of the query it is for; empty for nothing."""
        parameters = queries.catalogue().parameters(queries.catalogue().find(query))
        self.fields = names
        if not address.get(f"{self.name}.{names[0]}"):
            return {}
        values = {name: address.value_of(self.name, parameters[name]) for name in names}
        # one that could not be read has been taken out meanwhile
        return values if address.get(f"{self.name}.{names[0]}") and values[names[0]] is not None else {}

    # Words

    def finding(self, sentence: str, caption: str = "") -> None:
        """One or two sentences that say what the data show, the decisive number in bold; then how to read the chart."""
        say.write(sentence)
        if caption:
            say.write_small(caption)

    def customers(
        self, query: str, picked: Mapping[str, Value], title: Callable[[int, Value], str], suggested: str
    ) -> None:
        """The customers behind a clicked element: downloadable, each to be opened, with a way to keep and to close them.

        `title` makes the heading from their number and the state shown, null for a query without states;
        `suggested` names them when kept.
        """
        asked = address.version(f"{self.name}.{query}.version", query)
        states = queries.catalogue().parameters(asked).get("state")
        state = address.value_of(self.name, states, states.choices) if states else None

        def rows(chosen: Value) -> Result:
            more = {**picked, "state": chosen} if states else picked
            (listed,) = results.answer([self._request(asked, more)], address.view().facts)
            return listed

        def ids(*chosen: Value) -> list[str]:
            found = (rows(each).table.column("customer_id").to_pylist() for each in chosen)
            return [str(id) for listed in found for id in listed]

        choices = states.choices if states else (None,)
        whom = {labels.value(states, each): partial(ids, each) for each in choices} if states else {}
        whom[_("All of them")] = partial(ids, *choices)
        with st.container(key=f"customers-{self.name}"):
            self.listed = rows(state)
            heading = title(self.listed.table.num_rows, state)
            customers.show(
                self.answered(),
                self.listed,
                heading,
                states,
                whom,
                suggested,
                partial(self._unpick, picked),
                address.name_of(self.owners.get("breakdown", self.name), "breakdown"),
            )

    def _unpick(self, picked: Mapping[str, Value]) -> None:
        for name in (*(name for name in picked if name != "segment"), "state"):
            address.put(f"{self.name}.{name}", ())

    # Evidence

    def evidence(self, picture: Drawing | None = None) -> None:
        """How it is computed: SQL with its needs and versions, rows, downloads, the address to cite, timing.

        `picture` draws the chart on white paper, only when somebody asks for it: give it the data as arguments
        (partial), since a name of the page may stand for something else by then.
        """
        if any(queries.catalogue().counts_churn(result.query, result.parameters) for result in self.results):
            say.write_small(definition_words(address.view().facts))
        evidence.show(self.answered(), charts.marked(picture) if picture else None)

    def answered(self) -> Answer:
        """What the cell answered, as its evidence and downloads need it."""
        cited = address.citation(self.cited())
        return Answer(self.name, self.question, self.query, tuple(self.results), cited, self.fields)

    def cited(self) -> dict[str, str | list[str]]:
        """Every parameter of the cell as it stands in its address, defaults included, and every version."""
        asked = [*self.results, *([self.listed] if self.listed else ())]
        parameters = _all_parameters([result.query for result in asked])
        bound = {name: value for result in asked for name, value in result.parameters.items()}
        cells: dict[str, str | list[str]] = {
            address.name_of(self.owners.get(name, self.name), name): parameters[name].text(
                self.overridden.get(name, value)
            )
            for name, value in bound.items()
            if value is not None or name not in queries.catalogue().picked
        }
        if chosen := address.get(f"{self.name}.segments"):
            cells[f"{self.name}.segments"] = chosen
        cells[f"{self.name}.version"] = str(self.query.version)
        cells |= {f"{self.name}.{result.query.name}.version": str(result.query.version) for result in asked[1:]}
        return cells


def ask(query: str, **given: Value) -> pd.DataFrame:
    """The table of a query, for what a page needs to know before it asks its reader."""
    return results.ask(query, **given).table.to_pandas()


def _at_last(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the last complete period, where they have periods; else all."""
    if not {"period", "complete"} <= set(rows.columns) or not rows["complete"].any():
        return rows
    return rows[rows["period"] == rows[rows["complete"]]["period"].max()]


def _all_parameters(asked: Sequence[Query]) -> dict[str, Parameter]:
    found: dict[str, Parameter] = {}
    for query in asked:
        found |= queries.catalogue().parameters(query)
    return found


def _columns(query: Query) -> set[str]:
    return {column.name for column in query.columns}
