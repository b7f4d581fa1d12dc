# SPDX-License-Identifier: GPL-3.0-or-later
"""The run's lock: a Lease, taken over only from a holder that stopped renewing.

As in client-go's leader election, clocks of different machines are never compared: a holder counts as dead when its
renew time has not moved for the Lease's duration on the *observer's* monotonic clock.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from .._model.errors import Day2Error
from .._model.finding import Finding
from .._model.halt import ANNOTATION as HALT_ANNOTATION
from .._model.halt import Halt
from .._model.run import LOCK_NAME, LOCK_NAMESPACE
from .transport import ApiError, Transport

RUN_ANNOTATION = "day2.k8s/run"
_LEASES = f"/apis/coordination.k8s.io/v1/namespaces/{LOCK_NAMESPACE}/leases"
_POLL_SECONDS = 5.0


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


@dataclass(frozen=True, slots=True)
class LeaseRecord:
    """The Lease as read. ``run`` and ``holder`` are empty when it is free; ``renewed`` is None if it never was.

    ``halt`` stays whoever holds it.
    """

    run: str
    holder: str
    renewed: datetime | None
    duration: float
    resource_version: str
    halt: Halt | None = None

    @property
    def free(self) -> bool:
        return not self.holder

    def age(self, now: datetime) -> float:
        """Seconds since the last renewal by the clock that ``now`` comes from; infinite if there was none."""
        return float("inf") if self.renewed is None else (now - self.renewed).total_seconds()

    @classmethod
    def from_api(cls, raw: dict[str, Any]) -> LeaseRecord:
        metadata, spec = raw["metadata"], raw.get("spec") or {}
        renewed = spec.get("renewTime")
        annotations = metadata.get("annotations") or {}
        halt = annotations.get(HALT_ANNOTATION)
        return cls(
            run=annotations.get(RUN_ANNOTATION, ""),
            holder=spec.get("holderIdentity") or "",
            renewed=_parse_time(renewed) if renewed else None,
            duration=float(spec.get("leaseDurationSeconds") or 0),
            resource_version=metadata["resourceVersion"],
            halt=Halt.from_json(halt) if halt is not None else None,
        )


def read(transport: Transport) -> LeaseRecord | None:
    """The lock's Lease, or None where there is none yet."""
    try:
        return LeaseRecord.from_api(transport.request("GET", f"{_LEASES}/{LOCK_NAME}"))
    except ApiError as error:
        if error.status == 404:
            return None
        raise


def write_halt(transport: Transport, halt: Halt | None) -> None:
    """Sets the halt flag, or takes it back; raises ApiError, Day2Error D2-CLUSTER-004 without the lock's namespace."""
    annotations = {HALT_ANNOTATION: halt.to_json() if halt else None}
    try:
        transport.request(
            "PATCH",
            f"{_LEASES}/{LOCK_NAME}",
            body={"metadata": {"annotations": annotations}},
            content_type="application/merge-patch+json",
        )
    except ApiError as error:
        if error.status != 404:
            raise
        if halt is not None:
            _create_halted(transport, halt)


def _create_halted(transport: Transport, halt: Halt) -> None:
    """Before the first run there is no Lease yet."""
    metadata = {"name": LOCK_NAME, "annotations": {HALT_ANNOTATION: halt.to_json()}}
    body = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata, "spec": {}}
    try:
        transport.request("POST", _LEASES, body=body)
    except ApiError as error:
        if error.status == 404:
            raise _not_prepared() from error
        raise


class Lock:
    """The lock as its holder sees it. ``ttl`` in seconds; one thread may renew while others ask ``held``."""

    def __init__(
        self,
        transport: Transport,
        run_id: str,
        holder: str,
        *,
        ttl: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        wall_clock: Callable[[], datetime] = utc_now,
        say: Callable[[str], None] | None = None,
    ) -> None:
        self._transport = transport
        self._run = run_id
        self._holder = holder
        self._ttl = ttl
        self._clock = clock
        self._sleep = sleep
        self._wall_clock = wall_clock
        self._say = say or (lambda _text: None)
        self._guard = threading.Lock()
        self._renewed_at: float | None = None

    def acquire(self) -> None:
        """Takes the lock, if need be after watching a silent holder for the duration of its Lease.

        Raises Day2Error D2-LOCK-001 as soon as the other holder is seen to be alive, D2-CLUSTER-004 where the
        namespace of the lock does not exist.
        """
        seen = read(self._transport)
        silent_since = self._clock()
        while True:
            if seen is None or seen.free or seen.run == self._run:
                if self._write(seen):
                    return
                latest = read(self._transport)  # somebody was faster; whoever it is gets a full term from here on
                if latest is not None and not latest.free and latest.run != self._run:
                    raise self._taken(latest)
                seen, silent_since = latest, self._clock()
                continue
            silent = self._clock() - silent_since
            if silent >= seen.duration:
                if self._write(seen):
                    return
            else:
                self._say(
                    f"lock: run {seen.run or '?'} of {seen.holder} has it and has not renewed it for {silent:.0f} s; "
                    f"taking it over after {seen.duration:.0f} s of silence"
                )
                self._sleep(min(_POLL_SECONDS, seen.duration - silent))
            latest = read(self._transport)
            if latest is not None and not latest.free and latest.renewed != seen.renewed:
                raise self._taken(latest)
            if latest is None or latest.free:
                seen = latest

    def renew(self) -> None:
        """Extends the lock, also when it ran out meanwhile but nobody took it (the API itself may have been away).

        Raises Day2Error D2-LOCK-002 when it is somebody else's or gone, ApiError when the API did not answer.
        """
        latest = read(self._transport)
        if latest is None or latest.run != self._run:
            self._forget()
            raise lost(self._run, latest)
        if not self._write(latest):
            raise ApiError(409, "Conflict", "the lock's Lease changed while it was renewed")

    def release(self) -> None:
        """Gives the lock back if it is still ours; says nothing if it is not."""
        self._forget()
        latest = read(self._transport)
        if latest is not None and latest.run == self._run:
            self._put(latest, {"holderIdentity": "", "leaseDurationSeconds": 1, "renewTime": self._now()}, run=None)

    def held(self) -> bool:
        """Whether the last renewal is younger than the TTL; asks nobody."""
        with self._guard:
            return self._renewed_at is not None and self._clock() - self._renewed_at < self._ttl

    def _write(self, seen: LeaseRecord | None) -> bool:
        """Writes our name with the version seen as precondition; False when it changed since."""
        started = self._clock()  # before the request, so that we never believe in it longer than others do
        now = self._now()
        spec = {"holderIdentity": self._holder, "leaseDurationSeconds": int(self._ttl), "renewTime": now}
        if seen is None or seen.run != self._run:
            spec["acquireTime"] = now
        written = self._create(spec) if seen is None else self._put(seen, spec, run=self._run)
        if written:
            with self._guard:
                self._renewed_at = started
        return written

    def _create(self, spec: dict[str, Any]) -> bool:
        body = {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {"name": LOCK_NAME, "annotations": {RUN_ANNOTATION: self._run}},
            "spec": spec,
        }
        try:
            self._transport.request("POST", _LEASES, body=body)
        except ApiError as error:
            if error.status == 409:
                return False
            if error.status == 404:
                raise _not_prepared() from error
            raise
        return True

    def _put(self, seen: LeaseRecord, spec: dict[str, Any], *, run: str | None) -> bool:
        patch = {
            "metadata": {"resourceVersion": seen.resource_version, "annotations": {RUN_ANNOTATION: run}},
            "spec": spec,
        }
        try:
            self._transport.request(
                "PATCH", f"{_LEASES}/{LOCK_NAME}", body=patch, content_type="application/merge-patch+json"
            )
        except ApiError as error:
            if error.status in (404, 409):
                return False
            raise
        return True

    def _forget(self) -> None:
        with self._guard:
            self._renewed_at = None

    def _now(self) -> str:
        return self._wall_clock().strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def _taken(self, latest: LeaseRecord) -> Day2Error:
        return Day2Error(
            Finding(
                code="D2-LOCK-001",
                subject=f"Lease/{LOCK_NAMESPACE}/{LOCK_NAME}",
                message=(
                    f"run {latest.run or '?'} of {latest.holder} holds the lock"
                    f" and renewed it {max(0.0, latest.age(self._wall_clock())):.0f} s ago"
                ),
                why="two runs on one cluster would each believe that the disruption budget is theirs",
                remedy="wait for that run to end, or end it; a minute after its controller is gone, the lock is free",
            )
        )


def lost(run_id: str, latest: LeaseRecord | None) -> Day2Error:
    """The error of a run that is not, or no longer, the lock's holder (D2-LOCK-002)."""
    now = "nobody has it" if latest is None or latest.free else f"run {latest.run or '?'} of {latest.holder} has it"
    return Day2Error(
        Finding(
            code="D2-LOCK-002",
            subject=f"run {run_id}",
            message=f"the run no longer holds the lock; {now}",
            why="another run may be changing the same nodes, so this one must not write any more",
            remedy="look at the runs (playbook day2.k8s.status); start the same command again when none is active",
        ),
        state="this run stopped before its next change",
    )


def _not_prepared() -> Day2Error:
    return Day2Error(
        Finding(
            code="D2-CLUSTER-004",
            subject=f"Namespace/{LOCK_NAMESPACE}",
            message=f"the namespace {LOCK_NAMESPACE} does not exist",
            why="the lock, the run history and the product's permissions live there",
            remedy="apply manifests/rbac.yaml of this collection to the cluster once, as its administrator",
        )
    )


def _parse_time(text: str) -> datetime:
    """RFC 3339 as the API writes it, with or without fractions (Python 3.10 does not read the trailing Z)."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
