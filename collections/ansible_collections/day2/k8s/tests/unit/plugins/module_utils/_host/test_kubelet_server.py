# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host import kubelet_server
from ansible_collections.day2.k8s.plugins.module_utils._host.kubelet_server import (
    DROP_IN,
    KUBECONFIG,
    TEMPORARY_KUBECONFIG,
)
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost

KUBEADMS = (
    f'Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/b.conf --kubeconfig={KUBECONFIG}" '
    "KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml\n"
)


def _kubelet(fake: FakeHost, environment: str = KUBEADMS) -> None:
    fake.write(KUBECONFIG, "clusters:\n- cluster:\n    server: https://10.0.0.12:6443\n  name: lab\n")
    fake.commands.on("systemctl show kubelet.service", environment)
    fake.commands.on("systemctl daemon-reload")
    fake.commands.on("systemctl restart kubelet.service")


def test_the_kubelet_is_given_another_server_below_run(fake: FakeHost) -> None:
    _kubelet(fake)

    assert kubelet_server.move(fake.host.runner, fake.host.files, "10.0.0.11:6443")

    moved = fake.host.files.read(TEMPORARY_KUBECONFIG)
    assert moved == "clusters:\n- cluster:\n    server: https://10.0.0.11:6443\n  name: lab\n"
    assert fake.host.files.read(DROP_IN) == (
        "[Service]\nEnvironment="
        f'"KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/b.conf --kubeconfig={TEMPORARY_KUBECONFIG}"\n'
    )
    assert fake.commands.run[1:] == ["systemctl daemon-reload", "systemctl restart kubelet.service"]
    assert "10.0.0.12" in (fake.host.files.read(KUBECONFIG) or "")


def test_credentials_are_readable_by_nobody_else(fake: FakeHost) -> None:
    _kubelet(fake)

    kubelet_server.move(fake.host.runner, fake.host.files, "10.0.0.11:6443")

    assert fake.host.files.path(TEMPORARY_KUBECONFIG).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("environment", ["Environment=\n", "Environment=OTHER=--kubeconfig=/etc/other.conf\n"])
def test_a_unit_that_is_laid_out_otherwise_is_left_alone(fake: FakeHost, environment: str) -> None:
    _kubelet(fake, environment)

    assert not kubelet_server.move(fake.host.runner, fake.host.files, "10.0.0.11:6443")

    assert not fake.host.files.exists(DROP_IN)
    assert fake.commands.matching("systemctl restart") == []


def test_the_undo_takes_both_files_away_and_restarts_the_kubelet() -> None:
    assert kubelet_server.undo_commands() == [
        ["rm", "-f", DROP_IN, TEMPORARY_KUBECONFIG],
        ["systemctl", "daemon-reload"],
        ["systemctl", "restart", "kubelet.service"],
    ]
