# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: the stacked etcd, as each of its members answers for itself.

Spoken to through etcd's JSON gateway with the certificate that kubeadm made for health checks. A member is healthy
when it answers a *linearizable* read at its own endpoint: that goes through consensus, so a member cut off from its
quorum fails it. Members are asked side by side and each has its own deadline, so a slow one does not fail the others.
"""

from __future__ import annotations

import base64
import ssl
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Callable

from . import static_pods
from .files import Files
from .https import HttpError, client_context, request

LOCAL_ENDPOINT = "https://127.0.0.1:2379"
_PKI = "/etc/kubernetes/pki/etcd"
PROBE_TIMEOUT_SECONDS = 5.0
PROBE_TRIES = 3
_TRY_INTERVAL_SECONDS = 0.5
NOBODY = "0"  # leads while there is an election
_PERMISSION_DENIED = 7  # of gRPC's status codes
_HEALTH_KEY = base64.b64encode(b"health").decode()

Post = Callable[[str, Mapping[str, Any]], "dict[str, Any]"]
Sleep = Callable[[float], None]
Clock = Callable[[], float]


@dataclass(frozen=True)
class Member:
    """One member. ``id`` is hexadecimal, as etcdctl prints it; a member without a name was never ``started``.

    ``version``, sizes and ``applied_index`` are what a healthy member says of itself; empty and 0 otherwise.
    ``quota_bytes`` is 0 where the member does not tell it (before etcd 3.6).
    """

    id: str
    name: str
    endpoint: str
    started: bool
    learner: bool
    healthy: bool = False
    leader: bool = False
    error: str = ""
    version: str = ""
    db_size_bytes: int = 0
    db_size_in_use_bytes: int = 0
    quota_bytes: int = 0
    applied_index: int = 0


@dataclass(frozen=True)
class Etcd:
    """All members by name, the alarms that are raised (``NOSPACE``, ``CORRUPT``), and the id of the local member."""

    members: tuple[Member, ...]
    alarms: tuple[str, ...]
    member_id: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "members": [asdict(member) for member in self.members],
            "alarms": list(self.alarms),
            "member_id": self.member_id,
        }


def is_local(files: Files) -> bool:
    """Whether this node runs a member of a stacked etcd."""
    return static_pods.present(files, static_pods.ETCD)


def credentials(files: Files) -> ssl.SSLContext:
    """This node's way to identify itself to any member; raises HttpError without usable certificates."""
    return client_context(
        ca=str(files.path(f"{_PKI}/ca.crt")),
        certificate=str(files.path(f"{_PKI}/healthcheck-client.crt")),
        key=str(files.path(f"{_PKI}/healthcheck-client.key")),
    )


def gateway(files: Files) -> Post:
    """How to post to an endpoint of this cluster's etcd; raises HttpError without usable certificates."""
    return _poster(credentials(files))


def observe(post: Post, *, clock: Clock, sleep: Sleep, endpoint: str = LOCAL_ENDPOINT) -> Etcd:
    """The etcd that the local member is part of; raises HttpError when that member does not answer at all."""
    status = post(f"{endpoint}/v3/maintenance/status", {})
    leader = int(status.get("leader", 0))
    listed = post(f"{endpoint}/v3/cluster/member/list", {})
    alarms = post(f"{endpoint}/v3/maintenance/alarm", {"action": "GET"})
    members = [_member(raw, leader) for raw in listed.get("members", ())]
    return Etcd(
        members=tuple(sorted(_probe_all(post, members, clock, sleep), key=lambda member: (member.name, member.id))),
        alarms=tuple(sorted({str(alarm["alarm"]) for alarm in alarms.get("alarms", ()) if alarm.get("alarm")})),
        member_id=f"{int(status['header']['member_id']):x}",
    )


def probe(post: Post, member: Member, sleep: Sleep) -> Member:
    """``member`` with what its own endpoint answers to a read; tried several times before it counts as unhealthy."""
    if not member.started or not member.endpoint:
        return replace(member, error="the member was never started")
    error = ""
    for number in range(PROBE_TRIES):
        if number:
            sleep(_TRY_INTERVAL_SECONDS)
        try:
            # A learner does not serve linearizable reads; that it answers at all is what can be known of it.
            post(f"{member.endpoint}/v3/kv/range", {"key": _HEALTH_KEY, "serializable": member.learner})
        except HttpError as failure:
            # A read that was refused for want of permission has passed consensus.
            if failure.body.get("code") == _PERMISSION_DENIED:
                return _with_status(post, replace(member, healthy=True))
            error = f"linearizable read failed, {number + 1} of {PROBE_TRIES} tries: {failure}"
        else:
            return _with_status(post, replace(member, healthy=True))
    return replace(member, error=error)


def leader_of(post: Post, *, endpoint: str = LOCAL_ENDPOINT) -> str:
    """The id of the leader as the member at ``endpoint`` sees it, NOBODY while there is none. Raises HttpError."""
    return f"{int(post(f'{endpoint}/v3/maintenance/status', {}).get('leader', 0)):x}"


def revision(post: Post, *, endpoint: str) -> int:
    """The revision of the keyspace, agreed on by the quorum; raises HttpError."""
    answer = post(f"{endpoint}/v3/kv/range", {"key": _HEALTH_KEY})
    return int((answer.get("header") or {}).get("revision", 0))


def transfer_leadership(post: Post, successor: Member, *, endpoint: str = LOCAL_ENDPOINT) -> None:
    """Ask the leader, which has to be the member at ``endpoint``, to hand over; raises HttpError."""
    post(f"{endpoint}/v3/maintenance/transfer-leadership", {"targetID": str(int(successor.id, 16))})


def _with_status(post: Post, member: Member) -> Member:
    """``member`` with what it says of itself. One that serves reads and does not tell that is healthy all the same."""
    try:
        status = post(f"{member.endpoint}/v3/maintenance/status", {})
    except HttpError:
        return member
    return replace(
        member,
        version=str(status.get("version", "")),
        db_size_bytes=int(status.get("dbSize", 0)),
        db_size_in_use_bytes=int(status.get("dbSizeInUse", 0)),
        quota_bytes=int(status.get("dbSizeQuota", 0)),
        applied_index=int(status.get("raftAppliedIndex", 0)),
    )


def _probe_all(post: Post, members: list[Member], clock: Clock, sleep: Sleep) -> list[Member]:
    """Every member probed at once; who has not answered in the time that all tries may take counts as unhealthy."""
    probed: dict[str, Member] = {}

    def run(member: Member) -> None:
        probed[member.id] = probe(post, member, sleep)

    # Daemon threads: a member that neither answers nor closes must not keep the module from ending.
    threads = [threading.Thread(target=run, args=(member,), daemon=True) for member in members]
    deadline = clock() + PROBE_TRIES * (PROBE_TIMEOUT_SECONDS + _TRY_INTERVAL_SECONDS) + 1
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - clock()))
    return [probed.get(member.id) or replace(member, error="no answer in time") for member in members]


def _member(raw: Mapping[str, Any], leader: int) -> Member:
    identity = int(raw["ID"])
    urls = raw.get("clientURLs") or [""]
    return Member(
        id=f"{identity:x}",
        name=raw.get("name", ""),
        endpoint=urls[0],
        started=bool(raw.get("name")) and bool(raw.get("clientURLs")),
        learner=bool(raw.get("isLearner")),
        leader=identity == leader,
    )


def _poster(context: ssl.SSLContext | None) -> Post:
    def post(url: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return request("POST", url, context=context, timeout_seconds=PROBE_TIMEOUT_SECONDS, body=body)

    return post
