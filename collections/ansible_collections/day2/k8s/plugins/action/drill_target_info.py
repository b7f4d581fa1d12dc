# SPDX-License-Identifier: GPL-3.0-or-later
"""Chooses the nodes of a drill's scenario on the cluster as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.plugin_utils._action.assessing import read_hosts
from ansible_collections.day2.k8s.plugins.plugin_utils._action.base import ApiAction
from ansible_collections.day2.k8s.plugins.plugin_utils._kube import observe
from ansible_collections.day2.k8s.plugins.plugin_utils._model.api_error import ApiError
from ansible_collections.day2.k8s.plugins.plugin_utils._model.drill import SCENARIOS
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.plugins.plugin_utils._report.refusal import render
from ansible_collections.day2.k8s.plugins.plugin_utils._run.clock import now_iso
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.drill_choice import Choice, Standing, choose


class ActionModule(ApiAction):
    argument_spec: ClassVar[Mapping[str, Any]] = {
        "scenario": {"type": "str", "required": True, "choices": list(SCENARIOS)},
        "hosts": {"type": "list", "elements": "str"},
        "hold_seconds": {"type": "int", "default": 30},
    }

    def execute(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Never fails: a refusal is an answer, and the play has to come to its closing."""
        transport = self.transport(params)
        try:
            snapshot = observe.snapshot(transport, now_iso=now_iso())
            seen = replace(snapshot, hosts=read_hosts(params, task_vars))
            choice = choose(params["scenario"], Standing.of(seen, observe.leader_leases(transport)))
        except Day2Error as error:
            block = render(error.findings, state="this scenario is left out")
        except ApiError as error:
            block = render([error.finding(transport.server)], state="this scenario is left out")
        else:
            self.say(f"{choice.scenario}: {', '.join(choice.nodes)}")
            return _result(choice, params["hold_seconds"])
        self.say(block)
        return {"changed": False, "hosts": [], "nodes": [], "block": block}


def _result(choice: Choice, hold_seconds: int) -> dict[str, Any]:
    scenario = SCENARIOS[choice.scenario]
    return {
        "changed": False,
        "hosts": list(choice.nodes.values()),
        "nodes": list(choice.nodes),
        "fault": scenario.fault,
        "component": scenario.component,
        "undo_after": scenario.undo_after_seconds(hold_seconds),
        "lease": scenario.lease,
        "holder": choice.holder,
        "term_seconds": choice.term_seconds,
        "block": "",
    }
