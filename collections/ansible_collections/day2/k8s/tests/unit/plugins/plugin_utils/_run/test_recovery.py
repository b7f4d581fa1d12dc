# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._kube.lease import LeaseRecord
from ansible_collections.day2.k8s.plugins.plugin_utils._model.node import Node
from ansible_collections.day2.k8s.plugins.plugin_utils._run.records import RunRecord
from ansible_collections.day2.k8s.plugins.plugin_utils._run.recovery import NodeRecovery, Recovery, plan_recovery
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import (
    AT,
    NEW,
    OLD,
    claim,
    cluster,
    control_plane_node,
    control_plane_pods,
    journal,
    node,
    own_cordon,
)

LEFT = {**claim(), **own_cordon(), **journal()}
RECORD = RunRecord("run-1", "upgrade", "lab", NEW, "anna@ops1", AT, ("w1",))


def planned(*nodes: Node, running: str = OLD) -> Recovery:
    pods = control_plane_pods("cp1", "cp2", "cp3", running=running)
    return plan_recovery(cluster(nodes=nodes, pods=pods), None, None)


def only(*nodes: Node, running: str = OLD) -> NodeRecovery:
    (entry,) = planned(*nodes, running=running).nodes
    return entry


def test_a_cluster_that_no_run_left_anything_on_needs_nothing() -> None:
    assert not planned().changes
    assert planned().nodes == ()


def test_a_node_that_somebody_else_cordoned_is_not_touched() -> None:
    assert planned(node("w1", cordoned=True)).nodes == ()


def test_a_claimed_and_cordoned_node_is_given_back() -> None:
    entry = only(node("w1", cordoned=True, annotations={**claim(), **own_cordon()}))

    assert (entry.uncordon, entry.drop_claim, entry.drop_journal) == (True, True, False)
    assert entry.why == "uncordoned, records removed: nothing had been changed on the machine"


def test_a_changed_worker_that_is_ready_is_given_back() -> None:
    entry = only(node("w1", kubelet=NEW, cordoned=True, annotations=LEFT))

    assert (entry.uncordon, entry.drop_claim, entry.drop_journal) == (True, True, True)
    assert entry.why == f"uncordoned, records removed: Ready, and all of it at {NEW}"


@pytest.mark.parametrize("ready", [False, None])
def test_a_changed_node_that_is_not_ready_is_left_to_a_person(ready: bool | None) -> None:
    entry = only(node("w1", ready=ready, cordoned=True, annotations=LEFT))

    assert (entry.uncordon, entry.drop_journal) == (False, False)
    assert "it is not Ready" in entry.decision


def test_a_control_plane_node_of_two_versions_is_left_to_a_person() -> None:
    entry = only(control_plane_node("cp1", kubelet=OLD, cordoned=True, annotations=LEFT), running=NEW)

    assert not entry.uncordon
    assert f"kubelet {OLD}, control plane {NEW}" in entry.decision


def test_a_control_plane_node_of_one_version_is_given_back() -> None:
    entry = only(control_plane_node("cp1", kubelet=NEW, cordoned=True, annotations=LEFT), running=NEW)

    assert entry.uncordon


def test_a_claim_left_on_a_node_that_a_person_decides_on_is_removed_once() -> None:
    doubtful = {**own_cordon(), **journal()}
    first = only(node("w1", ready=False, cordoned=True, annotations={**claim(), **doubtful}))
    second = planned(node("w1", ready=False, cordoned=True, annotations=doubtful))

    assert first.drop_claim
    assert not second.changes
    assert second.nodes[0].decision


def test_a_record_that_cannot_be_read_is_left_to_a_person() -> None:
    entry = only(node("w1", annotations={"day2.k8s/claim": '{"schema": 2}'}))

    assert not entry.writes
    assert "schema 2" in entry.decision


def test_a_lock_and_a_record_without_an_end_are_the_dead_runs() -> None:
    recovery = plan_recovery(cluster(), LeaseRecord("run-1", "anna@ops1:42", None, 60.0, "7"), RECORD)

    assert (recovery.dead_run, recovery.unclosed) == ("run-1", RECORD)
    assert recovery.changes


def test_a_free_lock_and_a_closed_record_need_nothing() -> None:
    closed = RunRecord("run-1", "upgrade", "lab", NEW, "anna@ops1", AT, ("w1",), closed_at=AT, result="done")

    assert not plan_recovery(cluster(), LeaseRecord("", "", None, 1.0, "7"), closed).changes
