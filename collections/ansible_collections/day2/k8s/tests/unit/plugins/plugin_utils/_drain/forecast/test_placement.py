# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.forecast.placement import Place, Placement, Room
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils._drain.forecast.world import World

ZONE = "topology.kubernetes.io/zone"
HOST = "kubernetes.io/hostname"


def required(**term: Any) -> dict[str, Any]:
    selector = {"labelSelector": {"matchLabels": {"app": "web"}}}
    return {"requiredDuringSchedulingIgnoredDuringExecution": [{**selector, **term}]}


def node_affinity(*expressions: Mapping[str, Any]) -> dict[str, Any]:
    terms = {"nodeSelectorTerms": [{"matchExpressions": list(expressions)}]}
    return {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}}


def spread(key: str, **options: Any) -> dict[str, Any]:
    constraint = {
        "topologyKey": key,
        "maxSkew": 1,
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": "web"}},
        **options,
    }
    return {"topologySpreadConstraints": [constraint]}


def place(world: World, **pod: Any) -> Place:
    """Where one more pod of this kind goes."""
    name = "new"
    world.pod(name, "", phase="Pending", ready=False, **{"app": "new", **pod})
    observed = world.observed()
    return Placement(observed).find(next(each for each in observed.pods if each.name == name))


# Nodes ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pod", "goes_to"),
    [
        ({}, {"big", "gpu", "small"}),
        ({"cpu": "3"}, {"big"}),
        ({"nodeSelector": {"disk": "ssd"}}, {"small"}),
        (node_affinity({"key": "disk", "operator": "In", "values": ["ssd", "nvme"]}), {"small"}),
        (node_affinity({"key": "disk", "operator": "DoesNotExist"}), {"big"}),
        ({"tolerations": [{"key": "gpu", "operator": "Exists"}], "nodeSelector": {"gpu": "yes"}}, {"gpu"}),
        ({"nodeSelector": {"gpu": "yes"}}, set()),
        ({"cpu": "5"}, set()),
        ({"nodeSelector": {"disk": "tape"}}, set()),
    ],
)
def test_a_pod_goes_where_selectors_taints_and_size_let_it(pod: dict[str, Any], goes_to: set[str]) -> None:
    world = World()
    world.node("big", cpu="4")
    world.node("small", cpu="2", labels={"disk": "ssd"})
    world.node("gpu", cpu="2", labels={"gpu": "yes"}, taints=[{"key": "gpu", "effect": "NoSchedule"}])

    found = place(world, **pod)

    assert (found.node in goes_to) if goes_to else (found.room is Room.NONE and found.certain)


def test_a_cordoned_node_takes_only_who_tolerates_that() -> None:
    world = World().nodes("w1", cordoned=True)

    assert place(world) == Place(Room.NONE, why="of 1 nodes: 1 cordoned", certain=True)

    world = World().nodes("w1", cordoned=True)
    assert place(world, tolerations=[{"operator": "Exists"}]).node == "w1"


def test_what_runs_takes_its_room_and_what_is_finished_does_not() -> None:
    world = World().nodes("w1", cpu="2").nodes("w2", cpu="2")
    world.pod("a", "w1", cpu="1500m")
    world.pod("b", "w2", cpu="1500m", phase="Succeeded")

    assert place(world, cpu="1").node == "w2"


def test_no_room_for_now_is_not_certain_and_says_what_is_missing() -> None:
    world = World().nodes("w1", cpu="2").nodes("w2", pods=1).nodes("w3", cordoned=True)
    world.pod("a", "w1", cpu="1500m")
    world.pod("b", "w2")

    found = place(world, cpu="1")

    assert (found.room, found.certain) == (Room.NONE, False)
    assert set(found.why.removeprefix("of 3 nodes: ").split(", ")) == {
        "1 too little cpu left",
        "1 too little pods left",
        "1 cordoned",
    }


def test_a_node_that_is_given_back_takes_pods_again() -> None:
    world = World().nodes("w1")
    world.pod("new", "", app="new", phase="Pending", ready=False)
    observed = world.observed()
    placement, pod = Placement(observed), observed.pods[0]

    placement.cordon("w1")
    closed = placement.find(pod)
    placement.uncordon("w1")

    assert (closed.room, placement.find(pod).node) == (Room.NONE, "w1")


def test_room_that_was_used_up_is_seen_again_when_it_is_left() -> None:
    world = World().nodes("w1", cpu="1")
    world.pod("new", "", app="new", phase="Pending", ready=False, cpu="1")
    observed = world.observed()
    placement, pod = Placement(observed), observed.pods[0]

    placement.add(pod, "w1")
    full = placement.find(pod).room
    placement.remove(pod, "w1")

    assert (full, placement.find(pod).room) == (Room.NONE, Room.FOUND)


@pytest.mark.parametrize(
    ("taken", "wanted", "room"),
    [
        ({"hostPort": 80}, {"hostPort": 80}, Room.NONE),
        ({"hostPort": 80}, {"hostPort": 81}, Room.FOUND),
        ({"hostPort": 80}, {"hostPort": 80, "protocol": "UDP"}, Room.FOUND),
        ({"hostPort": 80, "hostIP": "10.0.0.1"}, {"hostPort": 80, "hostIP": "10.0.0.2"}, Room.FOUND),
        ({"hostPort": 80, "hostIP": "10.0.0.1"}, {"hostPort": 80}, Room.NONE),
    ],
)
def test_a_host_port_is_taken_once(taken: dict[str, Any], wanted: dict[str, Any], room: Room) -> None:
    world = World().nodes("w1")
    world.pod("a", "w1", containers=[{"image": "a", "ports": [taken]}])

    assert place(world, containers=[{"image": "a", "ports": [wanted]}]).room is room


# Volumes -------------------------------------------------------------------------------------------------------------


def test_a_volume_draws_its_pod_to_where_it_can_be_used() -> None:
    world = World().nodes("w1", zone="a").nodes("w2", zone="b").nodes("w3", zone="b")
    world.claim("local", node="w3")
    world.claim("zonal", zone="a")
    world.claim("anywhere")

    assert place(world, claims=["local", "anywhere"]).node == "w3"


def test_a_zonal_volume_leaves_its_zone() -> None:
    world = World().nodes("w1", zone="a").nodes("w2", zone="b")
    world.claim("zonal", zone="b")

    assert place(world, claims=["zonal"]).node == "w2"


def test_volumes_that_no_node_can_use_together_are_a_certain_no() -> None:
    world = World().nodes("w1", zone="a").nodes("w2", zone="b")
    world.claim("one", zone="a")
    world.claim("two", zone="b")

    assert place(world, claims=["one", "two"]).certain


@pytest.mark.parametrize(
    ("mode", "node", "room"),
    [("ReadWriteOnce", "w2", Room.FOUND), ("ReadWriteOncePod", "", Room.NONE), ("ReadWriteMany", "w1", Room.FOUND)],
)
def test_a_volume_in_use_ties_others_to_its_node(mode: str, node: str, room: Room) -> None:
    world = World().nodes("w1", "w2")
    world.claim("shared", mode=mode)
    world.pod("a", "w2", claims=["shared"])

    found = place(world, claims=["shared"])

    assert found.room is room
    if mode == "ReadWriteOnce":
        assert found.node == node


# Other pods ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def zones() -> World:
    """Zone a has w1 and w2, zone b has w3; a pod of ``web`` runs on w1."""
    world = World().nodes("w1", "w2", zone="a").nodes("w3", zone="b")
    world.pod("web-0", "w1")
    return world


@pytest.mark.parametrize(
    ("affinity", "goes_to"),
    [
        ({"podAntiAffinity": required(topologyKey=HOST)}, {"w2", "w3"}),
        ({"podAntiAffinity": required(topologyKey=ZONE)}, {"w3"}),
        ({"podAffinity": required(topologyKey=HOST)}, {"w1"}),
        ({"podAffinity": required(topologyKey=ZONE)}, {"w1", "w2"}),
        ({"podAffinity": required(topologyKey=ZONE, namespaces=["other"])}, set()),
        ({"podAffinity": required(topologyKey=ZONE, namespaceSelector={})}, {"w1", "w2"}),
        ({"podAntiAffinity": required(topologyKey="rack")}, {"w1", "w2", "w3"}),  # no node has the label
        ({"podAffinity": required(topologyKey="rack")}, set()),
    ],
)
def test_affinity_to_other_pods_is_kept(zones: World, affinity: dict[str, Any], goes_to: set[str]) -> None:
    found = place(zones, affinity=affinity)

    assert found.node in goes_to if goes_to else found.room is Room.NONE


def test_pods_that_want_nobody_beside_them_keep_others_out() -> None:
    world = World().nodes("w1", "w2", zone="a").nodes("w3", zone="b")
    world.pod("shy", "w1", app="shy", affinity={"podAntiAffinity": required(topologyKey=ZONE)})

    assert place(world, app="web").node == "w3"
    assert Placement(world.observed()).find(world.observed().pods[0]).room is Room.FOUND


def test_the_first_of_pods_that_want_to_be_together_may_go_anywhere() -> None:
    world = World().nodes("w1", zone="a")

    assert place(world, app="web", affinity={"podAffinity": required(topologyKey=ZONE)}).room is Room.FOUND


@pytest.mark.parametrize(
    ("constraint", "goes_to"),
    [
        (spread(ZONE), {"w3"}),
        (spread(ZONE, maxSkew=2), {"w1", "w2", "w3"}),
        (spread(HOST), {"w2", "w3"}),
        (spread("rack"), set()),
        (spread(ZONE, minDomains=3), {"w3"}),
        ({**spread(ZONE), "nodeSelector": {ZONE: "a"}}, {"w1", "w2"}),  # the only zone that counts then
        ({**spread(ZONE, nodeAffinityPolicy="Ignore"), "nodeSelector": {ZONE: "a"}}, set()),
    ],
)
def test_a_spread_is_kept(zones: World, constraint: dict[str, Any], goes_to: set[str]) -> None:
    found = place(zones, app="web", **constraint)

    assert found.node in goes_to if goes_to else found.room is Room.NONE


@pytest.mark.parametrize(("policy", "room"), [("Ignore", Room.NONE), ("Honor", Room.FOUND)])
def test_a_cordoned_node_stays_a_domain_of_a_spread_unless_taints_are_honoured(policy: str, room: Room) -> None:
    world = World().nodes("w1", cordoned=True).nodes("w2")
    world.pod("web-0", "w2")

    assert place(world, app="web", **spread(HOST, nodeTaintsPolicy=policy)).room is room


# What is not modelled ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pod", "why"),
    [
        ({"schedulerName": "volcano"}, "scheduler volcano"),
        ({"schedulingGates": [{"name": "queue"}]}, "scheduling gate queue"),
        ({"resourceClaims": [{"name": "gpu"}]}, "a driver allocates"),
        ({"claims": ["unheard-of"]}, "claim unheard-of was not seen"),
    ],
)
def test_what_is_not_modelled_is_unknown(pod: dict[str, Any], why: str) -> None:
    found = place(World().nodes("w1"), **pod)

    assert found.room is Room.UNKNOWN
    assert why in found.why


@pytest.mark.parametrize(
    ("pod", "room"),
    [
        ({"priority": 10}, Room.UNKNOWN),
        ({"priority": 5}, Room.NONE),
        ({"priority": 10, "preemptionPolicy": "Never"}, Room.NONE),
        ({"priority": 10, "cpu": "3"}, Room.NONE),
    ],
)
def test_who_may_push_others_out_may_find_room_where_none_is_left(pod: dict[str, Any], room: Room) -> None:
    world = World().nodes("w1", cpu="2").nodes("w2", cpu="4")
    world.pod("low", "w1", cpu="1500m", priority=5)
    world.pod("high", "w2", cpu="3500m", priority=20)

    assert place(world, **{"cpu": "1", **pod}).room is room


def test_a_claim_that_is_not_bound_is_unknown() -> None:
    world = World().nodes("w1")
    world.claim("data")
    world.objects["/api/v1/persistentvolumeclaims"][0]["status"]["phase"] = "Pending"

    assert place(world, claims=["data"]).why == "claim data is not bound yet"
