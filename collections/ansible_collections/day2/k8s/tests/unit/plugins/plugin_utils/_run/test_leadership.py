# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.day2.k8s.plugins.plugin_utils._model.leader_lease import LeaderLease
from ansible_collections.day2.k8s.plugins.plugin_utils._run.leadership import LeadershipWatch
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fakes import Clock


def _lease(renewed: str, *, name: str = "kube-scheduler", holder: str = "cp1_x", transitions: int = 4) -> LeaderLease:
    return LeaderLease(name, holder, renewed, transitions)


def test_a_leader_that_renews_from_look_to_look_is_well() -> None:
    watch = LeadershipWatch(Clock())

    assert [watch.pending([_lease(at)]) for at in ("10:00", "10:02", "10:12")] == [(), (), ()]
    assert watch.transitions == {"kube-scheduler": 0}


def test_a_lease_that_nobody_renews_is_pending_until_another_leads() -> None:
    clock = Clock()
    watch = LeadershipWatch(clock)
    watch.pending([_lease("10:00")])

    clock.sleep(3)
    assert watch.pending([_lease("10:00")]) == ("kube-scheduler: cp1_x leads, and has not renewed its Lease for 3 s",)
    clock.sleep(15)
    assert watch.pending([_lease("10:18", holder="cp2_y", transitions=5)]) == ()
    assert watch.transitions == {"kube-scheduler": 1}


def test_each_lease_is_watched_by_itself() -> None:
    watch = LeadershipWatch(Clock())
    other = "kube-controller-manager"
    watch.pending([_lease("10:00"), _lease("10:00", name=other)])

    missing = watch.pending([_lease("10:02"), _lease("10:00", name=other)])

    assert [text.partition(":")[0] for text in missing] == [other]


def test_a_lease_is_read_as_it_is_and_one_that_was_never_held_is_nobodys() -> None:
    raw = {
        "metadata": {"name": "kube-scheduler"},
        "spec": {"holderIdentity": "cp1_x", "renewTime": "2026-08-07T10:00:00.0Z", "leaseTransitions": 7},
    }

    assert LeaderLease.from_api(raw) == _lease("2026-08-07T10:00:00.0Z", transitions=7)
    assert LeaderLease.from_api({"metadata": {"name": "kube-scheduler"}}).holder == ""
