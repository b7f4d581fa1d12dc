# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: whether a host is what the target wants, by its own testimony."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import dpkg, static_pods
from .errors import HostError
from .host import Host
from .observation import observe

# Members are asked one after the other while writes go on; a busy cluster makes some hundreds a second.
MOST_ENTRIES_BEHIND = 1000
_INTERVAL_SECONDS = 3.0
_VERSIONED = tuple(component for component in static_pods.COMPONENTS if component != static_pods.ETCD)


def differences(observed: Mapping[str, Any], version: str) -> list[str]:
    """What of an observation (with etcd) is not as it has to be at ``version``; empty when all is."""
    found = []
    if observed["kubelet_version"] != version:
        found.append(f"kubelet runs as {observed['kubelet_version'] or 'unknown'}")
    for name, package in sorted(observed["package_versions"].items()):
        if not dpkg.satisfies(package, version):
            found.append(f"package {name} is {package}")
    if observed["control_plane"]:
        tags = observed["static_pod_versions"]
        found += [f"{name} is {tags.get(name) or 'unknown'}" for name in _VERSIONED if tags.get(name) != version]
    if observed["local_etcd"]:
        found += _etcd_differences(observed.get("etcd"), observed.get("etcd_error", ""))
    return found


def verify(host: Host, version: str, *, timeout_seconds: float, strict: bool) -> dict[str, Any]:
    """The result of ``host_verify``; with ``strict`` what differs when time is up raises HostError."""
    deadline = host.clock() + timeout_seconds
    while True:
        found = differences(observe(host, with_etcd=True, version=None), version)
        if not found or host.clock() + _INTERVAL_SECONDS > deadline:
            break
        host.sleep(_INTERVAL_SECONDS)
    if found and strict:
        raise HostError(
            f"not at {version} after {timeout_seconds:.0f} s: {'; '.join(found)}",
            code="D2-VERSION-004",
            why="the node would be given back in a state that nobody planned",
            remedy="look at kubelet, kubeadm and etcd on the node, then run the same command again",
            result={"differences": found},
        )
    return {"changed": False, "differences": found}


def _behind(members: Sequence[Mapping[str, Any]]) -> list[str]:
    """Members that have not caught up: were another one taken now, what they lack might be with it alone."""
    newest = max((member.get("applied_index", 0) for member in members), default=0)
    return [
        f"etcd member {member['name'] or member['id']} is {behind} entries behind"
        for member in members
        if member.get("applied_index") and (behind := newest - member["applied_index"]) > MOST_ENTRIES_BEHIND
    ]


def _etcd_differences(etcd: Mapping[str, Any] | None, error: str) -> list[str]:
    if etcd is None:
        return [f"etcd does not answer: {error}"]
    found = [f"etcd member {m['name'] or m['id']}: {m['error']}" for m in etcd["members"] if not m["healthy"]]
    if not any(member["leader"] for member in etcd["members"]):
        found.append("etcd has no leader")
    found += _behind(etcd["members"])
    return found + [f"etcd raised the alarm {alarm}" for alarm in etcd["alarms"]]
