# SPDX-License-Identifier: GPL-3.0-or-later
"""Which ``kubeadm upgrade`` command a node needs: chosen by observation, never by the node's position in a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from .._model.control_plane import all_at, parse_components
from .._model.version import KubernetesVersion

Command = Literal["apply", "node", "none"]


def choose(
    config_version: KubernetesVersion,
    static_pod_versions: Mapping[str, str],
    kubelet_version: KubernetesVersion,
    target: KubernetesVersion,
    *,
    control_plane: bool,
) -> Command:
    """``static_pod_versions`` are the tags in this node's manifests, as ``host_info`` returns them; empty on a worker.

    ``config_version`` is of kubeadm-config, ``kubelet_version`` of the kubelet that runs.

    ``apply`` writes kubeadm-config after the manifests of its node and before kubelet-config and the addons. So it
    may have been cut short where kubeadm-config still names another version, and also where this node's control
    plane is new and its kubelet, which we replace only after kubeadm has ended, is not. To apply the same version
    again is harmless.
    """
    if not control_plane:
        return "none" if kubelet_version == target else "node"
    manifests_at_target = all_at(parse_components(static_pod_versions), target)
    if manifests_at_target and kubelet_version == target and config_version == target:
        return "none"
    if config_version != target or manifests_at_target:
        return "apply"
    return "node"
