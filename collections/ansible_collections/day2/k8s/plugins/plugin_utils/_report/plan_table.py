# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan as text that a person reads in a minute: what cluster, which node when, what not, what stops it, the verdict.

It is made from the returned data alone, so that what people read and what machines read cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._model.finding import Finding, Severity
from .grouping import grouped
from .refusal import render

_STATE = "nothing was changed"


def render_plan(
    plan: Mapping[str, Any],
    findings: Iterable[Finding],
    accepted: Sequence[Mapping[str, Any]],
    *,
    result: str,
    environment: str,
    cluster_uid: str,
) -> str:
    """``plan`` as of ``Plan.to_dict``, ``accepted`` as of ``Accepted.to_dict``; ``result``: ready, refused or done."""
    told = tuple(findings)
    paragraphs = [
        _header(plan, environment, cluster_uid),
        _steps(plan["steps"]),
        _not_handled(plan),
        *paragraphs_of(told, accepted),
        _verdict(plan, told, result),
    ]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def paragraphs_of(findings: Sequence[Finding], accepted: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is accepted, then what only warns, then what blocks: it is to be found near the end, where people look."""
    lines = [
        f"ACCEPTED {entry['code']}  {entry['subject']}: {entry['message']}\n"
        f"       until {entry['accepted']['expires']}: {entry['accepted']['reason']}"
        for entry in accepted
    ]
    warnings = [group.told for group in grouped(finding for finding in findings if not _blocks(finding))]
    lines += [f"WARNING {f.code}  {f.subject}: {f.message}\n       {f.remedy}" for f in warnings]
    blocking = [finding for finding in findings if _blocks(finding)]
    return [*lines, render(blocking, state=_STATE)] if blocking else lines


def columns(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows of equal length as lines, each column as wide as its widest cell."""
    table = [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]


def _header(plan: Mapping[str, Any], environment: str, cluster_uid: str) -> str:
    hops = ", ".join(f"{hop['from_version']} -> {hop['to_version']}" for hop in plan["hops"])
    rows = [
        ("PLAN", f"upgrade to Kubernetes {plan['target']}"),
        ("environment", environment or "-"),
        ("cluster", cluster_uid),
        ("control plane", hops or "already there"),
    ]
    rows += [("mind", note) for note in plan["notes"]]
    return "\n".join(columns(rows))


def _steps(steps: Sequence[Mapping[str, Any]]) -> str:
    if not steps:
        return ""
    rows = [("#", "node", "role", "zone", "from", "what happens")]
    for number, step in enumerate(steps, start=1):
        role = "control plane" if step["role"] == "control_plane" else "canary" if step["canary"] else "worker"
        actions = ", ".join(step["actions"]) + (" (resumed)" if step["resumed"] else "")
        rows.append((str(number), step["node"], role, step["zone"] or "-", step["from_version"], actions))
    return "\n".join(columns(rows))


def _not_handled(plan: Mapping[str, Any]) -> str:
    lines = []
    if plan["finished"]:
        lines.append(f"finished: {', '.join(plan['finished'])}")
    if plan["left_out"]:
        lines.append("left out:")
        lines += [f"  {row}" for row in columns((n["node"], n["version"], n["reason"]) for n in plan["left_out"])]
    return "\n".join(lines)


def _blocks(finding: Finding) -> bool:
    return finding.severity is Severity.BLOCKING


def _verdict(plan: Mapping[str, Any], findings: Sequence[Finding], result: str) -> str:
    if result == "refused":
        blockers = sum(map(_blocks, findings))
        return f"VERDICT refused: {_count(blockers, 'finding')} to resolve first; nothing was changed"
    if result == "done":
        rest = f", {_count(len(plan['left_out']), 'node')} left out" if plan["left_out"] else ""
        return f"VERDICT done: nothing to do for {plan['target']}{rest}"
    steps = plan["steps"]
    control_plane = sum(step["role"] == "control_plane" for step in steps)
    what = f"{_count(control_plane, 'control-plane node')} and {_count(len(steps) - control_plane, 'worker')}"
    return f"VERDICT ready: {what} to upgrade to {plan['target']}; nothing was changed"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
