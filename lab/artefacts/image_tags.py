# SPDX-License-Identifier: GPL-3.0-or-later
"""Which etcd, CoreDNS and pause images a kubeadm wants, read from its own sources."""

from __future__ import annotations

import json
import re
from pathlib import Path

from lab.artefacts import cache, go
from lab.artefacts.command import LabError
from lab.artefacts.kubernetes import MODULE
from lab.artefacts.versions import parse

SOURCE = Path("cmd/kubeadm/app/constants/constants.go")
CONSTANTS = {"etcd": "DefaultEtcdVersion", "coredns": "CoreDNSVersion", "pause": "PauseVersion"}


def image_tags(kubernetes_version: str) -> dict[str, str]:
    """Return the image tags of ``etcd``, ``coredns`` and ``pause``, such as 3.6.8-0, v1.14.2 and 3.10.2."""
    kept = cache.produce(
        "image-tags",
        kubernetes_version,
        cache.digest(Path(__file__)),
        lambda into: (into / "tags.json").write_text(json.dumps(_read(kubernetes_version))),
    )
    tags: dict[str, str] = json.loads((kept / "tags.json").read_text())
    return tags


def release_of(tag: str) -> str:
    """Return the version that is in an image of this tag: 3.6.8 for ``3.6.8-0``, 1.14.2 for ``v1.14.2``."""
    return tag.removeprefix("v").partition("-")[0]


def _read(kubernetes_version: str) -> dict[str, str]:
    constants = (go.module(MODULE, kubernetes_version).directory / SOURCE).read_text()
    return parse_constants(constants, minor=parse(kubernetes_version).minor)


def parse_constants(source: str, *, minor: int) -> dict[str, str]:
    """Find the tags in kubeadm's ``constants.go``.

    :param minor: of the cluster; kubeadm has a table of etcd versions by it and otherwise takes its default
    :raises LabError: a constant is not there
    """
    tags = {}
    for image, constant in CONSTANTS.items():
        if not (match := re.search(rf'^\s*{constant}\s*=\s*"([^"]+)"', source, re.MULTILINE)):
            raise LabError(f"kubeadm's constants do not name {constant}")
        tags[image] = match[1]
    if table := re.search(r"SupportedEtcdVersion\s*=\s*map\[uint8\]string\{(.*?)\}", source, re.DOTALL):
        by_minor = dict(re.findall(r'(\d+):\s*"([^"]+)"', table[1]))
        tags["etcd"] = by_minor.get(str(minor), tags["etcd"])
    return tags
