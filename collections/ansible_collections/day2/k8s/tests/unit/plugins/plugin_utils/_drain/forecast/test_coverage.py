# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.budgets import budgets_of
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.forecast.coverage import Coverage
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import budget, pod

SELECTORS: tuple[dict[str, Any], ...] = (
    {"matchLabels": {"app": "web"}},
    {"matchLabels": {"app": "api"}},
    {"matchExpressions": [{"key": "app", "operator": "In", "values": ["web", "api"]}]},
    {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]},
    {"matchExpressions": [{"key": "app", "operator": "Exists"}]},
    {"matchLabels": {"app": "web", "tier": "front"}},
    {},
)


@pytest.mark.parametrize("app", ["web", "api", "db"])
@pytest.mark.parametrize("namespace", ["shop", "elsewhere"])
def test_the_index_finds_what_comparing_every_budget_finds(app: str, namespace: str) -> None:
    budgets = [budget(f"b{number}", selector=selector) for number, selector in enumerate(SELECTORS)]
    one = pod("p", app=app, namespace=namespace)

    assert Coverage(budgets, [one]).of(one) == budgets_of(one, budgets)


def test_the_pods_of_a_budget_are_those_it_selects_in_the_order_given() -> None:
    web = budget("web")
    pods = [pod("b"), pod("other", app="api"), pod("a"), pod("far", namespace="elsewhere")]

    assert [each.name for each in Coverage([web], pods).pods(web)] == ["b", "a"]
