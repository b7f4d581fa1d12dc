# SPDX-License-Identifier: GPL-3.0-or-later
"""Long work on a node, followed through short module calls.

A module with long work answers within ``wait_seconds`` and says whether it has finished; asked again with the same work
id it goes on where it was (module_utils/_host/work.py). So a connection that is cut in between costs a few seconds and
not the node step, and there is something to show meanwhile.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from .._kube.fence import Fence, Guard, Unfenced
from .._model.errors import Day2Error
from .._model.finding import Finding
from .._model.run import Run
from .node import Clock, NodeModules
from .step import StepAction, check_patiently

# As long as a node may stay away: a network that comes back, an sshd that is being upgraded.
RECONNECT_SECONDS = 300.0
PROGRESS_SECONDS = 30.0

NODE_STEP_OPTIONS: dict[str, Any] = {"run": {"type": "dict"}, "node": {"type": "str"}}
NODE_STEP_RULES: dict[str, Any] = {"required_by": {"run": ["node"]}}


class NodeStepAction(NodeModules, StepAction):
    """A step of a run, or a task alone, whose module does long work on the node."""

    changes_machine = True
    argument_rules = NODE_STEP_RULES

    def work(
        self,
        module: str,
        options: Mapping[str, Any],
        task_vars: Mapping[str, Any],
        *,
        guard: Guard,
        timeout_code: str,
        keep_on: Callable[[Mapping[str, Any]], bool] = lambda _result: True,
    ) -> dict[str, Any]:
        """Run ``module`` until it has finished, or until ``keep_on`` says of a result that it is enough.

        Nothing is begun after a wait unless ``guard`` lets it. Raises Day2Error: what the module reports, D2-NODE-004
        when the node stays away, ``timeout_code`` when option ``timeout`` is up; the work itself then goes on, because
        a package manager or kubeadm killed half way is worse than a late one.
        """
        host = self.inventory_name(task_vars)
        asked = {**options, "work_id": options["work_id"] or work_id(self._task.action, host)}
        begun = False

        def check() -> None:
            if not begun:
                check_patiently(guard, subject=host, say=self.say, clock=time.monotonic, sleep=time.sleep)

        def call(wait_seconds: int) -> dict[str, Any]:
            nonlocal begun
            try:
                result = self.run_patiently(
                    module,
                    {**asked, "wait_seconds": wait_seconds},
                    task_vars,
                    patience_seconds=RECONNECT_SECONDS,
                    before_retry=check,
                )
            except Day2Error as error:
                # An earlier call may have begun what this one can no longer tell about.
                error.begun = error.begun or begun
                error.result["changed"] = bool(error.result.get("changed")) or begun
                raise
            begun = begun or bool(result.get("changed"))
            return result

        return follow(
            call,
            subject=host,
            wait_seconds=options["wait_seconds"],
            check=check,
            timeout_seconds=options["timeout"],
            timeout_code=timeout_code,
            keep_on=keep_on,
            say=self.say,
            clock=time.monotonic,
        )

    def guard(self, params: Mapping[str, Any]) -> Guard:
        """What forbids to begin anything once the run no longer holds its lock; nothing outside a run."""
        if not params["run"] or self.check_mode:
            return Unfenced()
        return Fence(self.transport(params), Run.from_dict(params["run"]).id)


def follow(
    call: Callable[[int], dict[str, Any]],
    *,
    subject: str,
    wait_seconds: int,
    check: Callable[[], None],
    timeout_seconds: float,
    timeout_code: str,
    keep_on: Callable[[Mapping[str, Any]], bool],
    say: Callable[[str], None],
    clock: Clock,
) -> dict[str, Any]:
    """``call`` again, each time for at most ``wait_seconds``, until the work has ended; see ``NodeStepAction.work``.

    ``check`` is called once other work has been waited for, before anything is begun.
    """
    started = last_said = clock()
    changed, before = False, None
    while True:
        result = call(min(wait_seconds, max(0, int(started + timeout_seconds - clock()))))
        now = clock()
        # What an earlier call changed is not seen by the last one, which finds everything as wanted.
        changed = changed or bool(result.get("changed"))
        before = before if before is not None else result.get("diff", {}).get("before")
        if result.get("failed") or result["finished"] or not keep_on(result):
            return _joined(result, changed=changed, before=before, seconds=now - started)
        if result.get("superseded"):
            check()
        if now - started >= timeout_seconds:
            raise _out_of_time({**result, "changed": changed}, subject, timeout_seconds, timeout_code)
        if now - last_said >= PROGRESS_SECONDS:
            last_said = now
            say(f"{subject}: {now - started:.0f} s, {_standing(result)}")


def work_id(task_action: str, host: str) -> str:
    """A name for one piece of work, good as a file's name: module, host, and a part that no other has."""
    words = f"{task_action.rpartition('.')[2]}-{host}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"
    return f"{re.sub(r'[^A-Za-z0-9._-]', '-', words)[:110]}-{secrets.token_hex(3)}"


def _joined(result: dict[str, Any], *, changed: bool, before: str | None, seconds: float) -> dict[str, Any]:
    joined = {**result, "changed": changed, "seconds": round(seconds, 1)}
    if before is not None:
        joined["diff"] = {**result["diff"], "before": before}
    return joined


def _standing(result: Mapping[str, Any]) -> str:
    """What the work is at, in a few words."""
    if result.get("pending"):
        return str(result["pending"])
    last = (result.get("log_tail") or [""])[-1]
    return last or f"waiting for {(result.get('work') or {}).get('command') or 'the node'}"


def _out_of_time(result: Mapping[str, Any], subject: str, timeout_seconds: float, code: str) -> Day2Error:
    work = result.get("work") or {}
    log = result.get("log")
    return Day2Error(
        Finding(
            code=code,
            subject=subject,
            message=f"not finished after {timeout_seconds:.0f} s: {_standing(result)}",
            why="the node stays out of service for longer than was allowed",
            remedy=f"look at {log or 'journalctl -u day2-node-work'} on the node, then run the same command again; "
            "it waits for work that is still going on",
        ),
        state=f"still running on the node: {work['command']}" if work.get("active") else "no work runs on the node",
        begun=True,
        result={"changed": result["changed"], "log": log, "log_tail": result.get("log_tail", []), "work": dict(work)},
    )
