# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._gates.etcd_condition import EtcdCondition
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Outcome, Verdict
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import (
    control_plane_host,
    control_plane_node,
    etcd,
    member,
    snapshot,
)

GIB = 1024**3
WELL: dict[str, Any] = {
    "version": "3.6.6",
    "db_size_bytes": 200_000_000,
    "db_size_in_use_bytes": 150_000_000,
    "quota_bytes": 2 * GIB,
    "applied_index": 90_000,
}


def _evaluate(*, in_hand: str = "", **cp2: Any) -> Verdict:
    members = (member("cp1", **WELL), member("cp2", **{**WELL, **cp2}), member("cp3", **WELL))
    taken = snapshot(
        [control_plane_node(name) for name in ("cp1", "cp2", "cp3")],
        [control_plane_host(name, etcd=etcd(*members)) for name in ("cp1", "cp2", "cp3")],
    )
    return EtcdCondition().evaluate(taken, frozenset(in_hand.split()))


def test_members_with_room_that_are_up_to_date_pass() -> None:
    assert _evaluate() == Verdict("etcd condition", Outcome.PASS)


@pytest.mark.parametrize(
    ("cp2", "code", "outcome"),
    [
        ({"db_size_bytes": int(1.6 * GIB), "db_size_in_use_bytes": int(1.5 * GIB)}, "D2-ETCD-009", Outcome.PASS),
        ({"db_size_bytes": int(1.95 * GIB), "db_size_in_use_bytes": int(1.5 * GIB)}, "D2-ETCD-009", Outcome.FAIL),
        (
            {"db_size_bytes": int(1.95 * GIB), "db_size_in_use_bytes": int(1.5 * GIB), "quota_bytes": 0},
            "D2-ETCD-009",
            Outcome.PASS,
        ),
        ({"db_size_in_use_bytes": 90_000_000}, "D2-ETCD-010", Outcome.PASS),
        ({"applied_index": 84_000}, "D2-ETCD-011", Outcome.FAIL),
    ],
)
def test_what_is_wrong_with_a_member_is_told_once(cp2: dict[str, Any], code: str, outcome: Outcome) -> None:
    verdict = _evaluate(**cp2)

    assert [(finding.code, finding.subject) for finding in verdict.findings] == [(code, "cp2")]
    assert verdict.outcome is outcome


@pytest.mark.parametrize(
    "cp2",
    [
        {"db_size_bytes": 8 * GIB, "db_size_in_use_bytes": 7 * GIB, "quota_bytes": 16 * GIB},
        {"db_size_bytes": 99_000_000, "db_size_in_use_bytes": 1_000_000},
        {"applied_index": 86_000},
        {"version": "", "db_size_bytes": 0, "applied_index": 0},
    ],
)
def test_what_is_within_limits_or_not_told_passes(cp2: dict[str, Any]) -> None:
    assert _evaluate(**cp2) == Verdict("etcd condition", Outcome.PASS)


def test_the_member_in_hand_may_be_behind() -> None:
    assert _evaluate(in_hand="cp2", applied_index=10).outcome is Outcome.PASS
