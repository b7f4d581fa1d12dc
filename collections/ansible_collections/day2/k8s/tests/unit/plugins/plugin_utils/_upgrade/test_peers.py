# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.peers import endpoints


def _pod(node: str, version: str = "1.35.4", *, ready: bool = True, annotated: bool = True) -> dict[str, Any]:
    endpoint = {"kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint": f"{node}.example:6443"}
    return {
        "metadata": {"annotations": endpoint if annotated else {}},
        "spec": {
            "nodeName": node,
            "containers": [{"image": f"registry.example:5000/kube-apiserver:v{version}@sha256:0"}],
        },
        "status": {"conditions": [{"type": "Ready", "status": str(ready)}]},
    }


def test_the_newest_stand_in_first_and_the_nodes_own_never() -> None:
    pods = [_pod("cp1"), _pod("cp10"), _pod("cp2", "1.36.3"), _pod("cp3", "1.36.3")]

    assert endpoints(pods, "cp3") == ["cp2.example:6443", "cp1.example:6443", "cp10.example:6443"]


def test_one_that_is_not_ready_or_not_made_by_kubeadm_cannot_stand_in() -> None:
    assert endpoints([_pod("cp1"), _pod("cp2", ready=False), _pod("cp3", annotated=False)], "cp1") == []


def test_a_version_that_cannot_be_read_comes_last() -> None:
    assert endpoints([_pod("cp1", "custom"), _pod("cp2")], "cp3") == ["cp2.example:6443", "cp1.example:6443"]
