# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan that follows from what is wanted and what was observed: data that people read and a run carries out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from .._model.finding import Finding
from .._model.version import KubernetesVersion
from .agreement import Agreement, digest
from .path import Hop

Role = Literal["control_plane", "worker"]


@dataclass(frozen=True, slots=True)
class NodeStep:
    """What happens to one node, in the words of ``actions``.

    ``from_version`` is the oldest that the node runs (kubelet and control-plane components); ``resumed`` says that an
    earlier run left it in hand; ``changes_machine`` is False where only the record of an earlier step is left to clear.
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
        }


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
    """

    target: KubernetesVersion
    agreement: Agreement
    hops: tuple[Hop, ...] = ()
    steps: tuple[NodeStep, ...] = ()
    finished: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

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
        }
