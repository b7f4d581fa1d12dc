# SPDX-License-Identifier: GPL-3.0-or-later
"""What drains will meet, told before anything is touched: for a node, for nodes together, for a whole plan.

Only what is certain refuses a node (a finding); what is estimated warns, and the drain's deadline decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from ..._model.interval import Interval
from ..._model.workloads import Workloads
from ..options import DrainOptions
from .course import Course
from .durations import DefaultDurations, Durations
from .judgement import Judge
from .prognosis import NodeForecast, SetForecast
from .simulation import Simulation
from .verdicts import findings_of, fragile_warnings, warnings_of


class Forecaster:
    """Forecasts drains of one cluster, one set of nodes after the other; it remembers where pods went meanwhile."""

    def __init__(self, workloads: Workloads, options: DrainOptions, durations: Durations | None = None) -> None:
        self._workloads = workloads
        self._options = options
        self._simulation = Simulation(workloads, options, durations or DefaultDurations(options.grace_period_seconds))
        self._judge = Judge(workloads, self._simulation.book, self._simulation.placement, self._simulation.cordoned)

    def drain(self, nodes: Collection[str]) -> SetForecast:
        """These nodes together, after all that was forecast before; then they take pods again.

        Raises KeyError for a node that does not exist.
        """
        self._check(nodes)
        return self._told(nodes, self._simulation.drain(nodes))

    def attempt(self, nodes: Collection[str]) -> SetForecast:
        """As ``drain``, to be kept or taken back before anything else is asked; raises as ``drain``."""
        self._check(nodes)
        return self._told(nodes, self._simulation.attempt(nodes))

    def keep(self) -> None:
        """The attempt counts as a drain."""
        self._simulation.keep()

    def take_back(self) -> None:
        """The attempt was a trial."""
        self._simulation.take_back()

    def trial(self, nodes: Collection[str]) -> SetForecast:
        """As ``drain``, without remembering it: for comparing sets."""
        self._check(nodes)
        return self._told(nodes, self._simulation.trial(nodes))

    def _check(self, nodes: Collection[str]) -> None:
        missing = [name for name in nodes if name not in self._workloads.nodes]
        if missing:
            raise KeyError(missing[0])

    def _told(self, nodes: Collection[str], course: Course) -> SetForecast:
        return SetForecast(tuple(self._node(name, course) for name in nodes))

    def _node(self, name: str, course: Course) -> NodeForecast:
        departures = course.departures.get(name, [])
        pods = sorted(
            (self._judge.pod(name, departure, course) for departure in departures),
            key=lambda pod: (pod.namespace, pod.name),
        )
        seconds = Interval(self._options.settle_seconds, self._options.settle_seconds)
        for pod in pods:
            seconds = seconds | pod.seconds
        return NodeForecast(
            node=name,
            pods=tuple(pods),
            seconds=seconds,
            findings=tuple(findings_of(departures, pods)),
            warnings=(
                *warnings_of(name, departures, pods, seconds, self._options.timeout_seconds),
                *fragile_warnings(self._judge.fragile(departures)),
            ),
        )


def forecast(
    workloads: Workloads,
    sets: Iterable[Collection[str]],
    options: DrainOptions,
    durations: Durations | None = None,
) -> Iterator[SetForecast]:
    """Of a plan: sets of nodes that are drained together, one set after the other."""
    forecaster = Forecaster(workloads, options, durations)
    for nodes in sets:
        yield forecaster.drain(nodes)
