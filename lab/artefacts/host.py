# SPDX-License-Identifier: GPL-3.0-or-later
"""The Debian packages that the lab uses on the machine it runs on. This is the one list of them."""

from __future__ import annotations

import os
from pathlib import Path

from lab import progress
from lab.artefacts import cache, command
from lab.artefacts.command import LabError

PACKAGES = (
    "aardvark-dns",
    "apt-utils",
    "conntrack",
    "debootstrap",
    "docker-registry",
    "haproxy",
    "iproute2",
    "iptables",
    "netavark",
    "openssh-client",
    "podman",
    "runc",
    "socat",
)
# Debian starts these when they are installed. The lab runs its own instances and leaves the usual ports alone.
SERVICES = {"docker-registry": "docker-registry.service", "haproxy": "haproxy.service"}


def host_packages() -> None:
    """Install the packages that are missing; those that are there are left as they are.

    :raises LabError: something is missing and this process is not root, or it cannot be installed
    """
    if not (missing := missing_packages(_installed())):
        return
    if os.geteuid() != 0:
        raise LabError(f"these Debian packages are missing: run as root, or: apt-get install {' '.join(missing)}")
    with cache.lock("host-packages"), progress.step("install Debian packages", expected_seconds=60):
        _install(missing)


def missing_packages(installed: str) -> list[str]:
    """Return which packages are missing.

    :param installed: lines of dpkg-query, each a name and the abbreviated state; ``ii`` is installed
    """
    present = {name for name, state in (line.split() for line in installed.splitlines()) if state.startswith("ii")}
    return [package for package in PACKAGES if package not in present]


def _installed() -> str:
    return command.output(["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Abbrev}\\n"])


def _install(packages: list[str]) -> None:
    log = cache.log_file("host-packages")
    options = ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=2", "-o", "Acquire::http::Timeout=20"]
    try:
        command.run(["apt-get", *options, "update"], log=log)
    except LabError:
        # A source of somebody else's may be broken; whether Debian's own were read, the installation shows.
        progress.say(f"... apt-get update had errors ({log}); trying with the lists that it has")
    command.run(
        ["apt-get", *options, "install", "--yes", "--no-install-recommends", *packages],
        log=log,
        environment={"DEBIAN_FRONTEND": "noninteractive"},
    )
    if Path("/run/systemd/system").is_dir():
        for package in packages:
            if package in SERVICES:
                command.run(["systemctl", "disable", "--now", SERVICES[package]], log=log)
