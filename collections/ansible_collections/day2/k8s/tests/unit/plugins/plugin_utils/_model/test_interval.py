# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.day2.k8s.plugins.plugin_utils._model.interval import Interval


def test_what_follows_adds_up_and_what_is_side_by_side_ends_with_the_last() -> None:
    one, other = Interval(1.0, 5.0), Interval(2.0, 3.0)

    assert one + other == Interval(3.0, 8.0)
    assert one | other == Interval(2.0, 5.0)
