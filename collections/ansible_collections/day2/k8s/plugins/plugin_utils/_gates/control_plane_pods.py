# SPDX-License-Identifier: GPL-3.0-or-later
"""Do the static pods of the control plane run, on each of its nodes?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from .._model.control_plane import COMPONENTS
from .._model.finding import Finding
from .._model.pod import Pod
from .._model.snapshot import Snapshot
from .gate import Gate


class ControlPlanePods(Gate):
    """Each control-plane node needs its apiserver, controller-manager, scheduler and stacked etcd, Running and Ready.

    They are seen as the mirror pods that kubelets make of them, by kubeadm's label ``component``.
    """

    name: ClassVar[str] = "control-plane pods"

    def findings(self, snapshot: Snapshot, in_hand: frozenset[str]) -> Iterable[Finding]:
        components = COMPONENTS if snapshot.kubeadm.external_etcd else (*COMPONENTS, "etcd")
        pods = {(pod.node, pod.labels.get("component")): pod for pod in snapshot.system_pods if pod.mirror}
        for name, node in sorted(snapshot.nodes.items()):
            if not node.control_plane or name in in_hand:
                continue
            for component in components:
                state = _state(pods.get((name, component)))
                if state is not None:
                    yield _not_healthy(component, name, state)


def _state(pod: Pod | None) -> str | None:
    """What is wrong with it, in words; None if nothing is."""
    if pod is None:
        return "has no pod"
    if pod.phase != "Running":
        return f"is {pod.phase}"
    return None if pod.ready else "is Running but not Ready"


def _not_healthy(component: str, node: str, state: str) -> Finding:
    return Finding(
        code="D2-POD-001",
        subject=f"{component}-{node}",
        message=f"{component} on {node} {state}; it has to be Running and Ready",
        why="with another control-plane node taken, too few of them, or none, would be left",
        remedy=f"look at the manifest and the logs of {component} on {node}, then run the same command again",
    )
