# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._report.summary import duration, render_check, render_summary
from ansible_collections.day2.k8s.plugins.plugin_utils._report.text import span


def report(**changes: Any) -> dict[str, Any]:
    series: dict[str, Any] = {
        "gaps": [],
        "requests": 754,
        "failures": 0,
        "slower_than_1_second": 2,
        "reconnects": 0,
        "while_isolated": 0,
        "gap_seconds": 0.0,
        "longest_gap_seconds": 0.0,
    }
    return {
        "schema": 1,
        "run": "20260301T120000Z-3f9a",
        "environment": "lab",
        "from_version": "1.35.4",
        "to_version": "1.36.3",
        "result": "done",
        "nodes_done": ["cp1", "w1"],
        "nodes_failed": [],
        "remaining": [],
        "findings": [],
        "timing": {
            "seconds": 754.0,
            "overhead_seconds": 72.3,
            "nodes": [
                {"node": "cp1", "seconds": 192.0, "steps_seconds": {"verify": 10.2, "kubeadm": 160.0, "cordon": 0.4}},
                {"node": "w1", "seconds": 36.0, "steps_seconds": {"drain": 12.0}},
            ],
        },
        "availability": [{"series": "new", **series}, {"series": "reused", **series, "reconnects": 3}],
        "drill": [],
        "api_outage_expected": None,
        "not_sampled": {},
        "vantage_point": {"host": "ops1", "server": "https://lb:6443"},
        "report": "/artifacts/lab/20260301T120000Z-3f9a/report.json",
        "next": "nothing is left to do",
        **changes,
    }


def test_a_run_that_went_well_reads_like_this() -> None:
    figures = "754 requests,  0 failed,  2 slower than 1 s,  longest gap 0.0 s"
    assert render_summary(report()) == "\n".join(
        [
            "DONE lab: 1.35.4 → 1.36.3, 2 nodes in 12 min 34 s (run 20260301T120000Z-3f9a)",
            "nodes     cp1  3 min 12 s  cordon 0.4 s, kubeadm 2 min 40 s, verify 10.2 s",
            "          w1   36.0 s      drain 12.0 s",
            "overhead  1 min 12 s outside prefetch, drain, packages and kubeadm",
            f"API       new connections:     {figures},  0 reconnects",
            f"          reused connections:  {figures},  3 reconnects",
            "          one request a second by ops1 to https://lb:6443",
            "report    /artifacts/lab/20260301T120000Z-3f9a/report.json",
            "next      nothing is left to do",
        ]
    )


def test_an_api_server_that_was_isolated_does_not_read_as_one_that_failed() -> None:
    (series, *_rest) = report()["availability"]

    told = render_summary(report(availability=[series, {**series, "series": "cp1 new", "while_isolated": 157}]))

    assert "0 reconnects, 157 unanswered while isolated" in told
    assert told.count("while isolated") == 1


def test_a_failed_node_is_named_with_its_step_its_message_and_its_cordon() -> None:
    failed = {"node": "w2", "step": "drain", "message": "out of time\nbudget shop/web", "cordoned": False}

    lines = render_summary(report(result="halted", nodes_failed=[failed])).splitlines()

    assert lines[0].startswith("HALTED lab")
    assert lines[1:4] == [
        "FAILED    w2 at drain, it is not cordoned",
        "          out of time",
        "          budget shop/web",
    ]


def test_what_remains_is_listed_with_its_reason() -> None:
    remaining = [{"node": "w2", "reason": "kubelet 1.35.4; deferred: waited 1800 s"}]

    text = render_summary(report(result="paused", remaining=remaining))

    assert "remaining w2  kubelet 1.35.4; deferred: waited 1800 s" in text


def test_what_failed_is_told_with_what_the_run_was_doing_beside_what_was_expected() -> None:
    gap = {"began_at": "10:00", "seconds": 2.0, "failures": 2, "error": "refused", "during": "cp1 kubeadm"}
    other = {"began_at": "09:58", "seconds": 1.0, "failures": 1, "error": "reset", "during": ""}
    new, reused = report()["availability"]
    outage = {"low": 40.0, "high": 120.0, "why": "one control-plane node"}

    text = render_summary(
        report(
            availability=[{**new, "gaps": [gap]}, {**reused, "gaps": [other]}],
            api_outage_expected=outage,
        )
    )

    lines = text.splitlines()
    start = lines.index("          one request a second by ops1 to https://lb:6443")
    assert lines[start + 1 : start + 4] == [
        f"          the plan expected it away for {span(outage)}: one control-plane node",
        "          09:58  reused:  1 failed in 1.0 s  at no node step:     reset",
        "          10:00  new:     2 failed in 2.0 s  during cp1 kubeadm:  refused",
    ]


def test_an_api_server_out_of_reach_is_named_rather_than_missing() -> None:
    assert "cp2 could not be asked directly: timed out" in render_summary(report(not_sampled={"cp2": "timed out"}))


def test_without_samples_nothing_is_claimed_of_the_availability() -> None:
    assert "its availability is not known" in render_summary(report(availability=[]))


def test_a_check_lists_what_would_be_done() -> None:
    text = render_check("lab", "1.36.3", [{"node": "w1", "reason": "kubelet 1.35.4"}])

    assert text == "CHECK lab: would be brought to 1.36.3, nothing was changed\n          w1  kubelet 1.35.4"


def test_a_check_with_nothing_to_do_says_so() -> None:
    assert render_check("lab", "1.36.3", []) == "CHECK lab: nothing to do for 1.36.3; nothing was changed"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0.0 s"), (7.34, "7.3 s"), (59.99, "60.0 s"), (60, "1 min 00 s"), (192, "3 min 12 s"), (3900, "1 h 05 min")],
)
def test_durations_read_well_at_every_size(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_failover_drill_names_each_scenario_with_its_gap_and_verdict() -> None:
    succession = {"holder": "cp2_x", "seconds": 14.2, "allowed_seconds": 17.0, "in_time": True}
    common = {"requests": 120, "failures": 2, "gap_seconds": 2.0, "longest_gap_seconds": 1.0}
    played = [
        {"scenario": "apiserver", "verdict": "passed", "nodes": ["cp2"], "succession": None, **common},
        {"scenario": "scheduler_leader", "verdict": "passed", "nodes": ["cp1"], "succession": succession, **common},
        {"scenario": "zone", "verdict": "not played", "nodes": [], "succession": None, **common},
    ]

    lines = render_summary(report(drill=played)).splitlines()

    assert lines[0] == "DONE lab: failover drill at 1.36.3, 3 scenarios in 12 min 34 s (run 20260301T120000Z-3f9a)"
    assert lines[1].split("  ")[0] == "drill"
    assert "longest gap 1.0 s,  2.0 s in all,  2 of 120 failed" in lines[1]
    assert lines[2].endswith("another leader after 14.2 s of 17 s")
    assert "not played  -" in lines[3]


def test_a_check_of_a_drill_speaks_of_no_upgrade() -> None:
    text = render_check("lab", "1.35.4", [], what="a failover drill")

    assert text == "CHECK lab: a failover drill may be run at 1.35.4; nothing was changed"
