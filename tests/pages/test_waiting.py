"""What a reader waits for: cards one after the other, and nothing that belongs to a page left behind."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from streamlit import config

from churnbook.catalogue import queries
from churnbook.catalogue.query import Query
from churnbook.catalogue.request import Request
from churnbook.datasets.facts import Facts
from churnbook.engine.session import Result, TooSlow
from churnbook.page.cell import charts, results
from tests.builders import Open


def test_a_card_of_the_overview_is_drawn_before_the_next_is_asked_for(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    answer, show = results.answer, charts.show

    def asked(requests: Sequence[Request], facts: Facts) -> list[Result]:
        told.extend(f"{each.query} {dict(each.parameters).get('figure')}" for each in requests)
        return answer(requests, facts)

    def shown(cell: str, *given: Any) -> None:
        told.append(f"drawn {cell}")
        show(cell, *given)

    monkeypatch.setattr(results, "answer", asked)
    monkeypatch.setattr(charts, "show", shown)
    opened("overview")
    cards = [each.removeprefix("drawn ") for each in told if each.startswith("drawn ")]
    assert len(cards) == 12
    assert told[1:25] == [each for card in cards for each in (f"monitor {card}", f"drawn {card}")]
    assert told[25:] == [f"movers {card}" for card in cards], "what moved a figure once all of them stand"


@pytest.mark.parametrize(
    ("option", "value"),
    [("server.fileWatcherType", "none"), ("runner.postScriptGC", False), ("runner.magicEnabled", False)],
)
def test_the_server_does_nothing_for_everyone_after_a_page_of_one(option: str, value: object) -> None:
    """What Streamlit would do after each run, before the next is served; that it still knows the options."""
    assert config.get_option(option) == value


class Left(Exception):
    """The reader went to another page."""


class Slot:
    def progress(self, share: float, text: str) -> None:
        raise Left

    def empty(self) -> None:
        pass


class Deaf:
    """A session between two statements, where there is nothing to interrupt, when it is told to stop."""

    def __init__(self) -> None:
        self.told = 0
        self.ended = threading.Event()

    def run(self, query: Query, given: Mapping[str, object]) -> Result:
        while self.told < 3:
            self.ended.wait(0.01)
        self.ended.set()
        raise TooSlow(query.reference)

    def progress(self) -> float:
        return 0.5

    def interrupt(self) -> None:
        self.told += 1


def test_a_page_left_behind_stops_its_query_until_it_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results.st, "empty", Slot)
    monkeypatch.setattr(results, "_PATIENCE", 0.01)
    session = Deaf()
    with pytest.raises(Left):
        results._watched(session, queries.catalogue().find("overview"), {})  # type: ignore[arg-type]
    assert session.ended.is_set() and session.told >= 3
