# SPDX-License-Identifier: GPL-3.0-or-later
"""Which nodes can go together: the order of the plan cut into waves.

Greedy: each wave takes the first node that is left, then, along the order, every node that can go with those it has.
No search for a division into fewer waves is made; that would cost more than it could save, and the order is what people
approved. A run does not wait for a whole wave to end before it admits the next node, so the waves are what is possible
side by side, and the time that they take is an estimate on the safe side.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._model.node import Node
from .limits import Limits, Occupancy
from .plan import NodeStep

# Why these Nodes cannot be drained together, in words; None if they can. Asked of a set that a bigger one is made of,
# it may not find more in the way than of the bigger one.
Fits = Callable[[tuple[str, ...]], "str | None"]

# Nodes per wave of which a simulation said no, after which no further one is tried.
MOST_MISFITS = 50


@dataclass(frozen=True, slots=True)
class Wave:
    """``nodes`` in the order of the plan; ``held_back`` says why the next node is not among them (empty: none left)."""

    nodes: tuple[str, ...]
    held_back: str

    def to_dict(self) -> dict[str, Any]:
        return {"nodes": list(self.nodes), "held_back": self.held_back}


def cut(
    steps: Sequence[NodeStep], nodes: Mapping[str, Node], limits: Limits, out: Collection[str], fits: Fits
) -> tuple[Wave, ...]:
    """``out`` are Nodes that are out all the time. A node of the control plane goes alone, and so does the canary."""
    waves: list[Wave] = []
    left = list(steps)
    while left:
        wave = _wave(left, Occupancy(limits, nodes, out), fits)
        waves.append(wave)
        taken = set(wave.nodes)
        left = [step for step in left if step.node not in taken]
    return tuple(waves)


def _wave(left: Sequence[NodeStep], occupancy: Occupancy, fits: Fits) -> Wave:
    first, rest = left[0], left[1:]
    if first.role == "control_plane":
        return Wave((first.node,), "nodes of the control plane go one by one" if rest else "")
    if first.canary:
        return Wave((first.node,), f"{first.node} is the canary" if rest else "")
    occupancy.take(first.node)
    taken, held_back, misfits = [first.node], "", 0
    for step in rest:
        full = occupancy.full(step.node)
        if full is not None or misfits == MOST_MISFITS:
            held_back = held_back or full or ""
            break
        reason = occupancy.stop(step.node)
        if reason is None:
            reason = fits((*taken, step.node))
            misfits += reason is not None
        if reason is None:
            taken.append(step.node)
            occupancy.take(step.node)
        else:
            held_back = held_back or f"{step.node}: {reason}"
    return Wave(tuple(taken), held_back)
