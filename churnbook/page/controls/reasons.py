"""What the page of churn reasons needs of its own: comments with the words that coded them, and the list of reasons."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from churnbook.analyses.draw.theme import Chart
from churnbook.analyses.reasons import charts, findings
from churnbook.catalogue import labels, schema
from churnbook.catalogue.query import Value
from churnbook.datasets import taxonomy as lists
from churnbook.datasets.taxonomy import DEPARTMENTS, KINDS, UNASSIGNED, UNKNOWN, Reason, Taxonomy, Version
from churnbook.generations import taxonomy as saved
from churnbook.page import address, saving, say
from churnbook.page.cell import results
from churnbook.page.cell.cell import Cell, ask
from churnbook.page.cell.controls import ranked, select
from churnbook.words import formats
from churnbook.words.language import N_, _, ngettext

_LIST, _REASON = "reason_customers", ("reason", "kind")
_MOST_COMMENTS, _LONGEST_COMMENT = 40, 600
_FEW_COMMENTS, _BOX = 8, 320
_MOST_TEXTS = 500


def choose_version(cell: Cell) -> Version | None:
    """The version of the list of reasons asked for; a control where there are several. None where there is none."""
    found = lists.versions(address.view().facts)
    if not found:
        return None
    parameter = cell.parameters()["taxonomy"]
    chosen = address.value_of(cell.name, parameter, (None, *(each.number for each in found)))
    if len(found) > 1:
        titles: dict[Value, str] = {None: _("Version {n} (newest)").format(n=formats.number(found[0].number))}
        titles |= {each.number: _("Version {n}").format(n=formats.number(each.number)) for each in found[1:]}
        select(cell.name, parameter, chosen if chosen in titles else None, titles)
    cell.set(taxonomy=chosen)
    return next((each for each in found if each.number == chosen), found[0])


def names(version: Version | None, level: str = "group") -> dict[str, str]:
    """What reasons, or who can act on them, are called in a version of the list."""
    facts = address.view().facts
    if level == "department":
        named = {key: _(name) for key, name in DEPARTMENTS.items()}
        return {**named, UNKNOWN: _("No reason known"), UNASSIGNED: _("Not assigned"), lists.NOBODY: _("Nobody named")}
    if version is None:
        return {UNKNOWN: _("No reason known"), UNASSIGNED: _("Not assigned")}
    held = lists.of_dataset(facts, version.number)
    called = lists.named(held)
    if level == "reason":
        divided = {reason.parent for reason in held.reasons}
        called |= {key: _("{group} (no detail)").format(group=called[key]) for key in divided if key}
    return called


def split(cell: Cell, rows: pd.DataFrame, called: Mapping[str, str]) -> None:
    """The reasons of each segment of a split, those with most lost customers first; without one, how to get it."""
    cell.order = ranked(rows, "churned_customers")
    if not cell.order:
        cell.unsplit(_("Split by an attribute to see which reasons each of its segments names."))
        return
    told = partial(findings.segments_finding, rows, called)
    cells = partial(charts.by_segment, rows, called, cell.order)
    caption = findings.segments_caption()
    answer(cell, cells, _("Reasons by segment"), told, called, charts.SEGMENT, caption)


def rank(cell: Cell, rows: pd.DataFrame, called: Mapping[str, str]) -> None:
    """The reasons as bars, by customers and by what was lost with them; a pair of charts for each kind there is."""
    picked = cell.picked(_LIST, *_REASON)
    kinds = charts.kinds(rows)
    currency = address.view().facts.currency
    for kind in kinds:
        title = _(KINDS[kind]) if kind else _("Not assigned") if len(kinds) > 1 else _("Reasons")
        if len(kinds) > 1:
            say.write(f"**{title}**")
        counted = partial(charts.ranking, rows, called, kind, picked, address.is_dark())
        money = partial(charts.revenue, rows, called, kind, currency, picked, address.is_dark())
        has_money = rows["lost_revenue"].notna().any()
        cell.pair(
            (counted, _("{kind}, by customers").format(kind=title)),
            (money, _("{kind}, by lost revenue").format(kind=title)) if has_money else None,
            _REASON,
        )


def customers(cell: Cell, called: Mapping[str, str], fields: Sequence[str] = _REASON) -> None:
    """The customers behind what was clicked, and what they said; `fields` are what a click says."""
    if picked := cell.picked(_LIST, *fields):
        cell.customers(_LIST, picked, *findings.behind(picked, called, _where(picked, cell)))
        _comments(cell)


def answer(
    cell: Cell,
    draw: Callable[..., Chart],
    alt_text: str,
    finding: Callable[[], str],
    called: Mapping[str, str],
    fields: Sequence[str],
    caption: str = "",
) -> None:
    """The rest of a cell with one chart, and behind a click the customers with what they said."""
    if cell.tables[0].empty:
        cell.answer(None, alt_text, finding)
        return
    picked = cell.picked(_LIST, *fields)
    cell.chart(partial(draw, picked=picked, on_dark=address.is_dark()), alt_text, fields)
    cell.finding(
        finding(), formats.sentences([*([caption] if caption else []), _("Click a bar for the customers behind it.")])
    )
    customers(cell, called, fields)
    cell.evidence(draw)


def _where(picked: Mapping[str, Value], cell: Cell) -> str:
    """The period, time as a customer or segment that was clicked, in words."""
    if day := picked.get("in_period"):
        return formats.period_label(dt.date.fromisoformat(str(day)), str(cell.values["grain"]))
    if (low := picked.get("band")) is not None:
        bands = cell.tables[0][["band", "to_days"]].itertuples(index=False)
        return charts.band(*next((each for each in bands if each.band == low), (float("nan"), float("nan"))))
    segment = picked.get("segment")
    return "" if segment is None else labels.segment(str(segment))


def in_detail(cell: Cell, version: Version | None) -> str:
    """A sentence on what is told below the groups; nothing where the page is about something else than groups."""
    if version is None or cell.values.get("level") != "group":
        return ""
    held = lists.of_dataset(address.view().facts, version.number)
    groups = [reason.key for reason in held.reasons if not reason.parent]
    return findings.detail_finding(cell.ask_otherwise({"level": "reason"}), lists.named(held), groups)


def _comments(cell: Cell) -> None:
    """What the customers of the list said, word for word; the words that tell a reason are marked."""
    if cell.listed is None:
        return
    rows = cell.listed.table.to_pandas()
    said = rows[rows["comment"].notna()]
    if said.empty:
        return
    with (
        st.expander(
            ngettext("{n} comment", "{n} comments", len(said)).format(n=formats.number(len(said))),
            icon=":material/chat:",
            expanded=True,
        ),
        st.container(height=_BOX if len(said) > _FEW_COMMENTS else "content", border=False),
    ):
        for row in said.head(_MOST_COMMENTS).to_dict("records"):
            words = str(row["words"]).split(" · ") if pd.notna(row["words"]) else []
            st.markdown(f"**{formats.escape(str(row['customer_id']))}**&ensp;{marked(str(row['comment']), words)}")
        if len(said) > _MOST_COMMENTS:
            st.caption(
                _("The first {shown} of {all} are shown; the list and its downloads hold all.").format(
                    shown=formats.number(_MOST_COMMENTS), all=formats.number(len(said))
                )
            )


def marked(comment: str, words: Sequence[str]) -> str:
    """A comment as plain text in Markdown, with the words that coded it on a coloured ground; the end of a long one cut."""
    text = comment if len(comment) <= _LONGEST_COMMENT else comment[:_LONGEST_COMMENT] + "…"
    text = " ".join(text.split())
    wanted = sorted({" ".join(word.split()) for word in words if word.strip()}, key=len, reverse=True)
    if not wanted:
        return formats.escape(text)
    pattern = re.compile("|".join(re.escape(word).replace("'", "['’]") for word in wanted), re.IGNORECASE)
    parts, end = [], 0
    for match in pattern.finditer(text):
        parts += [formats.escape(text[end : match.start()]), f":orange-background[{formats.escape(match[0])}]"]
        end = match.end()
    return "".join([*parts, formats.escape(text[end:])])


def tell_sources() -> None:
    """Columns of comments and reasons that collected nothing."""
    if "reason_statements" not in address.view().facts.filled:
        return
    for sentence in findings.sources_findings(ask("comment_sources"), lambda name: _(schema.label(name))):
        st.markdown(f":material/info: {sentence}")


# The list of reasons


def edit(version: Version) -> None:
    """The list of reasons: what stands in the files and what it means, the reasons, and their phrases; changeable."""
    with results.explained():
        _edit(version)


def _edit(version: Version) -> None:
    view = address.view()
    newest = lists.versions(view.facts)
    for each in newest:
        words = _("Version {n}, {day}: {note}").format(
            n=formats.number(each.number), day=formats.date(each.made_at.date()), note=formats.escape(_(each.note))
        )
        st.markdown(f"**{words}**" if each.number == version.number else words)
    held = lists.of_dataset(view.facts, version.number)
    is_newest = version.number == newest[0].number and view.generation == view.listed.generation
    if not is_newest:
        st.caption(_("Only the newest version in the current state of the dataset can be changed."))
    found = ask("stated_reasons", taxonomy=version.number, most=_MOST_TEXTS)
    files, reasons, phrases = st.tabs([_("As they stand in the files"), _("Reasons"), _("Phrases")])
    key = f"{view.listed.id}-{view.generation}-{version.number}"
    with files:
        _edit_codes(held, found, is_newest, key)
    with reasons:
        _edit_reasons(held, is_newest, key)
    with phrases:
        _edit_phrases(held, is_newest, key)


def _titles(held: Taxonomy) -> dict[str, str]:
    """Every reason by its key as a choice: its group first."""
    called = {reason.key: _(reason.name) for reason in held.reasons}
    return formats.distinct(
        {
            reason.key: f"{called[reason.parent]} · {called[reason.key]}" if reason.parent else called[reason.key]
            for reason in held.reasons
        }
    )


def _edit_codes(held: Taxonomy, found: pd.DataFrame, is_open: bool, key: str) -> None:
    """What stands as a reason in the files, with how often, and what it means: a choice for each."""
    titles = formats.distinct({UNKNOWN: _("nothing"), **_titles(held)})
    kinds = {kind: _(words) for kind, words in KINDS.items()}
    stated = found[found["role"] == "reason"]
    ended = found[found["role"] == "cancelled_by"]
    unassigned = stated[stated["unassigned"] > 0]
    if len(unassigned):
        say.write(
            ngettext(
                "**{n} text has no place in the list yet** (rows: {times}).",
                "**{n} texts have no place in the list yet** (rows: {times}).",
                len(unassigned),
            ).format(n=formats.number(len(unassigned)), times=formats.number(int(unassigned["unassigned"].sum())))
        )
    if len(found) and int(found["texts"].iloc[0]) > len(found):
        st.caption(
            _("The {shown} commonest of {all} texts are shown.").format(
                shown=formats.number(len(found)), all=formats.number(int(found["texts"].iloc[0]))
            )
        )
    codes = _choices(stated, "reason", titles, is_open, f"codes-{key}", _("Stands for"))
    words = _choices(ended, "kind", kinds, is_open, f"kinds-{key}", _("Ended by")) if len(ended) else {}
    if is_open and st.button(_("Save what they mean"), type="primary", key=f"save-codes-{key}"):
        wanted = replace(
            held,
            codes=tuple({**dict(held.codes), **codes}.items()),
            kinds=tuple({**dict(held.kinds), **words}.items()),
        )
        _save(wanted, N_("what stands in the files means something else"))


def _choices(
    found: pd.DataFrame, column: str, titles: Mapping[str, str], is_open: bool, key: str, heading: str
) -> dict[str, str]:
    """A table with a choice for each text, those without one first; what was chosen by text."""
    if found.empty:
        st.caption(_("No reason stands in the files, only comments."))
        return {}
    ordered = found.sort_values(["unassigned", "statements"], ascending=[False, False], kind="stable")
    shown = pd.DataFrame(
        {
            "code": ordered["code"].to_list(),
            "statements": ordered["statements"].to_list(),
            "means": [titles.get(each) if isinstance(each, str) else None for each in ordered[column]],
        }
    )
    edited = st.data_editor(
        shown,
        column_config={
            "code": st.column_config.TextColumn(_("As it stands"), disabled=True),
            "statements": st.column_config.NumberColumn(_("Times"), disabled=True),
            "means": st.column_config.SelectboxColumn(heading, options=list(titles.values()), width="large"),
        },
        hide_index=True,
        disabled=not is_open,
        placeholder="",
        key=key,
        height=min(420, 38 * (len(shown) + 1)),
    )
    by_title = {title: each for each, title in titles.items()}
    return {
        str(code): by_title[means]
        for code, means in zip(edited["code"], edited["means"], strict=True)
        if isinstance(means, str) and means in by_title
    }


def _edit_reasons(held: Taxonomy, is_open: bool, key: str) -> None:
    """The reasons as a table: a row without a group is one; names, owners and kinds can be changed, rows added."""
    called = {reason.key: _(reason.name) for reason in held.reasons}
    groups = _groups(held)
    departments = {each: _(name) for each, name in DEPARTMENTS.items()}
    kinds = {each: _(name) for each, name in KINDS.items()}
    shown = pd.DataFrame(
        {
            "key": [reason.key for reason in held.reasons],
            "group": [groups.get(reason.parent) if reason.parent else None for reason in held.reasons],
            "name": [called[reason.key] for reason in held.reasons],
            "department": [departments.get(reason.department) for reason in held.reasons],
            "kind": [kinds.get(reason.kind) for reason in held.reasons],
        }
    )
    st.caption(
        _("A row without a group is a group. Without an owner or a kind of its own a reason has those of its group.")
    )
    edited = st.data_editor(
        shown,
        column_config={
            "key": None,
            "group": st.column_config.SelectboxColumn(_("Group"), options=list(groups.values())),
            "name": st.column_config.TextColumn(_("Reason"), required=True, max_chars=lists.LONGEST_NAME),
            "department": st.column_config.SelectboxColumn(_("Who can act"), options=list(departments.values())),
            "kind": st.column_config.SelectboxColumn(_("Kind"), options=list(kinds.values()), width="medium"),
        },
        hide_index=True,
        num_rows="dynamic" if is_open else "fixed",
        disabled=not is_open,
        placeholder="",
        key=f"reasons-{key}",
        height=420,
    )
    if is_open and st.button(_("Save the reasons"), type="primary", key=f"save-reasons-{key}"):
        _save(replace(held, reasons=_reasons_of(edited, held)), N_("reasons were renamed, added or taken out"))


def _groups(held: Taxonomy) -> dict[str, str]:
    """The groups by their keys as a choice, no two alike."""
    return formats.distinct({reason.key: _(reason.name) for reason in held.reasons if not reason.parent})


def _reasons_of(edited: pd.DataFrame, held: Taxonomy) -> tuple[Reason, ...]:
    """The reasons of the edited table; one that keeps its name keeps what it is called in other languages."""
    before = {reason.key: reason for reason in held.reasons}
    by_name = {title: key for key, title in _groups(held).items()}
    departments = {_(name): each for each, name in DEPARTMENTS.items()}
    kinds = {_(name): each for each, name in KINDS.items()}
    taken = set(before)
    found = []
    for row in edited.to_dict("records"):
        name = str(row["name"]).strip() if isinstance(row["name"], str) else ""
        key = row["key"] if isinstance(row["key"], str) and row["key"] else ""
        if not key:
            number = next(n for n in range(1, len(taken) + 2) if f"own_{n}" not in taken)
            key = f"own_{number}"
            taken.add(key)
        same = before.get(key)
        found.append(
            Reason(
                key,
                by_name.get(row["group"], "") if isinstance(row["group"], str) else "",
                same.name if same and _(same.name) == name else name,
                departments.get(row["department"], ""),
                kinds.get(row["kind"], ""),
            )
        )
    return tuple(found)


def _edit_phrases(held: Taxonomy, is_open: bool, key: str) -> None:
    """The phrases of one reason, a line each."""
    titles = _titles(held)
    st.caption(
        _(
            "A comment is coded by the phrases in it: the longest one counts where several overlap, and none after a negation. "
            "* at the end of a word stands for any ending, … for a few words in between."
        )
    )
    chosen = st.selectbox(_("Reason"), list(titles), format_func=titles.__getitem__, key=f"phrases-of-{key}", width=360)
    mine = [phrase for phrase, reason in held.phrases if reason == chosen]
    text = st.text_area(
        _("Phrases, one a line"),
        value="\n".join(mine),
        height=260,
        key=f"phrases-{key}-{chosen}",
        disabled=not is_open,
    )
    if is_open and st.button(_("Save the phrases"), type="primary", key=f"save-phrases-{key}"):
        others = tuple(pair for pair in held.phrases if pair[1] != chosen)
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        _save(replace(held, phrases=(*others, *((line, chosen) for line in lines))), N_("phrases were changed"))


def _save(wanted: Taxonomy, note: str) -> None:
    view = address.view()
    saving.save(
        partial(saved.save, view.library, view.listed.id, wanted, note),
        _("Saved as a new version of the list of reasons."),
        ":material/check:",
        _("Reading the comments anew…"),
        forget="reasons.taxonomy",
    )
