# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.rules import (
    CRITICAL,
    ORDINARY,
    WITH_STORAGE,
    Rule,
    RuleAction,
    order_of,
    parse,
    rule_of,
)
from ansible_collections.day2.k8s.plugins.plugin_utils._model.selector import Selector
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import pod

SYSTEM_CLUSTER_CRITICAL = 2_000_000_000


@pytest.mark.parametrize(
    ("options", "order"),
    [
        ({}, ORDINARY),
        ({"claims": ["data"]}, WITH_STORAGE),
        ({"priority": 1_000_000_000}, ORDINARY),
        ({"priority": SYSTEM_CLUSTER_CRITICAL}, CRITICAL),
        ({"priority": SYSTEM_CLUSTER_CRITICAL + 1000, "claims": ["data"]}, CRITICAL),
    ],
)
def test_storage_goes_after_the_rest_and_critical_pods_last(options: dict[str, Any], order: int) -> None:
    """T26"""
    assert order_of(pod("p", **options), None) == order


def test_a_rule_gives_a_pod_another_turn() -> None:
    assert order_of(pod("p", claims=["data"]), Rule(order=-5)) == -5


def test_a_rule_without_an_order_leaves_the_pod_its_own() -> None:
    assert order_of(pod("p", claims=["data"]), Rule(RuleAction.WAIT_COMPLETED)) == WITH_STORAGE


@pytest.mark.parametrize(
    ("namespaces", "selector", "covers"),
    [
        ((), "", True),
        (("shop",), "", True),
        (("sh*", "other"), "", True),
        (("other",), "", False),
        ((), "app=web", True),
        ((), "app=db", False),
        (("shop",), "app=db", False),
        (("other",), "app=web", False),
    ],
)
def test_a_rule_covers_what_its_namespaces_and_its_selector_match(
    namespaces: tuple[str, ...], selector: str, covers: bool
) -> None:
    assert Rule(namespaces=namespaces, selector=Selector.parse(selector)).covers(pod("p")) is covers


def test_the_first_rule_that_covers_a_pod_counts() -> None:
    rules = parse([{"pod_selector": "app=db"}, {"namespaces": ["shop"], "order": 1}, {"pod_selector": "app=web"}])

    assert rule_of(pod("p"), rules) is rules[1]
    assert rule_of(pod("p", namespace="else", app="any"), rules) is None


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"action": "skip"}, "rule 1 covers every pod"),
        ({"pod_selector": "a >> b"}, "rule 1: 'a >> b' is not a label requirement"),
        ({"pod_selector": "a", "action": "delete"}, "rule 1: "),
    ],
)
def test_a_wrong_rule_is_named(entry: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse([entry])
