# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows where a cluster and its runs stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.plugin_utils._action.base import ApiAction
from ansible_collections.day2.k8s.plugins.plugin_utils._report.status import render_status
from ansible_collections.day2.k8s.plugins.plugin_utils._run.assessment import require_cluster
from ansible_collections.day2.k8s.plugins.plugin_utils._run.clock import now_iso, parse_iso
from ansible_collections.day2.k8s.plugins.plugin_utils._run.status import read_status


class ActionModule(ApiAction):
    argument_spec: ClassVar[Mapping[str, Any]] = {
        "environment": {"type": "str", "default": ""},
        "cluster_uid": {"type": "str", "default": ""},
    }

    def execute(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - the interface
        transport = self.transport(params)
        status = read_status(transport, now=parse_iso(now_iso()))
        if params["cluster_uid"]:
            require_cluster(status.cluster_uid, params["cluster_uid"], server=transport.server)
        told = status.to_dict()
        block = render_status(told, environment=params["environment"])
        self.say(block)
        return {"changed": False, **told, "block": block}
