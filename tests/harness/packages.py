# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages and their repository, as small as can be, laid out as users get them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

PACKAGES = ("kubeadm", "kubectl", "kubelet")
REVISION = "1.1"


def build_repository(directory: Path, versions: Iterable[str]) -> Path:
    """Build empty packages of the given Kubernetes versions and their index; returns the flat repository."""
    repository = directory / "repository"
    repository.mkdir(parents=True)
    for version in versions:
        for name in PACKAGES:
            control = directory / f"{name}-{version}" / "DEBIAN" / "control"
            control.parent.mkdir(parents=True)
            control.write_text(_control(name, version))
            subprocess.run(
                ["dpkg-deb", "--build", "-Znone", "--root-owner-group", str(control.parents[1]), str(repository)],
                check=True,
                stdout=subprocess.DEVNULL,
            )
    index = subprocess.run(["apt-ftparchive", "packages", "."], cwd=repository, check=True, capture_output=True)
    (repository / "Packages").write_bytes(index.stdout)
    return repository


def dpkg_status(version: str) -> str:
    """dpkg's database of a machine that has only these packages, at ``version`` and held."""
    return "\n".join(f"{_control(name, version)}Status: hold ok installed\n" for name in PACKAGES)


def _control(name: str, version: str) -> str:
    return (
        f"Package: {name}\nVersion: {version}-{REVISION}\nArchitecture: amd64\nMaintainer: nobody <nobody@invalid>\n"
        f"Section: admin\nPriority: optional\nDescription: {name}, empty\n"
    )
