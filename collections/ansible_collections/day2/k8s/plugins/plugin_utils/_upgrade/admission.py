# SPDX-License-Identifier: GPL-3.0-or-later
"""May this node be taken in hand now? A pure decision from one live view; the coordinator is the only one to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .._model.finding import Finding, Outcome, Verdict, blocking
from .._model.naming import count
from .._model.node import Node
from .disruption import in_words, nodes_out, others_out, run_of
from .limits import Limits, Occupancy


@dataclass(frozen=True, slots=True)
class Request:
    """Node ``node`` asks run ``run`` for its admission."""

    node: str
    run: str


@dataclass(frozen=True, slots=True)
class View:
    """What is known when the question is decided.

    ``nodes`` are all Nodes as read for this decision, None where they could not be read; ``verdicts`` are those of the
    gates evaluated with the node in hand; ``waiting`` are the nodes that ask now, in the order of the plan;
    ``undrainable`` says why the node is certain never to be drained; ``failures`` and ``failure_budget`` count nodes.
    While ``gates_awaited``, gates that do not pass are waited for: a scheduler that lost its lease is back in seconds,
    and need not end a run. ``halt`` says who halted the run and why; empty means that nobody did.
    """

    nodes: Mapping[str, Node] | None
    verdicts: tuple[Verdict, ...]
    waiting: tuple[str, ...]
    limits: Limits
    undrainable: tuple[Finding, ...] = ()
    failures: int = 0
    failure_budget: int = 0
    halt: str = ""
    gates_awaited: bool = False


@dataclass(frozen=True, slots=True)
class Admitted:
    """The node may be claimed and taken in hand."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now; to be decided again on a newer view."""

    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Not in this run; ``findings`` say more where a gate is what stands in the way."""

    why: str
    findings: tuple[Finding, ...] = ()


Decision = Admitted | Wait | Refused

_OUTCOMES = {Outcome.FAIL: "does not pass", Outcome.UNKNOWN: "could not be evaluated"}


def decide(request: Request, view: View) -> Decision:
    """What stops the run for good is looked at first, then what may pass by waiting.

    A gate that fails, or could not be evaluated, refuses in the end: the run stops by itself. A cluster that cannot be
    seen at all is waited for, since the API may be away for a moment; nobody is admitted meanwhile.
    """
    if view.failures > view.failure_budget:
        return Refused(f"{count(view.failures, 'node')} failed, the failure budget is {view.failure_budget}")
    if view.halt:
        return Wait(view.halt)
    if view.nodes is None:
        return Wait("the state of the cluster is unknown")
    node = view.nodes.get(request.node)
    if node is None:
        return Refused(f"the cluster has no Node {request.node} any more")
    try:
        return _decide(request, view, node, view.nodes)
    except ValueError as error:
        # A record that another version wrote: whose hand a node is in cannot be known, so it counts as unknown.
        return Wait(f"the state of the cluster is unknown: {error}")


def _decide(request: Request, view: View, node: Node, nodes: Mapping[str, Node]) -> Decision:
    owner = node.claim
    if owner is not None and owner.run == request.run:
        # Claimed before, and the answer was lost on its way.
        return Admitted()
    stopping = [verdict for verdict in view.verdicts if verdict.outcome is not Outcome.PASS]
    if stopping:
        why = ", ".join(f"gate {v.gate} {_OUTCOMES[v.outcome]}" for v in stopping)
        if view.gates_awaited:
            return Wait(why)
        return Refused(why, tuple(finding for verdict in stopping for finding in blocking(verdict.findings)))
    if view.undrainable:
        return Refused("its drain would never end", view.undrainable)
    out = others_out(request.node, nodes_out(nodes), not_counted=_left_behind(node, nodes, request.run))
    occupancy = Occupancy(view.limits, nodes, out)
    stop = occupancy.full(request.node) or occupancy.stop(request.node)
    if stop is not None:
        return Wait(f"{stop}: {in_words(out)}")
    before = _first_before(request.node, view.waiting, occupancy, nodes)
    return Wait(f"{before} is before it in the plan") if before else Admitted()


def _first_before(name: str, waiting: tuple[str, ...], occupancy: Occupancy, nodes: Mapping[str, Node]) -> str | None:
    """The first of those before ``name`` that could be taken now; its own pool or zone holds the others back."""
    position = waiting.index(name) if name in waiting else 0
    return next((o for o in waiting[:position] if o in nodes and occupancy.stop(o) is None), None)


def _left_behind(node: Node, nodes: Mapping[str, Node], run: str) -> frozenset[str]:
    """Nodes that earlier runs left in hand, if ``node`` is one of them, else none.

    It is out already, so that taking it adds nothing; were they held against each other, none could be given back.
    """
    if run_of(node) in (None, run):
        return frozenset()
    return frozenset(n.name for n in nodes.values() if run_of(n) not in (None, run))
