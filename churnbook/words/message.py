"""The one way to tell a person something: a notice, and a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass

WRONG, LOOK, NOTE = WEIGHTS = ("wrong", "look", "note")
"""How much a warning weighs: numbers are likely wrong, worth a look, good to know."""


@dataclass(frozen=True)
class Notice:
    """Something the user should know: a message id and its fields, what to do about it, and its weight.

    `advice` is a message id with the same fields, empty where the sentence says itself what to do.
    """

    sentence: str
    fields: dict[str, str]
    advice: str = ""
    weight: str = LOOK

    @property
    def english(self) -> str:
        """The sentence, untranslated."""
        return self.sentence.format(**self.fields)

    @property
    def english_advice(self) -> str:
        """What to do, untranslated; empty where the sentence says so itself."""
        return self.advice.format(**self.fields)


def note(sentence: str, advice: str = "", weight: str = LOOK, **fields: object) -> Notice:
    """A sentence about what was assumed in reading."""
    return Notice(sentence, {name: str(value) for name, value in fields.items()}, advice, weight)


class Refused(Exception):
    """Input that cannot be used; the sentence is translated where it is shown.

    `sentence` is a message id with named fields, `fields` their values.
    """

    def __init__(self, sentence: str, **fields: object) -> None:
        super().__init__(sentence.format(**fields))
        self.sentence = sentence
        self.fields = fields
