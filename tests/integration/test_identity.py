# SPDX-License-Identifier: GPL-3.0-or-later
"""The rights that manifests/rbac.yaml gives to the product, as the API server itself enforces them."""

from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._kube.transport import ApiError, Transport
from tests.harness import objects
from tests.harness.cluster import Cluster


def test_a_pod_cannot_be_deleted(cluster: Cluster, namespace: str, product: Transport) -> None:
    cluster.create(objects.pod("precious"), namespace)

    with pytest.raises(ApiError) as refusal:
        product.request("DELETE", f"/api/v1/namespaces/{namespace}/pods/precious")

    assert refusal.value.status == 403
    assert cluster.admin.exists(f"/api/v1/namespaces/{namespace}/pods/precious")


def test_a_secret_cannot_be_read(product: Transport) -> None:
    with pytest.raises(ApiError) as refusal:
        product.request("GET", "/api/v1/namespaces/kube-system/secrets")

    assert refusal.value.status == 403


def test_a_lock_can_only_be_kept_in_the_products_own_namespace(cluster: Cluster, product: Transport) -> None:
    lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "probe"}}

    with pytest.raises(ApiError) as refusal:
        product.request("POST", "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases", body=lease)

    assert refusal.value.status == 403
    path = "/apis/coordination.k8s.io/v1/namespaces/day2-system/leases"
    assert product.request("POST", path, body=lease)["metadata"]["uid"]
    cluster.admin.delete(f"{path}/probe")


def test_a_lock_cannot_be_deleted(product: Transport) -> None:
    with pytest.raises(ApiError) as refusal:
        product.request("DELETE", "/apis/coordination.k8s.io/v1/namespaces/day2-system/leases/day2-run")

    assert refusal.value.status == 403
