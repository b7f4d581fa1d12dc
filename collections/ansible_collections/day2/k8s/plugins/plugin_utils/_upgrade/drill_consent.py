# SPDX-License-Identifier: GPL-3.0-or-later
"""May a failover drill be run at all? Only with the consent of a person who is named, and in production of two."""

from __future__ import annotations

from collections.abc import Iterable

from .._model.drill import SCENARIOS, Drill
from .._model.finding import Finding

_HIGHEST, _UNKNOWN = 1, 0


def refusals(drill: Drill, environment: str) -> Iterable[Finding]:
    """What forbids the drill of ``environment``, whatever the cluster is like."""
    yield from _wrong(drill)
    named, _colon, person = drill.consent.partition(":")
    person = person.strip()
    if named.strip() != environment or not person:
        given = f"is {drill.consent!r}" if drill.consent else "is not set"
        yield _forbidden(
            "day2_failover_drill_consent",
            f"{given}; it has to name this environment and a person",
            f'set day2_failover_drill_consent: "{environment}: <who answers for it>" for this one run',
        )
    elif drill.rank in (_HIGHEST, _UNKNOWN) and _same(drill.approver, person):
        rank = "is the highest-ranked environment" if drill.rank == _HIGHEST else "has no rank (day2_environment_rank)"
        yield _forbidden(
            "day2_failover_drill_approver",
            f"{environment} {rank}, and nobody but {person} approved",
            "have a second person approve: day2_failover_drill_approver; or give an environment below production its "
            "day2_environment_rank of 2 or more",
        )


def _same(approver: str, person: str) -> bool:
    return approver.strip().casefold() in ("", person.casefold())


def _wrong(drill: Drill) -> Iterable[Finding]:
    if not drill.scenarios:
        yield _wrong_value("day2_failover_drill_scenarios", f"is empty; there are {', '.join(SCENARIOS)}")
    for name, value, least in (
        ("day2_failover_drill_hold", drill.hold_seconds, 10),
        ("day2_environment_rank", drill.rank, 0),
        ("day2_failover_drill_objective", drill.objective_seconds, 0),
    ):
        if value < least:
            yield _wrong_value(name, f"is {value}; the least is {least}")


def _forbidden(subject: str, message: str, remedy: str) -> Finding:
    return Finding(
        code="D2-DRILL-001",
        subject=subject,
        message=message,
        why="a drill takes parts of the cluster away on purpose; somebody has to answer for that",
        remedy=remedy,
    )


def _wrong_value(subject: str, message: str) -> Finding:
    return Finding(
        code="D2-INPUT-002",
        subject=subject,
        message=message,
        why="a wrong value could do something else than what was meant",
        remedy=f"correct {subject} in the inventory",
    )
