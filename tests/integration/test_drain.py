# SPDX-License-Identifier: GPL-3.0-or-later
"""Drains against the real eviction API, disruption controller, scheduler and workload controllers."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.state import Ending
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.connection import ConnectionOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.transport import Transport
from ansible_collections.day2.k8s.plugins.plugin_utils._model.annotations import CordonOwner
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from tests.harness import objects
from tests.harness.cluster import PRODUCT, Cluster, is_ready
from tests.harness.wait import eventually
from tests.integration.door import Door
from tests.integration.drains import SETTLE, Site, actions, only


def test_a_deployment_moves_to_another_node(site: Site) -> None:
    site.cluster.create(objects.deployment("web", 6, **site.place()), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 6)
    site.open_other()
    started = time.monotonic()

    result = site.run()

    assert result.ending is Ending.DRAINED
    assert site.here() == []
    assert set(actions(result).values()) == {"evicted"}
    assert SETTLE <= time.monotonic() - started < SETTLE + 8
    assert {p["spec"]["nodeName"] for p in site.cluster.wait_for_pods(site.namespace, 6)} == {site.other}


def test_an_uncordoned_node_is_cordoned_first_in_our_name(site: Site) -> None:
    result = site.run()

    assert result.changed
    assert site.is_cordoned()
    assert '"run":"run-1"' in site.cluster.node(site.drained)["metadata"]["annotations"][CordonOwner.key]


def test_a_budget_is_kept_at_every_moment(site: Site) -> None:
    site.cluster.create(objects.deployment("web", 4, **site.place()), site.namespace)
    site.cluster.create(objects.budget("web", minAvailable=3), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 4)
    site.cluster.wait_for_budget(site.namespace, "web", 1)
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
    assert site.here() == []
    assert min(ready) >= 3


def test_a_budget_that_frees_later_ends_in_a_drained_node(site: Site) -> None:
    """T01"""
    site.cluster.create(objects.deployment("web", 2, **site.place()), site.namespace)
    site.cluster.create(objects.budget("web", maxUnavailable=0), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 2)
    site.cluster.wait_for_budget(site.namespace, "web", 0)
    site.open_other()
    budget = f"/apis/policy/v1/namespaces/{site.namespace}/poddisruptionbudgets/web"
    timer = threading.Timer(8, site.cluster.admin.merge, (budget, {"spec": {"maxUnavailable": 1}}))
    timer.start()
    since = site.cluster.audit.position()

    result = site.run(timeout=60)

    assert result.ending is Ending.DRAINED
    assert site.here() == []
    # Two pods, tried once each and then in turns: no hot loop.
    assert len(site.evictions(since)) <= 2 + 2 * 12


def test_a_budget_that_never_frees_fails_at_the_deadline_naming_pods_and_budget(site: Site) -> None:
    """T02, in the drain itself"""
    site.cluster.create(objects.deployment("web", 2, **site.place()), site.namespace)
    site.cluster.create(objects.deployment("free", 1, **site.place()), site.namespace)
    site.cluster.create(objects.budget("web", minAvailable=2), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 3)
    site.cluster.wait_for_budget(site.namespace, "web", 0)
    site.open_other()
    started = time.monotonic()

    result = site.run(timeout=8)

    assert 8 <= time.monotonic() - started < 12
    assert result.ending is Ending.TIMED_OUT
    finding = only(result.findings)
    assert finding.code == "D2-DRAIN-001"
    assert finding.subject == f"PodDisruptionBudget/{site.namespace}/web"
    assert "needs 2 healthy, has 2" in finding.message
    assert "even with all of its pods healthy" in finding.message
    left = site.here()
    assert len(left) == 2
    assert all(f"{site.namespace}/{name}" in finding.message for name in left)
    assert "1 of 3 pods were evicted" in result.state
    assert "cordoned, by this task" in result.state
    assert sorted(actions(result).values()) == ["blocked", "blocked", "evicted"]


def test_a_pod_without_a_controller_refuses_the_drain_before_anything_is_touched(site: Site) -> None:
    site.cluster.create(objects.deployment("web", 1, **site.place()), site.namespace)
    site.cluster.create(objects.pod("alone", node_name=site.drained), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 2)
    since = site.cluster.audit.position()

    result = site.run()

    assert result.ending is Ending.REFUSED
    assert only(result.findings).code == "D2-DRAIN-002"
    assert result.state == "nothing was changed"
    assert site.cluster.audit.writes(PRODUCT, since) == []
    assert not site.is_cordoned()


def test_a_pod_without_a_controller_goes_with_force_and_its_local_data_only_when_allowed(site: Site) -> None:
    """T11"""
    volumes = [{"name": "scratch", "emptyDir": {}}]
    site.cluster.create(objects.pod("alone", node_name=site.drained, volumes=volumes), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 1)

    without_force = site.run(delete_emptydir_data=True)
    without_data = site.run(force=True)
    with_both = site.run(force=True, delete_emptydir_data=True)

    assert only(without_force.findings).code == "D2-DRAIN-002"
    assert only(without_data.findings).code == "D2-DRAIN-003"
    assert with_both.ending is Ending.DRAINED
    assert site.here() == []


def test_pods_of_a_daemonset_stay(site: Site) -> None:
    site.cluster.create(objects.daemon_set("agent", **site.place()), site.namespace)
    eventually("the agent runs", site.here)

    result = site.run()

    assert result.ending is Ending.DRAINED
    assert list(actions(result).values()) == ["ignored"]
    assert len(site.here()) == 1


def test_a_pod_whose_daemonset_is_gone_goes_only_with_force(site: Site) -> None:
    """T12"""
    site.cluster.create(objects.daemon_set("agent", **site.place()), site.namespace)
    eventually("the agent runs", site.here)
    path = f"/apis/apps/v1/namespaces/{site.namespace}/daemonsets/agent"
    site.cluster.control_plane.pause("kube-controller-manager")  # else the garbage collector is faster
    try:
        site.cluster.admin.delete(path, propagationPolicy="Orphan")
        site.cluster.admin.merge(path, {"metadata": {"finalizers": None}})

        refused = site.run()
        forced = site.run(force=True)
    finally:
        site.cluster.control_plane.resume("kube-controller-manager")

    assert only(refused.findings).code == "D2-DRAIN-004"
    assert forced.ending is Ending.DRAINED
    assert [warning.code for warning in forced.warnings] == ["D2-DRAIN-004"]
    assert site.here() == []


def test_finished_pods_are_removed_without_asking_for_anything(site: Site) -> None:
    """T13"""
    volumes = [{"name": "scratch", "emptyDir": {}}]
    site.cluster.create(objects.pod("done", node_name=site.drained, volumes=volumes), site.namespace)
    path = f"/api/v1/namespaces/{site.namespace}/pods/done"
    site.cluster.wait_for_pods(site.namespace, 1)
    site.cluster.admin.merge(f"{path}/status", {"status": {"phase": "Succeeded"}})

    result = site.run()

    assert result.ending is Ending.DRAINED
    assert site.here() == []


def test_static_pods_are_left_alone(site: Site) -> None:
    """T15"""
    mirror = objects.pod(
        "static", node_name=site.drained, annotations={"kubernetes.io/config.mirror": "0123456789abcdef"}
    )
    site.cluster.create(mirror, site.namespace)

    result = site.run()

    assert actions(result) == {"static": "ignored"}
    assert site.here() == ["static"]


def test_a_pod_held_by_a_finalizer_fails_the_drain_and_is_told_apart_from_a_budget(site: Site) -> None:
    """T09, T18"""
    held = objects.pod("held", node_name=site.drained, metadata={"finalizers": ["example.com/hold"]})
    site.cluster.create(held, site.namespace)
    site.cluster.wait_for_pods(site.namespace, 1)
    since = site.cluster.audit.position()

    result = site.run(timeout=3, force=True)

    assert result.ending is Ending.TIMED_OUT
    finding = only(result.findings)
    assert finding.subject == f"{site.namespace}/held"
    assert "deletionTimestamp set but still on node" in finding.message
    assert "example.com/hold" in finding.message
    assert actions(result) == {"held": "terminating"}
    assert len(site.evictions(since)) == 1

    again = site.run(timeout=3)

    assert again.ending is Ending.TIMED_OUT
    assert len(site.evictions(since)) == 1, "a terminating pod was evicted again"


def test_a_successor_of_the_same_name_does_not_keep_the_drain_waiting(site: Site) -> None:
    """T07"""
    site.cluster.create(objects.stateful_set("db", 3, **site.place()), site.namespace)
    before = {pod["metadata"]["uid"] for pod in site.cluster.wait_for_pods(site.namespace, 3)}
    site.open_other()

    result = site.run()

    assert result.ending is Ending.DRAINED
    after = site.cluster.wait_for_pods(site.namespace, 3)
    assert sorted(pod["metadata"]["name"] for pod in after) == ["db-0", "db-1", "db-2"]
    assert not before & {pod["metadata"]["uid"] for pod in after}


def test_two_budgets_on_one_pod_are_named_before_anything_is_touched(site: Site) -> None:
    """T04"""
    site.cluster.create(objects.deployment("web", 2, **site.place()), site.namespace)
    site.cluster.create(objects.budget("one", app="web", minAvailable=1), site.namespace)
    site.cluster.create(objects.budget("two", app="web", minAvailable=1), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 2)
    since = site.cluster.audit.position()

    result = site.run()

    assert result.ending is Ending.REFUSED
    assert {finding.code for finding in result.findings} == {"D2-DRAIN-005"}
    assert f"{site.namespace}/one, {site.namespace}/two" in result.findings[0].message
    assert site.cluster.audit.writes(PRODUCT, since) == []


def test_unready_pods_with_always_allow_go_although_the_budget_is_exhausted(site: Site) -> None:
    """T30"""
    never_ready = {"harness/never-ready": "true"}
    site.cluster.create(objects.deployment("web", 2, annotations=never_ready, **site.place()), site.namespace)
    budget = objects.budget("web", minAvailable=2, unhealthyPodEvictionPolicy="AlwaysAllow")
    site.cluster.create(budget, site.namespace)
    site.cluster.wait_for_pods(site.namespace, 2, ready=False)
    site.open_other()

    assert imagined(site) == ["would_evict", "would_evict"]
    assert site.run().ending is Ending.DRAINED


def imagined(site: Site) -> list[str]:
    return sorted(pod.action for pod in site.imagine().pods)


def test_check_mode_counts_what_evictions_use_up_and_writes_nothing(site: Site) -> None:
    """T27"""
    site.cluster.create(objects.deployment("web", 2, **site.place()), site.namespace)
    site.cluster.create(objects.budget("web", minAvailable=1), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 2)
    site.cluster.wait_for_budget(site.namespace, "web", 1)
    since = site.cluster.audit.position()

    assert imagined(site) == ["would_evict", "would_wait"]

    assert site.cluster.audit.writes(PRODUCT, since) == []
    assert not site.is_cordoned()


def test_a_pod_bound_after_the_cordon_is_caught(site: Site) -> None:
    """T21"""
    late = objects.pod("late", node_name=site.drained, tolerations=[{"operator": "Exists"}])
    timer = threading.Timer(2, site.cluster.create, (late, site.namespace))
    timer.start()

    result = site.run(force=True, settle=5)

    timer.join()
    assert result.ending is Ending.DRAINED
    assert actions(result) == {"late": "evicted"}
    assert site.here() == []


def test_a_cordon_lifted_meanwhile_is_set_again(site: Site) -> None:
    path = f"/api/v1/nodes/{site.drained}"
    timer = threading.Timer(2, site.cluster.admin.merge, (path, {"spec": {"unschedulable": None}}))
    timer.start()
    started = time.monotonic()

    result = site.run(settle=4)

    timer.join()
    assert result.ending is Ending.DRAINED
    assert site.is_cordoned()
    assert time.monotonic() - started >= 2 + 4, "counted from the first cordon"


def test_grace_period_zero_is_sent_and_ends_pods_at_once(site: Site) -> None:
    """T16"""
    slow = {"harness/ends-after": "60s"}
    site.cluster.create(objects.deployment("web", 2, annotations=slow, **site.place()), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 2)
    site.open_other()

    result = site.run(grace_period_seconds=0)

    assert result.ending is Ending.DRAINED
    assert site.here() == []
    assert result.seconds < 20, "the pods' own minute was waited for"


def test_a_drain_outlasts_an_api_that_is_away_for_a_moment(site: Site) -> None:
    slow = {"harness/ends-after": "4s"}
    site.cluster.create(objects.deployment("web", 3, annotations=slow, **site.place()), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 3)
    site.open_other()
    door = Door(("127.0.0.1", int(site.cluster.server.rpartition(":")[2])))
    through_door = Transport(
        ConnectionOptions(
            host=f"https://127.0.0.1:{door.port}",
            api_key=site.cluster.product_token,
            ca_cert=str(site.cluster.control_plane.ca),
        )
    )
    timers = [threading.Timer(1.5, door.shut), threading.Timer(6, door.open)]
    for timer in timers:
        timer.start()

    try:
        result = site.run(transport=through_door)
    finally:
        for timer in timers:
            timer.join()
        door.close()

    assert result.ending is Ending.DRAINED
    assert site.here() == []
    assert any("the API does not answer" in line for line in site.said)


def test_a_full_node_is_drained_without_flooding_the_api(site: Site) -> None:
    """T29"""
    site.cluster.create(objects.deployment("many", 60, grace_period=0, **site.place()), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 60)
    site.open_other()
    since = site.cluster.audit.position()

    result = site.run(timeout=60)

    assert result.ending is Ending.DRAINED
    received = sorted(datetime.fromisoformat(e["requestReceivedTimestamp"][:26]) for e in site.evictions(since))
    assert len(received) == 60
    second = timedelta(seconds=1)
    busiest = max(sum(start <= at < start + second for at in received) for start in received)
    assert busiest <= 20 + 3, "more than the pace and what waited for a thread"


def test_missing_rights_fail_at_once(site: Site, cluster: Cluster) -> None:
    answer = cluster.admin.post(
        f"/api/v1/namespaces/{site.namespace}/serviceaccounts/default/token",
        {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}},
    )
    powerless = Transport(
        ConnectionOptions(host=cluster.server, api_key=answer["status"]["token"], ca_cert=str(cluster.control_plane.ca))
    )

    with pytest.raises(Day2Error) as refusal:
        site.run(transport=powerless)

    assert [finding.code for finding in refusal.value.findings] == ["D2-CLUSTER-003"]
    assert not refusal.value.begun


def test_a_drain_returns_only_when_no_evicted_pod_is_left(site: Site) -> None:
    """T10"""
    slow = {"harness/ends-after": "6s"}
    site.cluster.create(objects.deployment("web", 4, annotations=slow, **site.place()), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 4)
    site.open_other()
    since = site.cluster.audit.position()

    result = site.run()

    assert result.ending is Ending.DRAINED
    assert result.seconds >= 6
    assert site.here() == []
    assert len(site.evictions(since)) == 4, "a terminating pod was evicted again"


def test_unready_pods_under_a_budget_that_keeps_them_make_it_recommend_to_let_them_go(site: Site) -> None:
    """T30"""
    never_ready = {"harness/never-ready": "true"}
    site.cluster.create(objects.deployment("web", 2, annotations=never_ready, **site.place()), site.namespace)
    site.cluster.create(objects.budget("web", minAvailable=2), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 2, ready=False)
    site.open_other()

    result = site.run(timeout=5)

    assert result.ending is Ending.TIMED_OUT
    assert "unhealthyPodEvictionPolicy: AlwaysAllow" in only(result.findings).remedy


def test_a_namespace_that_is_being_deleted_ends_the_drain_by_itself(site: Site) -> None:
    """Its pods go anyway; that none of them can be evicted any more is no failure."""
    slow = {"harness/ends-after": "3s"}
    name = f"{site.namespace}-going"
    site.cluster.create_namespace(name)
    site.cluster.create(objects.deployment("web", 2, annotations=slow, **site.place()), name)
    site.cluster.wait_for_pods(name, 2)
    site.cluster.admin.delete(f"/api/v1/namespaces/{name}")

    assert site.run(timeout=60).ending is Ending.DRAINED
    assert site.here() == []


def test_longer_graces_are_evicted_first(site: Site) -> None:
    """T29: several are on their way at once, so that neighbours may change places and the two ends may not."""
    for name, grace in (("short", 1), ("long", 60)):
        site.cluster.create(objects.deployment(name, 10, grace_period=grace, **site.place()), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 20)
    site.open_other()
    since = site.cluster.audit.position()

    site.run()

    order = [name.partition("-")[0] for name in site.evicted(since)]
    assert order[:4] == ["long"] * 4
    assert order[-4:] == ["short"] * 4
