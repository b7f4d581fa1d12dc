# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml

from lab.cluster import kubeadm
from lab.cluster.record import ClusterRecord
from lab.cluster.spec import Node


def _init(record: ClusterRecord) -> dict[str, dict[str, Any]]:
    text = kubeadm.init_config(record, record.control_planes[0], token="t.s", certificate_key="k")
    return {document["kind"]: document for document in yaml.safe_load_all(text)}


def _join(record: ClusterRecord, node: Node) -> dict[str, Any]:
    text = kubeadm.join_config(record, node, token="t.s", certificate_key="k", ca_hash="abc")
    document = yaml.safe_load(text)
    assert isinstance(document, dict)
    return document


def test_the_cluster_is_reached_through_its_load_balancer(make_record: Callable[..., ClusterRecord]) -> None:
    cluster = _init(make_record())["ClusterConfiguration"]
    assert cluster["controlPlaneEndpoint"] == "10.201.0.1:6443"
    assert cluster["kubernetesVersion"] == "v1.35.4"
    assert cluster["clusterName"] == "demo"


def test_the_api_server_writes_an_audit_log_that_outlives_it(make_record: Callable[..., ClusterRecord]) -> None:
    server = _init(make_record())["ClusterConfiguration"]["apiServer"]
    flags = {flag["name"]: flag["value"] for flag in server["extraArgs"]}
    mounted = {volume["mountPath"] for volume in server["extraVolumes"]}
    assert flags["audit-log-path"] == "/var/log/kubernetes/audit/audit.log"
    assert {"/var/log/kubernetes/audit", flags["audit-policy-file"]} == mounted


def test_all_kubeadm_documents_are_of_the_version_that_both_minors_read(
    make_record: Callable[..., ClusterRecord],
) -> None:
    documents = _init(make_record())
    for kind in ("InitConfiguration", "ClusterConfiguration"):
        assert documents[kind]["apiVersion"] == "kubeadm.k8s.io/v1beta4"


def test_nodes_register_with_their_zone(make_record: Callable[..., ClusterRecord]) -> None:
    record = make_record(zones="left,right")
    for node in record.nodes:
        flags = _join(record, node)["nodeRegistration"]["kubeletExtraArgs"]
        assert {"name": "node-labels", "value": f"topology.kubernetes.io/zone={node.zone}"} in flags


def test_only_control_planes_join_as_control_planes(make_record: Callable[..., ClusterRecord]) -> None:
    record = make_record()
    assert _join(record, record.control_planes[1])["controlPlane"]["certificateKey"] == "k"
    assert "controlPlane" not in _join(record, record.workers[0])


def test_joining_nodes_prove_the_authority_they_talk_to(make_record: Callable[..., ClusterRecord]) -> None:
    record = make_record()
    discovery = _join(record, record.workers[0])["discovery"]["bootstrapToken"]
    assert discovery["caCertHashes"] == ["sha256:abc"]
    assert "unsafeSkipCAVerification" not in discovery


def test_without_workers_the_control_plane_takes_workloads(make_record: Callable[..., ClusterRecord]) -> None:
    alone = _init(make_record(control_planes=1, workers=0))["InitConfiguration"]
    assert alone["nodeRegistration"]["taints"] == []
    assert "taints" not in _init(make_record())["InitConfiguration"]["nodeRegistration"]
