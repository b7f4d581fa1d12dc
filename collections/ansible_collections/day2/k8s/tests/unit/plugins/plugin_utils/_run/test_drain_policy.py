# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.acceptance import Acceptance
from ansible_collections.day2.k8s.plugins.plugin_utils._run.drain_policy import read_drain_options

POLICY: dict[str, Any] = {
    "timeout": 900,
    "volume_detach_timeout": 60,
    "grace_period": -1,
    "force": True,
    "delete_emptydir_data": True,
    "rules": [{"namespaces": ["batch-*"], "action": "wait_completed"}],
}


def test_the_policy_says_how_drains_are_done() -> None:
    accepted = Acceptance("D2-DRAIN-002", "shop/web-1", "ticket 7", date(2027, 1, 1))

    options = read_drain_options(POLICY, [accepted])

    assert (options.timeout_seconds, options.volume_detach_seconds) == (900, 60)
    assert options.grace_period_seconds is None
    assert options.force
    assert options.delete_emptydir_data
    assert options.rules[0].namespaces == ("batch-*",)
    assert options.accepted == {("D2-DRAIN-002", "shop/web-1")}


def test_a_grace_period_of_zero_is_one() -> None:
    assert read_drain_options({**POLICY, "grace_period": 0}, ()).grace_period_seconds == 0


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"timeout": 0}, "timeout is 0"),
        ({"volume_detach_timeout": -1}, "volume_detach_timeout is -1"),
        ({"grace_period": -2}, "grace_period is -2"),
        ({"rules": [{"action": "skip"}]}, "rules: rule 1 covers every pod"),
    ],
)
def test_what_cannot_be_meant_is_named(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_drain_options({**POLICY, **wrong}, ())
