# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._kube.lists import ApiLists
from ansible_collections.day2.k8s.plugins.plugin_utils._model.api_error import ApiError
from ansible_collections.day2.k8s.plugins.plugin_utils._model.workloads import BUDGETS, PODS, RESOURCES, Workloads
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import AT
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.readable_api import ReadableApi
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import budget_json, pod_json


def lists(api: ReadableApi) -> ApiLists:
    return ApiLists(api)  # type: ignore[arg-type] # a stand-in of the same shape


def test_workloads_are_read_from_the_lists_of_the_api() -> None:
    api = ReadableApi(lists={PODS: [pod_json("web-1")], BUDGETS: [budget_json()]})

    workloads = Workloads.from_api(lists(api), taken_at=AT)

    assert "shop/web-1" in {pod.key for pod in workloads.pods}
    assert [budget.key for budget in workloads.budgets] == ["shop/web"]
    assert workloads.listed == frozenset(RESOURCES)


def test_a_list_that_may_not_be_read_is_not_taken_for_an_empty_one() -> None:
    found = lists(ReadableApi(refused=[BUDGETS]))

    workloads = Workloads.from_api(found, taken_at=AT)

    assert workloads.listed == frozenset(RESOURCES) - {BUDGETS}
    assert list(found.refused) == [BUDGETS]
    assert len(found) == len(list(found)) == len(RESOURCES) - 1


def test_without_pods_there_is_nothing_to_plan_with() -> None:
    with pytest.raises(ApiError):
        Workloads.from_api(lists(ReadableApi(refused=[PODS])), taken_at=AT)


def test_what_is_no_list_of_planning_is_not_there() -> None:
    with pytest.raises(KeyError):
        lists(ReadableApi())["/api/v1/secrets"]
