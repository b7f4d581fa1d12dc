# SPDX-License-Identifier: GPL-3.0-or-later
"""Executes what the drain engine commands, and tells it what came of that."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

from .._drain.classify import daemonset_of
from .._drain.engine import PARALLEL_EVICTIONS, step
from .._drain.eviction import Answer, Meaning, interpret
from .._drain.options import DrainOptions
from .._drain.outcome import DrainResult, progress, reports, result_of, state_of
from .._drain.protocol import Command, Cordon, Evict, Evicted, Listing, Look, Observation, Unobserved
from .._drain.rehearsal import rehearse
from .._drain.state import DrainState, Ending
from .._model.errors import Day2Error
from .._model.pod import Pod
from . import nodes, observe
from .fence import Guard
from .transport import ApiError, Transport

# The server itself tries for ten seconds to write a contended budget; admission webhooks come on top.
_EVICTION_TIMEOUT = 30.0
_FENCE_SECONDS = 5.0
_SAY_SECONDS, _SAY_CHANGED_SECONDS = 30.0, 5.0


def drain(
    transport: Transport,
    node_name: str,
    options: DrainOptions,
    *,
    run_id: str,
    now_iso: Callable[[], str],
    fence: Guard,
    say: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    executor: Executor | None = None,
) -> DrainResult:
    """Drains the node and returns how that ended; whether that is a failure is the caller's to say.

    Cordons the node first if it is not, in the name of ``run_id`` (empty outside a run). Raises Day2Error when the
    fence forbids to write any more, when rights are missing, and when there is no such Node.
    """
    with executor or ThreadPoolExecutor(PARALLEL_EVICTIONS, thread_name_prefix="evict") as pool:
        driver = _Driver(transport, node_name, run_id, now_iso, fence, clock, sleep, pool)
        return driver.run(options, say)


def imagine(
    transport: Transport, node_name: str, options: DrainOptions, *, clock: Callable[[], float] = time.monotonic
) -> DrainResult:
    """What ``drain`` would do now; only reads. Raises ApiError."""
    listing = _Observer(transport, node_name, clock).look(Look(consistent=True, budgets=True))
    return rehearse(listing, node_name, options)


class _Observer:
    """Reads the node and its pods; remembers which DaemonSets exist, since a drain looks many times."""

    def __init__(self, transport: Transport, node_name: str, clock: Callable[[], float]) -> None:
        self._transport = transport
        self._node = node_name
        self._clock = clock
        self._daemonset_exists: dict[str, bool] = {}

    def look(self, command: Look) -> Listing:
        asked_at = self._clock()
        node = observe.node(self._transport, self._node)
        query: dict[str, Any] = {"fieldSelector": f"spec.nodeName={self._node}"}
        if not command.consistent:
            query["resourceVersion"] = "0"  # from the API server's cache and its index by node: next to free
        pods = tuple(map(Pod.from_api, self._transport.pages("/api/v1/pods", query)))
        return Listing(
            asked_at=asked_at,
            consistent=command.consistent,
            unschedulable=node.unschedulable,
            pods=pods,
            missing_daemonsets=frozenset(self._missing_daemonsets(pods)),
            budgets=observe.budgets(self._transport) if command.budgets else None,
        )

    def _missing_daemonsets(self, pods: Iterable[Pod]) -> Iterable[str]:
        for pod in pods:
            controller = daemonset_of(pod)
            if controller is None:
                continue
            if controller.uid not in self._daemonset_exists:
                self._daemonset_exists[controller.uid] = self._exists(pod.namespace, controller.name)
            if not self._daemonset_exists[controller.uid]:
                yield controller.uid

    def _exists(self, namespace: str, daemonset: str) -> bool:
        try:
            self._transport.request("GET", f"/apis/apps/v1/namespaces/{namespace}/daemonsets/{daemonset}")
        except ApiError as error:
            if error.status == 404:
                return False
            raise
        return True


class _Driver:
    """The loop around the engine. Evictions run in ``pool``; everything else here, in this thread."""

    def __init__(
        self,
        transport: Transport,
        node_name: str,
        run_id: str,
        now_iso: Callable[[], str],
        fence: Guard,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        pool: Executor,
    ) -> None:
        self._transport = transport
        self._node = node_name
        self._run_id = run_id
        self._now_iso = now_iso
        self._fence = fence
        self._clock = clock
        self._sleep = sleep
        self._pool = pool
        self._observer = _Observer(transport, node_name, clock)
        self._answers: queue.SimpleQueue[Observation] = queue.SimpleQueue()
        self._in_flight = 0
        self._fenced_at: float | None = None

    def run(self, options: DrainOptions, say: Callable[[str], None]) -> DrainResult:
        state = DrainState(options, started_at=self._clock())
        try:
            ending = self._loop(state, _Narrator(say, self._clock))
        except (ApiError, Day2Error) as error:
            findings = error.findings if isinstance(error, Day2Error) else error.finding(self._transport.server)
            pods = [asdict(report) for report in reports(state, self._clock())]
            raise Day2Error(
                findings, state=state_of(state, self._node), begun=state.touched, result={"pods": pods}
            ) from error
        return result_of(state, ending, self._node, self._clock())

    def _loop(self, state: DrainState, narrator: _Narrator) -> Ending:
        observations: list[Observation] = []
        while True:
            turn = step(state, observations, self._clock())
            if state.ending is not None:
                return state.ending
            if state.look is not None or state.trouble:
                narrator.tell(progress(state, self._node))
            observations = [seen for command in turn.commands if (seen := self._execute(command, state)) is not None]
            observations += self._wait(0.0 if observations else turn.wake_at - self._clock())

    def _execute(self, command: Command, state: DrainState) -> Observation | None:
        """What was observed at once; the answers to evictions come later."""
        if isinstance(command, Evict):
            self._check_fence()
            self._in_flight += 1
            self._pool.submit(self._evict, command.pod, state.options.grace_period_seconds)
            return None
        try:
            if isinstance(command, Cordon):
                self._check_fence()
                nodes.cordon(
                    self._transport, self._node, run_id=self._run_id, now_iso=self._now_iso(), sleep=self._sleep
                )
                return None
            return self._observer.look(command)
        except ApiError as error:
            if error.status in (401, 403):
                raise  # waiting does not give anybody a right
            return Unobserved(str(error))

    def _evict(self, pod: Pod, grace_period_seconds: int | None) -> None:
        options: dict[str, Any] = {"preconditions": {"uid": pod.uid}}
        if grace_period_seconds is not None:
            options["gracePeriodSeconds"] = grace_period_seconds
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
        self._answers.put(Evicted(pod.uid, answer))

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
    """Says where things stand when that changed, and from time to time when it did not."""

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float]) -> None:
        self._say = say
        self._clock = clock
        self._last = ""
        self._said_at = clock()

    def tell(self, text: str) -> None:
        now = self._clock()
        quiet = now - self._said_at
        if not self._last or quiet >= (_SAY_SECONDS if text == self._last else _SAY_CHANGED_SECONDS):
            self._say(text)
            self._last, self._said_at = text, now
