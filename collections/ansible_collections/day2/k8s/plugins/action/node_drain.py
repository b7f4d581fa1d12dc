# SPDX-License-Identifier: GPL-3.0-or-later
"""Drains nodes; the decisions are the drain engine's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.plugin_utils._action.base import wrong_option
from ansible_collections.day2.k8s.plugins.plugin_utils._action.draining import DRAIN_OPTIONS
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
from ansible_collections.day2.k8s.plugins.plugin_utils._run.drain_policy import read_drain_options

_STAYING = ("ignored", "refused", "blocked", "waiting", "completing", "terminating")


class ActionModule(StepAction):
    step = "drain"
    evidence = ("pods",)
    argument_spec: ClassVar[Mapping[str, Any]] = {
        **STEP_OPTIONS,
        "node": {"type": "str"},
        "nodes": {"type": "list", "elements": "str"},
        **DRAIN_OPTIONS,
        "evictions_per_second": {"type": "float", "default": 20},
        "ignore_daemonsets": {"type": "bool", "default": True},
        "pod_selector": {"type": "str", "default": ""},
        "accept": {"type": "list", "elements": "dict", "default": []},
    }
    argument_rules: ClassVar[Mapping[str, Any]] = {
        "mutually_exclusive": [("node", "nodes"), ("run", "nodes")],
        "required_one_of": [("node", "nodes")],
    }

    def perform(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - the interface
        transport, options = self.transport(params), _options(self._task.action, params)
        names = list(dict.fromkeys(params["nodes"] or ([params["node"]] if params["node"] else [])))
        if not names:
            raise wrong_option(self._task.action, "nodes names no node")
        if self.check_mode:
            outcomes = imagine(transport, names, options, now_iso=now_iso)
        else:
            run_id = (params["run"] or {}).get("id", "")
            outcomes = drain(
                transport,
                names,
                options,
                run_id=run_id,
                now_iso=now_iso,
                fence=Fence(transport, run_id) if run_id else Unfenced(),
                say=self.say,
            )
        result = _together(outcomes) if params["nodes"] else {**outcomes[0].to_dict(), "diff": _diff(outcomes[0])}
        if any(outcome.ending is not Ending.DRAINED for outcome in outcomes):
            raise Day2Error(
                [finding for outcome in outcomes for finding in outcome.findings],
                state="; ".join(dict.fromkeys(outcome.state for outcome in outcomes)),
                begun=any(outcome.ending is not Ending.REFUSED for outcome in outcomes),
                result=result,
            )
        return result


def _together(outcomes: Sequence[DrainResult]) -> dict[str, Any]:
    """The result of several nodes: one entry for each, and what concerns the task as a whole."""
    nodes = [outcome.to_dict() for outcome in outcomes]
    return {
        "changed": any(node["changed"] for node in nodes),
        "seconds": max(node["seconds"] for node in nodes),
        "nodes": nodes,
        "warnings_found": [warning for node in nodes for warning in node["warnings_found"]],
        "diff": [_diff(outcome) for outcome in outcomes],
    }


def _options(action: str, params: Mapping[str, Any]) -> DrainOptions:
    if params["evictions_per_second"] <= 0:
        raise wrong_option(action, f"evictions_per_second is {params['evictions_per_second']}; it has to be above 0")
    try:
        selector = Selector.parse(params["pod_selector"])
    except ValueError as error:
        raise wrong_option(action, f"pod_selector: {error}") from error
    acceptances, wrong = acceptance.parse(params["accept"], today=parse_iso(now_iso()).date())
    if wrong:
        raise Day2Error(wrong)
    try:
        options = read_drain_options(params, acceptances)
    except ValueError as error:
        raise wrong_option(action, str(error)) from error
    return replace(
        options,
        evictions_per_second=params["evictions_per_second"],
        ignore_daemonsets=params["ignore_daemonsets"],
        selector=selector,
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
