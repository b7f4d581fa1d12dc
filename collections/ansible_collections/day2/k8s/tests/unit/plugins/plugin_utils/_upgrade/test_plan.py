# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from dataclasses import replace

from ansible_collections.day2.k8s.plugins.plugin_utils._model.interval import Interval
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.agreement import digest
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.plan import DrainOutlook, Wave
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.planner import compile_plan
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import cluster, intent


def test_a_plan_with_everything_in_it_is_plain_data() -> None:
    plan = compile_plan(cluster(), intent())
    outlook = DrainOutlook("slow", False, Interval(5.0, 92.04), {"leaves": 2, "slow": 1}, 1, ({"name": "web-1"},))
    steps = tuple(replace(step, wave=1, drain=outlook, duration=Interval(55.0, 172.0)) for step in plan.steps)

    raw = replace(plan, steps=steps, waves=(Wave(("cp2",), "why"),), duration=Interval(60.0, 200.0)).to_dict()

    assert json.loads(json.dumps(raw)) == raw
    assert raw["digest"] == digest(plan.agreement)
    assert raw["policy"] == plan.agreement["policy"]
    assert raw["waves"] == [{"nodes": ["cp2"], "held_back": "why"}]
    assert raw["duration"] == {"low": 60.0, "high": 200.0}
    assert raw["steps"][0]["drain"] == {
        "outcome": "slow",
        "certain": False,
        "seconds": {"low": 5.0, "high": 92.0},
        "counts": {"leaves": 2, "slow": 1},
        "without_room": 1,
        "pods": [{"name": "web-1"}],
    }


def test_what_is_not_known_is_none() -> None:
    raw = compile_plan(cluster(), intent()).to_dict()

    assert (raw["duration"], raw["waves"]) == (None, [])
    assert {(step["drain"], step["duration"], step["wave"]) for step in raw["steps"]} == {(None, None, 0)}
