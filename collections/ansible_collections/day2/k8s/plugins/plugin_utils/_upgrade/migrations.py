# SPDX-License-Identifier: GPL-3.0-or-later
"""What kubeadm changes on a node at one minor only, and has to be done for a node that jumps over that minor."""

from __future__ import annotations

from dataclasses import dataclass

from .._model.version import KubernetesVersion


@dataclass(frozen=True, slots=True)
class Migration:
    """``kubeadm upgrade`` of ``minor`` takes ``kubelet_flag`` out of kubeadm-flags.env; later ones leave it there.

    The kubelet of ``minor`` and of later ones does not know the flag, and does not start with it.
    """

    minor: int
    kubelet_flag: str
    source: str


MIGRATIONS = (
    Migration(
        minor=35,
        kubelet_flag="pod-infra-container-image",
        source="unwantedFlags in kubernetes:cmd/kubeadm/app/cmd/phases/upgrade/postupgrade.go, empty in 1.36",
    ),
)


def unwanted_kubelet_flags(target: KubernetesVersion) -> list[str]:
    """Flags, without dashes, that kubeadm once wrote and that the kubelet of ``target`` no longer knows."""
    return [migration.kubelet_flag for migration in MIGRATIONS if migration.minor <= target.minor]


def missed_by(kubelet: KubernetesVersion, target: KubernetesVersion) -> list[str]:
    """Those of them that no kubeadm on the way removes, when a node goes from ``kubelet`` to ``target`` at once."""
    return [migration.kubelet_flag for migration in MIGRATIONS if kubelet.minor < migration.minor < target.minor]
