"""The cell of a notebook page: its controls, chart, finding, the customers behind it, and its evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import duckdb
import pandas as pd
import streamlit as st

from churnbook import charts, export, findings, publishing, queries, wording
from churnbook.database import Result, TooSlow
from churnbook.page import address, results, segments
from churnbook.queries import Parameter, Query, QueryError, Value
from churnbook.request import Request
from churnbook.wording import _, ngettext

_MOST_VISIBLE = 5
_MOST_MULTIPLES = 6
_IN_A_ROW = 3
_NUMBERS = range(0, 5001)
"""What a control for a number takes; the command line takes any."""

_number: ContextVar[int] = ContextVar("cell number", default=0)


def begin() -> None:
    """Count the cells of a page from one again."""
    _number.set(0)


@contextmanager
def cell(name: str, query: str, question: str, *others: str) -> Iterator[Cell]:
    """A bordered, numbered cell about one query; `name` stands before its parameters in the address.

    `others` are queries asked together with it, with the same parameters.
    """
    _number.set(_number.get() + 1)
    with st.container(border=True, key=f"cell-{name}"):
        st.subheader(f":primary[{_number.get()}]&ensp;{question}", anchor=name)
        made = Cell(name, _version(name, query), tuple(queries.catalogue().find(other) for other in others))
        try:
            yield made
        except duckdb.OutOfMemoryException:
            st.error(
                _("This needs more memory than a query may use. Choose a shorter time, fewer periods or a filter."),
                icon=":material/memory:",
            )
        except TooSlow:
            st.error(
                _("This took too long and was stopped. Choose a shorter time, fewer periods or a filter."),
                icon=":material/timer_off:",
            )


def _version(name: str, query: str) -> Query:
    catalogue = queries.catalogue()
    newest = catalogue.find(query)
    given = address.get(f"{name}.version")
    if not given:
        return newest
    try:
        return catalogue.find(f"{query}@{given[0]}")
    except QueryError:
        address.tell(
            _("There is no version {version} of {query}; version {newest} is shown."),
            version=given[0],
            query=query,
            newest=newest.version,
        )
        address.put(f"{name}.version", ())
        return newest


@dataclass
class Cell:
    """A cell while its page builds it, from controls to evidence."""

    name: str
    query: Query
    others: tuple[Query, ...] = ()
    values: dict[str, Value] = field(default_factory=dict)
    shown: list[Result] = field(default_factory=list)
    tables: list[pd.DataFrame] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)

    # Controls

    def follow(self, other: Cell) -> None:
        """Take every choice made in another cell for the parameters both have, and its segments."""
        for name in self._parameters().keys() & other.values.keys():
            self.values[name] = other.values[name]
            self.owners[name] = other.name
        self.order, self.segments = other.order, other.segments

    def choose(self, *names: str, more: Sequence[str] = ()) -> None:
        """Draw controls for these parameters on one line; each takes its value from the address.

        `more` are the rarer ones, folded away at the end of the line; the fold says how many differ from
        their default. A control with nothing to choose is not drawn.
        """
        parameters = self._parameters()
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            for name in names:
                self._control(parameters[name])
            if more:
                changed = sum(bool(address.get(f"{self.name}.{name}")) for name in more)
                label = _("More choices ({n} changed)").format(n=changed) if changed else _("More choices")
                with st.popover(label, icon=":material/tune:", key=f"more-{self.name}"):
                    for name in more:
                        self._control(parameters[name])

    def _parameters(self) -> dict[str, Parameter]:
        found: dict[str, Parameter] = {}
        for query in (self.query, *self.others):
            found |= queries.catalogue().parameters(query)
        return found

    def _control(self, parameter: Parameter) -> None:
        options = _options(parameter)
        value = address.value_of(self.name, parameter, _NUMBERS if options is None else options)
        self.values[parameter.name] = value
        if options is not None and len(options) < 2:
            return
        name = f"{self.name}.{parameter.name}"
        common: dict[str, Any] = {
            "label": wording.parameter(parameter.name),
            "key": address.widget_key(name, parameter.text(value)),
            "on_change": address.choose_value(self.name, parameter),
        }
        if parameter.kind == "bool":
            st.toggle(**common | {"key": address.widget_key(name, value)})
            return
        if options is None:
            common["key"] = address.widget_key(name, value)
            st.number_input(**common, min_value=_NUMBERS[0], max_value=_NUMBERS[-1], step=1, width=120)
            return
        labels = wording.distinct({parameter.text(option): wording.value(parameter, option) for option in options})
        common |= {"options": list(labels), "format_func": labels.__getitem__}
        if len(options) <= _MOST_VISIBLE and parameter.kind == "choice":
            st.segmented_control(**common, required=True, wrap=True, help=wording.note(parameter))
        else:
            st.selectbox(**common, width=180)

    def choose_segments(self, overall: pd.DataFrame) -> None:
        """With a split, put its segments in order, the largest first; beyond six the reader chooses which to draw."""
        self.order = found = _segments(overall)
        self.segments = found[:_MOST_MULTIPLES]
        if len(found) > _MOST_MULTIPLES:
            name = f"{self.name}.segments"
            given = [segment for segment in address.get(name) if segment in found]
            self.segments = given[:_MOST_MULTIPLES] or self.segments
            key = address.widget_key(name, self.segments)
            st.multiselect(
                _("{attribute}: up to six side by side").format(
                    attribute=wording.escape(str(self.values["breakdown"]))
                ),
                found,
                format_func=lambda segment: wording.escape(wording.segment(segment)),
                key=key,
                on_change=address.keep(name, key, list),
                max_selections=_MOST_MULTIPLES,
            )

    def choose_pair(self) -> tuple[str, str] | None:
        """Two segments of a split to compare, at first the two largest; None where there are not two."""
        segments = self.order
        if len(segments) < 2:
            return None
        chosen = []
        with st.container(horizontal=True, vertical_alignment="bottom"):
            for place, name in enumerate(("segment_a", "segment_b")):
                parameter = Parameter(name, "text", segments[place], "")
                value = address.value_of(self.name, parameter, segments)
                st.selectbox(
                    wording.parameter(name),
                    segments,
                    format_func=lambda segment: wording.escape(wording.segment(segment)),
                    key=address.widget_key(f"{self.name}.{name}", value),
                    on_change=address.choose_value(self.name, parameter),
                    width=220,
                )
                self.values[name] = value
                chosen.append(str(value))
        return chosen[0], chosen[1]

    # Answers

    def run(self) -> list[pd.DataFrame]:
        """The tables of the cell's query and of those asked together with it, in that order."""
        asked = [self.query, *self.others]
        self.shown = results.answer([self._request(query, {}) for query in asked], address.view().facts)
        self.tables = [result.table.to_pandas() for result in self.shown]
        return self.tables

    def _request(self, query: Query, more: Mapping[str, Value]) -> Request:
        view = address.view()
        known = queries.catalogue().parameters(query)
        given = {name: value for name, value in {**self.values, **more}.items() if name in known}
        bound = queries.catalogue().bind(query, given)
        return Request(
            view.listed.id, view.generation, "", view.scope, query.name, query.version, tuple(sorted(bound.items()))
        )

    # Charts

    def chart(self, chart: charts.Chart, alt_text: str, pick: Sequence[str] = (), segment: str | None = None) -> None:
        """Draw a chart; with `pick`, a click writes these fields of the mark, and its segment, into the address."""
        key = f"chart:{self.name}:{segment or alt_text[:20]}"
        if not pick:
            st.altair_chart(chart, width="stretch", alt=alt_text)
            return
        st.altair_chart(chart, width="stretch", alt=alt_text, key=key, on_select=self._picked(key, pick, segment))

    def _picked(self, key: str, fields: Sequence[str], segment: str | None) -> Callable[[], None]:
        def write() -> None:
            points = st.session_state[key].selection.get(charts.PICKED, [])
            point = points[0] if points else {}
            for name in fields:
                chosen = point.get(name)
                address.put(f"{self.name}.{name}", [] if chosen is None else [str(chosen)])
            address.put(f"{self.name}.segment", [] if segment is None or not point else [segment])

        return write

    def pair(self, first: tuple[charts.Chart, str], second: tuple[charts.Chart, str]) -> None:
        """Draw two charts of equal width beside each other, each with its text for those who cannot see it."""
        for column, (chart, alt_text) in zip(st.columns(2, gap="medium"), (first, second), strict=True):
            with column:
                self.chart(chart, alt_text)

    @contextmanager
    def beside(self, chart: charts.Chart, alt_text: str) -> Iterator[None]:
        """Draw what follows with this chart at its right; with a split the chart comes first, over the whole width."""
        if self.segments:
            self.chart(chart, alt_text)
            yield
            return
        left, right = st.columns([5, 2], gap="medium")
        with right:
            self.chart(chart, alt_text)
        with left:
            yield

    def grid(
        self,
        result: pd.DataFrame,
        draw: Callable[..., charts.Chart],
        alt_text: str,
        picked: Mapping[str, Value] | None = None,
    ) -> None:
        """A heatmap of cohorts by period, or with a split a small one for each segment chosen, three in a row.

        `draw` takes the rows of one heatmap, and by name `picked`, the (cohort, period) to outline, where one
        can be, and `is_small`. With
        `picked`, which is empty while nothing is, a click writes cohort, period and segment into the address.
        """
        pick = ("cohort", "period") if picked is not None else ()
        outlined = (str(picked["cohort"]), int(str(picked["period"]))) if picked else None
        if not self.segments:
            self.chart(draw(result, **({"picked": outlined} if pick else {})), alt_text, pick)
            return
        for first in range(0, len(self.segments), _IN_A_ROW):
            for column, name in zip(st.columns(_IN_A_ROW, gap="medium"), self.segments[first:], strict=False):
                part = result[result["segment"] == name]
                sizes = part.drop_duplicates("cohort")["cohort_size"]
                here = outlined if picked and picked["segment"] == name else None
                with column:
                    st.markdown(findings.segment_heading(name, int(sizes.sum())))
                    self.chart(
                        draw(part, is_small=True, **({"picked": here} if pick else {})),
                        f"{alt_text}: {wording.segment(name)}",
                        pick,
                        name,
                    )

    def picked(self, query: str, *names: str) -> dict[str, Value]:
        """What was clicked, read from the address as these parameters of the query it is for; empty for nothing."""
        parameters = queries.catalogue().parameters(queries.catalogue().find(query))
        if not address.get(f"{self.name}.{names[0]}"):
            return {}
        values = {name: address.value_of(self.name, parameters[name]) for name in names}
        return {} if values[names[0]] is None else values

    # Words

    def finding(self, sentence: str) -> None:
        """One or two sentences that say what the data show, the decisive number in bold."""
        st.markdown(sentence)

    def customers(
        self, query: str, picked: Mapping[str, Value], title: Callable[[int, Value], str], suggested: str
    ) -> None:
        """The customers behind a clicked element, downloadable, with a way to keep them and to close the list.

        `title` makes the heading from their number and the state shown; `suggested` names them when kept.
        """
        asked = queries.catalogue().find(query)
        parameter = queries.catalogue().parameters(asked)["state"]
        state = address.value_of(self.name, parameter, parameter.choices)
        with st.container(key=f"customers-{self.name}"):
            (result,) = results.answer([self._request(asked, {**picked, "state": state})], address.view().facts)
            st.markdown(f"**{title(result.table.num_rows, state)}**")
            with st.container(horizontal=True, vertical_alignment="bottom"):
                st.segmented_control(
                    wording.parameter("state"),
                    parameter.choices,
                    format_func=lambda option: wording.value(parameter, option),
                    key=address.widget_key(f"{self.name}.state", state),
                    on_change=address.choose_value(self.name, parameter),
                    required=True,
                    label_visibility="collapsed",
                )
                st.download_button(
                    _("Download the list"),
                    lambda: export.table_csv(result.table),
                    file_name=f"{asked.name}.csv",
                    mime="text/csv",
                    icon=":material/download:",
                    type="tertiary",
                    key=f"download-customers-{self.name}",
                    on_click="ignore",
                )
                self._offer_to_save(asked, picked, parameter, suggested)
                st.button(
                    _("Close"),
                    icon=":material/close:",
                    type="tertiary",
                    key=f"close-{self.name}",
                    on_click=self._unpick,
                    args=(picked,),
                )
            table(result, key=f"customers-table-{self.name}")

    def _offer_to_save(self, query: Query, picked: Mapping[str, Value], states: Parameter, suggested: str) -> None:
        """Let the reader keep the customers of one state, or of all states together: the whole row."""

        def ids(*chosen: Value) -> list[str]:
            requests = [self._request(query, {**picked, "state": state}) for state in chosen]
            found = results.answer(requests, address.view().facts)
            return [str(id) for result in found for id in result.table.column("customer_id").to_pylist()]

        whom = {wording.value(states, state): partial(ids, state) for state in states.choices}
        whom[_("All of them")] = partial(ids, *states.choices)
        segments.offer(self.name, whom, suggested)

    def _unpick(self, picked: Mapping[str, Value]) -> None:
        for name in (*(name for name in picked if name != "segment"), "state"):
            address.put(f"{self.name}.{name}", ())

    # Evidence

    def evidence(self, picture: Callable[[], charts.Chart] | None = None) -> None:
        """Why this number: rows, SQL with its needs and version, timing, the address to cite, downloads.

        `picture` draws the chart on white paper, only when somebody asks for it.
        """
        result = self.shown[0]
        with st.container(horizontal=True, gap="small"):
            with st.popover(
                f"SQL · {self.query.name} v{self.query.version}",
                icon=":material/code:",
                type="tertiary",
                width="content",
            ):
                st.caption(_(self.query.description))
                st.code(_call(self.query, result.parameters), language="sql", wrap_lines=True)
            with st.popover(_("Rows"), icon=":material/table_rows:", type="tertiary"):
                table(result, key=f"rows-{self.name}")
            st.download_button(
                "CSV",
                lambda: export.table_csv(result.table),
                file_name=f"{self.query.reference}.csv",
                mime="text/csv",
                icon=":material/download:",
                type="tertiary",
                key=f"csv-{self.name}",
                on_click="ignore",
            )
            if picture is not None:
                self._picture(picture)
            with st.popover(_("Cite"), icon=":material/link:", type="tertiary"):
                st.caption(
                    _(
                        "This address opens the same numbers for anyone on this server: data state, version and every choice."
                    )
                )
                st.code(address.citation(self.cited()), language=None, wrap_lines=True)
        rows = sum(covered.rows for name, covered in address.view().facts.tables.items() if name == "activity_days")
        state = _("published") if self._is_published() else _("draft")
        st.caption(
            " · ".join(
                (
                    _("{milliseconds} ms").format(
                        milliseconds=f"{sum(each.seconds for each in self.shown) * 1000:.0f}"
                    ),
                    ngettext("{n} row of activity", "{n} rows of activity", rows).format(n=wording.number(rows)),
                    _("version {version}, {state}").format(version=self.query.version, state=state),
                )
            )
        )

    def cited(self) -> dict[str, str]:
        """Every parameter of the cell as it stands in its address, defaults included, and the version."""
        parameters = self._parameters()
        bound = {name: value for result in self.shown for name, value in result.parameters.items()}
        cells = {
            f"{self.owners.get(name, self.name)}.{name}": parameters[name].text(value) for name, value in bound.items()
        }
        cells[f"{self.name}.version"] = str(self.query.version)
        for name in ("cohort", "period", "segment", "state"):
            if given := address.get(f"{self.name}.{name}"):
                cells[f"{self.name}.{name}"] = given[0]
        return cells

    def _is_published(self) -> bool:
        return self.query.path.name in publishing.published(self.query.path.parent)

    def _picture(self, draw: Callable[[], charts.Chart]) -> None:
        language = wording.language()
        kind = charts.picture_kind(draw)

        def drawn() -> bytes:
            wording.use(language)  # the download is made in a thread of its own
            return charts.picture(draw(), kind)

        st.download_button(
            kind.upper(),
            drawn,
            file_name=f"{self.query.reference}.{kind}",
            mime="image/png" if kind == "png" else "image/svg+xml",
            icon=":material/image:",
            type="tertiary",
            key=f"picture-{self.name}",
            help=None
            if kind == "png"
            else _(
                "The server has no font with Chinese characters, so the picture is an SVG; your browser draws its text."
            ),
            on_click="ignore",
        )


def _options(parameter: Parameter) -> Sequence[Value] | None:
    """What a control offers; None for a free number."""
    facts = address.view().facts
    match parameter.kind:
        case "choice":
            return parameter.choices
        case "bool":
            return (False, True)
        case "attribute":
            # those with few values first: they make the better splits
            return (
                None,
                *(name for name, n in sorted(facts.attributes.items(), key=lambda each: each[1] > 200) if n > 1),
            )
        case "event":
            signup = ("signup",) if parameter.name == "start" and facts.tables["customers"].first_day else ()
            return (None, *signup, *(facts.events if len(facts.events) > 1 else ()))
    return None


def _segments(overall: pd.DataFrame) -> list[str]:
    """The segments of a result by periods since the start, the largest first, all others together last."""
    largest = overall[overall["period"] == 0].sort_values("customers", ascending=False)["segment"]
    named = [name for name in dict.fromkeys([*largest, *overall["segment"]]) if isinstance(name, str)]
    return [name for name in named if name != wording.OTHER] + [name for name in named if name == wording.OTHER]


def _call(query: Query, parameters: Mapping[str, Value]) -> str:
    """The whole script, with the values it ran with above it."""
    known = queries.catalogue().parameters(query)
    lines = [f"-- ${name} = {known[name].text(value)}" for name, value in parameters.items()]
    return "\n".join([*lines, "", queries.catalogue().script(query)])


def table(result: Result, key: str) -> None:
    """A result as a table with its columns explained by the query's header."""
    percents = {"retention", "ci_low", "ci_high", "share", "change", "difference", "retention_a", "retention_b", "revenue_retention"}  # fmt: skip
    config = {
        column.name: st.column_config.Column(wording.column(column.name), help=_(column.note))
        if column.name not in percents
        else st.column_config.NumberColumn(wording.column(column.name), help=_(column.note), format="percent")
        for column in result.query.columns
    }
    frame = result.table.to_pandas()
    hidden = [column for column in frame.columns if column == "segment" and frame[column].isna().all()]
    st.dataframe(frame.drop(columns=hidden), column_config=config, hide_index=True, key=key, height=280)
