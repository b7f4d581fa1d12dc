# SPDX-License-Identifier: GPL-3.0-or-later
"""Wires one coordinator: lock, sampler, socket, files; and takes them down in the order in which that is safe."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from .._kube import lease, nodes
from .._kube.lease import Lock
from .._kube.transport import Transport
from .._model.api_error import ApiError
from .._model.finding import Finding
from .._model.halt import Halt
from .._run.clock import now_iso
from .._run.drain_policy import read_drain_options
from .._run.foresight import undrainable
from .arbiter import Arbiter, Budgets
from .config import CoordinatorConfig
from .coordinator import Coordinator, Ending
from .evidence import EVENTS, SAMPLES, JsonLines
from .halt_watch import HaltWatch
from .heartbeat import Heartbeat
from .journal import JournalKeeper
from .observation import Observation, look
from .sampler import Sampler
from .series import all_series
from .server import Server

LOG = logging.getLogger(__name__)
# Once the run is closed, what still has to be written on Nodes is tried for so long.
_LAST_WRITES_SECONDS = 30.0
_LAST_WRITES_PAUSE_SECONDS = 2.0


def coordinate(config: CoordinatorConfig, transport: Transport, lock: Lock, *, ready: Callable[[], None]) -> Ending:
    """Runs until the run ends; to be called with the lock just acquired. ``ready`` is called after the first sample."""
    artifacts = Path(config.run.artifacts)
    events, samples = JsonLines(artifacts / EVENTS), JsonLines(artifacts / SAMPLES)
    heartbeat = Heartbeat(lock, ttl_seconds=config.ttl_seconds, clock=time.monotonic)
    journals = _journals(config, transport)
    coordinator = Coordinator(
        arbiter=_arbiter(config, transport, heartbeat, journals),
        journals=journals,
        heartbeat=heartbeat,
        events=events,
        controller_alive=config.controller.alive,
        maximum_age_seconds=config.maximum_age_seconds,
        now_iso=partial(now_iso, timespec="milliseconds"),
        clock=time.monotonic,
    )
    series, not_sampled = all_series(config.connection)
    sampling = Sampler(series, lambda sample: samples.append(sample.to_dict()))
    server = Server(config.run.socket, coordinator.dispatch)
    halts = HaltWatch(partial(_halt, transport), coordinator.halted)
    try:
        sampling.start()
        halts.look()
        halts.start()
        threading.Thread(target=server.serve_forever, name="server", daemon=True).start()
        coordinator.note(
            "opened",
            lock_holder=config.holder,
            api_server=transport.server,
            plan=list(config.plan),
            not_sampled=not_sampled,
        )
        ready()
        ending = coordinator.run()
        halts.stop()
        sampling.stop()
        if ending is Ending.CLOSED:
            _write_the_rest(journals)
            _release(lock)
        return ending
    finally:
        events.close()
        samples.close()
        coordinator.closed()
        server.shutdown()
        server.server_close()
        shutil.rmtree(config.run.directory, ignore_errors=True)


def _halt(transport: Transport) -> Halt | None:
    seen = lease.read(transport)
    return seen.halt if seen else None


def _journals(config: CoordinatorConfig, transport: Transport) -> JournalKeeper:
    return JournalKeeper(
        run_id=config.run.id,
        target=config.run.target,
        annotate=partial(nodes.annotate, transport),
        now_iso=now_iso,
        clock=time.monotonic,
        sleep=time.sleep,
        patience_seconds=config.ttl_seconds,
    )


def _arbiter(config: CoordinatorConfig, transport: Transport, heartbeat: Heartbeat, journals: JournalKeeper) -> Arbiter:
    return Arbiter(
        run_id=config.run.id,
        plan=config.plan,
        budgets=Budgets(config.limits, config.failure_budget),
        observe=partial(look, transport),
        foresee=_foresight(config, transport),
        claim=journals.claim,
        lock_state=lambda: heartbeat.state,
        clock=time.monotonic,
    )


def _foresight(config: CoordinatorConfig, transport: Transport) -> Callable[[str, Observation], tuple[Finding, ...]]:
    """Tells of a node that is about to be taken whether it could never be drained."""

    def foresee(name: str, observed: Observation) -> tuple[Finding, ...]:
        if config.drain is None or name not in config.drained:
            return ()
        drain = read_drain_options(config.drain, config.accept)
        return undrainable(transport, name, observed.nodes, drain=drain, accepted=config.accept, now_iso=now_iso())

    return foresee


def _write_the_rest(journals: JournalKeeper) -> None:
    deadline = time.monotonic() + _LAST_WRITES_SECONDS
    while not journals.flush() and time.monotonic() < deadline:
        time.sleep(_LAST_WRITES_PAUSE_SECONDS)


def _release(lock: Lock) -> None:
    try:
        lock.release()
    except ApiError as error:
        LOG.warning("the lock could not be given back (%s); it runs out by itself", error)
