# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets another etcd member lead: the module of the same name, as a step of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.plugin_utils._action.node_work import (
    NODE_STEP_OPTIONS,
    RECONNECT_SECONDS,
    NodeStepAction,
)


class ActionModule(NodeStepAction):
    step = "leader"
    changes_machine = False
    evidence = ("leader", "before", "why", "seconds")
    argument_spec: ClassVar[Mapping[str, Any]] = NODE_STEP_OPTIONS

    def perform(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        return self.run_patiently(
            "etcd_move_leader",
            {},
            task_vars,
            patience_seconds=RECONNECT_SECONDS,
            before_retry=self.guard(params).check,
        )
