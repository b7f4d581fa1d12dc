# SPDX-License-Identifier: GPL-3.0-or-later
"""How drains ended, for the task's result and the refusal block."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from .._model.finding import Finding
from .blocking import blocked_by_budget, by_budget
from .classify import Decision, Treatment
from .deadline import unfinished
from .rules import ORDINARY
from .state import DrainState, Ending, NodeDrain, PodRecord, PodState


@dataclass(frozen=True, slots=True)
class PodReport:
    """What became of one pod.

    ``action`` is ``evicted``, ``gone`` (without our doing), ``terminating``, ``blocked``, ``waiting``, ``completing``,
    ``ignored`` or ``refused``; in a rehearsal ``would_evict`` or ``would_wait``. ``order`` is when it was its turn.
    ``seconds`` runs from its discovery to its end.
    """

    namespace: str
    name: str
    action: str
    order: int
    attempts: int
    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class DrainResult:
    """The drain of ``node``; ``findings`` are empty when it was drained, ``warnings`` never stop it.

    ``state`` tells people in which state pods and node are left.
    """

    node: str
    ending: Ending
    changed: bool
    seconds: float
    pods: tuple[PodReport, ...]
    state: str
    findings: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The task's result, but for what the action adds."""
        return {
            "node": self.node,
            "changed": self.changed,
            "ending": self.ending.value,
            "seconds": round(self.seconds, 1),
            "pods": [asdict(pod) for pod in self.pods],
            "warnings_found": [finding.to_dict() for finding in self.warnings],
        }


def result_of(state: DrainState, node: NodeDrain, now: float) -> DrainResult:
    """The result of a node's drain, which has ended."""
    ending = node.ending or Ending.FAILED
    ended_at = now if node.ended_at is None else node.ended_at
    return DrainResult(
        node=node.name,
        ending=ending,
        changed=any(record.evicted for record in node.records.values()) or node.cordons > 0,
        seconds=ended_at - state.started_at,
        pods=reports(node, ended_at),
        state=state_of(node),
        findings=tuple(unfinished(state, node, ended_at) if ending is Ending.TIMED_OUT else node.failures),
        warnings=tuple(node.warnings),
    )


def state_of(node: NodeDrain) -> str:
    """In which state things are left, as a refusal block says it."""
    if not node.touched:
        return "nothing was changed"
    gone = [record for record in node.records.values() if record.state is PodState.GONE]
    evicted = sum(record.evicted for record in node.records.values())
    pods = (
        f"{evicted} of {len(node.records)} pods were evicted, {len(gone)} are gone" if evicted else "no pod was evicted"
    )
    return f"{pods}; node {node.name} is cordoned" + (", by this task" if node.cordons else ", as it was before")


def reports(node: NodeDrain, now: float) -> tuple[PodReport, ...]:
    """One for each pod of the node, by namespace and name."""
    held = {record.pod.uid for records in by_budget(node).values() for record in records}
    found = [_report(record, now, held=record.pod.uid in held) for record in node.records.values()]
    found += [_staying(decision) for decision in node.left.values()]
    return tuple(sorted(found, key=lambda report: (report.namespace, report.name)))


def _staying(decision: Decision) -> PodReport:
    action = "ignored" if decision.treatment is Treatment.IGNORE else "refused"
    return PodReport(decision.pod.namespace, decision.pod.name, action, ORDINARY, 0, 0.0, decision.reason)


def _report(record: PodRecord, now: float, *, held: bool) -> PodReport:
    if record.state is PodState.GONE:
        action = "evicted" if record.evicted else "gone"
    elif record.pod.terminating or record.state is PodState.TERMINATING:
        action = "terminating"
    elif record.state is PodState.COMPLETING:
        action = "completing"
    else:
        action = "blocked" if held or blocked_by_budget(record) else "waiting"
    told = record.answer.message if record.answer and action in ("blocked", "waiting") else record.reason
    seconds = (record.gone_at or now) - record.since
    return PodReport(
        record.pod.namespace, record.pod.name, action, record.order, record.attempts, round(seconds, 1), told
    )
