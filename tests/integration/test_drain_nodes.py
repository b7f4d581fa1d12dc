# SPDX-License-Identifier: GPL-3.0-or-later
"""Several nodes drained together, nodes that are not heard, volumes, and what is told on a Node."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.rules import parse
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.state import Ending
from tests.harness import objects
from tests.harness.cluster import PRODUCT, Cluster
from tests.harness.wait import eventually
from tests.integration.drains import Site, actions, only

EVERYTHING = [{"operator": "Exists"}]


def attachment(name: str, node: str) -> dict[str, object]:
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "VolumeAttachment",
        "metadata": {"name": name},
        "spec": {"attacher": "csi.example.com", "nodeName": node, "source": {"persistentVolumeName": f"pv-{name}"}},
    }


def attach(site: Site, name: str) -> str:
    """A volume attached to the drained node, as its driver would report; returns its path."""
    path = "/apis/storage.k8s.io/v1/volumeattachments"
    site.cluster.admin.post(path, attachment(name, site.drained))
    site.cluster.admin.merge(f"{path}/{name}/status", {"status": {"attached": True}})
    return f"{path}/{name}"


def silence(cluster: Cluster, node: str) -> None:
    """What the node controller writes once a kubelet has not been heard for long."""
    ready = {"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown", "message": "not heard"}
    cluster.admin.merge(f"/api/v1/nodes/{node}/status", {"status": {"conditions": [ready]}})


def test_nodes_drained_together_are_all_cordoned_before_the_first_eviction(
    site: Site, make_node: Callable[..., str]
) -> None:
    third = make_node(labels={"test": site.namespace})
    site.cluster.create(objects.deployment("web", 8, **site.place()), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 8)
    since = site.cluster.audit.position()

    results = site.run_all(site.drained, third, timeout=60)

    assert [result.ending for result in results] == [Ending.DRAINED, Ending.DRAINED]
    assert site.here() == site.here(third) == []
    writes = [w for w in site.cluster.audit.writes(PRODUCT, since) if "/events" not in w]
    assert ["patch" in write for write in writes] == [True, True, *[False] * 8]


def test_nodes_drained_together_keep_a_budget_that_spans_them_without_asking_for_each_pod(
    site: Site, make_node: Callable[..., str]
) -> None:
    third = make_node(labels={"test": site.namespace})
    site.cluster.create(objects.deployment("web", 6, **site.place()), site.namespace)
    site.cluster.create(objects.budget("web", maxUnavailable=0), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 6)
    site.cluster.wait_for_budget(site.namespace, "web", 0)
    since = site.cluster.audit.position()

    results = site.run_all(site.drained, third, timeout=6)

    assert {result.ending for result in results} == {Ending.TIMED_OUT}
    assert len(site.evictions(since)) <= 6 / 0.75 + 2, "each node asked on its own"


def test_one_pod_that_may_not_be_evicted_refuses_the_drain_of_all_nodes(
    site: Site, make_node: Callable[..., str]
) -> None:
    third = make_node(labels={"test": site.namespace})
    site.cluster.create(objects.pod("alone", node_name=third), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 1)
    since = site.cluster.audit.position()

    results = site.run_all(site.drained, third)

    assert {result.ending for result in results} == {Ending.REFUSED}
    assert site.cluster.audit.writes(PRODUCT, since) == []


def test_pods_that_tolerate_the_cordon_are_named_and_not_chased_for_ever(site: Site) -> None:
    site.cluster.create(objects.deployment("web", 2, tolerations=EVERYTHING, **site.place()), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 2)
    site.cluster.admin.merge(f"/api/v1/nodes/{site.other}", {"metadata": {"labels": {"test": None}}})
    subject = f"Deployment/{site.namespace}/web"

    refused = site.run(timeout=60)
    accepted = site.run(timeout=60, accepted=frozenset({("D2-DRAIN-008", subject)}))

    assert refused.ending is Ending.FAILED
    assert [(f.code, f.subject) for f in refused.findings] == [("D2-DRAIN-008", subject)]
    assert refused.warnings[0].subject == subject
    assert accepted.ending is Ending.DRAINED
    assert "ignored" in actions(accepted).values()


def test_a_node_that_is_not_heard_is_drained_in_bounded_time(site: Site) -> None:
    """T19"""
    stuck = {"finalizers": ["example.com/hold"]}
    site.cluster.create(objects.pod("stuck", node_name=site.drained, metadata=stuck), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 1)
    attach(site, f"{site.namespace}-unheard")
    site.cluster.control_plane.pause("kwok")  # which would let the node be heard again
    try:
        silence(site.cluster, site.drained)

        result = site.run(force=True)
    finally:
        site.cluster.control_plane.resume("kwok")

    assert result.ending is Ending.DRAINED
    assert result.seconds < 15
    assert [warning.code for warning in result.warnings] == ["D2-DRAIN-009"]
    assert actions(result) == {"stuck": "terminating"}


def test_volumes_are_waited_for_after_the_pods_are_gone(site: Site) -> None:
    """T25"""
    path = attach(site, f"{site.namespace}-data")
    timer = threading.Timer(5, site.cluster.admin.delete, (path,))
    timer.start()

    result = site.run()

    timer.join()
    assert result.ending is Ending.DRAINED
    assert result.seconds >= 4
    assert any("volumes to be detached: pv-" in line for line in site.said)


def test_volumes_that_stay_attached_fail_the_drain_by_name(site: Site) -> None:
    """T25"""
    path = attach(site, f"{site.namespace}-data")

    result = site.run(volume_detach_seconds=4)

    site.cluster.admin.delete(path)
    assert result.ending is Ending.FAILED
    finding = only(result.findings)
    assert finding.code == "D2-DRAIN-010"
    assert f"pv-{site.namespace}-data" in finding.message


def test_the_volume_of_a_pod_that_stays_is_not_waited_for(site: Site) -> None:
    """T25"""
    name = f"{site.namespace}-logs"
    path = attach(site, name)
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "logs"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
            "storageClassName": "",
            "volumeName": f"pv-{name}",
        },
    }
    site.cluster.create(claim, site.namespace)
    volume = {"name": "logs", "persistentVolumeClaim": {"claimName": "logs"}}
    site.cluster.create(objects.pod("agent", node_name=site.drained, volumes=[volume]), site.namespace)

    result = site.run(volume_detach_seconds=4, rules=parse([{"namespaces": [site.namespace], "action": "skip"}]))

    site.cluster.admin.delete(path)
    assert result.ending is Ending.DRAINED


def test_events_on_the_node_tell_of_beginning_budget_and_end(site: Site) -> None:
    site.cluster.create(objects.deployment("web", 2, **site.place()), site.namespace)
    site.cluster.create(objects.budget("web", maxUnavailable=0), site.namespace)
    site.cluster.wait_for_pods(site.namespace, 2)
    site.cluster.wait_for_budget(site.namespace, "web", 0)

    site.run(timeout=20)

    def events() -> list[tuple[str, str]]:
        found = site.cluster.admin.list(
            "/api/v1/namespaces/default/events",
            fieldSelector=f"involvedObject.kind=Node,involvedObject.name={site.drained},source=day2.k8s",
        )
        told = [(event["reason"], event["type"]) for event in found]
        return told if len(told) == 3 else []

    assert sorted(eventually("all events are there", events)) == [
        ("DrainBlocked", "Warning"),
        ("DrainFailed", "Warning"),
        ("DrainStarted", "Normal"),
    ]
