# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a cluster and its runs stand, as text. Made from the returned data alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .text import columns

_HISTORY_SHOWN = 5


def render_status(status: Mapping[str, Any], *, environment: str) -> str:
    """``status`` as of ``Status.to_dict``."""
    rows = [
        ("STATUS", environment or "-"),
        ("cluster", status["cluster_uid"]),
        ("lock", _lock(status["lock"])),
        ("run", _run(status["run"])),
    ]
    if status["halt"]:
        rows.append(("halt", f"{status['halt']}; no node is taken until the verb continue"))
    paragraphs = ["\n".join(columns(rows)), _nodes(status), _history(status["history"]), f"next  {_next(status)}"]
    return "\n\n".join(filter(None, paragraphs))


def _lock(lock: Mapping[str, Any]) -> str:
    if not lock["held"]:
        return "free"
    ago = lock["renewed_seconds_ago"]
    renewed = "never renewed" if ago is None else f"renewed {ago:.0f} s ago"
    alive = "its run is dead or cannot reach the API" if lock["expired"] else "its run is alive"
    return f"run {lock['run']} of {lock['holder']}, {renewed}: {alive}"


def _run(run: Mapping[str, Any] | None) -> str:
    if run is None:
        return "none yet"
    what = f"{run['run']}: {run['verb']} to {run['target']} by {run['who']}, opened {run['opened_at']}"
    if not run["closed_at"]:
        return f"{what}, not closed"
    remaining = f", remaining: {', '.join(run['remaining'])}" if run["remaining"] else ""
    return f"{what}, {run['result']} {run['closed_at']}{remaining}"


def _nodes(status: Mapping[str, Any]) -> str:
    heading = ("node", "role", "version", "ready", "cordon", "in hand of", "step")
    return "\n".join(columns([heading, *map(_node, status["nodes"])]))


def _node(node: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        node["node"],
        node["role"].replace("_", " "),
        node["version"],
        {True: "yes", False: "no", None: "unknown"}[node["ready"]],
        _cordon(node),
        node["claimed_by"] or "-",
        _step(node),
    )


def _cordon(node: Mapping[str, Any]) -> str:
    if not node["cordoned"]:
        return "-"
    return f"run {node['cordoned_by']}" if node["cordoned_by"] else "somebody else"


def _step(node: Mapping[str, Any]) -> str:
    if node["unreadable"]:
        return node["unreadable"]
    journal = node["journal"]
    if journal is None:
        return "-"
    changed = "machine changed" if journal["changed"] else "machine not changed"
    message = f": {journal['message'].splitlines()[0]}" if journal["message"] else ""
    return f"{journal['step']} {journal['state']} since {journal['at']}, {changed}{message}"


def _history(history: list[Mapping[str, Any]]) -> str:
    if not history:
        return ""
    return "\n".join(["earlier runs:", *(f"  {_run(run)}" for run in history[:_HISTORY_SHOWN])])


def _next(status: Mapping[str, Any]) -> str:
    lock = status["lock"]
    if status["halt"]:
        return "resolve why it was halted, then continue; a run that ended meanwhile goes on with the same command"
    if lock["held"] and not lock["expired"]:
        return "wait for the run to end"
    left = [node["node"] for node in status["nodes"] if node["claimed_by"] or node["cordoned_by"] or node["journal"]]
    if lock["held"] or left:
        named = f" ({', '.join(left)})" if left else ""
        return f"a run left things behind{named}: the same command again goes on, recover gives up and tidies"
    return "nothing is left behind"
