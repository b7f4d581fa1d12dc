# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drain may do, as asked for."""

from __future__ import annotations

from dataclasses import dataclass, field

from .._model.selector import Selector
from .pacing import EVICTIONS_PER_SECOND
from .rules import Rule


@dataclass(frozen=True, slots=True)
class DrainOptions:
    """``timeout_seconds`` is the time for all pods of all nodes together.

    ``settle_seconds`` is how long after the cordon a scheduler that has not seen it may still bind a pod.
    ``volume_detach_seconds`` is how long, once a node's pods are gone, its volumes may take to be detached (0: nobody
    waits for them). ``evictions_per_second`` is the pace of all nodes together.
    ``grace_period_seconds`` replaces the pods' own (None: theirs; 0: at once). The permissions are kubectl's: ``force``
    for pods that nobody re-creates, ``delete_emptydir_data`` for pods with local data, ``ignore_daemonsets`` for pods
    that would be back at once. ``accepted`` are code and subject of findings that a person accepted by name: those pods
    are evicted although no permission covers them. Only pods that ``selector`` matches are looked at; the first of
    ``rules`` that covers one of them counts for it.
    """

    timeout_seconds: float = 1800.0
    settle_seconds: float = 4.0
    volume_detach_seconds: float = 360.0
    evictions_per_second: float = EVICTIONS_PER_SECOND
    grace_period_seconds: int | None = None
    force: bool = False
    delete_emptydir_data: bool = False
    ignore_daemonsets: bool = True
    accepted: frozenset[tuple[str, str]] = frozenset()
    selector: Selector = field(default_factory=Selector)
    rules: tuple[Rule, ...] = ()
