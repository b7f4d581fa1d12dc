# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drain looks at: a node and its pods, as few requests as there can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .._drain.classify import daemonset_of
from .._drain.protocol import Condition, Listing, Look, Siblings
from .._drain.unreachable import silent
from .._model.node import Node
from .._model.pod import Pod
from . import nodes, observe, volumes
from .transport import ApiError, Transport


class DrainObserver:
    """Remembers the Nodes as last read and which DaemonSets exist, since a drain looks many times."""

    def __init__(self, transport: Transport, clock: Callable[[], float], now_iso: Callable[[], str]) -> None:
        self._transport = transport
        self._clock = clock
        self._now_iso = now_iso
        self._nodes: dict[str, dict[str, Any]] = {}
        self._daemonset_exists: dict[str, bool] = {}

    def node(self, name: str) -> dict[str, Any] | None:
        """The raw Node as last read."""
        return self._nodes.get(name)

    def look(self, command: Look) -> Listing:
        """Raises ApiError, and Day2Error D2-NODE-001 where there is no such Node."""
        asked_at, taken_at = self._clock(), self._now_iso()
        raw_node = self._read(command.node) if command.condition or command.volumes else None
        query: dict[str, Any] = {"fieldSelector": f"spec.nodeName={command.node}"}
        if not command.consistent:
            query["resourceVersion"] = "0"  # from the API server's cache and its index by node: next to free
        pods = tuple(map(Pod.from_api, self._transport.pages("/api/v1/pods", query)))
        return Listing(
            node=command.node,
            asked_at=asked_at,
            taken_at=taken_at,
            consistent=command.consistent,
            pods=pods,
            missing_daemonsets=frozenset(self._missing_daemonsets(pods)),
            condition=_condition(raw_node) if raw_node is not None else None,
            budgets=observe.budgets(self._transport) if command.budgets else None,
            volumes=volumes.attached(self._transport, raw_node, pods)
            if command.volumes and raw_node is not None
            else None,
            ready={siblings.uid: self._ready(siblings) for siblings in command.siblings},
        )

    def _ready(self, siblings: Siblings) -> int:
        path = f"/api/v1/namespaces/{siblings.namespace}/pods"
        pods = map(Pod.from_api, self._transport.pages(path, {"labelSelector": siblings.selector}))
        return sum(
            p.ready and not p.terminating and p.controller is not None and p.controller.uid == siblings.uid
            for p in pods
        )

    def _read(self, name: str) -> dict[str, Any]:
        raw = self._nodes[name] = nodes.read(self._transport, name)
        return raw

    def _missing_daemonsets(self, pods: Iterable[Pod]) -> Iterable[str]:
        for pod in pods:
            controller = daemonset_of(pod)
            if controller is None:
                continue
            if controller.uid not in self._daemonset_exists:
                self._daemonset_exists[controller.uid] = self._exists(pod.namespace, controller.name)
            if not self._daemonset_exists[controller.uid]:
                yield controller.uid

    def _exists(self, namespace: str, daemonset: str) -> bool:
        try:
            self._transport.request("GET", f"/apis/apps/v1/namespaces/{namespace}/daemonsets/{daemonset}")
        except ApiError as error:
            if error.status == 404:
                return False
            raise
        return True


def _condition(raw_node: dict[str, Any]) -> Condition:
    node = Node.from_api(raw_node)
    return Condition(node.unschedulable, silent(node))
