"""How sheets with the same headers were mapped before: a file for each signature of headers, in a folder."""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from churnbook.intake.files import headers
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.files.unpivoted import Unpivot
from churnbook.intake.mapping.plan import MappedSheet, Plan


@dataclass(frozen=True)
class Remembered:
    """How a sheet with these headers was loaded on a day: a plan for each table it fed."""

    day: dt.date
    plans: tuple[Plan, ...]


def keep(folder: Path, mapped: Sequence[MappedSheet], day: dt.date) -> None:
    """Remember how these sheets were loaded, each below the signature of its headers."""
    folder.mkdir(parents=True, exist_ok=True)
    by_signature: dict[str, list[MappedSheet]] = {}
    for each in mapped:
        by_signature.setdefault(headers.signature(each.sheet.headers_in_file), []).append(each)
    for signature, alike in by_signature.items():
        of_one_sheet = [
            each
            for each in alike
            if (each.sheet.sha256, each.sheet.name) == (alike[0].sheet.sha256, alike[0].sheet.name)
        ]
        content = {
            "day": day.isoformat(),
            "headers": list(alike[0].sheet.headers_in_file),
            "plans": [each.plan.to_json() for each in of_one_sheet],
        }
        fresh = folder / f"{signature}.{secrets.token_hex(4)}"
        fresh.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        os.replace(fresh, _path(folder, signature))


def recall(folder: Path, sheet: Sheet) -> Remembered | None:
    """How a sheet with these headers was loaded last; None where that is not known or no longer fits."""
    try:
        content = json.loads(_path(folder, headers.signature(sheet.headers)).read_text(encoding="utf-8"))
        now = dict(zip(content["headers"], sheet.headers, strict=True))
        plans = tuple(_renamed(Plan.of_json(each), sheet.name, now) for each in content["plans"])
        found = Remembered(dt.date.fromisoformat(content["day"]), plans)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if plans and all(each.fits(sheet) for each in plans) else None


def _path(folder: Path, signature: str) -> Path:
    return folder / f"{signature}.json"


def _renamed(plan: Plan, name: str, now: dict[str, str]) -> Plan:
    """The plan for headers that are written differently; those made by an unpivot stay as they are."""
    unpivot = plan.unpivot and Unpivot(
        plan.unpivot.kind,
        tuple(now[header] for header in plan.unpivot.keys),
        tuple(now[header] for header in plan.unpivot.columns),
        now[plan.unpivot.response] if plan.unpivot.response else None,
    )
    return replace(
        plan,
        sheet=name,
        roles={role: now.get(header, header) for role, header in plan.roles.items()},
        left_out=tuple(now.get(header, header) for header in plan.left_out),
        unpivot=unpivot,
        rules=plan.rules.renamed(now),
    )
