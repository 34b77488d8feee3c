"""The ledger of published query files: a file named in `published.sha256` never changes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from churnbook.catalogue import header, queries
from churnbook.catalogue.query import QueryError

LEDGER = "published.sha256"


def published(folder: Path) -> dict[str, str]:
    """Path below the folder to sha256 of every published query."""
    ledger = folder / LEDGER
    if not ledger.exists():
        return {}
    pairs = (line.split(maxsplit=1) for line in ledger.read_text(encoding="ascii").splitlines())
    return {name.lstrip("*"): digest for digest, name in pairs}


def changed(folder: Path) -> list[str]:
    """One sentence, with what to do, for every published file that is changed or missing."""
    problems = []
    for name, digest in published(folder).items():
        path = folder / name
        match = header.FILE.fullmatch(path.name)
        successor = f"{match['name']}.v{int(match['version']) + 1}.sql" if match else "a new version"
        if not path.exists():
            problems.append(f"{name} is published but missing: restore it from git")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            problems.append(f"{name} is published and was changed: copy it to {successor}, or undo")
    return problems


def publish(folder: Path = queries.FOLDER) -> list[str]:
    """Append the digest of every draft, the macros among them, to the ledger and return the names.

    No line is rewritten. All drafts go together, so no published query needs a draft. Raises QueryError when a
    published file was changed or a file cannot be read.
    """
    problems = changed(folder)
    if problems:
        raise QueryError("; ".join(problems))
    known = published(folder)
    drafts = [query.file for query in queries.load(folder).queries.values() if query.file not in known]
    if (folder / queries.MACROS).exists() and queries.MACROS not in known:
        drafts.append(queries.MACROS)
    with (folder / LEDGER).open("a", encoding="ascii", newline="\n") as ledger:
        for name in drafts:
            ledger.write(f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n")
    return drafts
