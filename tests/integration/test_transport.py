# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to the API: credentials, pages, errors and what happens when the API is away."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._kube import observe
from ansible_collections.day2.k8s.plugins.plugin_utils._kube import transport as transport_module
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.connection import ConnectionOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.transport import ApiError, Transport
from tests.harness.cluster import Cluster
from tests.integration.door import Door


def test_an_explicit_host_with_a_token_needs_no_kubeconfig(cluster: Cluster) -> None:
    options = ConnectionOptions(
        host=cluster.server, api_key=cluster.product_token, ca_cert=str(cluster.control_plane.ca)
    )

    assert observe.cluster_uid(Transport(options)) == cluster.uid


def test_a_kubeconfig_may_be_given_as_its_content(cluster: Cluster) -> None:
    content = json.loads(cluster.product_kubeconfig.read_text())

    assert observe.cluster_uid(Transport(ConnectionOptions(kubeconfig=content))) == cluster.uid


def test_an_unknown_ca_is_not_trusted(cluster: Cluster) -> None:
    stranger = Transport(ConnectionOptions(host=cluster.server, api_key=cluster.product_token))

    with pytest.raises(ApiError) as error:
        observe.cluster_uid(stranger)

    assert error.value.status == 0
    assert "certificate" in error.value.message.lower()


def test_validation_can_be_switched_off(cluster: Cluster) -> None:
    options = ConnectionOptions(host=cluster.server, api_key=cluster.product_token, validate_certs=False)

    with pytest.warns(Warning, match="Unverified HTTPS"):
        assert observe.cluster_uid(Transport(options)) == cluster.uid


def test_a_wrong_token_is_a_missing_permission(cluster: Cluster) -> None:
    options = ConnectionOptions(host=cluster.server, api_key="wrong", ca_cert=str(cluster.control_plane.ca))

    with pytest.raises(ApiError) as error:
        observe.cluster_uid(Transport(options))

    assert error.value.status == 401
    assert error.value.finding(cluster.server).code == "D2-CLUSTER-003"


def test_an_exec_plugin_is_asked_again_when_its_token_expired(cluster: Cluster, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("expired")
    plugin = tmp_path / "plugin"
    plugin.write_text(
        "#!/bin/sh\n"
        'printf \'{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",'
        f'"status":{{"token":"%s"}}}}\' "$(cat {token})"\n'
    )
    plugin.chmod(0o700)
    kubeconfig = json.loads(cluster.product_kubeconfig.read_text())
    kubeconfig["users"][0]["user"] = {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": str(plugin),
            "interactiveMode": "Never",
        }
    }
    connected = Transport(ConnectionOptions(kubeconfig=kubeconfig))
    token.write_text(cluster.product_token)

    assert observe.cluster_uid(connected) == cluster.uid


def test_a_list_is_read_page_by_page(
    cluster: Cluster, product: Transport, make_node: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {make_node() for _ in range(5)}
    monkeypatch.setattr(transport_module, "PAGE_SIZE", 2)

    listed = [raw["metadata"]["name"] for raw in product.pages("/api/v1/nodes")]

    assert names <= set(listed)
    assert len(listed) == len(set(listed))


def test_errors_keep_reason_and_status(product: Transport) -> None:
    with pytest.raises(ApiError) as error:
        product.request("GET", "/api/v1/namespaces/kube-system/secrets")

    assert (error.value.status, error.value.reason) == (403, "Forbidden")
    assert not error.value.transient


def test_threads_share_one_transport(cluster: Cluster, product: Transport) -> None:
    with ThreadPoolExecutor(8) as pool:
        uids = set(pool.map(lambda _: observe.cluster_uid(product), range(40)))

    assert uids == {cluster.uid}


def test_a_probe_can_use_a_connection_of_its_own(product: Transport) -> None:
    assert product.request("GET", "/readyz", new_connection=True) == {"text": "ok"}


def test_reads_outlast_an_api_that_is_away_for_a_moment(cluster: Cluster) -> None:
    door = Door(("127.0.0.1", int(cluster.server.rpartition(":")[2])))
    options = ConnectionOptions(
        host=f"https://127.0.0.1:{door.port}", api_key=cluster.product_token, ca_cert=str(cluster.control_plane.ca)
    )
    patient = Transport(options, patience=30)
    try:
        assert observe.cluster_uid(patient) == cluster.uid
        door.shut()
        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(observe.cluster_uid, patient)
            time.sleep(1)
            assert not reading.done()
            door.open()
            assert reading.result(timeout=30) == cluster.uid
    finally:
        door.close()


def test_an_api_that_is_not_there_is_told_with_its_address() -> None:
    nobody = Transport(ConnectionOptions(host="https://127.0.0.1:1", api_key="any"))

    with pytest.raises(ApiError) as error:
        nobody.request("GET", "/version", timeout=2)

    assert error.value.status == 0
    told = error.value.finding(nobody.server)
    assert (told.code, told.subject) == ("D2-CLUSTER-002", "https://127.0.0.1:1")
    assert "Connection refused" in told.message
    assert error.value.finding(nobody.server).code == "D2-CLUSTER-002"
