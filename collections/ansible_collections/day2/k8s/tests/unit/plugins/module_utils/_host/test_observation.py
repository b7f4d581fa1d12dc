# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host import apiserver, etcd, observation
from ansible_collections.day2.k8s.plugins.module_utils._host.errors import HostError
from ansible_collections.day2.k8s.plugins.module_utils._host.etcd import Etcd
from ansible_collections.day2.k8s.plugins.module_utils._host.https import HttpError
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host import manifests
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_kubelet import FakeKubelet
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_repository import FakeRepository


@pytest.fixture
def repository(fake: FakeHost) -> FakeRepository:
    """A worker at 1.35.4 to which 1.36.3 is offered."""
    FakeKubelet(fake)
    fake.commands.on("ip -json address", "[]")
    fake.write("/etc/machine-id", "4f1c\n")
    repository = FakeRepository(fake)
    repository.install("1.35.4-1.1")
    repository.offer("1.36.3-1.1", "1.35.4-1.1")
    return repository


@pytest.fixture
def control_plane(fake: FakeHost, repository: FakeRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same as a control plane with a member of etcd."""
    fake.write("/etc/kubernetes/manifests/kube-apiserver.yaml", manifests.apiserver())
    fake.write("/etc/kubernetes/manifests/etcd.yaml", manifests.other("etcd", "registry.k8s.io/etcd:3.6.6-0"))
    monkeypatch.setattr(apiserver, "cluster_uid", lambda files: "5b0a")
    monkeypatch.setattr(etcd, "gateway", lambda files: None)
    monkeypatch.setattr(etcd, "observe", lambda post, **time: Etcd((), ("NOSPACE",), "8e9e"))


def observe(fake: FakeHost, *, with_etcd: bool = True, version: str | None = None) -> dict[str, Any]:
    return observation.observe(fake.host, with_etcd=with_etcd, version=version)


def test_a_worker_is_seen_as_it_is(fake: FakeHost, repository: FakeRepository) -> None:
    seen = observe(fake)

    assert (seen["machine_id"], seen["control_plane"], seen["local_etcd"]) == ("4f1c", False, False)
    assert seen["package_versions"] == dict.fromkeys(("kubeadm", "kubectl", "kubelet"), "1.35.4-1.1")
    assert seen["held"] == ["kubeadm", "kubectl", "kubelet"]
    assert (seen["kubelet_version"], seen["kubelet_restart_needed"]) == ("1.35.4", False)
    assert (seen["static_pod_versions"], seen["etcd"], seen["cluster_uid"]) == ({}, None, None)
    assert seen["work_unit"]["active"] is False
    assert "target_package" not in seen


def test_looking_runs_nothing_that_writes(fake: FakeHost, control_plane: None) -> None:
    observe(fake, version="1.36.3")

    allowed = ("dpkg-query", "systemctl show", "ip ", "/tmp/day2-kubelet-", "apt-cache -o", "apt-get")
    assert [line for line in fake.commands.run if not line.startswith(allowed)] == []
    for line in fake.commands.matching("apt-get"):
        assert "Dir::State::Lists=" in line or line.startswith("apt-get indextargets")


def test_a_control_plane_host_names_its_cluster_and_its_etcd(fake: FakeHost, control_plane: None) -> None:
    seen = observe(fake)

    assert (seen["control_plane"], seen["local_etcd"], seen["cluster_uid"]) == (True, True, "5b0a")
    assert seen["static_pod_versions"] == {"kube-apiserver": "1.35.4", "etcd": "3.6.6-0"}
    assert seen["etcd"] == {"members": [], "alarms": ["NOSPACE"], "member_id": "8e9e"}


def test_etcd_is_only_looked_at_when_asked(fake: FakeHost, control_plane: None) -> None:
    assert "etcd" not in observe(fake, with_etcd=False)


def test_what_does_not_answer_is_none_with_its_reason(
    fake: FakeHost, control_plane: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_positional: object, **_named: object) -> None:
        raise HttpError("refused")

    monkeypatch.setattr(apiserver, "cluster_uid", refuse)
    monkeypatch.setattr(etcd, "observe", refuse)
    for unit in ("kubelet.service", "day2-node-work.service"):
        fake.commands.on(f"systemctl show {unit}", (1, "", "no bus"))

    seen = observe(fake)

    assert (seen["cluster_uid"], seen["cluster_uid_error"]) == (None, "refused")
    assert (seen["etcd"], seen["etcd_error"]) == (None, "refused")
    assert (seen["kubelet_version"], seen["kubelet_restart_needed"]) == (None, None)
    assert "no bus" in seen["kubelet_restart_reasons"][0]
    assert seen["work_unit"] is None


def test_the_package_that_would_bring_the_target_is_named(fake: FakeHost, repository: FakeRepository) -> None:
    seen = observe(fake, version="1.36.3")

    assert (seen["target_package"], seen["target_package_error"]) == ("1.36.3-1.1", "")


def test_a_target_without_a_package_has_none_and_says_why(fake: FakeHost, repository: FakeRepository) -> None:
    seen = observe(fake, version="1.37.0")

    assert seen["target_package"] is None
    assert "kubelet 1.36.3-1.1, 1.35.4-1.1" in seen["target_package_error"]


def test_a_host_at_the_target_asks_no_repository(fake: FakeHost, repository: FakeRepository) -> None:
    repository.install("1.36.3-1.1")

    assert observe(fake, version="1.36.3")["target_package"] == "1.36.3-1.1"
    assert fake.commands.matching("apt") == []


def test_a_half_upgraded_host_needs_only_what_is_missing(fake: FakeHost, repository: FakeRepository) -> None:
    repository.installed["kubelet"] = "1.36.3-1.1"
    repository.offer("1.36.3-1.1")

    assert observe(fake, version="1.36.3")["target_package"] == "1.36.3-1.1"
    (simulated,) = [line for line in fake.commands.run if "--simulate" in line]
    assert "kubelet=" not in simulated


def test_a_host_without_kubectl_does_not_need_its_package(fake: FakeHost, repository: FakeRepository) -> None:
    del repository.installed["kubectl"]

    assert observe(fake, version="1.36.3")["target_package"] == "1.36.3-1.1"
    assert not [line for line in fake.commands.run if "kubectl=" in line]


def test_etcd_info_of_a_member(fake: FakeHost, control_plane: None) -> None:
    told = observation.etcd_info(fake.host)

    assert (told["local"], told["external"], told["alarms"], told["changed"]) == (True, False, ["NOSPACE"], False)


def test_etcd_info_of_a_control_plane_with_an_external_etcd(fake: FakeHost, control_plane: None) -> None:
    (fake.root / "etc/kubernetes/manifests/etcd.yaml").unlink()

    told = observation.etcd_info(fake.host)

    assert (told["local"], told["external"], told["members"]) == (False, True, [])


def test_etcd_info_of_a_worker(fake: FakeHost, repository: FakeRepository) -> None:
    told = observation.etcd_info(fake.host)

    assert (told["local"], told["external"]) == (False, False)


def test_etcd_info_of_a_member_that_does_not_answer_fails(
    fake: FakeHost, control_plane: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(files: object) -> None:
        raise HttpError("refused")

    monkeypatch.setattr(etcd, "gateway", refuse)

    with pytest.raises(HostError, match="the local etcd member does not answer: refused") as caught:
        observation.etcd_info(fake.host)

    assert caught.value.code == "D2-ETCD-007"
