# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.day2.k8s.plugins.plugin_utils._drain.forecast.durations import DefaultDurations
from ansible_collections.day2.k8s.plugins.plugin_utils._model.interval import Interval
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.workloads import pod


def test_a_pod_ends_within_its_grace_period_or_the_one_that_the_drain_gives_it() -> None:
    assert DefaultDurations().termination(pod("p", grace=90)) == Interval(0.0, 92.0)
    assert DefaultDurations(grace_period_seconds=0).termination(pod("p", grace=90)) == Interval(0.0, 2.0)


def test_only_pods_with_volumes_wait_for_them() -> None:
    assert DefaultDurations().reattachment(pod("p")) == Interval()
    assert DefaultDurations().reattachment(pod("p", claims=["data"])).high > 0
