# SPDX-License-Identifier: GPL-3.0-or-later
"""What nodes are emptied of: each scenario makes nodes and pods of its own, the same for every contender."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.harness import objects
from tests.harness.cluster import Cluster

# How long a pod takes to end: that of the scenarios with many pods, and of the others.
ENDS_AFTER = 2


@dataclass
class Stage:
    """``full`` are the nodes to be emptied, ``other`` takes the pods; ``namespace`` is the scenario's own."""

    cluster: Cluster
    namespace: str
    full: list[str]
    other: str
    timers: list[threading.Timer] = field(default_factory=list)

    def later(self, seconds: float, path: str, patch: dict[str, object]) -> None:
        """Change an object so long after the drain has begun."""
        self.timers.append(threading.Timer(seconds, self.cluster.admin.merge, (path, patch)))

    def left(self) -> int:
        """How many pods are on the nodes that were to be emptied."""
        return sum(len(self.cluster.pods(self.namespace, node=node)) for node in self.full)


@dataclass(frozen=True)
class Scenario:
    """``goal_seconds`` None: it cannot be drained, and is to be said so when ``timeout`` seconds are over."""

    name: str
    prepare: Callable[[Stage], None]
    pods: int
    nodes: int = 1
    timeout: int = 120
    goal_seconds: float | None = None


def goal(pods: int, ends_after: float = ENDS_AFTER) -> float:
    """The longest that a drain of so many pods may take."""
    return max(5.0, ends_after + pods / 20 + 2)


def _plain(pods: int) -> Callable[[Stage], None]:
    def prepare(stage: Stage) -> None:
        slow = {"harness/ends-after": f"{ENDS_AFTER}s"}
        stage.cluster.create(objects.deployment("web", pods, annotations=slow), stage.namespace)
        stage.cluster.wait_for_pods(stage.namespace, pods)

    return prepare


def _under_budget(stage: Stage) -> None:
    stage.cluster.create(objects.deployment("web", 4), stage.namespace)
    stage.cluster.create(objects.budget("web", maxUnavailable=0), stage.namespace)
    stage.cluster.wait_for_pods(stage.namespace, 4)
    stage.cluster.wait_for_budget(stage.namespace, "web", 0)


def _budget_that_frees(stage: Stage) -> None:
    _under_budget(stage)
    path = f"/apis/policy/v1/namespaces/{stage.namespace}/poddisruptionbudgets/web"
    stage.later(20, path, {"spec": {"maxUnavailable": "100%"}})


def _same_name(stage: Stage) -> None:
    stage.cluster.create(objects.stateful_set("db", 3), stage.namespace)
    stage.cluster.wait_for_pods(stage.namespace, 3)


def _finalizer(stage: Stage) -> None:
    held = objects.pod("held", node_name=stage.full[0], metadata={"finalizers": ["example.com/hold"]})
    stage.cluster.create(held, stage.namespace)
    stage.cluster.wait_for_pods(stage.namespace, 1)


SCENARIOS = (
    Scenario("60 pods", _plain(60), 60, goal_seconds=goal(60)),
    Scenario("110 pods", _plain(110), 110, goal_seconds=goal(110)),
    Scenario("budget frees after 20 s", _budget_that_frees, 4, goal_seconds=20 + goal(4, 0)),
    Scenario("budget never frees", _under_budget, 4, timeout=60),
    Scenario("same name again", _same_name, 3, goal_seconds=goal(3, 0)),
    Scenario("held by a finalizer", _finalizer, 1, timeout=30),
    Scenario("10 nodes together", _plain(200), 200, nodes=10, goal_seconds=goal(200)),
)


@contextmanager
def staged(cluster: Cluster, scenario: Scenario, label: str) -> Iterator[Stage]:
    """The scenario's nodes, full of its pods, with room for them elsewhere; everything is removed afterwards."""
    cluster.create_namespace(label)
    full = [f"{label}-full-{number}" for number in range(scenario.nodes)]
    others = [f"{label}-other-{number}" for number in range(2)]
    for node in full:
        cluster.create_node(node)
    stage = Stage(cluster, label, full, others[0])
    try:
        scenario.prepare(stage)
        for node in others:
            cluster.create_node(node)
        yield stage
    finally:
        for timer in stage.timers:
            timer.cancel()
        _clear(cluster, label, [*full, *others])


def _clear(cluster: Cluster, namespace: str, nodes: list[str]) -> None:
    for kind in ("deployments", "statefulsets"):
        for found in cluster.admin.list(f"/apis/apps/v1/namespaces/{namespace}/{kind}"):
            cluster.admin.delete(f"/apis/apps/v1/namespaces/{namespace}/{kind}/{found['metadata']['name']}")
    for pod in cluster.pods(namespace):
        path = f"/api/v1/namespaces/{namespace}/pods/{pod['metadata']['name']}"
        if pod["metadata"].get("finalizers"):
            cluster.admin.merge(path, {"metadata": {"finalizers": None}})
        cluster.admin.delete(path, gracePeriodSeconds=0)
    for node in nodes:
        cluster.admin.delete(f"/api/v1/nodes/{node}")
    cluster.admin.delete(f"/api/v1/namespaces/{namespace}")
