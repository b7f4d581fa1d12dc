# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a run's time went, from the events that its coordinator kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

# What cannot be avoided: it is done by kubeadm, by the package manager, or by workloads that take their time to leave.
# Everything else is overhead of this product.
WORK_STEPS = frozenset({"prefetch", "drain", "packages", "kubeadm"})


@dataclass(frozen=True, slots=True)
class NodeTiming:
    """One node: seconds from its admission until it was given back, and of each of its steps in order."""

    node: str
    seconds: float
    steps: Mapping[str, float]

    def to_dict(self) -> dict[str, Any]:
        return {"node": self.node, "seconds": self.seconds, "steps_seconds": dict(self.steps)}


@dataclass(frozen=True, slots=True)
class Timing:
    """``overhead_seconds`` is the part of ``seconds`` in which no step of WORK_STEPS ran on any node."""

    seconds: float
    overhead_seconds: float
    nodes: tuple[NodeTiming, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "seconds": self.seconds,
            "overhead_seconds": self.overhead_seconds,
            "nodes": [node.to_dict() for node in self.nodes],
        }


def measure(events: Iterable[Mapping[str, Any]], *, opened_at: str, closed_at: str) -> Timing:
    """Nodes come in the order of their admission; one that was never admitted has no entry."""
    told = sorted(events, key=lambda event: moment(event["at"]))
    began, ended = moment(opened_at), moment(closed_at)
    work = [
        (moment(event["at"]) - event["seconds"], moment(event["at"]))
        for event in told
        if event["event"] == "step_ended" and event["step"] in WORK_STEPS
    ]
    return Timing(
        seconds=round(ended - began, 3),
        overhead_seconds=round(ended - began - _covered(work, began, ended), 3),
        nodes=tuple(
            _node(name, [event for event in told if event.get("node") == name], ended)
            for name in dict.fromkeys(event["node"] for event in told if event["event"] == "admitted")
        ),
    )


def _node(name: str, events: list[Mapping[str, Any]], ended: float) -> NodeTiming:
    admitted = next(moment(e["at"]) for e in events if e["event"] == "admitted")
    released = next((moment(e["at"]) for e in events if e["event"] == "released"), ended)
    steps: dict[str, float] = {}
    for event in events:
        if event["event"] == "step_ended":
            steps[event["step"]] = round(steps.get(event["step"], 0.0) + event["seconds"], 3)
    return NodeTiming(name, round(released - admitted, 3), steps)


def _covered(intervals: list[tuple[float, float]], began: float, ended: float) -> float:
    """Length of the union of ``intervals`` within the run."""
    total, reached = 0.0, began
    for start, end in sorted(intervals):
        until = min(end, ended)
        if until > max(start, reached):
            total += until - max(start, reached)
            reached = until
    return total


def moment(at: str) -> float:
    """Seconds since the epoch."""
    return datetime.fromisoformat(at.replace("Z", "+00:00")).timestamp()
