# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host.errors import HostError
from ansible_collections.day2.k8s.plugins.module_utils._host.steps.images import EXTRACTED, Request, run
from ansible_collections.day2.k8s.plugins.module_utils._host.work import Work
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host import manifests
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost

WORK = Work("images-1", 20)
REQUEST = Request("1.36.3", None)
IMAGES = ["r.example.com/k8s/kube-apiserver:v1.36.3", "r.example.com/k8s/etcd:3.6.8-0"]


@pytest.fixture(autouse=True)
def control_plane(fake: FakeHost) -> None:
    """A node of a cluster with a registry of its own, at 1.35.4, with the target's package downloaded."""
    program = fake.root / EXTRACTED.lstrip("/") / "usr/bin/kubeadm"
    fake.write(
        "/etc/kubernetes/manifests/kube-apiserver.yaml",
        manifests.apiserver(image="r.example.com/k8s/kube-apiserver:v1.35.4"),
    )
    for name in ("kubeadm_1.36.2-1.1_amd64.deb", "kubeadm_1%3a1.36.3-1.1_amd64.deb", "kubelet_1.36.3-1.1_amd64.deb"):
        fake.write(f"/var/cache/apt/archives/{name}", "")
    fake.commands.on("dpkg-query", "kubeadm\thold\tinstalled\t1.35.4-1.1\n")
    fake.commands.on("dpkg --print-architecture", "amd64\n")
    fake.commands.on("dpkg-deb --extract")
    fake.commands.on(f"{program} config images list", "\n".join(IMAGES))
    fake.commands.on("kubeadm config images list", "\n".join(IMAGES))
    fake.commands.on("crictl", (127, "", ""))
    fake.commands.on("ctr", IMAGES[0])


def test_the_targets_kubeadm_is_taken_out_of_its_package_and_pulls_what_is_missing(fake: FakeHost) -> None:
    result = run(fake.host, REQUEST, WORK, check_mode=False)

    (extract,) = fake.commands.matching("dpkg-deb")
    assert "kubeadm_1%3a1.36.3-1.1_amd64.deb" in extract
    (command,) = fake.unit.started
    assert command[0].endswith(f"{EXTRACTED}/usr/bin/kubeadm")
    assert command[1:] == [
        "config",
        "images",
        "pull",
        "--kubernetes-version=v1.36.3",
        "--image-repository=r.example.com/k8s",
    ]
    assert (result["changed"], result["finished"], result["images"]) == (True, True, IMAGES)
    assert not (fake.root / EXTRACTED.lstrip("/")).exists()


def test_with_all_images_there_nothing_is_pulled_and_nothing_stays_behind(fake: FakeHost) -> None:
    fake.commands.on("ctr", "\n".join(IMAGES))

    result = run(fake.host, REQUEST, WORK, check_mode=False)

    assert (result["changed"], result["finished"]) == (False, True)
    assert fake.unit.started == []
    assert not (fake.root / EXTRACTED.lstrip("/")).exists()


def test_the_installed_kubeadm_is_used_when_it_is_the_targets(fake: FakeHost) -> None:
    fake.commands.on("dpkg-query", "kubeadm\thold\tinstalled\t1.36.3-1.1\n")

    run(fake.host, REQUEST, WORK, check_mode=False)

    assert fake.unit.started[0][0] == "kubeadm"
    assert fake.commands.matching("dpkg-deb") == []


def test_images_are_pulled_when_nobody_knows_which_are_there(fake: FakeHost) -> None:
    fake.commands.on("ctr", (127, "", ""))

    assert run(fake.host, REQUEST, WORK, check_mode=False)["changed"]


def test_a_repository_that_is_named_wins(fake: FakeHost) -> None:
    run(fake.host, Request("1.36.3", "other.example.com"), WORK, check_mode=False)

    assert "--image-repository=other.example.com" in fake.unit.started[0]


def test_without_the_package_it_is_told_what_to_do_first(fake: FakeHost) -> None:
    with pytest.raises(HostError, match=r"the package of kubeadm 1.36.9 is not in /var/cache/apt/archives") as caught:
        run(fake.host, Request("1.36.9", None), WORK, check_mode=False)

    assert "download_only" in caught.value.remedy


def test_a_pull_that_fails_is_told_with_kubeadms_words(fake: FakeHost) -> None:
    fake.unit.exit_status = 1
    fake.unit.prints = "failed to pull image r.example.com/k8s/etcd:3.6.8-0: not found\n"

    with pytest.raises(HostError, match=r"failed to pull image r.example.com/k8s/etcd:3.6.8-0: not found"):
        run(fake.host, REQUEST, WORK, check_mode=False)


def test_check_mode_looks_at_nothing_that_would_have_to_be_written(fake: FakeHost) -> None:
    result = run(fake.host, REQUEST, WORK, check_mode=True)

    assert (result["changed"], result["image_repository"]) == (False, "r.example.com/k8s")
    assert fake.commands.run == []
