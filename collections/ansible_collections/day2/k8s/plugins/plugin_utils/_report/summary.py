# SPDX-License-Identifier: GPL-3.0-or-later
"""A closed run: as ``report.json`` for machines, and as the block that people read at the end.

The block is made from the report alone, so that what people read and what machines read cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._model.finding import Finding
from .._model.naming import count
from .availability import NEW, REUSED
from .text import columns, span

SCHEMA = 1
_INDENT = " " * 10
_GAPS_SHOWN = 6
_ORDER_OF_STEPS = (
    "admit",
    "cordon",
    "drain",
    "isolate",
    "leader",
    "packages",
    "kubeadm",
    "kubelet",
    "rejoin",
    "verify",
    "uncordon",
)


def render_summary(report: Mapping[str, Any]) -> str:
    """``report`` as ``closing`` writes it to report.json."""
    paragraphs = [
        _header(report),
        _failed(report["nodes_failed"]),
        _remaining(report),
        _findings(report["findings"]),
        _drill(report["drill"]),
        _times(report),
        _availability(report),
        _last(report),
    ]
    return "\n".join(paragraph for paragraph in paragraphs if paragraph)


def render_check(environment: str, target: str, remaining: Sequence[Mapping[str, Any]], *, what: str = "") -> str:
    """What the closing play says in check mode: nothing was opened, so there is nothing to close.

    ``what`` would be run, where that is no upgrade.
    """
    if what and not remaining:
        return f"CHECK {environment}: {what} may be run at {target}; nothing was changed"
    if not remaining:
        return f"CHECK {environment}: nothing to do for {target}; nothing was changed"
    rows = columns((entry["node"], entry["reason"]) for entry in remaining)
    lines = [f"CHECK {environment}: would be brought to {target}, nothing was changed"]
    return "\n".join([*lines, *(_INDENT + row for row in rows)])


def duration(seconds: float) -> str:
    """``7.3 s``, ``3 min 12 s``, ``1 h 05 min``."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def _header(report: Mapping[str, Any]) -> str:
    took = duration(report["timing"]["seconds"])
    if report["drill"]:
        what = f"failover drill at {report['to_version']}, {count(len(report['drill']), 'scenario')}"
    else:
        nodes = count(len(report["nodes_done"]), "node")
        what = f"{report['from_version']} → {report['to_version']}, {nodes}"
    return f"{report['result'].upper()} {report['environment']}: {what} in {took} (run {report['run']})"


def _drill(outcomes: Sequence[Mapping[str, Any]]) -> str:
    return _table(
        "drill",
        (
            (
                outcome["scenario"],
                outcome["verdict"],
                ", ".join(outcome["nodes"]) or "-",
                f"longest gap {duration(outcome['longest_gap_seconds'])},",
                f"{duration(outcome['gap_seconds'])} in all,",
                f"{outcome['failures']} of {outcome['requests']} failed",
                _succession(outcome["succession"]),
            )
            for outcome in outcomes
        ),
    )


def _succession(succession: Mapping[str, Any] | None) -> str:
    if not succession:
        return ""
    allowed = f"of {succession['allowed_seconds']:g} s"
    if not succession["holder"]:
        return f"no other leader within {allowed[3:]}"
    return f"another leader after {duration(succession['seconds'])} {allowed}"


def _failed(failed: Sequence[Mapping[str, Any]]) -> str:
    lines = []
    for entry in failed:
        where = f"at {entry['step']}" if entry["step"] else "before anything was done to it"
        now = "it is cordoned" if entry["cordoned"] else "it is not cordoned"
        lines.append(f"FAILED    {entry['node']} {where}, {now}")
        lines += [_INDENT + line for line in entry["message"].splitlines()]
    return "\n".join(lines)


def _remaining(report: Mapping[str, Any]) -> str:
    return _table("remaining", ((entry["node"], entry["reason"]) for entry in report["remaining"]))


def _findings(findings: Sequence[Mapping[str, Any]]) -> str:
    told = [Finding.from_dict(raw) for raw in findings]
    return "\n".join(f"FAILED    {f.code} {f.subject}: {f.message}\n{_INDENT}{f.remedy}" for f in told)


def _times(report: Mapping[str, Any]) -> str:
    timing = report["timing"]
    table = _table("nodes", ((node["node"], duration(node["seconds"]), _steps(node)) for node in timing["nodes"]))
    overhead = f"overhead  {duration(timing['overhead_seconds'])} outside prefetch, drain, packages and kubeadm"
    return "\n".join(filter(None, [table, overhead]))


def _steps(node: Mapping[str, Any]) -> str:
    steps = node["steps_seconds"]
    known = [step for step in _ORDER_OF_STEPS if step in steps]
    others = sorted(set(steps) - set(_ORDER_OF_STEPS))
    return ", ".join(f"{step} {duration(steps[step])}" for step in [*known, *others])


def _availability(report: Mapping[str, Any]) -> str:
    table = _table(
        "API",
        (
            (
                f"{series['series']} connections:",
                f"{series['requests']} requests,",
                f"{series['failures']} failed,",
                f"{series['slower_than_1_second']} slower than 1 s,",
                f"longest gap {duration(series['longest_gap_seconds'])},",
                f"{series['reconnects']} reconnects{_while_isolated(series)}",
            )
            for series in report["availability"]
        ),
    )
    seen = report["vantage_point"]
    if not table:
        return "API       its availability is not known: there is no sample"
    lines = [table, f"{_INDENT}one request a second by {seen['host']} to {seen['server']}"]
    lines += [f"{_INDENT}{node} could not be asked directly: {why}" for node, why in report["not_sampled"].items()]
    expected = report["api_outage_expected"]
    lines += [f"{_INDENT}the plan expected it away for {span(expected)}: {expected['why']}"] if expected else []
    return "\n".join([*lines, *(_INDENT + row for row in columns(_gaps(report)))])


def _while_isolated(series: Mapping[str, Any]) -> str:
    return f", {series['while_isolated']} unanswered while isolated" if series["while_isolated"] else ""


def _gaps(report: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """The longest of them, in the order of time, with what the run was doing.

    Only of what clients use: a single API server is away while its own node is changed, and nobody is there to notice.
    """
    used = [series for series in report["availability"] if series["series"] in (NEW, REUSED)]
    gaps = [(series["series"], gap) for series in used for gap in series["gaps"]]
    longest = sorted(gaps, key=lambda entry: -entry[1]["seconds"])[:_GAPS_SHOWN]
    return [
        (
            gap["began_at"],
            f"{series}:",
            f"{gap['failures']} failed in {duration(gap['seconds'])}",
            f"during {gap['during']}:" if gap["during"] else "at no node step:",
            gap["error"],
        )
        for series, gap in sorted(longest, key=lambda entry: str(entry[1]["began_at"]))
    ]


def _last(report: Mapping[str, Any]) -> str:
    return f"report    {report['report']}\nnext      {report['next']}"


def _table(heading: str, rows: Any) -> str:
    lines = columns(rows) if (rows := list(rows)) else []
    return "\n".join(f"{heading if not position else '':<10}{line}" for position, line in enumerate(lines))
