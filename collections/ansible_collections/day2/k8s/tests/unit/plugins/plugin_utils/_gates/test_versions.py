# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.day2.k8s.plugins.plugin_utils._gates.versions import VersionsAsWanted
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Outcome
from ansible_collections.day2.k8s.plugins.plugin_utils._model.snapshot import Snapshot
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import (
    NEW,
    OLD,
    cluster,
    control_plane_host,
    control_plane_node,
    node,
    static_pods,
    version,
)

ALL = ("cp1", "cp2", "cp3", "w1", "w2", "w3")


def told(taken: Snapshot, *, nodes: tuple[str, ...] = ALL, in_hand: str = "") -> list[str]:
    verdict = VersionsAsWanted(version(NEW), nodes).evaluate(taken, frozenset(in_hand.split()))
    assert verdict.outcome is (Outcome.FAIL if verdict.findings else Outcome.PASS)
    assert {finding.code for finding in verdict.findings} <= {"D2-VERSION-004"}
    return [f"{finding.subject}: {finding.message}" for finding in verdict.findings]


def test_a_cluster_at_the_target_passes() -> None:
    assert told(cluster(running=NEW)) == []


def test_an_old_kubelet_fails() -> None:
    assert told(cluster(running=NEW, nodes=[node("w2", kubelet=OLD)])) == [f"w2: kubelet runs {OLD}; {NEW} is wanted"]


def test_an_old_static_pod_fails() -> None:
    taken = cluster(running=NEW, hosts=[control_plane_host("cp2", static_pods=static_pods(NEW, kube_scheduler=OLD))])

    assert told(taken) == [f"cp2: kube-scheduler runs {OLD}; {NEW} is wanted"]


def test_a_version_that_cannot_be_seen_fails() -> None:
    taken = cluster(running=NEW, hosts=[control_plane_host("cp2", static_pods={})], pods=())

    assert len(told(taken)) == 3
    assert "an unknown version" in told(taken)[0]


def test_only_the_nodes_of_the_run_are_looked_at() -> None:
    old = cluster(running=NEW, nodes=[node("w2", kubelet=OLD), control_plane_node("cp1", kubelet=OLD)])

    assert told(old, nodes=("w1", "w3")) == []
    assert told(old, in_hand="w2 cp1") == []
