# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: what dpkg knows of the packages through which kubeadm's Kubernetes comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .command import NOT_FOUND, Runner
from .files import Files

KUBERNETES_PACKAGES = ("kubeadm", "kubectl", "kubelet")
_FORMAT = "${Package}\\t${db:Status-Want}\\t${db:Status-Status}\\t${Version}\\n"
_INTERRUPTED = "/var/lib/dpkg/updates"


@dataclass(frozen=True)
class Installed:
    """Package to installed version, and the packages that are held (``apt-mark hold``)."""

    versions: Mapping[str, str]
    held: tuple[str, ...]

    def describe(self, names: Iterable[str]) -> str:
        """One line a package, for a diff."""
        lines = [
            f"{name} {self.versions.get(name, 'not installed')}{' (held)' if name in self.held else ''}\n"
            for name in sorted(names)
        ]
        return "".join(lines)


def installed(runner: Runner, names: Sequence[str] = KUBERNETES_PACKAGES) -> Installed:
    """What of ``names`` is installed and held; nothing on a machine without dpkg."""
    # dpkg-query's status is 1 as soon as it does not know one of the names; its lines for the others are still right.
    completed = runner.run(["dpkg-query", "--show", f"--showformat={_FORMAT}", *names], check=False)
    if completed.rc == NOT_FOUND:
        return Installed({}, ())
    return parse_query(completed.stdout)


def parse_query(output: str) -> Installed:
    """Read lines of _FORMAT."""
    versions: dict[str, str] = {}
    held = []
    for line in output.splitlines():
        name, want, status, version = line.split("\t")
        if status == "installed":
            versions[name] = version
        if want == "hold":
            held.append(name)
    return Installed(versions, tuple(sorted(held)))


def interrupted(files: Files) -> bool:
    """Whether a dpkg was cut short, so that apt asks for ``dpkg --configure -a`` before anything else."""
    return bool(files.names(_INTERRUPTED))


def upstream(version: str) -> str:
    """The version of the software in a package's version: ``1.36.3`` of ``1.36.3-1.1`` or ``0:1.36.3-1.1``."""
    without_epoch = version.rpartition(":")[2]
    return without_epoch.rpartition("-")[0] or without_epoch


def satisfies(version: str, wanted: str) -> bool:
    """Whether a package's version is ``wanted``, which is a package's (``1.36.3-1.1``) or upstream's (``1.36.3``)."""
    return version == wanted or upstream(version) == wanted
