# SPDX-License-Identifier: GPL-3.0-or-later
"""What kubeadm changes on a node at one minor only: a node that jumps over that minor would miss it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .._model.finding import Finding
from .._model.node import Node
from .._model.version import KubernetesVersion


@dataclass(frozen=True, slots=True)
class Migration:
    """``kubeadm upgrade`` of ``minor`` does ``what``, later ones do not; ``without`` is what comes of missing it."""

    minor: int
    what: str
    without: str
    source: str


MIGRATIONS = (
    Migration(
        minor=35,
        what="removes --pod-infra-container-image from /var/lib/kubelet/kubeadm-flags.env",
        without="the kubelet, which knows the flag no more, does not start",
        source="unwantedFlags in kubernetes:cmd/kubeadm/app/cmd/phases/upgrade/postupgrade.go, empty in 1.36",
    ),
)


def missed_migrations(planned: Iterable[Node], target: KubernetesVersion) -> list[Finding]:
    """Of nodes to be upgraded whose kubelet is behind a migration's minor while the target is past it."""
    return [
        _missed(node, migration, target)
        for node in planned
        for migration in MIGRATIONS
        if node.kubelet_version.minor < migration.minor < target.minor
    ]


def _missed(node: Node, migration: Migration, target: KubernetesVersion) -> Finding:
    minor = f"{target.major}.{migration.minor}"
    return Finding(
        code="D2-VERSION-005",
        subject=node.name,
        message=f"from {node.kubelet_version} to {target} it would miss what kubeadm {minor} does: {migration.what}",
        why=f"{migration.without} ({migration.source})",
        remedy=(
            f"upgrade {node.name} to a {minor} release first, before the control plane leaves that minor; if it has, "
            "do by hand what kubeadm did and accept this finding"
        ),
    )
