# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be built before a cluster can come up; from the cache when it is there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lab import artefacts
from lab.artefacts import versions
from lab.artefacts.images import KUBERNETES_HOST
from lab.cluster.spec import ClusterSpec


@dataclass(frozen=True)
class Supplies:
    """Where the parts of a cluster are.

    `packages` is the directory of package repositories, `node_image` a podman image, `sandbox_image` what holds a
    pod's namespaces, `workload_images` the values for the placeholders in the sample workloads.
    """

    packages: Path
    node_image: str
    sandbox_image: str
    workload_images: dict[str, str]


def prepare(spec: ClusterSpec) -> Supplies:
    """Build what is missing of the cluster's version and of the one it can be upgraded to."""
    artefacts.build(sorted({spec.version, spec.upgrade_to}, key=versions.parse))
    pause = f"{KUBERNETES_HOST}/pause:{artefacts.image_tags(spec.version)['pause']}"
    return Supplies(
        packages=artefacts.packages(spec.version),
        node_image=artefacts.node_image(),
        sandbox_image=pause,
        workload_images={
            "web_image": artefacts.web_image(),
            "pause_image": pause,
            "metrics_server_image": artefacts.metrics_server_image(),
        },
    )
