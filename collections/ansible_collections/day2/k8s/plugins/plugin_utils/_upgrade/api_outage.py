# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the API will be away because of an upgrade, told before it begins.

While a control-plane node is changed its clients are moved to another API server (docs/isolation.md), so that a cluster
with several of them behind one address loses nothing. Where there is no other one, or clients know one node by its own
address, the API is away while that node's etcd and API server restart.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from .._model.interval import Interval
from .._model.snapshot import KubeadmConfig

# Per node: etcd, the API server and, with a new minor of the kubelet, both again. Measured on a lab cluster: 128 s.
ALONE = Interval(60.0, 180.0)


@dataclass(frozen=True, slots=True)
class ApiOutage:
    """``seconds`` in all, over the whole run, and why."""

    seconds: Interval
    why: str

    def to_dict(self) -> dict[str, Any]:
        return {**self.seconds.to_dict(), "why": self.why}


def expected(kubeadm: KubeadmConfig, control_planes: Collection[str], changed: Collection[str]) -> ApiOutage | None:
    """None where nobody should notice; ``control_planes`` and ``changed`` are names of control-plane Nodes."""
    if not changed:
        return None
    if len(control_planes) == 1:
        return ApiOutage(ALONE, "one control-plane node; pods go on running")
    if not kubeadm.control_plane_endpoint:
        why = "kubeadm-config names no controlPlaneEndpoint, so clients know one node by its own address"
        return ApiOutage(ALONE, why)
    return None
