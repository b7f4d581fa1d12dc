# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._report.timing import Timing, measure


def at(second: int) -> str:
    return f"2026-03-01T12:{second // 60:02d}:{second % 60:02d}.000Z"


def event(second: int, kind: str, node: str, **details: Any) -> dict[str, Any]:
    return {"at": at(second), "event": kind, "node": node, **details}


def ended(second: int, node: str, step: str, seconds: float) -> dict[str, Any]:
    return event(second, "step_ended", node, step=step, seconds=seconds, ok=True)


def timing(*events: dict[str, Any], seconds: int = 100) -> Timing:
    return measure(events, opened_at=at(0), closed_at=at(seconds))


def test_a_node_takes_from_its_admission_until_it_is_given_back() -> None:
    found = timing(
        event(5, "wait", "w1", why="1 node out"),
        event(10, "admitted", "w1"),
        ended(20, "w1", "drain", 9.5),
        event(40, "released", "w1", state="done"),
    )

    assert found.nodes[0].seconds == 30.0
    assert found.nodes[0].steps == {"drain": 9.5}


def test_a_step_done_in_parts_is_added_up() -> None:
    found = timing(event(0, "admitted", "w1"), ended(10, "w1", "packages", 4.0), ended(30, "w1", "packages", 6.5))

    assert found.nodes[0].steps == {"packages": 10.5}


def test_a_node_that_was_never_given_back_counts_to_the_end() -> None:
    assert timing(event(60, "admitted", "w1"), seconds=90).nodes[0].seconds == 30.0


def test_nodes_come_in_the_order_of_their_admission() -> None:
    found = timing(event(30, "admitted", "w1"), event(10, "admitted", "w2"))

    assert [node.node for node in found.nodes] == ["w2", "w1"]


def test_a_node_whose_answer_was_given_twice_is_one_node() -> None:
    found = timing(event(10, "admitted", "w1"), event(12, "admitted", "w1"), event(30, "released", "w1", state="done"))

    assert [node.seconds for node in found.nodes] == [20.0]


def test_overhead_is_what_is_neither_drain_nor_packages_nor_kubeadm() -> None:
    found = timing(
        event(0, "admitted", "w1"),
        ended(20, "w1", "drain", 10.0),
        ended(60, "w1", "kubeadm", 30.0),
        ended(80, "w1", "verify", 20.0),
    )

    assert found.overhead_seconds == 60.0


def test_work_on_two_nodes_at_once_is_counted_once() -> None:
    found = timing(ended(50, "w1", "drain", 40.0), ended(60, "w2", "drain", 40.0))

    assert found.overhead_seconds == 50.0


def test_a_run_without_events_is_all_overhead() -> None:
    assert timing() == Timing(seconds=100.0, overhead_seconds=100.0, nodes=())
