# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.drift import Drift, compare

FINDING = {"code": "D2-DRAIN-012", "subject": "PodDisruptionBudget/shop/web", "severity": "warning"}


def drain(outcome: str) -> dict[str, Any]:
    return {"outcome": outcome}


def step(name: str, **changes: Any) -> dict[str, Any]:
    return {"node": name, "from_version": "1.35.4", "resumed": False, "drain": drain("leaves"), **changes}


def plan(*steps: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "steps": list(steps),
        "left_out": [],
        "finished": [],
        "duration": {"low": 600.0, "high": 1200.0},
        **changes,
    }


AGREED = plan(step("w1"), step("w2"), step("w3", drain=drain("slow")))


def drift(now: dict[str, Any], *, agreed: dict[str, Any] | None = None, before: Any = (), found: Any = ()) -> Drift:
    return compare(agreed or AGREED, now, agreed_findings=before, findings=found)


def changed(*changes: tuple[int, dict[str, Any]]) -> dict[str, Any]:
    now = copy.deepcopy(AGREED)
    for position, change in changes:
        now["steps"][position] |= change
    return now


def test_the_same_plan_has_not_drifted() -> None:
    assert drift(copy.deepcopy(AGREED)) == Drift()


@pytest.mark.parametrize(
    ("position", "outcome", "material"),
    [(0, "never", True), (0, "unknown", True), (2, "never", True), (0, "slow", False), (2, "leaves", False)],
)
def test_a_drain_that_may_no_longer_end_is_material(position: int, outcome: str, material: bool) -> None:
    found = drift(changed((position, {"drain": drain(outcome)})))

    told = found.material if material else found.immaterial
    assert len(told) == 1
    assert f"is now {outcome}" in told[0]
    assert len(found.material) + len(found.immaterial) == 1


def test_many_nodes_with_one_change_are_one_line() -> None:
    found = drift(changed((0, {"drain": drain("never")}), (1, {"drain": drain("never")})))

    assert found.material == ("w1, w2: the drain was forecast as leaves, is now never",)


def test_a_node_that_is_now_left_out_is_material() -> None:
    found = drift(plan(step("w1"), step("w3", drain=drain("slow")), left_out=[{"node": "w2", "reason": "not Ready"}]))

    assert found.material == ("w2: would be upgraded, now left out: not Ready",)


def test_progress_is_not_material() -> None:
    now = changed((1, {"resumed": True, "from_version": "1.36.3"}))
    now |= {"steps": now["steps"][1:], "finished": ["w1"]}

    assert drift(now) == Drift((), ("w1: done meanwhile", "w2: begun meanwhile"))


def test_a_node_that_came_back_is_not_material_and_one_that_fell_behind_is() -> None:
    came_back = drift(AGREED, agreed=plan(step("w1"), step("w2"), left_out=[{"node": "w3", "reason": "not Ready"}]))
    fell_behind = drift(AGREED, agreed=plan(step("w1"), step("w2"), finished=["w3"]))

    assert came_back == Drift((), ("w3: was left out, now to be upgraded",))
    assert fell_behind == Drift(("w3: was finished, now to be upgraded",), ())


def test_another_version_to_start_from_is_material() -> None:
    assert drift(changed((0, {"from_version": "1.35.5"}))).material == ("w1: is at 1.35.5, was at 1.35.4",)


def test_a_new_blocking_finding_is_material_and_a_new_warning_is_not() -> None:
    blocking = {**FINDING, "severity": "blocking"}

    assert drift(AGREED, found=[blocking]).material == ("PodDisruptionBudget/shop/web: new: D2-DRAIN-012",)
    assert drift(AGREED, found=[FINDING]).immaterial == ("PodDisruptionBudget/shop/web: new: D2-DRAIN-012",)
    assert drift(AGREED, before=[FINDING], found=[blocking]).material == (
        "PodDisruptionBudget/shop/web: blocks now: D2-DRAIN-012",
    )


def test_a_finding_that_is_gone_is_told() -> None:
    assert drift(AGREED, before=[FINDING]).immaterial == ("PodDisruptionBudget/shop/web: gone: D2-DRAIN-012",)


def test_more_time_than_was_said_is_material_and_less_is_nothing() -> None:
    assert drift({**AGREED, "duration": {"low": 600.0, "high": 2400.0}}).material == (
        "takes 10 to 40 min, was 10 to 20 min",
    )
    assert drift({**AGREED, "duration": {"low": 60.0, "high": 900.0}}) == Drift()
    assert drift({**AGREED, "duration": None}) == Drift()


def test_without_a_forecast_there_is_nothing_to_compare() -> None:
    assert drift(changed((0, {"drain": None}))) == Drift()
