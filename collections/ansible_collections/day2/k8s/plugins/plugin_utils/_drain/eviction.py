# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API server's answer to an eviction means.

After kubernetes/kubernetes:pkg/registry/core/pod/storage/eviction.go.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .._model.api_error import ApiError

_SEVERAL_BUDGETS = "more than one PodDisruptionBudget"
_BUDGET_KIND = "poddisruptionbudget"


class Meaning(str, Enum):
    """What to do about an answer.

    GRANTED: the pod goes. GONE: it is no longer there. BUDGET, NAMESPACE (its namespace is being deleted) and BUSY (the
    API limits requests) are to be asked again later; UNCERTAIN (no answer, a failure, a changed object) only after
    looking whether the pod is still there and not yet terminating. SEVERAL_BUDGETS, FORBIDDEN and REFUSED never change.
    """

    GRANTED = "granted"
    GONE = "gone"
    BUDGET = "budget"
    NAMESPACE = "namespace"
    BUSY = "busy"
    UNCERTAIN = "uncertain"
    SEVERAL_BUDGETS = "several budgets"
    FORBIDDEN = "forbidden"
    REFUSED = "refused"

    @property
    def final(self) -> bool:
        """Whether asking again is of no use."""
        return self in (Meaning.SEVERAL_BUDGETS, Meaning.FORBIDDEN, Meaning.REFUSED)


@dataclass(frozen=True, slots=True)
class Answer:
    """``message`` is the server's; ``retry_after`` in seconds, None where it named none."""

    meaning: Meaning
    message: str = ""
    retry_after: float | None = None


def interpret(error: ApiError | None) -> Answer:
    """The meaning of an eviction's outcome; None stands for success."""
    if error is None:
        return Answer(Meaning.GRANTED)
    budget_causes = [cause.message for cause in error.causes if cause.type == "DisruptionBudget"]
    message = "; ".join(budget_causes) or error.message
    return Answer(_meaning(error, has_budget=bool(budget_causes)), message, error.retry_after)


def _meaning(error: ApiError, *, has_budget: bool) -> Meaning:
    if error.status == 404:
        return Meaning.GONE
    if error.status == 429:
        # Admission webhooks that guard pods answer 429 too; they and rate limits have no budget among their causes.
        return Meaning.BUDGET if has_budget else Meaning.BUSY
    if error.status == 500 and _SEVERAL_BUDGETS in error.message:
        return Meaning.SEVERAL_BUDGETS
    if error.status == 409 or error.transient:
        return Meaning.UNCERTAIN
    if error.status == 403:
        return _meaning_of_forbidden(error)
    return Meaning.FORBIDDEN if error.status == 401 else Meaning.REFUSED


def _meaning_of_forbidden(error: ApiError) -> Meaning:
    if error.has_cause("NamespaceTerminating"):
        return Meaning.NAMESPACE
    if error.details_kind == _BUDGET_KIND:  # its figures are out of range until the disruption controller mends them
        return Meaning.BUDGET
    # A missing right names the subresource; admission plugins and webhooks, which also answer 403, do not.
    return Meaning.FORBIDDEN if "pods/eviction" in error.message else Meaning.REFUSED
