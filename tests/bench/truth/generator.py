# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs in a pool: workloads, budgets and constraints of all kinds, drawn by chance.

Each function adds one kind of workload. What is released while a drain goes on is what these kinds bring with them:
successors that start, pods that end, an operator that moves its pod.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.harness import objects

from .pool import HOST_LABEL, Pool

ZONE_LABEL = objects.ZONE_LABEL
FINALIZER = "bench/hold"

Budget = dict[str, Any]


def generate(seed: int, number: int) -> Pool:
    """The scenario of this seed and number: one to three kinds of workloads side by side."""
    pool = Pool(seed, number)
    kinds, weights = zip(*KINDS, strict=True)
    for kind in pool.chance.choices(kinds, weights, k=pool.chance.choice([1, 1, 2, 2, 3])):
        kind(pool)
    return pool


def _replicated(pool: Pool, name: str, replicas: int) -> dict[str, Any]:
    if pool.chance.random() < 0.65:
        return objects.deployment(name, replicas)
    manifest = objects.stateful_set(name, replicas)
    manifest["spec"]["podManagementPolicy"] = pool.chance.choice(["Parallel", "OrderedReady"])
    return manifest


def _anti_affinity(key: str, **labels: str) -> dict[str, Any]:
    term = {"topologyKey": key, "labelSelector": {"matchLabels": labels}}
    return {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


def _spread(key: str, **labels: str) -> list[dict[str, Any]]:
    rule = {"topologyKey": key, "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"}
    return [{**rule, "labelSelector": {"matchLabels": labels}}]


def plain(pool: Pool) -> None:
    """Replicas, most of them under a budget that leaves some to spare."""
    name, replicas = pool.app("plain"), pool.chance.randint(1, 6)
    pool.workload(_replicated(pool, name, replicas), cpu=pool.chance.choice(["50m", "200m", "500m"]))
    choices: list[Budget] = [
        {"maxUnavailable": 1},
        {"maxUnavailable": 2},
        {"maxUnavailable": "30%"},
        {"minAvailable": max(0, replicas - 1)},
        {"minAvailable": "40%"},
        {},
    ]
    budget = pool.chance.choice(choices)
    if budget:
        pool.budget(name, {"app": name}, **budget)


def none_to_spare(pool: Pool) -> None:
    """A budget that is zero by construction."""
    name, replicas = pool.app("none-to-spare"), pool.chance.randint(1, 4)
    pool.workload(_replicated(pool, name, replicas), cpu="50m")
    choices: list[Budget] = [
        {"maxUnavailable": 0},
        {"maxUnavailable": "0%"},
        {"minAvailable": "100%"},
        {"minAvailable": replicas},
        {"minAvailable": replicas + 1},
        {"minAvailable": "90%"},
    ]
    budget = pool.chance.choice(choices)
    pool.budget(name, {"app": name}, **budget)


def large(pool: Pool) -> None:
    """Pods so large that there is room for few of them."""
    name, replicas = pool.app("large"), pool.chance.randint(1, len(pool.nodes) + 1)
    pool.workload(_replicated(pool, name, replicas), cpu=pool.chance.choice(["1100m", "1900m", "3"]))
    if pool.chance.random() < 0.7:
        pool.budget(name, {"app": name}, maxUnavailable=1)


def apart(pool: Pool) -> None:
    """No two of them on one node, or in one zone."""
    name, replicas = pool.app("apart"), pool.chance.randint(1, len(pool.nodes))
    key = pool.chance.choice([HOST_LABEL, HOST_LABEL, ZONE_LABEL])
    pool.workload(_replicated(pool, name, replicas), cpu="50m", affinity=_anti_affinity(key, app=name))
    if pool.chance.random() < 0.7:
        pool.budget(name, {"app": name}, maxUnavailable=1)


def spread(pool: Pool) -> None:
    """Evenly over nodes or zones, or not at all."""
    name, replicas = pool.app("spread"), pool.chance.randint(2, 6)
    key = pool.chance.choice([HOST_LABEL, ZONE_LABEL])
    rules = _spread(key, app=name)
    if pool.chance.random() < 0.3:
        rules[0]["nodeTaintsPolicy"] = "Honor"
    pool.workload(_replicated(pool, name, replicas), cpu="50m", topologySpreadConstraints=rules)
    if pool.chance.random() < 0.7:
        pool.budget(name, {"app": name}, maxUnavailable=1)


def broken(pool: Pool) -> None:
    """Some of the pods that a budget covers never get ready."""
    group = pool.app("broken")
    good, bad = pool.chance.randint(0, 3), pool.chance.randint(1, 2)
    if good:
        pool.workload(objects.deployment(f"{group}-good", good), group=group, cpu="50m")
    never = {"harness/never-ready": "true"}
    pool.workload(objects.deployment(f"{group}-bad", bad), group=group, cpu="50m", annotations=never)
    spare: list[Budget] = [{"maxUnavailable": 1}, {"minAvailable": max(1, good)}]
    budget = dict(pool.chance.choice(spare))
    if pool.chance.random() < 0.4:
        budget["unhealthyPodEvictionPolicy"] = "AlwaysAllow"
    pool.budget(group, {"group": group}, **budget)


def covered_twice(pool: Pool) -> None:
    """Two budgets select the same pods."""
    name = pool.app("covered-twice")
    pool.workload(objects.deployment(name, 2), cpu="50m")
    pool.budget(name, {"app": name}, maxUnavailable=1)
    pool.budget(f"{name}-too", {"app": name}, minAvailable=1)


def shared(pool: Pool) -> None:
    """One budget for two workloads."""
    group = pool.app("shared")
    for part in ("a", "b"):
        pool.workload(_replicated(pool, f"{group}-{part}", pool.chance.randint(1, 3)), group=group, cpu="50m")
    choices: list[Budget] = [{"maxUnavailable": 1}, {"minAvailable": "60%"}]
    pool.budget(group, {"group": group}, **pool.chance.choice(choices))


def host_port(pool: Pool) -> None:
    """A port of the node, which only one pod of a node can have."""
    name, replicas = pool.app("host-port"), pool.chance.randint(1, len(pool.nodes))
    manifest = _replicated(pool, name, replicas)
    port = {"containerPort": 8080, "hostPort": 8080 + len(pool.told)}
    manifest["spec"]["template"]["spec"]["containers"][0]["ports"] = [port]
    pool.workload(manifest, cpu="50m")
    if pool.chance.random() < 0.7:
        pool.budget(name, {"app": name}, maxUnavailable=1)


def pinned(pool: Pool) -> None:
    """Pods that can run on one node only."""
    name, replicas = pool.app("pinned"), pool.chance.randint(1, 3)
    manifest = _replicated(pool, name, replicas)
    pool.workload(manifest, cpu="50m", nodeSelector={HOST_LABEL: pool.chance.choice(pool.drained)})
    if pool.chance.random() < 0.7:
        pool.budget(name, {"app": name}, maxUnavailable=1)


def with_volumes(pool: Pool) -> None:
    """A volume for each pod, on one node or in one zone."""
    name, replicas = pool.app("volumes"), pool.chance.randint(1, 3)
    manifest = objects.stateful_set(name, replicas)
    manifest["spec"]["podManagementPolicy"] = pool.chance.choice(["Parallel", "OrderedReady"])
    storage = {"accessModes": ["ReadWriteOnce"], "storageClassName": "", "resources": {"requests": {"storage": "1Gi"}}}
    manifest["spec"]["volumeClaimTemplates"] = [{"metadata": {"name": "data"}, "spec": storage}]
    local = pool.chance.random() < 0.5
    early = [node for node in pool.nodes if not node.late]
    for number in range(replicas):
        node = pool.chance.choice(early)
        pool.volume(f"data-{name}-{number}", *((HOST_LABEL, [node.name]) if local else (ZONE_LABEL, [node.zone])))
    pool.workload(manifest, cpu="50m")
    if pool.chance.random() < 0.7:
        pool.budget(name, {"app": name}, maxUnavailable=1)


def slow_start(pool: Pool) -> None:
    """The budget frees, but each successor takes its time."""
    name, replicas = pool.app("slow-start"), pool.chance.randint(2, 4)
    manifest = _replicated(pool, name, replicas)
    pool.workload(manifest, cpu="50m", annotations={"harness/starts-after": f"{pool.chance.randint(4, 9)}s"})
    pool.budget(name, {"app": name}, maxUnavailable=1)


def slow_end(pool: Pool) -> None:
    """Pods that take their time to end."""
    name, replicas = pool.app("slow-end"), pool.chance.randint(1, 3)
    manifest = _replicated(pool, name, replicas)
    pool.workload(manifest, cpu="50m", annotations={"harness/ends-after": f"{pool.chance.randint(4, 9)}s"})
    if pool.chance.random() < 0.6:
        pool.budget(name, {"app": name}, maxUnavailable=1)


def bystanders(pool: Pool) -> None:
    """What a drain leaves alone, or only has to sweep up."""
    name = pool.app("bystander")
    what = pool.chance.choice(["daemon", "job", "bare", "scratch"])
    if what == "daemon":
        pool.workload(objects.daemon_set(name), cpu="20m")
    elif what == "job":
        pool.workload(objects.job(name), cpu="50m")
    elif what == "bare":
        pool.pod(objects.pod(name), cpu="50m", nodeName=pool.drained[0])
    else:
        volumes = [{"name": "scratch", "emptyDir": {}}]
        pool.workload(objects.deployment(name, 2), cpu="50m", volumes=volumes)


def operated(pool: Pool) -> None:
    """One pod under a budget of one, made by an operator who moves it when its node is cordoned."""
    name = pool.app("operated")
    pool.operated.append(name)
    pool.budget(name, {"app": name}, minAvailable=1)


def neighbours(pool: Pool) -> None:
    """Some want nobody of the others beside them."""
    shy, loud = pool.app("shy"), pool.app("loud")
    rule = _anti_affinity(HOST_LABEL, app=loud)
    pool.workload(objects.deployment(shy, pool.chance.randint(1, 2)), cpu="50m", affinity=rule)
    pool.workload(_replicated(pool, loud, pool.chance.randint(1, 3)), cpu="50m")
    for name in (shy, loud):
        pool.budget(name, {"app": name}, maxUnavailable=1)


def bare_covered(pool: Pool) -> None:
    """Pods that nobody makes anew, under a budget."""
    name = pool.app("bare-covered")
    number = pool.chance.randint(1, 2)
    for each in range(number):
        pool.pod(objects.pod(f"{name}-{each}", labels={"app": name}), cpu="50m", nodeName=pool.drained[0])
    choices: list[Budget] = [{"minAvailable": number}, {"minAvailable": number - 1}, {"maxUnavailable": 1}]
    budget = pool.chance.choice(choices)
    pool.budget(name, {"app": name}, **budget)


def held(pool: Pool) -> None:
    """A pod that its finalizer keeps, already being deleted."""
    name = pool.app("held")
    manifest = objects.pod(name, metadata={"finalizers": [FINALIZER]}, grace_period=0)
    pool.pod(manifest, cpu="50m", nodeName=pool.drained[0])


KINDS: tuple[tuple[Callable[[Pool], None], float], ...] = (
    (plain, 6),
    (none_to_spare, 3),
    (large, 4),
    (apart, 4),
    (spread, 4),
    (broken, 3),
    (covered_twice, 0.7),
    (shared, 2),
    (host_port, 2),
    (pinned, 2),
    (with_volumes, 3),
    (slow_start, 2),
    (slow_end, 2),
    (bystanders, 3),
    (operated, 0.6),
    (neighbours, 2),
    (bare_covered, 1),
    (held, 0.6),
)
