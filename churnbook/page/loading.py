"""An import as the page runs it: beside the script, with progress, and stopped by a click or by leaving."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from churnbook.catalogue import schema
from churnbook.datasets.library import DatasetEntry
from churnbook.engine.duckdb import EngineError
from churnbook.intake.loading.report import Progress
from churnbook.intake.loading.stop import Stop, Stopped
from churnbook.page import say, state
from churnbook.words import formats
from churnbook.words.language import N_, _
from churnbook.words.message import Refused

_BEAT = 0.25
_ENDED = "import ended"
_STEPS = {
    "activity_days": N_("days of activity"),
    "reasons": N_("reasons and comments"),
    "passport": N_("dataset passport"),
}

Work = Callable[[Progress, Stop], DatasetEntry]


@dataclass
class _Said:
    """What the import said last of its progress."""

    words: str = ""
    share: float = 0.0


def tell() -> None:
    """Say once that the import of the run before was stopped."""
    if isinstance(state.get(_ENDED), Stopped):
        state.take(_ENDED)
        st.toast(_("Stopped. Nothing was changed."), icon=":material/block:", duration="long")


def finished() -> DatasetEntry | None:
    """What an import made that was done just when the reader clicked."""
    made: DatasetEntry | None = state.take(_ENDED)
    return made


def watched(work: Work) -> DatasetEntry | None:
    """What `work` makes, with its progress and a button to stop it; None where it was refused, and says so."""
    stop, said = Stop(), _Said()
    outcome: list[DatasetEntry | BaseException] = []

    def progress(words: str, share: float) -> None:
        said.words, said.share = words, share

    def run() -> None:
        try:
            outcome.append(work(progress, stop))
        except BaseException as error:
            outcome.append(error)

    worker = threading.Thread(target=run, daemon=True)
    worker.start()
    try:
        _wait(worker, stop, said)
    except BaseException:  # the reader clicked, or left; what came of it is told by the next run
        if outcome and isinstance(outcome[0], DatasetEntry | Stopped):
            state.put(_ENDED, outcome[0])
        raise
    (result,) = outcome
    if isinstance(result, DatasetEntry):
        return result
    if isinstance(result, Refused):
        say.refuse(result)
    elif isinstance(result, EngineError | OSError):
        sentence = N_("The files could not be loaded and nothing was changed. The engine says: {reason}")
        say.refuse(Refused(sentence, reason=str(result).splitlines()[0]))
    elif not isinstance(result, Stopped):
        raise result
    return None


def _wait(worker: threading.Thread, stop: Stop, said: _Said) -> None:
    slot = st.container(horizontal=True, vertical_alignment="center")
    bar = slot.progress(0.0, text=_("Loading…"))
    slot.button(_("Stop"), icon=":material/stop_circle:", key="stop-import")
    try:
        while worker.is_alive():
            bar.progress(said.share, text=_("Loading… {what}").format(what=formats.escape(_step(said.words))))
            worker.join(_BEAT)
    finally:
        while worker.is_alive():  # the reader clicked, or left
            stop.ask()
            worker.join(_BEAT / 5)
        slot.empty()


def _step(words: str) -> str:
    """What an import is doing: a table or a step by its name, else a file."""
    if words in schema.LOADABLE:
        return _(schema.LOADABLE[words].label)
    return _(_STEPS[words]) if words in _STEPS else words
