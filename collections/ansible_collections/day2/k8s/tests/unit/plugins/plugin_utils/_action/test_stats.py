# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.day2.k8s.plugins.plugin_utils._action.stats import day2_result


def test_the_result_is_one_for_the_whole_job() -> None:
    assert day2_result({"result": "done"}) == {
        "data": {"day2_result": {"result": "done"}},
        "per_host": False,
        "aggregate": False,
    }
