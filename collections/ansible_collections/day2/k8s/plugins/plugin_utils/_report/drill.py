# SPDX-License-Identifier: GPL-3.0-or-later
"""What a failover drill showed: of each scenario the gap that clients met, who followed a leader, and the verdict.

A scenario lasts from the beginning of its fault until its nodes were given back, healthy; samples count by their start.
One whose fault was not seen where it had to be shows nothing, and does not pass: what is asked directly has to be away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .._model.drill import Drill, scenario_of
from .._model.finding import Finding
from .availability import NEW, REUSED, Availability, Sample, summarise
from .timing import moment

# Those in which the API server of each node that is taken cannot answer anybody outside.
_SILENT = frozenset({"apiserver", "load_balancer_backend", "control_plane_node", "zone"})
PASSED, FAILED, NOT_PLAYED = "passed", "failed", "not played"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One scenario. Of new and reused connections the worse one counts; ``why`` is empty for one that passed."""

    scenario: str
    verdict: str
    why: str = ""
    nodes: tuple[str, ...] = ()
    began_at: str = ""
    seconds: float = 0.0
    requests: int = 0
    failures: int = 0
    gap_seconds: float = 0.0
    longest_gap_seconds: float = 0.0
    succession: Mapping[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "nodes": list(self.nodes)}


def outcomes(drill: Drill, events: Iterable[Mapping[str, Any]], samples: Sequence[Sample]) -> tuple[Outcome, ...]:
    """One for each scenario that was wanted, in that order."""
    told = sorted(events, key=lambda event: moment(event["at"]))
    played = _played(told)
    found = []
    for scenario in drill.scenarios:
        # One that is wanted twice is played twice.
        span = played.get(scenario, []).pop(0) if played.get(scenario) else None
        if span is None:
            found.append(Outcome(scenario, NOT_PLAYED, "the drill ended, or the cluster could not bear it, before"))
        else:
            found.append(_outcome(drill, span, samples))
    return tuple(found)


def findings(drill: Drill, found: Iterable[Outcome]) -> tuple[Finding, ...]:
    """One for each scenario that did not pass."""
    return tuple(
        Finding(
            code="D2-DRILL-004",
            subject=outcome.scenario,
            message=f"{outcome.verdict}: {outcome.why}",
            why=f"a failure like this costs clients more than the {drill.objective_seconds:g} s that were stated, or "
            "it is not known what it costs",
            remedy="look at the report and at the load balancer's health checks, then run the drill again",
        )
        for outcome in found
        if outcome.verdict != PASSED
    )


@dataclass(slots=True)
class _Span:
    scenario: str
    began_at: str
    nodes: dict[str, bool | None]
    ended_at: str = ""
    succession: Mapping[str, Any] | None = None

    @property
    def over(self) -> bool:
        return all(well is not None for well in self.nodes.values())


def _played(events: Iterable[Mapping[str, Any]]) -> dict[str, list[_Span]]:
    """By scenario, in the order in which they began; one with several nodes is one."""
    spans: dict[str, list[_Span]] = {}
    open_span: _Span | None = None
    for event in events:
        kind, node = event["event"], event.get("node", "")
        scenario = scenario_of(event["step"]) if kind == "step_started" else None
        if scenario is not None:
            if open_span is None or open_span.scenario != scenario or open_span.over:
                open_span = _Span(scenario, event["at"], {})
                spans.setdefault(scenario, []).append(open_span)
            open_span.nodes[node] = None
        elif open_span is None or node not in open_span.nodes:
            continue
        elif kind == "step_ended":
            open_span.succession = (event.get("details") or {}).get("succession") or open_span.succession
        elif kind == "released":
            open_span.nodes[node] = event["state"] == "done"
            open_span.ended_at = event["at"]
    return spans


def _outcome(drill: Drill, span: _Span, samples: Sequence[Sample]) -> Outcome:
    began = moment(span.began_at)
    ended = moment(span.ended_at) if span.ended_at and span.over else float("inf")
    seen = summarise(sample for sample in samples if began <= moment(sample.at) <= ended)
    series = [one for one in seen if one.series in (NEW, REUSED)]
    longest = max((one.longest_gap_seconds for one in series), default=0.0)
    reasons = []
    if not all(span.nodes.values()):
        reasons.append(f"{', '.join(name for name, well in span.nodes.items() if not well)} did not come back in time")
    if not series:
        reasons.append("there is no sample")
    answering = [one.series for one in seen if _answered(drill, span, one)]
    if answering:
        reasons.append(f"the fault was not seen: {', '.join(answering)} was answered meanwhile")
    if longest > drill.objective_seconds:
        reasons.append(f"a gap of {longest:.1f} s, at most {drill.objective_seconds:g} s were to be")
    if span.succession and not span.succession["in_time"]:
        reasons.append(_late(span.succession))
    return Outcome(
        span.scenario,
        FAILED if reasons else PASSED,
        "; ".join(reasons),
        tuple(span.nodes),
        span.began_at,
        round(ended - began, 1) if ended != float("inf") else 0.0,
        requests=sum(one.requests for one in series),
        failures=sum(one.failures for one in series),
        gap_seconds=max((one.gap_seconds for one in series), default=0.0),
        longest_gap_seconds=longest,
        succession=span.succession,
    )


def _answered(drill: Drill, span: _Span, direct: Availability) -> bool:
    """Whether an API server that was taken away answered all the same, for half of the time or more."""
    taken = {f"{node} {NEW}" for node in span.nodes} if span.scenario in _SILENT else set()
    return direct.series in taken and direct.longest_gap_seconds < drill.hold_seconds / 2


def _late(succession: Mapping[str, Any]) -> str:
    allowed = f"{succession['allowed_seconds']:g} s were to be"
    if not succession["holder"]:
        return f"nobody followed the leader, at most {allowed}"
    return f"another leader after {succession['seconds']:g} s only, at most {allowed}"
