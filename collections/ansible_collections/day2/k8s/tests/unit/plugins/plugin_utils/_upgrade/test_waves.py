# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.limits import Limits, Pool
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.planner import compile_plan
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.waves import MOST_MISFITS, Wave, cut
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import cluster, intent, node

WORKERS = [f"w{number}" for number in range(1, 7)]


class Cluster:
    """Stands in for a rehearsal: of the nodes ``apart``, two share a budget that gives one."""

    def __init__(self, *apart: str) -> None:
        self.apart = set(apart)
        self.asked: list[tuple[str, ...]] = []
        self.taken: list[tuple[str, ...]] = []

    def fits(self, names: Sequence[str]) -> str | None:
        self.asked.append(tuple(names))
        return "budget shop/db allows 1" if len(self.apart.intersection(names)) > 1 else None

    def take(self, names: Sequence[str]) -> None:
        self.taken.append(tuple(names))


def waves(limits: Limits, thought: Cluster | None = None, out: Collection[str] = (), **options: Any) -> list[Wave]:
    """Of the workers of a cluster whose control plane is done."""
    taken = cluster(workers=WORKERS, **options)
    steps = compile_plan(taken, intent()).steps_of("worker")
    return list(cut(steps, taken.nodes, limits, out, thought or Cluster()))


def names(found: Iterable[Wave]) -> list[tuple[str, ...]]:
    return [wave.nodes for wave in found]


def test_the_control_plane_goes_one_by_one_and_the_canary_alone() -> None:
    taken = cluster(workers=WORKERS)

    found = cut(compile_plan(taken, intent()).steps, taken.nodes, Limits(9), (), Cluster())

    assert names(found) == [("cp2",), ("cp3",), ("cp1",), ("w1",), ("w2", "w3", "w4", "w5", "w6")]
    assert found[0].held_back == "nodes of the control plane go one by one"
    assert found[3].held_back == "w1 is the canary"
    assert found[4].held_back == ""


def test_a_wave_is_as_large_as_the_limit_lets_it() -> None:
    found = waves(Limits(2))

    assert names(found) == [("w1",), ("w2", "w3"), ("w4", "w5"), ("w6",)]
    assert found[1].held_back == "2 nodes out, at most 2 may be"


def test_what_is_out_already_leaves_less_room() -> None:
    assert names(waves(Limits(3), out=["w9"])) == [("w1",), ("w2", "w3"), ("w4", "w5"), ("w6",)]


def test_a_node_goes_though_others_have_used_up_the_limit() -> None:
    assert names(waves(Limits(1), out=["w8", "w9"])) == [(name,) for name in WORKERS], "something else refuses that"


def test_nodes_of_a_full_pool_wait_while_others_behind_them_go() -> None:
    db = [node(name, labels={"pool": "db"}) for name in ("w2", "w3", "w4")]

    found = waves(Limits(3, (Pool("db", "pool=db", 1),)), nodes=db)

    assert names(found) == [("w1",), ("w2", "w5", "w6"), ("w3",), ("w4",)]
    assert found[1].held_back == "w3: 1 node of pool db out, at most 1 may be"


def test_zones_go_one_after_the_other() -> None:
    zones = [node(name, zone="ab"[position % 2]) for position, name in enumerate(WORKERS)]
    taken = cluster(workers=WORKERS, nodes=zones)
    wanted = intent(one_zone_at_a_time=True, max_unavailable=9)

    steps = compile_plan(taken, wanted).steps_of("worker")
    found = cut(steps, taken.nodes, wanted.limits, (), Cluster())

    assert names(found) == [("w1",), ("w3", "w5"), ("w2", "w4", "w6")], "the canary is of the first zone"


def test_nodes_that_do_not_fit_together_are_of_different_waves() -> None:
    found = waves(Limits(9), Cluster("w2", "w4", "w6"))

    assert names(found) == [("w1",), ("w2", "w3", "w5"), ("w4",), ("w6",)]
    assert found[1].held_back == "w4: budget shop/db allows 1"


def test_a_wave_that_fits_as_a_whole_is_asked_about_once_and_then_taken() -> None:
    thought = Cluster()

    waves(Limits(2), thought)

    assert thought.asked == [("w2", "w3"), ("w4", "w5")]
    assert thought.taken == [("w1",), ("w2", "w3"), ("w4", "w5"), ("w6",)]


def test_the_waves_are_those_of_asking_for_one_node_after_the_other() -> None:
    names_of_many = [f"w{number}" for number in range(1, 41)]
    taken = cluster(workers=names_of_many)
    steps = compile_plan(taken, intent()).steps_of("worker")[1:]
    thought = Cluster("w3", "w9", "w10", "w31")

    found = names(cut(steps, taken.nodes, Limits(12), (), thought))

    expected, left = [], [step.node for step in steps]
    while left:
        wave: list[str] = []
        for name in left:
            if len(wave) < 12 and thought.fits([*wave, name]) is None:
                wave.append(name)
        expected.append(tuple(wave))
        left = [name for name in left if name not in wave]
    assert found == expected


def test_many_misfits_end_a_wave() -> None:
    many = [f"w{number}" for number in range(1, MOST_MISFITS + 5)]
    taken = cluster(workers=many)
    thought = Cluster(*many[:-1])

    first = cut(compile_plan(taken, intent()).steps_of("worker")[1:], taken.nodes, Limits(99), (), thought)[0]

    assert first.nodes == ("w2",), "the last would fit, and is not tried any more"


def test_the_same_input_gives_the_same_waves() -> None:
    assert waves(Limits(3), Cluster("w2", "w3")) == waves(Limits(3), Cluster("w2", "w3"))
