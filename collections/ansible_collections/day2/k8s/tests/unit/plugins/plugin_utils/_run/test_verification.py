# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._model.snapshot import Snapshot
from ansible_collections.day2.k8s.plugins.plugin_utils._run.verification import Verification, pending, verify
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import (
    NEW,
    OLD,
    claim,
    cluster,
    control_plane_node,
    control_plane_pods,
    mirror_pod,
    node,
    version,
    without,
)
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fakes import AWAY, Clock


def missing(snapshot: Snapshot, name: str) -> str:
    return "; ".join(pending(snapshot, name, version(NEW)))


def upgraded(name: str, **changes: Any) -> Snapshot:
    return cluster(nodes=[node(name, kubelet=NEW, **changes)])


def test_a_worker_that_is_ready_at_its_version_lacks_nothing() -> None:
    assert pending(upgraded("w1"), "w1", version(NEW)) == ()


def test_a_worker_at_the_old_version_says_so() -> None:
    assert f"w1: kubelet runs {OLD}; {NEW} is wanted" in missing(cluster(), "w1")


def test_a_node_that_is_not_ready_or_silent_says_so() -> None:
    assert "Node is not Ready" in missing(upgraded("w1", ready=False), "w1")
    assert "the kubelet does not report" in missing(upgraded("w1", ready=None), "w1")


def test_a_node_that_is_gone_says_so() -> None:
    assert missing(without(cluster(), nodes=["w1"]), "w1") == "the cluster has no Node w1"


def test_a_control_plane_node_needs_each_of_its_pods_at_the_version() -> None:
    pods = (*control_plane_pods("cp1", running=NEW)[:3], *control_plane_pods("cp2", "cp3"))
    old_scheduler = tuple(
        mirror_pod("kube-scheduler", "cp1") if pod.name == "kube-scheduler-cp1" else pod for pod in pods
    )
    etcd = mirror_pod("etcd", "cp1", running="3.6.8-0")
    back = control_plane_node("cp1", kubelet=NEW)
    hosts_silent = without(cluster(nodes=[back], pods=(*old_scheduler, etcd)), hosts=["cp1"])

    assert missing(hosts_silent, "cp1") == f"cp1: kube-scheduler runs {OLD}; {NEW} is wanted"


def test_a_control_plane_pod_that_is_not_ready_keeps_the_node_from_passing() -> None:
    pods = (*control_plane_pods("cp1", "cp2", "cp3", running=NEW)[1:], mirror_pod("kube-apiserver", "cp1", ready=False))

    assert "kube-apiserver on cp1 is Running but not Ready" in missing(cluster(running=NEW, pods=pods), "cp1")


def test_another_node_that_is_not_well_blocks_unless_it_is_in_hand() -> None:
    broken = control_plane_node("cp2", ready=False)
    taken = control_plane_node("cp2", ready=False, annotations=claim("run-1"))
    back = node("w1", kubelet=NEW)

    assert "cp2" in missing(cluster(nodes=[back, broken]), "w1")
    assert missing(cluster(nodes=[back, taken]), "w1") == ""


class Watch:
    """Looks at a node whose state changes at given times; ``changes`` maps seconds from now to what is missing then."""

    def __init__(self, changes: dict[float, tuple[str, ...] | Exception]) -> None:
        self.clock = Clock()
        self.looks = 0
        self.told: list[str] = []
        self._now: tuple[str, ...] | Exception = ()
        for seconds, state in changes.items():
            if seconds:
                self.clock.at(seconds, self._setter(state))
            else:
                self._now = state

    def verify(self, timeout_seconds: float = 600.0) -> Verification:
        return verify(
            self._look,
            timeout_seconds=timeout_seconds,
            clock=self.clock,
            sleep=self.clock.sleep,
            on_pending=self.told.append,
        )

    def _setter(self, state: tuple[str, ...] | Exception) -> Callable[[], None]:
        def change() -> None:
            self._now = state

        return change

    def _look(self) -> tuple[str, ...]:
        self.looks += 1
        if isinstance(self._now, Exception):
            raise self._now
        return self._now


def test_two_passes_ten_seconds_apart_are_needed() -> None:
    watch = Watch({0: ()})

    verification = watch.verify()

    assert verification.passed
    assert verification.seconds == 10.0
    assert watch.looks == 2


def test_a_pass_followed_by_a_failure_does_not_count() -> None:
    watch = Watch({0: (), 10: ("Node is not Ready",), 16: ()})

    verification = watch.verify()

    assert verification.passed
    assert verification.seconds >= 26.0


def test_what_is_missing_is_told_once_until_it_changes() -> None:
    watch = Watch({0: ("old version",), 20: ("Node is not Ready",), 40: ()})
    watch.verify()

    assert watch.told == ["old version", "Node is not Ready"]


def test_running_out_of_time_returns_what_is_still_missing() -> None:
    verification = Watch({0: ("Node is not Ready",)}).verify(timeout_seconds=60.0)

    assert verification.pending == ("Node is not Ready",)
    assert verification.seconds <= 60.0


def test_an_api_that_is_away_is_waited_for() -> None:
    assert Watch({0: AWAY, 30: ()}).verify().passed


def test_an_api_that_stays_away_is_what_is_missing() -> None:
    verification = Watch({0: AWAY}).verify(timeout_seconds=30.0)

    assert verification.pending == ("the API does not answer: connection refused",)
