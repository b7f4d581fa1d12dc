# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host.errors import HostError
from ansible_collections.day2.k8s.plugins.module_utils._host.etcd import LOCAL_ENDPOINT, Etcd, Member
from ansible_collections.day2.k8s.plugins.module_utils._host.steps.leader import choose, move, run
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost


def _member(identity: int, **changes: Any) -> Member:
    name = f"cp{identity}"
    member = Member(f"{identity:x}", name, f"https://{name}:2379", started=True, learner=False, healthy=True)
    return replace(member, **{"version": "3.6.6", "applied_index": 100, **changes})


class Ring:
    """cp1 is local and leads; a transfer takes two looks until it is seen."""

    def __init__(self, *members: Member, leader: int = 1) -> None:
        self.members = [replace(member, leader=member.id == f"{leader:x}") for member in members]
        self.leader = leader
        self.posts: list[tuple[str, Mapping[str, Any]]] = []
        self.hands_over = True
        self._looks = 0

    @property
    def seen(self) -> Etcd:
        return Etcd(tuple(self.members), (), "1")

    def post(self, url: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self.posts.append((url, body))
        transfers = [body["targetID"] for url, body in self.posts if url.endswith("/transfer-leadership")]
        if url.endswith("/status") and transfers:
            self._looks += 1
            if self.hands_over and self._looks >= 2:
                self.leader = int(transfers[-1])
        return {"leader": str(self.leader)}


def test_the_leader_hands_over_and_is_seen_to_have(fake: FakeHost) -> None:
    ring = Ring(_member(1), _member(2), _member(3))

    result = move(ring.post, ring.seen, fake.host, check_mode=False)

    assert (result["changed"], result["before"], result["leader"]) == (True, "cp1", "cp2")
    assert ring.posts[0] == (f"{LOCAL_ENDPOINT}/v3/maintenance/transfer-leadership", {"targetID": "2"})
    assert result["seconds"] == 0.2


@pytest.mark.parametrize(
    ("others", "successor"),
    [
        ([_member(2), _member(3, version="3.6.10")], "cp3"),
        ([_member(2), _member(3, applied_index=101)], "cp3"),
        ([_member(3), _member(2)], "cp2"),
        ([_member(2, healthy=False, version="3.6.10"), _member(3)], "cp3"),
        ([_member(2, learner=True), _member(3)], "cp3"),
        ([_member(2, started=False), _member(3, version="")], "cp3"),
        ([_member(2, healthy=False), _member(3, learner=True)], None),
    ],
)
def test_the_successor_is_upgraded_already_up_to_date_and_has_a_vote(
    others: list[Member], successor: str | None
) -> None:
    leader = _member(1)
    chosen = choose([leader, *others], leader)

    assert (chosen.name if chosen else None) == successor


def test_a_follower_has_nothing_to_hand_over(fake: FakeHost) -> None:
    ring = Ring(_member(1), _member(2), leader=2)

    result = move(ring.post, ring.seen, fake.host, check_mode=False)

    assert (result["changed"], result["leader"]) == (False, "cp2")
    assert ring.posts == []


def test_a_single_member_goes_on_leading(fake: FakeHost) -> None:
    ring = Ring(_member(1))

    assert move(ring.post, ring.seen, fake.host, check_mode=False)["why"] == "there is no other member"


def test_without_a_successor_it_fails_and_says_what_each_answered(fake: FakeHost) -> None:
    ring = Ring(_member(1), _member(2, healthy=False, error="timed out"), _member(3, healthy=False, error="refused"))

    with pytest.raises(HostError, match="cp2: timed out; cp3: refused") as raised:
        move(ring.post, ring.seen, fake.host, check_mode=False)

    assert raised.value.code == "D2-ETCD-008"
    assert ring.posts == []


def test_a_successor_that_does_not_take_over_in_time_is_told(fake: FakeHost) -> None:
    ring = Ring(_member(1), _member(2))
    ring.hands_over = False

    with pytest.raises(HostError, match="cp2 did not take over within 10 s"):
        move(ring.post, ring.seen, fake.host, check_mode=False)


def test_somebody_else_than_was_meant_may_take_over(fake: FakeHost) -> None:
    ring = Ring(_member(1), _member(2), _member(3))
    ring.hands_over = False
    asked = ring.post

    def post(url: str, body: Mapping[str, Any]) -> dict[str, Any]:
        answer = asked(url, body)
        return {"leader": "3"} if url.endswith("/status") else answer

    assert move(post, ring.seen, fake.host, check_mode=False)["leader"] == "cp3"


def test_check_mode_names_the_successor_and_asks_for_nothing(fake: FakeHost) -> None:
    ring = Ring(_member(1), _member(2))

    result = move(ring.post, ring.seen, fake.host, check_mode=True)

    assert (result["changed"], result["leader"]) == (True, "cp2")
    assert ring.posts == []


def test_a_host_without_a_member_is_left_alone(fake: FakeHost) -> None:
    assert run(fake.host, check_mode=False)["why"] == "this host runs no member of etcd"
