# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Nodes a command is about, and by which hosts it reaches them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .._model.finding import Finding
from .._model.host import Host
from .._model.node import Node
from .._model.snapshot import Snapshot
from . import identity
from .disruption import run_of
from .intent import Intent

_EXCLUDED = "excluded by day2_excluded_nodes"
_NO_HOST = "no host of the inventory stands for it"
_NOT_SELECTED = "not selected by day2_nodes"
_NOT_READY = "not Ready"


@dataclass(frozen=True, slots=True)
class Scope:
    """``hosts`` maps Node names to their hosts, also of nodes that are not to be handled.

    ``selected`` holds inventory names, ``excluded`` Node names; ``findings`` say what does not match.
    """

    hosts: Mapping[str, Host]
    selected: frozenset[str]
    excluded: frozenset[str]
    findings: tuple[Finding, ...]

    def contains(self, node: Node) -> bool:
        return self._why_outside(node) is None

    def why_left_out(self, node: Node) -> str | None:
        """In words; None for a node that can be handled.

        A worker that is not Ready can be only where an earlier run left it in hand and its host answers. A node of the
        control plane is not left out for that: there the gate refuses the run.
        """
        outside = self._why_outside(node)
        if outside is not None:
            return outside
        if not node.control_plane and node.ready is not True:
            return None if run_of(node) and self.hosts[node.name].reachable else _NOT_READY
        return None

    def _why_outside(self, node: Node) -> str | None:
        if node.name in self.excluded:
            return _EXCLUDED
        host = self.hosts.get(node.name)
        if host is None:
            return _NO_HOST
        return None if host.name in self.selected else _NOT_SELECTED


def find_scope(snapshot: Snapshot, intent: Intent) -> Scope:
    excluded = frozenset(name for name, node in snapshot.nodes.items() if intent.excluded.matches(node.labels))
    selected, unknown = identity.select(snapshot.hosts, intent.nodes)
    matching = identity.match(snapshot.hosts, snapshot.nodes, selected=selected, excluded=excluded)
    return Scope(matching.hosts, selected, excluded, (*unknown, *matching.findings))
