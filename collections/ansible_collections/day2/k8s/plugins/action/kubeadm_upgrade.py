# SPDX-License-Identifier: GPL-3.0-or-later
"""Upgrades a node with kubeadm: chooses ``apply``, ``node`` or nothing by what it sees, then follows the module."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.module_utils._host.dpkg import upstream
from ansible_collections.day2.k8s.plugins.module_utils._host.kubeadm import NONE
from ansible_collections.day2.k8s.plugins.module_utils._host.options import KUBEADM_UPGRADE_OPTIONS
from ansible_collections.day2.k8s.plugins.plugin_utils._action.base import wrong_option
from ansible_collections.day2.k8s.plugins.plugin_utils._action.node_work import (
    NODE_STEP_OPTIONS,
    RECONNECT_SECONDS,
    NodeStepAction,
)
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.fence import Guard
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.observe import kubeadm_config
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.plugins.plugin_utils._model.version import KubernetesVersion
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.kubeadm import choose
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.migrations import unwanted_kubelet_flags


class ActionModule(NodeStepAction):
    step = "kubeadm"
    evidence = ("mode", "command", "static_pod_versions", "kubelet_flags_removed", "work_seconds", "log")
    argument_spec: ClassVar[Mapping[str, Any]] = {**NODE_STEP_OPTIONS, **KUBEADM_UPGRADE_OPTIONS}

    def perform(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        options = {name: params[name] for name in KUBEADM_UPGRADE_OPTIONS}
        if options["unwanted_kubelet_flags"] is None:
            options["unwanted_kubelet_flags"] = unwanted_kubelet_flags(self._target(params))
        guard = self.guard(params)
        while True:
            host = self.run_patiently("host_info", {}, task_vars, patience_seconds=RECONNECT_SECONDS)
            going_on = (host["work_unit"] or {}).get("command")
            if going_on and not self.check_mode:
                self.say(f"{self.inventory_name(task_vars)}: waiting for the work that is going on there: {going_on}")
                self._work({**options, "mode": NONE}, host, task_vars, guard)
                continue
            mode = params["mode"] or self._choose(params, host)
            if mode == NONE:
                return {"changed": False, "mode": mode, "command": []}
            result = self._work({**options, "mode": mode}, host, task_vars, guard)
            if result.get("failed") or not result["superseded"]:
                return {**result, "mode": mode}

    def _work(
        self, options: Mapping[str, Any], host: Mapping[str, Any], task_vars: Mapping[str, Any], guard: Guard
    ) -> dict[str, Any]:
        try:
            return self.work(
                "kubeadm_upgrade",
                options,
                task_vars,
                guard=guard,
                timeout_code="D2-KUBEADM-001",
                # Other work came first: what the mode was chosen by may no longer be true.
                keep_on=lambda answer: options["mode"] == NONE or not answer["superseded"],
            )
        except Day2Error as error:
            before, after = host["static_pod_versions"], error.result.get("static_pod_versions")
            error.state = describe_manifests(before, after, otherwise=error.state)
            raise

    def _choose(self, params: Mapping[str, Any], host: Mapping[str, Any]) -> str:
        return choose(
            kubeadm_config(self.transport(params)).kubernetes_version,
            host["static_pod_versions"],
            KubernetesVersion.parse(_kubelet_version(host)),
            self._target(params),
            control_plane=host["control_plane"],
        )

    def _target(self, params: Mapping[str, Any]) -> KubernetesVersion:
        try:
            return KubernetesVersion.parse(params["kubernetes_version"])
        except ValueError as error:
            raise wrong_option(self._task.action, f"kubernetes_version: {error}") from error


def _kubelet_version(host: Mapping[str, Any]) -> str:
    """Of the kubelet that runs; where none does, of the one that is installed, and older than any where none is."""
    return host["kubelet_version"] or upstream(host["package_versions"].get("kubelet", "0.0.0"))


def describe_manifests(before: Mapping[str, str], after: Mapping[str, str] | None, *, otherwise: str) -> str:
    """What a failed kubeadm left of the static pods' versions; ``otherwise`` where nobody has looked."""
    if not before or after is None:
        return otherwise
    if dict(after) == dict(before):
        return "the static pods' manifests are as they were (kubeadm rolls them back)"
    moved = [
        f"{name} {before.get(name, 'absent')} -> {tag}"
        for name, tag in sorted(after.items())
        if tag != before.get(name)
    ]
    return f"the static pods' manifests have changed: {', '.join(moved)}"
