# SPDX-License-Identifier: GPL-3.0-or-later
"""Find a network that nothing on this machine uses."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable
from pathlib import Path

from lab.errors import LabError
from lab.host import command, podman

# Private, and away from what container tools (10.88, 10.89, 172.17) and Kubernetes (10.96, 10.244) take by default.
CANDIDATES = tuple(f"10.{second}.0.0/16" for second in range(200, 250))


def choose(taken: Iterable[str], candidates: Iterable[str] = CANDIDATES) -> str:
    """The first candidate that overlaps nothing in `taken` (networks or single addresses, IPv6 is ignored)."""
    used = [network for text in taken if (network := _ipv4(text)) is not None]
    for candidate in candidates:
        if not any(ipaddress.IPv4Network(candidate).overlaps(network) for network in used):
            return candidate
    raise LabError("no free network is left for another cluster", remedy="remove one: lab list, lab down NAME")


def _ipv4(text: str) -> ipaddress.IPv4Network | None:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    # A default route covers everything and says nothing about what is in use.
    return network if isinstance(network, ipaddress.IPv4Network) and network.prefixlen > 0 else None


def in_use() -> list[str]:
    """Networks and addresses that this machine knows: routes, own addresses, podman networks, name servers."""
    routes = json.loads(command.run(["ip", "-json", "-4", "route", "show", "table", "all"]) or "[]")
    nameservers = [
        line.split()[1]
        for line in Path("/etc/resolv.conf").read_text(encoding="utf-8", errors="replace").splitlines()
        if line.startswith("nameserver ")
    ]
    return [*(str(route.get("dst", "")) for route in routes), *podman.network_subnets(), *nameservers]
