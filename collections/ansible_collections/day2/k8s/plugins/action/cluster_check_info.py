# SPDX-License-Identifier: GPL-3.0-or-later
"""Says whether an upgrade may begin, without planning one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.plugin_utils._action.assessing import (
    ASSESSMENT_OPTIONS,
    check_to_result,
    read_hosts,
    read_intent,
)
from ansible_collections.day2.k8s.plugins.plugin_utils._action.base import ApiAction
from ansible_collections.day2.k8s.plugins.plugin_utils._run.assessment import check, take_snapshot
from ansible_collections.day2.k8s.plugins.plugin_utils._run.clock import now_iso, parse_iso


class ActionModule(ApiAction):
    # Without a version, the state of the cluster is checked and not its fitness for an upgrade.
    argument_spec: ClassVar[Mapping[str, Any]] = {
        **ASSESSMENT_OPTIONS,
        "kubernetes_version": {"type": "str", "default": ""},
    }

    def execute(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        now = now_iso()
        hosts = read_hosts(params, task_vars)
        snapshot = take_snapshot(self.transport(params), hosts, params["cluster_uid"], now)
        intent = read_intent(
            params, today=parse_iso(now).date(), configured_version=snapshot.kubeadm.kubernetes_version
        )
        checked = check(snapshot, intent, for_upgrade=bool(params["kubernetes_version"]))
        result = check_to_result(checked, environment=params["environment"])
        self.say(result["block"])
        return {"changed": False, **result}
