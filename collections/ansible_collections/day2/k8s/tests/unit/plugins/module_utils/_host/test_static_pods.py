# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host import static_pods
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host import manifests
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost


def write(fake: FakeHost, component: str, manifest: str) -> None:
    fake.write(f"/etc/kubernetes/manifests/{component}.yaml", manifest)


def test_versions_are_the_tags_of_the_components_own_images(fake: FakeHost) -> None:
    write(fake, "kube-apiserver", manifests.apiserver())
    write(fake, "etcd", manifests.other("etcd", "registry.k8s.io/etcd:3.6.6-0"))

    assert static_pods.versions(fake.host.files) == {"kube-apiserver": "1.35.4", "etcd": "3.6.6-0"}


def test_a_node_without_manifests_has_no_versions(fake: FakeHost) -> None:
    assert static_pods.versions(fake.host.files) == {}
    assert not static_pods.present(fake.host.files, "etcd")
    assert static_pods.image_repository(fake.host.files) is None
    assert static_pods.arguments(fake.host.files, "kube-apiserver") == {}


@pytest.mark.parametrize(
    ("image", "tag"),
    [
        ("registry.k8s.io/kube-apiserver:v1.35.4", "v1.35.4"),
        ("registry.example.com:5000/k8s/kube-apiserver:v1.35.4", "v1.35.4"),
        ("registry.example.com:5000/kube-apiserver", ""),
        ("registry.k8s.io/kube-apiserver:v1.35.4@sha256:0123", "v1.35.4"),
        ("registry.k8s.io/kube-apiserver@sha256:0123", ""),
        ("kube-apiserver:v1.35.4", "v1.35.4"),
    ],
)
def test_the_tag_of_an_image_is_what_follows_its_name(image: str, tag: str) -> None:
    assert static_pods.tag(image) == tag


def test_an_image_without_a_tag_gives_no_version(fake: FakeHost) -> None:
    write(fake, "kube-apiserver", manifests.apiserver(image="registry.k8s.io/kube-apiserver@sha256:0123"))

    assert static_pods.versions(fake.host.files) == {}


def test_a_sidecar_before_the_component_does_not_count(fake: FakeHost) -> None:
    manifest = manifests.apiserver().replace(
        "  containers:\n", "  containers:\n  - name: audit\n    image: audit:v7\n", 1
    )
    write(fake, "kube-apiserver", manifest)

    assert static_pods.versions(fake.host.files) == {"kube-apiserver": "1.35.4"}
    assert static_pods.container_images(manifest)["audit"] == "audit:v7"


@pytest.mark.parametrize("quoted", ['"{}"', "'{}'", "{} # pinned"])
def test_quotes_and_comments_are_not_part_of_an_image(quoted: str) -> None:
    manifest = manifests.apiserver(image=quoted.format("registry.k8s.io/kube-apiserver:v1.35.4"))

    assert static_pods.container_images(manifest) == {"kube-apiserver": "registry.k8s.io/kube-apiserver:v1.35.4"}


def test_lists_may_be_indented_below_their_key() -> None:
    manifest = (
        "spec:\n  containers:\n    - name: etcd\n      image: etcd:1\n    - image: b:2\n      name: b\n  volumes: []\n"
    )

    assert static_pods.container_images(manifest) == {"etcd": "etcd:1", "b": "b:2"}


@pytest.mark.parametrize("text", ["", "{}", '{"spec": {"containers": []}}', "spec:\n  containers: []\n", "containers:"])
def test_what_does_not_look_like_kubeadms_yields_nothing(text: str) -> None:
    assert static_pods.container_images(text) == {}


def test_the_repository_is_what_the_apiserver_came_from(fake: FakeHost) -> None:
    write(fake, "kube-apiserver", manifests.apiserver(image="registry.example.com:5000/k8s/kube-apiserver:v1.35.4"))

    assert static_pods.image_repository(fake.host.files) == "registry.example.com:5000/k8s"


def test_arguments_are_read_with_and_without_quotes(fake: FakeHost) -> None:
    write(fake, "kube-apiserver", manifests.apiserver(address="fd00::1"))

    arguments = static_pods.arguments(fake.host.files, "kube-apiserver")

    assert arguments == {"advertise-address": "fd00::1", "secure-port": "6443", "runtime-config": "a=b"}
