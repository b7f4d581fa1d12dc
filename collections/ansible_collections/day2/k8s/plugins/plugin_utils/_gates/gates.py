# SPDX-License-Identifier: GPL-3.0-or-later
"""The gates there are, named one by one: none is discovered, none is forgotten."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .._model.finding import Outcome, Verdict
from .._model.snapshot import Snapshot
from .._model.version import KubernetesVersion
from .certificates import Certificates
from .cluster_dns import ClusterDns
from .control_plane_pods import ControlPlanePods
from .etcd_condition import EtcdCondition
from .etcd_members import EtcdMembers
from .gate import Gate
from .kubeadm_drift import KubeadmDrift
from .nodes_ready import NodesReady
from .versions import VersionsAsWanted

# A worker that goes away takes nothing from etcd; what its admission asks is read from the API alone.
WORKER_GATES: tuple[Gate, ...] = (NodesReady(), ControlPlanePods())
CONTROL_PLANE_GATES: tuple[Gate, ...] = (*WORKER_GATES, EtcdMembers(), EtcdCondition())
# Asked once, before a run: what they look at does not change because a node is in hand.
PRE_GATES: tuple[Gate, ...] = (*CONTROL_PLANE_GATES, ClusterDns(), Certificates(), KubeadmDrift())


def post_gates(target: KubernetesVersion, nodes: Collection[str]) -> tuple[Gate, ...]:
    """Those of the end of a run that was to bring ``nodes`` to ``target``."""
    return (*WORKER_GATES, VersionsAsWanted(target, nodes))


def evaluate(
    gates: Iterable[Gate], snapshot: Snapshot, *, in_hand: frozenset[str] = frozenset()
) -> tuple[Verdict, ...]:
    """The verdicts of those that apply.

    ``in_hand`` names the Nodes being worked on. Each is excused from being healthy, and no other Node is.
    """
    return tuple(gate.evaluate(snapshot, in_hand) for gate in gates if gate.applies(snapshot))


def passed(verdicts: Iterable[Verdict]) -> bool:
    """Unknown is not a pass."""
    return all(verdict.outcome is Outcome.PASS for verdict in verdicts)
