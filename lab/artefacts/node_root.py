# SPDX-License-Identifier: GPL-3.0-or-later
"""The root file system of a node: Debian with systemd, sshd and a container runtime, as a tar file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab import progress
from lab.artefacts import cache, command
from lab.artefacts.command import LabError
from lab.artefacts.host import host_packages

SUITE = "trixie"
PACKAGES = (
    "ca-certificates",
    "conntrack",
    "containernetworking-plugins",
    "curl",
    "dbus",
    "ethtool",
    "iproute2",
    "iptables",
    "iputils-ping",
    "kmod",
    "nftables",
    "openssh-server",
    "procps",
    "python3",
    "python3-apt",
    "socat",
    "systemd",
    "systemd-sysv",
)
# From kubelet 1.36 on it wants containerd 2, which the suite does not have yet.
RUNTIME_SUITE = "sid"
RUNTIME = ("containerd", "runc")
# Not needed for work on a node, and a quarter of the image.
SUPERFLUOUS = ("usr/share/doc", "usr/share/man", "usr/share/locale", "var/lib/apt/lists", "var/cache/apt")
# A suite that is not released for long enough is past the date its index is valid until, and the date of this
# machine is not to matter either.
ANY_DATE = ("-o", "Acquire::Check-Valid-Until=false", "-o", "Acquire::Check-Date=false")
MIRROR_VARIABLE = "DAY2_LAB_DEBIAN_MIRROR"


def node_root() -> Path:
    """Return the directory with ``root.tar``.

    :raises LabError: this process is not root, or the packages cannot be fetched
    """
    return cache.produce("node-root", SUITE, cache.digest(Path(__file__)), _build)


def _build(into: Path) -> None:
    if os.geteuid() != 0:
        raise LabError("the root file system of a node can only be made by root")
    host_packages()
    log = cache.log_file("node-root")
    root = into / "root"
    with progress.step("make the root file system of a node", expected_seconds=130):
        mirror = debian_mirror()
        command.run(
            ["debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", SUITE, root, mirror], log=log
        )
        _install_runtime(root, mirror, log)
        for directory in SUPERFLUOUS:
            shutil.rmtree(root / directory)
            (root / directory).mkdir()
        command.run(
            ["tar", "--create", "--file", into / "root.tar", "--directory", root, "--numeric-owner", "."], log=log
        )
        shutil.rmtree(root)


def debian_mirror() -> str:
    """Return the mirror that this machine uses for Debian itself.

    :raises LabError: it has none, as on another distribution, and ``DAY2_LAB_DEBIAN_MIRROR`` does not name one
    """
    if named := os.environ.get(MIRROR_VARIABLE):
        return named
    found = command.output(
        ["apt-get", "indextargets", "--format=$(REPO_URI)", "Created-By: Packages", "Origin: Debian", "Label: Debian"]
    )
    if not (mirrors := found.split()):
        raise LabError(f"no Debian mirror among this machine's apt sources; name one in {MIRROR_VARIABLE}")
    return mirrors[0]


def _install_runtime(root: Path, mirror: str, log: Path) -> None:
    """Install the container runtime, and nothing else, from the newer suite."""
    sources = root / "etc/apt/sources.list.d/runtime.list"
    preferences = root / "etc/apt/preferences.d/runtime"
    sources.write_text(f"deb {mirror} {RUNTIME_SUITE} main\n")
    preferences.write_text(
        f"Package: *\nPin: release n={RUNTIME_SUITE}\nPin-Priority: 100\n\n"
        f"Package: {' '.join(RUNTIME)}\nPin: release n={RUNTIME_SUITE}\nPin-Priority: 990\n"
    )
    with _ready_to_chroot(root, log):
        for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *RUNTIME], ["clean"]):
            command.run(
                ["chroot", root, "apt-get", *ANY_DATE, *arguments],
                log=log,
                environment={"DEBIAN_FRONTEND": "noninteractive"},
            )
    preferences.unlink()
    sources.unlink()
    # A node has what it needs; its only package sources are the lab's own, and "apt-get update" takes no time.
    (root / "etc/apt/sources.list").unlink()


@contextmanager
def _ready_to_chroot(root: Path, log: Path) -> Iterator[None]:
    """Give the tree what package scripts need, and see to it that they start nothing."""
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    command.run(["mount", "-t", "proc", "proc", root / "proc"], log=log)
    try:
        yield
    finally:
        command.run(["umount", root / "proc"], log=log)
        policy.unlink()
