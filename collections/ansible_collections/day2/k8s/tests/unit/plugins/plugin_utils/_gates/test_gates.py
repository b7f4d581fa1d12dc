# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from ansible_collections.day2.k8s.plugins.plugin_utils._gates import gates
from ansible_collections.day2.k8s.plugins.plugin_utils._gates.gate import Gate
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding, Outcome, Verdict
from ansible_collections.day2.k8s.plugins.plugin_utils._model.snapshot import Snapshot
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import NEW, cluster, node, version


class Broken(Gate):
    name: ClassVar[str] = "broken"

    def findings(self, snapshot: Snapshot, in_hand: frozenset[str]) -> Iterable[Finding]:
        raise KeyError("a field that the API did not send")


def test_a_healthy_cluster_passes_every_gate() -> None:
    verdicts = gates.evaluate(gates.PRE_GATES, cluster())

    assert [verdict.gate for verdict in verdicts] == [
        "nodes ready",
        "control-plane pods",
        "etcd members",
        "etcd condition",
        "cluster DNS",
        "certificates",
        "kubeadm drift",
    ]
    assert gates.passed(verdicts)


def test_a_gate_that_breaks_is_unknown_and_does_not_pass() -> None:
    (verdict,) = gates.evaluate([Broken()], cluster())

    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.findings[0].code == "D2-GATE-001"
    assert "a field that the API did not send" in verdict.findings[0].message
    assert not gates.passed([verdict])


def test_gates_that_do_not_apply_give_no_verdict() -> None:
    verdicts = gates.evaluate(gates.PRE_GATES, cluster(external_etcd=True))

    assert "etcd members" not in [verdict.gate for verdict in verdicts]


def test_workers_are_admitted_without_looking_at_etcd() -> None:
    assert "etcd members" not in [gate.name for gate in gates.WORKER_GATES]
    assert "etcd members" in [gate.name for gate in gates.CONTROL_PLANE_GATES]


def test_the_gates_at_the_end_of_a_run_look_at_versions() -> None:
    after = gates.post_gates(version(NEW), ["w1", "w2"])

    verdicts = gates.evaluate(after, cluster(running=NEW, nodes=[node("w2")]))

    failed = [verdict for verdict in verdicts if verdict.outcome is not Outcome.PASS]
    assert [(v.gate, v.findings[0].subject) for v in failed] == [("versions as wanted", "w2")]


def test_a_verdict_is_returned_as_plain_data() -> None:
    assert Verdict("nodes ready", Outcome.PASS).to_dict() == {
        "gate": "nodes ready",
        "outcome": "pass",
        "findings": [],
    }
