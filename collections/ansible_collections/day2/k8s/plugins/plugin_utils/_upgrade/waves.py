# SPDX-License-Identifier: GPL-3.0-or-later
"""Which nodes can go together: the order of the plan cut into waves.

Greedy: each wave takes the first node that is left, then, along the order, every node that can go with those it has.
No search for a division into fewer waves is made; that would cost more than it could save, and the order is what people
approved. A run does not wait for a whole wave to end before it admits the next node, so the waves are what is possible
side by side, and the time that they take is an estimate on the safe side.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from .._model.node import Node
from .limits import Limits, Occupancy
from .plan import NodeStep, Wave

# Nodes that a rehearsal kept out of one wave, after which it tries no further one.
MOST_MISFITS = 10


class Rehearsal(Protocol):
    """A cluster in thought, in which drains follow each other."""

    def fits(self, names: Sequence[str]) -> str | None:
        """Why these Nodes cannot be drained together, in words; None if they can.

        What holds of a set holds of each part of it: nodes that fit still fit when one of them stays away.
        """
        raise NotImplementedError

    def take(self, names: Sequence[str]) -> None:
        """These are drained together and given back; whatever is asked from now on is asked of what comes after."""
        raise NotImplementedError


def cut(
    steps: Sequence[NodeStep],
    nodes: Mapping[str, Node],
    limits: Limits,
    out: Collection[str],
    rehearsal: Rehearsal,
) -> tuple[Wave, ...]:
    """``out`` are Nodes that are out all the time. A node of the control plane goes alone, and so does the canary."""
    waves: list[Wave] = []
    left = list(steps)
    while left:
        wave = _wave(left, Occupancy(limits, nodes, out), rehearsal)
        rehearsal.take(wave.nodes)
        waves.append(wave)
        left = _without(left, wave.nodes)
    return tuple(waves)


def _without(left: list[NodeStep], names: Sequence[str]) -> list[NodeStep]:
    """What is left after ``names`` were taken, which most often are the first: a plan can be of thousands of nodes."""
    number = len(names)
    if [step.node for step in left[:number]] == list(names):
        return left[number:]
    taken = set(names)
    return [step for step in left if step.node not in taken]


def _wave(left: Sequence[NodeStep], occupancy: Occupancy, rehearsal: Rehearsal) -> Wave:
    first = left[0]
    if len(left) == 1:
        return Wave((first.node,), "")
    if first.role == "control_plane":
        return Wave((first.node,), "nodes of the control plane go one by one")
    if first.canary:
        return Wave((first.node,), f"{first.node} is the canary")
    occupancy.take(first.node)
    full = occupancy.full(left[1].node)
    if full is not None:
        return Wave((first.node,), full)
    rest = [step.node for step in left[1:]]
    growing = _Growing([first.node], occupancy)
    # All that the limits let go, at first; where that is too much, half of it, until what does not fit is found.
    position, most, misfits = 0, len(rest), 0
    while position < len(rest) and misfits < MOST_MISFITS:
        tried = growing.with_some_of(rest[position:], most)
        added = tried.nodes[len(growing.nodes) :]
        reason = rehearsal.fits(tried.nodes) if added else None
        if reason is None:
            growing = tried
            position += tried.looked_at
            if tried.full:
                break
            most = len(rest)
        elif len(added) > 1:
            most = len(added) // 2
        else:
            growing = growing.without(added[0], reason)
            position += tried.looked_at
            misfits += 1
            most = len(rest)
    return Wave(tuple(growing.nodes), growing.held_back)


@dataclass(frozen=True, slots=True)
class _Growing:
    """A wave that is being made: ``looked_at`` counts the candidates it was last made from, taken or passed over."""

    nodes: list[str]
    occupancy: Occupancy
    held_back: str = ""
    looked_at: int = 0
    full: bool = False

    def with_some_of(self, candidates: Sequence[str], most: int) -> _Growing:
        """With the next ``most`` candidates that the limits let go."""
        nodes, occupancy, held_back = list(self.nodes), self.occupancy.copy(), self.held_back
        wanted = len(nodes) + most
        for position, name in enumerate(candidates):
            full = occupancy.full(name)
            if full is not None:
                return _Growing(nodes, occupancy, held_back or full, position, full=True)
            if len(nodes) == wanted:
                return _Growing(nodes, occupancy, held_back, position)
            stop = occupancy.stop(name)
            if stop is None:
                nodes.append(name)
                occupancy.take(name)
            else:
                held_back = held_back or f"{name}: {stop}"
        return _Growing(nodes, occupancy, held_back, len(candidates))

    def without(self, name: str, reason: str) -> _Growing:
        """As it is, and told why ``name`` is not part of it."""
        return _Growing(self.nodes, self.occupancy, self.held_back or f"{name}: {reason}")
