# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._kube.fence import Fence
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.lease import RUN_ANNOTATION, Lock
from ansible_collections.day2.k8s.plugins.plugin_utils._model.api_error import ApiError
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fakes import Clock

LEASES = "/apis/coordination.k8s.io/v1/namespaces/day2-system/leases"
LEASE = f"{LEASES}/day2-run"
TTL = 60.0


class LeaseApi:
    """One Lease with optimistic concurrency; ``before_write`` is called before each write is looked at."""

    server = "https://api.example.com:6443"

    def __init__(self) -> None:
        self.lease: dict[str, Any] | None = None
        self.namespace = True
        self.writes = 0
        self.before_write: Callable[[], None] = lambda: None

    def request(self, method: str, path: str, *, body: Any = None, **_: Any) -> dict[str, Any]:
        if method == "GET":
            if self.lease is None:
                raise ApiError(404, "NotFound", "no lease")
            return self.lease
        self.before_write()
        if not self.namespace:
            raise ApiError(404, "NotFound", 'namespaces "day2-system" not found')
        self.writes += 1
        if method == "POST":
            if self.lease is not None:
                raise ApiError(409, "AlreadyExists", "there is one")
            self.lease = {**body, "metadata": {**body["metadata"], "resourceVersion": "1"}}
        else:
            assert self.lease is not None
            version = self.lease["metadata"]["resourceVersion"]
            if body["metadata"]["resourceVersion"] != version:
                raise ApiError(409, "Conflict", "the object has been modified")
            annotations = {k: v for k, v in body["metadata"]["annotations"].items() if v is not None}
            self.lease = {
                "metadata": {"annotations": annotations, "resourceVersion": str(int(version) + 1)},
                "spec": {**self.lease["spec"], **body["spec"]},
            }
        return self.lease

    @property
    def run(self) -> str:
        assert self.lease is not None
        return str(self.lease["metadata"]["annotations"].get(RUN_ANNOTATION, ""))


class World:
    """An API, a clock, and a wall clock that goes with it."""

    def __init__(self) -> None:
        self.api = LeaseApi()
        self.clock = Clock()
        self.said: list[str] = []

    def wall_clock(self) -> datetime:
        return datetime(2026, 8, 7, tzinfo=timezone.utc) + timedelta(seconds=self.clock.now)

    def lock(self, run: str) -> Lock:
        return Lock(
            self.api,  # type: ignore[arg-type] # a stand-in of the same shape
            run,
            f"tester@{run}:1",
            ttl=TTL,
            clock=self.clock,
            sleep=self.clock.sleep,
            wall_clock=self.wall_clock,
            say=self.said.append,
        )

    def fence(self, run: str) -> Fence:
        return Fence(
            self.api,  # type: ignore[arg-type] # a stand-in of the same shape
            run,
            patience=30,
            clock=self.clock,
            sleep=self.clock.sleep,
            wall_clock=self.wall_clock,
        )


@pytest.fixture
def world() -> World:
    return World()


def code_of(error: pytest.ExceptionInfo[Day2Error]) -> str:
    return error.value.findings[0].code


def test_a_free_lock_is_taken_at_once(world: World) -> None:
    lock = world.lock("a")

    lock.acquire()

    assert world.api.run == "a"
    assert world.clock.now == Clock().now
    assert lock.held()


def test_a_released_lock_is_taken_at_once(world: World) -> None:
    first = world.lock("a")
    first.acquire()
    first.release()

    world.lock("b").acquire()

    assert world.api.run == "b"
    assert world.clock.now == Clock().now


def test_a_silent_holder_is_watched_for_its_term_and_then_taken_over(world: World) -> None:
    world.lock("dead").acquire()
    started = world.clock.now

    world.lock("heir").acquire()

    assert world.api.run == "heir"
    assert TTL <= world.clock.now - started <= TTL + 1
    assert "dead" in world.said[0]
    assert "tester@dead:1" in world.said[0]


def test_the_wall_clock_of_the_holder_does_not_matter(world: World) -> None:
    world.lock("dead").acquire()
    assert world.api.lease is not None
    world.api.lease["spec"]["renewTime"] = "2001-01-01T00:00:00Z"
    started = world.clock.now

    world.lock("heir").acquire()

    assert world.clock.now - started >= TTL


def test_a_holder_that_renews_is_left_alone_and_named(world: World) -> None:
    alive = world.lock("alive")
    alive.acquire()
    world.clock.at(12, alive.renew)

    with pytest.raises(Day2Error) as refusal:
        world.lock("second").acquire()

    assert code_of(refusal) == "D2-LOCK-001"
    assert "run alive of tester@alive:1" in refusal.value.findings[0].message
    assert world.api.run == "alive"


def test_of_two_heirs_only_one_takes_over(world: World) -> None:
    world.lock("dead").acquire()
    faster = world.lock("faster")

    def overtake() -> None:
        world.api.before_write = lambda: None
        faster._write(_record(world))

    world.api.before_write = overtake

    with pytest.raises(Day2Error) as refusal:
        world.lock("slower").acquire()

    assert code_of(refusal) == "D2-LOCK-001"
    assert world.api.run == "faster"


def _record(world: World) -> Any:
    from ansible_collections.day2.k8s.plugins.plugin_utils._kube.lease import read

    return read(world.api)  # type: ignore[arg-type] # a stand-in of the same shape


def test_a_lock_released_while_it_is_watched_is_taken(world: World) -> None:
    first = world.lock("a")
    first.acquire()
    world.clock.at(10, first.release)
    started = world.clock.now

    world.lock("b").acquire()

    assert world.clock.now - started < TTL
    assert world.api.run == "b"


def test_a_missing_namespace_is_explained(world: World) -> None:
    world.api.namespace = False

    with pytest.raises(Day2Error) as refusal:
        world.lock("a").acquire()

    assert code_of(refusal) == "D2-CLUSTER-004"


def test_a_lock_that_ran_out_but_was_not_taken_is_renewed(world: World) -> None:
    lock = world.lock("a")
    lock.acquire()
    world.clock.sleep(TTL)
    assert not lock.held()

    lock.renew()

    assert lock.held()


@pytest.mark.parametrize("gone", [True, False])
def test_a_lock_that_is_somebody_elses_or_gone_is_lost(world: World, gone: bool) -> None:
    lock = world.lock("a")
    lock.acquire()
    if gone:
        world.api.lease = None
    else:
        world.lock("b").acquire()
    writes = world.api.writes

    with pytest.raises(Day2Error) as lost:
        lock.renew()

    assert code_of(lost) == "D2-LOCK-002"
    assert not lock.held()
    assert world.api.writes == writes


def test_releasing_what_is_somebody_elses_writes_nothing(world: World) -> None:
    lock = world.lock("a")
    lock.acquire()
    world.lock("b").acquire()
    writes = world.api.writes

    lock.release()

    assert world.api.writes == writes
    assert world.api.run == "b"


def test_the_fence_lets_the_holder_through(world: World) -> None:
    world.lock("a").acquire()

    world.fence("a").check()


def test_the_fence_stops_everybody_else(world: World) -> None:
    world.lock("a").acquire()

    with pytest.raises(Day2Error) as stopped:
        world.fence("b").check()

    assert code_of(stopped) == "D2-LOCK-002"
    assert "run a of tester@a:1 has it" in stopped.value.findings[0].message


def test_the_fence_stops_where_there_is_no_lock(world: World) -> None:
    with pytest.raises(Day2Error, match="nobody has it"):
        world.fence("a").check()


def test_the_fence_gives_a_coordinator_that_lost_sight_of_the_api_time_to_renew(world: World) -> None:
    lock = world.lock("a")
    lock.acquire()
    world.clock.sleep(TTL + 5)
    world.clock.at(10, lock.renew)

    world.fence("a").check()


def test_the_fence_stops_when_nobody_renews_any_more(world: World) -> None:
    world.lock("a").acquire()
    world.clock.sleep(TTL + 5)
    started = world.clock.now

    with pytest.raises(Day2Error) as stopped:
        world.fence("a").check()

    assert code_of(stopped) == "D2-LOCK-002"
    assert 30 <= world.clock.now - started <= 33
