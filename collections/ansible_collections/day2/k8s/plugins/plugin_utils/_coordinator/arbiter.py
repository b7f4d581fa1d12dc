# SPDX-License-Identifier: GPL-3.0-or-later
"""The one arbiter of admission: it decides for one node at a time, from one live view of all nodes.

The claim is written on the Node before the answer is given, so that whoever looks at the cluster from then on, this run
or another one, counts the node as out. Everything that is not known is a reason to wait, never to admit.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .._model.api_error import ApiError
from .._model.errors import Day2Error
from .._model.finding import Finding, Outcome
from .._model.halt import Halt
from .._model.host import Etcd
from .._model.node import Node
from .._upgrade import admission
from .._upgrade.limits import Limits
from .heartbeat import LockState
from .observation import Observation
from .protocol import Answer

# How long a waiting host goes unheard before it no longer counts as waiting: its clients ask every few seconds.
SILENCE_SECONDS = 30.0
# How often a waiting node is looked at again, besides whenever another one was given back.
RECHECK_SECONDS = 5.0
# How long a gate that does not pass is waited for: a static pod that was restarted, a leader that is being elected.
GATES_PATIENCE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Budgets:
    """How many nodes may be out at once, and how many may fail."""

    limits: Limits
    failure_budget: int


@dataclass(frozen=True, slots=True)
class Question:
    """``node`` asks to be admitted; ``etcd`` as its host sees it just now (control plane only).

    The answer ``wait`` comes after ``wait_seconds``, or as soon as its reason is not ``known_reason``; a node that
    still waits ``timeout_seconds`` after it asked first is deferred.
    """

    node: str
    etcd: Etcd | None
    timeout_seconds: float
    wait_seconds: float
    known_reason: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer and, in words, why."""

    answer: Answer
    why: str


@dataclass(slots=True)
class _Waiting:
    since: float
    heard: float
    gates_stop_since: float | None = None


class Arbiter:
    """``observe`` reads the cluster for one question, ``foresee`` tells why a node could never be drained, and
    ``claim`` writes the claim; they raise ApiError, Day2Error for a cluster that cannot be understood, and ValueError
    for such a record on a Node.

    ``plan`` gives the order in which nodes are admitted when several wait; ``clock`` is monotonic.
    """

    def __init__(
        self,
        *,
        run_id: str,
        plan: Sequence[str],
        budgets: Budgets,
        observe: Callable[[str, Etcd | None], Observation],
        foresee: Callable[[str, Observation], tuple[Finding, ...]],
        claim: Callable[[Node], None],
        lock_state: Callable[[], LockState],
        clock: Callable[[], float],
    ) -> None:
        self._run_id = run_id
        self._position = {name: index for index, name in enumerate(plan)}
        self._budgets = budgets
        self._observe = observe
        self._foresee = foresee
        self._claim = claim
        self._lock_state = lock_state
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: dict[str, _Waiting] = {}
        self._failed: dict[str, str] = {}
        self._ending = ""
        self._halt: Halt | None = None
        self._last_look: tuple[float, Observation] | None = None

    def ask(self, question: Question) -> Reply:
        """Blocks as the question says."""
        until = self._clock() + question.wait_seconds
        with self._changed:
            waiting = self._waiting.setdefault(question.node, _Waiting(self._clock(), self._clock()))
            while True:
                waiting.heard = self._clock()
                reply = self._decide(question, waiting)
                deadline = waiting.since + question.timeout_seconds
                now = self._clock()
                if reply.answer is Answer.WAIT and now >= deadline:
                    reply = self._out_of_time(f"waited {now - waiting.since:.0f} s: {reply.why}")
                if reply.answer is not Answer.WAIT:
                    self._waiting.pop(question.node, None)
                    return reply
                if reply.why != question.known_reason or now >= until:
                    return reply
                self._changed.wait(min(RECHECK_SECONDS, until - now, deadline - now))

    def failed(self, node: str, message: str) -> None:
        """Counts ``node`` against the failure budget."""
        with self._changed:
            self._failed[node] = message
            self._changed.notify_all()

    def given_back(self) -> None:
        """A claim has ended: those who wait are looked at again."""
        with self._changed:
            self._last_look = None
            self._changed.notify_all()

    def halt(self, halt: Halt | None) -> None:
        """From now on everybody waits for the halt to be taken back; None takes it back."""
        with self._changed:
            self._halt = halt
            self._changed.notify_all()

    def end(self, why: str) -> None:
        """From now on every answer is ``refused``."""
        with self._changed:
            self._ending = why
            self._changed.notify_all()

    @property
    def failed_nodes(self) -> dict[str, str]:
        """By Node name, why."""
        with self._changed:
            return dict(self._failed)

    def _out_of_time(self, why: str) -> Reply:
        if self._halt is None:
            return Reply(Answer.DEFERRED, why)
        # Nobody took it back in the time that a node may wait. The others need not wait as long, one after the other.
        self._ending = f"the run was {self._halt}"
        return Reply(Answer.REFUSED, why)

    def _decide(self, question: Question, waiting: _Waiting) -> Reply:
        if self._ending:
            return Reply(Answer.REFUSED, self._ending)
        if question.node in self._failed:
            return Reply(Answer.REFUSED, "it failed in this run already")
        if self._halt is not None:
            return self._reply(question, None, self._decision(question, waiting, None), "")
        if self._lock_state() is not LockState.HELD:
            return Reply(Answer.WAIT, "the lock could not be renewed, so it is not sure whose it is")
        try:
            observed, of_late = self._look(question)
            decision = self._decision(question, waiting, observed)
            if of_late and not isinstance(decision, admission.Wait):
                # Nobody is admitted, or refused, on what was seen for somebody else's question.
                self._last_look = None
                observed, of_late = self._look(question)
                decision = self._decision(question, waiting, observed)
            if isinstance(decision, admission.Admitted):
                # Read last, and only of the node that is about to be taken: it is not for nothing.
                undrainable = self._foresee(question.node, observed)
                decision = self._decision(question, waiting, observed, undrainable)
        except (ApiError, Day2Error, ValueError) as error:
            return self._reply(question, None, self._decision(question, waiting, None), f": {error}")
        return self._reply(question, observed, decision, "")

    def _decision(
        self,
        question: Question,
        waiting: _Waiting,
        observed: Observation | None,
        undrainable: tuple[Finding, ...] = (),
    ) -> admission.Decision:
        return admission.decide(
            admission.Request(question.node, self._run_id),
            admission.View(
                nodes=observed.nodes if observed else None,
                verdicts=observed.verdicts if observed else (),
                waiting=self._in_order(),
                limits=self._budgets.limits,
                undrainable=undrainable,
                failures=len(self._failed),
                failure_budget=self._budgets.failure_budget,
                halt=str(self._halt) if self._halt else "",
                gates_awaited=observed is not None and self._gates_awaited(waiting, observed),
            ),
        )

    def _reply(
        self, question: Question, observed: Observation | None, decision: admission.Decision, detail: str
    ) -> Reply:
        if isinstance(decision, admission.Refused):
            findings = "; ".join(f"{f.code} {f.subject}: {f.message}" for f in decision.findings)
            return Reply(Answer.REFUSED, f"{decision.why}: {findings}" if findings else decision.why)
        why = decision.why if isinstance(decision, admission.Wait) else ""
        if why or observed is None:
            return Reply(Answer.WAIT, why + detail)
        self._last_look = None
        try:
            self._claim(observed.nodes[question.node])
        except ApiError as error:
            return Reply(Answer.WAIT, f"the claim could not be written on the Node: {error}")
        return Reply(Answer.ADMITTED, "")

    def _gates_awaited(self, waiting: _Waiting, observed: Observation) -> bool:
        now = self._clock()
        if all(verdict.outcome is Outcome.PASS for verdict in observed.verdicts):
            waiting.gates_stop_since = None
        elif waiting.gates_stop_since is None:
            waiting.gates_stop_since = now
        since = waiting.gates_stop_since
        return since is None or now - since < GATES_PATIENCE_SECONDS

    def _look(self, question: Question) -> tuple[Observation, bool]:
        """Afresh for the first in the plan; the others most often learn from a look of late (True) why they wait."""
        if self._last_look and question.node not in self._in_order()[:1]:
            at, observed = self._last_look
            if self._clock() - at < RECHECK_SECONDS:
                return observed, True
        observed = self._observe(question.node, question.etcd)
        self._last_look = (self._clock(), observed)
        return observed, False

    def _in_order(self) -> tuple[str, ...]:
        """Those who wait and were heard of lately, in plan order."""
        heard_since = self._clock() - SILENCE_SECONDS
        names = [name for name, waiting in self._waiting.items() if waiting.heard >= heard_since]
        return tuple(sorted(names, key=lambda name: self._position.get(name, len(self._position))))
