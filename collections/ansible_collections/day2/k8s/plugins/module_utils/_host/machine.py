# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: what the machine itself is, whatever runs on it."""

from __future__ import annotations

import json
import os
import shlex
from typing import Any

from .command import CommandError, Runner
from .files import Files

# Where an upgrade writes: packages, images, etcd's data, kubeadm's backups.
_DISKS = ("/", "/var/cache/apt/archives", "/var/lib/containerd", "/var/lib/etcd", "/var/lib/kubelet", "/etc/kubernetes")


def machine_id(files: Files) -> str:
    """The id that the kubelet reports as ``nodeInfo.machineID``; empty when the machine has none."""
    return (files.read("/etc/machine-id") or "").strip()


def operating_system(files: Files) -> dict[str, str]:
    """Of os-release: ``id``, ``version_id``, ``pretty_name``; and the running ``kernel`` and ``architecture``."""
    release = dict(
        line.split("=", 1)
        for line in (files.read("/etc/os-release") or "").splitlines()
        if "=" in line and line[0] != "#"
    )
    names = {key: "".join(shlex.split(release.get(key.upper(), ""))[:1]) for key in ("id", "version_id")}
    pretty = " ".join(shlex.split(release.get("PRETTY_NAME", "")))
    uname = os.uname()
    return {**names, "pretty_name": pretty, "kernel": uname.release, "architecture": uname.machine}


def addresses(runner: Runner) -> list[str]:
    """The machine's own addresses, without those of loopback and of the link only; empty when ``ip`` cannot tell."""
    try:
        return parse_addresses(runner.run(["ip", "-json", "address"]).stdout)
    except CommandError:
        return []


def parse_addresses(output: str) -> list[str]:
    """The addresses in the output of ``ip -json address`` that reach further than the link."""
    links: list[dict[str, Any]] = json.loads(output)
    return [
        address["local"]
        for link in links
        for address in link.get("addr_info", ())
        if address.get("scope") == "global" and "local" in address
    ]


def disk_free(files: Files) -> dict[str, int]:
    """Directory to free bytes, of those directories an upgrade writes to that exist."""
    free = {directory: files.free_bytes(directory) for directory in _DISKS}
    return {directory: size for directory, size in free.items() if size is not None}
