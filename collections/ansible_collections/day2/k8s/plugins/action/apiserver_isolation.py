# SPDX-License-Identifier: GPL-3.0-or-later
"""Moves clients off a node's API server and back: finds the others on the cluster, the module does the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.module_utils._host.options import APISERVER_ISOLATION_OPTIONS
from ansible_collections.day2.k8s.plugins.plugin_utils._action.node_work import (
    NODE_STEP_OPTIONS,
    NODE_STEP_RULES,
    RECONNECT_SECONDS,
    NodeStepAction,
)
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade import peers

ISOLATED = "isolated"


class ActionModule(NodeStepAction):
    step = "isolate"
    evidence = ("isolated", "peer", "why", "kubelet_moved", "killed", "seconds")
    argument_spec: ClassVar[Mapping[str, Any]] = {**NODE_STEP_OPTIONS, **APISERVER_ISOLATION_OPTIONS}
    # Without its name, this very node could be taken for one of the others.
    argument_rules: ClassVar[dict[str, Any]] = {
        **NODE_STEP_RULES,
        "required_if": [("state", ISOLATED, ("node", "peers"), True)],
    }

    def step_name(self, params: Mapping[str, Any]) -> str:
        return "isolate" if params["state"] == ISOLATED else "rejoin"

    def perform(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        options = {name: params[name] for name in APISERVER_ISOLATION_OPTIONS}
        if params["state"] == ISOLATED:
            if not (params["redirect"] or params["hook"]["isolate"]):
                return _not_isolated("neither a redirection nor a hook is wanted (day2_isolation_redirect)")
            options["peers"] = params["peers"] or self._peers(params)
            if not options["peers"]:
                return _not_isolated("no other API server is ready to stand in for this one")
        return self.run_patiently(
            "apiserver_isolation",
            {name: value for name, value in options.items() if value is not None},
            task_vars,
            patience_seconds=RECONNECT_SECONDS,
            before_retry=self.guard(params).check,
        )

    def _peers(self, params: Mapping[str, Any]) -> list[str]:
        pods = self.transport(params).pages("/api/v1/namespaces/kube-system/pods", {"labelSelector": peers.SELECTOR})
        return peers.endpoints(pods, params["node"])


def _not_isolated(why: str) -> dict[str, Any]:
    return {"changed": False, "isolated": False, "why": why}
