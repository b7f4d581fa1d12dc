# SPDX-License-Identifier: GPL-3.0-or-later
"""Executes what the drain engine commands, and tells it what came of that."""

from __future__ import annotations

import queue
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from .._drain.engine import PARALLEL_EVICTIONS, step
from .._drain.eviction import Answer, Meaning, interpret
from .._drain.options import DrainOptions
from .._drain.outcome import DrainResult, result_of
from .._drain.progress import progress
from .._drain.protocol import (
    Announce,
    Command,
    Cordon,
    Cordoned,
    Evict,
    Evicted,
    Listing,
    Look,
    Lost,
    Observation,
    Unobserved,
)
from .._drain.rehearsal import rehearse
from .._drain.state import DrainState
from .._model.errors import Day2Error
from . import events, nodes
from .drain_observer import DrainObserver
from .fence import Guard
from .transport import ApiError, Transport

# The server itself tries for ten seconds to write a contended budget; admission webhooks come on top.
_EVICTION_TIMEOUT = 30.0
_FENCE_SECONDS = 5.0
_SAY_SECONDS, _SAY_CHANGED_SECONDS = 30.0, 5.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Time, threads and chance, which tests replace."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    draw: Callable[[], float] = random.random
    executor: Executor | None = None


def drain(
    transport: Transport,
    node_names: Sequence[str],
    options: DrainOptions,
    *,
    run_id: str,
    now_iso: Callable[[], str],
    fence: Guard,
    say: Callable[[str], None],
    surroundings: Surroundings | None = None,
) -> tuple[DrainResult, ...]:
    """Drains the nodes together and returns how each ended; whether that is a failure is the caller's to say.

    Cordons all of them first, in the name of ``run_id`` (empty outside a run). Raises Day2Error when the fence forbids
    to write any more, when rights are missing, and when there is no such Node.
    """
    around = surroundings or Surroundings()
    with around.executor or ThreadPoolExecutor(PARALLEL_EVICTIONS, thread_name_prefix="evict") as pool:
        return _Driver(transport, run_id, now_iso, fence, around, pool).run(node_names, options, say)


def imagine(
    transport: Transport,
    node_names: Sequence[str],
    options: DrainOptions,
    *,
    now_iso: Callable[[], str],
    clock: Callable[[], float] = time.monotonic,
) -> tuple[DrainResult, ...]:
    """What ``drain`` would do now; only reads. Raises ApiError, and Day2Error when there is no such Node."""
    observer = DrainObserver(transport, clock, now_iso)
    listings = [
        observer.look(Look(name, consistent=True, condition=True, budgets=name == node_names[0])) for name in node_names
    ]
    return rehearse(listings, options)


class _Driver:
    """The loop around the engine. Evictions and Events run in ``pool``; everything else here, in this thread."""

    def __init__(
        self,
        transport: Transport,
        run_id: str,
        now_iso: Callable[[], str],
        fence: Guard,
        around: Surroundings,
        pool: Executor,
    ) -> None:
        self._transport = transport
        self._run_id = run_id
        self._now_iso = now_iso
        self._fence = fence
        self._clock = around.clock
        self._sleep = around.sleep
        self._draw = around.draw
        self._pool = pool
        self._observer = DrainObserver(transport, around.clock, now_iso)
        self._answers: queue.SimpleQueue[Observation] = queue.SimpleQueue()
        self._in_flight = 0
        self._fenced_at: float | None = None

    def run(
        self, node_names: Sequence[str], options: DrainOptions, say: Callable[[str], None]
    ) -> tuple[DrainResult, ...]:
        state = DrainState.of(node_names, options, self._clock(), self._draw)
        narrators = {name: _Narrator(say, self._clock) for name in node_names}
        try:
            self._loop(state, narrators)
        except (ApiError, Day2Error) as error:
            findings = error.findings if isinstance(error, Day2Error) else error.finding(self._transport.server)
            results = [result_of(state, node, self._clock()) for node in state.nodes.values()]
            raise Day2Error(
                findings,
                state="; ".join(dict.fromkeys(result.state for result in results)),
                begun=state.touched,
                result={"pods": [pod for result in results for pod in result.to_dict()["pods"]]},
            ) from error
        return tuple(result_of(state, node, self._clock()) for node in state.nodes.values())

    def _loop(self, state: DrainState, narrators: dict[str, _Narrator]) -> None:
        observations: list[Observation] = []
        while True:
            turn = step(state, observations, self._clock())
            for node in state.open_nodes():
                if narrators[node.name].due and (node.look is not None or node.trouble):
                    narrators[node.name].tell(progress(node))
            observations = self._execute_all(turn.commands)
            if not state.open_nodes():
                return
            observations += self._wait(0.0 if observations else turn.wake_at - self._clock())

    def _execute_all(self, commands: Sequence[Command]) -> list[Observation]:
        """What was observed at once; the answers to evictions come later.

        Once the API does not answer, the rest of the looks is not even tried: each would wait for its own timeout.
        """
        observations: list[Observation] = []
        trouble = ""
        for command in commands:
            if trouble and isinstance(command, Look | Cordon):
                observations.append(Unobserved(command.node, trouble))
                continue
            seen = self._execute(command)
            if isinstance(seen, Unobserved):
                trouble = seen.message
            if seen is not None:
                observations.append(seen)
        return observations

    def _execute(self, command: Command) -> Observation | None:
        if isinstance(command, Announce):
            self._pool.submit(self._announce, command)
            return None
        if isinstance(command, Evict):
            self._check_fence()
            self._in_flight += 1
            self._pool.submit(self._evict, command)
            return None
        try:
            return self._cordon(command) if isinstance(command, Cordon) else self._look(command)
        except ApiError as error:
            if error.status in (401, 403):
                raise  # waiting does not give anybody a right
            return Unobserved(command.node, str(error))

    def _look(self, command: Look) -> Listing | Lost:
        try:
            return self._observer.look(command)
        except Day2Error as error:  # there is no such Node, or there is none any more
            return Lost(command.node, error.findings)

    def _cordon(self, command: Cordon) -> Cordoned | Lost:
        self._check_fence()
        try:
            nodes.cordon(
                self._transport,
                command.node,
                run_id=self._run_id,
                now_iso=self._now_iso(),
                seen=self._observer.node(command.node),
                sleep=self._sleep,
            )
        except Day2Error as error:
            return Lost(command.node, error.findings)
        return Cordoned(command.node, self._clock())

    def _announce(self, command: Announce) -> None:
        events.tell(
            self._transport,
            command.node,
            (self._observer.node(command.node) or {}).get("metadata", {}).get("uid", ""),
            command.reason,
            command.message,
            now_iso=self._now_iso(),
            warning=command.warning,
        )

    def _evict(self, command: Evict) -> None:
        pod = command.pod
        options: dict[str, Any] = {"preconditions": {"uid": pod.uid}}
        if command.grace_period_seconds is not None:
            options["gracePeriodSeconds"] = command.grace_period_seconds
        body = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": pod.name, "namespace": pod.namespace},
            "deleteOptions": options,
        }
        answer = interpret(None)
        try:
            self._transport.request(
                "POST",
                f"/api/v1/namespaces/{pod.namespace}/pods/{pod.name}/eviction",
                body=body,
                timeout=_EVICTION_TIMEOUT,
            )
        except ApiError as error:
            answer = interpret(error)
        except Day2Error as error:  # credentials that could not be read again
            answer = Answer(Meaning.UNCERTAIN, str(error))
        self._answers.put(Evicted(command.node, pod.uid, answer))

    def _wait(self, seconds: float) -> list[Observation]:
        """Answers to evictions, waiting up to ``seconds`` for the first of them."""
        arrived: list[Observation] = []
        if self._answers.empty() and seconds > 0:
            if self._in_flight:
                try:
                    arrived.append(self._answers.get(timeout=seconds))
                except queue.Empty:
                    return []
            else:
                self._sleep(seconds)
        while not self._answers.empty():
            arrived.append(self._answers.get())
        self._in_flight -= len(arrived)
        return arrived

    def _check_fence(self) -> None:
        """Before the first write and, as evictions come in bursts, at most every few seconds from then on."""
        now = self._clock()
        if self._fenced_at is None or now - self._fenced_at >= _FENCE_SECONDS:
            self._fence.check()
            self._fenced_at = self._clock()


class _Narrator:
    """Says where a node stands when that changed, and from time to time when it did not."""

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float]) -> None:
        self._say = say
        self._clock = clock
        self._last = ""
        self._said_at = clock()

    @property
    def due(self) -> bool:
        """Whether there may be something to say again."""
        return not self._last or self._clock() - self._said_at >= _SAY_CHANGED_SECONDS

    def tell(self, text: str) -> None:
        now = self._clock()
        if text != self._last or now - self._said_at >= _SAY_SECONDS:
            self._say(text)
            self._last, self._said_at = text, now
