# SPDX-License-Identifier: GPL-3.0-or-later
"""From the version a cluster runs to the one it shall run: hops, and the skew that Kubernetes supports on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .._model.control_plane import ControlPlane
from .._model.finding import Finding
from .._model.node import Node
from .._model.version import KubernetesVersion

_POLICY = "https://kubernetes.io/releases/version-skew-policy/"
_KUBEADM = "https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-upgrade/"


@dataclass(frozen=True, slots=True)
class SkewRule:
    """How many minors a component may be behind what it is measured against; it may never be ahead."""

    minors_behind: int
    source: str


# The whole control plane against the target. What is supported between its components (apiservers one minor apart, the
# others one behind their apiserver) follows: all of them are then at the target's minor or at the one before.
KUBEADM_HOP = SkewRule(1, _KUBEADM)
KUBELET_BEHIND_APISERVER = SkewRule(3, f"{_POLICY}#kubelet")


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of the control plane: within a minor, or to the next one."""

    from_version: KubernetesVersion
    to_version: KubernetesVersion

    def __str__(self) -> str:
        return f"{self.from_version} -> {self.to_version}"

    def to_dict(self) -> dict[str, Any]:
        return {"from_version": str(self.from_version), "to_version": str(self.to_version)}


@dataclass(frozen=True, slots=True)
class Path:
    """``hops`` is empty where the whole control plane is at the target; with findings nothing can be upgraded."""

    hops: tuple[Hop, ...]
    findings: tuple[Finding, ...] = ()


def find_path(control_plane: ControlPlane, target: KubernetesVersion) -> Path:
    """The hops of the control plane to ``target``, or why it cannot get there in one run."""
    (lowest, lowest_at), (highest, highest_at) = control_plane.lowest, control_plane.highest
    if highest > target:
        return Path((), (_older_target(highest, highest_at, target),))
    if lowest.major != target.major or target.minors_ahead_of(lowest) > KUBEADM_HOP.minors_behind:
        return Path((), (_minor_skipped(lowest, lowest_at, target),))
    hops = () if lowest == target else (Hop(lowest, target),)
    return Path(hops)


def kubelet_skew(
    nodes: Iterable[Node], control_plane: ControlPlane, target: KubernetesVersion, planned: frozenset[str]
) -> list[Finding]:
    """Kubelets that a supported cluster could not have, during this run or when the ``planned`` nodes are done.

    ``nodes`` are all of the cluster, those left out too: they are what a run easily breaks.
    """
    nodes = tuple(nodes)
    finally_apiservers = {
        name: target if name in planned else control_plane.apiserver(name) for name in control_plane.components
    }
    newest = max(finally_apiservers.values(), default=control_plane.config)
    oldest_at, oldest = min(finally_apiservers.items(), key=lambda item: item[1], default=("", control_plane.config))
    control_plane_moves = any(control_plane.apiserver(name).minor != target.minor for name in finally_apiservers)
    findings = []
    for node in nodes:
        version, in_plan = node.kubelet_version, node.name in planned
        if version > target and (in_plan or version.minor > newest.minor):
            findings.append(_kubelet_newer(node, target))
        elif newest.minors_ahead_of(version) > KUBELET_BEHIND_APISERVER.minors_behind and (
            control_plane_moves or not in_plan
        ):
            findings.append(_kubelet_too_old(node, newest, in_plan=in_plan))
        elif in_plan and not node.control_plane and target.minors_ahead_of(oldest) > 0:
            findings.append(_ahead_of_control_plane(node, target, oldest, oldest_at))
    return findings


def _older_target(highest: KubernetesVersion, at: str, target: KubernetesVersion) -> Finding:
    return Finding(
        code="D2-VERSION-001",
        subject=f"target {target}",
        message=f"the control plane already runs {highest} ({at}); the target is older",
        why="Kubernetes cannot go back: a newer version may have written what an older one cannot read",
        remedy=f"set day2_kubernetes_version to {highest} or newer",
    )


def _minor_skipped(lowest: KubernetesVersion, at: str, target: KubernetesVersion) -> Finding:
    next_minor = f"{lowest.major}.{lowest.minor + 1}"
    return Finding(
        code="D2-VERSION-002",
        subject=f"target {target}",
        message=f"the control plane runs {lowest} ({at}); the target is more than one minor ahead",
        why=f"kubeadm takes one minor at a time, each with its own migrations ({KUBEADM_HOP.source})",
        remedy=f"upgrade to a {next_minor} release first (day2_kubernetes_version: {next_minor}.x), then to {target}",
    )


def _kubelet_newer(node: Node, target: KubernetesVersion) -> Finding:
    return Finding(
        code="D2-VERSION-003",
        subject=node.name,
        message=f"the kubelet runs {node.kubelet_version}, the target {target} is older",
        why=f"a kubelet may not be newer than its apiserver ({KUBELET_BEHIND_APISERVER.source})",
        remedy=f"set day2_kubernetes_version to {node.kubelet_version} or newer, or join {node.name} anew",
    )


def _kubelet_too_old(node: Node, apiserver: KubernetesVersion, *, in_plan: bool) -> Finding:
    limit = KUBELET_BEHIND_APISERVER.minors_behind
    first = f"{apiserver.major}.{apiserver.minor - limit}"
    remedy = (
        "upgrade it before the control plane: run with day2_kubernetes_version at what the control plane has now"
        if in_plan
        else f"bring {node.name} to {first} or newer (make it part of the run), or remove it from the cluster"
    )
    return Finding(
        code="D2-VERSION-003",
        subject=node.name,
        message=f"the kubelet runs {node.kubelet_version}; with apiserver {apiserver} it has to be {first} or newer",
        why=f"more than {limit} minors behind its apiserver is not supported ({KUBELET_BEHIND_APISERVER.source})",
        remedy=remedy,
    )


def _ahead_of_control_plane(
    node: Node, target: KubernetesVersion, oldest: KubernetesVersion, oldest_at: str
) -> Finding:
    return Finding(
        code="D2-VERSION-003",
        subject=node.name,
        message=f"its kubelet would run {target} while the kube-apiserver of {oldest_at} stays at {oldest}",
        why=f"a kubelet may not be newer than any apiserver that it talks to ({KUBELET_BEHIND_APISERVER.source})",
        remedy=f"upgrade the control plane first: make {oldest_at} part of the run (day2_nodes, day2_excluded_nodes)",
    )
