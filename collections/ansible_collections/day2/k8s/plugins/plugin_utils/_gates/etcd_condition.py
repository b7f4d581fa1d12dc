# SPDX-License-Identifier: GPL-3.0-or-later
"""Is each etcd member in a condition to lose a neighbour: room left, and up to date with the others?

Limits follow what the field watches: OpenShift's and etcd's own alerts for the quota, and etcd's advice on
fragmentation (less than half in use, and more than 100 MB). What a member does not tell is not judged here; whether it
answers at all is the members' gate.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from .._model.finding import Finding, Severity
from .._model.host import EtcdMember
from .._model.snapshot import Snapshot
from .gate import Gate

DEFAULT_QUOTA_BYTES = 2 * 1024**3  # etcd's own, where --quota-backend-bytes is not given
WARN_ABOVE, REFUSE_ABOVE = 0.75, 0.95
FRAGMENTED_BELOW, FRAGMENTED_FROM_BYTES = 0.5, 100_000_000
# Members are asked at slightly different times while writes go on.
MOST_ENTRIES_BEHIND = 5000


class EtcdCondition(Gate):
    """Database size against quota, fragmentation, and how far each member is behind."""

    name: ClassVar[str] = "etcd condition"

    def applies(self, snapshot: Snapshot) -> bool:
        return not snapshot.kubeadm.external_etcd

    def findings(self, snapshot: Snapshot, in_hand: frozenset[str]) -> Iterable[Finding]:
        members = _members(snapshot)
        newest = max((member.applied_index for member in members), default=0)
        for member in members:
            if member.name in in_hand:
                continue
            yield from _size(member)
            yield from _fragmentation(member)
            yield from _lag(member, newest)


def _members(snapshot: Snapshot) -> list[EtcdMember]:
    """Each member once, as the first host that heard of it tells it."""
    seen: dict[str, EtcdMember] = {}
    for _name, host in sorted(snapshot.hosts.items()):
        for member in host.etcd.members if host.etcd else ():
            if member.version:
                seen.setdefault(member.id, member)
    return sorted(seen.values(), key=lambda member: member.name)


def _size(member: EtcdMember) -> Iterable[Finding]:
    quota = member.quota_bytes or DEFAULT_QUOTA_BYTES
    share = member.db_size_bytes / quota
    if share > WARN_ABOVE:
        known = "" if member.quota_bytes else " (etcd's default; the member does not tell its own)"
        yield Finding(
            code="D2-ETCD-009",
            subject=member.name,
            message=f"its database has {_mb(member.db_size_bytes)} of the quota's {_mb(quota)}{known}: {share:.0%}",
            why="at its quota etcd takes no more writes, in the whole cluster, until somebody compacts and disarms it",
            remedy="compact and defragment one member after the other, or raise --quota-backend-bytes",
            severity=Severity.BLOCKING if share > REFUSE_ABOVE and member.quota_bytes else Severity.WARNING,
        )


def _fragmentation(member: EtcdMember) -> Iterable[Finding]:
    if member.db_size_bytes < FRAGMENTED_FROM_BYTES:
        return
    in_use = member.db_size_in_use_bytes / member.db_size_bytes
    if in_use < FRAGMENTED_BELOW:
        yield Finding(
            code="D2-ETCD-010",
            subject=member.name,
            message=f"{in_use:.0%} of its {_mb(member.db_size_bytes)} database are in use",
            why="kubeadm copies all of it before it upgrades etcd, and a member reads all of it when it starts",
            remedy="defragment the members one after the other (etcdctl defrag), not while a run is open",
            severity=Severity.WARNING,
        )


def _lag(member: EtcdMember, newest: int) -> Iterable[Finding]:
    behind = newest - member.applied_index
    if behind > MOST_ENTRIES_BEHIND:
        yield Finding(
            code="D2-ETCD-011",
            subject=member.name,
            message=f"it is {behind} entries behind; at most {MOST_ENTRIES_BEHIND} are allowed",
            why="were another member taken now, this one would have to catch up before it counts",
            remedy=f"wait until it has caught up, or look at the disk and the network of {member.name}",
        )


def _mb(size: int) -> str:
    return f"{size / 1e6:.0f} MB"
