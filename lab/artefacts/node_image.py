# SPDX-License-Identifier: GPL-3.0-or-later
"""The image that nodes run: the root file system, and in ``node/`` what is laid over it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from lab import progress
from lab.artefacts import cache, command
from lab.artefacts.host import host_packages
from lab.artefacts.node_root import node_root

SOURCES = Path(__file__).parent / "node"
NAME = "localhost/day2-lab-node"
ROOT_NAME = "localhost/day2-lab-node-root"


def node_image() -> str:
    """Return the podman image reference of a node; the image is in podman's own storage.

    :raises LabError: it is not there and this process is not root, or it cannot be made
    """
    root = node_root()
    reference = f"{NAME}:{cache.digest(Path(__file__), SOURCES, root.name)}"
    host_packages()
    if not _exists(reference):
        with cache.lock("node-image"):
            if not _exists(reference):
                _build(root, reference)
    return reference


def _exists(reference: str) -> bool:
    return subprocess.run(["podman", "image", "exists", reference], check=False).returncode == 0


def _build(root: Path, reference: str) -> None:
    log = cache.log_file("node-image")
    root_reference = f"{ROOT_NAME}:{root.name}"
    with progress.step("make the node image", expected_seconds=30):
        if not _exists(root_reference):
            command.run(["podman", "import", root / "root.tar", root_reference], log=log)
        # The isolation and the limit are for hosts that are containers or small VMs themselves.
        command.run(
            [
                "podman",
                "build",
                "--isolation=chroot",
                "--ulimit=nofile=20000:20000",
                "--squash",
                f"--build-arg=ROOT={root_reference}",
                f"--tag={reference}",
                SOURCES,
            ],
            log=log,
        )
