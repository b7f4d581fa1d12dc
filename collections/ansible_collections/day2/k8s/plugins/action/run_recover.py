# SPDX-License-Identifier: GPL-3.0-or-later
"""Undoes what a dead run left behind, under a lock of its own."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.plugin_utils._action.base import ApiAction
from ansible_collections.day2.k8s.plugins.plugin_utils._action.operator import who
from ansible_collections.day2.k8s.plugins.plugin_utils._kube import lease, observe
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.transport import Transport
from ansible_collections.day2.k8s.plugins.plugin_utils._report.recovery import render_recovery
from ansible_collections.day2.k8s.plugins.plugin_utils._run import records
from ansible_collections.day2.k8s.plugins.plugin_utils._run.assessment import require_cluster
from ansible_collections.day2.k8s.plugins.plugin_utils._run.clock import now_iso
from ansible_collections.day2.k8s.plugins.plugin_utils._run.recovery import Recovery, plan_recovery, recover


class ActionModule(ApiAction):
    argument_spec: ClassVar[Mapping[str, Any]] = {
        "environment": {"type": "str", "default": ""},
        "cluster_uid": {"type": "str", "required": True},
    }

    def execute(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        transport = self.transport(params)
        require_cluster(observe.cluster_uid(transport), params["cluster_uid"], server=transport.server)
        left = lease.read(transport)
        recovery = _look(transport, left)
        if recovery.changes and not self.check_mode:
            recovery = self._recover(transport, left, f"{who(task_vars)}:{os.getpid()}")
        told = recovery.to_dict()
        block = render_recovery(told, environment=params["environment"], check_mode=self.check_mode)
        self.say(block)
        return {"changed": recovery.changes, **told, "block": block}

    def _recover(self, transport: Transport, left: lease.LeaseRecord | None, holder: str) -> Recovery:
        lock = lease.Lock(transport, f"recover-{secrets.token_hex(4)}", holder, say=self.say)
        lock.acquire()
        try:
            # Read again: until the lock was ours, the other run may still have gone on.
            recovery = _look(transport, left)
            recover(transport, recovery, lock, now_iso=now_iso, say=self.say)
        finally:
            lock.release()
        return recovery


def _look(transport: Transport, left: lease.LeaseRecord | None) -> Recovery:
    snapshot = observe.snapshot(transport, now_iso=now_iso())
    return plan_recovery(snapshot, left, records.read_run(transport))
