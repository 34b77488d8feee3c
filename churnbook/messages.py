"""Every visible message: from Python, query and page headers, and recipes of exports, into the translators' catalogues.

`python -m churnbook.messages` (make messages) brings the catalogues in churnbook/locales up to date.
"""

from __future__ import annotations

import io
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from churnbook.catalogue import header, queries
from churnbook.words.language import LANGUAGES, LOCALES

ROOT = Path(__file__).parent.parent
_KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
_PAGE = re.compile(r"# (?:title|asks|section): (?P<text>.+?)\s*")

Found = tuple[int, str | None, str | tuple[str, ...], list[str]]


def extract_query(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:
    """Babel's extraction method for a query file: title, description, every label and every note of its header."""
    if Path(getattr(file, "name", "")).name == queries.MACROS:
        return
    for line in header.header_lines(io.TextIOWrapper(file, "utf-8").read()):
        for text in header.texts(line):
            yield line.number, None, text.strip(), []


def extract_page(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:
    """Babel's extraction method for the header lines of a page file."""
    for number, line in enumerate(io.TextIOWrapper(file, "utf-8"), 1):
        if match := _PAGE.fullmatch(line.rstrip("\n")):
            yield number, None, match["text"], []


def extract_recipe(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:
    """Babel's extraction method for a recipe of a known export: its title, and what it says."""
    recipe = tomllib.load(file)
    for text in (recipe["title"], *recipe.get("says", ())):
        yield 0, None, text, []


def extract_reasons(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:
    """Babel's extraction method for the usual list of churn reasons: their names."""
    for group in tomllib.load(file)["group"]:
        for each in (group, *group.get("reason", ())):
            yield 0, None, each["name"], []


def collected(root: Path = ROOT) -> Catalog:
    """All messages of the project, with where they stand."""
    catalogue = Catalog(project="Churnbook", charset="utf-8", fuzzy=False)
    sources: list[tuple[str, Any]] = [
        ("churnbook/**/*.py", "python"),
        ("pages/*.py", "python"),
        ("pages/*.py", extract_page),
        ("queries/**/*.sql", extract_query),
        ("churnbook/intake/mapping/recipes/*.toml", extract_recipe),
        ("churnbook/datasets/reasons.toml", extract_reasons),
    ]
    for pattern, method in sources:
        for path in sorted(root.glob(pattern)):
            with path.open("rb") as file:
                for _line, message, _comments, _context in extract(method, file, _KEYWORDS):
                    catalogue.add(message, locations=[(path.relative_to(root).as_posix(), 0)])
    return catalogue


def untranslated(language: str) -> list[str]:
    """The messages a language's catalogue does not have, or has only as a guess."""
    with (LOCALES / f"{language}.po").open("rb") as file:
        known = read_po(file, locale=language)
    missing = []
    for message in collected():
        found = known.get(message.id) if message.id else None
        if message.id and (found is None or found.fuzzy or not found.string or not all(_strings(found.string))):
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return missing


def _strings(string: str | tuple[str, ...] | list[str]) -> list[str]:
    return [string] if isinstance(string, str) else list(string)


def update(language: str) -> None:
    """Merge new messages into a language's catalogue and drop those no longer used; nothing is guessed."""
    path = LOCALES / f"{language}.po"
    catalogue = Catalog(locale=language, project="Churnbook", charset="utf-8", fuzzy=False)
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language)
    catalogue.update(collected(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    path.parent.mkdir(exist_ok=True)
    sink = io.BytesIO()
    write_po(sink, catalogue, sort_output=True, no_location=True, omit_header=False, width=100)
    lines = [
        line
        for line in sink.getvalue().decode().splitlines()
        if not re.match(r'"(POT-Creation|PO-Revision)-Date', line)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    for each in LANGUAGES:
        if each != "en":
            update(each)
            print(each, "untranslated:", len(untranslated(each)))
