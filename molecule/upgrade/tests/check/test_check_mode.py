# SPDX-License-Identifier: GPL-3.0-or-later
"""After `upgrade --check` of the old cluster: nothing was changed, neither on the nodes nor through the API."""

from __future__ import annotations

from tests.e2e import fingerprint
from tests.e2e.lab_cluster import LabCluster


def test_the_audit_logs_hold_no_write_of_our_identity(cluster: LabCluster) -> None:
    assert cluster.writes() == []


def test_files_packages_and_objects_are_as_before(cluster: LabCluster) -> None:
    before, after = fingerprint.read(), fingerprint.take(cluster)

    for name, node in before["nodes"].items():
        for what, output in node.items():
            assert after["nodes"][name][what] == output, f"{what} of {name}"
    assert after["objects"] == before["objects"]
    assert after["state"] == before["state"]
