# SPDX-License-Identifier: GPL-3.0-or-later
"""Waits while the fault of a drill lasts, and sees who follows a leader that is away."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.plugin_utils._action.step import STEP_OPTIONS, StepAction
from ansible_collections.day2.k8s.plugins.plugin_utils._kube import observe
from ansible_collections.day2.k8s.plugins.plugin_utils._model.leader_lease import LeaderLease
from ansible_collections.day2.k8s.plugins.plugin_utils._run.succession import hold


class ActionModule(StepAction):
    step = "hold"
    evidence = ("succession",)
    argument_spec: ClassVar[Mapping[str, Any]] = {
        **STEP_OPTIONS,
        "seconds": {"type": "int", "default": 30},
        "lease": {"type": "str", "default": ""},
        "holder": {"type": "str", "default": ""},
        "term_seconds": {"type": "int", "default": 15},
    }

    def perform(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - the interface
        if self.check_mode:
            return {"changed": False, "succession": None}
        transport, name = self.transport(params), params["lease"]

        def look() -> LeaderLease | None:
            return next((lease for lease in observe.leader_leases(transport) if lease.name == name), None)

        before = LeaderLease(name, params["holder"], "", 0, params["term_seconds"]) if name else None
        self.say(f"{params['node']}: the fault lasts {params['seconds']} s")
        succession = hold(
            look if name else None,
            before=before,
            seconds=params["seconds"],
            clock=time.monotonic,
            sleep=time.sleep,
        )
        told = {**asdict(succession), "in_time": succession.in_time} if succession else None
        return {"changed": False, "succession": told}
