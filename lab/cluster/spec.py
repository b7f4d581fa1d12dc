# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cluster is asked to be, and the nodes that follow from it. Pure: nothing here looks at the machine."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from lab.artefacts import versions
from lab.errors import LabError

# The pair of minors that the project is developed with; any others can be asked for.
DEFAULT_VERSION = "1.35.4"
DEFAULT_UPGRADE_TO = "1.36.3"
DEFAULT_ZONES = ("zone-a", "zone-b", "zone-c")

# Twelve characters leave room for the node suffix in a host name and in the names of containers and networks.
_NAME = re.compile(r"[a-z][a-z0-9-]{0,10}[a-z0-9]|[a-z]")
_ZONE = re.compile(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?")

MAX_WORKERS = 50

# The place of things in the cluster's /16: hosts .0.x, pods .(100 + n).x. Pods live *inside* the node network so that
# the machine's firewall, which rewrites what leaves that network, leaves pod traffic between nodes alone.
_FIRST_CONTROL_PLANE = 11
_FIRST_WORKER = 31
_FIRST_POD_BLOCK = 100


@dataclass(frozen=True)
class Node:
    """One machine of a cluster."""

    name: str
    control_plane: bool
    zone: str
    address: str
    pod_subnet: str
    machine_id: str


@dataclass(frozen=True)
class ClusterSpec:
    """What `lab up` was asked for. `upgrade_to` equals `version` when no upgrade was prepared."""

    name: str
    version: str
    upgrade_to: str
    control_planes: int
    workers: int
    zones: tuple[str, ...]
    workloads: bool


def make_spec(
    name: str,
    *,
    version: str,
    upgrade_to: str | None = None,
    control_planes: int = 3,
    workers: int = 3,
    zones: str | None = None,
    workloads: bool = True,
) -> ClusterSpec:
    """Check what a person typed; raise `LabError` naming the option and what it takes."""
    check_name(name)
    wanted = _version("--version", version)
    target = _version("--upgrade-to", upgrade_to) if upgrade_to else wanted
    if target < wanted:
        raise LabError(f"--upgrade-to {target} is older than --version {wanted}", remedy="name the same or a newer one")
    if control_planes not in (1, 3):
        raise LabError(
            f"--control-planes {control_planes} is not supported", remedy="use 1, or 3 for a highly available cluster"
        )
    if not 0 <= workers <= MAX_WORKERS:
        raise LabError(f"--workers {workers} is out of range", remedy=f"use 0 to {MAX_WORKERS}")
    chosen = tuple(zones.split(",")) if zones is not None else DEFAULT_ZONES
    for zone in chosen:
        if not _ZONE.fullmatch(zone):
            raise LabError(
                f"--zones: {zone!r} is not a zone name", remedy="use lower-case letters, digits and dashes, e.g. a,b,c"
            )
    return ClusterSpec(
        name=name,
        version=".".join(map(str, wanted)),
        upgrade_to=".".join(map(str, target)),
        control_planes=control_planes,
        workers=workers,
        zones=chosen,
        workloads=workloads,
    )


def check_name(name: str) -> str:
    """Return a cluster name that may stand in host, container and network names; raise `LabError` otherwise."""
    if not _NAME.fullmatch(name):
        raise LabError(
            f"{name!r} is not a cluster name",
            remedy="use 1 to 12 lower-case letters, digits and dashes, starting with a letter, e.g. main",
        )
    return name


def _version(option: str, text: str) -> versions.Version:
    try:
        return versions.parse(text.removeprefix("v"))
    except ValueError as error:
        raise LabError(f"{option}: {error}", remedy="give an exact version, e.g. 1.35.4") from error


def gateway(subnet: str) -> str:
    """The machine's own address in the cluster's network: load balancer, package and image mirror listen there."""
    return str(ipaddress.ip_network(subnet)[1])


def make_nodes(spec: ClusterSpec, subnet: str, machine_ids: list[str]) -> list[Node]:
    """Name, place and address the nodes; zones go round, for control planes and for workers each from the first on."""
    network = ipaddress.ip_network(subnet)
    pod_blocks = list(network.subnets(new_prefix=24))[_FIRST_POD_BLOCK:]
    roles = [
        *((f"{spec.name}-cp{n + 1}", True, n, _FIRST_CONTROL_PLANE + n) for n in range(spec.control_planes)),
        *((f"{spec.name}-w{n + 1}", False, n, _FIRST_WORKER + n) for n in range(spec.workers)),
    ]
    return [
        Node(
            name=name,
            control_plane=control_plane,
            zone=spec.zones[number % len(spec.zones)],
            address=str(network[host]),
            pod_subnet=str(pod_blocks[index]),
            machine_id=machine_id,
        )
        for index, ((name, control_plane, number, host), machine_id) in enumerate(zip(roles, machine_ids, strict=True))
    ]
