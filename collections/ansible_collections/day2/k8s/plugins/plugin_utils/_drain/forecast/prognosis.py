# SPDX-License-Identifier: GPL-3.0-or-later
"""What is forecast of a pod, a node, and nodes that are drained together."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from ..._model.finding import Finding
from ..._model.interval import Interval


class Outcome(str, Enum):
    """What becomes of a pod when its node is drained.

    LEAVES: at once. SLOW: later, when what it waits for has happened. NEVER: waiting does not help. STAYS: the drain
    leaves it there. UNKNOWN: it depends on what is not modelled.
    """

    LEAVES = "leaves"
    SLOW = "slow"
    NEVER = "never"
    STAYS = "stays"
    UNKNOWN = "unknown"


class Successor(str, Enum):
    """What becomes of the pod that is made in its place.

    NONE: nobody makes one. NO_ROOM: it stays Pending. BACK: it may come back to the node in spite of the cordon.
    """

    NONE = "none"
    ELSEWHERE = "elsewhere"
    NO_ROOM = "no room"
    UNKNOWN = "unknown"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class PodForecast:
    """One pod.

    ``certain`` is False for an estimate. ``seconds`` run from the start of the drain to the pod's end (for what does
    not leave: to where nothing moves any more). ``successor_why`` says what its successor lacks; ``budget`` which one
    it waited or waits for (``namespace/name``); ``contact`` whom to call.
    """

    namespace: str
    name: str
    node: str
    outcome: Outcome
    certain: bool
    seconds: Interval = field(default_factory=Interval)
    reason: str = ""
    remedy: str = ""
    budget: str = ""
    successor: Successor = Successor.NONE
    successor_why: str = ""
    contact: str = ""

    @property
    def key(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def notable(self) -> bool:
        """Whether a person has to read it."""
        quiet = self.outcome in (Outcome.LEAVES, Outcome.STAYS)
        return not quiet or self.successor in (Successor.NO_ROOM, Successor.UNKNOWN, Successor.BACK)

    def to_dict(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "outcome": self.outcome.value,
            "successor": self.successor.value,
            "seconds": self.seconds.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class NodeForecast:
    """The drain of one node. ``findings`` refuse it: only what is certain; ``warnings`` are what may go wrong."""

    node: str
    pods: tuple[PodForecast, ...]
    seconds: Interval
    findings: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many pods have which outcome."""
        counted = Counter(pod.outcome.value for pod in self.pods)
        return {outcome.value: counted[outcome.value] for outcome in Outcome}

    @property
    def outcome(self) -> Outcome:
        """The worst of its pods' outcomes, an empty node leaves."""
        found = {pod.outcome for pod in self.pods}
        return next((o for o in (Outcome.NEVER, Outcome.UNKNOWN, Outcome.SLOW) if o in found), Outcome.LEAVES)

    def to_dict(self) -> dict[str, Any]:
        """With the pods that somebody has to read about; the others are counted."""
        return {
            "node": self.node,
            "outcome": self.outcome.value,
            "counts": self.counts,
            "seconds": self.seconds.to_dict(),
            "pods": [pod.to_dict() for pod in self.pods if pod.notable],
            "findings": [finding.to_dict() for finding in self.findings],
            "warnings": [finding.to_dict() for finding in self.warnings],
        }


@dataclass(frozen=True, slots=True)
class SetForecast:
    """Nodes that are drained together, in their order."""

    nodes: tuple[NodeForecast, ...]

    @property
    def seconds(self) -> Interval:
        """Until the last of them is drained."""
        total = Interval()
        for node in self.nodes:
            total = total | node.seconds
        return total

    @property
    def outcome(self) -> Outcome:
        found = {node.outcome for node in self.nodes}
        return next((o for o in (Outcome.NEVER, Outcome.UNKNOWN, Outcome.SLOW) if o in found), Outcome.LEAVES)
