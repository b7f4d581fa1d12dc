# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be built before a cluster can come up; from the cache when it is there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lab import artefacts
from lab.artefacts.images import KUBERNETES_HOST, metrics_server_image, web_image
from lab.cluster.spec import ClusterSpec


@dataclass(frozen=True)
class Supplies:
    """Where the parts of a cluster are.

    `packages` is the directory of package repositories, `node_image` a podman image, `workload_images` the values for
    the placeholders in the sample workloads.
    """

    packages: Path
    node_image: str
    workload_images: dict[str, str]


def prepare(spec: ClusterSpec) -> Supplies:
    """Build what is missing of the cluster's version and of the one it can be upgraded to."""
    for version in sorted({spec.version, spec.upgrade_to}):
        artefacts.images(version)
        packages = artefacts.packages(version)
    pause = artefacts.image_tags(spec.version)["pause"]
    return Supplies(
        packages=packages,
        node_image=artefacts.node_image(),
        workload_images={
            "web_image": web_image(),
            "pause_image": f"{KUBERNETES_HOST}/pause:{pause}",
            "metrics_server_image": metrics_server_image(),
        },
    )
