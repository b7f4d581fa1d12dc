# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._report.status import render_status

FREE = {"held": False, "run": "", "holder": "", "renewed_seconds_ago": None, "expired": False}
RUN = {
    "run": "run-1",
    "verb": "upgrade",
    "environment": "lab",
    "target": "1.36.3",
    "who": "anna@ops1",
    "opened_at": "2026-03-01T12:00:00Z",
    "nodes": ["w1"],
    "closed_at": "",
    "result": "",
    "remaining": [],
}


def lock(*, ago: float, expired: bool) -> dict[str, Any]:
    return {"held": True, "run": "run-1", "holder": "anna@ops1:42", "renewed_seconds_ago": ago, "expired": expired}


def node(name: str = "w1", **changes: Any) -> dict[str, Any]:
    return {
        "node": name,
        "role": "worker",
        "version": "1.35.4",
        "ready": True,
        "cordoned": False,
        "cordoned_by": "",
        "claimed_by": "",
        "journal": None,
        "unreadable": "",
        **changes,
    }


def text(**changes: Any) -> str:
    status = {
        "cluster_uid": "5b0a3f0e",
        "lock": FREE,
        "run": None,
        "history": [],
        "nodes": [node()],
        "halt": "",
        **changes,
    }
    return render_status(status, environment="lab")


def test_a_quiet_cluster_has_nothing_left_behind() -> None:
    assert text().splitlines() == [
        "STATUS   lab",
        "cluster  5b0a3f0e",
        "lock     free",
        "run      none yet",
        "",
        "node  role    version  ready  cordon  in hand of  step",
        "w1    worker  1.35.4   yes    -       -           -",
        "",
        "next  nothing is left behind",
    ]


def test_while_a_run_is_alive_one_waits() -> None:
    told = text(lock=lock(ago=7.4, expired=False), run=RUN)

    assert "run run-1 of anna@ops1:42, renewed 7 s ago: its run is alive" in told
    assert "run-1: upgrade to 1.36.3 by anna@ops1, opened 2026-03-01T12:00:00Z, not closed" in told
    assert told.endswith("next  wait for the run to end")


def test_what_a_dead_run_left_is_named_with_both_ways_on() -> None:
    left = node(cordoned=True, cordoned_by="run-1", claimed_by="run-1")

    told = text(lock=lock(ago=700, expired=True), nodes=[left, node("w2")])

    assert "its run is dead or cannot reach the API" in told
    assert told.endswith("a run left things behind (w1): the same command again goes on, recover gives up and tidies")


def test_a_foreign_cordon_is_nothing_that_a_run_left_behind() -> None:
    told = text(nodes=[node(cordoned=True)])

    assert "somebody else" in told
    assert told.endswith("nothing is left behind")


def test_a_failed_step_says_when_where_and_the_first_line_of_why() -> None:
    journal = {
        "run": "run-1",
        "at": "2026-03-01T12:10:00Z",
        "target": "1.36.3",
        "step": "kubeadm",
        "state": "failed",
        "changed": True,
        "message": "exited with 1\nmore",
    }

    told = text(nodes=[node(journal=journal)])

    assert "kubeadm failed since 2026-03-01T12:10:00Z, machine changed: exited with 1\n" in told


def test_earlier_runs_are_listed_with_their_result() -> None:
    closed = {**RUN, "closed_at": "2026-03-01T12:20:00Z", "result": "paused", "remaining": ["w2"]}

    assert "paused 2026-03-01T12:20:00Z, remaining: w2" in text(history=[closed])


def test_a_record_that_cannot_be_read_is_shown_as_it_is() -> None:
    assert "has schema 2" in text(nodes=[node(unreadable="annotation day2.k8s/claim has schema 2")])


def test_a_halt_is_shown_with_the_way_on() -> None:
    lines = text(halt="halted by anna@ops1 at 10:15: orders are slow").splitlines()

    assert (
        lines[4] == "halt     halted by anna@ops1 at 10:15: orders are slow; no node is taken until the verb continue"
    )
    assert lines[-1].startswith("next  resolve why it was halted, then continue")
