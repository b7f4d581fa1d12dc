# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.acceptance import Acceptance
from ansible_collections.day2.k8s.plugins.plugin_utils._model.selector import Selector
from ansible_collections.day2.k8s.plugins.plugin_utils._model.snapshot import Snapshot
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.agreement import Agreement, differences, digest
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.limits import Pool
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.planner import compile_plan
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import (
    NEW,
    claim,
    cluster,
    control_plane_host,
    control_plane_node,
    etcd,
    host,
    intent,
    member,
    node,
)

ACCEPTED = Acceptance("D2-DRAIN-002", "shop/web-1", "ticket 7", date(2027, 1, 1))


def agreement(taken: Snapshot | None = None, **options: Any) -> Agreement:
    return compile_plan(taken or cluster(), intent(**options)).agreement


def test_the_intent_names_versions_packages_nodes_policy_and_acceptances() -> None:
    agreed = agreement(accept=(ACCEPTED,), pools=(Pool("db", "pool=db", 1),), drain={"timeout": 1800})

    assert agreed["hops"] == [NEW]
    assert agreed["packages"] == [f"{NEW}-1.1"]
    assert [entry["node"] for entry in agreed["nodes"]] == ["cp1", "cp2", "cp3", "w1", "w2", "w3"]
    assert agreed["nodes"][0] == {"node": "cp1", "role": "control_plane", "pool": ""}
    assert agreed["policy"]["drain"] == {"timeout": 1800}
    assert agreed["accept"] == [ACCEPTED.to_dict()]


def test_the_digest_is_of_the_canonical_json() -> None:
    assert digest({"b": 1, "a": ["ä"]}) == digest({"a": ["ä"], "b": 1})
    assert digest({"a": 1}) == "sha256:015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"


LEADER = etcd(member("cp1"), member("cp2", leader=True), member("cp3"))


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(cluster(nodes=[node("w2", ready=False)]), id="a node is not Ready"),
        pytest.param(cluster(nodes=[node("w2", cordoned=True)]), id="a node is cordoned"),
        pytest.param(cluster(nodes=[node("w2", annotations=claim())]), id="a run began on a node"),
        pytest.param(cluster(hosts=[control_plane_host("cp1", etcd=LEADER)]), id="another etcd leader"),
        pytest.param(cluster(hosts=[host("w2", reachable=False)]), id="a host does not answer"),
        pytest.param(cluster(nodes=[node("w2", kubelet="1.35.5")]), id="somebody upgraded a node a little"),
        pytest.param(
            cluster(nodes=[control_plane_node("cp2", kubelet=NEW), node("w1", kubelet=NEW)], config=NEW),
            id="half of it is done",
        ),
        pytest.param(cluster(running=NEW), id="all of it is done"),
    ],
)
def test_what_changes_by_itself_leaves_the_intent_the_same(later: Snapshot) -> None:
    assert digest(agreement(later)) == digest(agreement())


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"target": "1.36.4"}, 'hops: ["1.36.4"] instead of ["1.36.3"]'),
        ({"max_unavailable": 3}, "max_unavailable: 3 instead of 1"),
        ({"failure_budget": 1}, "failure_budget: 1 instead of 0"),
        ({"one_zone_at_a_time": True}, "one_zone_at_a_time: true instead of false"),
        ({"drain": {"force": True}}, 'drain: {"force": true} instead of {}'),
        ({"nodes": ("cp1", "cp2", "cp3", "w1")}, "nodes gone: w2, w3"),
        ({"accept": (ACCEPTED,)}, "accepted besides: D2-DRAIN-002 shop/web-1"),
    ],
)
def test_another_wish_is_another_intent_and_its_difference_is_told(options: dict[str, Any], told: str) -> None:
    other = agreement(**options)

    assert digest(other) != digest(agreement())
    assert told in differences(agreement(), other)


@pytest.mark.parametrize(
    ("later", "told"),
    [
        (cluster(workers=("w1", "w2", "w3", "w4")), "nodes added: w4"),
        (cluster(hosts=[host("w2", package="1.36.3-1.2")]), "packages: "),
        (cluster(nodes=[node("w2", control_plane=True)]), "nodes with another role or pool: w2"),
    ],
)
def test_another_cluster_than_was_agreed_on_is_another_intent(later: Snapshot, told: str) -> None:
    assert differences(agreement(), agreement(later))[0].startswith(told)


def test_another_pool_or_order_is_told() -> None:
    zones = cluster(nodes=[node("w1", zone="b"), node("w2", zone="a"), node("w3", zone="a")])
    pools = (Pool("db", "kubernetes.io/x=y", 1),)
    labelled = cluster(nodes=[node("w2", labels={"kubernetes.io/x": "y"})])

    assert differences(agreement(), agreement(zones)) == ["nodes in another order"]
    assert "nodes with another role or pool: w2" in differences(
        agreement(pools=pools), agreement(labelled, pools=pools)
    )


def test_an_acceptance_that_is_gone_is_told() -> None:
    assert differences(agreement(accept=(ACCEPTED,)), agreement()) == ["no longer accepted: D2-DRAIN-002 shop/web-1"]


def test_excluded_nodes_are_no_part_of_it() -> None:
    taken = cluster(nodes=[node("w2", labels={"pool": "lab"})])

    nodes = [entry["node"] for entry in agreement(taken, excluded=Selector.parse("pool=lab"))["nodes"]]

    assert "w2" not in nodes
