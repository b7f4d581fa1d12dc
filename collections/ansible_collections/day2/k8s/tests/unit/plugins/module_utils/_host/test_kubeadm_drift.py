# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host import apiserver, kubeadm_drift
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host import manifests
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost

RENDER = "kubeadm init phase control-plane all --dry-run"
MANIFEST = "/etc/kubernetes/manifests/kube-apiserver.yaml"


@pytest.fixture
def control_plane(fake: FakeHost, monkeypatch: pytest.MonkeyPatch) -> FakeHost:
    """A control plane as kubeadm has written it."""
    fake.write(MANIFEST, manifests.apiserver())
    configuration = {"ClusterConfiguration": "apiVersion: kubeadm.k8s.io/v1beta4\nkubernetesVersion: v1.36.3\n"}
    monkeypatch.setattr(apiserver, "kubeadm_config", lambda files: configuration)

    def write(argv: list[str]) -> str:
        target = Path(fake.commands.environments[-1]["KUBEADM_INIT_DRYRUN_DIR"])
        (target / "kube-apiserver.yaml").write_text(manifests.apiserver())
        fake.write("/asked", Path(argv[6].partition("=")[2]).read_text())
        return ""

    fake.commands.on(RENDER, write)
    return fake


def _observe(fake: FakeHost) -> dict[str, object]:
    return kubeadm_drift.observe(fake.host.runner, fake.host.files)


def test_manifests_as_kubeadm_wrote_them_have_nothing_unexplained(control_plane: FakeHost) -> None:
    assert _observe(control_plane) == {"unexplained_arguments": [], "unexplained_arguments_error": ""}


def test_what_was_added_or_changed_by_hand_is_unexplained(control_plane: FakeHost) -> None:
    edited = manifests.apiserver().replace("--secure-port=6443", "--secure-port=7443\n    - --oidc-client-id=k8s")
    control_plane.write(MANIFEST, edited)

    assert _observe(control_plane)["unexplained_arguments"] == [
        {"component": "kube-apiserver", "argument": "oidc-client-id", "value": "k8s", "rendered": None},
        {"component": "kube-apiserver", "argument": "secure-port", "value": "7443", "rendered": "6443"},
    ]


def test_what_kubeadm_would_add_takes_nothing_away(control_plane: FakeHost) -> None:
    control_plane.write(MANIFEST, manifests.apiserver().replace("    - --secure-port=6443\n", ""))

    assert _observe(control_plane)["unexplained_arguments"] == []


def test_kubeadm_is_asked_for_the_version_that_the_manifests_have(control_plane: FakeHost) -> None:
    _observe(control_plane)

    assert "kubernetesVersion: v1.35.4\n" in (control_plane.root / "asked").read_text()


def test_a_kubeadm_that_fails_leaves_it_unknown_and_says_why(control_plane: FakeHost) -> None:
    control_plane.commands.on(RENDER, (1, "", "strict decoding error"))

    seen = _observe(control_plane)

    assert seen["unexplained_arguments"] is None
    assert "strict decoding error" in str(seen["unexplained_arguments_error"])
