# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: what the module etcd_move_leader does.

A leader that is simply taken away costs an election, in which writes wait for about a second; one that hands over
before costs a tenth of that. The member that follows should not have to hand over itself in the same run, so one that
was upgraded already is preferred.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import etcd
from ..errors import HostError
from ..etcd import Etcd, Member, Post
from ..host import Host
from ..https import HttpError

FAILED = "D2-ETCD-008"
_TIMEOUT_SECONDS = 10.0
_POLL_SECONDS = 0.2


def run(host: Host, *, check_mode: bool) -> dict[str, Any]:
    """The module's result; raises HostError."""
    if not etcd.is_local(host.files):
        return _unmoved("", "this host runs no member of etcd")
    try:
        post = etcd.gateway(host.files)
        return move(post, etcd.observe(post, clock=host.clock, sleep=host.sleep), host, check_mode=check_mode)
    except HttpError as error:
        raise _failure(f"etcd does not answer: {error}") from error


def move(post: Post, seen: Etcd, host: Host, *, check_mode: bool) -> dict[str, Any]:
    """Away from the local member, if it leads; raises HttpError, and HostError when nobody takes over."""
    leader = next((member for member in seen.members if member.leader), None)
    if leader is None or leader.id != seen.member_id:
        return _unmoved(leader.name if leader else "", "the local member does not lead")
    if len(seen.members) == 1:
        return _unmoved(leader.name, "there is no other member")
    successor = choose(seen.members, leader)
    if successor is None:
        troubles = "; ".join(f"{m.name or m.id}: {m.error}" for m in seen.members if m is not leader)
        raise _failure(f"no other member can take over ({troubles or 'all are learners'})")
    result = {"changed": True, "leader": successor.name, "before": leader.name, "why": ""}
    if check_mode:
        return result
    began = host.clock()
    etcd.transfer_leadership(post, successor)
    # Whoever it is in the end: an election may have come in between.
    while (now := etcd.leader_of(post)) in (leader.id, etcd.NOBODY):
        if host.clock() - began >= _TIMEOUT_SECONDS:
            raise _failure(f"{successor.name} did not take over within {_TIMEOUT_SECONDS:.0f} s (leader: {now})")
        host.sleep(_POLL_SECONDS)
    name = next((member.name for member in seen.members if member.id == now), now)
    return {**result, "leader": name, "seconds": round(host.clock() - began, 1)}


def choose(members: Sequence[Member], leader: Member) -> Member | None:
    """The healthy voter with the newest etcd, then the one that has applied most, then by name; None without one."""
    able = [m for m in members if m is not leader and m.started and m.healthy and not m.learner]
    return min(able, key=lambda m: ([-part for part in _version(m)], -m.applied_index, m.name), default=None)


def _version(member: Member) -> list[int]:
    return [int(part) for part in member.version.split("-")[0].split(".") if part.isdigit()]


def _unmoved(leader: str, why: str) -> dict[str, Any]:
    return {"changed": False, "leader": leader, "before": leader, "why": why}


def _failure(message: str) -> HostError:
    return HostError(
        message,
        code=FAILED,
        why="restarting the leader costs an election, and there may be nobody to win it",
        remedy="look at etcd on the other control-plane nodes, then run the same command again",
    )
