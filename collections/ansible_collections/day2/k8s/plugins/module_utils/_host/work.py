# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: one step of long work, asked for again and again until it has ended.

A module call stays short (the caller says how long it may wait), so progress can be shown and a lost connection is no
more than a question to be asked again. The answer depends only on what is found: work in progress is waited for,
whoever started it; work of this id that has ended is reported; otherwise it is decided what is to be done, and started.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Optional

from .work_unit import Active, Command, Outcome, UnitBusyError, WorkUnit, describe_active

TAIL_LINES = 20


@dataclass(frozen=True)
class Work:
    """``id`` names the work on the node; ``wait_seconds`` is how long one call may wait for it."""

    id: str
    wait_seconds: float


@dataclass(frozen=True)
class Answer:
    """Where the work stands.

    ``finished``: nothing is left to do. ``superseded``: other work was found, so what the caller knew of the node may
    no longer be true. ``ran``: the work of this id was begun, now or in an earlier call.
    """

    finished: bool
    ran: bool
    active: Active | None = None
    superseded: bool = False
    outcome: Outcome | None = None


class WorkFailedError(Exception):
    """The command of this work ended with another status than 0."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"status {outcome.exit_status} after {outcome.seconds} s")
        self.outcome = outcome


class WorkLostError(Exception):
    """The command of this work ended without a result. A person should look why, so it is not begun again."""

    def __init__(self) -> None:
        super().__init__("it was cut short: the machine went down, or the unit was stopped")


# Given how the work of this id ended (None: it was not done yet), the command to run; None when all is as wanted.
Decide = Callable[[Optional[Outcome]], Optional[Command]]


def advance(unit: WorkUnit, work: Work, decide: Decide) -> Answer:
    """Take the work as far as ``wait_seconds`` allow.

    Raises WorkFailedError, WorkLostError, and what ``decide`` raises.
    """
    unit.prolong_undos()
    found = unit.active()
    if found is not None:
        active = unit.wait(work.wait_seconds)
        own = found.id == work.id
        if active is not None or not own:
            return Answer(False, unit.was_started(work.id), active, superseded=not own)
    outcome = _success(unit, work)
    if outcome is None and unit.was_started(work.id):
        raise WorkLostError
    command = decide(outcome)
    if command is None:
        return Answer(True, unit.was_started(work.id), outcome=outcome)
    try:
        unit.start(work.id, command)
    except UnitBusyError:
        return Answer(False, unit.was_started(work.id), unit.active(), superseded=True)
    active = unit.wait(work.wait_seconds)
    if active is not None:
        return Answer(False, True, active)
    outcome = _success(unit, work)
    if outcome is None:
        raise WorkLostError
    # What was wanted is now true, or decide says what is wrong.
    return Answer(decide(outcome) is None, True, outcome=outcome)


def describe(answer: Answer, unit: WorkUnit, work: Work) -> dict[str, Any]:
    """The keys that every module with long work returns."""
    return {
        "finished": answer.finished,
        "superseded": answer.superseded,
        "work": describe_active(answer.active),
        "work_seconds": answer.outcome.seconds if answer.outcome else None,
        "log": unit.log(work.id) if answer.ran else None,
        "log_tail": tail(unit.log_text(work.id)) if answer.ran else [],
    }


def tail(text: str, lines: int = TAIL_LINES) -> list[str]:
    """The last lines that are not blank."""
    return [line.rstrip() for line in text.splitlines() if line.strip()][-lines:]


def _success(unit: WorkUnit, work: Work) -> Outcome | None:
    outcome = unit.outcome(work.id)
    if outcome is not None and outcome.exit_status != 0:
        raise WorkFailedError(outcome)
    return outcome
