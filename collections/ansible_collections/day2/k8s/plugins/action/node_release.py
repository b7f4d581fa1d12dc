# SPDX-License-Identifier: GPL-3.0-or-later
"""Gives a node back at the end of its step, or sets it aside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.plugin_utils._action.base import ApiAction
from ansible_collections.day2.k8s.plugins.plugin_utils._action.step import STEP_OPTIONS, required_run
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.client import Client
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.protocol import NodeState
from ansible_collections.day2.k8s.plugins.plugin_utils._kube import nodes, observe
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.fence import Fence
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.transport import ApiError
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.plugins.plugin_utils._model.run import Run
from ansible_collections.day2.k8s.plugins.plugin_utils._run.release import Settlement, after_failure


class ActionModule(ApiAction):
    argument_spec: ClassVar[Mapping[str, Any]] = {
        **STEP_OPTIONS,
        "state": {"type": "str", "choices": ["done", "failed"], "required": True},
        "task": {"type": "str", "default": ""},
        "message": {"type": "str", "default": ""},
    }

    def execute(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - the interface
        run, node = required_run(params), params["node"]
        if self.check_mode or run.check_mode:
            return _result(f"{node}: check mode, nothing is recorded")
        if params["state"] == "done":
            Client(run.socket).release(node, NodeState.DONE)
            return _result(f"{node} is done and in service")
        return self._set_aside(run, params)

    def _set_aside(self, run: Run, params: Mapping[str, Any]) -> dict[str, Any]:
        """Never fails: a failure in here would end the play for this host, and with the last host the whole play."""
        node, told = params["node"], _told(params)
        try:
            settlement = self._settle(run, params)
        except (ApiError, Day2Error, ValueError) as error:
            settlement = Settlement(False, f"how it was left is not known: {error}")
        try:
            recorded = Client(run.socket).release(node, NodeState.FAILED, message=told)
            state = (
                settlement.state if recorded else f"{settlement.state}; the Node will be annotated when the API is back"
            )
        except Day2Error as error:
            state = f"{settlement.state}; the coordinator could not be told: {error}"
        text = f"{node} failed: {state}"
        self.say(f"{text}\n{told}")
        return _result(text, uncordoned=settlement.uncordon)

    def _settle(self, run: Run, params: Mapping[str, Any]) -> Settlement:
        transport, node = self.transport(params), params["node"]
        settlement = after_failure(observe.node(transport, node))
        if settlement.uncordon:
            Fence(transport, run.id).check()
            nodes.uncordon(transport, node)
        return settlement


def _told(params: Mapping[str, Any]) -> str:
    task, message = params["task"], params["message"] or "no message"
    return f"{task}: {message}" if task else message


def _result(text: str, *, uncordoned: bool = False) -> dict[str, Any]:
    return {"changed": uncordoned, "uncordoned": uncordoned, "text": text}
