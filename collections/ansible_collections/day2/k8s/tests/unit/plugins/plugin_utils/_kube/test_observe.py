# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._kube import observe
from ansible_collections.day2.k8s.plugins.plugin_utils._model.api_error import ApiError
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.plugins.plugin_utils._model.workloads import PODS
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import AT, OLD, UID
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fake_api import Expected, ScriptedApi
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.readable_api import (
    CONTROL_PLANE,
    WORKERS,
    ReadableApi,
)
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import pod_json

CONFIG = "/api/v1/namespaces/kube-system/configmaps/kubeadm-config"


def test_a_snapshot_has_everything_but_the_hosts() -> None:
    snapshot = observe.snapshot(ReadableApi(), now_iso=AT)  # type: ignore[arg-type] # a stand-in of the same shape

    assert (snapshot.cluster_uid, snapshot.taken_at, str(snapshot.api_version)) == (UID, AT, OLD)
    assert set(snapshot.nodes) == {*CONTROL_PLANE, *WORKERS}
    assert len(snapshot.system_pods) == 12
    assert snapshot.kubeadm.control_plane_endpoint == "api.example.com:6443"
    assert not snapshot.kubeadm.external_etcd
    assert snapshot.hosts == {}


def test_with_workloads_it_has_all_pods_read_once() -> None:
    api = ReadableApi(lists={PODS: [pod_json("web-1")]})

    snapshot = observe.with_workloads(api, now_iso=AT)  # type: ignore[arg-type] # a stand-in of the same shape

    assert snapshot.workloads is not None
    assert len(snapshot.workloads.pods) == 13
    assert len(snapshot.system_pods) == 12
    assert snapshot.nodes is snapshot.workloads.nodes


def configured(answer: Any) -> Any:
    api = ScriptedApi(Expected("GET", CONFIG, answer))
    return observe.kubeadm_config(api)  # type: ignore[arg-type] # a stand-in of the same shape


def test_external_etcd_is_seen() -> None:
    config = "kubernetesVersion: v1.35.4\netcd:\n  external:\n    endpoints: [https://10.0.0.1:2379]\n"

    assert configured({"data": {"ClusterConfiguration": config}}).external_etcd


@pytest.mark.parametrize(
    "answer",
    [
        ApiError(404, "NotFound", "no"),
        {},
        {"data": {}},
        {"data": {"ClusterConfiguration": "kubernetesVersion: stable"}},
        {"data": {"ClusterConfiguration": "- a list"}},
        {"data": {"ClusterConfiguration": "a: b: c"}},
        {"data": {"ClusterConfiguration": ""}},
    ],
)
def test_a_cluster_without_a_readable_kubeadm_configuration_is_refused(answer: Any) -> None:
    with pytest.raises(Day2Error) as refusal:
        configured(answer)

    assert [f.code for f in refusal.value.findings] == ["D2-CLUSTER-005"]


def test_trouble_with_the_api_is_not_taken_for_a_missing_configuration() -> None:
    with pytest.raises(ApiError):
        configured(ApiError(503, "", "busy"))
