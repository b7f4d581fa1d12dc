# SPDX-License-Identifier: GPL-3.0-or-later
"""Build all that clusters of some versions need, in an order that keeps the machine busy."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from lab.artefacts.coredns import coredns
from lab.artefacts.etcd import etcd
from lab.artefacts.host import host_packages
from lab.artefacts.image_tags import image_tags, release_of
from lab.artefacts.images import images
from lab.artefacts.kubernetes import kubernetes
from lab.artefacts.metrics_server import metrics_server
from lab.artefacts.node_image import node_image
from lab.artefacts.packages import packages
from lab.artefacts.pause import pause
from lab.artefacts.web import web


def build(versions: Sequence[str]) -> None:
    """Build what clusters of these Kubernetes versions need, in containers.

    :raises LabError: one of them cannot be made; what is finished by then stays in the cache
    """
    # Go compiles on all cores but also waits for downloads and links on one; the node image mostly waits for the
    # network and the disk. Side by side they take little longer than the longer one.
    with ThreadPoolExecutor(max_workers=2) as lanes:
        lane = [lanes.submit(_nodes), lanes.submit(_binaries, versions)]
        for each in lane:
            each.result()
    for version in versions:
        packages(version)
        images(version)


def _nodes() -> None:
    host_packages()
    node_image()


def _binaries(versions: Sequence[str]) -> None:
    for version in versions:
        tags = image_tags(version)
        kubernetes(version)
        etcd(release_of(tags["etcd"]))
        coredns(release_of(tags["coredns"]))
        pause(release_of(tags["pause"]))
    metrics_server()
    web()
