"""The upload: files in, a mapping the user confirms, and a dataset out: a new one, or one that grows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal

import streamlit as st

from churnbook.analyses.say import definition_words
from churnbook.catalogue import schema
from churnbook.datasets.library import DatasetEntry
from churnbook.generations import make
from churnbook.generations.made_of import MadeOf, made_of_dataset
from churnbook.generations.make import UploadedFile
from churnbook.intake.loading import overlap
from churnbook.intake.loading.overlap import CONFLICTS, Batch, OnConflict, Overlap
from churnbook.intake.mapping.plan import MappedSheet
from churnbook.page import address, contents, loading, say
from churnbook.page import state as session
from churnbook.page.controls import passport, segments
from churnbook.page.controls.definition import suggest_days
from churnbook.page.upload import exports, mapping, settings, sources
from churnbook.page.upload.files import Incoming, ReadableFile, tell_lost, unmark
from churnbook.words import formats
from churnbook.words.language import N_, _, ngettext
from churnbook.words.message import Notice, Refused

_STATE = "upload"

Aim = Literal["new", "add", "replace"]

_DONE: dict[OnConflict, str] = {
    "replace": N_("Added {files}; rows replaced, since they were there already: {rows}."),
    "keep": N_("Added {files}; rows left out, since they were there already: {rows}."),
    "add": N_("Added {files}; rows that count twice, since they were there already: {rows}."),
}
"""What the history says of files added of which some rows were there."""
_ADDED = N_("Added {files}; none of their rows was there before.")


class _State:
    """What this session has uploaded and not loaded yet."""

    def __init__(self) -> None:
        self.incoming = Incoming()
        self.compared: dict[str, list[Overlap]] = {}
        self.loaded: tuple[str, int] | None = None
        self.loaded_names: set[str] = set()
        self.grows = False  # whether the files go to the dataset shown

    def clear(self) -> None:
        """Forget the files, so that the uploader starts empty again."""
        self.incoming = Incoming(self.incoming.round + 1)
        self.compared.clear()
        self.grows = False


def show() -> None:
    """The whole page: the uploader, a mapping for each sheet, settings, and what the dataset is made of."""
    state: _State = session.kept(_STATE, _State)
    loading.tell()
    _finish(state, loading.finished(), [])
    view = address.view()
    if sources.is_changing():
        sources.change(partial(_finish, state))
        return
    top = st.container()
    lost = st.container()
    files = state.incoming.ask()
    exports.list_known()
    if not state.incoming.files:
        with lost:
            tell_lost(state.loaded_names)
    if files:
        _confirm(state, files)
    elif state.loaded == (view.listed.id, view.listed.generation):
        with top:
            _celebrate()
    st.divider()
    passport.summary()
    sources.manage()
    segments.manage()


def _celebrate() -> None:
    view = address.view()
    st.success(_("“{name}” is loaded.").format(name=formats.escape(view.listed.name)), icon=":material/check:")
    if view.facts.churn:
        say.write(definition_words(view.facts))
        suggest_days()
    reached = [each for each in contents.pages() if each.answers and not each.missing(view.facts)]
    if not reached:
        st.warning(
            _(
                "No page can show anything of it: none of these files names customers. Add one that does, or change the "
                "mapping of the column that tells who it was."
            ),
            icon=":material/person_off:",
        )
    with st.container(horizontal=True):
        for each in reached:
            contents.link(each.name, _("Open “{page}”").format(page=_(each.title)), each.icon)


# What they are, and where they go


def _confirm(state: _State, files: Sequence[ReadableFile]) -> None:
    of_files = [file.sheets for file in files]
    for said in dict.fromkeys(each.words for sheets in of_files for sheet in sheets for each in sheet.notes):
        st.warning(formats.escape(said), icon=":material/info:")
    view = address.view()
    # an older state is looked at, not changed
    known = made_of_dataset(view.facts) if view.generation == view.listed.generation else None
    with st.container(border=True):
        st.subheader(_("What do the columns mean?"), anchor=False)
        st.caption(_("This was read from the headers and values. Change what is wrong, then load."))
        has_list = state.grows and known is not None and known.lists_customers
        confirmed = mapping.confirm(str(state.incoming.round), of_files, has_list=has_list)
    given = [
        UploadedFile(file.upload, file.path, tuple(mapped))
        for file, mapped in zip(files, confirmed, strict=True)
        if mapped
    ]
    mapped = _all(given)
    if not mapped:
        st.info(_("Every sheet is left out. Choose what one of them is."), icon=":material/info:")
        return
    aim = _aim(state, mapped, known) if known else "new"
    if (aim != "new") != state.grows:
        state.grows = aim != "new"
        st.rerun()
    is_ready = mapping.is_ready(mapped)
    if known is None or aim == "new":
        wanted = settings.ask(settings.proposed(given), mapped, f"upload:{state.incoming.round}")
        if _load_button(_("Load the data"), is_ready):
            _finish(state, loading.watched(partial(make.begin, view.library, given, wanted)), mapped)
    elif aim == "add":
        _add(state, given, known, is_ready)
    else:
        _replace(state, given, known, is_ready)


def _load_button(label: str, is_ready: bool) -> bool:
    return st.button(label, type="primary", icon=":material/database:", disabled=not is_ready, key="load")


def _aim(state: _State, mapped: Sequence[MappedSheet], known: MadeOf) -> Aim:
    """Whether the files make a new dataset or change the one shown; a file of headers already known adds to it."""
    seen = {(part.plan.table, tuple(sorted(part.plan.roles.items()))) for part in known.parts}
    is_known = all((each.table, tuple(sorted(each.roles.items()))) in seen for each in mapped)
    name = formats.escape(address.view().listed.name)
    labels: dict[Aim, str] = {
        "new": _("Make a new dataset"),
        "add": _("Add to “{name}”").format(name=name),
        "replace": _("Replace files of “{name}”").format(name=name),
    }
    chosen: Aim = st.segmented_control(
        _("What should become of these files?"),
        list(labels),
        format_func=labels.__getitem__,
        default="add" if is_known else "new",
        required=True,
        key=f"aim:{state.incoming.round}:{address.view().listed.id}",
        persist_state="session",
    )
    return chosen


def _add(state: _State, given: Sequence[UploadedFile], known: MadeOf, is_ready: bool) -> None:
    view = address.view()
    found = _overlaps(state, _all(given)) if is_ready else []
    if found is None:
        return
    with st.container(border=True):
        st.subheader(_("What is there already?"), anchor=False)
        for each in found:
            say.write(_told(each))
        on_conflict: OnConflict = "replace"
        if any(each.known for each in found):
            words: dict[OnConflict, str] = {
                "replace": _("the new file’s count, those in the dataset go"),
                "keep": _("those in the dataset count, the new file’s go"),
                "add": _("both count"),
            }
            on_conflict = st.radio(
                _("Rows that are there already:"),
                list(CONFLICTS),
                format_func=words.__getitem__,
                key=f"on_conflict:{state.incoming.round}",
                persist_state="session",
                help=_(
                    "Of customers, replacing takes the new values and keeps the old where the new file says nothing."
                ),
            )
    if any(each.sheet.unpivot and each.sheet.unpivot.kind == "months" for each in _all(given)):
        st.caption(_("A month that is blank or zero in the new file leaves an older amount of that month as it is."))
    if known.settings.watermark:
        st.caption(
            _("“Data to” stays {day}, as chosen before; it can be changed with the mapping.").format(
                day=formats.date(known.settings.watermark)
            )
        )
    if _load_button(_("Add the rows"), is_ready):
        parts = tuple(part for file in given for part in file.parts(Batch(known.batches, on_conflict)))
        names = ", ".join(file.upload.name for file in given)
        there = sum(each.known for each in found)
        done = _DONE[on_conflict] if there else _ADDED
        what = Notice(done, {"files": names, "rows": f"{there:,}"})
        wanted = MadeOf((*known.parts, *parts), known.settings)
        _finish(
            state,
            loading.watched(partial(make.change, view.library, view.listed, wanted, given, what)),
            _all(given),
        )


def _overlaps(state: _State, mapped: Sequence[MappedSheet]) -> list[Overlap] | None:
    """How the sheets compare with the dataset, asked once; None where one of them is refused, and says so."""
    view = address.view()
    key = schema.to_json(
        [view.listed.id, view.generation, [(each.sheet.sha256, each.plan.to_json()) for each in mapped]]
    )
    if key not in state.compared:
        try:
            with st.spinner(_("Comparing with the dataset…")):
                state.compared[key] = overlap.compare(view.facts, mapped)
        except Refused as refused:
            say.refuse(refused)
            return None
    return state.compared[key]


def _told(found: Overlap) -> str:
    """An overlap in one or two sentences."""
    table = schema.LOADABLE[found.table]
    fields = {
        "file": formats.escape(found.sheet),
        "rows": formats.number(found.rows),
        "known": formats.number(found.known),
        "same": formats.number(found.same),
        "differ": formats.number(found.known - found.same),
        "key": " + ".join(_(table.role(role).label) for role in found.key),
    }
    if not found.known:
        parts = [_("**{file}**: none of its {rows} rows is in the dataset yet (told apart by: {key}).")]
    elif found.known == found.same:
        parts = [_("**{file}**: of {rows} rows **{known} are there already**, word for word (told apart by: {key}).")]
    else:
        parts = [
            _(
                "**{file}**: of {rows} rows **{known} are there already** (told apart by: {key}); "
                "{same} of these say the same, {differ} something else."
            )
        ]
    held = address.view().facts.tables[found.table]
    if found.first_day and found.last_day and held.first_day and held.last_day:
        parts.append(_("It covers {first} to {last}; the dataset has {held_first} to {held_last}."))
        fields |= {"first": formats.date(found.first_day), "last": formats.date(found.last_day)}
        fields |= {"held_first": formats.date(held.first_day), "held_last": formats.date(held.last_day)}
        missed = (found.first_day - held.last_day).days - 1
        if missed > 0:
            parts.append(
                ngettext("No file covers the {n} day between.", "No file covers the {n} days between.", missed)
            )
            fields["n"] = formats.number(missed)
    return formats.sentences([part.format(**fields) for part in parts])


def _replace(state: _State, given: Sequence[UploadedFile], known: MadeOf, is_ready: bool) -> None:
    view = address.view()
    tables = {each.table for file in given for each in file.mapped}
    of_table = {part.upload.sha256 for part in known.parts if part.plan.table in tables}
    chosen = st.multiselect(
        _("Files that go"),
        list(known.uploads),
        default=[sha256 for sha256 in known.uploads if sha256 in of_table],
        format_func=lambda sha256: known.uploads[sha256].name,
        key=f"replaced:{state.incoming.round}",
        persist_state="session",
    )
    if not chosen:
        st.info(_("Choose the files that the new ones take the place of."), icon=":material/info:")
    if _load_button(_("Replace the files"), is_ready and bool(chosen)):
        gone = [part for part in known.parts if part.upload.sha256 in chosen]
        parts = tuple(part for file in given for part in file.parts(gone[0].batch))
        stay = tuple(part for part in known.parts if part not in gone)
        position = sum(part.batch.number <= gone[0].batch.number for part in stay)
        wanted = MadeOf((*stay[:position], *parts, *stay[position:]), known.settings)
        fields = {
            "old": ", ".join(known.uploads[sha256].name for sha256 in chosen),
            "new": ", ".join(file.upload.name for file in given),
        }
        what = Notice(N_("Replaced {old} by {new}."), fields)
        _finish(
            state,
            loading.watched(partial(make.change, view.library, view.listed, wanted, given, what)),
            _all(given),
        )


# The end


def _all(given: Sequence[UploadedFile]) -> list[MappedSheet]:
    return [each for file in given for each in file.mapped]


def _finish(state: _State, made: DatasetEntry | None, mapped: Sequence[MappedSheet]) -> None:
    """Remember the mapping and show the dataset that was made; nothing where none was."""
    if made is None:
        return
    if mapped:
        mapping.remember(mapped)
    state.loaded_names |= {each.sheet.file for each in mapped} | set(state.incoming.shown.values())
    state.loaded_names |= set(state.incoming.kept.values())
    state.clear()
    state.loaded = (made.id, made.generation)
    is_new = made.id != address.view().listed.id
    scope = {name: () for name in address.SCOPE} if is_new else {}
    address.put_all({**scope, **unmark(), "generation": (), "dataset": [made.id]})
    st.rerun()
