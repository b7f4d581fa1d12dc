# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.eviction import Meaning
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.protocol import Siblings
from ansible_collections.day2.k8s.plugins.plugin_utils._model.pod import Pod
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils._drain.play import Play
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import budget, pod_json

DNS = Siblings("uid-dns-57b", "kube-system", "pod-template-hash=57b")


def dns(name: str, **options: Any) -> Pod:
    """A pod of the cluster's DNS, as kubeadm makes it."""
    raw = pod_json(
        name, namespace="kube-system", app="dns", owner="ReplicaSet/dns-57b", priority=2_000_000_000, **options
    )
    raw["metadata"]["labels"]["pod-template-hash"] = "57b"
    return Pod.from_api(raw)


A, B = dns("a"), dns("b")


def test_critical_pods_without_a_budget_go_one_after_the_other() -> None:
    """T33"""
    play = Play().see(A, B)
    assert play.evicting == []
    assert play.looks[0].siblings == (DNS,)

    assert play.see(A, B, cordoned=None, ready={DNS.uid: 2}).evicting == ["a"]
    assert play.answer(A, Meaning.GRANTED).evicting == []


def test_the_next_one_goes_when_the_one_before_has_a_ready_successor() -> None:
    """T33"""
    play = Play().see(A, B, ready={}).see(A, B, cordoned=None, ready={DNS.uid: 2})
    play.answer(A, Meaning.GRANTED)

    assert play.at(1.0).see(B, cordoned=None, ready={DNS.uid: 1}).evicting == []
    assert play.at(2.0).looks[0].siblings == (DNS,)
    assert play.see(B, cordoned=None, ready={DNS.uid: 2}).evicting == ["b"]
    assert play.node.warnings == []


def test_a_count_from_before_the_eviction_was_answered_says_nothing() -> None:
    """T33"""
    play = Play().see(A, B).see(A, B, cordoned=None, ready={DNS.uid: 2})
    asked_at = play.now
    play.now = 1.0
    play.answer(A, Meaning.GRANTED)

    assert play.see(A, B, cordoned=None, ready={DNS.uid: 2}, asked_at=asked_at).evicting == []


def test_without_room_for_a_successor_the_drain_goes_on_after_half_a_minute_and_says_so() -> None:
    play = Play().see(A, B).see(A, B, cordoned=None, ready={DNS.uid: 2})
    play.answer(A, Meaning.GRANTED)
    while not play.evicting:
        play.at(play.wake_at)
        if play.looks:
            play.see(B, ready={DNS.uid: 1})

    assert (play.evicting, play.now) == (["b"], 30.0)
    assert [(w.code, w.subject) for w in play.node.warnings] == [("D2-DRAIN-014", "Deployment/kube-system/dns")]


def test_a_budget_says_more_than_turns() -> None:
    covering = budget(namespace="kube-system", selector={"matchLabels": {"app": "dns"}}, allowed=2, desired=0)

    assert Play().see(A, B, budgets=(covering,)).evicting == ["a", "b"]


def test_a_single_critical_pod_waits_for_nothing() -> None:
    assert Play().see(A).evicting == ["a"]


def test_pods_on_two_nodes_that_are_drained_together_take_turns_as_well() -> None:
    """T33"""
    play = Play(names=("w1", "w2")).see(dns("a", node="w1"), node="w1").see(dns("b", node="w2"), node="w2")
    assert play.evicting == []

    assert play.see(dns("b", node="w2"), node="w2", cordoned=None, ready={DNS.uid: 2}).evicting == ["a"]
