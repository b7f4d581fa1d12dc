# SPDX-License-Identifier: GPL-3.0-or-later
"""In which order pods leave a node, and which do not leave by eviction: the operator's rules and what holds without."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatchcase
from typing import Any

from .._model.pod import Pod
from .._model.selector import Selector

ORDINARY, WITH_STORAGE, CRITICAL = 0, 100, 200
# The priority of the class system-cluster-critical; system-node-critical is above it, and nothing else may be.
_CRITICAL_PRIORITY = 2_000_000_000


class RuleAction(str, Enum):
    """SKIP: the pod stays. WAIT_COMPLETED: it is left to finish by itself, and removed then."""

    EVICT = "evict"
    SKIP = "skip"
    WAIT_COMPLETED = "wait_completed"


@dataclass(frozen=True, slots=True)
class Rule:
    """Holds for the pods that ``selector`` matches in the ``namespaces`` (shell patterns; none given: all of them).

    ``order`` None leaves the pod its place.
    """

    action: RuleAction = RuleAction.EVICT
    selector: Selector = field(default_factory=Selector)
    namespaces: tuple[str, ...] = ()
    order: int | None = None

    def covers(self, pod: Pod) -> bool:
        return self.selector.matches(pod.labels) and (
            not self.namespaces or any(fnmatchcase(pod.namespace, pattern) for pattern in self.namespaces)
        )


def parse(raw: Iterable[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Rules as the option ``rules`` has them; raises ValueError naming the rule (counted from 1) that is wrong."""
    return tuple(_parsed(number, entry) for number, entry in enumerate(raw, start=1))


def _parsed(number: int, entry: Mapping[str, Any]) -> Rule:
    if not entry.get("pod_selector") and not entry.get("namespaces"):
        raise ValueError(f"rule {number} covers every pod; it needs a pod_selector, namespaces or both")
    try:
        return Rule(
            action=RuleAction(entry.get("action") or RuleAction.EVICT),
            selector=Selector.parse(entry.get("pod_selector") or ""),
            namespaces=tuple(entry.get("namespaces") or ()),
            order=entry.get("order"),
        )
    except ValueError as error:
        raise ValueError(f"rule {number}: {error}") from error


def rule_of(pod: Pod, rules: Iterable[Rule]) -> Rule | None:
    """The first rule that covers the pod."""
    return next((rule for rule in rules if rule.covers(pod)), None)


def order_of(pod: Pod, rule: Rule | None) -> int:
    """When it is the pod's turn: no pod is touched while one of a lower order is still there.

    Storage goes after those that may use it, and what the whole cluster needs (DNS, for one) after everything else.
    """
    if rule is not None and rule.order is not None:
        return rule.order
    if is_critical(pod):
        return CRITICAL
    return WITH_STORAGE if pod.claims else ORDINARY


def is_critical(pod: Pod) -> bool:
    """Whether the cluster or its node cannot do without the pod, as its priority says."""
    return pod.priority >= _CRITICAL_PRIORITY
