# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._model.snapshot import Snapshot
from ansible_collections.day2.k8s.plugins.plugin_utils._run.judgement import (
    Course,
    Failure,
    Judgement,
    RunResult,
    judge,
    lacks,
)
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import (
    NEW,
    OLD,
    claim,
    cluster,
    control_plane_node,
    control_plane_pods,
    journal,
    node,
    own_cordon,
    version,
    without,
)

ALL = ("cp1", "cp2", "cp3", "w1", "w2", "w3")


def done_except(*nodes: Any) -> Snapshot:
    """A cluster at the new version in all but ``nodes``."""
    pods = control_plane_pods("cp1", "cp2", "cp3", running=NEW)
    return cluster(running=NEW, nodes=nodes, pods=pods)


def judged(snapshot: Snapshot, course: Course | None = None, *, failure_budget: int = 0) -> Judgement:
    return judge(
        snapshot,
        course or Course(),
        run_id="run-1",
        planned=ALL,
        target=version(NEW),
        failure_budget=failure_budget,
    )


def lacking(snapshot: Snapshot, name: str) -> str:
    return "; ".join(lacks(snapshot, name, version(NEW)))


def test_a_run_whose_nodes_are_all_as_wanted_is_done() -> None:
    judgement = judged(done_except())

    assert judgement.result is RunResult.DONE
    assert judgement.done == ALL
    assert (judgement.remaining, judgement.failed, judgement.findings) == ((), (), ())


def test_a_run_with_nodes_left_is_paused() -> None:
    course = Course(deferrals={"w3": "waited 1800 s: 1 node out"})

    judgement = judged(done_except(node("w3")), course)

    assert judgement.result is RunResult.PAUSED
    (remaining,) = judgement.remaining
    assert remaining.node == "w3"
    assert remaining.reason == f"kubelet {OLD}; deferred: waited 1800 s: 1 node out"
    assert judgement.findings == ()


def test_a_failed_node_beyond_the_budget_halts_the_run() -> None:
    failed = node("w1", cordoned=True, annotations={**own_cordon(), **journal("run-1", step="kubeadm", state="failed")})

    judgement = judged(done_except(failed))

    assert judgement.result is RunResult.HALTED
    (entry,) = judgement.failed
    assert (entry.node, entry.step, entry.cordoned) == ("w1", "kubeadm", True)
    assert [finding.code for finding in judgement.findings] == ["D2-RUN-004"]


def test_a_failed_node_within_the_budget_is_reported_all_the_same() -> None:
    course = Course(failures={"w1": Failure("drain", "out of time")})

    judgement = judged(done_except(node("w1")), course, failure_budget=1)

    assert judgement.result is RunResult.PAUSED
    assert [finding.code for finding in judgement.findings] == ["D2-RUN-004"]
    assert judgement.findings[0].message == "failed at drain: out of time"


def test_a_failure_that_an_earlier_run_left_is_not_this_ones() -> None:
    earlier = node("w1", annotations=journal("run-0", state="failed"))

    assert judged(done_except(earlier)).failed == ()


def test_a_node_that_was_refused_because_of_a_gate_halts_the_run() -> None:
    course = Course(refusals={"w2": "gate etcd members does not pass", "w3": "gate etcd members does not pass"})

    judgement = judged(done_except(node("w2"), node("w3")), course)

    assert judgement.result is RunResult.HALTED
    (finding,) = judgement.findings
    assert (finding.code, finding.subject) == ("D2-RUN-003", "w2, w3")
    assert finding.message == "gate etcd members does not pass"


def test_a_cluster_that_is_not_well_at_the_end_is_not_done() -> None:
    pods = control_plane_pods("cp1", "cp2", running=NEW)

    judgement = judged(cluster(running=NEW, pods=pods))

    assert judgement.result is RunResult.HALTED
    assert "D2-POD-001" in {finding.code for finding in judgement.findings}


def test_a_node_lacks_what_its_kubelet_and_its_control_plane_are_behind() -> None:
    pods = control_plane_pods("cp1", "cp2", "cp3", running=OLD)
    snapshot = cluster(nodes=[control_plane_node("cp1", kubelet=NEW)], pods=pods)

    assert lacking(snapshot, "cp1") == f"its control-plane pods are not all at {NEW}"
    assert f"kubelet {OLD}" in lacking(snapshot, "cp2")


def test_a_node_still_in_the_hand_of_a_run_is_not_done() -> None:
    assert lacking(done_except(node("w1", kubelet=NEW, annotations=claim("run-1"))), "w1") == "claimed by run run-1"
    cordoned = node("w1", kubelet=NEW, cordoned=True, annotations=own_cordon("run-0"))
    assert lacking(done_except(cordoned), "w1") == "cordoned by run run-0"


def test_a_cordon_of_somebody_else_does_not_keep_a_node_from_being_done() -> None:
    assert lacking(done_except(node("w1", kubelet=NEW, cordoned=True)), "w1") == ""


def test_a_node_that_is_gone_or_not_ready_is_not_done() -> None:
    assert lacking(done_except(node("w1", kubelet=NEW, ready=None)), "w1") == "not Ready"
    assert lacking(without(done_except(), nodes=["w1"]), "w1") == "the cluster has no such Node any more"
