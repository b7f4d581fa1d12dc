# SPDX-License-Identifier: GPL-3.0-or-later
"""Drains a node; the decisions are the drain engine's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.plugin_utils._action.base import wrong_option
from ansible_collections.day2.k8s.plugins.plugin_utils._action.step import STEP_OPTIONS, StepAction
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.options import DrainOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.outcome import DrainResult
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.state import Ending
from ansible_collections.day2.k8s.plugins.plugin_utils._gates import acceptance
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.drain_driver import drain, imagine
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.fence import Fence, Unfenced
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.plugins.plugin_utils._model.selector import Selector
from ansible_collections.day2.k8s.plugins.plugin_utils._run.clock import now_iso, parse_iso

_STAYING = ("ignored", "refused", "blocked", "waiting", "terminating")


class ActionModule(StepAction):
    step = "drain"
    evidence = ("pods",)
    argument_spec: ClassVar[Mapping[str, Any]] = {
        **STEP_OPTIONS,
        "timeout": {"type": "int", "default": 1800},
        "grace_period": {"type": "int", "default": -1},
        "force": {"type": "bool", "default": False},
        "delete_emptydir_data": {"type": "bool", "default": False},
        "ignore_daemonsets": {"type": "bool", "default": True},
        "pod_selector": {"type": "str", "default": ""},
        "accept": {"type": "list", "elements": "dict", "default": []},
    }

    def perform(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - the interface
        transport, node, options = self.transport(params), params["node"], _options(self._task.action, params)
        if self.check_mode:
            outcome = imagine(transport, node, options)
        else:
            run_id = (params["run"] or {}).get("id", "")
            outcome = drain(
                transport,
                node,
                options,
                run_id=run_id,
                now_iso=now_iso,
                fence=Fence(transport, run_id) if run_id else Unfenced(),
                say=self.say,
            )
        result = {**outcome.to_dict(), "diff": _diff(outcome)}
        if outcome.ending is not Ending.DRAINED:
            raise Day2Error(
                outcome.findings, state=outcome.state, begun=outcome.ending is not Ending.REFUSED, result=result
            )
        return result


def _options(action: str, params: Mapping[str, Any]) -> DrainOptions:
    if params["timeout"] < 1:
        raise wrong_option(action, f"timeout is {params['timeout']}; it has to be at least 1 (second)")
    if params["grace_period"] < -1:
        raise wrong_option(action, f"grace_period is {params['grace_period']}; it has to be -1, 0 or more (seconds)")
    try:
        selector = Selector.parse(params["pod_selector"])
    except ValueError as error:
        raise wrong_option(action, f"pod_selector: {error}") from error
    acceptances, wrong = acceptance.parse(params["accept"], today=parse_iso(now_iso()).date())
    if wrong:
        raise Day2Error(wrong)
    return DrainOptions(
        timeout_seconds=params["timeout"],
        grace_period_seconds=None if params["grace_period"] == -1 else params["grace_period"],
        force=params["force"],
        delete_emptydir_data=params["delete_emptydir_data"],
        ignore_daemonsets=params["ignore_daemonsets"],
        selector=selector,
        accepted=frozenset((entry.code, entry.subject) for entry in acceptances),
    )


def _diff(outcome: DrainResult) -> dict[str, str]:
    """The pods on the node: all that were found, and those that stay (in check mode: would stay)."""
    header = f"pods of Node/{outcome.node}"
    pods = [(f"{pod.namespace}/{pod.name}", pod.action) for pod in outcome.pods]
    return {
        "before_header": header,
        "after_header": header,
        "before": "".join(f"{name}\n" for name, _action in pods),
        "after": "".join(f"{name}\n" for name, action in pods if action in _STAYING),
    }
