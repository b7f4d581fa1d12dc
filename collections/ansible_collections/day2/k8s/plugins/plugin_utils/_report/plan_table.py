# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan as text that a person reads in a minute: what cluster, which node when, what not, what stops it, the verdict.

It is made from the returned data alone, so that what people read and what machines read cannot differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._model.finding import Finding, Severity
from .._model.naming import count, shortened
from .findings_text import paragraphs_of
from .text import columns, span, without_empty, wrapped

# Rows that are still read; of a longer plan only what is special is shown.
_MOST_ROWS = 40
_NONE = "-"
Step = Mapping[str, Any]


def render_plan(
    plan: Mapping[str, Any],
    findings: Iterable[Finding],
    accepted: Sequence[Mapping[str, Any]],
    *,
    drift: Mapping[str, Sequence[str]] | None = None,
    result: str,
    environment: str,
    cluster_uid: str,
    observed_at: str,
) -> str:
    """``plan`` as of ``Plan.to_dict``, ``accepted`` as of ``Accepted.to_dict``, ``drift`` as of ``Drift.to_dict``;
    ``result``: ready, refused or done.
    """
    told = tuple(findings)
    paragraphs = [
        _header(plan, environment, cluster_uid, observed_at),
        _steps(plan["steps"]),
        _not_handled(plan),
        _drift(drift),
        *map(wrapped, paragraphs_of(told, accepted)),
        wrapped(_verdict(plan, told, result)),
    ]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _header(plan: Mapping[str, Any], environment: str, cluster_uid: str, observed_at: str) -> str:
    hops = ", ".join(f"{hop['from_version']} -> {hop['to_version']}" for hop in plan["hops"])
    rows = [
        ("PLAN", f"upgrade to Kubernetes {plan['target']}"),
        ("environment", environment or _NONE),
        ("cluster", cluster_uid),
        ("observed", observed_at),
        ("intent", plan["digest"]),
        ("control plane", hops or "already there"),
        ("at once", _limits(plan["policy"])),
    ]
    if plan["duration"]:
        waves = count(len(plan["waves"]), "wave")
        rows.append(("takes", f"{span(plan['duration'])} in {waves}; an estimate, with the drains as forecast"))
    rows += [("costs", cost) for cost in _costs(plan)]
    return "\n".join(columns(rows))


def _limits(policy: Mapping[str, Any]) -> str:
    limits = [count(policy["max_unavailable"], "node")]
    limits += [f"{pool['max_unavailable']} of pool {pool['name']}" for pool in policy["pools"]]
    limits += ["nodes of one zone only"] if policy["one_zone_at_a_time"] else []
    return ", ".join(limits)


def _costs(plan: Mapping[str, Any]) -> Iterable[str]:
    """What it costs even if all goes well."""
    drains = [step["drain"] for step in plan["steps"] if step["drain"]]
    moved = sum(drain["counts"]["leaves"] + drain["counts"]["slow"] for drain in drains)
    if moved:
        yield f"{count(moved, 'eviction')}; a pod can be moved more than once"
    homeless = sum(drain["without_room"] for drain in drains)
    if homeless:
        yield f"{count(homeless, 'pod')} without room elsewhere until a node is back"
    outage = plan["api_outage"]
    if outage:
        yield f"the API is away for about {span(outage)}: {outage['why']}"
    yield from plan["notes"]


def _steps(steps: Sequence[Step]) -> str:
    if not steps:
        return ""
    usual = Counter(tuple(step["actions"]) for step in steps).most_common(1)[0][0]
    shown = _worth_a_row(steps)
    heading = ("#", "wave", "node", "role", "zone", "pool", "from", "drain", "takes", "otherwise")
    rows = [heading, *(_row(number, step, usual) for number, step in shown)]
    lines = [f"each: {', '.join(usual)}", "", *columns(without_empty(rows))]
    if len(shown) < len(steps):
        lines.append(_not_shown([step for step in steps if step not in [s for _number, s in shown]]))
    slow = [(step["node"], waits) for _number, step in shown if (waits := _waits(step["drain"]))]
    if slow:
        lines += ["", "slow, as pods wait for:", *(f"  {row}" for row in columns(slow))]
    return "\n".join(lines)


def _row(number: int, step: Step, usual: Sequence[str]) -> tuple[str, ...]:
    role = "control plane" if step["role"] == "control_plane" else "canary" if step["canary"] else "worker"
    special = [action for action in step["actions"] if action not in usual]
    special += ["taken up again"] if step["resumed"] else []
    return (
        str(number),
        str(step["wave"] or _NONE),
        step["node"],
        role,
        step["zone"] or _NONE,
        step["pool"] or _NONE,
        step["from_version"],
        _drain(step["drain"]),
        span(step["duration"]) if step["duration"] else _NONE,
        ", ".join(special) or _NONE,
    )


def _drain(drain: Mapping[str, Any] | None) -> str:
    if drain is None:
        return _NONE
    counts = drain["counts"]
    if drain["outcome"] == "leaves" and not counts["leaves"]:
        return "nothing to evict"
    leaving = sum(number for outcome, number in counts.items() if outcome != "stays")
    pods = count(leaving, "pod")
    if drain["outcome"] == "never":
        word = "NEVER ends" if drain["certain"] else "may never end"
        text = f"{word}: {counts['never']} of {pods}"
    elif drain["outcome"] == "unknown":
        text = f"unknown: {counts['unknown']} of {pods}"
    elif drain["outcome"] == "slow":
        text = f"slow: {counts['slow']} of {pods} wait, {span(drain['seconds'])}"
    else:
        text = f"{pods}, {span(drain['seconds'])}"
    return f"{text}; {drain['without_room']} without room" if drain["without_room"] else text


def _waits(drain: Mapping[str, Any] | None) -> str:
    """What the slow pods wait for, and whom to call about it."""
    slow = [pod for pod in drain["pods"] if pod["outcome"] == "slow"] if drain else []
    waits: dict[str, list[Mapping[str, Any]]] = {}
    for pod in slow:
        waits.setdefault(f"budget {pod['budget']}" if pod["budget"] else "pods before them", []).append(pod)
    told = []
    for what, pods in waits.items():
        contacts = sorted({pod["contact"] for pod in pods if pod["contact"]})
        call = f", call {shortened(contacts)}" if contacts else ""
        told.append(f"{what} ({count(len(pods), 'pod')}{call})")
    return ", ".join(told)


def _worth_a_row(steps: Sequence[Step]) -> list[tuple[int, Step]]:
    """All of a plan that is short; else what is special and, as far as there is room, the beginning."""
    numbered = list(enumerate(steps, start=1))
    if len(numbered) <= _MOST_ROWS:
        return numbered
    special = [(number, step) for number, step in numbered if _special(step)][:_MOST_ROWS]
    usual = [(number, step) for number, step in numbered if not _special(step)]
    return sorted([*special, *usual[: _MOST_ROWS - len(special)]], key=lambda entry: entry[0])


def _special(step: Step) -> bool:
    doubtful = step["drain"] is not None and step["drain"]["outcome"] in ("never", "unknown")
    return doubtful or step["role"] == "control_plane" or step["canary"] or step["resumed"]


def _not_shown(steps: Sequence[Step]) -> str:
    outcomes = Counter(step["drain"]["outcome"] if step["drain"] else "not forecast" for step in steps)
    told = ", ".join(f"{outcome} {number}" for outcome, number in sorted(outcomes.items()))
    return f"... and {count(len(steps), 'node')} more; of their drains: {told}"


def _not_handled(plan: Mapping[str, Any]) -> str:
    lines = []
    if plan["finished"]:
        lines.append(f"finished: {shortened(plan['finished'], most=10)}")
    if plan["left_out"]:
        by_reason: dict[tuple[str, str], list[str]] = {}
        for left in plan["left_out"]:
            by_reason.setdefault((left["version"], left["reason"]), []).append(left["node"])
        lines.append("left out:")
        rows = ((shortened(nodes), version, reason) for (version, reason), nodes in by_reason.items())
        lines += [f"  {row}" for row in columns(rows)]
    return "\n".join(lines)


def _drift(drift: Mapping[str, Sequence[str]] | None) -> str:
    if drift is None:
        return ""
    rows = [("material", line) for line in drift["material"]]
    rows += [("immaterial", line) for line in drift["immaterial"]]
    if not rows:
        return "DRIFT  nothing changed since the plan was made"
    return wrapped("\n".join(["DRIFT  since the plan was made", *(f"  {row}" for row in columns(rows))]))


def _verdict(plan: Mapping[str, Any], findings: Sequence[Finding], result: str) -> str:
    if result == "refused":
        blockers = sum(finding.severity is Severity.BLOCKING for finding in findings)
        what = "resolve or accept" if any(map(_can_be_accepted, findings)) else "resolve"
        return f"VERDICT refused: {count(blockers, 'finding')} to {what} first; nothing was changed"
    if result == "done":
        rest = f", {count(len(plan['left_out']), 'node')} left out" if plan["left_out"] else ""
        return f"VERDICT done: nothing to do for {plan['target']}{rest}"
    steps = plan["steps"]
    control_plane = sum(step["role"] == "control_plane" for step in steps)
    what = f"{count(control_plane, 'control-plane node')} and {count(len(steps) - control_plane, 'worker')}"
    doubtful = sum(step["drain"] is not None and step["drain"]["outcome"] in ("never", "unknown") for step in steps)
    doubt = f", of which {count(doubtful, 'drain')} may not end" if doubtful else ""
    return f"VERDICT ready: {what} to upgrade to {plan['target']}{doubt}; nothing was changed"


def _can_be_accepted(finding: Finding) -> bool:
    return finding.acceptable and finding.severity is Severity.BLOCKING
