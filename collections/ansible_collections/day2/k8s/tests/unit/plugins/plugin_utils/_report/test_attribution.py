# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._report.attribution import attributed, isolations

DAY = "2026-08-07T10"
EVENTS: list[dict[str, Any]] = [
    {"at": f"{DAY}:00:00.000Z", "event": "admitted", "node": "cp2"},
    {"at": f"{DAY}:00:10.000Z", "event": "step_started", "node": "cp2", "step": "kubeadm"},
    {"at": f"{DAY}:01:10.000Z", "event": "step_ended", "node": "cp2", "step": "kubeadm", "seconds": 60.0},
    {"at": f"{DAY}:00:50.000Z", "event": "step_started", "node": "w1", "step": "drain"},
]


@pytest.mark.parametrize(
    ("at", "during"),
    [("00:05", ""), ("00:10", "cp2 kubeadm"), ("00:55", "cp2 kubeadm, w1 drain"), ("05:00", "w1 drain")],
)
def test_a_gap_is_put_to_the_steps_that_it_began_in(at: str, during: str) -> None:
    gap = {"began_at": f"{DAY}:{at}.000Z", "seconds": 2.0, "failures": 2, "error": "refused"}

    told = attributed({"series": "new", "gaps": [gap]}, EVENTS)

    assert told == {"series": "new", "gaps": [{**gap, "during": during}]}


def event(at: str, kind: str, step: str, *, ok: bool = True) -> dict[str, Any]:
    return {"at": f"{DAY}:{at}.000Z", "event": kind, "node": "cp2", "step": step, "seconds": 1.0, "ok": ok}


def test_a_node_is_isolated_from_the_begin_of_that_step_until_it_rejoined() -> None:
    events = [
        event("01:00", "step_started", "isolate"),
        event("01:40", "step_ended", "isolate"),
        event("03:00", "step_ended", "rejoin", ok=False),
        event("03:10", "step_ended", "rejoin"),
        event("05:00", "step_ended", "uncordon"),
    ]

    ((begin, end),) = isolations(events)["cp2"]
    assert end - begin == 130.0

    # One that never came back was isolated for as long as is known.
    ((begin, end),) = isolations([*events[:3], events[4]])["cp2"]
    assert end - begin == 240.0
