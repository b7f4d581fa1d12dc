# SPDX-License-Identifier: GPL-3.0-or-later
"""From the task's options and the hosts' variables to an assessment, and from there to a task result.

``run_open``, ``upgrade_plan_info`` and ``cluster_check_info`` share it, so that a look says what a run would do:

    hosts = read_hosts(params, task_vars)
    intent = read_intent(params, today=date)       # raises Day2Error D2-INPUT-002 with everything that is wrong
    assessment = assess(self.transport(params), hosts, intent, ...)        # _run/assessment.py
    result = to_result(assessment, environment=params["environment"])      # plan, findings, result, block, ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from .._drain.options import DrainOptions
from .._gates import acceptance
from .._model.errors import Day2Error
from .._model.finding import Finding, Verdict
from .._model.host import Host
from .._model.selector import Selector
from .._model.version import KubernetesVersion
from .._report.check_text import render_check
from .._report.plan_table import render_plan
from .._run.assessment import Assessment, Check
from .._run.drain_policy import read_drain_options
from .._run.hosts import host_from_vars
from .._run.plan_file import PlanFile
from .._upgrade.intent import Intent
from .._upgrade.limits import Pool
from .draining import DRAIN_OPTIONS
from .plain import plain_value

_T = TypeVar("_T")

# The doc fragment day2.k8s.assessment describes these; a test keeps the two equal.
ASSESSMENT_OPTIONS: dict[str, Any] = {
    "environment": {"type": "str", "default": ""},
    "cluster_uid": {"type": "str", "required": True},
    "kubernetes_version": {"type": "str", "required": True},
    "hosts": {"type": "list", "elements": "str"},
    "nodes": {"type": "list", "elements": "str", "default": []},
    "excluded_nodes": {"type": "str", "default": ""},
    "max_unavailable": {"type": "int", "default": 1},
    "failure_budget": {"type": "int", "default": 0},
    "accept": {"type": "list", "elements": "dict", "default": []},
}
# The doc fragment day2.k8s.planning describes these.
PLANNING_OPTIONS: dict[str, Any] = {
    **ASSESSMENT_OPTIONS,
    "pools": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "name": {"type": "str", "required": True},
            "selector": {"type": "str", "required": True},
            "max_unavailable": {"type": "int", "default": 1},
        },
    },
    "one_zone_at_a_time": {"type": "bool", "default": False},
    "drain": {"type": "dict", "apply_defaults": True, "options": DRAIN_OPTIONS},
    "owner_key": {"type": "str", "default": ""},
}


def read_hosts(params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Host]:
    """The hosts of option ``hosts`` (by default those of the play), from their variables ``day2_node_name`` and
    ``day2_host``: what the provider's entry point ``facts`` registered there. A host without it did not answer.
    """
    names = params["hosts"] or plain_value(task_vars["ansible_play_hosts_all"])
    hosts = {}
    for name in names:
        variables = task_vars["hostvars"][name]
        node_name = plain_value(variables.get("day2_node_name")) or name
        hosts[name] = host_from_vars(name, node_name, plain_value(variables.get("day2_host")) or None)
    return hosts


def read_intent(
    params: Mapping[str, Any], *, today: date, configured_version: KubernetesVersion | None = None
) -> Intent:
    """The wish of the options; ``configured_version`` stands in where no ``kubernetes_version`` is given."""
    findings: list[Finding] = []
    acceptances, wrong = acceptance.parse(params["accept"], today=today)
    findings.extend(wrong)
    target = configured_version
    if params["kubernetes_version"] or target is None:
        target = _read(_release, params["kubernetes_version"], "day2_kubernetes_version", findings)
    excluded = Selector(nothing=True)
    if params["excluded_nodes"].strip():
        excluded = _read(Selector.parse, params["excluded_nodes"], "day2_excluded_nodes", findings) or excluded
    for option, least in (("max_unavailable", 1), ("failure_budget", 0)):
        if params[option] < least:
            findings.append(_wrong_value(f"day2_{option}", f"is {params[option]}; the least is {least}"))
    pools = _read(_pools, params.get("pools") or [], "day2_pools", findings)
    if findings or target is None or pools is None:
        raise Day2Error(findings)
    return Intent(
        cluster_uid=params["cluster_uid"],
        target=target,
        nodes=tuple(params["nodes"]),
        excluded=excluded,
        max_unavailable=params["max_unavailable"],
        failure_budget=params["failure_budget"],
        accept=acceptances,
        pools=pools,
        one_zone_at_a_time=params.get("one_zone_at_a_time", False),
        drain=params.get("drain") or {},
    )


def read_drain(intent: Intent) -> DrainOptions:
    """How drains are to be done, by the policy of the intent; raises Day2Error D2-INPUT-002."""
    try:
        return read_drain_options(intent.drain, intent.accept)
    except ValueError as error:
        raise Day2Error(_wrong_value("day2_drain_*", str(error))) from error


def to_result(assessment: Assessment, *, environment: str) -> dict[str, Any]:
    """``result`` (ready, refused, done), ``plan``, and what ``check_to_result`` returns; ``drift`` of an agreed plan.

    ``block`` is the plan as people read it.
    """
    plan = assessment.plan.to_dict()
    drift = assessment.drift.to_dict() if assessment.drift else None
    common = _common(assessment.findings, assessment.accepted, assessment.verdicts)
    block = render_plan(
        plan,
        assessment.findings,
        common["accepted"],
        drift=drift,
        result=assessment.result.value,
        environment=environment,
        cluster_uid=assessment.snapshot.cluster_uid,
        observed_at=assessment.snapshot.taken_at,
    )
    held = {} if drift is None else {"drift": drift}
    return {"result": assessment.result.value, "plan": plan, "block": block, **held, **common}


def to_plan_file(assessment: Assessment, result: Mapping[str, Any], *, environment: str) -> PlanFile:
    """``result`` as of ``to_result``."""
    return PlanFile(
        made_at=assessment.snapshot.taken_at,
        environment=environment,
        result=result["result"],
        agreement=assessment.plan.agreement,
        plan=result["plan"],
        findings=tuple(result["findings"]),
        accepted=tuple(result["accepted"]),
    )


def check_to_result(checked: Check, *, environment: str, what: str = "an upgrade") -> dict[str, Any]:
    """``result`` (passed, refused), ``findings``, ``accepted``, ``gates`` and ``block``, the text for people.

    ``what`` is to be begun.
    """
    common = _common(checked.findings, checked.accepted, checked.verdicts)
    block = render_check(
        checked.verdicts,
        checked.findings,
        common["accepted"],
        passed=checked.passed,
        what=what,
        environment=environment,
        cluster_uid=checked.snapshot.cluster_uid,
    )
    return {"result": "passed" if checked.passed else "refused", "block": block, **common}


def _common(
    findings: Iterable[Finding], accepted: Iterable[acceptance.Accepted], verdicts: Iterable[Verdict]
) -> dict[str, Any]:
    return {
        "findings": [finding.to_dict() for finding in findings],
        "accepted": [entry.to_dict() for entry in accepted],
        "gates": [verdict.to_dict() for verdict in verdicts],
    }


def _release(text: str) -> KubernetesVersion:
    version = KubernetesVersion.parse(text)
    if version.prerelease:
        raise ValueError(f"{version} is a pre-release, which kubeadm does not upgrade to")
    return version


def _pools(entries: Sequence[Mapping[str, Any]]) -> tuple[Pool, ...]:
    for number, entry in enumerate(entries, start=1):
        if entry["max_unavailable"] < 1:
            raise ValueError(f"max_unavailable of pool {entry['name']} is {entry['max_unavailable']}; the least is 1")
        if not entry["name"] or entry["name"] in {earlier["name"] for earlier in entries[: number - 1]}:
            raise ValueError(f"pool {number} needs a name of its own, has {entry['name']!r}")
    return tuple(map(Pool.from_dict, entries))


def _read(parse: Callable[[Any], _T], value: Any, variable: str, findings: list[Finding]) -> _T | None:
    try:
        return parse(value)
    except ValueError as error:
        findings.append(_wrong_value(variable, str(error)))
        return None


def _wrong_value(variable: str, message: str) -> Finding:
    return Finding(
        code="D2-INPUT-002",
        subject=variable,
        message=message,
        why="a wrong value could do something else than what was meant",
        remedy=f"correct {variable} in the inventory",
    )
