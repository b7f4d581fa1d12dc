# SPDX-License-Identifier: GPL-3.0-or-later
"""Does somebody lead among the controller-managers and the schedulers, after one of them was restarted?

A leader renews its Lease every two seconds or so. One that is away is followed by another within the Lease's term, or
not at all: then nothing is scheduled, and nobody notices for a while.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .._model.leader_lease import LeaderLease


class LeadershipWatch:
    """Compares each look with the one before; ``clock`` is monotonic."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: dict[str, tuple[LeaderLease, float]] = {}
        self._first: dict[str, int] = {}

    def pending(self, leases: Iterable[LeaderLease]) -> tuple[str, ...]:
        """The Leases that nobody has renewed since the last look, in words."""
        now = self._clock()
        missing = []
        for lease in leases:
            before, since = self._seen.get(lease.name, (None, now))
            if before is None or lease.renewed != before.renewed:
                self._seen[lease.name] = (lease, now)
                self._first.setdefault(lease.name, lease.transitions)
            else:
                holder = lease.holder or "nobody"
                missing.append(f"{lease.name}: {holder} leads, and has not renewed its Lease for {now - since:.0f} s")
        return tuple(missing)

    @property
    def transitions(self) -> dict[str, int]:
        """By name, how often the leader changed since the first look."""
        return {name: lease.transitions - self._first[name] for name, (lease, _at) in sorted(self._seen.items())}
