# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.durations import UsualStepDurations
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.planner import compile_plan
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import NEW, claim, cluster, intent, node


def test_the_control_plane_takes_longer_than_a_worker_and_a_record_is_cleared_at_once() -> None:
    first, *_others, worker = compile_plan(cluster(), intent()).steps
    taken = cluster(nodes=[node("w1", kubelet=NEW, annotations=claim(), cordoned=True)], running=NEW)
    (record_only,) = compile_plan(taken, intent()).steps
    of = UsualStepDurations().of

    assert of(first).low > of(worker).high > of(record_only).high
