# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host import apiserver
from ansible_collections.day2.k8s.plugins.module_utils._host.https import HttpError
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host import manifests
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("10.0.0.1", "https://10.0.0.1:6443/api/v1/namespaces/kube-system"),
        ("fd00::1", "https://[fd00::1]:6443/api/v1/namespaces/kube-system"),
    ],
)
def test_the_nodes_own_apiserver_is_asked(
    fake: FakeHost, monkeypatch: pytest.MonkeyPatch, address: str, url: str
) -> None:
    fake.write("/etc/kubernetes/manifests/kube-apiserver.yaml", manifests.apiserver(address=address))
    contexts: list[dict[str, str]] = []
    asked: list[tuple[str, str]] = []

    def request(method: str, url: str, **options: Any) -> dict[str, Any]:
        asked.append((method, url))
        return {"metadata": {"uid": "5b0a3f0e"}}

    monkeypatch.setattr(apiserver, "client_context", lambda **paths: contexts.append(paths))
    monkeypatch.setattr(apiserver, "request", request)

    assert apiserver.cluster_uid(fake.host.files) == "5b0a3f0e"
    assert asked == [("GET", url)]
    assert contexts[0]["certificate"] == f"{fake.root}/etc/kubernetes/pki/apiserver-kubelet-client.crt"


def test_without_certificates_the_reason_is_told(fake: FakeHost) -> None:
    with pytest.raises(HttpError, match=r"apiserver-kubelet-client\.crt"):
        apiserver.cluster_uid(fake.host.files)


def test_the_apiservers_processes_are_told_by_their_program(fake: FakeHost) -> None:
    fake.write("/proc/1/cmdline", "/sbin/init\0")
    fake.write("/proc/20/cmdline", "kube-apiserver\0--secure-port=6443\0")
    fake.write("/proc/30/cmdline", "tail\0-f\0/var/log/kube-apiserver\0")
    fake.write("/proc/40/cmdline", "/usr/local/bin/kube-apiserver\0")
    fake.write("/proc/self/cmdline", "kube-apiserver\0")

    assert apiserver.process_ids(fake.host.files) == [20, 40]


@pytest.mark.parametrize(
    ("arguments", "address"),
    [
        ({"service-cluster-ip-range": "10.96.0.0/12"}, "10.96.0.1"),
        ({"service-cluster-ip-range": "fd00:96::/112,10.96.0.0/12"}, "fd00:96::1"),
        ({}, None),
    ],
)
def test_the_service_kubernetes_has_the_first_address_of_the_first_range(
    arguments: dict[str, str], address: str | None
) -> None:
    assert apiserver.service_address(arguments) == address


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(200, None), (500, "https://10.0.0.11:6443/readyz answered 500"), (HttpError("refused"), "refused")],
)
def test_an_apiserver_is_ready_when_it_says_so(
    fake: FakeHost, monkeypatch: pytest.MonkeyPatch, answer: int | HttpError, reason: str | None
) -> None:
    def status_of(url: str, **options: Any) -> int:
        if isinstance(answer, HttpError):
            raise answer
        return answer

    monkeypatch.setattr(apiserver, "client_context", lambda **paths: None)
    monkeypatch.setattr(apiserver, "status_of", status_of)

    assert apiserver.unready(fake.host.files, "10.0.0.11:6443") == reason


class TestAClusterThatGivesTheKubeletsClientNoRights:
    """As kubeadm makes them from 1.36 on."""

    @pytest.fixture
    def asked(self, fake: FakeHost, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """The certificates that were shown, in order; only the controller-manager's may read."""
        shown: list[str] = []

        def client_context(*, ca: str, certificate: str, key: str) -> str:
            shown.append(Path(certificate).read_text(encoding="utf-8") if certificate == key else "kubelets client")
            return shown[-1]

        def request(method: str, url: str, *, context: str, **options: Any) -> dict[str, Any]:
            if context == "kubelets client":
                raise HttpError("forbidden", status=403)
            return {"metadata": {"uid": "5b0a3f0e"}, "data": {"ClusterConfiguration": "kind: X"}}

        fake.write("/etc/kubernetes/manifests/kube-apiserver.yaml", manifests.apiserver(address="10.0.0.1"))
        monkeypatch.setattr(apiserver, "client_context", client_context)
        monkeypatch.setattr(apiserver, "request", request)
        return shown

    def test_is_read_as_the_controller_manager(self, fake: FakeHost, asked: list[str]) -> None:
        certificate, key = (base64.b64encode(text).decode() for text in (b"certificate", b"key"))
        fake.write(
            "/etc/kubernetes/controller-manager.conf",
            f"users:\n- user:\n    client-certificate-data: {certificate}\n    client-key-data: {key}\n",
        )

        assert apiserver.cluster_uid(fake.host.files) == "5b0a3f0e"
        assert apiserver.kubeadm_config(fake.host.files) == {"ClusterConfiguration": "kind: X"}
        assert asked == ["kubelets client", "certificate\nkey"] * 2

    def test_says_so_where_that_cannot_be_used(self, fake: FakeHost, asked: list[str]) -> None:
        with pytest.raises(HttpError, match=r"controller-manager\.conf holds no certificate"):
            apiserver.cluster_uid(fake.host.files)
