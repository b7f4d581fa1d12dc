# SPDX-License-Identifier: GPL-3.0-or-later
"""Closes a run: judges it, leaves its records on the cluster and its evidence with the artefacts, frees the lock."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .._kube import observe
from .._kube.fence import Fence
from .._kube.lease import Lock
from .._kube.transport import Transport
from .._model.api_error import ApiError
from .._model.drill import Drill
from .._model.errors import Day2Error
from .._model.finding import Finding
from .._model.run import Run
from .._model.version import KubernetesVersion
from .._report import drill
from .._report.attribution import attributed, isolations
from .._report.availability import Sample, summarise
from .._report.summary import SCHEMA, render_summary
from .._report.timing import measure
from .._run import records
from .._run.clock import now_iso
from .._run.judgement import Course, Failure, Judgement, RunResult, judge
from .client import Client
from .evidence import EVENTS, SAMPLES, read_lines
from .opening import StoredPlan

REPORT, SUMMARY = "report.json", "summary.txt"
# A node that was just given back, or a control-plane pod, may need a moment to be seen as it is.
_SETTLE_SECONDS = 60.0
_SETTLE_PAUSE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class ClosedRun:
    """``report`` is what report.json says; ``findings`` are why the run failed, none if it did not."""

    report: dict[str, Any]
    block: str
    findings: tuple[Finding, ...]


def close_run(
    transport: Transport,
    run: Run,
    *,
    vantage_host: str,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> ClosedRun:
    """Raises ApiError when the cluster cannot be judged, OSError when the run's directory was taken away.

    The coordinator is ended all the same.
    """
    artifacts = Path(run.artifacts)
    try:
        stored = StoredPlan.read(artifacts)
        judgement = _settled(transport, run, stored, clock=clock, sleep=sleep)
        drilled = _drilled(artifacts, stored)
        judgement = _with_drill(judgement, stored, drilled)
        closed_at = now_iso()
        lock_findings = _record(transport, run, judgement, closed_at)
    except (ApiError, Day2Error, OSError):
        with suppress(Day2Error):
            Client(run.socket).close()
        raise
    _end(transport, run)
    report = _report(run, stored, judgement, closed_at, vantage={"host": vantage_host, "server": transport.server})
    report["drill"] = [outcome.to_dict() for outcome in drilled]
    block = render_summary(report)
    (artifacts / REPORT).write_text(json.dumps(report, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    (artifacts / SUMMARY).write_text(block + "\n", encoding="utf-8")
    return ClosedRun(report, block, (*judgement.findings, *lock_findings))


def course_of(events: Iterable[Mapping[str, Any]]) -> Course:
    """What the coordinator's events say about nodes; of each node the last word counts."""
    failures: dict[str, Failure] = {}
    refusals: dict[str, str] = {}
    deferrals: dict[str, str] = {}
    for event in events:
        kind, node = event["event"], event.get("node", "")
        if kind == "admitted":
            failures[node] = Failure("", "its step began and did not come to an end")
            deferrals.pop(node, None)
        elif kind == "released":
            failures.pop(node, None)
            if event["state"] == "failed":
                failures[node] = Failure(event["step"], event["message"])
        elif kind == "refused":
            refusals[node] = event["why"]
        elif kind == "deferred":
            deferrals[node] = event["why"]
    return Course(failures, refusals, deferrals)


def _settled(
    transport: Transport, run: Run, stored: StoredPlan, *, clock: Callable[[], float], sleep: Callable[[float], None]
) -> Judgement:
    """The judgement; asked again for a while if everything went well and only the cluster does not look like it yet."""
    course = course_of(read_lines(Path(run.artifacts) / EVENTS))
    deadline = clock() + _SETTLE_SECONDS
    while True:
        judgement = judge(
            observe.snapshot(transport, now_iso=now_iso()),
            course,
            run_id=run.id,
            planned=stored.nodes,
            target=KubernetesVersion.parse(run.target),
            failure_budget=stored.failure_budget,
        )
        troubled = course.failures or course.refusals or course.deferrals
        if judgement.result is RunResult.DONE or troubled or clock() >= deadline:
            return judgement
        sleep(_SETTLE_PAUSE_SECONDS)


def _drilled(artifacts: Path, stored: StoredPlan) -> tuple[drill.Outcome, ...]:
    """Of a failover drill what each scenario showed; nothing of any other run."""
    if "drill" not in stored.plan:
        return ()
    samples = [Sample.from_dict(raw) for raw in read_lines(artifacts / SAMPLES)]
    return drill.outcomes(Drill.from_dict(stored.plan["drill"]), read_lines(artifacts / EVENTS), samples)


def _with_drill(judgement: Judgement, stored: StoredPlan, drilled: tuple[drill.Outcome, ...]) -> Judgement:
    """A scenario that did not pass is for a person to look at, however well the cluster is now."""
    findings = drill.findings(Drill.from_dict(stored.plan["drill"]), drilled) if drilled else ()
    if not findings:
        return judgement
    return replace(judgement, result=RunResult.HALTED, findings=(*judgement.findings, *findings))


def _record(transport: Transport, run: Run, judgement: Judgement, closed_at: str) -> tuple[Finding, ...]:
    """Leaves the run's records on the cluster, unless the lock is another run's by now: then that one writes there."""
    try:
        Fence(transport, run.id).check()
    except Day2Error as error:
        return error.findings
    record = records.read_run(transport)
    if record is not None and record.run == run.id:
        closed = replace(
            record,
            closed_at=closed_at,
            result=judgement.result.value,
            remaining=tuple(entry.node for entry in judgement.remaining),
        )
        records.write_run(transport, closed)
        records.add_to_history(transport, closed)
    return ()


def _end(transport: Transport, run: Run) -> None:
    """Ends the coordinator, which gives the lock back; one that is gone already leaves that to us."""
    try:
        Client(run.socket).close()
    except Day2Error:
        with suppress(ApiError):
            Lock(transport, run.id, "").release()


def _report(
    run: Run, stored: StoredPlan, judgement: Judgement, closed_at: str, *, vantage: Mapping[str, str]
) -> dict[str, Any]:
    artifacts = Path(run.artifacts)
    events = list(read_lines(artifacts / EVENTS))
    samples = map(Sample.from_dict, read_lines(artifacts / SAMPLES))
    return {
        "schema": SCHEMA,
        "run": run.id,
        "verb": run.verb,
        "environment": run.environment,
        "cluster_uid": run.cluster_uid,
        "from_version": _from_version(stored, run.target),
        "to_version": run.target,
        "opened_at": run.opened_at,
        "closed_at": closed_at,
        "result": judgement.result.value,
        "nodes_done": list(judgement.done),
        "nodes_failed": [entry.to_dict() for entry in judgement.failed],
        "remaining": [entry.to_dict() for entry in judgement.remaining],
        "findings": [finding.to_dict() for finding in judgement.findings],
        "timing": measure(events, opened_at=run.opened_at, closed_at=closed_at).to_dict(),
        "availability": [attributed(series.to_dict(), events) for series in summarise(samples, isolations(events))],
        "api_outage_expected": stored.plan["api_outage"],
        "not_sampled": next((event.get("not_sampled", {}) for event in events if event["event"] == "opened"), {}),
        "vantage_point": dict(vantage),
        "report": str(artifacts / REPORT),
        "next": _next(judgement),
    }


def _from_version(stored: StoredPlan, target: str) -> str:
    """The oldest version that a planned node ran."""
    versions = [KubernetesVersion.parse(step["from_version"]) for step in stored.plan["steps"]]
    return str(min(versions, default=target))


def _next(judgement: Judgement) -> str:
    remaining = ", ".join(entry.node for entry in judgement.remaining)
    if judgement.result is RunResult.DONE:
        return "nothing is left to do"
    if judgement.result is RunResult.PAUSED:
        return f"run the same command again; it goes on with {remaining}"
    return "resolve what is named above, then run the same command again; or give up with recover"
