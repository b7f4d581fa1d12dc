# SPDX-License-Identifier: GPL-3.0-or-later
"""Restarts the kubelet when it is not what is installed: the module of the same name, as a step of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.module_utils._host.options import KUBELET_RESTART_OPTIONS
from ansible_collections.day2.k8s.plugins.plugin_utils._action.node_work import NODE_STEP_OPTIONS, NodeStepAction


class ActionModule(NodeStepAction):
    step = "kubelet"
    evidence = ("reasons", "kubelet_version", "work_seconds")
    argument_spec: ClassVar[Mapping[str, Any]] = {**NODE_STEP_OPTIONS, **KUBELET_RESTART_OPTIONS}

    def perform(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        options = {name: params[name] for name in KUBELET_RESTART_OPTIONS}
        return self.work(
            "kubelet_restart",
            options,
            task_vars,
            guard=self.guard(params),
            timeout_code="D2-KUBELET-001",
        )
