# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.plugins.plugin_utils._model.leader_lease import LeaderLease
from ansible_collections.day2.k8s.plugins.plugin_utils._model.node import Node
from ansible_collections.day2.k8s.plugins.plugin_utils._model.snapshot import Snapshot
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.drill_choice import Standing, choose, not_at_rest
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import (
    NEW,
    claim,
    cluster,
    control_plane_node,
    etcd,
    host,
    journal,
    member,
    node,
    without,
)

LEASES = (
    LeaderLease("kube-controller-manager", "cp2_a", "10:00", 3),
    LeaderLease("kube-scheduler", "cp3_b", "10:00", 5, 20),
)


def _standing(seen: Snapshot | None = None) -> Standing:
    return Standing.of(seen or cluster(), LEASES)


def _zoned(*zones: str) -> list[Node]:
    return [control_plane_node(f"cp{number}", zone=zone) for number, zone in enumerate(zones, 1)]


@pytest.mark.parametrize(
    ("scenario", "chosen"),
    [
        ("apiserver", "cp2"),
        ("etcd_member", "cp2"),
        ("etcd_leader", "cp1"),
        ("controller_manager_leader", "cp2"),
        ("scheduler_leader", "cp3"),
        ("load_balancer_backend", "cp2"),
        ("control_plane_node", "cp1"),
    ],
)
def test_each_scenario_takes_one_node(scenario: str, chosen: str) -> None:
    assert choose(scenario, _standing()).nodes == {chosen: chosen}


def test_a_leader_is_chosen_with_its_lease() -> None:
    choice = choose("scheduler_leader", _standing())

    assert (choice.holder, choice.term_seconds) == ("cp3_b", 20)


def test_a_zone_is_that_of_etcds_leader_with_all_its_nodes() -> None:
    seen = cluster(nodes=[*_zoned("a", "b", "c"), node("w1", zone="a"), node("w2", zone="b"), node("w3", zone="c")])

    assert list(choose("zone", _standing(seen)).nodes) == ["cp1", "w1"]


def _refused(scenario: str, seen: Snapshot) -> str:
    with pytest.raises(Day2Error) as raised:
        choose(scenario, _standing(seen))
    (finding,) = raised.value.findings
    assert finding.code == "D2-DRILL-002"
    return finding.message


def test_a_zone_that_holds_the_quorum_is_refused() -> None:
    seen = cluster(nodes=[*_zoned("a", "a", "b"), node("w1", zone="b")])

    assert "without cp1, cp2, 1 of 3 control-plane nodes are left; 2 have to be" in _refused("zone", seen)


@pytest.mark.parametrize("scenario", ["apiserver", "etcd_leader", "load_balancer_backend", "control_plane_node"])
def test_a_single_control_plane_bears_nothing(scenario: str) -> None:
    alone = etcd(member("cp1", leader=True))
    seen = without(cluster(hosts=[host("cp1", etcd=alone)]), nodes=["cp2", "cp3"], hosts=["cp2", "cp3"])

    assert "0 of 1 control-plane nodes are left" in _refused(scenario, seen)


def test_without_zones_there_is_no_such_drill() -> None:
    assert "no two zones" in _refused("zone", cluster())


def test_an_unknown_leader_is_refused() -> None:
    seen = cluster(hosts=[host(name) for name in ("cp1", "cp2", "cp3")])

    assert "not known" in _refused("etcd_leader", seen)
    with pytest.raises(Day2Error, match="nobody leads"):
        choose("scheduler_leader", Standing.of(cluster(), ()))


def test_a_node_without_a_host_is_not_taken() -> None:
    seen = cluster(nodes=[*_zoned("a", "b", "c"), node("w9", zone="a")])

    assert "no host of the inventory is w9" in _refused("zone", seen)


@pytest.mark.parametrize("wrong", [node("w1", zone="a", ready=False), node("w1", zone="a", kubelet=NEW)])
def test_a_node_that_is_not_as_it_should_be_is_not_taken(wrong: Node) -> None:
    assert "w1 would be taken" in _refused("zone", cluster(nodes=[*_zoned("a", "b", "c"), wrong]))


def test_a_healthy_cluster_is_at_rest() -> None:
    assert list(not_at_rest(_standing(cluster(nodes=[node("w1", ready=False)])))) == []


@pytest.mark.parametrize(
    "wrong",
    [
        control_plane_node("cp2", ready=False),
        control_plane_node("cp2", cordoned=True),
        node("w1", annotations=claim()),
        node("w1", annotations=journal()),
    ],
)
def test_a_control_plane_that_is_not_whole_or_a_run_that_left_something_is_not(wrong: Node) -> None:
    (finding,) = not_at_rest(_standing(cluster(nodes=[wrong])))

    assert (finding.code, finding.subject) == ("D2-DRILL-002", wrong.name)


def test_a_control_plane_of_two_versions_is_not() -> None:
    (finding,) = not_at_rest(_standing(cluster(nodes=[control_plane_node("cp2", kubelet=NEW)])))

    assert "several versions" in finding.message
