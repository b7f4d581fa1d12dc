# SPDX-License-Identifier: GPL-3.0-or-later
"""One run's background process: what it answers to actions, and when it ends."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Protocol

from .._model.halt import Halt
from .._model.host import Etcd
from .arbiter import Arbiter, Question
from .heartbeat import Heartbeat, LockState
from .journal import JournalKeeper
from .protocol import Answer, NodeState, Op

LOG = logging.getLogger(__name__)
TICK_SECONDS = 1.0


class Ending(str, Enum):
    """Why a coordinator ends.

    Only a closed run gives its lock back; otherwise the lock's TTL covers what may still be running.
    """

    CLOSED = "the run was closed"
    CONTROLLER_GONE = "ansible-playbook is gone"
    LOCK_LOST = "the lock is somebody else's"
    TOO_OLD = "the run is older than a run may become"


class EventSink(Protocol):
    """Where events are kept."""

    def append(self, record: dict[str, Any]) -> None:
        raise NotImplementedError


class Coordinator:
    """Answers requests (``dispatch``, from any thread) and decides each second whether to go on (``run``)."""

    def __init__(
        self,
        *,
        arbiter: Arbiter,
        journals: JournalKeeper,
        heartbeat: Heartbeat,
        events: EventSink,
        controller_alive: Callable[[], bool],
        maximum_age_seconds: float,
        now_iso: Callable[[], str],
        clock: Callable[[], float],
    ) -> None:
        self._arbiter = arbiter
        self._journals = journals
        self._heartbeat = heartbeat
        self._events = events
        self._controller_alive = controller_alive
        self._now_iso = now_iso
        self._clock = clock
        self._too_old_at = clock() + maximum_age_seconds
        self._closing = threading.Event()
        self._closed = threading.Event()
        self._handlers: dict[Op, Callable[..., dict[str, Any]]] = {
            Op.STATUS: self._status,
            Op.ADMIT: self._admit,
            Op.STEP_STARTED: self._step_started,
            Op.STEP_ENDED: self._step_ended,
            Op.RELEASE: self._release,
            Op.CLOSE: self._close,
        }

    def dispatch(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to one request of the protocol; raises Day2Error for one that cannot be served."""
        arguments = dict(request)
        return self._handlers[Op(arguments.pop("op"))](**arguments)

    def run(self) -> Ending:
        """Blocks until the run ends; from then on nobody is admitted."""
        next_beat = self._clock() + self._heartbeat.interval_seconds
        while (ending := self._ending()) is None:
            if self._clock() >= next_beat:
                next_beat = self._clock() + self._heartbeat.interval_seconds
                if self._heartbeat.beat():
                    self._journals.flush()
            self._closing.wait(TICK_SECONDS)
        LOG.info("ending: %s", ending.value)
        self._arbiter.end(ending.value)
        self.note("ended", reason=ending.value)
        return ending

    def closed(self) -> None:
        """The lock is free and all files are written: whoever asked to close is told now."""
        self._closed.set()

    def halted(self, halt: Halt | None) -> None:
        """The halt flag was set, or taken back."""
        self._arbiter.halt(halt)
        LOG.info("%s", halt or "the halt was taken back")
        if halt is None:
            self.note("continued")
        else:
            self.note("halted", by=halt.by, reason=halt.reason)

    def note(self, event: str, **details: Any) -> None:
        """Keeps an event of the run."""
        self._events.append({"at": self._now_iso(), "event": event, **details})

    def _ending(self) -> Ending | None:
        if self._closing.is_set():
            return Ending.CLOSED
        if self._heartbeat.state is LockState.LOST:
            return Ending.LOCK_LOST
        if not self._controller_alive():
            return Ending.CONTROLLER_GONE
        if self._clock() >= self._too_old_at:
            return Ending.TOO_OLD
        return None

    def _status(self) -> dict[str, Any]:
        return {
            "lock": self._heartbeat.state.value,
            "nodes_in_hand": sorted(self._journals.in_hand),
            "nodes_failed": self._arbiter.failed_nodes,
        }

    def _admit(self, *, etcd: dict[str, Any] | None, **rest: Any) -> dict[str, Any]:
        question = Question(etcd=Etcd.from_dict(etcd) if etcd else None, **rest)
        reply = self._arbiter.ask(question)
        if reply.answer is not Answer.WAIT or reply.why != question.known_reason:
            self.note(reply.answer.value, node=question.node, why=reply.why)
        return {"answer": reply.answer.value, "why": reply.why}

    def _step_started(self, *, node: str, step: str, changes_machine: bool) -> dict[str, Any]:
        self._journals.step_started(node, step, changes_machine=changes_machine)
        self.note("step_started", node=node, step=step)
        return {}

    def _step_ended(self, *, node: str, changed: bool, **told: Any) -> dict[str, Any]:
        self.note("step_ended", node=node, changed=changed, **told)
        self._journals.step_ended(node, changed=changed)
        return {}

    def _release(self, *, node: str, state: str, message: str) -> dict[str, Any]:
        failure = message if NodeState(state) is NodeState.FAILED else None
        journal = self._journals.journal(node)
        if failure is not None:
            self._arbiter.failed(node, failure)
        written = self._journals.give_back(node, failure=failure)
        self._arbiter.given_back()
        self.note("released", node=node, state=state, step=journal.step if journal else "", message=message)
        return {"written": written}

    def _close(self) -> dict[str, Any]:
        self._closing.set()
        # Bounded by the client, which stops listening.
        self._closed.wait()
        return {}
