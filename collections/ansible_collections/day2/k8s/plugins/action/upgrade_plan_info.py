# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows what an upgrade would do and what refuses it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.plugin_utils._action.assessing import (
    ASSESSMENT_OPTIONS,
    read_hosts,
    read_intent,
    to_result,
)
from ansible_collections.day2.k8s.plugins.plugin_utils._action.base import ApiAction
from ansible_collections.day2.k8s.plugins.plugin_utils._run.assessment import assess
from ansible_collections.day2.k8s.plugins.plugin_utils._run.clock import now_iso, parse_iso


class ActionModule(ApiAction):
    argument_spec: ClassVar[Mapping[str, Any]] = ASSESSMENT_OPTIONS

    def execute(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        now = now_iso()
        intent = read_intent(params, today=parse_iso(now).date())
        assessment = assess(self.transport(params), read_hosts(params, task_vars), intent, now)
        result = to_result(assessment, environment=params["environment"])
        self.say(result["block"])
        return {"changed": False, **result}
