# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of node steps: the same input gives the same order, so that a plan can be read and held to."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import chain, zip_longest

from .._model.node import Node

NaturalKey = tuple[tuple[int, int, str], ...]


def natural(name: str) -> NaturalKey:
    """Sort key that puts ``worker-2`` before ``worker-10``."""
    return tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in re.split(r"(\d+)", name) if p)


def control_plane_order(
    nodes: Iterable[Node], *, resumed: frozenset[str], half_upgraded: frozenset[str], etcd_leader: str | None
) -> list[Node]:
    """First what an earlier run left in hand, then what somebody left half upgraded, then followers, the leader last.

    Each etcd election costs the API about a second; with the leader last there is one, not one per node.
    """
    return sorted(
        nodes,
        key=lambda n: (n.name not in resumed, n.name not in half_upgraded, n.name == etcd_leader, natural(n.name)),
    )


def worker_order(nodes: Iterable[Node], *, resumed: frozenset[str], zone_by_zone: bool = False) -> list[Node]:
    """What an earlier run left in hand, then one of each zone in turn; the first is the canary.

    With zones in turn, nodes that are out at the same time are not all of one zone. ``zone_by_zone`` finishes one zone
    before the next begins, for clusters where nodes of two zones must not be out at the same time.
    """
    nodes = list(nodes)
    left = sorted((n for n in nodes if n.name in resumed), key=lambda n: natural(n.name))
    others = [n for n in nodes if n.name not in resumed]
    if zone_by_zone:
        return left + sorted(others, key=lambda n: (natural(n.zone), natural(n.name)))
    return left + _zones_in_turn(others)


def _zones_in_turn(nodes: list[Node]) -> list[Node]:
    zones: dict[str, list[Node]] = defaultdict(list)
    for node in sorted(nodes, key=lambda n: natural(n.name)):
        zones[node.zone].append(node)
    rounds = zip_longest(*(zones[zone] for zone in sorted(zones, key=natural)))
    return [node for node in chain.from_iterable(rounds) if node is not None]
