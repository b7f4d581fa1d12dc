# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.forecast.budget_book import Account, BudgetBook, Scale
from ansible_collections.day2.k8s.plugins.plugin_utils._model.workloads import Workloads
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils._drain.forecast.world import World


def account(world: World) -> Account:
    observed = world.observed()
    return BudgetBook(observed).of(observed.pods[0])[0]


def scale(observed: Workloads) -> Scale:
    return Scale.of(observed.budgets[0], observed.pods, observed)


def world(replicas: int = 3, **budget: Any) -> World:
    made = World().nodes("w1")
    made.deployment("web", *["w1"] * replicas)
    made.budget(**budget)
    return made


def test_an_eviction_spends_and_a_successor_that_gets_ready_earns() -> None:
    web = account(world(maxUnavailable=1))

    seen = [web.allowed]
    web.spend()
    seen.append(web.allowed)
    web.earn()
    seen.append(web.allowed)

    assert seen == [1, 0, 1]


def test_a_pod_that_gets_ready_frees_nothing_while_the_budget_is_still_short() -> None:
    web = account(world(minAvailable=3))
    web.spend()
    web.spend()
    web.earn()

    assert (web.healthy, web.allowed) == (2, 0)


def test_what_is_spent_on_an_unready_pod_comes_back_when_the_server_looks_again() -> None:
    web = account(world(minAvailable=0))
    web.spend_unready()
    spent = web.allowed
    web.evaluate()

    assert (spent, web.allowed) == (2, 3)


@pytest.mark.parametrize(
    ("budget", "allowed"), [({"maxUnavailable": 1}, 1), ({"minAvailable": "50%"}, 1), ({"minAvailable": 3}, 0)]
)
def test_a_budget_that_the_server_has_not_seen_yet_is_worked_out(budget: dict[str, Any], allowed: int) -> None:
    stale = account(world(**budget, status={"observedGeneration": 0, "disruptionsAllowed": 9}))

    assert (stale.allowed, stale.guessed) == (allowed, True)


def test_a_budget_that_the_server_cannot_compute_allows_nothing() -> None:
    conditions = [{"type": "DisruptionAllowed", "status": "False", "reason": "SyncFailed"}]

    assert account(world(maxUnavailable=1, status={"conditions": conditions})).allowed == 0


def test_the_scale_is_that_of_the_deployment_behind_the_pods() -> None:
    made = World().nodes("w1")
    made.deployment("web", "w1", "w1", replicas=5)
    made.budget(maxUnavailable=1)

    assert (scale(made.observed()).expected, scale(made.observed()).known) == (5, True)


def test_a_number_of_available_pods_counts_pods_and_asks_for_no_scale() -> None:
    made = World().nodes("w1")
    made.pod("web-0", "w1", owner="Broker/b", owner_api="example.com/v1")
    made.pod("web-1", "w1")
    made.budget(minAvailable=1)
    found = scale(made.observed())

    assert (found.expected, found.most, found.known, found.managed) == (2, 2, True, True)


def test_more_pods_than_wanted_are_a_reason_not_to_be_sure() -> None:
    made = World().nodes("w1")
    made.deployment("web", "w1", "w1", replicas=1)
    made.budget(minAvailable=1)

    assert scale(made.observed()).unsettled == "there are more pods than wanted for now"
