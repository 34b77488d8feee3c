"""What is kept for all sessions: the latest values by what they were made of, up to a number of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Kept(Generic[K, V]):
    """The values asked for last, of which `size` tells the bytes; at least the very last, however large it is."""

    def __init__(self, limit: int, size: Callable[[V], int]) -> None:
        self._limit = limit
        self._size = size
        self._held: OrderedDict[K, V] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """The value kept under a key; None where there is none (any more)."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: K, value: V) -> None:
        """Keep a value, and let go of those not asked for the longest."""
        with self._lock:
            if key in self._held:
                self._bytes -= self._size(self._held.pop(key))
            self._held[key] = value
            self._bytes += self._size(value)
            while len(self._held) > 1 and self._bytes > self._limit:
                self._bytes -= self._size(self._held.popitem(last=False)[1])

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._held.clear()
            self._bytes = 0
