# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host.options import CONTROLLER_OPTIONS
from ansible_collections.day2.k8s.plugins.plugin_utils._action.base import CONNECTION_OPTIONS
from ansible_collections.day2.k8s.plugins.plugin_utils._action.node_work import NODE_STEP_OPTIONS, follow, work_id
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fakes import Clock

IDLE = {"active": False, "id": None, "command": None, "since": None}
KUBEADM = {"active": True, "id": "a", "command": "kubeadm upgrade node", "since": "2026-09-01T10:00:00Z"}


class Module:
    """Work that takes ``seconds`` once it was begun by the first call; each call waits as long as it may."""

    def __init__(self, seconds: float) -> None:
        self.clock = Clock()
        self.said: list[str] = []
        self.waits: list[int] = []
        self.checks = 0
        self.superseded = False
        self._ends_at = self.clock.now + seconds

    def __call__(self, wait_seconds: int) -> dict[str, Any]:
        self.waits.append(wait_seconds)
        self.clock.sleep(min(wait_seconds, max(0.0, self._ends_at - self.clock.now)))
        finished = self.clock.now >= self._ends_at
        return {
            "changed": len(self.waits) == 1,
            "finished": finished,
            "superseded": self.superseded and len(self.waits) == 1,
            "work": IDLE if finished else KUBEADM,
            "log": "/var/log/day2/a.log",
            "log_tail": [f"step {len(self.waits)}"],
            "diff": {"before": f"before {len(self.waits)}\n", "after": f"after {len(self.waits)}\n"},
        }

    def check(self) -> None:
        self.checks += 1

    def follow(self, timeout_seconds: float = 600, keep_on: Any = lambda result: True) -> dict[str, Any]:
        return follow(
            self,
            subject="w1",
            wait_seconds=20,
            check=self.check,
            timeout_seconds=timeout_seconds,
            timeout_code="D2-KUBEADM-001",
            keep_on=keep_on,
            say=self.said.append,
            clock=self.clock,
        )


def test_quick_work_takes_one_call() -> None:
    module = Module(3)

    result = module.follow()

    assert (result["changed"], result["seconds"], len(module.waits), module.said) == (True, 3.0, 1, [])


def test_what_the_first_call_changed_is_told_by_the_last() -> None:
    result = Module(50).follow()

    assert result["changed"]
    assert result["diff"] == {"before": "before 1\n", "after": "after 3\n"}
    assert result["seconds"] == 50.0


def test_whoever_waits_sees_something_every_half_minute() -> None:
    module = Module(150)

    module.follow()

    assert module.said == ["w1: 40 s, step 2", "w1: 80 s, step 4", "w1: 120 s, step 6"]


def test_running_out_of_time_is_a_failure_that_names_the_log_and_leaves_the_work_alone() -> None:
    module = Module(1000)

    with pytest.raises(Day2Error) as caught:
        module.follow(timeout_seconds=50)

    error = caught.value
    assert module.clock.now - 1000 == 50
    assert module.waits == [20, 20, 10]
    assert error.findings[0].code == "D2-KUBEADM-001"
    assert error.findings[0].message == "not finished after 50 s: step 3"
    assert "/var/log/day2/a.log" in error.findings[0].remedy
    assert error.state == "still running on the node: kubeadm upgrade node"
    assert (error.result["changed"], error.result["work"]) == (True, KUBEADM)


def test_an_answer_may_be_enough_before_the_work_has_finished() -> None:
    module = Module(1000)

    result = module.follow(keep_on=lambda answer: False)

    assert (result["finished"], len(module.waits)) == (False, 1)


def test_the_lock_is_looked_at_again_once_other_work_was_waited_for() -> None:
    module = Module(50)
    module.superseded = True

    module.follow()

    assert module.checks == 1


def test_the_lock_does_not_matter_while_the_own_work_goes_on() -> None:
    module = Module(50)

    module.follow()

    assert module.checks == 0


def test_a_module_that_breaks_ends_the_work() -> None:
    broken = {"failed": True, "msg": "MODULE FAILURE"}

    result = follow(
        lambda wait_seconds: broken,
        subject="w1",
        wait_seconds=20,
        check=lambda: None,
        timeout_seconds=60,
        timeout_code="D2-KUBEADM-001",
        keep_on=lambda answer: True,
        say=lambda text: None,
        clock=Clock(),
    )

    assert (result["failed"], result["changed"]) == (True, False)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"pending": "healthz refused", "log_tail": ["x"]}, "healthz refused"),
        ({"log_tail": [], "work": KUBEADM}, "waiting for kubeadm upgrade node"),
        ({"log_tail": [], "work": IDLE}, "waiting for the node"),
    ],
)
def test_what_is_waited_for_is_told_in_a_few_words(answer: Mapping[str, Any], told: str) -> None:
    clock = Clock()

    def call(wait_seconds: int) -> dict[str, Any]:
        clock.sleep(wait_seconds)
        return {"changed": False, "finished": False, "work": IDLE, **answer}

    with pytest.raises(Day2Error, match=f"not finished after 20 s: {told}"):
        follow(
            call,
            subject="w1",
            wait_seconds=20,
            check=lambda: None,
            timeout_seconds=20,
            timeout_code="D2-KUBELET-001",
            keep_on=lambda result: True,
            say=lambda text: None,
            clock=clock,
        )


def test_an_id_can_be_a_files_name_and_no_two_are_the_same() -> None:
    first, second = (work_id("day2.k8s.kubeadm_upgrade", "w1/../[fd00::1]") for _dummy in range(2))

    assert first.startswith("kubeadm_upgrade-w1-..--fd00--1--")
    assert first != second
    assert len(work_id("x", "h" * 500)) <= 128


def test_the_modules_take_the_options_that_their_actions_keep_to_themselves() -> None:
    kept = {**NODE_STEP_OPTIONS, **CONNECTION_OPTIONS}

    # The environment that stands in for an option is the controller's, so a module must not look there.
    assert {
        name: {k: v for k, v in spec.items() if k != "fallback"} for name, spec in kept.items()
    } == CONTROLLER_OPTIONS
