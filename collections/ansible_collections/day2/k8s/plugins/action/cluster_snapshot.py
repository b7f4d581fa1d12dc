# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps what planning reads of a cluster in a directory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.plugin_utils._action.assessing import read_hosts
from ansible_collections.day2.k8s.plugins.plugin_utils._action.base import ApiAction, wrong_option
from ansible_collections.day2.k8s.plugins.plugin_utils._kube import observe
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.lists import ApiLists
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.snapshot_directory import Index, write
from ansible_collections.day2.k8s.plugins.plugin_utils._model.version import KubernetesVersion
from ansible_collections.day2.k8s.plugins.plugin_utils._run.assessment import require_cluster
from ansible_collections.day2.k8s.plugins.plugin_utils._run.clock import now_iso


class ActionModule(ApiAction):
    argument_spec: ClassVar[Mapping[str, Any]] = {
        "directory": {"type": "path", "required": True},
        "cluster_uid": {"type": "str", "required": True},
        "kubernetes_version": {"type": "str", "required": True},
        "hosts": {"type": "list", "elements": "str"},
        "owner_key": {"type": "str", "default": ""},
    }

    def execute(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        if not params["directory"]:
            raise wrong_option(self._task.action, "directory is empty; it names where the snapshot is to be kept")
        try:
            packages_for = KubernetesVersion.parse(params["kubernetes_version"])
        except ValueError as error:
            raise wrong_option(self._task.action, f"kubernetes_version: {error}") from error
        transport = self.transport(params)
        seen = observe.cluster_uid(transport)
        require_cluster(seen, params["cluster_uid"], server=transport.server)
        result = {"changed": True, "directory": params["directory"], "objects": {}, "not_read": []}
        if self.check_mode:
            return result
        index = Index(
            cluster_uid=seen,
            taken_at=now_iso(),
            api_version=observe.api_version(transport),
            kubeadm=observe.kubeadm_config(transport),
            packages_for=packages_for,
            contact_key=params["owner_key"],
            deprecated_apis=observe.deprecated_apis(transport),
        )
        lists = ApiLists(transport)
        counts = write(Path(params["directory"]), index, lists, read_hosts(params, task_vars).values())
        self.say(f"SNAPSHOT of {seen} at {index.taken_at}: {params['directory']}")
        return {
            **result,
            "objects": {name.removesuffix(".jsonl"): number for name, number in counts.items()},
            "not_read": [path.rpartition("/")[2] for path in lists.refused],
        }
