# SPDX-License-Identifier: GPL-3.0-or-later
"""What was observed of one cluster at one time: the only input of planning and gates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .deprecated_api import DeprecatedApi
from .host import Host
from .node import Node
from .pod import Pod
from .version import KubernetesVersion
from .workloads import Workloads


@dataclass(frozen=True, slots=True)
class KubeadmConfig:
    """Of kube-system/kubeadm-config; ``external_etcd`` means that etcd is not kubeadm's to upgrade."""

    kubernetes_version: KubernetesVersion
    control_plane_endpoint: str
    external_etcd: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``nodes`` by Node name; ``hosts`` by inventory name; ``system_pods`` are those of kube-system.

    ``taken_at`` is ISO 8601 in UTC; ``api_version`` is the version that the API (one apiserver of several) reported.
    ``workloads`` is what drains are forecast from, None where it was not read; ``packages_for`` the version whose
    packages the hosts were asked for, None where that is whatever is wanted. ``deprecated_apis`` are those that were
    asked for of late, None where that was not looked at or may not be read.
    """

    cluster_uid: str
    taken_at: str
    api_version: KubernetesVersion
    kubeadm: KubeadmConfig
    nodes: Mapping[str, Node]
    system_pods: tuple[Pod, ...] = ()
    hosts: Mapping[str, Host] = field(default_factory=dict)
    workloads: Workloads | None = None
    packages_for: KubernetesVersion | None = None
    deprecated_apis: tuple[DeprecatedApi, ...] | None = None
