# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.eviction import Meaning, interpret
from ansible_collections.day2.k8s.plugins.plugin_utils._model.api_error import ApiError, Cause

BUDGET = Cause("DisruptionBudget", "The disruption budget web needs 2 healthy pods and has 2 currently")
SEVERAL = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
RBAC = (
    'pods "web-1" is forbidden: User "u" cannot create resource "pods/eviction" in API group "" in the namespace "shop"'
)


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (None, Meaning.GRANTED),
        (ApiError(404, "NotFound", "not found"), Meaning.GONE),
        (ApiError(429, "TooManyRequests", "budget", (BUDGET,)), Meaning.BUDGET),
        (ApiError(429, "", "Too many requests, please try again later."), Meaning.BUSY),
        (ApiError(500, "", SEVERAL), Meaning.SEVERAL_BUDGETS),
        (ApiError(500, "InternalError", "etcd leader changed"), Meaning.UNCERTAIN),
        (ApiError(504, "Timeout", "couldn't update PodDisruptionBudget due to conflicts"), Meaning.UNCERTAIN),
        (ApiError(0, "", "connection refused"), Meaning.UNCERTAIN),
        (ApiError(409, "Conflict", "the UID in the precondition does not match"), Meaning.UNCERTAIN),
        (ApiError(403, "Forbidden", "any", (Cause("NamespaceTerminating", "shop"),)), Meaning.NAMESPACE),
        (
            ApiError(403, "Forbidden", "pdb disruptions allowed is negative", details_kind="poddisruptionbudget"),
            Meaning.BUDGET,
        ),
        (ApiError(403, "Forbidden", RBAC), Meaning.FORBIDDEN),
        (ApiError(401, "Unauthorized", "Unauthorized"), Meaning.FORBIDDEN),
        (ApiError(403, "Forbidden", 'admission webhook "guard" denied the request: not now'), Meaning.REFUSED),
        (ApiError(400, "BadRequest", 'admission webhook "guard" denied the request: not now'), Meaning.REFUSED),
        (ApiError(422, "Invalid", "ValidatingAdmissionPolicy denied request"), Meaning.REFUSED),
    ],
)
def test_what_an_answer_means(error: ApiError | None, meaning: Meaning) -> None:
    """T04, T05"""
    assert interpret(error).meaning is meaning


def test_the_words_of_the_budget_are_kept_instead_of_the_general_ones() -> None:
    answer = interpret(ApiError(429, "TooManyRequests", "Cannot evict pod", (BUDGET,), 10.0))

    assert answer.message == BUDGET.message
    assert answer.retry_after == 10.0


def test_only_what_never_changes_is_final() -> None:
    assert {m for m in Meaning if m.final} == {Meaning.SEVERAL_BUDGETS, Meaning.FORBIDDEN, Meaning.REFUSED}
