# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.day2.k8s.plugins.plugin_utils._model.snapshot import KubeadmConfig
from ansible_collections.day2.k8s.plugins.plugin_utils._model.version import KubernetesVersion
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.api_outage import ALONE, expected


def _config(endpoint: str = "api.example.com:6443") -> KubeadmConfig:
    return KubeadmConfig(KubernetesVersion(1, 35, 4), control_plane_endpoint=endpoint, external_etcd=False)


def test_three_behind_one_address_lose_nothing() -> None:
    assert expected(_config(), ["cp1", "cp2", "cp3"], ["cp1", "cp2", "cp3"]) is None


def test_one_alone_is_away_while_it_is_changed() -> None:
    outage = expected(_config(), ["cp1"], ["cp1"])

    assert outage is not None
    assert outage.seconds == ALONE
    assert outage.why.startswith("one control-plane node")


def test_clients_that_know_a_node_by_its_own_address_lose_it() -> None:
    outage = expected(_config(""), ["cp1", "cp2", "cp3"], ["cp1", "cp2", "cp3"])

    assert outage is not None
    assert "controlPlaneEndpoint" in outage.why


def test_a_control_plane_that_is_not_changed_stays() -> None:
    assert expected(_config(""), ["cp1"], []) is None
