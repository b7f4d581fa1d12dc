# SPDX-License-Identifier: GPL-3.0-or-later
"""Pulls the images that the target's kubeadm wants: the module of the same name, followed to its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.module_utils._host.options import KUBEADM_IMAGES_OPTIONS
from ansible_collections.day2.k8s.plugins.plugin_utils._action.node_work import NODE_STEP_OPTIONS, NodeStepAction


class ActionModule(NodeStepAction):
    step = "images"
    evidence = ("images", "work_seconds", "log")
    changes_machine = False
    argument_spec: ClassVar[Mapping[str, Any]] = {**NODE_STEP_OPTIONS, **KUBEADM_IMAGES_OPTIONS}

    def perform(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        options = {name: params[name] for name in KUBEADM_IMAGES_OPTIONS}
        return self.work(
            "kubeadm_images",
            options,
            task_vars,
            guard=self.guard(params),
            timeout_code="D2-PACKAGE-002",
        )
