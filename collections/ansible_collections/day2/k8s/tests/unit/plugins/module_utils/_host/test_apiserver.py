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
