# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks the run's coordinator whether a node may be taken in hand now, and waits for its turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.plugin_utils._action.base import ApiAction
from ansible_collections.day2.k8s.plugins.plugin_utils._action.step import STEP_OPTIONS, required_run
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.client import Client
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.protocol import Answer
from ansible_collections.day2.k8s.plugins.plugin_utils._model.host import Etcd


class ActionModule(ApiAction):
    argument_spec: ClassVar[Mapping[str, Any]] = {
        **STEP_OPTIONS,
        "etcd": {"type": "dict"},
        "timeout": {"type": "int", "default": 1800},
    }

    def execute(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - the interface
        run, node = required_run(params), params["node"]
        if self.check_mode or run.check_mode:
            return _result(Answer.ADMITTED, "check mode: nobody is asked")
        admission = Client(run.socket).admit(
            node,
            _etcd(params["etcd"]),
            timeout_seconds=params["timeout"],
            on_wait=lambda why: self.say(f"{node} waits: {why}"),
        )
        if not admission.admitted:
            self.say(f"{node} is {admission.answer.value}: {admission.why}")
        return _result(admission.answer, admission.why)


def _result(answer: Answer, why: str) -> dict[str, Any]:
    return {"changed": False, "admitted": answer is Answer.ADMITTED, "answer": answer.value, "why": why}


def _etcd(result: Mapping[str, Any] | None) -> Etcd | None:
    """From a result of ``etcd_info``; one that failed says nothing of etcd, and unknown is not healthy."""
    if not result or "members" not in result:
        return None
    return Etcd.from_dict(result)
