# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._run.hosts import host_from_vars
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import etcd, member

FACTS = {
    "reachable": True,
    "machine_id": "4c4c4544004d3510804bb4c04f513532",
    "addresses": ["10.0.0.1", "fd00::1"],
    "control_plane": True,
    "package_versions": {"kubelet": "1.35.4-1.1"},
    "static_pod_versions": {"kube-apiserver": "1.35.4"},
    "cluster_uid": "5b0a",
    "target_package": "1.36.3-1.1",
    "etcd": {
        "members": [
            {
                "id": "id-cp1",
                "name": "cp1",
                "endpoint": member("cp1").endpoint,
                "started": True,
                "learner": False,
                "healthy": True,
                "leader": True,
                "error": "",
            }
        ],
        "alarms": ["NOSPACE"],
        "member_id": "id-cp1",
    },
}


def test_a_host_is_what_was_registered_for_it() -> None:
    host = host_from_vars("cp1.example.com", "cp1", FACTS)

    assert (host.name, host.node_name, host.reachable) == ("cp1.example.com", "cp1", True)
    assert host.machine_id == FACTS["machine_id"]
    assert host.addresses == ("10.0.0.1", "fd00::1")
    assert host.package_versions == {"kubelet": "1.35.4-1.1"}
    assert host.static_pod_versions == {"kube-apiserver": "1.35.4"}
    assert host.target_package_version == "1.36.3-1.1"
    assert host.cluster_uid == "5b0a"
    assert host.etcd == etcd(member("cp1", leader=True), alarms=["NOSPACE"])


@pytest.mark.parametrize("absent", [None, {}, ""])
def test_what_was_not_asked_of_a_host_is_unknown(absent: Any) -> None:
    host = host_from_vars("w1", "w1", {**FACTS, "etcd": absent, "target_package": absent, "cluster_uid": absent})

    assert (host.etcd, host.target_package_version, host.cluster_uid) == (None, None, None)


def test_why_something_is_not_known_is_kept() -> None:
    facts = {**FACTS, "etcd": None, "etcd_error": "refused", "target_package": None, "target_package_error": "none"}

    host = host_from_vars("cp1", "cp1", facts)

    assert (host.etcd_error, host.target_package_error) == ("refused", "none")


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        (None, "no answer"),
        ({}, "no answer"),
        ({"reachable": False, "error": "Connection timed out"}, "Connection timed out"),
        ({"failed": True, "msg": "sudo: a password is required"}, "sudo: a password is required"),
        ({"unreachable": True, "msg": "No route to host"}, "No route to host"),
    ],
)
def test_a_host_that_cannot_be_worked_on_is_unreachable(facts: dict[str, Any] | None, error: str) -> None:
    host = host_from_vars("w1", "w1", facts)

    assert not host.reachable
    assert error in host.error
