# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab is built of: binaries, packages, images and the node image, each made on demand and then kept.

Every function here returns at once if what it names is in the cache, and makes it otherwise.
"""

from __future__ import annotations

from lab.artefacts.command import LabError
from lab.artefacts.coredns import coredns
from lab.artefacts.etcd import etcd
from lab.artefacts.everything import build
from lab.artefacts.host import host_packages
from lab.artefacts.image_tags import image_tags
from lab.artefacts.images import images, metrics_server_image, web_image
from lab.artefacts.kubernetes import kubernetes
from lab.artefacts.kwok import kwok
from lab.artefacts.metrics_server import metrics_server
from lab.artefacts.node_image import node_image
from lab.artefacts.packages import packages
from lab.artefacts.pause import pause
from lab.artefacts.web import web

__all__ = [
    "LabError",
    "build",
    "coredns",
    "etcd",
    "host_packages",
    "image_tags",
    "images",
    "kubernetes",
    "kwok",
    "metrics_server",
    "metrics_server_image",
    "node_image",
    "packages",
    "pause",
    "web",
    "web_image",
]
