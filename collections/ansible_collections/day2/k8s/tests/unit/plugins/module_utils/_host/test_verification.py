# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host import verification
from ansible_collections.day2.k8s.plugins.module_utils._host.errors import HostError
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost

MEMBER = {"id": "1", "name": "cp1", "healthy": True, "leader": True, "error": ""}
AT_TARGET: dict[str, Any] = {
    "kubelet_version": "1.36.3",
    "package_versions": {"kubeadm": "1.36.3-1.1", "kubelet": "1.36.3-1.1"},
    "control_plane": True,
    "static_pod_versions": {
        "kube-apiserver": "1.36.3",
        "kube-controller-manager": "1.36.3",
        "kube-scheduler": "1.36.3",
        "etcd": "3.6.8-0",
    },
    "local_etcd": True,
    "etcd": {"members": [MEMBER], "alarms": []},
    "etcd_error": "",
}


def test_a_host_at_the_target_differs_in_nothing() -> None:
    assert verification.differences(AT_TARGET, "1.36.3") == []


@pytest.mark.parametrize(
    ("seen", "difference"),
    [
        ({"kubelet_version": "1.35.4"}, "kubelet runs as 1.35.4"),
        ({"kubelet_version": None}, "kubelet runs as unknown"),
        ({"package_versions": {"kubelet": "1.36.30-1.1"}}, "package kubelet is 1.36.30-1.1"),
        (
            {"static_pod_versions": {**AT_TARGET["static_pod_versions"], "kube-scheduler": "1.35.4"}},
            "kube-scheduler is 1.35.4",
        ),
        ({"etcd": None, "etcd_error": "refused"}, "etcd does not answer: refused"),
        (
            {"etcd": {"members": [MEMBER, {**MEMBER, "name": "cp2", "healthy": False, "error": "x"}], "alarms": []}},
            "etcd member cp2: x",
        ),
        ({"etcd": {"members": [{**MEMBER, "leader": False}], "alarms": []}}, "etcd has no leader"),
        ({"etcd": {"members": [MEMBER], "alarms": ["NOSPACE"]}}, "etcd raised the alarm NOSPACE"),
        (
            {
                "etcd": {
                    "members": [
                        {**MEMBER, "applied_index": 9000},
                        {**MEMBER, "name": "cp2", "applied_index": 7999},
                        {**MEMBER, "name": "cp3", "applied_index": 8000},
                    ],
                    "alarms": [],
                }
            },
            "etcd member cp2 is 1001 entries behind",
        ),
    ],
)
def test_whatever_differs_is_named(seen: dict[str, Any], difference: str) -> None:
    assert verification.differences({**AT_TARGET, **seen}, "1.36.3") == [difference]


def test_a_component_without_a_version_differs() -> None:
    assert len(verification.differences({**AT_TARGET, "static_pod_versions": {}}, "1.36.3")) == 3


def test_a_worker_is_not_asked_for_a_control_plane() -> None:
    worker = {**AT_TARGET, "control_plane": False, "local_etcd": False, "static_pod_versions": {}, "etcd": None}

    assert verification.differences(worker, "1.36.3") == []


def later(fake: FakeHost, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """The host is at the target after so many seconds."""
    at = fake.time.now + seconds
    old = {**AT_TARGET, "kubelet_version": "1.35.4"}
    monkeypatch.setattr(
        verification, "observe", lambda host, with_etcd, version: AT_TARGET if fake.time.now >= at else old
    )


def test_a_host_is_waited_for(fake: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    later(fake, monkeypatch, 10)

    assert verification.verify(fake.host, "1.36.3", timeout_seconds=60, strict=True)["differences"] == []
    assert fake.time.now < 1015


def test_a_host_that_never_gets_there_is_an_error_at_the_deadline(
    fake: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(fake, monkeypatch, 1000)

    with pytest.raises(HostError, match=r"not at 1.36.3 after 60 s: kubelet runs as 1.35.4") as caught:
        verification.verify(fake.host, "1.36.3", timeout_seconds=60, strict=True)

    assert caught.value.code == "D2-VERSION-004"
    assert fake.time.now <= 1060


def test_without_strictness_the_differences_are_an_answer(fake: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    later(fake, monkeypatch, 1000)

    told = verification.verify(fake.host, "1.36.3", timeout_seconds=0, strict=False)

    assert told == {"changed": False, "differences": ["kubelet runs as 1.35.4"]}
    assert fake.time.now == 1000
