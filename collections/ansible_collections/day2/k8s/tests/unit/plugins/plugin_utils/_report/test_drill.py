# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._model.drill import Drill, step_of
from ansible_collections.day2.k8s.plugins.plugin_utils._report.availability import Sample
from ansible_collections.day2.k8s.plugins.plugin_utils._report.drill import Outcome, findings, outcomes

IN_TIME = {"holder": "cp2_x", "seconds": 14.0, "allowed_seconds": 17.0, "in_time": True}


def _drill(*scenarios: str) -> Drill:
    return Drill(scenarios, hold_seconds=30, objective_seconds=5, consent="lab: J. Doe", approver="", rank=2)


def _at(second: float) -> str:
    return f"2026-03-01T12:{int(second) // 60:02d}:{second % 60:06.3f}Z"


def _event(second: float, kind: str, node: str, **details: Any) -> dict[str, Any]:
    return {"at": _at(second), "event": kind, "node": node, **details}


def _played(
    scenario: str, start: float, end: float, *nodes: str, state: str = "done", succession: Any = None
) -> list[dict[str, Any]]:
    return [
        *(_event(start, "step_started", node, step=step_of(scenario)) for node in nodes),
        *(_event(end - 5, "step_ended", node, step="hold", details={"succession": succession}) for node in nodes),
        *(_event(end, "released", node, state=state) for node in nodes),
    ]


def _samples(start: int, end: int, *, failed: range = range(0), series: str = "new") -> list[Sample]:
    return [Sample(_at(second), series, 0.1, ok=second not in failed, error="x") for second in range(start, end)]


def _only(found: tuple[Outcome, ...]) -> Outcome:
    (outcome,) = found
    return outcome


def test_a_scenario_passes_whose_longest_gap_is_within_the_objective() -> None:
    samples = _samples(0, 100, failed=range(10, 12)) + _samples(0, 100, failed=range(20, 25), series="reused")

    outcome = _only(outcomes(_drill("apiserver"), _played("apiserver", 5, 60, "cp2"), samples))

    assert (outcome.verdict, outcome.longest_gap_seconds, outcome.gap_seconds) == ("passed", 5.0, 5.0)
    assert (outcome.requests, outcome.failures, outcome.seconds) == (112, 7, 55.0)
    assert findings(_drill("apiserver"), [outcome]) == ()


def test_a_longer_gap_fails_it() -> None:
    outcome = _only(
        outcomes(_drill("apiserver"), _played("apiserver", 5, 60, "cp2"), _samples(0, 100, failed=range(10, 16)))
    )

    assert outcome.verdict == "failed"
    assert outcome.why == "a gap of 6.0 s, at most 5 s were to be"
    (finding,) = findings(_drill("apiserver"), [outcome])
    assert (finding.code, finding.subject) == ("D2-DRILL-004", "apiserver")


def test_a_gap_belongs_to_the_scenario_in_which_it_began() -> None:
    events = _played("apiserver", 5, 40, "cp2") + _played("etcd_leader", 50, 90, "cp1")

    first, second = outcomes(_drill("apiserver", "etcd_leader"), events, _samples(0, 100, failed=range(55, 58)))

    assert (first.longest_gap_seconds, second.longest_gap_seconds) == (0.0, 3.0)
    assert second.nodes == ("cp1",)


def test_what_single_api_servers_do_not_answer_is_no_gap_for_clients() -> None:
    samples = _samples(0, 100) + _samples(0, 100, failed=range(10, 40), series="cp2 new")

    assert _only(outcomes(_drill("apiserver"), _played("apiserver", 5, 60, "cp2"), samples)).verdict == "passed"


def test_a_fault_that_was_not_seen_at_the_node_itself_shows_nothing() -> None:
    samples = _samples(0, 100) + _samples(0, 100, failed=range(10, 12), series="cp2 new")

    outcome = _only(outcomes(_drill("apiserver"), _played("apiserver", 5, 60, "cp2"), samples))

    assert (outcome.verdict, outcome.why) == ("failed", "the fault was not seen: cp2 new was answered meanwhile")


def test_an_apiserver_that_cannot_be_asked_or_that_need_not_be_away_proves_nothing_to_the_contrary() -> None:
    others = _samples(0, 100) + _samples(0, 100, series="cp1 new")
    own = others + _samples(0, 100, series="cp2 new")

    assert _only(outcomes(_drill("apiserver"), _played("apiserver", 5, 60, "cp2"), others)).verdict == "passed"
    assert _only(outcomes(_drill("etcd_member"), _played("etcd_member", 5, 60, "cp2"), own)).verdict == "passed"


def test_a_leader_that_nobody_follows_in_time_fails_it() -> None:
    drill, samples = _drill("scheduler_leader"), _samples(0, 100)

    def why(succession: dict[str, Any]) -> str:
        return _only(outcomes(drill, _played("scheduler_leader", 5, 60, "cp1", succession=succession), samples)).why

    assert why(IN_TIME) == ""
    assert why({**IN_TIME, "seconds": 19.0, "in_time": False}).startswith("another leader after 19 s only")
    assert why({**IN_TIME, "holder": "", "in_time": False}) == "nobody followed the leader, at most 17 s were to be"


def test_a_zone_is_one_scenario_and_over_when_its_last_node_is_back() -> None:
    events = _played("zone", 5, 60, "cp1", "w1")
    events[-1]["at"] = _at(75)

    outcome = _only(outcomes(_drill("zone"), events, _samples(0, 100)))

    assert (outcome.nodes, outcome.seconds, outcome.verdict) == (("cp1", "w1"), 70.0, "passed")


def test_a_node_that_does_not_come_back_fails_it() -> None:
    outcome = _only(outcomes(_drill("zone"), _played("zone", 5, 60, "cp1", state="failed"), _samples(0, 100)))

    assert outcome.why == "cp1 did not come back in time"


def test_a_scenario_of_which_nothing_is_known_does_not_pass() -> None:
    drill = _drill("apiserver", "etcd_leader")

    unsampled, unplayed = outcomes(drill, _played("apiserver", 5, 60, "cp2"), [])

    assert (unsampled.verdict, unsampled.why) == ("failed", "there is no sample")
    assert unplayed.verdict == "not played"
    assert len(findings(drill, [unsampled, unplayed])) == 2


def test_a_scenario_may_be_wanted_twice() -> None:
    events = _played("apiserver", 5, 40, "cp2") + _played("apiserver", 50, 90, "cp2")

    first, second = outcomes(_drill("apiserver", "apiserver"), events, _samples(0, 100, failed=range(55, 65)))

    assert (first.verdict, second.verdict) == ("passed", "failed")
