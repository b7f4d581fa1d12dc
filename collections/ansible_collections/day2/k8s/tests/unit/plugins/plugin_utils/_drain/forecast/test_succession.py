# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.forecast.succession import (
    Succession,
    leaving,
    ordered_set,
    ordinal,
    succession,
)
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils._drain.forecast.world import World


def kind_of(world: World) -> Succession:
    observed = world.observed()
    pod = observed.pods[0]
    return succession(pod, leaving(pod, observed))


@pytest.mark.parametrize(
    ("pod", "when"),
    [
        ({"owner": "ReplicaSet/web"}, Succession.AT_ONCE),
        ({"owner": "StatefulSet/db"}, Succession.AFTER),
        ({"owner": "Job/once", "owner_api": "batch/v1"}, Succession.AFTER),
        ({"owner": "Cluster/pg", "owner_api": "example.com/v1"}, Succession.AFTER),
        ({"owner": "DaemonSet/agent"}, Succession.NEVER),
        ({"owner": ""}, Succession.NEVER),
        ({"owner": "ReplicaSet/web", "phase": "Failed"}, Succession.NEVER),
        ({"owner": "ReplicaSet/gone"}, Succession.NEVER),
    ],
)
def test_each_kind_of_controller_makes_successors_in_its_own_way(pod: dict[str, Any], when: Succession) -> None:
    world = World().nodes("w1")
    for kind, name in (("ReplicaSet", "web"), ("StatefulSet", "db"), ("Job", "once"), ("DaemonSet", "agent")):
        world.controller(kind, name, 1)
    world.pod("p", "w1", **pod)

    assert kind_of(world) is when


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"metadata": {"deletionTimestamp": "2026-03-01T12:00:00Z"}}, "Deployment web is being deleted"),
        ({"spec": {"replicas": 0}}, "Deployment web is scaled to 0"),
        ({}, ""),
    ],
)
def test_a_controller_that_ends_takes_its_pods_with_it(change: dict[str, Any], says: str) -> None:
    world = World().nodes("w1")
    world.deployment("web", "w1")
    for part, values in change.items():
        world.objects["/apis/apps/v1/deployments"][0][part] |= values
    observed = world.observed()

    assert leaving(observed.pods[0], observed) == says


def test_a_suspended_job_makes_no_successors() -> None:
    world = World().nodes("w1")
    world.controller("Job", "once", 1, suspend=True)
    world.pod("p", "w1", owner="Job/once", owner_api="batch/v1")

    assert kind_of(world) is Succession.NEVER


@pytest.mark.parametrize("parallel", [False, True])
def test_only_an_ordered_stateful_set_waits_for_its_pods_in_turn(parallel: bool) -> None:
    world = World().nodes("w1")
    world.stateful_set("db", "w1", "w1", "w1", parallel=parallel)
    observed = world.observed()

    assert (ordered_set(observed.pods[2], observed) is None) is parallel
    assert [ordinal(pod) for pod in observed.pods] == [0, 1, 2]
