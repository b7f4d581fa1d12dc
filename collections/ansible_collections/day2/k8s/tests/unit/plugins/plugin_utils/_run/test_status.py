# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import timedelta
from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._kube.lease import LeaseRecord
from ansible_collections.day2.k8s.plugins.plugin_utils._model.node import Node
from ansible_collections.day2.k8s.plugins.plugin_utils._run.clock import parse_iso
from ansible_collections.day2.k8s.plugins.plugin_utils._run.status import Status
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import (
    AT,
    UID,
    claim,
    control_plane_node,
    journal,
    node,
    own_cordon,
)

NOW = parse_iso(AT)


def told(*nodes: Node, lock: LeaseRecord | None = None) -> dict[str, Any]:
    return Status(NOW, UID, lock, None, (), {n.name: n for n in nodes}).to_dict()


def lease(seconds_ago: float) -> LeaseRecord:
    return LeaseRecord("run-1", "anna@ops1:42", NOW - timedelta(seconds=seconds_ago), 60.0, "7")


def test_a_lock_that_never_was_is_free() -> None:
    assert told()["lock"]["held"] is False


def test_a_released_lock_is_free() -> None:
    assert told(lock=LeaseRecord("", "", NOW, 1.0, "7"))["lock"]["held"] is False


def test_a_lock_renewed_within_its_term_is_not_expired() -> None:
    assert told(lock=lease(7.44))["lock"] == {
        "held": True,
        "run": "run-1",
        "holder": "anna@ops1:42",
        "renewed_seconds_ago": 7.4,
        "expired": False,
    }


def test_a_lock_that_is_older_than_its_term_is_expired() -> None:
    assert told(lock=lease(61))["lock"]["expired"] is True


def test_nodes_come_in_natural_order_with_their_role() -> None:
    found = told(node("w10"), node("w2"), control_plane_node("cp1"))["nodes"]

    assert [(entry["node"], entry["role"]) for entry in found] == [
        ("cp1", "control_plane"),
        ("w2", "worker"),
        ("w10", "worker"),
    ]


def test_a_node_in_hand_says_whose_and_how_far() -> None:
    (entry,) = told(node("w1", cordoned=True, annotations={**claim("r"), **own_cordon("r"), **journal("r")}))["nodes"]

    assert (entry["claimed_by"], entry["cordoned_by"], entry["cordoned"]) == ("r", "r", True)
    assert entry["journal"]["step"] == "change"
    assert entry["journal"]["changed"] is True


def test_a_cordon_of_somebody_else_names_no_run() -> None:
    (entry,) = told(node("w1", cordoned=True))["nodes"]

    assert (entry["cordoned"], entry["cordoned_by"]) == (True, "")


def test_a_record_of_a_newer_version_is_shown_and_not_guessed_at() -> None:
    (entry,) = told(node("w1", annotations={"day2.k8s/claim": '{"schema": 2}'}))["nodes"]

    assert "schema 2" in entry["unreadable"]
