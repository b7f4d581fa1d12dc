# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets the halt flag: no further node is taken until somebody continues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.plugin_utils._action.base import ApiAction
from ansible_collections.day2.k8s.plugins.plugin_utils._action.operator import who
from ansible_collections.day2.k8s.plugins.plugin_utils._kube import lease, observe
from ansible_collections.day2.k8s.plugins.plugin_utils._model.halt import Halt
from ansible_collections.day2.k8s.plugins.plugin_utils._run.assessment import require_cluster
from ansible_collections.day2.k8s.plugins.plugin_utils._run.clock import now_iso


class ActionModule(ApiAction):
    argument_spec: ClassVar[Mapping[str, Any]] = {
        "cluster_uid": {"type": "str", "required": True},
        "reason": {"type": "str", "default": ""},
    }

    def execute(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        transport = self.transport(params)
        require_cluster(observe.cluster_uid(transport), params["cluster_uid"], server=transport.server)
        seen = lease.read(transport)
        if seen is not None and seen.halt is not None:
            return self._told(seen.halt, seen, changed=False)
        halt = Halt(who(task_vars), now_iso(), params["reason"])
        if not self.check_mode:
            lease.write_halt(transport, halt)
        return self._told(halt, seen, changed=True)

    def _told(self, halt: Halt, lock: lease.LeaseRecord | None, *, changed: bool) -> dict[str, Any]:
        running = lock is not None and not lock.free
        meanwhile = (
            f"run {lock.run} takes no further node" if lock and running else "no run is open, and none may begin"
        )
        self.say(f"HALT  {halt}\n      {meanwhile}; nodes in hand come to their end\nnext  continue takes it back")
        return {"changed": changed, "halt": str(halt), "run": lock.run if lock and running else ""}
