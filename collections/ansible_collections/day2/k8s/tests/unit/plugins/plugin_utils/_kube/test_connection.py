# SPDX-License-Identifier: GPL-3.0-or-later
"""With the real kubernetes client: what it makes of kubeconfigs differs between its releases."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from kubernetes import config

from ansible_collections.day2.k8s.plugins.plugin_utils._kube.connection import ConnectionOptions, load_configuration
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.transport import _credentials
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error


def kubeconfig(*names: str) -> dict[str, Any]:
    """A context of each name; the first is current."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": n, "cluster": {"server": f"https://{n}.example.com:6443"}} for n in names],
        "users": [{"name": n, "user": {"token": f"token-of-{n}"}} for n in names],
        "contexts": [{"name": n, "context": {"cluster": n, "user": n}} for n in names],
        "current-context": names[0],
    }


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "kubeconfig"
    path.write_text(json.dumps(kubeconfig("prod", "dev")))
    return str(path)


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the environment nor the home directory of whoever runs the tests matters."""
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "none"))


def loaded(**options: Any) -> tuple[str, str]:
    """The server and the Authorization header."""
    configuration = load_configuration(ConnectionOptions(**options))
    return configuration.host, _credentials(configuration).get("authorization", "")


def test_the_current_context_of_a_kubeconfig(file: str) -> None:
    assert loaded(kubeconfig=file) == ("https://prod.example.com:6443", "Bearer token-of-prod")


def test_another_context_of_a_kubeconfig(file: str) -> None:
    assert loaded(kubeconfig=file, context="dev") == ("https://dev.example.com:6443", "Bearer token-of-dev")


def test_a_kubeconfig_as_a_mapping() -> None:
    assert loaded(kubeconfig=kubeconfig("prod")) == ("https://prod.example.com:6443", "Bearer token-of-prod")


def test_explicit_options_win_over_the_kubeconfig(file: str) -> None:
    found = loaded(kubeconfig=file, host="https://other:6443/", api_key="mine")

    assert found == ("https://other:6443", "Bearer mine")


def test_host_and_credential_need_no_kubeconfig() -> None:
    assert loaded(host="https://other:6443", api_key="mine") == ("https://other:6443", "Bearer mine")


def test_a_host_alone_takes_the_credential_from_the_kubeconfig(file: str) -> None:
    assert loaded(kubeconfig=file, host="https://other:6443") == ("https://other:6443", "Bearer token-of-prod")


def test_given_options_still_win_when_the_client_has_refreshed_its_token(file: str) -> None:
    configuration = load_configuration(ConnectionOptions(kubeconfig=file, host="https://other:6443", ca_cert="/ca"))

    for _request in range(3):
        assert _credentials(configuration)["authorization"] == "Bearer token-of-prod"
        assert (configuration.host, configuration.ssl_ca_cert) == ("https://other:6443", "/ca")


def test_the_variable_kubeconfig_comes_before_the_pods_own_account(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", file)
    monkeypatch.setattr(config, "load_incluster_config", lambda **_: pytest.fail("the service account was used"))

    assert loaded()[0] == "https://prod.example.com:6443"


def test_in_a_pod_its_own_account_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def in_cluster(client_configuration: Any) -> None:
        client_configuration.host = "https://10.96.0.1"
        client_configuration.api_key["authorization"] = "bearer of-the-pod"

    monkeypatch.setattr(config, "load_incluster_config", in_cluster)

    assert loaded() == ("https://10.96.0.1", "bearer of-the-pod")


def test_tls_and_proxy_options_are_taken_over() -> None:
    options: dict[str, Any] = {
        "host": "https://other:6443",
        "client_cert": "/pki/client.crt",
        "client_key": "/pki/client.key",
        "ca_cert": "/pki/ca.crt",
        "validate_certs": False,
        "proxy": "http://proxy:3128",
    }

    found = load_configuration(ConnectionOptions(**options))

    assert (found.cert_file, found.key_file, found.ssl_ca_cert) == (
        "/pki/client.crt",
        "/pki/client.key",
        "/pki/ca.crt",
    )
    assert (found.verify_ssl, found.proxy) == (False, "http://proxy:3128")


@pytest.mark.parametrize(
    "options",
    [{}, {"kubeconfig": "/does/not/exist"}, {"context": "dev"}, {"kubeconfig": {"not": "a kubeconfig"}}],
)
def test_nothing_usable_is_a_refusal(options: dict[str, Any]) -> None:
    with pytest.raises(Day2Error) as refusal:
        loaded(**options)

    assert [f.code for f in refusal.value.findings] == ["D2-CLUSTER-002"]


def test_an_unknown_context_is_a_refusal_that_names_it(file: str) -> None:
    with pytest.raises(Day2Error, match="staging"):
        loaded(kubeconfig=file, context="staging")


def test_a_broken_kubeconfig_is_a_refusal(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text("[1, 2]")

    with pytest.raises(Day2Error):
        loaded(kubeconfig=str(broken))


def test_a_missing_client_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kubernetes.client", None)

    with pytest.raises(Day2Error, match="kubernetes is missing"):
        load_configuration(ConnectionOptions())


def test_options_survive_the_way_to_another_process() -> None:
    options = ConnectionOptions(kubeconfig=kubeconfig("prod"), context="prod", validate_certs=False)

    assert ConnectionOptions.from_dict(json.loads(json.dumps(options.to_dict()))) == options


def test_options_are_picked_out_of_a_tasks_parameters() -> None:
    found = ConnectionOptions.from_dict({"node": "w1", "host": "https://other:6443", "timeout": 5})

    assert found == ConnectionOptions(host="https://other:6443")


def test_secrets_are_not_shown() -> None:
    text = repr(ConnectionOptions(api_key="secret", kubeconfig={"token": "secret"}))

    assert "secret" not in text
