# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._gates.cluster_dns import ClusterDns
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Outcome
from ansible_collections.day2.k8s.plugins.plugin_utils._model.pod import Pod
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import cluster, mirror_pod


def _coredns(node: str, *, ready: bool = True, terminating: bool = False) -> Pod:
    pod = mirror_pod("kube-apiserver", node)
    return replace(pod, labels={"k8s-app": "kube-dns"}, ready=ready, terminating=terminating, mirror=False)


@pytest.mark.parametrize(
    ("pods", "told"),
    [
        ([_coredns("cp1"), _coredns("cp1")], "2 ready pods of CoreDNS, on cp1"),
        ([_coredns("cp1"), _coredns("cp2", ready=False)], "1 ready pod of CoreDNS, on cp1"),
        ([_coredns("cp1"), _coredns("cp2", terminating=True)], "1 ready pod of CoreDNS, on cp1"),
        ([_coredns("cp1", ready=False)], "no pod of CoreDNS is ready"),
    ],
)
def test_names_that_hang_on_one_node_are_warned_of(pods: list[Pod], told: str) -> None:
    verdict = ClusterDns().evaluate(replace(cluster(), system_pods=tuple(pods)))

    assert [finding.message for finding in verdict.findings] == [f"{told}; two nodes should have one"]
    assert verdict.outcome is Outcome.PASS


@pytest.mark.parametrize("pods", [[_coredns("cp1"), _coredns("cp2")], []])
def test_two_nodes_or_another_dns_are_well(pods: list[Pod]) -> None:
    assert ClusterDns().evaluate(replace(cluster(), system_pods=tuple(pods))).findings == ()
