# SPDX-License-Identifier: GPL-3.0-or-later
"""Cordons and whose they are, on a real API server."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._kube.nodes import annotate, cordon, uncordon
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.transport import Transport
from ansible_collections.day2.k8s.plugins.plugin_utils._model.annotations import CordonOwner
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from tests.harness.cluster import PRODUCT, Cluster

NOW = "2026-08-07T10:00:00Z"


def is_cordoned(cluster: Cluster, node: str) -> bool:
    return bool(cluster.node(node)["spec"].get("unschedulable"))


def test_a_cordon_of_ours_is_marked_and_lifted_again(
    cluster: Cluster, product: Transport, make_node: Callable[..., str]
) -> None:
    node = make_node()

    done = cordon(product, node, run_id="run-1", now_iso=NOW)

    assert done.changed
    assert is_cordoned(cluster, node)
    record = json.loads(cluster.node(node)["metadata"]["annotations"][CordonOwner.key])
    assert record == {"schema": 1, "run": "run-1", "at": NOW}

    lifted = uncordon(product, node)

    assert lifted.changed
    assert not is_cordoned(cluster, node)
    assert CordonOwner.key not in cluster.node(node)["metadata"]["annotations"]


def test_cordoning_twice_changes_nothing_and_keeps_the_first_owner(
    product: Transport, make_node: Callable[..., str]
) -> None:
    node = make_node()
    cordon(product, node, run_id="run-1", now_iso=NOW)

    again = cordon(product, node, run_id="run-2", now_iso="2026-08-07T11:00:00Z")

    assert not again.changed
    assert again.owner == CordonOwner(run="run-1", at=NOW)


def test_somebody_elses_cordon_is_neither_taken_over_nor_lifted(
    cluster: Cluster, product: Transport, make_node: Callable[..., str]
) -> None:
    node = make_node()
    cluster.admin.merge(f"/api/v1/nodes/{node}", {"spec": {"unschedulable": True}})

    taken = cordon(product, node, run_id="run-1", now_iso=NOW)
    left = uncordon(product, node)

    assert (taken.changed, taken.foreign) == (False, True)
    assert (left.changed, left.foreign) == (False, True)
    assert is_cordoned(cluster, node)


def test_a_cordon_of_an_aborted_run_is_lifted_by_a_later_one(
    cluster: Cluster, product: Transport, make_node: Callable[..., str]
) -> None:
    node = make_node()
    cordon(product, node, run_id="aborted", now_iso=NOW)

    lifted = uncordon(product, node)

    assert lifted.changed
    assert lifted.owner is not None
    assert lifted.owner.run == "aborted"
    assert not is_cordoned(cluster, node)


def test_a_record_left_after_a_manual_uncordon_is_not_taken_for_a_cordon(
    cluster: Cluster, product: Transport, make_node: Callable[..., str]
) -> None:
    node = make_node()
    cordon(product, node, run_id="run-1", now_iso=NOW)
    cluster.admin.merge(f"/api/v1/nodes/{node}", {"spec": {"unschedulable": None}})

    lifted = uncordon(product, node)
    cluster.admin.merge(f"/api/v1/nodes/{node}", {"spec": {"unschedulable": True}})

    assert not lifted.changed
    assert uncordon(product, node).foreign


def test_check_mode_writes_nothing(cluster: Cluster, product: Transport, make_node: Callable[..., str]) -> None:
    node = make_node()
    since = cluster.audit.position()

    imagined = cordon(product, node, run_id="run-1", now_iso=NOW, check_mode=True)

    assert imagined.changed
    assert not is_cordoned(cluster, node)
    assert cluster.audit.writes(PRODUCT, since) == []


def test_annotations_are_set_and_removed(cluster: Cluster, product: Transport, make_node: Callable[..., str]) -> None:
    node = make_node()

    annotate(product, node, {"day2.k8s/a": "1", "day2.k8s/b": "2"})
    annotate(product, node, {"day2.k8s/a": None})

    annotations = cluster.node(node)["metadata"]["annotations"]
    assert annotations["day2.k8s/b"] == "2"
    assert "day2.k8s/a" not in annotations


def test_a_node_that_does_not_exist_is_named(product: Transport) -> None:
    with pytest.raises(Day2Error) as refusal:
        cordon(product, "nowhere", run_id="", now_iso=NOW)

    assert [finding.code for finding in refusal.value.findings] == ["D2-NODE-001"]
    assert "nowhere" in str(refusal.value)
