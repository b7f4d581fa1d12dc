# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.kubeadm import choose
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import NEW, OLD, static_pods, version


@pytest.mark.parametrize(
    ("config", "pods", "kubelet", "command"),
    [
        pytest.param(OLD, static_pods(OLD), OLD, "apply", id="the first node of an upgrade"),
        pytest.param(NEW, static_pods(OLD), OLD, "node", id="the other nodes"),
        pytest.param(NEW, static_pods(NEW), NEW, "none", id="a finished node"),
        pytest.param(OLD, static_pods(NEW, kube_scheduler=OLD), OLD, "apply", id="apply cut among the manifests"),
        pytest.param(OLD, static_pods(NEW), OLD, "apply", id="apply cut before it wrote kubeadm-config"),
        pytest.param(NEW, static_pods(NEW), OLD, "apply", id="cut after kubeadm-config, perhaps before the addons"),
        pytest.param(NEW, static_pods(NEW, kube_scheduler=OLD), OLD, "node", id="node cut among the manifests"),
        pytest.param(OLD, static_pods(NEW), NEW, "apply", id="kubeadm-config alone is old"),
        pytest.param(NEW, {}, NEW, "node", id="manifests that could not be seen"),
    ],
)
def test_the_command_for_a_control_plane_node_is_chosen_by_observation(
    config: str, pods: Mapping[str, str], kubelet: str, command: str
) -> None:
    assert choose(version(config), pods, version(kubelet), version(NEW), control_plane=True) == command


@pytest.mark.parametrize(("kubelet", "command"), [(OLD, "node"), (NEW, "none")])
def test_a_worker_needs_node_until_its_kubelet_is_at_the_target(kubelet: str, command: str) -> None:
    assert choose(version(NEW), {}, version(kubelet), version(NEW), control_plane=False) == command
