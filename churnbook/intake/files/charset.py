"""Bytes to UTF-8 text: what a text file is written in, judged by its bytes and by what its characters are.

A byte order mark decides, then strict UTF-8, then GB18030; Big5 or Windows-1252 only where the characters
they give are clearly likelier, and that is said. What is in two encodings is refused, never patched.
"""

from __future__ import annotations

import codecs
import io
import os
import re
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from churnbook.intake.files.characters import COMMON
from churnbook.intake.files.sheet import File
from churnbook.words.language import N_
from churnbook.words.message import NOTE, WRONG, Notice, Refused

CHUNK = 1 << 20
_JUDGED_BYTES = 1 << 16
_PEEK = 2000
_UNUSUAL = 0.3
_CONTROLS = bytes({*range(1, 32)} - set(b"\x01\t\n\x0b\x0c\r\x1a\x1b\x1c\x1d\x1e\x1f"))
_REMOVED = "".join(map(chr, [*range(2, 9), *range(14, 26), *range(27, 32), 127]))
"""Control characters that mean nothing in a table; byte 1 may part its cells, byte 26 end it."""
_REMOVED_BYTES = _REMOVED.encode()
_WITHOUT = dict.fromkeys(map(ord, _REMOVED))
_NAMES = {"gb18030": "GB18030", "cp950": "Big5", "cp1252": "Windows-1252"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Text:
    """A text file as UTF-8: the file itself or a copy with one kind of line end and without control characters."""

    encoding: str
    path: Path
    has_quotes: bool
    notes: tuple[Notice, ...]


@dataclass(frozen=True)
class _Survey:
    """What one pass over the bytes found; `valid` is how many of them are UTF-8 from the beginning."""

    valid: int
    has_text: bool
    has_quotes: bool
    nuls: int
    has_controls: bool
    has_mixed_ends: bool


def decode(file: File, head: bytes) -> Text:
    """A file of text as UTF-8; raises Refused for what is no text, or in an encoding that cannot be told."""
    encoding = next((name for mark, name in _MARKS if head.startswith(mark)), None) or _unmarked(head)
    if encoding is None or encoding == "utf-8-sig":
        _refuse_binary(file, head)
        survey = _survey(file.path)
        if survey.valid == file.size and not (survey.nuls or survey.has_controls or survey.has_mixed_ends):
            return Text(encoding or "utf-8", file.path, survey.has_quotes, ())
        if survey.valid >= file.size - 3 and _is_cut_off(file, survey.valid):
            encoding = encoding or "utf-8"
        elif survey.valid < file.size:
            encoding = _judged(file, survey, encoding)
        else:
            encoding = encoding or "utf-8"
    return _transcoded(file, encoding)


def _unmarked(head: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of what is ASCII in it is NUL, the others never."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(len(head) // 2, 1)
    for name, often, seldom in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if often > 0.1 * half and often > 20 * seldom:
            try:
                codecs.getincrementaldecoder(name)().decode(head)
            except UnicodeDecodeError:
                return None
            return name
    return None


def _refuse_binary(file: File, head: bytes) -> None:
    text = head.rstrip(b"\x00")
    controls = len(text) - len(text.translate(None, _CONTROLS))
    is_odd = controls > 0.02 * len(text) and (controls > 0.2 * len(text) or not _decodes(text))
    if is_odd or text.count(0) > 0.1 * len(text):
        raise Refused(
            N_("{file} is neither text nor a workbook. Save or export it as .xlsx or .csv and choose that file."),
            file=file.name,
        )


def _decodes(text: bytes) -> bool:
    """Whether bytes are text but for control characters: no picture or program is UTF-8, or GB18030, throughout."""
    for encoding in ("utf-8", "gb18030"):
        try:
            codecs.getincrementaldecoder(encoding)().decode(text)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _survey(path: Path) -> _Survey:
    decoder = codecs.getincrementaldecoder("utf-8")()
    valid = nuls = returns = pairs = feeds = 0
    has_text = has_quotes = has_controls = False
    last = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            has_quotes = has_quotes or b'"' in chunk
            if b"\x00" in chunk:
                nuls += chunk.count(0)
            has_controls = has_controls or any(mark in chunk for mark in _REMOVED_BYTES)
            if b"\r" in chunk or returns:
                returns += chunk.count(b"\r")
                pairs += chunk.count(b"\r\n") + (last == b"\r" and chunk.startswith(b"\n"))
                feeds += chunk.count(b"\n")
            elif not feeds and b"\n" in chunk:
                feeds = 1
            last = chunk[-1:]
            pending = len(decoder.getstate()[0])
            if not pending and chunk.isascii():  # plain ASCII is passed over ten times faster
                valid += len(chunk)
                continue
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as error:
                before = error.object[: error.start].decode()
                has_text = has_text or any(_reads(line) for line in before.splitlines())
                return _Survey(valid + error.start, has_text, has_quotes, nuls, has_controls, False)
            has_text = has_text or not text.isascii()
            valid += len(chunk) + pending - len(decoder.getstate()[0])
    return _Survey(
        valid, has_text, has_quotes, nuls, has_controls, returns != pairs or (returns > 0 and feeds != pairs)
    )


def _is_cut_off(file: File, valid: int) -> bool:
    """Whether the file ends within a character: what follows the valid bytes only begins one."""
    with file.path.open("rb") as source:
        source.seek(valid)
        rest = source.read()
    try:
        codecs.getincrementaldecoder("utf-8")().decode(rest)
    except UnicodeDecodeError:
        return False
    return bool(rest) and valid > 0 and _has_text_before(file.path, valid)


def _has_text_before(path: Path, valid: int) -> bool:
    """Whether UTF-8 beyond ASCII stands before this position, so that the beginning of a character ends UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        while valid > 0 and (chunk := file.read(min(CHUNK, valid))):
            valid -= len(chunk)
            if not decoder.decode(chunk).isascii():
                return True
    return False


# What is no UTF-8


def _judged(file: File, survey: _Survey, marked: str | None) -> str:
    """The encoding of a file that is not UTF-8 throughout."""
    if marked or survey.has_text or _has_utf8_within(file.path):
        _refuse_two(file, bool(marked))
    sample = _sample(file.path)
    scores = {name: _score(sample, name) for name in _NAMES}
    best = max(scores, key=lambda name: scores[name] - (0.0 if name == "gb18030" else 0.25))
    if scores[best] > 0:
        return best
    with file.path.open("rb") as source:
        line = source.read(survey.valid).count(b"\n") + 1
    raise Refused(
        N_(
            "{file} is neither UTF-8 nor GB18030 text (see line {line}). Save it as “CSV UTF-8” and choose the new file."
        ),
        file=file.name,
        line=line,
    )


def _has_utf8_within(path: Path) -> bool:
    """Whether lines at the edges of any chunk are UTF-8 beyond what GB18030 could be by chance."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            edges = chunk if len(chunk) < 2 * _PEEK else chunk[:_PEEK] + b"\n" + chunk[-_PEEK:]
            if not edges.isascii() and any(_is_utf8(line) for line in edges.split(b"\n")):
                return True
    return False


def _is_utf8(line: bytes) -> bool:
    try:
        return _reads(line.decode())
    except UnicodeDecodeError:
        return False


def _reads(text: str) -> bool:
    """Whether characters beyond ASCII are Chinese in common use, or all letters of western words."""
    if text.isascii():
        return False
    usual = sum(_usual(character, "gb18030") for character in text if not character.isascii())
    return usual >= 0.8 or _western(text) > 0.9


def _refuse_two(file: File, marked: bool) -> None:
    """Raises Refused where lines of UTF-8 stand beside lines of something else."""
    utf8 = other = 0
    with file.path.open("rb") as source:
        for number, line in enumerate(source, 1):
            if line.isascii():
                continue
            try:
                text = line.decode()
            except UnicodeDecodeError:
                other = other or number
            else:
                if not utf8 and _reads(text):
                    utf8 = number
            if utf8 and other:
                break
    if other and (utf8 or marked):
        raise Refused(
            N_(
                "{file} is in two encodings: line {first} is UTF-8, line {second} is not. "
                "Export its parts again, all as “CSV UTF-8”, and choose the new file."
            ),
            file=file.name,
            first=utf8 or 1,
            second=other,
        )


def _sample(path: Path) -> bytes:
    """The first lines that are not ASCII."""
    found = bytearray()
    with path.open("rb") as file:
        while (chunk := file.read(CHUNK)) and len(found) < _JUDGED_BYTES:
            if not chunk.isascii():
                found += b"\n".join(line for line in re.split(rb"[\r\n]+", chunk) if not line.isascii()) + b"\n"
    cut = found.find(b"\n", _JUDGED_BYTES)
    return bytes(found[: cut if cut > 0 else None]).rstrip(b"\n")


def _score(sample: bytes, encoding: str) -> float:
    """How likely an encoding is, 0 to 1: the mean over characters beyond ASCII of how usual each is; 0: impossible."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(sample)
    except UnicodeDecodeError:
        return 0.0
    if encoding == "cp1252":
        return _western(text)
    counts = Counter(character for character in text if not character.isascii())
    total = counts.total()
    weight = sum(times * _usual(character, encoding) for character, times in counts.items())
    return max(weight / total, 0.01) if total else 0.0


def _usual(character: str, encoding: str) -> float:
    if character in COMMON:
        return 1.0
    if "\u3000" <= character <= "\u303f" or "\uff01" <= character <= "\uff5e" or character in "￥¥·“”‘’—…×":
        return 0.7
    try:
        lead = character.encode("gb2312" if encoding == "gb18030" else "big5")[0]
    except UnicodeEncodeError:
        return 0.0
    first, last = (0xB0, 0xD7) if encoding == "gb18030" else (0xA4, 0xC6)
    return 0.4 if first <= lead <= last else 0.0


_WESTERN = re.compile(
    r"(?<=[A-Za-z])[À-ÖØ-öø-ÿŠšŽžŒœŸ]{1,2}(?![^\x00-\x7f])|(?<![^\x00-\x7f])[À-ÖØ-öø-ÿŠšŽžŒœ]{1,2}(?=[a-z])"
)
_MARKS_OF_WEST = re.compile(r"(?<![^\x00-\x7f])[€£°²³§–—’“”«»ºª](?![^\x00-\x7f])")


def _western(text: str) -> float:
    """The share of characters beyond ASCII that are letters of western words, next to an ASCII letter."""
    beyond = sum(not character.isascii() for character in text)
    letters = sum(len(found) for found in _WESTERN.findall(text))
    return (letters + 0.7 * len(_MARKS_OF_WEST.findall(text))) / beyond if beyond else 0.0


# The copy


def _transcoded(file: File, encoding: str) -> Text:
    """A copy in UTF-8 with one kind of line end and without control characters, and what to say about it."""
    handle, copy = tempfile.mkstemp(".csv", dir=file.work)
    decoder = codecs.getincrementaldecoder(encoding)()
    ends = io.IncrementalNewlineDecoder(None, translate=True)
    has_quotes = False
    nuls, odd = 0, ""
    controls, first_line, lines = 0, 0, 1
    try:
        with file.path.open("rb") as source, os.fdopen(handle, "wb") as sink:
            while chunk := source.read(CHUNK):
                text = ends.decode(decoder.decode(chunk))
                if "\x00" in text:
                    nuls += text.count("\x00")
                    text = text.replace("\x00", "")
                if any(mark in text for mark in _REMOVED):
                    bare = text.translate(_WITHOUT)
                    if not controls:
                        first = next(place for place, mark in enumerate(text) if mark in _REMOVED)
                        first_line = lines + text.count("\n", 0, first)
                    controls += len(text) - len(bare)
                    text = bare
                elif not controls:
                    lines += text.count("\n")
                has_quotes = has_quotes or '"' in text
                if not odd and encoding in ("cp950", "cp1252", "gb18030"):
                    odd = _first_beyond_ascii(text)
                sink.write(text.encode("utf-8", "replace"))
            is_cut_off = bool(decoder.getstate()[0])
            sink.write(ends.decode("", final=True).encode())
    except UnicodeDecodeError:
        raise Refused(
            N_("{file} is damaged: its text breaks off or mixes encodings. Export it again as “CSV UTF-8”."),
            file=file.name,
        ) from None
    notes = []
    if encoding in ("cp950", "cp1252"):
        notes.append(
            Notice.of(
                N_(
                    "{file} is not UTF-8 and was read as {encoding}, by its characters, for example “{sample}”. "
                    "If that looks wrong, save it as “CSV UTF-8” and load it again."
                ),
                file=file.name, encoding=_NAMES[encoding], sample=odd,
            )
        )  # fmt: skip
    elif encoding == "gb18030" and _score(_sample(file.path), encoding) < _UNUSUAL:
        notes.append(
            Notice.of(
                N_(
                    "{file} was read as GB18030, but its characters are unusual, for example “{sample}”. "
                    "If that looks wrong, save it as “CSV UTF-8” and load it again."
                ),
                file=file.name, sample=odd,
            )
        )  # fmt: skip
    if nuls:
        notes.append(
            Notice.of(
                N_("{file} holds {n} NUL characters; they were removed."), weight=NOTE, file=file.name, n=f"{nuls:,}"
            )
        )
    if controls:
        notes.append(
            Notice.of(
                N_("{file} holds {n} control characters, the first in line {line}; they were removed."),
                weight=NOTE,
                file=file.name,
                n=f"{controls:,}",
                line=first_line,
            )
        )
    if is_cut_off:
        notes.append(
            Notice.of(
                N_("{file} ends in the middle of a character; it is probably cut off. Compare its last row."),
                weight=WRONG,
                file=file.name,
            )
        )
    return Text(encoding, Path(copy), has_quotes, tuple(notes))


def _first_beyond_ascii(text: str) -> str:
    """The first piece of text with characters beyond ASCII, for a person to judge."""
    found = re.search(r"[^\x00-\x7f]", text)
    if not found:
        return ""
    begin = max(found.start() - 15, text.rfind("\n", 0, found.start()) + 1)
    return text[begin : begin + 40].split("\n")[0].strip()
