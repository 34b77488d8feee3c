"""Funnels to begin with, by what the data hold and in which order customers do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from churnbook.words.language import N_

_USUAL = 0.5
"""An event belongs before the purchase if at least this share of those who did it did it before they bought."""
_COMMON = 0.5
"""An event marks a step if at least this share of what the commonest one reaches does it."""
_NEARLY_ALL = 0.95
"""An event that this share of customers do tells nobody apart."""
_SAME = 0.1
"""An event that at more than this share stands at the moment of another is another name of the same."""
_WINDOW = (90, "day")
_WINDOW_OF_EVENTS = (14, "day")


@dataclass(frozen=True)
class Proposal:
    """A funnel to begin with: its name, its title still to be translated, its steps, and the time for them."""

    name: str
    title: str
    steps: tuple[str, ...]
    window: int
    window_unit: str


def proposals(happened: pd.DataFrame, order: pd.DataFrame, windows: pd.DataFrame) -> list[Proposal]:
    """Funnels that suit the data, the best first; empty where nothing happened.

    `happened` has the columns of funnel_events, `order` of funnel_order, `windows` of funnel_windows.
    """
    told = _Told(
        tables=frozenset(happened[~happened["source"].isin(("events", "derived"))]["event"]),
        events=tuple(happened[happened["source"] == "events"]["event"]),
        order=order[(order["source"] != "purchase") & (order["share_at_once"] <= _SAME)],
        windows={str(kind): (int(n), str(unit)) for kind, n, unit in windows.itertuples(index=False)},
    )
    found = [told.subscription(), told.shop(), told.orders(), told.log(), told.contact(), told.others(happened)]
    made = [each for each in found if each is not None]
    return [each for each in made if len(each.steps) > 1] or made


@dataclass(frozen=True)
class _Told:
    tables: frozenset[str]
    events: tuple[str, ...]
    order: pd.DataFrame
    windows: dict[str, tuple[int, str]]

    def subscription(self) -> Proposal | None:
        """Sign-up, the event that shows it is used, subscription, renewal within the term."""
        if "subscription" not in self.tables:
            return None
        before, after = self._key_events(is_before=True), self._key_events(is_before=False)
        steps = [*self._signup(), *before[:1], "subscription", *([] if before else after[:1])]
        steps += ["renewal"] if "renewal" in self.tables else []
        return Proposal("subscription", N_("From sign-up to renewal"), tuple(steps), *self._term())

    def shop(self) -> Proposal | None:
        """What most do first and last before they order, the order, and another one."""
        if "order" not in self.tables:
            return None
        before = self._before()
        if not before:
            return None
        ends = list(dict.fromkeys([before[0], before[-1]]))
        window = self.windows.get("next", _WINDOW)
        return Proposal("shop", N_("From visit to repeat order"), (*ends, "order", "order"), *window)

    def orders(self) -> Proposal | None:
        """One order after the other."""
        if "order" not in self.tables:
            return None
        title = N_("One order after the other")
        if "second" in self.windows:
            return Proposal("orders", title, ("order",) * 3, *self.windows["second"])
        return Proposal("orders", title, ("order",) * 2, *self.windows.get("next", _WINDOW))

    def log(self) -> Proposal | None:
        """What most do, in the order in which they do it for the first time; the only event there is, and again."""
        common = self._common(self.order[self.order["source"] == "events"])
        chosen = common[common["event"].isin(common.nlargest(3, "share")["event"])].sort_values(["place", "event"])
        steps = tuple(map(str, chosen["event"]))
        if not steps or self.tables & {"order", "subscription"}:
            return None
        return Proposal("log", N_("The commonest events"), steps if len(steps) > 1 else steps * 2, *_WINDOW_OF_EVENTS)

    def contact(self) -> Proposal | None:
        """First contact, purchase, satisfied, renewed: not a proposal for all, since few are asked."""
        bought = next((each for each in ("subscription", "order") if each in self.tables), None)
        if bought is None or "satisfied" not in self.tables:
            return None
        steps = [*(self._signup() or self._before()[:1]), bought, "satisfied"]
        if bought == "order":
            steps.append("order")
        elif "renewal" in self.tables:
            steps.append("renewal")
        window = self._term() if bought == "subscription" else self.windows.get("second", _WINDOW)
        return Proposal("contact", N_("Contact, purchase, satisfied, renewed"), tuple(steps), *window)

    def others(self, happened: pd.DataFrame) -> Proposal | None:
        """What is left where nobody bought anything and there is no log."""
        if self.events or self.tables & {"order", "subscription"}:
            return None
        names = [str(name) for name in happened["event"] if name != "satisfied"] or list(happened["event"][:1])
        steps = sorted(names, key=lambda name: name != "signup")[:3]
        return Proposal("others", N_("What the files tell"), tuple(steps), *_WINDOW) if steps else None

    def _signup(self) -> list[str]:
        """The sign-up, where it comes before the purchase and is not another name of it."""
        row = self.order[self.order["source"] == "signup"]
        return ["signup"] if "signup" in self.tables and (row["share_before"] >= _USUAL).any() else []

    def _before(self) -> list[str]:
        """The events most do before they buy, in their order."""
        log = self.order[self.order["source"] == "events"]
        usual = self._common(log[log["share_before"] >= _USUAL])
        return list(map(str, usual.sort_values(["place", "event"])["event"]))

    def _key_events(self, is_before: bool) -> list[str]:
        """Events most do before, or after, they buy, those that tell customers apart first, the commonest of them."""
        log = self.order[self.order["source"] == "events"]
        usual = self._common(log[(log["share_before"] >= _USUAL) == is_before])
        ranked = usual.assign(is_all=usual["share"] >= _NEARLY_ALL).sort_values(
            ["is_all", "share", "event"], ascending=[True, False, True]
        )
        return list(map(str, ranked["event"]))

    def _term(self) -> tuple[int, str]:
        return self.windows.get("term") or self.windows.get("renewal") or _WINDOW

    @staticmethod
    def _common(rows: pd.DataFrame) -> pd.DataFrame:
        return rows[rows["share"] >= _COMMON * rows["share"].max()] if len(rows) else rows


def same(proposed: Sequence[Proposal], steps: Sequence[str]) -> Proposal | None:
    """The proposal that has these steps."""
    return next((each for each in proposed if each.steps == tuple(steps)), None)
