"""Two texts side by side, line against line, with what differs marked as in a diff."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from churnbook.words import formats
from churnbook.words.language import ngettext

_CONTEXT = 3
"""Equal lines shown beside a change; more are folded into one line that says how many."""


def side_by_side(old: str, new: str) -> tuple[str, str]:
    """Both texts with as many lines each: `-` before lines only the old has, `+` before those only the new has.

    Where one has more lines than the other, the other has blank ones; long equal stretches are folded.
    """
    before, after = old.splitlines(), new.splitlines()
    pairs = list(_paired(before, after))
    return "\n".join(left for left, _right in pairs), "\n".join(right for _left, right in pairs)


def _paired(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    for kind, i, i_end, j, j_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from _folded(before[i:i_end], first=i == 0, last=i_end == len(before))
            continue
        gone = [f"- {line}" for line in before[i:i_end]]
        come = [f"+ {line}" for line in after[j:j_end]]
        height = max(len(gone), len(come))
        yield from zip(_filled(gone, height), _filled(come, height), strict=True)


def _filled(lines: list[str], height: int) -> list[str]:
    return lines + [""] * (height - len(lines))


def _folded(lines: list[str], first: bool, last: bool) -> Iterator[tuple[str, str]]:
    head = 0 if first else _CONTEXT
    tail = 0 if last else _CONTEXT
    left_out = len(lines) - head - tail
    shown = [f"  {line}" for line in lines]
    if left_out > 1:
        words = ngettext("{n} equal line", "{n} equal lines", left_out).format(n=formats.number(left_out))
        shown = [*shown[:head], f"@@ {words} @@", *shown[len(lines) - tail :]]
    yield from zip(shown, shown, strict=True)
