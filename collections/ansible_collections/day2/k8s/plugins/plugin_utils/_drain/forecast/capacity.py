# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pods of each node leave of its resources and host ports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ..._model.node import Node
from ..._model.pod import Pod
from ..._model.pod_spec import PodSpec

HOST_PORT = "host port"


class Capacity:
    """Mutable: pods are put on nodes and taken off."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self._free = {name: dict(node.allocatable) for name, node in nodes.items()}
        self._running: dict[str, dict[int, Pod]] = {name: {} for name in nodes}
        self._ports: dict[str, Counter[tuple[str, str, int]]] = {}

    def add(self, pod: Pod, node: str) -> None:
        """The pod runs there from now on."""
        self._running[node][id(pod)] = pod
        self._take(pod.spec, node, 1)

    def remove(self, pod: Pod, node: str) -> None:
        """The pod is gone from there."""
        del self._running[node][id(pod)]
        self._take(pod.spec, node, -1)

    def lacks(self, spec: PodSpec, node: str) -> str:
        """What of its needs the node has too little of, in one or two words; empty if it has room."""
        free = self._free[node]
        for resource, amount in spec.requests:
            if amount > free.get(resource, 0) and amount:
                return resource
        if spec.host_ports:
            ports = self._ports.get(node)
            if ports and any(_clash(wanted, taken) for taken, n in ports.items() if n for wanted in spec.host_ports):
                return HOST_PORT
        return ""

    def has_room_above(self, pod: Pod, node: str) -> bool:
        """Whether the node would have the resources without its pods of a lower priority, of which there are some."""
        lower = [other for other in self._running[node].values() if other.priority < pod.priority]
        given: Counter[str] = Counter()
        for other in lower:
            for resource, amount in other.spec.requests:
                given[resource] += amount
        free = self._free[node]
        return bool(lower) and all(
            amount <= free.get(resource, 0) + given[resource] for resource, amount in pod.spec.requests
        )

    def _take(self, spec: PodSpec, node: str, sign: int) -> None:
        free = self._free[node]
        for resource, amount in spec.requests:
            free[resource] = free.get(resource, 0) - sign * amount
        if spec.host_ports:
            ports = self._ports.setdefault(node, Counter())
            for port in spec.host_ports:
                ports[port] += sign


def _clash(wanted: tuple[str, str, int], taken: tuple[str, str, int]) -> bool:
    any_address = "0.0.0.0"
    same_address = wanted[1] == taken[1] or any_address in (wanted[1], taken[1])
    return wanted[0] == taken[0] and wanted[2] == taken[2] and same_address
