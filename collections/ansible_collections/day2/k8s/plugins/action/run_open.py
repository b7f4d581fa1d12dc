# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens a run, refuses it naming every reason, or finds that there is nothing to do."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.plugin_utils._action.assessing import (
    PLANNING_OPTIONS,
    check_to_result,
    read_drain,
    read_hosts,
    read_intent,
    to_result,
)
from ansible_collections.day2.k8s.plugins.plugin_utils._action.base import ApiAction
from ansible_collections.day2.k8s.plugins.plugin_utils._action.operator import who
from ansible_collections.day2.k8s.plugins.plugin_utils._action.plain import plain_value
from ansible_collections.day2.k8s.plugins.plugin_utils._action.stats import day2_result
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.opening import StoredPlan, new_run, open_run
from ansible_collections.day2.k8s.plugins.plugin_utils._kube import lease, observe
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.connection import ConnectionOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.transport import ApiError
from ansible_collections.day2.k8s.plugins.plugin_utils._model import drill
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding
from ansible_collections.day2.k8s.plugins.plugin_utils._model.run import Run
from ansible_collections.day2.k8s.plugins.plugin_utils._report.refusal import render
from ansible_collections.day2.k8s.plugins.plugin_utils._run.assessment import Result, assess, hold, take_snapshot
from ansible_collections.day2.k8s.plugins.plugin_utils._run.clock import now_iso, parse_iso
from ansible_collections.day2.k8s.plugins.plugin_utils._run.drill import foresee
from ansible_collections.day2.k8s.plugins.plugin_utils._run.entry import left_out, tags_given, too_few_forks
from ansible_collections.day2.k8s.plugins.plugin_utils._run.plan_file import PlanFile
from ansible_collections.day2.k8s.plugins.plugin_utils._run.variables import unknown_variables
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.plan import NodeStep

# Of role day2's variables day2_failover_drill_*.
DRILL_OPTIONS: dict[str, Any] = {
    "scenarios": {"type": "list", "elements": "str", "required": True, "choices": list(drill.SCENARIOS)},
    "hold_seconds": {"type": "int", "default": 30},
    "objective_seconds": {"type": "float", "default": 10.0},
    "consent": {"type": "str", "default": ""},
    "approver": {"type": "str", "default": ""},
    "rank": {"type": "int", "default": 0},
}


class ActionModule(ApiAction):
    argument_rules: ClassVar[Mapping[str, Any]] = {"required_if": [("verb", drill.VERB, ("drill",))]}
    argument_spec: ClassVar[Mapping[str, Any]] = {
        **PLANNING_OPTIONS,
        "verb": {"type": "str", "default": "upgrade"},
        "drill": {"type": "dict", "options": DRILL_OPTIONS},
        "artifacts": {"type": "path", "default": "./artifacts"},
        "plan_file": {"type": "path"},
    }

    def execute(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        try:
            findings = list(_entry_findings(params, task_vars))
            if findings:
                raise Day2Error(findings)
            return (
                self._open_drill(params, task_vars) if params["verb"] == drill.VERB else self._open(params, task_vars)
            )
        except Day2Error as error:
            return self._refused(error)
        except ApiError as error:
            return self._refused(Day2Error(error.finding(self.transport(params).server)))

    def _open(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        agreed = PlanFile.read(Path(params["plan_file"])) if params["plan_file"] else None
        now = now_iso()
        intent = read_intent(params, today=parse_iso(now).date())
        assessment = assess(
            self.transport(params),
            read_hosts(params, task_vars),
            intent,
            read_drain(intent),
            now,
            contact_key=params["owner_key"],
        )
        if agreed is not None:
            assessment = hold(assessment, agreed)
        result = {"changed": False, "run": {}, **_plays(()), **to_result(assessment, environment=params["environment"])}
        if assessment.result is Result.READY and not self.check_mode:
            self._require_no_halt(params)
        if assessment.result is not Result.READY:
            self.say(result["block"])
            return {**result, "ansible_stats": day2_result({"result": assessment.result.value, "remaining": []})}
        stored = StoredPlan(
            nodes=tuple(step.node for step in assessment.plan.steps),
            limits=intent.limits,
            failure_budget=intent.failure_budget,
            plan=assessment.plan.to_dict(),
            drain=intent.drain,
            accept=intent.accept,
        )
        run = self._opened(params, task_vars, stored, target=str(intent.target), now=now)
        self.say(f"{result['block']}\n{_opened_line(run)}")
        return {**result, "result": "opened", "run": run.to_dict(), **_plays(assessment.plan.steps)}

    def _open_drill(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        wish, transport, now = drill.Drill.from_dict(params["drill"]), self.transport(params), now_iso()
        snapshot = take_snapshot(transport, read_hosts(params, task_vars), params["cluster_uid"], now)
        version = snapshot.kubeadm.kubernetes_version
        # What the inventory wants next is of no concern here.
        intent = read_intent(
            {**params, "kubernetes_version": ""}, today=parse_iso(now).date(), configured_version=version
        )
        prospect = foresee(snapshot, observe.leader_leases(transport), intent, wish, params["environment"])
        checked = check_to_result(prospect.check, environment=params["environment"], what="a failover drill")
        result = {"changed": False, "run": {}, "plan": {}, **_plays(()), **checked}
        if not prospect.check.passed:
            self.say(result["block"])
            return {**result, "ansible_stats": day2_result({"result": "refused", "remaining": []})}
        if not self.check_mode:
            self._require_no_halt(params)
        # No failure is borne: a cluster that did not get over one scenario is spared the next.
        stored = StoredPlan(prospect.nodes, prospect.limits, failure_budget=0, plan=prospect.plan)
        run = self._opened(params, task_vars, stored, target=str(version), now=now)
        self.say(f"{result['block']}\n{prospect.text}\n{_opened_line(run)}")
        return {**result, "result": "opened", "run": run.to_dict()}

    def _opened(
        self,
        params: Mapping[str, Any],
        task_vars: Mapping[str, Any],
        stored: StoredPlan,
        *,
        target: str,
        now: str,
    ) -> Run:
        run = new_run(
            verb=params["verb"],
            environment=params["environment"],
            cluster_uid=params["cluster_uid"],
            target=target,
            artifacts=Path(params["artifacts"]),
            opened_at=now,
            check_mode=self.check_mode,
        )
        if self.check_mode:
            stored.write(Path(run.artifacts))
            return run
        open_run(
            run,
            stored,
            connection=ConnectionOptions.from_dict(params),
            transport=self.transport(params),
            who=who(task_vars),
            # Tasks run in forks of ansible-playbook; it is that process whose end ends the run.
            controller_pid=os.getppid(),
            on_wait=self.say,
        )
        return run

    def _require_no_halt(self, params: Mapping[str, Any]) -> None:
        lock = lease.read(self.transport(params))
        if lock is not None and lock.halt is not None:
            raise Day2Error(
                Finding(
                    code="D2-RUN-006",
                    subject=params["environment"],
                    message=f"{lock.halt}",
                    why="somebody wants no node to be taken, and has not taken that back",
                    remedy="ask them, then run the verb continue, then the same command again",
                )
            )

    def _refused(self, error: Day2Error) -> dict[str, Any]:
        block = render(error.findings, state=error.state)
        self.say(block)
        return {
            "changed": False,
            "result": "refused",
            "run": {},
            **_plays(()),
            "plan": {},
            "findings": [finding.to_dict() for finding in error.findings],
            "block": block,
            "ansible_stats": day2_result({"result": "refused", "remaining": []}),
        }


def _entry_findings(params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> Iterable[Finding]:
    """What is wrong with the way this playbook was started."""
    names = params["hosts"] or plain_value(task_vars["ansible_play_hosts_all"])
    variables = {str(key) for name in names for key in task_vars["hostvars"][name]}
    yield from unknown_variables(variables)
    yield from left_out(names, plain_value(task_vars["ansible_play_hosts_all"]))
    yield from tags_given(plain_value(task_vars["ansible_run_tags"]), plain_value(task_vars["ansible_skip_tags"]))
    yield from too_few_forks(int(task_vars["ansible_forks"]), params["max_unavailable"])


def _plays(steps: Iterable[NodeStep]) -> dict[str, list[str]]:
    """The hosts of each play, in the order of the plan, and those of them whose machine needs no change."""
    plays: dict[str, list[str]] = {"control_plane": [], "canary": [], "workers": [], "unchanged": []}
    for step in steps:
        play = "control_plane" if step.role == "control_plane" else "canary" if step.canary else "workers"
        plays[play].append(step.host)
        if not step.changes_machine:
            plays["unchanged"].append(step.host)
    return plays


def _opened_line(run: Run) -> str:
    if run.check_mode:
        return "CHECK  no lock is taken and nothing is written"
    return f"OPENED run {run.id}: lock held, coordinator running, evidence in {run.artifacts}"
