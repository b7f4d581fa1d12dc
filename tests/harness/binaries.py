# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the harness's programs are: built, and kept, by the lab."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from lab import artefacts
from lab.artefacts.image_tags import release_of
from lab.cluster.spec import DEFAULT_VERSION

# The version that the lab's clusters start from, so that a whole test run compiles no further one.
VERSION = os.environ.get("DAY2_HARNESS_VERSION", DEFAULT_VERSION)


@dataclass(frozen=True)
class Binaries:
    """Directories: ``kubernetes`` holds a program per component, ``etcd`` etcd and its tools, ``kwok`` KWOK."""

    kubernetes: Path
    etcd: Path
    kwok: Path


def binaries(version: str = VERSION) -> Binaries:
    """Return the programs of Kubernetes ``version`` (X.Y.Z); compiles what the lab's cache does not hold yet."""
    return Binaries(
        kubernetes=artefacts.kubernetes(version),
        etcd=artefacts.etcd(release_of(artefacts.image_tags(version)["etcd"])),
        kwok=artefacts.kwok(),
    )
