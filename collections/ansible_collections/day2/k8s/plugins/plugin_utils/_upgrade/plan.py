# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan that follows from what is wanted and what was observed: data that people read and a run carries out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .._model.finding import Finding
from .._model.interval import Interval
from .._model.version import KubernetesVersion
from .agreement import Agreement, digest
from .api_outage import ApiOutage
from .path import Hop

Role = Literal["control_plane", "worker"]


@dataclass(frozen=True, slots=True)
class DrainOutlook:
    """What the drain of one node is forecast to come to.

    ``outcome`` is that of its worst pod (leaves, slow, unknown, never); ``certain`` that it can never end. ``counts``
    are pods by outcome; ``without_room`` counts those whose successors find no node. ``pods`` are those that somebody
    has to read about, the worst first, as many as are worth telling.
    """

    outcome: str
    certain: bool
    seconds: Interval
    counts: Mapping[str, int]
    without_room: int = 0
    pods: tuple[Mapping[str, Any], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome,
            "certain": self.certain,
            "seconds": self.seconds.to_dict(),
            "counts": dict(self.counts),
            "without_room": self.without_room,
            "pods": [dict(pod) for pod in self.pods],
        }


@dataclass(frozen=True, slots=True)
class NodeStep:
    """What happens to one node, in the words of ``actions``.

    ``from_version`` is the oldest that the node runs (kubelet and control-plane components); ``resumed`` says that an
    earlier run left it in hand; ``changes_machine`` is False where only the record of an earlier step is left to clear.
    Nodes of one ``wave`` can go together (0: not known). ``drain`` is None where there is none, or none was forecast;
    ``duration`` is that of the whole step, None where it is not known.
    """

    node: str
    host: str
    role: Role
    from_version: KubernetesVersion
    to_version: KubernetesVersion
    actions: tuple[str, ...]
    zone: str = ""
    pool: str = ""
    canary: bool = False
    resumed: bool = False
    changes_machine: bool = True
    wave: int = 0
    drain: DrainOutlook | None = None
    duration: Interval | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "node": self.node,
            "host": self.host,
            "role": self.role,
            "from_version": str(self.from_version),
            "to_version": str(self.to_version),
            "actions": list(self.actions),
            "zone": self.zone,
            "pool": self.pool,
            "canary": self.canary,
            "resumed": self.resumed,
            "changes_machine": self.changes_machine,
            "wave": self.wave,
            "drain": self.drain.to_dict() if self.drain else None,
            "duration": self.duration.to_dict() if self.duration else None,
        }


@dataclass(frozen=True, slots=True)
class Wave:
    """``nodes`` in the order of the plan; ``held_back`` says why the next node is not among them (empty: none left)."""

    nodes: tuple[str, ...]
    held_back: str

    def to_dict(self) -> dict[str, Any]:
        return {"nodes": list(self.nodes), "held_back": self.held_back}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A node that is not handled though it is not at the target, and why; ``host`` is empty where it has none."""

    node: str
    host: str
    version: KubernetesVersion
    reason: str

    def to_dict(self) -> dict[str, Any]:
        return {"node": self.node, "host": self.host, "version": str(self.version), "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Plan:
    """``steps`` in order; ``finished`` names the Nodes with nothing left to do; ``findings`` may block all of it.

    ``notes`` say what it will cost even if all goes well; ``agreement`` is the intent that runs are held to.
    ``waves`` are the nodes that can go together, ``duration`` is that of all of it; None where it is not known.
    ``api_outage`` is None where the API is not expected to be away.
    """

    target: KubernetesVersion
    agreement: Agreement
    hops: tuple[Hop, ...] = ()
    steps: tuple[NodeStep, ...] = ()
    finished: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    waves: tuple[Wave, ...] = ()
    duration: Interval | None = None
    api_outage: ApiOutage | None = None

    def steps_of(self, role: Role) -> tuple[NodeStep, ...]:
        return tuple(step for step in self.steps if step.role == role)

    def to_dict(self) -> dict[str, Any]:
        return {
            "target": str(self.target),
            "digest": digest(self.agreement),
            "hops": [hop.to_dict() for hop in self.hops],
            "steps": [step.to_dict() for step in self.steps],
            "finished": list(self.finished),
            "left_out": [left.to_dict() for left in self.left_out],
            "notes": list(self.notes),
            "policy": dict(self.agreement["policy"]),
            "waves": [wave.to_dict() for wave in self.waves],
            "duration": self.duration.to_dict() if self.duration else None,
            "api_outage": self.api_outage.to_dict() if self.api_outage else None,
        }
