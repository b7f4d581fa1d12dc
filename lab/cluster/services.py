# SPDX-License-Identifier: GPL-3.0-or-later
"""The package and image mirrors that all clusters share: they start with the first cluster and end with the last.

Both listen on loopback only; nodes reach them through their cluster's load balancer.
"""

from __future__ import annotations

import json
import socket
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from lab import registry
from lab.host import paths
from lab.host.process import Daemon

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Ports:
    """Where the mirrors listen; kept for as long as any cluster lives, because load balancers name them."""

    registry: int
    packages: int


def _directory() -> Path:
    return paths.state_root() / "services"


def _ports() -> Ports:
    file = _directory() / "ports.json"
    try:
        return Ports(**json.loads(file.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        ports = Ports(registry=_free_port(), packages=_free_port())
        paths.write_private(file, json.dumps(asdict(ports)))
        return ports


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def daemons() -> tuple[Daemon, Daemon]:
    """The registry's and the package server's process."""
    return Daemon("registry", _directory()), Daemon("packages", _directory())


def start(packages_root: Path) -> Ports:
    """Start what is not running yet. Call with the lab's lock held."""
    ports = _ports()
    images, packages = daemons()
    if not images.running():
        images.start(registry.command(LOOPBACK, ports.registry), ready=lambda: _accepts(ports.registry))
    if not packages.running():
        server = [sys.executable, "-m", "http.server", "--bind", LOOPBACK, "--directory", str(packages_root)]
        packages.start([*server, str(ports.packages)], ready=lambda: _accepts(ports.packages))
    return ports


def stop() -> None:
    """End both and forget their ports. Call with the lab's lock held, when no cluster is left."""
    for daemon in daemons():
        daemon.stop()
    (_directory() / "ports.json").unlink(missing_ok=True)
