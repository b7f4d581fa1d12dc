# SPDX-License-Identifier: GPL-3.0-or-later
"""kubeadm, kubelet and kubectl as Debian packages, in one flat repository per minor.

Names, versions (X.Y.Z-1.1), file layout and maintainer scripts follow the community packages, so that what the
product does with packages here is what it does on users' machines. Differences: the packages are not compressed, the
repositories are not signed, and the CNI plugins that kubelet depends on are Debian's.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from lab import progress
from lab.artefacts import apt_repository, cache, command
from lab.artefacts.kubernetes import kubernetes
from lab.artefacts.kubernetes import recipe as kubernetes_recipe
from lab.artefacts.versions import minor

FILES = Path(__file__).parent / "files"
REVISION = "1.1"
KIND = "deb"
# The newest time that a file in a package may have: the same binaries make the same packages whenever they are made.
EPOCH = "1700000000"


@dataclass(frozen=True)
class Package:
    """One package: the program of its name, and what ``files/<name>`` has."""

    name: str
    summary: str
    depends: tuple[str, ...] = ()
    # Directories that the package owns though nothing is in them: by a file, for dpkg drops empty ones.
    directories: tuple[str, ...] = ()


PACKAGES = (
    Package("kubeadm", "Command-line utility for administering a Kubernetes cluster"),
    Package(
        "kubelet",
        "Node agent for Kubernetes clusters",
        depends=("containernetworking-plugins", "mount", "util-linux"),
        directories=("var/lib/kubelet", "etc/kubernetes/manifests"),
    ),
    Package("kubectl", "Command-line utility for interacting with a Kubernetes cluster"),
)


def packages(version: str) -> Path:
    """Return the directory with a repository per minor, ``v1.36`` and so on, each with every patch version built.

    Its apt source is ``deb [trusted=yes] <where it is served>/v1.36/ /``.

    :param version: X.Y.Z that is to be in there
    """
    _debs(version)
    return apt_repository.publish(minor(version), cache.root() / KIND, preferred=_recipe())


def package_version(version: str) -> str:
    """Return the packages' version for a Kubernetes version: 1.36.3-1.1 for 1.36.3."""
    return f"{version}-{REVISION}"


def file_name(package: Package, version: str) -> str:
    """Return the name of a package's file."""
    return f"{package.name}_{package_version(version)}_{apt_repository.ARCHITECTURE}.deb"


def render_control(package: Package, version: str, *, installed_size: int) -> str:
    """Render the control file of a package.

    :param installed_size: of its files, in bytes
    """
    fields = {
        "Package": package.name,
        "Version": package_version(version),
        "Architecture": apt_repository.ARCHITECTURE,
        "Maintainer": "day2 lab <lab@day2.invalid>",
        "Section": "admin",
        "Priority": "optional",
        "Installed-Size": str(-(-installed_size // 1024)),
        "Depends": ", ".join(package.depends),
        "Description": package.summary,
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items() if value)


def _recipe() -> str:
    return cache.digest(
        Path(__file__), Path(apt_repository.__file__), FILES / "kubeadm", FILES / "kubelet", kubernetes_recipe()
    )


def _debs(version: str) -> Path:
    """Return the directory with the packages of one version and their stanzas."""
    return cache.produce(KIND, version, _recipe(), lambda into: _build_all(version, into))


def _build_all(version: str, into: Path) -> None:
    binaries = kubernetes(version)
    with progress.step(f"make packages {package_version(version)}", expected_seconds=10):
        stanzas = [_build(package, version, binaries, into) for package in PACKAGES]
        (into / apt_repository.INDEX).write_text("".join(stanzas))


def _build(package: Package, version: str, binaries: Path, into: Path) -> str:
    """Build one package and return its stanza."""
    tree = into / f".build-{package.name}"
    (tree / "usr/bin").mkdir(parents=True)
    shutil.copyfile(binaries / package.name, tree / "usr/bin" / package.name)
    (tree / "usr/bin" / package.name).chmod(0o755)
    for directory in package.directories:
        (tree / directory).mkdir(parents=True)
        (tree / directory / f".{package.name}-keep").touch()
    if (FILES / package.name).is_dir():
        shutil.copytree(FILES / package.name, tree, dirs_exist_ok=True)
    (tree / "DEBIAN").mkdir(exist_ok=True)
    size = sum(path.stat().st_size for path in tree.rglob("*") if path.is_file())
    control = render_control(package, version, installed_size=size)
    (tree / "DEBIAN/control").write_text(control)
    _set_modes(tree)
    deb = into / file_name(package, version)
    command.run(
        ["dpkg-deb", "-Znone", "--root-owner-group", "--build", tree, deb],
        log=cache.log_file(f"packages-{version}"),
        environment={"SOURCE_DATE_EPOCH": EPOCH},
    )
    shutil.rmtree(tree)
    with deb.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    return apt_repository.render_stanza(control, filename=deb.name, size=deb.stat().st_size, sha256=sha256)


def _set_modes(tree: Path) -> None:
    """Give files and directories their usual modes, whatever the umask of the checkout or of this process."""
    for path in tree.rglob("*"):
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
