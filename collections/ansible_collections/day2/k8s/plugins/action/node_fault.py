# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes a part of a node away for a failover drill and gives it back; the module does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.module_utils._host.options import NODE_FAULT_OPTIONS, NODE_FAULT_RULES
from ansible_collections.day2.k8s.plugins.plugin_utils._action.node_work import (
    NODE_STEP_OPTIONS,
    NODE_STEP_RULES,
    RECONNECT_SECONDS,
    NodeStepAction,
)
from ansible_collections.day2.k8s.plugins.plugin_utils._model.drill import step_of

BEGUN = "begun"


class ActionModule(NodeStepAction):
    step = "drill"
    evidence = ("seconds",)
    argument_spec: ClassVar[Mapping[str, Any]] = {**NODE_STEP_OPTIONS, **NODE_FAULT_OPTIONS}
    argument_rules: ClassVar[dict[str, Any]] = {**NODE_STEP_RULES, **NODE_FAULT_RULES}

    def step_name(self, params: Mapping[str, Any]) -> str:
        return step_of(params["scenario"]) if params["state"] == BEGUN else "restore"

    def perform(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        options = {name: params[name] for name in NODE_FAULT_OPTIONS if params[name] is not None}
        if params["state"] == BEGUN:
            # Asked once: a second try could not tell its own fault from that of an earlier drill.
            return self.run_on_node("node_fault", options, task_vars)
        return self.run_patiently("node_fault", options, task_vars, patience_seconds=RECONNECT_SECONDS)
