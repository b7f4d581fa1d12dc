# SPDX-License-Identifier: GPL-3.0-or-later
"""Do the nodes run the wanted version?"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import ClassVar

from .._model.control_plane import COMPONENTS, component_versions
from .._model.finding import Finding
from .._model.node import Node
from .._model.snapshot import Snapshot
from .._model.version import KubernetesVersion
from .gate import Gate


class VersionsAsWanted(Gate):
    """``nodes`` names those that were to be changed: kubelet and, where there is one, control plane run ``target``."""

    name: ClassVar[str] = "versions as wanted"

    def __init__(self, target: KubernetesVersion, nodes: Collection[str]) -> None:
        self._target = target
        self._nodes = nodes

    def findings(self, snapshot: Snapshot, in_hand: frozenset[str]) -> Iterable[Finding]:
        hosts = {host.node_name: host for host in snapshot.hosts.values()}
        for name in sorted(self._nodes):
            node = snapshot.nodes.get(name)
            if node is None or name in in_hand:
                continue
            if node.kubelet_version != self._target:
                yield self._differs(node, "kubelet", node.kubelet_version)
            if node.control_plane:
                versions = component_versions(node, hosts.get(name), snapshot.system_pods)
                for component in COMPONENTS:
                    if versions.get(component) != self._target:
                        yield self._differs(node, component, versions.get(component))

    def _differs(self, node: Node, component: str, version: KubernetesVersion | None) -> Finding:
        return Finding(
            code="D2-VERSION-004",
            subject=node.name,
            message=f"{component} runs {version or 'an unknown version'}; {self._target} is wanted",
            why="the node was changed, and is not what the plan said",
            remedy=f"look at {component} on {node.name}, then run the same command again",
        )
