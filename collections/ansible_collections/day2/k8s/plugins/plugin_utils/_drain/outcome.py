# SPDX-License-Identifier: GPL-3.0-or-later
"""How a drain stands or ended, for the person who waits, the task's result and the refusal block."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from .._model.finding import Finding
from .._model.pod import Pod
from .budgets import budgets_of, needs
from .classify import Treatment
from .eviction import Meaning
from .state import DrainState, Ending, PodRecord, PodState

_NAMED = 5  # pods named in one line; the result has them all


@dataclass(frozen=True, slots=True)
class PodReport:
    """What became of one pod.

    ``action`` is ``evicted``, ``gone`` (without our doing), ``terminating``, ``blocked``, ``waiting``, ``ignored`` or
    ``refused``; in a rehearsal ``would_evict`` or ``would_wait``. ``seconds`` runs from its discovery to its end.
    """

    namespace: str
    name: str
    action: str
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
            "seconds": round(self.seconds, 1),
            "pods": [asdict(pod) for pod in self.pods],
            "warnings_found": [finding.to_dict() for finding in self.warnings],
        }


def result_of(state: DrainState, ending: Ending, node: str, now: float) -> DrainResult:
    """The result of a drain that ended so."""
    findings = tuple(state.failures)
    if ending is Ending.TIMED_OUT:
        findings = tuple(_unfinished(state, node, now))
    evicted = any(record.evicted for record in state.records.values())
    return DrainResult(
        node=node,
        ending=ending,
        changed=evicted or state.cordons > 0,
        seconds=now - state.started_at,
        pods=reports(state, now),
        state=state_of(state, node),
        findings=findings,
        warnings=tuple(state.warnings),
    )


def state_of(state: DrainState, node: str) -> str:
    """In which state things are left, as a refusal block says it."""
    if not state.touched:
        return "nothing was changed"
    gone = [record for record in state.records.values() if record.state is PodState.GONE]
    evicted = sum(record.evicted for record in state.records.values())
    pods = (
        f"{evicted} of {len(state.records)} pods were evicted, {len(gone)} are gone"
        if evicted
        else "no pod was evicted"
    )
    return f"{pods}; node {node} is cordoned" + (", by this task" if state.cordons else ", as it was before")


def progress(state: DrainState, node: str) -> str:
    """One line: how many are gone, and what is waited for."""
    head = f"node {node}: drain {len(state.records) - len(state.remaining())}/{len(state.records)} pods gone"
    if state.trouble:
        return f"{head}; the API does not answer ({state.trouble})"
    return "; ".join([head, *_waits(state)])


def _waits(state: DrainState) -> Iterable[str]:
    terminating = [r.pod for r in state.remaining() if r.state is PodState.TERMINATING]
    if terminating:
        yield f"{names(terminating)} terminating"
    for budget, records in _by_budget(state).items():
        yield f"{names(r.pod for r in records)} waiting for budget {budget} ({_budget_text(state, records)})"
    held = [r for r in _waiting(state) if not _blocked_by_budget(r)]
    if held:
        answer = held[0].answer
        yield f"{names(r.pod for r in held)} to be evicted" + (f" ({answer.message})" if answer else "")


def names(pods: Iterable[Pod]) -> str:
    """``shop/a, shop/b`` and how many more."""
    keys = sorted(pod.key for pod in pods)
    return ", ".join(keys[:_NAMED]) + (f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else "")


def _waiting(state: DrainState) -> list[PodRecord]:
    return [record for record in state.remaining() if record.state is not PodState.TERMINATING]


def _blocked_by_budget(record: PodRecord) -> bool:
    """Whether the last answer was a budget's no, also while it is asked once more."""
    waits = record.state in (PodState.PENDING, PodState.IN_FLIGHT)
    return waits and record.answer is not None and record.answer.meaning is Meaning.BUDGET


def _by_budget(state: DrainState) -> dict[str, list[PodRecord]]:
    """The blocked pods by the budget that blocks them; one that is not known yet goes by the server's words."""
    groups: dict[str, list[PodRecord]] = {}
    for record in _waiting(state):
        if _blocked_by_budget(record):
            covering = budgets_of(record.pod, state.budgets)
            groups.setdefault(covering[0].key if covering else f"of {record.pod.namespace}", []).append(record)
    return groups


def _budget_text(state: DrainState, records: list[PodRecord]) -> str:
    covering = budgets_of(records[0].pod, state.budgets)
    if covering:
        return needs(covering[0])
    return records[0].answer.message if records[0].answer else ""


def _unfinished(state: DrainState, node: str, now: float) -> Iterable[Finding]:
    """Why a drain ran out of time: one finding for each budget, and one for each pod that is held up otherwise."""
    waited = f"after {now - state.started_at:.0f} s"
    for budget, records in _by_budget(state).items():
        yield _out_of_time(
            f"PodDisruptionBudget/{budget}",
            f"allows no eviction of {names(r.pod for r in records)} on node {node} {waited}: "
            + _budget_text(state, records),
            "a drain never bypasses a disruption budget: it is the promise made to the workload's owners",
            "scale the workload up or get its pods ready, or relax the budget; then run the same command again",
        )
    for record in state.remaining():
        if not _blocked_by_budget(record):
            yield _held_up(record, node, waited)
    if not state.remaining():
        yield _out_of_time(
            f"Node/{node}",
            f"it could not be confirmed {waited} that no pod is left{f' ({state.trouble})' if state.trouble else ''}",
            "a pod that was bound before the cordon was seen may still be running",
            "run the same command again, with a longer timeout",
        )


def _held_up(record: PodRecord, node: str, waited: str) -> Finding:
    pod = record.pod
    if pod.terminating:
        held = f"finalizers: {', '.join(pod.finalizers)}" if pod.finalizers else f"grace {pod.grace_period_seconds} s"
        return _out_of_time(
            pod.key,
            f"deletionTimestamp set but still on node {node} {waited} ({held})",
            "the pod may still be running, or something it owns is not cleaned up",
            "look at who has to remove the finalizer"
            if pod.finalizers
            else "look at the kubelet and the pod's containers",
        )
    why = record.answer.message if record.answer else "not attempted yet"
    return _out_of_time(
        pod.key,
        f"is still on node {node} {waited}, {record.attempts} attempts: {why}",
        "work on the node would kill it without regard to its budget and grace period",
        "look at the reason that the API server gave, then run the same command again",
    )


def _out_of_time(subject: str, message: str, why: str, remedy: str) -> Finding:
    return Finding(code="D2-DRAIN-001", subject=subject, message=message, why=why, remedy=remedy)


def reports(state: DrainState, now: float) -> tuple[PodReport, ...]:
    """One for each pod of the node, by namespace and name."""
    found = [_report(record, now) for record in state.records.values()]
    for decision in state.left.values():
        action = "ignored" if decision.treatment is Treatment.IGNORE else "refused"
        found.append(PodReport(decision.pod.namespace, decision.pod.name, action, 0, 0.0, decision.reason))
    return tuple(sorted(found, key=lambda report: (report.namespace, report.name)))


def _report(record: PodRecord, now: float) -> PodReport:
    if record.state is PodState.GONE:
        action = "evicted" if record.evicted else "gone"
    elif record.pod.terminating or record.state is PodState.TERMINATING:
        action = "terminating"
    else:
        action = "blocked" if _blocked_by_budget(record) else "waiting"
    told = record.answer.message if record.answer and action in ("blocked", "waiting") else record.reason
    seconds = (record.gone_at or now) - record.since
    return PodReport(record.pod.namespace, record.pod.name, action, record.attempts, round(seconds, 1), told)
