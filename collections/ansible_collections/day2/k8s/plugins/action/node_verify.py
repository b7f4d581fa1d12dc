# SPDX-License-Identifier: GPL-3.0-or-later
"""Waits until a node is back as wanted, seen twice."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.plugin_utils._action.base import wrong_option
from ansible_collections.day2.k8s.plugins.plugin_utils._action.step import STEP_OPTIONS, StepAction
from ansible_collections.day2.k8s.plugins.plugin_utils._kube import observe
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding
from ansible_collections.day2.k8s.plugins.plugin_utils._model.version import KubernetesVersion
from ansible_collections.day2.k8s.plugins.plugin_utils._run.clock import now_iso
from ansible_collections.day2.k8s.plugins.plugin_utils._run.leadership import LeadershipWatch
from ansible_collections.day2.k8s.plugins.plugin_utils._run.verification import Verification, pending, verify


class ActionModule(StepAction):
    step = "verify"
    evidence = ("leader_transitions",)
    argument_spec: ClassVar[Mapping[str, Any]] = {
        **STEP_OPTIONS,
        "kubernetes_version": {"type": "str", "default": ""},
        "timeout": {"type": "int", "default": 600},
    }

    def perform(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - the interface
        transport, node, target = self.transport(params), params["node"], self._target(params)

        leaders = LeadershipWatch(time.monotonic)

        def look() -> tuple[str, ...]:
            snapshot = observe.snapshot(transport, now_iso=now_iso())
            missing = pending(snapshot, node, target)
            if node in snapshot.nodes and snapshot.nodes[node].control_plane:
                missing += leaders.pending(observe.leader_leases(transport))
            return missing

        if self.check_mode:
            # Nothing was changed, so there is nothing to wait for.
            return _result(Verification(look(), 0.0), leaders)
        verification = verify(
            look,
            timeout_seconds=params["timeout"],
            clock=time.monotonic,
            sleep=time.sleep,
            on_pending=lambda missing: self.say(f"{node} is not back yet: {missing}"),
        )
        if not verification.passed:
            raise Day2Error(
                _not_back(node, verification),
                state=f"{node} is changed and stays out of service",
                begun=True,
                result=_result(verification, leaders),
            )
        return _result(verification, leaders)

    def _target(self, params: Mapping[str, Any]) -> KubernetesVersion:
        text = params["kubernetes_version"] or (params["run"] or {}).get("target", "")
        try:
            return KubernetesVersion.parse(text)
        except ValueError as error:
            raise wrong_option(self._task.action, f"kubernetes_version: {error}") from error


def _result(verification: Verification, leaders: LeadershipWatch) -> dict[str, Any]:
    return {
        "changed": False,
        "passed": verification.passed,
        "pending": list(verification.pending),
        "waited_seconds": round(verification.seconds, 1),
        "leader_transitions": leaders.transitions,
    }


def _not_back(node: str, verification: Verification) -> Finding:
    return Finding(
        code="D2-NODE-008",
        subject=node,
        message=f"not as wanted after {verification.seconds:.0f} s: {'; '.join(verification.pending)}",
        why="workloads must not be sent back to a node that is not healthy",
        remedy=f"look at the kubelet and the pods on {node}, then run the same command again, which goes on there",
    )
