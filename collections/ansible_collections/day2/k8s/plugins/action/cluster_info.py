# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what is to be known of a cluster at a glance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._action.base import ApiAction
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.budgets import never_frees
from ansible_collections.day2.k8s.plugins.plugin_utils._kube import observe
from ansible_collections.day2.k8s.plugins.plugin_utils._model.budget import Budget
from ansible_collections.day2.k8s.plugins.plugin_utils._model.node import Node


class ActionModule(ApiAction):
    def execute(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - the interface
        transport = self.transport(params)
        kubeadm = observe.kubeadm_config(transport)
        nodes = observe.nodes(transport)
        return {
            "changed": False,
            "server": transport.server,
            "uid": observe.cluster_uid(transport),
            "api_version": str(observe.api_version(transport)),
            "kubeadm_version": str(kubeadm.kubernetes_version),
            "control_plane_endpoint": kubeadm.control_plane_endpoint,
            "external_etcd": kubeadm.external_etcd,
            "nodes": [_node(nodes[name]) for name in sorted(nodes)],
            "budgets": _budgets(observe.budgets(transport)),
        }


def _node(node: Node) -> dict[str, Any]:
    try:
        owner = node.cordon_owner if node.unschedulable else None
    except ValueError:  # a record that this version cannot read is not taken for ours
        owner = None
    return {
        "name": node.name,
        "role": "control_plane" if node.control_plane else "worker",
        "kubelet_version": str(node.kubelet_version),
        "ready": node.ready,
        "unschedulable": node.unschedulable,
        "cordoned_by": "day2" if owner else "foreign" if node.unschedulable else "none",
        "cordoned_in_run": owner.run if owner else "",
        "zone": node.zone,
    }


def _budgets(budgets: Iterable[Budget]) -> dict[str, Any]:
    ordered = sorted(budgets, key=lambda budget: budget.key)
    blocking = [budget for budget in ordered if budget.disruptions_allowed <= 0 and budget.expected_pods > 0]
    return {
        "total": len(ordered),
        "blocking": [
            {
                "namespace": budget.namespace,
                "name": budget.name,
                "desired_healthy": budget.desired_healthy,
                "current_healthy": budget.current_healthy,
                "expected_pods": budget.expected_pods,
                "never_frees": never_frees(budget),
            }
            for budget in blocking
        ],
    }
