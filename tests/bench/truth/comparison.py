# SPDX-License-Identifier: GPL-3.0-or-later
"""Forecast against truth, pod by pod, and the table of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.forecast.coverage import Coverage
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.forecast.prognosis import (
    Outcome,
    PodForecast,
    SetForecast,
    Successor,
)
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.outcome import PodReport
from ansible_collections.day2.k8s.plugins.plugin_utils._model.workloads import Workloads

from .stage import Drained, Seen

# A budget that allowed nothing for so long, with nothing left that could free it, never does.
NEVER_SECONDS = 60.0
# Whoever left later than this had to wait for something.
_AT_ONCE_SECONDS = 3.0


class Truth(str, Enum):
    """What became of a pod. UNTRIED: the drain was refused because of another one. UNDECIDED: not watched for long."""

    AT_ONCE = "at once"
    LATER = "later"
    NEVER = "never"
    LEFT_ALONE = "left alone"
    UNTRIED = "untried"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Compared:
    """One pod; ``seconds`` is when it was gone, since the drain began (None: it is not)."""

    pool: str
    forecast: PodForecast
    truth: Truth
    seconds: float | None = None

    @property
    def wrong(self) -> bool:
        """A never that left, or something that was to leave and did not."""
        left = self.truth in (Truth.AT_ONCE, Truth.LATER)
        if self.forecast.outcome is Outcome.NEVER:
            return left
        return self.forecast.outcome in (Outcome.LEAVES, Outcome.SLOW) and self.truth is Truth.NEVER

    @property
    def decided(self) -> bool:
        """Whether it is a pod that the drain was to move, and did or could not."""
        return self.truth in (Truth.AT_ONCE, Truth.LATER, Truth.NEVER)


def interchangeable(compared: Iterable[Compared], workloads: Workloads) -> list[Compared]:
    """As ``compared``, with what became of pods of one budget told of those of which it was forecast.

    A budget that lets one of two pods go does not say which one: between them chance decides.
    """
    compared = list(compared)
    coverage = Coverage(workloads.budgets, workloads.pods)
    groups: dict[tuple[str, ...], list[Compared]] = defaultdict(list)
    pods = {pod.key: pod for pod in workloads.pods}
    for each in compared:
        if each.decided:
            budgets = tuple(budget.key for budget in coverage.of(pods[each.forecast.key]))
            groups[budgets or (each.forecast.key,)].append(each)
    matched = [each for each in compared if not each.decided]
    for group in groups.values():
        forecasts = sorted((each.forecast for each in group), key=lambda forecast: _LIKENESS[forecast.outcome])
        truths = sorted(((each.truth, each.seconds) for each in group), key=lambda truth: list(Truth).index(truth[0]))
        matched += [Compared(group[0].pool, f, *truth) for f, truth in zip(forecasts, truths, strict=True)]
    return matched


# In the order of the truths they stand for.
_LIKENESS = {outcome: rank for rank, outcome in enumerate(Outcome)} | {Outcome.UNKNOWN: 1.5}


def compare(pool: str, forecast: SetForecast, workloads: Workloads, drained: Drained, seen: Seen) -> list[Compared]:
    """Every pod of the drained nodes."""
    uids = {pod.key: pod.uid for pod in workloads.pods}
    moved: dict[str, float] = {}
    for pod in (pod for node in forecast.nodes for pod in node.pods):
        if pod.budget and (gone_at := seen.gone_at.get(uids[pod.key])) is not None:
            moved[pod.budget] = max(moved.get(pod.budget, 0.0), gone_at)
    reports = {(r.namespace, r.name): r for result in drained.results for r in result.pods}
    refused = any(report.action == "refused" for report in reports.values())
    found = []
    for pod in (pod for node in forecast.nodes for pod in node.pods):
        gone_at = seen.gone_at.get(uids[pod.key])
        report = reports.get((pod.namespace, pod.name))
        allowing_at = max(seen.allowing_at.get(pod.budget, 0.0), moved.get(pod.budget, 0.0), drained.started_at)
        zero = drained.ended_at - allowing_at
        truth = _truth(pod, report, gone_at, zero, refused=refused or not drained.results)
        found.append(Compared(pool, pod, truth, None if gone_at is None else gone_at - drained.started_at))
    return found


def _truth(pod: PodForecast, report: PodReport | None, gone_at: float | None, zero: float, *, refused: bool) -> Truth:
    """``zero`` is for how many seconds its budget had allowed nothing at the end."""
    if gone_at is not None:
        waited = report is not None and (report.attempts > 1 or (pod.budget and report.seconds > _AT_ONCE_SECONDS))
        return Truth.LATER if waited else Truth.AT_ONCE
    if report is not None and report.action == "ignored":
        return Truth.LEFT_ALONE
    if report is not None and report.action == "refused":
        return Truth.NEVER
    if refused or report is None:
        return Truth.UNTRIED
    return Truth.UNDECIDED if pod.budget and zero < NEVER_SECONDS else Truth.NEVER


def table(compared: Iterable[Compared]) -> list[str]:
    """Rows are what was forecast, columns what came."""
    counts = Counter((each.forecast.outcome, each.forecast.certain, each.truth) for each in compared)
    lines = ["forecast".ljust(22) + "".join(f"{truth.value:>12}" for truth in Truth)]
    for outcome in Outcome:
        for certain in (True, False):
            row = [counts[outcome, certain, truth] for truth in Truth]
            if any(row):
                name = f"{outcome.value}, {'certain' if certain else 'estimate'}"
                lines.append(name.ljust(22) + "".join(f"{number or '·':>12}" for number in row))
    return lines


@dataclass(frozen=True)
class Room:
    """Successors without a node: how many were forecast, how many came to it, and how many of these are the same."""

    forecast: int
    truth: int
    both: int


def room(
    compared: Iterable[Compared],
    pending_before: Mapping[tuple[str, str], int],
    drained: Mapping[str, Drained],
    app_of: Mapping[str, str],
) -> Room:
    """By workload, since successors have names of their own; ``app_of`` maps pods to workloads."""
    expected: Counter[tuple[str, str]] = Counter()
    for each in compared:
        if each.decided and each.truth is not Truth.NEVER and each.forecast.successor is Successor.NO_ROOM:
            expected[each.pool, app_of[each.forecast.key]] += 1
    came: Counter[tuple[str, str]] = Counter()
    for name, pool in drained.items():
        for app, number in pool.pending.items():
            came[name, app] += max(0, number - pending_before.get((name, app), 0))
    return Room(expected.total(), came.total(), (expected & came).total())
