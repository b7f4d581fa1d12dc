# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.closing import course_of
from ansible_collections.day2.k8s.plugins.plugin_utils._run.judgement import Course, Failure


def event(kind: str, **details: Any) -> dict[str, Any]:
    return {"at": "2026-03-01T12:00:00Z", "event": kind, **details}


def test_a_node_given_back_is_neither_failed_nor_refused() -> None:
    events = [
        event("opened"),
        event("wait", node="w1", why="1 node out"),
        event("admitted", node="w1", why=""),
        event("released", node="w1", state="done", step="uncordon", message=""),
    ]

    assert course_of(events) == Course()


def test_a_failed_node_says_at_which_step_and_why() -> None:
    events = [
        event("admitted", node="w1", why=""),
        event("released", node="w1", state="failed", step="drain", message="out of time"),
    ]

    assert course_of(events).failures == {"w1": Failure("drain", "out of time")}


def test_a_step_that_never_ended_is_a_failure() -> None:
    failures = course_of([event("admitted", node="w1", why="")]).failures

    assert failures["w1"].message == "its step began and did not come to an end"


def test_a_node_admitted_after_it_was_deferred_is_not_deferred() -> None:
    events = [
        event("deferred", node="w1", why="waited 1800 s"),
        event("admitted", node="w1", why=""),
        event("released", node="w1", state="done", step="uncordon", message=""),
    ]

    assert course_of(events) == Course()


def test_refusals_and_deferrals_keep_their_reason() -> None:
    events = [
        event("refused", node="w1", why="gate etcd members does not pass"),
        event("deferred", node="w2", why="waited 1800 s"),
    ]

    course = course_of(events)

    assert course.refusals == {"w1": "gate etcd members does not pass"}
    assert course.deferrals == {"w2": "waited 1800 s"}
