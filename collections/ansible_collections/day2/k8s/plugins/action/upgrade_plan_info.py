# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows what an upgrade would do and what refuses it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.plugin_utils._action.assessing import (
    PLANNING_OPTIONS,
    read_drain,
    read_hosts,
    read_intent,
    to_plan_file,
    to_result,
)
from ansible_collections.day2.k8s.plugins.plugin_utils._action.base import ApiAction
from ansible_collections.day2.k8s.plugins.plugin_utils._run.assessment import Assessment, assess, assess_stored
from ansible_collections.day2.k8s.plugins.plugin_utils._run.clock import now_iso, parse_iso


class ActionModule(ApiAction):
    argument_spec: ClassVar[Mapping[str, Any]] = {
        **PLANNING_OPTIONS,
        "snapshot": {"type": "path"},
        "plan_file": {"type": "path"},
    }

    def execute(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        assessment = self._assess(params, task_vars)
        result = to_result(assessment, environment=params["environment"])
        if params["plan_file"] and not self.check_mode:
            to_plan_file(assessment, result, environment=params["environment"]).write(Path(params["plan_file"]))
        self.say(result["block"])
        return {"changed": False, **result}

    def _assess(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> Assessment:
        now = now_iso()
        intent = read_intent(params, today=parse_iso(now).date())
        drain, contact_key = read_drain(intent), params["owner_key"]
        if params["snapshot"]:
            return assess_stored(Path(params["snapshot"]), intent, drain, contact_key=contact_key)
        hosts = read_hosts(params, task_vars)
        return assess(self.transport(params), hosts, intent, drain, now, contact_key=contact_key)
