# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings together what is planned and what is forecast: which nodes go together, how long it takes, what stops drains.

Planning and forecasting know nothing of each other; here the drains of a plan are worked through in its order, each
set of nodes on the cluster that those before it have left behind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from .._drain.forecast.forecaster import Forecaster
from .._drain.forecast.prognosis import NodeForecast, Outcome, PodForecast, SetForecast, Successor
from .._drain.options import DrainOptions
from .._model.finding import Finding, Severity
from .._model.interval import Interval
from .._model.naming import count, shortened
from .._model.node import Node
from .._model.snapshot import Snapshot
from .._upgrade.disruption import why_out
from .._upgrade.durations import StepDurations, UsualStepDurations
from .._upgrade.intent import Intent
from .._upgrade.plan import DrainOutlook, NodeStep, Plan, Wave
from .._upgrade.waves import cut

# How bad an outcome is when nodes are compared; to wait for a budget is no reason not to go together.
_BADNESS = {Outcome.STAYS: 0, Outcome.LEAVES: 0, Outcome.SLOW: 0, Outcome.UNKNOWN: 1, Outcome.NEVER: 2}
_LOST = (Outcome.NEVER, Outcome.UNKNOWN)
# Pods that are told by name; the others are counted. A plan of thousands of nodes has to stay a size that one can read
# and send.
_PODS_OF_A_NODE, _PODS_OF_A_PLAN = 20, 2000


def look_ahead(
    plan: Plan,
    snapshot: Snapshot,
    intent: Intent,
    drain: DrainOptions,
    durations: StepDurations | None = None,
) -> Plan:
    """``plan`` with its waves, the outlook of each drain and how long it all takes.

    Without workloads in the snapshot nothing is said of drains, and so nothing of time.
    """
    durations = durations or UsualStepDurations()
    if snapshot.workloads is None or not plan.steps:
        return plan
    rehearsal = _Rehearsal(plan.steps, Forecaster(snapshot.workloads, drain), drain.timeout_seconds)
    out = _out_all_the_time(plan.steps, snapshot.nodes)
    waves = cut(plan.steps, snapshot.nodes, intent.limits, out, rehearsal)
    number_of = {name: number for number, wave in enumerate(waves, start=1) for name in wave.nodes}
    steps = tuple(
        _with_outlook(step, number_of[step.node], rehearsal.outlooks.get(step.node), durations.of(step))
        for step in plan.steps
    )
    return replace(
        plan,
        steps=steps,
        waves=waves,
        duration=_duration(steps, waves),
        findings=(*plan.findings, *_merged(rehearsal.findings)),
    )


class _Rehearsal:
    """The drains of a plan in thought.

    ``outlooks`` are those of nodes that were taken, by name, ``findings`` what was found there, each with its node. No
    more is kept of a forecast: it tells of every pod.
    """

    def __init__(self, steps: Sequence[NodeStep], forecaster: Forecaster, deadline: float) -> None:
        self._forecaster = forecaster
        self._deadline = deadline
        self._drained = frozenset(step.node for step in steps if step.changes_machine)
        self._alone: dict[str, NodeForecast] = {}
        # The set that was tried last, until it is known whether it is taken: most often it is.
        self._tried: tuple[tuple[str, ...], SetForecast] | None = None
        self._pods_told = max(1, min(_PODS_OF_A_NODE, _PODS_OF_A_PLAN // len(steps)))
        self.outlooks: dict[str, DrainOutlook] = {}
        self.findings: list[tuple[str, Finding]] = []

    def fits(self, names: Sequence[str]) -> str | None:
        """Nodes fit when nobody fares worse than if they went in turn, and each is drained before its deadline."""
        self._take_back()
        together = self._forecaster.attempt(self._to_drain(names))
        self._tried = tuple(names), together
        for node in together.nodes:
            if node.seconds.high > self._deadline or any(map(_bad, node.pods)):
                worse = self._worse(node)
                if worse is not None:
                    return worse
        return None

    def take(self, names: Sequence[str]) -> None:
        self._alone.clear()
        if self._tried is not None and self._tried[0] == tuple(names):
            together = self._tried[1]
            self._tried = None
            self._forecaster.keep()
        else:
            self._take_back()
            together = self._forecaster.drain(self._to_drain(names))
        for forecast in together.nodes:
            self.outlooks[forecast.node] = _outlook(forecast, self._deadline, self._pods_told)
            self.findings += ((forecast.node, finding) for finding in (*forecast.findings, *forecast.warnings))

    def _to_drain(self, names: Sequence[str]) -> list[str]:
        return [name for name in names if name in self._drained]

    def _take_back(self) -> None:
        if self._tried is not None:
            self._tried = None
            self._forecaster.take_back()

    def _trial(self, name: str) -> NodeForecast:
        if name not in self._alone:
            self._take_back()
            self._alone[name] = self._forecaster.trial([name]).nodes[0]
        return self._alone[name]

    def _worse(self, together: NodeForecast) -> str | None:
        """The first pod of the node that fares worse than if the node went alone, and why."""
        alone = self._trial(together.node)
        before = {pod.key: pod for pod in alone.pods}
        for pod in filter(_bad, together.pods):
            was = before.get(pod.key)
            if _BADNESS[pod.outcome] > (_BADNESS[was.outcome] if was else 0):
                return f"{pod.key} {pod.reason}"
            if pod.successor is Successor.NO_ROOM and (was is None or was.successor is not Successor.NO_ROOM):
                return f"{pod.key} would find no room ({pod.successor_why})"
        if alone.seconds.high <= self._deadline < together.seconds.high:
            slowest = max(together.pods, key=lambda pod: pod.seconds.high)
            return f"{slowest.key} {slowest.reason}, perhaps for longer than the drain's deadline"
        return None


def _bad(pod: PodForecast) -> bool:
    """Whether the pod might fare better if its node went alone: what is certain does not depend on others."""
    return (_BADNESS[pod.outcome] > 0 and not pod.certain) or pod.successor is Successor.NO_ROOM


def _out_all_the_time(steps: Iterable[NodeStep], nodes: Mapping[str, Node]) -> Collection[str]:
    """Nodes that are out and that this plan does not bring back."""
    back = {step.node for step in steps if step.resumed}
    return {name for name, node in nodes.items() if name not in back and why_out(node) is not None}


def _with_outlook(step: NodeStep, wave: int, drain: DrainOutlook | None, change: Interval) -> NodeStep:
    return replace(step, wave=wave, drain=drain, duration=drain.seconds + change if drain else change)


def _outlook(forecast: NodeForecast, deadline: float, told: int) -> DrainOutlook:
    """The deadline ends what would take longer, and what does not end by itself."""
    outcome = forecast.outcome
    high = deadline if outcome in _LOST else min(forecast.seconds.high, deadline)
    notable = sorted((pod for pod in forecast.pods if pod.notable), key=_worst_first)
    return DrainOutlook(
        outcome=outcome.value,
        certain=outcome is Outcome.NEVER and bool(forecast.findings),
        seconds=Interval(min(forecast.seconds.low, high), high),
        counts=forecast.counts,
        without_room=sum(pod.successor is Successor.NO_ROOM for pod in forecast.pods),
        pods=tuple(pod.to_dict() for pod in notable[:told]),
    )


def _worst_first(pod: PodForecast) -> tuple[int, bool, str]:
    return -_BADNESS[pod.outcome], pod.successor is not Successor.NO_ROOM, pod.key


def _duration(steps: Iterable[NodeStep], waves: Iterable[Wave]) -> Interval:
    """Wave after wave, each as long as its slowest node."""
    of_node = {step.node: step.duration for step in steps if step.duration is not None}
    total = Interval()
    for wave in waves:
        longest = Interval()
        for name in wave.nodes:
            longest = longest | of_node[name]
        total = total + longest
    return total


def _merged(findings: Iterable[tuple[str, Finding]]) -> list[Finding]:
    """One finding for each cause, though it stands in the way of many nodes."""
    found: dict[tuple[str, str, Severity], list[tuple[str, Finding]]] = {}
    for name, finding in findings:
        found.setdefault((finding.code, finding.subject, finding.severity), []).append((name, finding))
    merged = []
    for same in found.values():
        _first, finding = same[0]
        others = list(dict.fromkeys(name for name, _finding in same[1:]))
        message = finding.message
        if others:
            message = f"{message}; the same on {count(len(others), 'other node')}: {shortened(others)}"
        merged.append(replace(finding, message=message))
    return merged
