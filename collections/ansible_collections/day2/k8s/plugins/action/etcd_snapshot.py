# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes a snapshot of etcd on the node, brings it here, and leaves nothing of it there."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from ansible_collections.day2.k8s.plugins.module_utils._host.options import ETCD_SNAPSHOT_OPTIONS
from ansible_collections.day2.k8s.plugins.plugin_utils._action.node_work import (
    NODE_STEP_OPTIONS,
    RECONNECT_SECONDS,
    NodeStepAction,
)
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding
from ansible_collections.day2.k8s.plugins.plugin_utils._run import snapshot_store


class ActionModule(NodeStepAction):
    step = "snapshot"
    changes_machine = False
    evidence = ("taken", "why", "path", "manifest", "encrypted", "removed")
    argument_spec: ClassVar[Mapping[str, Any]] = {**NODE_STEP_OPTIONS, **ETCD_SNAPSHOT_OPTIONS}

    def perform(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        if not params["directory"]:
            raise self._failed(task_vars, "option directory is missing: nobody would find it")
        taken = self._on_node({"recipient": params["recipient"]}, params, task_vars)
        if not taken["taken"]:
            return taken
        try:
            kept = self._fetch(taken, params, task_vars)
        finally:
            # A host that has gone away meanwhile keeps it in a directory of root's alone.
            with suppress(Day2Error):
                self._on_node({"state": "discarded"}, params, task_vars)
        removed = snapshot_store.prune(kept.parent, params["keep"])
        return {**taken, "path": str(kept), "removed": removed}

    def _fetch(self, taken: Mapping[str, Any], params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> Path:
        name = str(taken["bundle_name"])
        try:
            return snapshot_store.keep(
                Path(params["directory"]),
                taken["manifest"],
                self._pieces(name, int(taken["bundle_bytes"]), params, task_vars),
                suffix=name[name.index(".") :],
                sha256=str(taken["bundle_sha256"]),
            )
        except (ValueError, OSError) as error:
            raise self._failed(task_vars, str(error)) from error

    def _pieces(self, name: str, size: int, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> Iterator[bytes]:
        offset = 0
        while offset < size:
            answer = self._on_node({"state": "read", "bundle_name": name, "offset": offset}, params, task_vars)
            piece = base64.b64decode(answer["piece"])
            if not piece:
                raise ValueError(f"it ended after {offset} of {size} bytes")
            offset += len(piece)
            yield piece

    def _on_node(
        self, options: Mapping[str, Any], params: Mapping[str, Any], task_vars: Mapping[str, Any]
    ) -> dict[str, Any]:
        return self.run_patiently(
            "etcd_snapshot",
            options,
            task_vars,
            patience_seconds=RECONNECT_SECONDS,
            before_retry=self.guard(params).check,
        )

    def _failed(self, task_vars: Mapping[str, Any], message: str) -> Day2Error:
        return Day2Error(
            Finding(
                code="D2-ETCD-013",
                subject=self.inventory_name(task_vars),
                message=f"the snapshot of etcd could not be kept: {message}",
                why="without it nobody could go back once the control plane is changed",
                remedy="look at day2_artifacts on the controller, then run the same command again",
            )
        )
