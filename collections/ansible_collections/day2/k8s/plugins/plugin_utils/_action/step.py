# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions that are part of a node step: fenced by the run's lock and written down in the Node's journal.

``run`` is what ``run_open`` returned. Without it (a person uses the module alone) there is neither fence nor journal;
in check mode neither, since nothing is going to be changed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, ClassVar

from .._coordinator.client import Client
from .._kube.fence import Fence, Guard
from .._model.api_error import ApiError
from .._model.errors import Day2Error
from .._model.finding import Finding
from .._model.run import Run
from .base import ApiAction

# Longer than a control plane alone in its cluster takes to come back after its kubelet was restarted.
API_AWAY_SECONDS = 300.0
API_PAUSE_SECONDS = 10.0

STEP_OPTIONS: dict[str, Any] = {"run": {"type": "dict"}, "node": {"type": "str", "required": True}}


def required_run(params: Mapping[str, Any]) -> Run:
    """The open run of option ``run``; raises Day2Error D2-RUN-001 when the opening was skipped or refused."""
    if not params["run"]:
        raise Day2Error(
            Finding(
                code="D2-RUN-001",
                subject=params.get("node") or "run",
                message="no run is open: its opening was skipped (--tags, --start-at-task, --limit) or refused",
                why="the lock, the plan and the gates come from the opening; without them nothing may be touched",
                remedy="run the whole playbook without these options; choose nodes with day2_nodes",
            )
        )
    return Run.from_dict(params["run"])


class StepAction(ApiAction):
    """Subclasses set ``step`` (the journal's word), ``argument_spec`` with STEP_OPTIONS, and implement ``perform``.

    ``changes_machine`` is True where the step changes the machine itself (packages, static pods, kubelet), after which
    a failed node stays cordoned; cordons and evictions do not count. ``evidence`` names the keys of the result that are
    kept with the run's events.
    """

    step: ClassVar[str]
    changes_machine: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ()

    def perform(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Does the step; returns a task result (``failed: True`` in it counts as failed) or raises."""
        raise NotImplementedError

    def step_name(self, params: Mapping[str, Any]) -> str:  # noqa: ARG002 - for subclasses
        """The journal's word for this call; override where one action serves two steps."""
        return self.step

    def execute(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        def work() -> dict[str, Any]:
            return self.perform(params, task_vars)

        if not params["run"] or self.check_mode:
            return work()
        run = Run.from_dict(params["run"])
        check_patiently(
            Fence(self.transport(params), run.id),
            subject=params["node"],
            say=self.say,
            clock=time.monotonic,
            sleep=time.sleep,
        )
        return journalled(
            work,
            client=Client(run.socket),
            node=params["node"],
            step=self.step_name(params),
            changes_machine=self.changes_machine,
            evidence=self.evidence,
            clock=time.monotonic,
        )


def check_patiently(
    fence: Guard,
    *,
    subject: str,
    say: Callable[[str], None],
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> None:
    """Checks the fence; an API that does not answer is waited for, and nothing is begun meanwhile.

    A single control plane takes its own API away for a minute or two when its kubelet restarts. Raises what the fence
    raises, ApiError after API_AWAY_SECONDS.
    """
    give_up = clock() + API_AWAY_SECONDS
    while True:
        try:
            return fence.check()
        except ApiError as error:
            if not error.transient or clock() >= give_up:
                raise
            say(f"{subject}: waiting for the API: {error}")
            sleep(API_PAUSE_SECONDS)


def journalled(
    work: Callable[[], dict[str, Any]],
    *,
    client: Client,
    node: str,
    step: str,
    changes_machine: bool,
    evidence: tuple[str, ...],
    clock: Callable[[], float],
) -> dict[str, Any]:
    """Runs ``work`` between its two journal entries; the second is written however ``work`` ends."""
    client.step_started(node, step, changes_machine=changes_machine)
    started = clock()

    def ended(result: Mapping[str, Any], *, ok: bool, message: str) -> None:
        client.step_ended(
            node,
            step,
            seconds=clock() - started,
            ok=ok,
            changed=changes_machine and (not ok or bool(result.get("changed", False))),
            message=message,
            details={key: result[key] for key in evidence if key in result},
        )

    try:
        result = work()
    except Exception as error:
        # What went wrong in the step matters more than a journal that cannot be reached as well.
        with suppress(Day2Error):
            ended(error.result if isinstance(error, Day2Error) else {}, ok=False, message=str(error))
        raise
    ok = not result.get("failed", False)
    ended(result, ok=ok, message="" if ok else str(result.get("msg", "")))
    return result
