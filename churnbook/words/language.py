"""The language spoken: messages and their translations."""

from __future__ import annotations

import gettext as gnu
import io
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel import Locale

LOCALES = Path(__file__).parent / "locales"
LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
_language: ContextVar[str] = ContextVar("language", default="en")


def N_(message: str) -> str:
    """Marks a message for the catalogue without translating it yet."""
    return message


@cache
def _translations(language: str) -> gnu.NullTranslations:
    catalogue = LOCALES / f"{language}.po"
    if not catalogue.exists():
        return gnu.NullTranslations()
    from babel.messages.mofile import write_mo  # here, so that the command line starts without them
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with catalogue.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gnu.GNUTranslations(compiled)


def speak(language: str) -> None:
    """Speak this language from here on, in this session's thread only."""
    _language.set(language)


def spoken() -> str:
    """The language spoken in this session's thread."""
    return _language.get()


def locale() -> Locale:
    """Babel's locale of the language spoken."""
    return Locale.parse(spoken())


def _(message: str) -> str:
    """The message in the language spoken."""
    return _translations(spoken()).gettext(message) if message else ""


def ngettext(one: str, many: str, number: float) -> str:
    """The singular or plural message in the language spoken."""
    return _translations(spoken()).ngettext(one, many, 1 if number == 1 else 2)


def translated(sentence: str, fields: Mapping[str, object]) -> str:
    """A stored sentence with its fields, both in the language spoken where they are messages."""
    return _(sentence).format(**{name: _(value) if isinstance(value, str) else value for name, value in fields.items()})
