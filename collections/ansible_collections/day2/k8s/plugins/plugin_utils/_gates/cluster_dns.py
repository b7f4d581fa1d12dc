# SPDX-License-Identifier: GPL-3.0-or-later
"""Would names still be resolved while one node is away? kubeadm gives CoreDNS neither a budget nor anti-affinity."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from .._model.finding import Finding, Severity
from .._model.naming import count
from .._model.snapshot import Snapshot
from .gate import Gate

_LABEL, _VALUE = "k8s-app", "kube-dns"


class ClusterDns(Gate):
    """CoreDNS on two nodes at least. Both replicas often start on the first control-plane node and stay there.

    A warning: the drain waits for a successor of a critical pod before it lets the last one go. A cluster whose names
    are resolved by something else has no such pods, and is not judged.
    """

    name: ClassVar[str] = "cluster DNS"

    def findings(self, snapshot: Snapshot, in_hand: frozenset[str]) -> Iterable[Finding]:  # noqa: ARG002 - the interface
        pods = [pod for pod in snapshot.system_pods if pod.labels.get(_LABEL) == _VALUE and not pod.finished]
        ready = [pod for pod in pods if pod.ready and not pod.terminating]
        nodes = sorted({pod.node for pod in ready})
        if not pods or len(nodes) > 1:
            return
        where = f"{count(len(ready), 'ready pod')} of CoreDNS, on {nodes[0]}" if nodes else "no pod of CoreDNS is ready"
        yield Finding(
            code="D2-DNS-001",
            subject="kube-system/kube-dns",
            message=f"{where}; two nodes should have one",
            why="names are not resolved from when that node is drained until a successor is ready",
            remedy="kubectl -n kube-system rollout restart deployment coredns, once there are nodes to spread over; "
            "scale it to 2 or more",
            severity=Severity.WARNING,
        )
