# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: what the module kubelet_restart does."""

from __future__ import annotations

from typing import Any

from .. import kubelet
from ..errors import HostError
from ..host import Host
from ..work import TAIL_LINES, Work, WorkFailedError, WorkLostError, advance, describe
from ..work_unit import Command, Outcome

FAILED = "D2-KUBELET-001"
_POLL_SECONDS = 1.0
_JOURNAL = f"journalctl --unit={kubelet.UNIT}"


def run(host: Host, version: str | None, work: Work, *, check_mode: bool) -> dict[str, Any]:
    """The module's result; ``version`` is the one that has to run afterwards. Raises HostError.

    ``finished`` is only true when the kubelet says that it is well; until then ``pending`` says what it waits for.
    """
    if check_mode:
        observed = _observe(host)
        reasons = _reasons(observed, version)
        return {"changed": bool(reasons), "finished": True, "kubelet_version": observed.version, "reasons": reasons}
    unit = host.work_unit()
    reasons = []

    def decide(outcome: Outcome | None) -> Command | None:
        if outcome:
            return None
        reasons.extend(_reasons(_observe(host), version))
        if not reasons:
            return None
        host.runner.run(["systemctl", "daemon-reload"])
        return Command(["systemctl", "restart", kubelet.UNIT])

    try:
        answer = advance(unit, work, decide)
    except (WorkFailedError, WorkLostError) as error:
        raise _failure(host, f"kubelet could not be restarted, {error}") from error
    result = {"changed": answer.ran, "reasons": reasons, "pending": None, **describe(answer, unit, work)}
    if not answer.finished:
        return result
    pending = _wait_until_well(host, work.wait_seconds)
    if pending is not None:
        # What the kubelet itself prints says why, and not the log of the command that restarted it.
        return {**result, "finished": False, "pending": pending, "log": _JOURNAL, "log_tail": _journal(host)}
    running = _observe(host).version
    if version and running != version:
        raise _failure(host, f"kubelet runs as {running or 'unknown'} after its restart, the target is {version}")
    return {**result, "kubelet_version": running}


def _observe(host: Host) -> kubelet.Kubelet:
    return kubelet.observe(host.runner, host.files, wall_clock=host.wall_clock, clock=host.clock)


def _reasons(observed: kubelet.Kubelet, version: str | None) -> list[str]:
    reasons = list(observed.restart_reasons)
    if version and observed.version and observed.version != version:
        reasons.append(f"it runs as {observed.version}, the target is {version}")
    return reasons


def _wait_until_well(host: Host, seconds: float) -> str | None:
    """Why the kubelet is still not well after ``seconds``, or None as soon as it is."""
    deadline = host.clock() + seconds
    while True:
        pending = kubelet.unhealthy(host.files)
        if pending is None or host.clock() >= deadline:
            return pending
        host.sleep(_POLL_SECONDS)


def _failure(host: Host, message: str) -> HostError:
    return HostError(
        message,
        code=FAILED,
        why="without its kubelet the node goes NotReady and its pods are lost to the cluster",
        remedy=f"look at `{_JOURNAL}` on the node, then run the same command again",
        result={"changed": True, "log": _JOURNAL, "log_tail": _journal(host)},
    )


def _journal(host: Host) -> list[str]:
    """The end of the kubelet's journal."""
    command = ["journalctl", f"--unit={kubelet.UNIT}", f"--lines={TAIL_LINES}", "--no-pager", "--output=cat"]
    return host.runner.run(command, check=False).stdout.splitlines()
