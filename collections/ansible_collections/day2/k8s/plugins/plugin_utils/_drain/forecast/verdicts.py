# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person is told of a node's forecast: findings refuse the node, warnings do not.

One cause is told once, with the pods it is about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from ..._model.finding import Finding, Severity
from ..._model.interval import Interval
from ..budgets import several_budgets
from ..returning import tolerant
from .course import Departure
from .prognosis import Outcome, PodForecast, Successor

_NAMED = 5  # pods named in one finding; the forecast has them all
_NEVER_WHY = "a drain never bypasses a disruption budget, so that it would wait until its deadline and fail"
_UNSURE_WHY = "it is an estimate: the drain is tried, and its deadline decides"
_NO_ROOM_WHY = "the pod is gone until there is room, and its workload runs with one less"


def findings_of(departures: Iterable[Departure], pods: Iterable[PodForecast]) -> Iterator[Finding]:
    """What certainly stops the drain."""
    for departure in departures:
        if len(departure.accounts) > 1:
            yield several_budgets(departure.pod, (account.budget for account in departure.accounts))
        elif departure.left_at is None:
            yield from (f for f in departure.decision.findings if f.severity is Severity.BLOCKING)
    certain = [pod for pod in pods if pod.outcome is Outcome.NEVER and pod.certain and pod.budget]
    for (budget, reason), group in _grouped(certain).items():
        yield Finding(
            code="D2-DRAIN-011",
            subject=f"PodDisruptionBudget/{budget}",
            message=f"keeps {_names(group)} on node {group[0].node} for good: {reason}",
            why=_NEVER_WHY,
            remedy=_with_contact(group),
        )


def warnings_of(
    node: str,
    departures: Iterable[Departure],
    pods: Iterable[PodForecast],
    seconds: Interval,
    timeout_seconds: float,
) -> Iterator[Finding]:
    """What may go wrong."""
    pods = tuple(pods)
    doubtful = [p for p in pods if (p.outcome is Outcome.NEVER and not p.certain) or p.outcome is Outcome.UNKNOWN]
    for (_subject, reason), group in _grouped(doubtful).items():
        budget = group[0].budget
        will = "may" if group[0].outcome is Outcome.UNKNOWN else "will most likely"
        yield _warning(
            "D2-DRAIN-012",
            f"PodDisruptionBudget/{budget}" if budget else group[0].key,
            f"{will} keep {_names(group)} on node {node}: {reason}" if budget else f"{will} stay on {node}: {reason}",
            _UNSURE_WHY,
            _with_contact(group) or "look at it before the node's turn comes",
        )
    homeless = [pod for pod in pods if pod.successor is Successor.NO_ROOM]
    for (_budget, reason), group in _grouped(homeless, by_successor=True).items():
        yield _warning(
            "D2-DRAIN-013",
            group[0].key if len(group) == 1 else f"Node/{node}",
            f"finds no other node ({reason})" if len(group) == 1 else f"no other node for {_names(group)} ({reason})",
            _NO_ROOM_WHY,
            "make room on another node, or relax what the pod demands",
        )
    yield from tolerant(departure.pod for departure in departures if departure.left_at is not None)
    if seconds.low > timeout_seconds:
        yield _warning(
            "D2-DRAIN-012",
            f"Node/{node}",
            f"needs at least {seconds.low:.0f} s; the drain's deadline is {timeout_seconds:.0f} s",
            _UNSURE_WHY,
            "raise day2_drain_timeout",
        )


def fragile_warnings(fragile: Mapping[str, str]) -> Iterator[Finding]:
    """``fragile`` are budgets that may have nothing to spare when the drain comes, with the reason."""
    for budget, reason in fragile.items():
        yield _warning(
            "D2-DRAIN-012",
            f"PodDisruptionBudget/{budget}",
            f"allows evictions now and may not later: {reason}",
            "at low load the drain would wait until its deadline and fail",
            "let the autoscaler keep one pod more than the budget needs, or use maxUnavailable",
        )


def _grouped(pods: Iterable[PodForecast], *, by_successor: bool = False) -> dict[tuple[str, str], list[PodForecast]]:
    """By what keeps them; without a budget each pod is a cause of its own."""
    groups: dict[tuple[str, str], list[PodForecast]] = defaultdict(list)
    for pod in pods:
        if by_successor:
            groups["", pod.successor_why].append(pod)
        else:
            groups[pod.budget or pod.key, pod.reason].append(pod)
    return groups


def _names(pods: list[PodForecast]) -> str:
    keys = sorted(pod.key for pod in pods)
    return ", ".join(keys[:_NAMED]) + (f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else "")


def _with_contact(pods: list[PodForecast]) -> str:
    contacts = sorted({pod.contact for pod in pods if pod.contact})
    return pods[0].remedy + (f" (call {', '.join(contacts)})" if contacts else "")


def _warning(code: str, subject: str, message: str, why: str, remedy: str) -> Finding:
    return Finding(code=code, subject=subject, message=message, why=why, remedy=remedy, severity=Severity.WARNING)
