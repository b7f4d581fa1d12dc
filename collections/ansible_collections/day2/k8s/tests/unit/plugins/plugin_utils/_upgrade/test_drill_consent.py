# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.drill import Drill
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.drill_consent import refusals


def _codes(**changes: Any) -> list[tuple[str, str]]:
    wish = {
        "scenarios": ["apiserver"],
        "hold_seconds": 30,
        "objective_seconds": 10.0,
        "consent": "staging: J. Doe",
        "approver": "",
        "rank": 2,
        **changes,
    }
    return [(finding.code, finding.subject) for finding in refusals(Drill.from_dict(wish), "staging")]


def test_below_production_the_consent_of_one_person_is_enough() -> None:
    assert _codes() == []


@pytest.mark.parametrize("consent", ["", "staging", "staging:", ": J. Doe", "prod: J. Doe", "J. Doe"])
def test_consent_names_this_environment_and_a_person(consent: str) -> None:
    assert _codes(consent=consent) == [("D2-DRILL-001", "day2_failover_drill_consent")]


@pytest.mark.parametrize("rank", [0, 1])
@pytest.mark.parametrize("approver", ["", "  ", "j. doe"])
def test_in_production_and_where_no_rank_is_known_a_second_person_approves(rank: int, approver: str) -> None:
    assert _codes(rank=rank, approver=approver) == [("D2-DRILL-001", "day2_failover_drill_approver")]
    assert _codes(rank=rank, approver="R. Roe") == []


@pytest.mark.parametrize(
    ("change", "subject"),
    [
        ({"scenarios": []}, "day2_failover_drill_scenarios"),
        ({"hold_seconds": 9}, "day2_failover_drill_hold"),
        ({"rank": -1}, "day2_environment_rank"),
        ({"objective_seconds": -1.0}, "day2_failover_drill_objective"),
    ],
)
def test_wrong_values_are_named(change: dict[str, Any], subject: str) -> None:
    assert _codes(**change) == [("D2-INPUT-002", subject)]
