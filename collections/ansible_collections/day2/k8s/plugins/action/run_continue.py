# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the halt flag back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.plugin_utils._action.base import ApiAction
from ansible_collections.day2.k8s.plugins.plugin_utils._kube import lease, observe
from ansible_collections.day2.k8s.plugins.plugin_utils._run.assessment import require_cluster


class ActionModule(ApiAction):
    argument_spec: ClassVar[Mapping[str, Any]] = {"cluster_uid": {"type": "str", "required": True}}

    def execute(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - the interface
        transport = self.transport(params)
        require_cluster(observe.cluster_uid(transport), params["cluster_uid"], server=transport.server)
        seen = lease.read(transport)
        if seen is None or seen.halt is None:
            self.say("CONTINUE  nothing was halted")
            return {"changed": False, "halt": "", "run": ""}
        if not self.check_mode:
            lease.write_halt(transport, None)
        run = "" if seen.free else seen.run
        goes_on = f"run {run} goes on" if run else "no run is open; the same command as before goes on"
        self.say(f"CONTINUE  was {seen.halt}\n          {goes_on}")
        return {"changed": True, "halt": str(seen.halt), "run": run}
