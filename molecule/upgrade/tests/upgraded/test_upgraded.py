# SPDX-License-Identifier: GPL-3.0-or-later
"""After the upgrade, and after the same run again: everything is at the target, and nothing of the run is left."""

from __future__ import annotations

import re
from typing import Any

import yaml

from lab.cluster.spec import Node
from tests.e2e import probe
from tests.e2e.lab_cluster import LabCluster

# All that our identity ever has to change; anything else would be a write that the docs do not name.
ALLOWED_WRITES = (
    r"patch /api/v1/nodes/[^/?]+(\?.*)?",
    r"create /api/v1/namespaces/[^/]+/pods/[^/]+/eviction(\?.*)?",
    r"\w+ /apis/coordination\.k8s\.io/v1/namespaces/day2-system/leases.*",
    r"\w+ /api/v1/namespaces/day2-system/configmaps.*",
    r"create /(api|apis/events\.k8s\.io)/v1/namespaces/[^/]+/events.*",
)
# What a client may notice at most; the figures themselves are printed, and are to become zero.
LONGEST_GAP_SECONDS = 15.0


def test_every_node_runs_the_target_and_is_in_use(cluster: LabCluster) -> None:
    for node in cluster.items("/api/v1/nodes"):
        name = node["metadata"]["name"]
        assert node["status"]["nodeInfo"]["kubeletVersion"] == f"v{cluster.target}", name
        assert not node["spec"].get("unschedulable"), name
        assert _condition(node, "Ready") == "True", name


def test_nothing_of_the_run_is_left_on_nodes(cluster: LabCluster) -> None:
    left = {
        node["metadata"]["name"]: own
        for node in cluster.items("/api/v1/nodes")
        if (own := [key for key in node["metadata"].get("annotations") or {} if key.startswith("day2.k8s/")])
    }

    assert left == {}


def test_the_lock_is_free(cluster: LabCluster) -> None:
    leases = cluster.items("/apis/coordination.k8s.io/v1/namespaces/day2-system/leases")

    assert [lease["metadata"]["name"] for lease in leases if lease["spec"].get("holderIdentity")] == []


def test_kubeadm_knows_the_new_version(cluster: LabCluster) -> None:
    config = cluster.get("/api/v1/namespaces/kube-system/configmaps/kubeadm-config")["data"]["ClusterConfiguration"]

    assert yaml.safe_load(config)["kubernetesVersion"] == f"v{cluster.target}"


def test_packages_are_at_the_target_and_still_held(cluster: LabCluster, node: Node) -> None:
    host = cluster.host(node)

    for name in ("kubeadm", "kubelet", "kubectl"):
        assert host.package(name).version.startswith(f"{cluster.target}-"), name
    assert set(host.check_output("apt-mark showhold").split()) >= {"kubeadm", "kubelet", "kubectl"}


def test_no_work_unit_is_left_on_a_node(cluster: LabCluster, node: Node) -> None:
    units = cluster.host(node).check_output("systemctl list-units --all --plain --no-legend 'day2*'")

    assert units == ""


def test_static_pods_are_at_the_target(cluster: LabCluster, control_plane: Node) -> None:
    host = cluster.host(control_plane)

    for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler"):
        manifest = yaml.safe_load(host.file(f"/etc/kubernetes/manifests/{name}.yaml").content_string)
        assert manifest["spec"]["containers"][0]["image"].endswith(f":v{cluster.target}"), name


def test_workloads_are_complete(cluster: LabCluster) -> None:
    incomplete = [
        item["metadata"]["name"]
        for kind in ("deployments", "statefulsets")
        for item in cluster.items(f"/apis/apps/v1/namespaces/shop/{kind}")
        if item["status"].get("readyReplicas", 0) != item["spec"]["replicas"]
    ]

    assert incomplete == []


def test_our_identity_wrote_only_what_it_has_to(cluster: LabCluster) -> None:
    writes = cluster.writes()

    assert writes, "the upgrade wrote nothing?"
    assert [write for write in writes if not any(re.fullmatch(allowed, write) for allowed in ALLOWED_WRITES)] == []


def test_clients_were_served_throughout() -> None:
    probe.stop()
    found = probe.figures()

    for series in found:
        print("availability", *(f"{key}={value}" for key, value in series.items()))
    asked = {f"{target}-{kind}" for target in ("web", "api", "service") for kind in ("new", "reused")}
    assert {series["series"] for series in found} == asked
    assert max(series["longest_gap_seconds"] for series in found) < LONGEST_GAP_SECONDS


def _condition(node: dict[str, Any], name: str) -> str:
    return next(str(c["status"]) for c in node["status"]["conditions"] if c["type"] == name)
