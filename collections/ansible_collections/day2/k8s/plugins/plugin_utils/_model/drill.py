# SPDX-License-Identifier: GPL-3.0-or-later
"""The scenarios of a failover drill: what each of them takes away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

VERB = "failover_drill"
STATIC_POD, APISERVER_PORT, NETWORK = "static_pod", "apiserver_port", "network"
# A fault that Ansible takes back itself lasts that much longer if nobody does.
_UNDO_MARGIN_SECONDS = 60
# How long the node waits until it cuts itself off, so that the answer still gets out.
_CUT_DELAY_SECONDS = 3
_STEP = "drill "


@dataclass(frozen=True, slots=True)
class Scenario:
    """``fault`` is that of ``node_fault``, ``component`` its static pod; ``lease`` is that of whoever has to be
    followed by another leader.
    """

    fault: str
    component: str = ""
    lease: str = ""

    def undo_after_seconds(self, hold_seconds: int) -> int:
        """A node without network is given back by its timer alone, so that is when the fault ends."""
        return hold_seconds + (_CUT_DELAY_SECONDS if self.fault == NETWORK else _UNDO_MARGIN_SECONDS)


SCENARIOS: dict[str, Scenario] = {
    "apiserver": Scenario(STATIC_POD, "kube-apiserver"),
    "etcd_member": Scenario(STATIC_POD, "etcd"),
    "etcd_leader": Scenario(STATIC_POD, "etcd"),
    "controller_manager_leader": Scenario(STATIC_POD, "kube-controller-manager", lease="kube-controller-manager"),
    "scheduler_leader": Scenario(STATIC_POD, "kube-scheduler", lease="kube-scheduler"),
    "load_balancer_backend": Scenario(APISERVER_PORT),
    "control_plane_node": Scenario(NETWORK),
    "zone": Scenario(NETWORK),
}


@dataclass(frozen=True, slots=True)
class Drill:
    """What a person wants of a drill, and who answers for it.

    ``rank`` is that of the environment: 1 is the highest, 0 is not known. ``objective_seconds`` is the longest gap that
    clients may meet.
    """

    scenarios: tuple[str, ...]
    hold_seconds: int
    objective_seconds: float
    consent: str
    approver: str
    rank: int

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Drill:
        return cls(**{**raw, "scenarios": tuple(raw["scenarios"])})

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "scenarios": list(self.scenarios)}


def step_of(scenario: str) -> str:
    """The journal's word for the step that begins a scenario's fault."""
    return _STEP + scenario


def scenario_of(step: str) -> str | None:
    """The inverse of ``step_of``; None for any other step."""
    return step.removeprefix(_STEP) if step.startswith(_STEP) else None
