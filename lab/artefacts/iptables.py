# SPDX-License-Identifier: GPL-3.0-or-later
"""iptables and nftables as an image layer: what kube-proxy runs, and no more, taken from the nodes' own Debian.

So kube-proxy and the kubelet on a node speak to the kernel in the same way.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from lab import progress
from lab.artefacts import cache, command, oci
from lab.artefacts.node_root import node_root

PROGRAMS = (
    "/usr/sbin/conntrack",
    "/usr/sbin/ip6tables",
    "/usr/sbin/ip6tables-restore",
    "/usr/sbin/ip6tables-save",
    "/usr/sbin/iptables",
    "/usr/sbin/iptables-restore",
    "/usr/sbin/iptables-save",
    "/usr/sbin/nft",
)
# Loaded by name while a program runs, so that no program names them.
EXTENSIONS = "usr/lib/x86_64-linux-gnu/xtables/*.so"
LAYER = "iptables.tar"


def iptables() -> Path:
    """Return the directory with the layer, ``iptables.tar``.

    :raises LabError: this process is not root
    """
    origin = node_root()
    recipe = cache.digest(Path(__file__), Path(oci.__file__), origin.name)
    return cache.produce("iptables", "layer", recipe, lambda into: _build(origin, into))


def _build(origin: Path, into: Path) -> None:
    root = into / "root"
    root.mkdir()
    with progress.step("take iptables out of a node's root file system", expected_seconds=5):
        command.run(
            ["tar", "--extract", "--file", origin / "root.tar", "--directory", root], log=cache.log_file("iptables")
        )
        wanted = [*PROGRAMS, *(f"/{path.relative_to(root)}" for path in sorted(root.glob(EXTENSIONS)))]
        libraries = parse_ldd(command.output(["chroot", root, "ldd", *wanted]))
        content: dict[str, Path | str] = {}
        for path in [*wanted, *libraries]:
            content |= with_links(root, path)
        oci.write_layer(into / LAYER, content)
        shutil.rmtree(root)


def parse_ldd(listing: str) -> set[str]:
    """Return the paths of the libraries in what ``ldd`` prints for several programs."""
    return {word for word in listing.split() if word.startswith("/") and not word.endswith(":")}


def with_links(root: Path, path: str) -> dict[str, Path | str]:
    """Return a file of a root file system and every symbolic link on the way to it, as a layer's content."""
    here = Path("/")
    for part in Path(path).parts[1:]:
        here /= part
        inside = root / here.relative_to("/")
        if inside.is_symlink():
            target = str(inside.readlink())
            rest = Path(path).relative_to(here)
            return {str(here): target} | with_links(root, os.path.normpath(here.parent / target / rest))
    return {path: root / path.lstrip("/")}
