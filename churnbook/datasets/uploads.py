"""The files a dataset was made of, kept beside it as they were given, so that it can be made again."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ENDING = ".zst"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Upload:
    """A file as the user gave it: its name, the SHA-256 of its bytes, its size in bytes."""

    name: str
    sha256: str
    size: int

    def to_json(self) -> dict[str, Any]:
        """The upload as JSON holds it."""
        return {"name": self.name, "sha256": self.sha256, "size": self.size}

    @classmethod
    def of_json(cls, content: dict[str, Any]) -> Upload:
        """The upload that JSON holds."""
        return cls(str(content["name"]), str(content["sha256"]), int(content["size"]))


class Lost(Exception):
    """A kept file is no longer there, or no longer whole."""


def keep(folder: Path, upload: Upload, path: Path, beat: Callable[[], None] = lambda: None) -> None:
    """Keep the bytes at `path` in `folder`, compressed; the copy appears whole or not at all.

    `beat` is called again and again meanwhile and may raise to end it. Raises Lost where the bytes are others by now.
    """
    import pyarrow as pa

    target = folder / f"{upload.sha256}{_ENDING}"
    if target.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".partial", delete=False) as handle:
        partial = Path(handle.name)
    try:
        digest = hashlib.sha256()
        with path.open("rb") as source, pa.CompressedOutputStream(pa.OSFile(str(partial), "wb"), "zstd") as sink:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                sink.write(chunk)
                beat()
        if digest.hexdigest() != upload.sha256:
            raise Lost(upload.name)  # it grew since it was looked at
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def take(folder: Path, upload: Upload, work: Path) -> Path:
    """A copy in `work` of a kept file, byte for byte; raises Lost where it is gone or damaged."""
    import pyarrow as pa

    kept = folder / f"{upload.sha256}{_ENDING}"
    copy = work / upload.sha256
    try:
        with pa.CompressedInputStream(pa.OSFile(str(kept)), "zstd") as source, copy.open("wb") as sink:
            shutil.copyfileobj(source, sink, _CHUNK)
    except (OSError, pa.ArrowInvalid):
        raise Lost(upload.name) from None
    if copy.stat().st_size != upload.size:
        raise Lost(upload.name)
    return copy


def is_kept(path: Path) -> bool:
    """Whether a path is a kept file, or the beginning of one."""
    return path.is_file() and path.suffix in (_ENDING, ".partial")


def prune(folder: Path, needed: Collection[str]) -> None:
    """Remove the kept files no generation needs any more; `needed` are their SHA-256 digests."""
    if not folder.exists():
        return
    for path in folder.iterdir():
        if path.name.removesuffix(_ENDING) not in needed:
            path.unlink()
