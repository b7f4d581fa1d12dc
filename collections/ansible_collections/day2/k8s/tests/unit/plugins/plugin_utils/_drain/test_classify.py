# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.classify import Decision, Treatment, classify
from ansible_collections.day2.k8s.plugins.plugin_utils._drain.options import DrainOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._model.selector import Selector
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import pod

EVICT, AWAIT, IGNORE, REFUSE = Treatment.EVICT, Treatment.AWAIT, Treatment.IGNORE, Treatment.REFUSE
DAEMON = {"owner": "DaemonSet/agent"}
BARE = {"owner": ""}
LOCAL = {"empty_dirs": ["scratch"]}
FORCE = {"force": True}
DATA = {"delete_emptydir_data": True}


def decide(pod_options: dict[str, Any], options: dict[str, Any], *missing: str) -> Decision:
    (decision,) = classify([pod("p", **pod_options)], DrainOptions(**options), missing_daemonsets=frozenset(missing))
    return decision


def codes(decision: Decision) -> list[str]:
    return [finding.code for finding in decision.findings]


@pytest.mark.parametrize(
    ("pod_options", "options", "treatment"),
    [
        ({}, {}, EVICT),
        ({"terminating": True}, {}, AWAIT),
        ({"mirror": True, "owner": "Node/w1"}, {}, IGNORE),
        (DAEMON, {}, IGNORE),
        (DAEMON, {"ignore_daemonsets": False}, REFUSE),
        ({**DAEMON, "terminating": True}, {}, IGNORE),
        ({**DAEMON, "phase": "Failed"}, {}, EVICT),
        ({"owner": "DaemonSet/agent", "owner_api": "example.com/v1", **LOCAL}, DATA, EVICT),
        (BARE, {}, REFUSE),
        (BARE, FORCE, EVICT),
        ({**BARE, "terminating": True}, {}, AWAIT),
        (LOCAL, {}, REFUSE),
        (LOCAL, DATA, EVICT),
        ({**BARE, **LOCAL}, DATA, REFUSE),
        ({**BARE, **LOCAL}, FORCE, REFUSE),
        ({**BARE, **LOCAL}, {**FORCE, **DATA}, EVICT),
        ({**BARE, **LOCAL, "phase": "Succeeded"}, {}, EVICT),
        ({**BARE, **LOCAL, "phase": "Failed"}, {}, EVICT),
    ],
)
def test_what_happens_to_a_pod(pod_options: dict[str, Any], options: dict[str, Any], treatment: Treatment) -> None:
    """T11, T13, T15"""
    assert decide(pod_options, options).treatment is treatment


def test_a_pod_whose_daemonset_is_gone_is_refused() -> None:
    """T12"""
    decision = decide(DAEMON, {}, "uid-agent")

    assert decision.treatment is REFUSE
    assert codes(decision) == ["D2-DRAIN-004"]


def test_a_pod_whose_daemonset_is_gone_goes_with_force_and_a_warning() -> None:
    """T12"""
    decision = decide(DAEMON, FORCE, "uid-agent")

    assert decision.treatment is EVICT
    assert [(f.code, f.severity.value) for f in decision.findings] == [("D2-DRAIN-004", "warning")]


def test_everything_that_is_wrong_with_a_pod_is_said_at_once() -> None:
    assert codes(decide({**BARE, **LOCAL}, {})) == ["D2-DRAIN-003", "D2-DRAIN-002"]


def test_pods_that_the_selector_does_not_match_are_left_out() -> None:
    options = DrainOptions(selector=Selector.parse("app=web"))
    pods = [pod("a"), pod("b", app="other")]

    assert [d.pod.name for d in classify(pods, options, missing_daemonsets=frozenset())] == ["a"]


def test_a_pod_that_a_person_accepted_to_lose_is_evicted_with_a_warning() -> None:
    decision = decide(
        {**BARE, **LOCAL}, {"accepted": frozenset({("D2-DRAIN-002", "shop/p"), ("D2-DRAIN-003", "shop/p")})}
    )

    assert decision.treatment is EVICT
    assert codes(decision) == ["D2-DRAIN-003", "D2-DRAIN-002"]
    assert {finding.severity.value for finding in decision.findings} == {"warning"}


def test_accepting_one_objection_does_not_cover_another() -> None:
    decision = decide({**BARE, **LOCAL}, {"accepted": frozenset({("D2-DRAIN-002", "shop/p")})})

    assert decision.treatment is REFUSE
    assert codes(decision) == ["D2-DRAIN-003"]
