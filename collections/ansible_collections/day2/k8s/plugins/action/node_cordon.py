# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets and lifts cordons; lifts only those of this product."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.plugin_utils._action.step import STEP_OPTIONS, StepAction
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.nodes import CordonResult, cordon, uncordon
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding, Severity
from ansible_collections.day2.k8s.plugins.plugin_utils._run.clock import now_iso


class ActionModule(StepAction):
    step = "cordon"
    argument_spec: ClassVar[Mapping[str, Any]] = {
        **STEP_OPTIONS,
        "state": {"type": "str", "choices": ["cordoned", "uncordoned"], "default": "cordoned"},
    }

    def step_name(self, params: Mapping[str, Any]) -> str:
        return "cordon" if params["state"] == "cordoned" else "uncordon"

    def perform(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - the interface
        transport, node = self.transport(params), params["node"]
        if params["state"] == "cordoned":
            run_id = (params["run"] or {}).get("id", "")
            outcome = cordon(transport, node, run_id=run_id, now_iso=now_iso(), check_mode=self.check_mode)
        else:
            outcome = uncordon(transport, node, check_mode=self.check_mode)
        return _result(node, outcome)


def _result(node: str, outcome: CordonResult) -> dict[str, Any]:
    owner = outcome.owner if outcome.unschedulable else None
    warnings = [_not_ours(node, outcome).to_dict()] if outcome.foreign else []
    return {
        "changed": outcome.changed,
        "node": node,
        "unschedulable": outcome.unschedulable,
        "owner": "day2" if owner else "foreign" if outcome.foreign else "none",
        "owner_run": owner.run if owner else "",
        "owner_at": owner.at if owner else "",
        "warnings_found": warnings,
        "diff": {
            "before_header": f"Node/{node}",
            "after_header": f"Node/{node}",
            "before": _described(outcome.before, outcome.owner if outcome.before else None),
            "after": _described(outcome.unschedulable, owner),
        },
    }


def _described(unschedulable: bool, owner: Any) -> str:
    """Lines for the diff; the time of the record is left out, because it differs in each call."""
    whose = f"run {owner.run or '(none)'}" if owner else "somebody else" if unschedulable else "nobody"
    return f"unschedulable: {str(unschedulable).lower()}\ncordoned by: {whose}\n"


def _not_ours(node: str, outcome: CordonResult) -> Finding:
    return Finding(
        code="D2-CORDON-001",
        subject=f"Node/{node}",
        message="is cordoned, but not by day2.k8s; it stays cordoned"
        + (f" ({outcome.unreadable})" * bool(outcome.unreadable)),
        why="whoever cordoned it has a reason that is not known here",
        remedy=f"kubectl uncordon {node}, when that reason is gone",
        severity=Severity.WARNING,
    )
