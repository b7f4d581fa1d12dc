# SPDX-License-Identifier: GPL-3.0-or-later
"""Closes a run: judges it from the cluster, keeps its evidence, frees the lock, and says what came of it."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.plugin_utils._action.base import ApiAction
from ansible_collections.day2.k8s.plugins.plugin_utils._action.stats import day2_result
from ansible_collections.day2.k8s.plugins.plugin_utils._action.step import required_run
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.closing import close_run
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.opening import StoredPlan
from ansible_collections.day2.k8s.plugins.plugin_utils._kube import observe
from ansible_collections.day2.k8s.plugins.plugin_utils._model.drill import VERB
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.plugins.plugin_utils._model.run import Run
from ansible_collections.day2.k8s.plugins.plugin_utils._model.version import KubernetesVersion
from ansible_collections.day2.k8s.plugins.plugin_utils._report.summary import render_check
from ansible_collections.day2.k8s.plugins.plugin_utils._run.clock import now_iso
from ansible_collections.day2.k8s.plugins.plugin_utils._run.judgement import RunResult, lacks


class ActionModule(ApiAction):
    argument_spec: ClassVar[Mapping[str, Any]] = {"run": {"type": "dict", "required": True}}

    def execute(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - the interface
        run = required_run(params)
        if self.check_mode or run.check_mode:
            return self._check(params, run)
        closed = close_run(
            self.transport(params), run, vantage_host=socket.gethostname(), clock=time.monotonic, sleep=time.sleep
        )
        self.say(closed.block)
        result = _result(closed.report, closed.block)
        if closed.findings:
            state = f"lock released; {closed.report['next']}"
            raise Day2Error(closed.findings, state=state, begun=True, result=result)
        return result

    def _check(self, params: Mapping[str, Any], run: Run) -> dict[str, Any]:
        """Nothing was opened; says what is still to be done, and removes the private directory of the check."""
        snapshot = observe.snapshot(self.transport(params), now_iso=now_iso())
        target = KubernetesVersion.parse(run.target)
        planned = StoredPlan.read(Path(run.artifacts)).nodes
        lacking = {name: reasons for name in planned if (reasons := lacks(snapshot, name, target))}
        remaining = [{"node": name, "reason": "; ".join(reasons)} for name, reasons in lacking.items()]
        what = "a failover drill" if run.verb == VERB else ""
        block = render_check(run.environment, run.target, remaining, what=what)
        shutil.rmtree(run.directory, ignore_errors=True)
        self.say(block)
        result = RunResult.PAUSED if remaining else RunResult.DONE
        report = {"run": run.id, "result": result.value, "remaining": remaining, "nodes_failed": [], "report": ""}
        return _result({**report, "next": "run it without --check"}, block)


def _result(report: Mapping[str, Any], block: str) -> dict[str, Any]:
    drilled = {"drill": report["drill"]} if report.get("drill") else {}
    told = {
        **drilled,
        "run": report["run"],
        "result": report["result"],
        "remaining": [entry["node"] for entry in report["remaining"]],
        "nodes_failed": [entry["node"] for entry in report["nodes_failed"]],
        "report": report["report"],
        "next": report["next"],
    }
    return {"changed": False, **told, "block": block, "ansible_stats": day2_result(told)}
