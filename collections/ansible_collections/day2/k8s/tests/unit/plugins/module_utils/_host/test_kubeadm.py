# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.day2.k8s.plugins.module_utils._host import kubeadm
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost

FAILED = """\
[upgrade] Reading configuration from the "kubeadm-config" ConfigMap
[upgrade/staticpods] Moving new manifest to "/etc/kubernetes/manifests/etcd.yaml"
[upgrade/etcd] Failed to upgrade etcd: timed out
[upgrade/etcd] Waiting for previous etcd to become available, restored the manifest

error: error execution phase control-plane: couldn't upgrade control plane. kubeadm has tried to recover
To see the stack trace of this error execute with --v=5 or higher
"""


def test_apply_names_the_version_and_asks_nothing() -> None:
    assert kubeadm.upgrade_command("apply", "1.36.3", certificate_renewal=True, ignore_preflight_errors=[]) == [
        "kubeadm",
        "upgrade",
        "apply",
        "--yes",
        "v1.36.3",
        "--certificate-renewal=true",
    ]


def test_node_takes_its_version_from_the_cluster() -> None:
    command = kubeadm.upgrade_command(
        "node", "1.36.3", certificate_renewal=False, ignore_preflight_errors=["SystemVerification", "Swap"]
    )

    assert command == [
        "kubeadm",
        "upgrade",
        "node",
        "--certificate-renewal=false",
        "--ignore-preflight-errors=SystemVerification,Swap",
    ]


def test_images_are_asked_for_where_the_cluster_has_them_from() -> None:
    command = kubeadm.images_command(
        "/x/kubeadm", "pull", "1.36.3", image_repository="r.example.com/k8s", runtime_endpoint="unix:///run/a.sock"
    )

    assert command == [
        "/x/kubeadm",
        "config",
        "images",
        "pull",
        "--kubernetes-version=v1.36.3",
        "--image-repository=r.example.com/k8s",
        "--cri-socket=unix:///run/a.sock",
    ]
    assert kubeadm.images_command("kubeadm", "list", "1.36.3", image_repository=None)[-1].endswith("=v1.36.3")


def test_of_a_failed_run_the_lines_that_say_why_are_told() -> None:
    assert kubeadm.failure_lines(FAILED) == [
        "[upgrade/etcd] Failed to upgrade etcd: timed out",
        "[upgrade/etcd] Waiting for previous etcd to become available, restored the manifest",
        "error: error execution phase control-plane: couldn't upgrade control plane. kubeadm has tried to recover",
    ]


def test_of_an_output_that_says_nothing_the_end_is_told() -> None:
    assert kubeadm.failure_lines("\n".join(str(number) for number in range(30)))[0] == "18"
    assert kubeadm.failure_lines("") == []


def test_the_installed_version_is_asked_of_kubeadm(fake: FakeHost) -> None:
    fake.commands.on("kubeadm version --output=short", "v1.36.3\n")

    assert kubeadm.installed_version(fake.host.runner) == "1.36.3"
