# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster of the scenario."""

from __future__ import annotations

import pytest

from tests.e2e.lab_cluster import LabCluster


@pytest.fixture(scope="session")
def cluster() -> LabCluster:
    return LabCluster.of_scenario()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes ``node`` once for each node of the cluster."""
    if "node" in metafunc.fixturenames:
        nodes = LabCluster.of_scenario().record.nodes
        metafunc.parametrize("node", nodes, ids=[node.name for node in nodes])
    if "control_plane" in metafunc.fixturenames:
        nodes = LabCluster.of_scenario().record.control_planes
        metafunc.parametrize("control_plane", nodes, ids=[node.name for node in nodes])
