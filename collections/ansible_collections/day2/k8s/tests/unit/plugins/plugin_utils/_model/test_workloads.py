# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._model.volume import Claim, Volume
from ansible_collections.day2.k8s.plugins.plugin_utils._model.workloads import PODS, RESOURCES, Workloads
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import pod_json

DAEMONSETS = "/apis/apps/v1/daemonsets"
REPLICASETS = "/apis/apps/v1/replicasets"
AT = "2026-03-01T12:00:00Z"


def replica_set(name: str, replicas: int, running: int) -> dict[str, Any]:
    return {
        "metadata": {"namespace": "shop", "name": name, "uid": f"uid-{name}"},
        "spec": {"replicas": replicas},
        "status": {"replicas": running},
    }


def test_what_was_not_listed_is_unknown_and_not_missing() -> None:
    pods = [pod_json("agent", owner="DaemonSet/agent")]

    assert Workloads.from_api({PODS: pods}, taken_at=AT).missing_daemonsets == frozenset()
    assert Workloads.from_api({PODS: pods, DAEMONSETS: []}, taken_at=AT).missing_daemonsets == {"uid-agent"}


def test_old_replica_sets_without_pods_are_not_kept() -> None:
    raw = [replica_set("now", 2, 2), replica_set("old", 0, 0), replica_set("going", 0, 1)]

    assert set(Workloads.from_api({REPLICASETS: raw}, taken_at=AT).controllers) == {"uid-now", "uid-going"}


def test_lists_are_read_once_so_that_they_can_be_streamed() -> None:
    read: list[str] = []

    def stream(path: str) -> Any:
        read.append(path)
        yield from ()

    Workloads.from_api({path: stream(path) for path in RESOURCES}, taken_at=AT)

    assert sorted(read) == sorted(RESOURCES)


def test_a_claim_tells_whether_one_node_or_one_pod_has_it() -> None:
    def claim(*modes: str, phase: str = "Bound") -> Claim:
        spec = {"volumeName": "pv", "accessModes": list(modes)}
        return Claim.from_api(
            {"metadata": {"namespace": "shop", "name": "data"}, "spec": spec, "status": {"phase": phase}}
        )

    assert [claim(mode).one_node for mode in ("ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany")] == [
        True,
        True,
        False,
    ]
    assert not claim("ReadWriteOnce", "ReadWriteMany").one_node
    assert (claim("ReadWriteOncePod").one_pod, claim("ReadWriteOnce").one_pod) == (True, False)
    assert claim("ReadWriteOnce", phase="Pending").volume == ""


def test_a_volumes_zone_label_may_name_several_zones() -> None:
    labels = {"topology.kubernetes.io/zone": "a__b", "app": "x"}

    volume = Volume.from_api({"metadata": {"name": "pv", "labels": labels}, "spec": {}})

    assert volume.zones == (("topology.kubernetes.io/zone", frozenset("ab")),)
    assert volume.node_affinity is None
