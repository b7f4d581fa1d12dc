# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host import kubeadm_render
from ansible_collections.day2.k8s.plugins.module_utils._host.command import CommandError
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host import manifests
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost

CONFIGURATION = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.35.4\n"
RENDER = "kubeadm init phase control-plane all --dry-run"


@pytest.fixture
def control_plane(fake: FakeHost) -> FakeHost:
    """A control plane whose kubeadm writes down for which configuration it was asked."""
    fake.write("/etc/kubernetes/manifests/kube-apiserver.yaml", manifests.apiserver(address="10.0.0.7"))

    def write(argv: list[str]) -> str:
        target = Path(fake.commands.environments[-1]["KUBEADM_INIT_DRYRUN_DIR"])
        (target / "kube-apiserver.yaml").write_text(manifests.apiserver(address="10.0.0.7"))
        fake.write("/asked", Path(argv[6].partition("=")[2]).read_text())
        return ""

    fake.commands.on(RENDER, write)
    return fake


def test_what_kubeadm_would_write_is_read_from_a_directory_that_is_gone_afterwards(control_plane: FakeHost) -> None:
    host = control_plane.host

    seen = kubeadm_render.rendered(host.runner, host.files, CONFIGURATION)

    assert seen == kubeadm_render.live(host.files)
    assert seen["kube-apiserver"]["advertise-address"] == "10.0.0.7"
    assert not Path(control_plane.commands.environments[-1]["KUBEADM_INIT_DRYRUN_DIR"]).exists()


def test_kubeadm_is_asked_for_this_node_and_with_its_patches(control_plane: FakeHost) -> None:
    host = control_plane.host

    kubeadm_render.rendered(host.runner, host.files, CONFIGURATION, patches="/etc/kubernetes/patches")

    asked = (control_plane.root / "asked").read_text()
    assert asked.startswith(CONFIGURATION)
    assert '"localAPIEndpoint": {"advertiseAddress": "10.0.0.7", "bindPort": 6443}' in asked
    assert '"patches": {"directory": "/etc/kubernetes/patches"}' in asked
    assert "--patches" not in control_plane.commands.run[-1]


def test_a_kubeadm_that_fails_leaves_nothing(control_plane: FakeHost) -> None:
    control_plane.commands.on(RENDER, (1, "", "strict decoding error"))

    with pytest.raises(CommandError, match="strict decoding error"):
        kubeadm_render.rendered(control_plane.host.runner, control_plane.host.files, CONFIGURATION)

    assert not Path(control_plane.commands.environments[-1]["KUBEADM_INIT_DRYRUN_DIR"]).exists()
