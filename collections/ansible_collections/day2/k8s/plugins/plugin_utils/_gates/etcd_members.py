# SPDX-License-Identifier: GPL-3.0-or-later
"""Can the stacked etcd bear that one of its members goes away for a while?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from .._model.finding import Finding, Outcome
from .._model.host import Etcd, EtcdMember, Host
from .._model.snapshot import Snapshot
from .gate import Gate

_ALARM_REMEDIES = {
    "NOSPACE": "compact, defragment each member one after the other, then disarm the alarm",
    "CORRUPT": "replace the corrupt member before anything else",
}


@dataclass(frozen=True, slots=True)
class _Member:
    """One member as all hosts together see it: healthy only if each of them says so."""

    seen: EtcdMember
    complaints: tuple[str, ...]

    @property
    def label(self) -> str:
        return self.seen.name or self.seen.id

    @property
    def healthy(self) -> bool:
        return not self.complaints


class EtcdMembers(Gate):
    """All members started, voting, healthy and without alarm, one per control-plane node, and quorum without one more.

    The tolerance follows etcd's own arithmetic: quorum is n // 2 + 1. A single member has none to lose: its cluster is
    away meanwhile, which the plan says. Two bear no loss at all and yet look redundant.
    """

    name: ClassVar[str] = "etcd members"

    def applies(self, snapshot: Snapshot) -> bool:
        return not snapshot.kubeadm.external_etcd

    def outcome(self, findings: tuple[Finding, ...]) -> Outcome:
        unknown = any(finding.code == "D2-ETCD-007" for finding in findings)
        return Outcome.UNKNOWN if unknown else Gate.outcome(self, findings)

    def findings(self, snapshot: Snapshot, in_hand: frozenset[str]) -> Iterable[Finding]:
        views = {name: host.etcd for name, host in sorted(snapshot.hosts.items()) if host.etcd is not None}
        if not views:
            yield _nothing_known(snapshot.hosts.values())
            return
        members = _merge(views)
        yield from _alarms(views)
        yield from _differences(members, frozenset(n.name for n in snapshot.nodes.values() if n.control_plane))
        if len(members) == 2:
            yield _two_members(members)
        yield from (_not_a_voter(m) for m in members if m.seen.learner or not m.seen.started)
        voters = [m for m in members if m.seen.started and not m.seen.learner]
        unhealthy = [m for m in voters if not m.healthy and m.seen.name not in in_hand]
        yield from (_not_healthy(m, voters) for m in unhealthy)
        if not unhealthy:
            yield from _tolerance(voters, in_hand)


def _merge(views: dict[str, Etcd]) -> list[_Member]:
    seen: dict[str, EtcdMember] = {}
    complaints: dict[str, list[str]] = {}
    for host, etcd in views.items():
        for member in etcd.members:
            seen.setdefault(member.id, member)
            if not member.healthy:
                complaints.setdefault(member.id, []).append(f"{member.error or 'not healthy'}, asked from {host}")
    return [_Member(member, tuple(complaints.get(key, ()))) for key, member in sorted(seen.items(), key=_by_name)]


def _by_name(item: tuple[str, EtcdMember]) -> tuple[str, str]:
    return item[1].name, item[0]


def _tolerance(voters: list[_Member], in_hand: frozenset[str]) -> Iterable[Finding]:
    """One of the nodes in hand (of all, if none is) has to be one that the others can do without."""
    if len(voters) < 3:
        return
    asked = [m for m in voters if m.seen.name in in_hand] or ([] if in_hand else voters)
    left = {m.label: sum(o.healthy for o in voters if o is not m) for m in asked}
    if left and max(left.values()) < _quorum(voters):
        taken = max(left, key=lambda label: left[label])
        broken = ", ".join(m.label for m in voters if not m.healthy)
        yield Finding(
            code="D2-ETCD-003",
            subject=taken,
            message=f"without it, {left[taken]} of {len(voters)} etcd members are healthy (not: {broken})",
            why=f"quorum needs {_quorum(voters)}; without it the API answers no more",
            remedy=f"bring back etcd on {broken}, then run the same command again",
        )


def _quorum(voters: list[_Member]) -> int:
    return len(voters) // 2 + 1


def _alarms(views: dict[str, Etcd]) -> Iterable[Finding]:
    for alarm in sorted({alarm for etcd in views.values() for alarm in etcd.alarms}):
        yield Finding(
            code="D2-ETCD-004",
            subject="etcd",
            message=f"alarm {alarm} is raised; there must be none",
            why="etcd refuses writes, or its members disagree, until the alarm's cause is gone",
            remedy=_ALARM_REMEDIES.get(alarm, "see etcdctl alarm list and etcd's documentation"),
        )


def _differences(members: list[_Member], nodes: frozenset[str]) -> Iterable[Finding]:
    names = frozenset(m.seen.name for m in members if m.seen.started)
    for name in sorted(names - nodes):
        yield _difference(name, "is an etcd member without a control-plane Node", "remove the member from etcd")
    for name in sorted(nodes - names):
        yield _difference(name, "is a control-plane Node without an etcd member", "join it anew, or remove the Node")


def _difference(name: str, message: str, remedy: str) -> Finding:
    return Finding(
        code="D2-ETCD-006",
        subject=name,
        message=f"{message}; each needs the other",
        why="a member that nobody looks after counts for the quorum all the same",
        remedy=f"{remedy}, then run the same command again",
    )


def _two_members(members: list[_Member]) -> Finding:
    return Finding(
        code="D2-ETCD-002",
        subject="etcd",
        message=f"2 members ({', '.join(m.label for m in members)}); 1, or 3 and more, are supported",
        why="quorum of two needs both: whichever is taken, the API is away, and if it fails, for good",
        remedy="add a third control-plane node, then run the same command again",
    )


def _not_a_voter(member: _Member) -> Finding:
    return Finding(
        code="D2-ETCD-005",
        subject=member.label,
        message="etcd member is a learner" if member.seen.started else "etcd member was added and never started",
        why="the membership is being changed by somebody; restarting members meanwhile may cost the quorum",
        remedy="promote the learner, start the member, or remove it, then run the same command again",
    )


def _not_healthy(member: _Member, voters: list[_Member]) -> Finding:
    healthy = sum(m.healthy for m in voters)
    return Finding(
        code="D2-ETCD-003",
        subject=member.label,
        message=f"etcd member is not healthy ({'; '.join(member.complaints)})",
        why=f"taking another one leaves {max(healthy - 1, 0)} of {len(voters)} voters; quorum needs {_quorum(voters)}",
        remedy=f"look at etcd on {member.label}, then run the same command again",
    )


def _nothing_known(hosts: Iterable[Host]) -> Finding:
    errors = "; ".join(f"{host.name}: {host.etcd_error}" for host in hosts if host.etcd_error)
    return Finding(
        code="D2-ETCD-007",
        subject="etcd",
        message="no control-plane host could say how etcd is" + (f" ({errors})" if errors else ""),
        why="what is not known does not count as healthy: one more member away could cost the quorum",
        remedy="look at the connection to the control-plane hosts and at etcd there, then run the same command again",
    )
