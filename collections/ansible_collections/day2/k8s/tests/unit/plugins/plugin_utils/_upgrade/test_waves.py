# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Collection, Iterable

from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.limits import Limits, Pool
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.planner import compile_plan
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.waves import MOST_MISFITS, Wave, cut
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import cluster, intent, node

WORKERS = [f"w{number}" for number in range(1, 7)]


def fits_all(_names: tuple[str, ...]) -> str | None:
    return None


class Apart:
    """Nodes of which two share a budget that gives one."""

    def __init__(self, *names: str) -> None:
        self.names = set(names)
        self.asked: list[tuple[str, ...]] = []

    def __call__(self, names: tuple[str, ...]) -> str | None:
        self.asked.append(names)
        return "budget shop/db allows 1" if len(self.names.intersection(names)) > 1 else None


def waves(limits: Limits, fits: object = fits_all, out: Collection[str] = (), **options: object) -> list[Wave]:
    """Of the workers of a cluster whose control plane is done."""
    taken = cluster(workers=WORKERS, **options)  # type: ignore[arg-type] # options of the builder
    steps = compile_plan(taken, intent()).steps_of("worker")
    return list(cut(steps, taken.nodes, limits, out, fits))  # type: ignore[arg-type] # stands in for a simulation


def names(found: Iterable[Wave]) -> list[tuple[str, ...]]:
    return [wave.nodes for wave in found]


def test_the_control_plane_goes_one_by_one_and_the_canary_alone() -> None:
    taken = cluster(workers=WORKERS)

    found = cut(compile_plan(taken, intent()).steps, taken.nodes, Limits(9), (), fits_all)

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
    found = cut(steps, taken.nodes, wanted.limits, (), fits_all)

    assert names(found) == [("w1",), ("w3", "w5"), ("w2", "w4", "w6")]


def test_nodes_that_do_not_fit_together_are_of_different_waves() -> None:
    found = waves(Limits(9), Apart("w2", "w4", "w6"))

    assert names(found) == [("w1",), ("w2", "w3", "w5"), ("w4",), ("w6",)]
    assert found[1].held_back == "w4: budget shop/db allows 1"


def test_whether_they_fit_is_asked_of_sets_that_could_go_only() -> None:
    apart = Apart()

    waves(Limits(2), apart)

    assert apart.asked == [("w2", "w3"), ("w4", "w5")]


def test_a_wave_does_not_look_for_ever_for_one_more_node() -> None:
    many = [f"w{number}" for number in range(1, MOST_MISFITS + 20)]
    taken = cluster(workers=many)
    apart = Apart(*many)

    first = cut(compile_plan(taken, intent()).steps_of("worker")[1:], taken.nodes, Limits(9), (), apart)[0]

    assert first.nodes == ("w2",)
    assert len([asked for asked in apart.asked if asked[0] == "w2"]) == MOST_MISFITS


def test_the_same_input_gives_the_same_waves() -> None:
    assert waves(Limits(3), Apart("w2", "w3")) == waves(Limits(3), Apart("w2", "w3"))
