# SPDX-License-Identifier: GPL-3.0-or-later
"""SSH to nodes: a key per cluster, and host keys that are known before the first connection."""

from __future__ import annotations

from pathlib import Path

from lab.host import command


def generate_key(path: Path, comment: str) -> None:
    """Make the cluster's key pair unless it is there."""
    if not path.exists():
        command.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path)])


def options(directory: Path) -> list[str]:
    """Options by which ssh knows the nodes of the cluster whose state directory this is, and is known by them."""
    return [
        *("-o", f"UserKnownHostsFile={directory / 'known_hosts'}"),
        *("-o", "StrictHostKeyChecking=yes"),
        *("-o", "IdentitiesOnly=yes"),
    ]


def argv(directory: Path, address: str, remote: list[str]) -> list[str]:
    """The whole ssh command to log in as root, or to run `remote` there."""
    return ["ssh", "-i", str(directory / "id_ed25519"), *options(directory), f"root@{address}", *remote]
