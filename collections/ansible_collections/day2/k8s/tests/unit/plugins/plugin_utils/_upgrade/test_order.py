# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import random

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.order import control_plane_order, natural, worker_order
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import control_plane_node, node


def test_names_are_sorted_as_people_count() -> None:
    names = ["w10", "w2", "w1", "b-3-2", "b-3-10", "3rd"]

    assert sorted(names, key=natural) == ["3rd", "b-3-2", "b-3-10", "w1", "w2", "w10"]


@pytest.mark.parametrize(
    ("leader", "half_upgraded", "resumed", "order"),
    [
        (None, set(), set(), ["cp1", "cp2", "cp3"]),
        ("cp1", set(), set(), ["cp2", "cp3", "cp1"]),
        ("cp2", {"cp3"}, set(), ["cp3", "cp1", "cp2"]),
        # what is half done is ended first, be it the leader's node
        ("cp3", {"cp3"}, set(), ["cp3", "cp1", "cp2"]),
        ("cp1", {"cp3"}, {"cp2"}, ["cp2", "cp3", "cp1"]),
    ],
)
def test_the_control_plane_goes_followers_first_and_the_leader_last(
    leader: str | None, half_upgraded: set[str], resumed: set[str], order: list[str]
) -> None:
    nodes = [control_plane_node(name) for name in ("cp3", "cp1", "cp2")]

    sorted_nodes = control_plane_order(
        nodes, resumed=frozenset(resumed), half_upgraded=frozenset(half_upgraded), etcd_leader=leader
    )

    assert [n.name for n in sorted_nodes] == order


def test_workers_take_one_of_each_zone_in_turn() -> None:
    zones = {"w1": "a", "w2": "a", "w3": "b", "w4": "b", "w5": "c", "w6": "a"}
    nodes = [node(name, zone=zone) for name, zone in zones.items()]

    assert [n.name for n in worker_order(nodes, resumed=frozenset())] == ["w1", "w3", "w5", "w2", "w4", "w6"]


def test_workers_left_in_hand_come_first() -> None:
    nodes = [node("w1", zone="a"), node("w2", zone="b"), node("w3", zone="a"), node("w10", zone="b")]

    ordered = worker_order(nodes, resumed=frozenset({"w10", "w3"}))

    assert [n.name for n in ordered] == ["w3", "w10", "w1", "w2"]


def test_the_order_does_not_depend_on_the_order_of_a_list() -> None:
    nodes = [node(f"w{number}", zone=f"z{number % 3}") for number in range(20)]
    expected = worker_order(nodes, resumed=frozenset())
    shuffle = random.Random(7).shuffle

    for _dummy in range(5):
        shuffle(nodes)
        assert worker_order(nodes, resumed=frozenset()) == expected
