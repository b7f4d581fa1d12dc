# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

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
