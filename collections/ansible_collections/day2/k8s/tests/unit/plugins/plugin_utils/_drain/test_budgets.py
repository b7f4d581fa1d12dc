# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.budgets import (
    Ledger,
    budgets_of,
    desired_healthy,
    needs,
    never_frees,
    scaled,
)
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import budget, pod


@pytest.mark.parametrize(
    ("value", "total", "expected"),
    [(2, 5, 2), ("50%", 3, 2), ("34%", 3, 2), ("0%", 9, 0), ("100%", 7, 7), ("1%", 1, 1), ("29%", 100, 29)],
)
def test_percentages_are_rounded_up(value: int | str, total: int, expected: int) -> None:
    assert scaled(value, total) == expected


@pytest.mark.parametrize(
    ("spec", "expected_pods", "desired"),
    [
        ({"minAvailable": 2}, 5, 2),
        ({"minAvailable": "50%"}, 5, 3),
        ({"maxUnavailable": 1}, 5, 4),
        ({"maxUnavailable": "30%"}, 5, 3),
        ({"maxUnavailable": 9}, 5, 0),
        ({"maxUnavailable": 0}, 5, 5),
        ({}, 5, 0),
    ],
)
def test_how_many_healthy_pods_a_budget_asks_for(spec: dict[str, Any], expected_pods: int, desired: int) -> None:
    assert desired_healthy(budget(**spec), expected_pods) == desired


@pytest.mark.parametrize(
    "options", [{"phase": "Succeeded"}, {"phase": "Failed"}, {"phase": "Pending"}, {"terminating": True}]
)
def test_the_server_asks_no_budget_about_pods_that_serve_nobody(options: dict[str, Any]) -> None:
    assert budgets_of(pod("p", **options), [budget()]) == ()


@pytest.mark.parametrize(
    ("options", "never"),
    [
        ({}, True),
        ({"allowed": 1}, False),
        ({"healthy": 1}, False),
        ({"seen": False}, False),
        ({"disrupted": ["web-1"]}, False),
        ({"expected": 0, "healthy": 0, "desired": 0}, False),
        ({"healthy": 3}, True),
    ],
)
def test_a_budget_never_frees_when_it_allows_nothing_although_all_is_well(options: dict[str, Any], never: bool) -> None:
    assert never_frees(budget(**options)) is never


def test_what_a_budget_needs_is_said_with_what_explains_it() -> None:
    assert needs(budget(healthy=1)) == "needs 2 healthy, has 1"
    assert "even with all of its pods healthy" in needs(budget())
    assert "not yet evaluated" in needs(budget(seen=False))


def spend(*pods: dict[str, Any], **budget_options: Any) -> list[bool]:
    ledger = Ledger([budget(**budget_options)])
    return [ledger.spend(pod(f"web-{number}", **options)) is None for number, options in enumerate(pods)]


def test_each_eviction_uses_up_what_the_next_would_need() -> None:
    assert spend({}, {}, {}, allowed=2) == [True, True, False]


def test_a_pod_without_a_budget_is_always_allowed() -> None:
    assert spend({"app": "other"}, {"app": "other"}) == [True, True]


def test_unready_pods_go_without_using_anything_up_as_long_as_enough_are_healthy() -> None:
    assert spend({"ready": False}, {"ready": False}, {}, allowed=1) == [True, True, True]


def test_unready_pods_wait_like_others_when_too_few_are_healthy() -> None:
    assert spend({"ready": False}, healthy=1) == [False]


def test_unready_pods_always_go_where_the_budget_says_so() -> None:
    assert spend({"ready": False}, {}, healthy=1, unhealthyPodEvictionPolicy="AlwaysAllow") == [True, False]


def test_unready_pods_wait_under_a_budget_that_wants_nothing_healthy() -> None:
    assert spend({"ready": False}, desired=0, healthy=0) == [False]


def test_a_budget_that_the_server_has_not_evaluated_allows_nothing() -> None:
    assert spend({}, allowed=1, seen=False) == [False]


def test_two_budgets_on_one_pod_allow_nothing() -> None:
    ledger = Ledger([budget("one", allowed=5), budget("two", allowed=5)])

    assert ledger.spend(pod("web-1")) is not None
