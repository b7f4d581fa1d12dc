# SPDX-License-Identifier: GPL-3.0-or-later
"""KWOK, which plays the kubelets of nodes that do not exist, for tests of the API's own behaviour."""

from __future__ import annotations

import shutil
from pathlib import Path

from lab import progress
from lab.artefacts import cache, go

MODULE = "sigs.k8s.io/kwok"
VERSION = "0.8.0"
# What nodes and pods do, as KWOK's own Stage objects: nodes become ready and renew their leases; pods are created,
# become ready, complete and go, each after a moment.
STAGES = ("node/fast", "node/heartbeat-with-lease", "pod/general")


def kwok() -> Path:
    """Return the directory with ``kwok`` and, in ``stages``, the manifests of its Stage objects."""
    return cache.produce("kwok", VERSION, go.recipe(Path(__file__)), _build)


def _build(into: Path) -> None:
    with progress.step(f"compile KWOK {VERSION}", expected_seconds=110):
        upstream = go.module(MODULE, VERSION)
        go.build(
            "kwok",
            into,
            go_mod=go.render_go_mod(
                "kwok", go=upstream.go, godebug=upstream.godebug, requires={MODULE: upstream.version}
            ),
            log=cache.log_file("kwok"),
            programs={"kwok": f"{MODULE}/cmd/kwok"},
        )
        stages = into / "stages"
        stages.mkdir()
        for group in STAGES:
            for manifest in (upstream.directory / "kustomize" / "stage" / group).glob("*.yaml"):
                if manifest.name != "kustomization.yaml":
                    # Not the mode: files in Go's module cache are read-only.
                    shutil.copyfile(manifest, stages / manifest.name)
