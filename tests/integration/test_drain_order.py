# SPDX-License-Identifier: GPL-3.0-or-later
"""In which order pods leave, and which are left to finish or to stay."""

from __future__ import annotations

import threading
from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.rules import parse
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.state import Ending
from tests.harness import objects
from tests.harness.cluster import is_ready
from tests.integration.drains import Site, actions, only

CLAIM = {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}


def with_storage(site: Site, name: str, **spec: Any) -> None:
    """A pod that uses a persistent volume, bound to the node as its scheduler would once the volume is."""
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    site.cluster.create(claim, site.namespace)
    site.cluster.create(objects.pod(name, node_name=site.drained, volumes=[CLAIM], **spec), site.namespace)


def test_storage_is_not_touched_before_the_other_pods_are_gone_and_critical_pods_go_last(site: Site) -> None:
    """T26"""
    slow = {"harness/ends-after": "3s"}
    with_storage(site, "db", annotations=slow)
    site.cluster.create(objects.pod("web", node_name=site.drained, annotations=slow), site.namespace)
    site.cluster.create(
        objects.pod("dns", node_name=site.drained, priorityClassName="system-cluster-critical"), site.namespace
    )
    site.cluster.wait_for_pods(site.namespace, 3)
    since = site.cluster.audit.position()

    result = site.run(force=True)

    assert result.ending is Ending.DRAINED
    assert site.evicted(since) == ["web", "db", "dns"]
    assert result.seconds >= 3 + 3
    assert {pod.name: pod.order for pod in result.pods} == {"web": 0, "db": 100, "dns": 200}


def test_a_rule_puts_pods_before_or_after_others(site: Site) -> None:
    """T26"""
    for name in ("first", "second", "third"):
        site.cluster.create(objects.pod(name, node_name=site.drained), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 3)
    since = site.cluster.audit.position()
    rules = parse(
        [
            {"namespaces": [site.namespace], "pod_selector": "app=first", "order": -1},
            {"namespaces": ["test-*"], "pod_selector": "app=third", "order": 1},
        ]
    )

    result = site.run(force=True, rules=rules)

    assert result.ending is Ending.DRAINED
    assert site.evicted(since) == ["first", "second", "third"]


def test_a_job_is_left_to_finish_and_its_pod_removed(site: Site) -> None:
    site.cluster.create(objects.job("import", **site.place()), site.namespace)
    site.cluster.create(objects.deployment("web", 1, **site.place()), site.namespace)
    since = site.cluster.audit.position()

    result = site.run(rules=parse([{"pod_selector": "app=import", "action": "wait_completed"}]))

    assert result.ending is Ending.DRAINED
    assert site.here() == []
    finished = [pod for pod in result.pods if pod.name.startswith("import")]
    assert {pod.action for pod in finished} <= {"evicted", "gone"}
    assert len([name for name in site.evicted(since) if name.startswith("import")]) <= len(finished)


def test_a_pod_that_does_not_finish_in_time_is_not_evicted(site: Site) -> None:
    site.cluster.create(objects.deployment("web", 1, **site.place()), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 1)
    since = site.cluster.audit.position()

    result = site.run(timeout=4, rules=parse([{"pod_selector": "app=web", "action": "wait_completed"}]))

    assert result.ending is Ending.TIMED_OUT
    assert "has not completed" in only(result.findings).message
    assert site.evictions(since) == []


def test_a_pod_that_a_rule_skips_stays(site: Site) -> None:
    site.cluster.create(objects.pod("stays", node_name=site.drained), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 1)

    result = site.run(rules=parse([{"namespaces": [site.namespace], "action": "skip"}]))

    assert result.ending is Ending.DRAINED
    assert actions(result) == {"stays": "ignored"}
    assert site.here() == ["stays"]


def test_critical_pods_without_a_budget_leave_one_after_the_other(site: Site) -> None:
    """T33"""
    critical = {"priorityClassName": "system-cluster-critical", **site.place()}
    site.cluster.create(objects.deployment("dns", 2, **critical), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 2)
    site.open_other()
    done = threading.Event()
    ready: list[int] = []

    def watch() -> None:
        while not done.is_set():
            pods = site.cluster.pods(site.namespace)
            ready.append(sum(is_ready(pod) and "deletionTimestamp" not in pod["metadata"] for pod in pods))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        result = site.run()
    finally:
        done.set()
        watcher.join()

    assert result.ending is Ending.DRAINED
    assert result.warnings == ()
    assert min(ready) >= 1
