# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every cluster, tried on seeded ones."""

from __future__ import annotations

import random

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.budgets import Ledger
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.forecast.prognosis import Outcome
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils._drain.forecast.world import World

SEEDS = range(60)
NODES = ("w1", "w2", "w3", "w4")


def generated(seed: int) -> World:
    """Some workloads with budgets of all kinds, pods in all states, and little room."""
    chance = random.Random(seed)
    world = World()
    for number, name in enumerate(NODES):
        world.node(name, cpu=str(chance.randint(1, 4)), zone="ab"[number % 2])
    for number in range(chance.randint(2, 6)):
        app = f"app{number}"
        make = chance.choice([world.deployment, world.stateful_set])
        on = chance.choices(NODES, k=chance.randint(1, 4))
        pods = make(app, *on, cpu=f"{chance.choice([100, 500, 900])}m", grace=chance.randint(0, 60))
        for pod in pods:
            if chance.random() < 0.15:
                pod["status"]["conditions"][0]["status"] = "False"
            if chance.random() < 0.05:
                pod["metadata"]["deletionTimestamp"] = "2026-03-01T12:00:10Z"
        if chance.random() < 0.8:
            kind = chance.choice(["minAvailable", "maxUnavailable"])
            value = chance.choice([0, 1, 2, "0%", "30%", "50%", "100%"])
            policy = {"unhealthyPodEvictionPolicy": "AlwaysAllow"} if chance.random() < 0.3 else {}
            world.budget(app, **{kind: value}, **policy)
    return world


@pytest.mark.parametrize("seed", SEEDS)
def test_what_leaves_at_once_is_never_more_than_the_servers_arithmetic_allows(seed: int) -> None:
    world = generated(seed)
    observed = world.observed()
    ledger = Ledger(observed.budgets)
    first = {pod.name for pod in world.pods_of(*NODES[:2], force=True).values() if pod.outcome is Outcome.LEAVES}

    evicted = [p for p in observed.pods if p.name in first and not p.terminating]

    # Unready pods go first, because the figures that let them go are those before the others went.
    refused = [p.name for p in sorted(evicted, key=lambda p: p.ready) if ledger.spend(p) is not None]
    assert refused == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_forecast_is_the_same_each_time_and_a_trial_changes_nothing(seed: int) -> None:
    forecaster = generated(seed).forecaster()
    sets = (NODES[:2], NODES[2:], NODES[:1])

    tried = [forecaster.trial(nodes) for nodes in sets]

    assert [forecaster.trial(nodes) for nodes in sets] == tried
    assert forecaster.drain(sets[0]) == tried[0] == generated(seed).forecaster().drain(sets[0])


@pytest.mark.parametrize("seed", SEEDS)
def test_every_pod_of_a_drained_node_is_told_about_once_and_with_a_reason_if_it_stays(seed: int) -> None:
    world = generated(seed)

    forecast = world.drain(*NODES)

    told = [(pod.namespace, pod.name) for node in forecast.nodes for pod in node.pods]
    assert sorted(told) == sorted((pod.namespace, pod.name) for pod in world.observed().pods)
    assert all(p.reason for n in forecast.nodes for p in n.pods if p.outcome in (Outcome.NEVER, Outcome.UNKNOWN))


@pytest.mark.parametrize("seed", SEEDS)
def test_only_a_certain_never_refuses_a_node(seed: int) -> None:
    for node in generated(seed).drain(*NODES[:2]).nodes:
        certain = any(pod.outcome is Outcome.NEVER and pod.certain for pod in node.pods)
        assert bool(node.findings) is certain
