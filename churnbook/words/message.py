"""The one way to tell a person something: a notice, and a refusal that carries one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from churnbook.words.language import _

WRONG, LOOK, NOTE = WEIGHTS = ("wrong", "look", "note")
"""How much a notice weighs: numbers are likely wrong, worth a look, good to know."""


@dataclass(frozen=True)
class Notice:
    """Something a person should know: a message id and its fields, what to do about it, and its weight.

    `advice` is a message id with the same fields, empty where the sentence says itself what to do. Fields that are
    messages themselves are translated with the sentence.
    """

    sentence: str
    fields: Mapping[str, str]
    advice: str = ""
    weight: str = LOOK

    @classmethod
    def of(cls, sentence: str, advice: str = "", weight: str = LOOK, **fields: object) -> Notice:
        """The notice with its fields by name."""
        return cls(sentence, {name: str(value) for name, value in fields.items()}, advice, weight)

    @property
    def english(self) -> str:
        """The sentence, untranslated."""
        return self.sentence.format(**self._english_fields)

    @property
    def english_advice(self) -> str:
        """What to do, untranslated; empty where the sentence says so itself."""
        return self.advice.format(**self._english_fields)

    @property
    def words(self) -> str:
        """The sentence in the language spoken."""
        return _(self.sentence).format(**self._spoken_fields)

    @property
    def advice_words(self) -> str:
        """What to do in the language spoken; empty where the sentence says so itself."""
        return _(self.advice).format(**self._spoken_fields)

    @property
    def _spoken_fields(self) -> dict[str, str]:
        comma = _(", ")
        return {name: comma.join(_(part) for part in value.split(_NEXT)) for name, value in self.fields.items()}

    @property
    def _english_fields(self) -> dict[str, str]:
        return {name: value.replace(_NEXT, ", ") for name, value in self.fields.items()}


_NEXT = "\x1f"


def several(messages: Iterable[str]) -> str:
    """A field that names several messages one after the other, each translated with the sentence."""
    return _NEXT.join(messages)


class Refused(Exception):
    """Something that cannot be done as asked; `notice` says what, where and what to do, and is translated when shown."""

    def __init__(self, sentence: str, **fields: object) -> None:
        self.notice = Notice(sentence, {name: str(value) for name, value in fields.items()})
        super().__init__(self.notice.english)

    @classmethod
    def because(cls, notice: Notice) -> Refused:
        """The refusal for a notice made before."""
        refused = cls(notice.sentence, **notice.fields)
        refused.notice = notice
        return refused
