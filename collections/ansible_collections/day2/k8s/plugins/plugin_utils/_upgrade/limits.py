# SPDX-License-Identifier: GPL-3.0-or-later
"""How many nodes may be out at once: in the cluster, in each pool, and whether in one zone only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._model.naming import count
from .._model.node import Node
from .._model.selector import Selector


@dataclass(frozen=True, slots=True)
class Pool:
    """Nodes that ``selector`` (in kubectl's notation) matches, of which ``max_unavailable`` may be out at once."""

    name: str
    selector: str
    max_unavailable: int
    _parsed: Selector = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Raises ValueError naming the wrong part of the selector."""
        object.__setattr__(self, "_parsed", Selector.parse(self.selector))

    def holds(self, node: Node) -> bool:
        return self._parsed.matches(node.labels)

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "selector": self.selector, "max_unavailable": self.max_unavailable}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Pool:
        return cls(raw["name"], raw["selector"], raw["max_unavailable"])


@dataclass(frozen=True, slots=True)
class Limits:
    """A node belongs to the first pool that holds it, or to none. What is out counts, whoever took it."""

    max_unavailable: int = 1
    pools: tuple[Pool, ...] = ()
    one_zone_at_a_time: bool = False

    def pool_of(self, node: Node) -> str:
        """The name of its pool; empty for none."""
        return next((pool.name for pool in self.pools if pool.holds(node)), "")

    def to_dict(self) -> dict[str, Any]:
        return {
            "max_unavailable": self.max_unavailable,
            "pools": [pool.to_dict() for pool in self.pools],
            "one_zone_at_a_time": self.one_zone_at_a_time,
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Limits:
        return cls(raw["max_unavailable"], tuple(map(Pool.from_dict, raw["pools"])), raw["one_zone_at_a_time"])


class Occupancy:
    """The nodes that are out, counted as the limits count them. ``out`` may name nodes that ``nodes`` does not have."""

    def __init__(self, limits: Limits, nodes: Mapping[str, Node], out: Iterable[str] = ()) -> None:
        self._limits = limits
        self._nodes = nodes
        self._allowed = {pool.name: pool.max_unavailable for pool in limits.pools}
        self._out: set[str] = set()
        self._of_pool: Counter[str] = Counter()
        self._of_zone: Counter[str] = Counter()
        for name in out:
            self.take(name)

    def copy(self) -> Occupancy:
        return Occupancy(self._limits, self._nodes, self._out)

    def take(self, name: str) -> None:
        """Counts one more node; one that is out already adds nothing."""
        if name in self._out:
            return
        self._out.add(name)
        node = self._nodes.get(name)
        if node is not None:
            self._of_pool[self._limits.pool_of(node)] += 1
            self._of_zone[node.zone] += 1

    def full(self, name: str) -> str | None:
        """Why neither ``name`` nor any other node may be taken now; None if one may."""
        others = len(self._out) - (name in self._out)
        if others < self._limits.max_unavailable:
            return None
        return f"{count(others, 'node')} out, at most {self._limits.max_unavailable} may be"

    def stop(self, name: str) -> str | None:
        """Why ``name`` may not be taken now though others perhaps may; None if its pool and zone let it."""
        node = self._nodes[name]
        itself = int(name in self._out)
        pool = self._limits.pool_of(node)
        if pool:
            others = self._of_pool[pool] - itself
            if others >= self._allowed[pool]:
                return f"{count(others, 'node')} of pool {pool} out, at most {self._allowed[pool]} may be"
        if self._limits.one_zone_at_a_time and node.zone:
            zones = sorted(zone for zone, number in self._of_zone.items() if number and zone not in ("", node.zone))
            if zones:
                return f"zone {zones[0]} has nodes out, and zones go one at a time"
        return None
