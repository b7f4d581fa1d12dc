# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.taint import Taint, Toleration, untolerated

GPU = Taint("gpu", "a100", "NoSchedule")


@pytest.mark.parametrize(
    ("toleration", "tolerated"),
    [
        ({"key": "gpu", "operator": "Exists"}, True),
        ({"key": "gpu", "operator": "Equal", "value": "a100", "effect": "NoSchedule"}, True),
        ({"key": "gpu", "value": "a100"}, True),  # Equal is the default
        ({"operator": "Exists"}, True),
        ({"operator": "Exists", "effect": "NoExecute"}, False),
        ({"key": "gpu", "value": "h100"}, False),
        ({"key": "cpu", "operator": "Exists"}, False),
        ({"key": "gpu", "operator": "Lt", "value": "5"}, False),
    ],
)
def test_a_toleration_tolerates_what_it_names(toleration: dict[str, Any], tolerated: bool) -> None:
    assert Toleration.from_api(toleration).tolerates(GPU) is tolerated


def test_a_preference_keeps_nobody_out() -> None:
    assert untolerated([Taint("old", "", "PreferNoSchedule")], []) is None


def test_the_first_taint_that_is_not_tolerated_is_told() -> None:
    taints = [Taint.from_api({"key": "a", "effect": "NoSchedule"}), Taint.from_api({"key": "b", "effect": "NoExecute"})]

    assert untolerated(taints, [Toleration("a", "Exists", "", "")]) == taints[1]
