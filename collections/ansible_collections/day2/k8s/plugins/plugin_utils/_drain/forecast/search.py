# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes that come into question for pods of one kind, in the order in which they are tried."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Search:
    """The nodes that could take pods of one kind; in the queue those that may have room.

    ``seen`` is how far the log of freed nodes was followed; ``lacking`` is what the others lacked at ``counted_at``.
    """

    candidates: frozenset[str]
    queue: deque[str]
    queued: set[str]
    seen: int = 0
    lacking: Counter[str] = field(default_factory=Counter)
    counted_at: int = -1

    @classmethod
    def among(cls, names: Collection[str], *, seen: int) -> Search:
        return cls(frozenset(names), deque(names), set(names), seen)

    def add(self, names: Iterable[str]) -> int:
        """Puts those that are not in the queue at its end, and returns how many they are."""
        before = len(self.queue)
        for name in names:
            if name not in self.queued:
                self.queued.add(name)
                self.queue.append(name)
        return len(self.queue) - before

    def take_out(self, number: int, seen: int) -> None:
        """Undoes ``add``."""
        for _each in range(number):
            self.queued.discard(self.queue.pop())
        self.seen = seen
        self.counted_at = -1

    def drop(self) -> None:
        """Takes the first one out of the queue."""
        self.queued.discard(self.queue.popleft())

    def put_back(self, name: str) -> None:
        """Undoes ``drop``."""
        self.queue.appendleft(name)
        self.queued.add(name)
        self.counted_at = -1
