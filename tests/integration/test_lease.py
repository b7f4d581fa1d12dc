# SPDX-License-Identifier: GPL-3.0-or-later
"""The run's lock between two contenders, on a real API server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._kube.fence import Fence
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.lease import Lock, read
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.transport import Transport
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from tests.harness.cluster import Cluster

LEASE = "/apis/coordination.k8s.io/v1/namespaces/day2-system/leases/day2-run"
TTL = 2.0


@pytest.fixture(autouse=True)
def _no_lease_left(cluster: Cluster) -> Iterator[None]:
    cluster.admin.delete(LEASE)
    yield
    cluster.admin.delete(LEASE)


def lock(transport: Transport, run: str) -> Lock:
    return Lock(transport, run, f"tester@{run}:1", ttl=TTL)


def codes(error: pytest.ExceptionInfo[Day2Error]) -> list[str]:
    return [finding.code for finding in error.value.findings]


def test_a_free_lock_is_taken_kept_and_given_back(product: Transport) -> None:
    first = lock(product, "first")

    first.acquire()
    first.renew()

    assert first.held()
    Fence(product, "first").check()
    first.release()
    assert not first.held()
    record = read(product)
    assert record is not None
    assert record.free


def test_a_released_lock_is_taken_at_once(product: Transport) -> None:
    first = lock(product, "first")
    first.acquire()
    first.release()
    started = time.monotonic()

    lock(product, "second").acquire()

    assert time.monotonic() - started < 1


def test_a_silent_holder_is_taken_over_after_its_term_and_is_fenced_off(product: Transport) -> None:
    dead = lock(product, "dead")
    dead.acquire()
    started = time.monotonic()

    lock(product, "heir").acquire()

    assert time.monotonic() - started >= TTL
    with pytest.raises(Day2Error) as fenced:
        Fence(product, "dead").check()
    assert codes(fenced) == ["D2-LOCK-002"]
    with pytest.raises(Day2Error) as lost:
        dead.renew()
    assert codes(lost) == ["D2-LOCK-002"]


def test_a_renewing_holder_is_named_and_left_alone(product: Transport) -> None:
    alive = lock(product, "alive")
    alive.acquire()
    done = threading.Event()

    def renew() -> None:
        while not done.wait(0.3):
            alive.renew()

    renewer = threading.Thread(target=renew)
    renewer.start()
    try:
        with pytest.raises(Day2Error) as refusal:
            lock(product, "second").acquire()
    finally:
        done.set()
        renewer.join()

    assert codes(refusal) == ["D2-LOCK-001"]
    assert "alive" in str(refusal.value)
    assert alive.held()


def test_of_two_that_start_at_once_exactly_one_gets_it(product: Transport) -> None:
    results: dict[str, str] = {}

    def contend(run: str) -> None:
        contender = lock(product, run)
        try:
            contender.acquire()
            for _ in range(10):  # as a coordinator does
                contender.renew()
                time.sleep(0.3)
            results[run] = "held"
        except Day2Error as error:
            results[run] = error.findings[0].code

    threads = [threading.Thread(target=contend, args=(run,)) for run in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results.values()) == ["D2-LOCK-001", "held"]


def test_an_expired_lock_that_nobody_took_is_renewed_by_its_holder(product: Transport) -> None:
    first = lock(product, "first")
    first.acquire()
    time.sleep(TTL + 0.2)
    assert not first.held()

    first.renew()

    assert first.held()
