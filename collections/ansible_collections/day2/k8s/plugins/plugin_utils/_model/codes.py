# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogue of stable codes. docs/codes.md explains each of them; a test keeps the two equal.

A code is never reused for another meaning and never renumbered: tickets, alerts and acceptances name it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """What a code stands for; ``acceptable`` says whether a person may accept such a finding by name."""

    title: str
    acceptable: bool = False


CODES: dict[str, Code] = {
    "D2-INPUT-001": Code("unknown variable"),
    "D2-INPUT-002": Code("wrong value"),
    "D2-CLUSTER-001": Code("wrong cluster"),
    "D2-CLUSTER-002": Code("API unreachable"),
    "D2-CLUSTER-003": Code("API permission missing"),
    "D2-CLUSTER-004": Code("cluster not prepared for day2.k8s"),
    "D2-CLUSTER-005": Code("not a kubeadm cluster"),
    "D2-VERSION-001": Code("target older than the cluster"),
    "D2-VERSION-002": Code("control-plane minor skipped"),
    "D2-VERSION-003": Code("version skew broken"),
    "D2-VERSION-004": Code("version after the change is not the wanted one"),
    "D2-PACKAGE-001": Code("target package not in the repository"),
    "D2-PACKAGE-002": Code("package work failed"),
    "D2-NODE-001": Code("host without a Node"),
    "D2-NODE-002": Code("Node without a host"),
    "D2-NODE-003": Code("host and Node are not the same machine"),
    "D2-NODE-004": Code("host unreachable"),
    "D2-NODE-005": Code("control-plane node not Ready"),
    "D2-NODE-006": Code("disruption budget already used up"),
    "D2-NODE-007": Code("worker not Ready, left out"),
    "D2-NODE-008": Code("node did not come back"),
    "D2-NODE-009": Code("record on the Node not understood"),
    "D2-GATE-001": Code("gate could not be evaluated"),
    "D2-POD-001": Code("control-plane pod not healthy"),
    "D2-API-001": Code("removed API still asked for", acceptable=True),
    "D2-API-002": Code("requests for removed APIs not known"),
    "D2-ETCD-001": Code("external etcd is not supported"),
    "D2-ETCD-002": Code("two etcd members"),
    "D2-ETCD-003": Code("etcd member not healthy"),
    "D2-ETCD-004": Code("etcd alarm raised"),
    "D2-ETCD-005": Code("etcd member is a learner or was never started"),
    "D2-ETCD-006": Code("etcd members and control-plane nodes differ"),
    "D2-ETCD-007": Code("etcd state unknown"),
    "D2-ETCD-008": Code("etcd leadership could not be moved"),
    "D2-ETCD-009": Code("etcd database near its quota"),
    "D2-ETCD-010": Code("etcd database fragmented"),
    "D2-ETCD-011": Code("etcd member behind the others"),
    "D2-ETCD-012": Code("etcd too old for the target"),
    "D2-ETCD-013": Code("no snapshot of etcd"),
    "D2-DNS-001": Code("cluster DNS on one node"),
    "D2-CERT-001": Code("certificate expired"),
    "D2-CERT-002": Code("certificate expires soon"),
    "D2-DRIFT-001": Code("argument would be lost", acceptable=True),
    "D2-DRIFT-002": Code("arguments that would be lost not known"),
    "D2-DRAIN-001": Code("drain ran out of time"),
    "D2-DRAIN-002": Code("pod without a controller", acceptable=True),
    "D2-DRAIN-003": Code("pod with emptyDir data", acceptable=True),
    "D2-DRAIN-004": Code("DaemonSet of a pod is gone", acceptable=True),
    "D2-DRAIN-005": Code("several budgets select one pod"),
    "D2-DRAIN-006": Code("eviction refused"),
    "D2-DRAIN-007": Code("pod of a DaemonSet"),
    "D2-DRAIN-008": Code("pods come back to the cordoned node", acceptable=True),
    "D2-DRAIN-009": Code("node is not heard"),
    "D2-DRAIN-010": Code("volumes still attached"),
    "D2-DRAIN-011": Code("drain can never finish", acceptable=True),
    "D2-DRAIN-012": Code("drain may not finish"),
    "D2-DRAIN-013": Code("no room for a pod elsewhere"),
    "D2-DRAIN-014": Code("no successor of a critical pod in time"),
    "D2-CORDON-001": Code("cordon belongs to somebody else"),
    "D2-KUBEADM-001": Code("kubeadm failed"),
    "D2-KUBELET-001": Code("kubelet did not restart"),
    "D2-ISOLATION-001": Code("clients cannot be redirected"),
    "D2-ISOLATION-002": Code("no other API server is reached"),
    "D2-ISOLATION-003": Code("not ready for clients"),
    "D2-ISOLATION-004": Code("hook failed"),
    "D2-DRILL-001": Code("no consent to a drill"),
    "D2-DRILL-002": Code("scenario cannot be borne"),
    "D2-DRILL-003": Code("fault could not be made"),
    "D2-DRILL-004": Code("scenario not passed"),
    "D2-UNDO-001": Code("could not be undone"),
    "D2-PLAN-001": Code("not the plan that was agreed on"),
    "D2-LOCK-001": Code("another run holds the lock"),
    "D2-LOCK-002": Code("the run no longer holds its lock"),
    "D2-RUN-001": Code("no open run"),
    "D2-RUN-002": Code("too few forks"),
    "D2-RUN-003": Code("no further node is admitted"),
    "D2-RUN-004": Code("nodes failed"),
    "D2-RUN-005": Code("part of the inventory was left out"),
    "D2-RUN-006": Code("halted"),
}
