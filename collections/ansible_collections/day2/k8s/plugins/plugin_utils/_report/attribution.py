# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run was doing when the API failed: the steps of nodes that a gap fell into, from the coordinator's events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .timing import moment


def attributed(series: Mapping[str, Any], events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """``series``, as ``Availability.to_dict`` makes it, with ``during`` in each gap (``cp2 kubeadm``; empty: none)."""
    steps = _steps(events)
    return {**series, "gaps": [{**gap, "during": _during(gap, steps)} for gap in series["gaps"]]}


def isolations(events: Iterable[Mapping[str, Any]]) -> dict[str, list[tuple[float, float]]]:
    """From the begin of each ``isolate`` to the end of the ``rejoin`` that succeeded, else to the last event."""
    found: dict[str, list[tuple[float, float]]] = {}
    begun: dict[str, float] = {}
    at = 0.0
    for event in sorted(events, key=lambda event: str(event["at"])):
        at = moment(event["at"])
        if event["event"] == "step_started" and event["step"] == "isolate":
            begun.setdefault(event["node"], at)
        elif event["event"] == "step_ended" and event["step"] == "rejoin" and event["ok"] and event["node"] in begun:
            found.setdefault(event["node"], []).append((begun.pop(event["node"]), at))
    for node, begin in begun.items():
        found.setdefault(node, []).append((begin, at))
    return found


def _during(gap: Mapping[str, Any], steps: list[tuple[float, float, str]]) -> str:
    """By when the first request of the gap was sent; what comes after it may be its consequence."""
    began = moment(gap["began_at"])
    return ", ".join(sorted(what for start, end, what in steps if start <= began <= end))


def _steps(events: Iterable[Mapping[str, Any]]) -> list[tuple[float, float, str]]:
    """Begin, end and name of each step; one without an end was under way when the events ended."""
    found: list[tuple[float, float, str]] = []
    begun: dict[tuple[str, str], float] = {}
    for event in sorted(events, key=lambda event: str(event["at"])):
        if event["event"] == "step_started":
            begun[event["node"], event["step"]] = moment(event["at"])
        elif event["event"] == "step_ended":
            start = begun.pop((event["node"], event["step"]), moment(event["at"]) - event["seconds"])
            found.append((start, moment(event["at"]), f"{event['node']} {event['step']}"))
    return found + [(start, float("inf"), f"{node} {step}") for (node, step), start in begun.items()]
