"""Columns to roles: proposes which canonical table a sheet is and what each column means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb

from churnbook import schema
from churnbook.intake import Refused, dates, numbers, unpivot, values
from churnbook.intake.dates import AS_WRITTEN, Choice
from churnbook.intake.sheet import Sheet
from churnbook.intake.unpivot import Reading
from churnbook.wording import N_

_JUDGED_ROWS = 300
_FITS = 0.6


@dataclass(frozen=True)
class Mapped:
    """A sheet with what it is: its table, for each role the header that carries it, and how its dates are read.

    `left_out` are headers whose values are not to be kept.
    """

    sheet: Sheet
    table: str
    roles: Mapping[str, str]
    choice: Choice = AS_WRITTEN
    left_out: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[schema.Role, ...]:
        """The required roles no column carries."""
        return tuple(r for r in schema.LOADABLE[self.table].required if r.name not in self.roles)

    def check(self) -> None:
        """Raises Refused where a required role has no column or a header does not exist."""
        for header in self.roles.values():
            if header not in self.sheet.headers:
                raise unpivot.missing_column(self.sheet, header)
        if self.missing:
            raise Refused(
                N_("{file} cannot be loaded as {table}: no column is mapped to {roles}. Choose one in the mapping."),
                file=self.sheet.name,
                table=schema.LOADABLE[self.table].label,
                roles=", ".join(role.label for role in self.missing),
            )

    def kept(self) -> tuple[str, ...]:
        """The headers without a role whose values are kept, as customer or event attributes."""
        if schema.LOADABLE[self.table].rest == "left":
            return ()
        taken = {*self.roles.values(), *self.left_out}
        return tuple(header for header in self.sheet.headers if header not in taken)

    @property
    def plan(self) -> Plan:
        """How the sheet is loaded, to be kept and done again."""
        return Plan(self.sheet.name, self.table, self.roles, self.left_out, self.choice, self.sheet.reading)


@dataclass(frozen=True)
class Plan:
    """How a sheet is loaded, apart from the sheet itself, so that it can be kept and done again.

    `sheet` is the name of the sheet as inspected; `reading` says how it is turned into rows first.
    """

    sheet: str
    table: str
    roles: Mapping[str, str]
    left_out: tuple[str, ...] = ()
    choice: Choice = AS_WRITTEN
    reading: Reading | None = None

    def to_json(self) -> dict[str, Any]:
        """The plan as JSON."""
        return {
            "sheet": self.sheet,
            "table": self.table,
            "roles": dict(self.roles),
            "left_out": list(self.left_out),
            "choice": {"day_first": self.choice.day_first, "since_1904": self.choice.since_1904},
            "reading": self.reading.to_json() if self.reading else None,
        }

    @classmethod
    def of_json(cls, found: Mapping[str, Any]) -> Plan:
        """The plan of a JSON object; ValueError where it is none or names a table or role there is not."""
        try:
            table = schema.LOADABLE[found["table"]]
            roles = {table.role(name).name: str(header) for name, header in found["roles"].items()}
            return cls(
                str(found["sheet"]),
                table.name,
                roles,
                tuple(str(header) for header in found["left_out"]),
                Choice(**found["choice"]),
                Reading.of_json(found["reading"]) if found["reading"] else None,
            )
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"no plan: {found!r}") from error

    def apply(self, sheet: Sheet, work: Path) -> Mapped:
        """The sheet as inspected, loaded this way; what is made of it on the way lies in the folder `work`.

        Raises Refused where it lacks a header or a required role.
        """
        turned = unpivot.apply(sheet, self.reading, work) if self.reading else sheet
        left_out = tuple(header for header in self.left_out if header in turned.headers)
        mapped = Mapped(turned, self.table, self.roles, self.choice, left_out)
        mapped.check()
        return mapped


@dataclass(frozen=True)
class Profile:
    """How a sample column reads: filled cells, distinct cells, and the share of filled cells each kind reads.

    Beside the kinds there is "counted": times as numbers of seconds or days, which other numbers may look like.
    """

    filled: int
    distinct: int
    shares: Mapping[str, float]

    def fits(self, kind: str) -> bool:
        """Whether most filled cells read as that kind; an empty column fits nothing."""
        share = self.shares.get(kind, 1.0)
        return self.filled > 0 and max(share, self.shares["counted"] if kind == "timestamp" else share) >= _FITS


@lru_cache(maxsize=8)
def profiles(sheet: Sheet) -> Mapping[str, Profile]:
    """A Profile for each header, judged on the first rows by the expressions that will load it."""
    found = {}
    with duckdb.connect() as connection:
        for place, header in enumerate(sheet.headers):
            found[header] = _profile(connection, [row[place] for row in sheet.sample[:_JUDGED_ROWS]])
    return MappingProxyType(found)


def _profile(connection: duckdb.DuckDBPyConnection, sample: Sequence[str | None]) -> Profile:
    texts = [cell for cell in sample if cell is not None]
    source = "(select unnest($cells::varchar[]) as cell)"

    def counted(aggregates: Sequence[str]) -> tuple[int, ...]:
        bound = {"timezone": "UTC"} if any("$timezone" in each for each in aggregates) else {}
        (row,) = connection.execute(
            f"select {', '.join(aggregates)} from {source}", {"cells": texts} | bound
        ).fetchall()
        return tuple(row)

    written = numbers.judge(texts)
    reads = {kind: values.checked(values.typed("cell", kind, written), kind, "cell") for kind in ("money", "number")}
    reads["flag"] = values.typed("cell", "flag")
    dated = dates.judge(connection, texts, counted)
    moments = {"timestamp": replace(dated, counted=()), "counted": dates.Dates(counted=dated.counted)}
    reads |= {
        # days far ahead count too: they are how ends that never come are written
        name: f"nullif({values.typed('cell', 'timestamp', each)} >= timestamp '1900-01-01', false)"
        for name, each in moments.items()
        if each != dates.Dates()
    }
    filled, distinct, *read = counted(
        [
            f"count(*) filter (not {values.is_null('cell', 'number')})",
            "count(distinct cell)",
            *(f"count({each}) filter (not {values.is_null('cell', 'number')})" for each in reads.values()),
        ]
    )
    shares = dict.fromkeys(("timestamp", "counted"), 0.0)
    shares |= {kind: each / max(filled, 1) for kind, each in zip(reads, read, strict=True)}
    return Profile(filled=filled, distinct=distinct, shares=shares)


def propose(sheet: Sheet, table: str | None = None) -> Mapped:
    """The likeliest table and roles of a sheet; with `table`, the likeliest roles for that table."""
    judged = profiles(sheet)
    candidates = [schema.LOADABLE[table]] if table else list(schema.LOADABLE.values())
    scored = [(*_assign(sheet, candidate, judged), candidate.name) for candidate in candidates]
    _score, roles, name = max(scored, key=lambda each: each[0])
    return Mapped(sheet, name, roles)


def _assign(sheet: Sheet, table: schema.Table, judged: Mapping[str, Profile]) -> tuple[float, dict[str, str]]:
    pairs = sorted(
        (
            (score, role.name, header)
            for role in table.roles
            for header in sheet.headers
            if (score := _likeness(role, header)) > 0 and _possible(role, judged[header])
        ),
        key=lambda pair: -pair[0],
    )
    roles: dict[str, str] = {}
    total = 0.0
    for score, role, header in pairs:
        if role not in roles and header not in roles.values():
            roles[role] = header
            total += score
    for required in table.required:
        if required.name not in roles:
            likely = _by_values(required, sheet, judged, set(roles.values()))
            if likely is None:
                total -= 10
            else:
                roles[required.name] = likely
                total += 0.3
    stem = _normal(sheet.name)
    if any(_normal(word) in stem for word in table.words):
        total += 0.75
    customer = roles.get("customer_id")
    if customer and table.name == "customers" and judged[customer].filled > 20:
        total += 0.4 if judged[customer].distinct == judged[customer].filled else -0.6
    ordered = {role.name: roles[role.name] for role in table.roles if role.name in roles}
    return total, ordered


def _possible(role: schema.Role, profile: Profile) -> bool:
    if role.kind in ("id", "text", "name") or profile.filled == 0:
        return True
    return profile.fits(role.kind)


_SIMPLIFIED = str.maketrans(
    "業費為買產個價會體關決準創別動務單發響員問備處復實對帳應開歸總戶換數時構標檔滿點狀離種碼稱類約細組終經結續編網費號見訂計議論評話語說調貝貨賬購貴貸進達運銷長閉間閱際項額題飯饋驗齡級與辦冊歷賣雙團幣當錄顯條區門電聯認識證負質贈還這裡錢預頻顧優變啟讓記設試無註",
    "业费为买产个价会体关决准创别动务单发响员问备处复实对帐应开归总户换数时构标档满点状离种码称类约细组终经结续编网费号见订计议论评话语说调贝货账购贵贷进达运销长闭间阅际项额题饭馈验龄级与办册历卖双团币当录显条区门电联认识证负质赠还这里钱预频顾优变启让记设试无注",
)
"""The traditional characters of the words that headers are made of, with their simplified form."""


def _normal(text: str) -> str:
    bare = re.sub(r"[(（\[【].*?[)）\]】]", "", text)
    return re.sub(r"[\W_]+", "", bare).casefold().translate(_SIMPLIFIED)


def _likeness(role: schema.Role, header: str) -> float:
    """1 for a known word (earlier words a little more), less where the header only contains one."""
    normal = _normal(header)
    best = 0.0
    for place, word in enumerate(role.words):
        known = _normal(word)
        if normal == known:
            return 1.0 - place * 1e-3
        least = 4 if known.isascii() else 2
        if len(known) >= least and known in normal:
            best = max(best, 0.2 + 0.5 * len(known) / len(normal))
    return best


def _by_values(role: schema.Role, sheet: Sheet, judged: Mapping[str, Profile], taken: set[str]) -> str | None:
    free = [header for header in sheet.headers if header not in taken]
    if role.kind == "timestamp":
        return next((h for h in free if judged[h].filled and judged[h].shares["timestamp"] > 0.9), None)
    if role.kind == "name":
        return next((h for h in free if _is_category(judged[h])), None)
    if role.kind == "id":
        return next((h for h in free if re.search(r"(?i)\bid\b|_id$|Id$|ID$|编号|号$", h)), None)
    return None


def _is_category(profile: Profile) -> bool:
    return (
        2 <= profile.distinct <= 200
        and profile.distinct < profile.filled * 0.2
        and max(profile.shares[kind] for kind in ("timestamp", "money", "flag")) < _FITS
    )
