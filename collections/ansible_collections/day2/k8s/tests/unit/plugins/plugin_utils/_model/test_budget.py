# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.day2.k8s.plugins.plugin_utils._model.budget import Budget
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import budget, budget_json, pod


def test_a_budget_covers_pods_of_its_namespace_that_its_selector_matches() -> None:
    assert budget().covers(pod("web-1"))
    assert not budget().covers(pod("web-1", app="other"))
    assert not budget().covers(pod("web-1", namespace="elsewhere"))


def test_an_empty_selector_covers_the_whole_namespace() -> None:
    assert budget(selector={}).covers(pod("web-1", app="anything"))


def test_a_budget_that_the_controller_has_not_seen_yet_is_not_current() -> None:
    fresh = Budget.from_api({"metadata": {"namespace": "shop", "name": "web", "generation": 1}, "spec": {}})

    assert not fresh.current
    assert fresh.disruptions_allowed == 0


def test_who_made_a_budget_and_whether_the_server_could_compute_it_are_read() -> None:
    raw = budget_json()
    raw["metadata"] |= {
        "annotations": {"team": "shop-web"},
        "ownerReferences": [
            {"apiVersion": "example.com/v1", "kind": "Cluster", "name": "pg", "uid": "u", "controller": True}
        ],
    }
    raw["status"]["conditions"] = [{"type": "DisruptionAllowed", "status": "False", "reason": "SyncFailed"}]

    found = Budget.from_api(raw, contact_key="team")

    assert (found.owner.kind if found.owner else "", found.sync_failed, found.contact) == ("Cluster", True, "shop-web")
