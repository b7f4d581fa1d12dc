# SPDX-License-Identifier: GPL-3.0-or-later
"""metrics-server: serves the metrics that a HorizontalPodAutoscaler reads; as an aggregated API it is also one more
thing that an upgrade of the control plane can break."""

from __future__ import annotations

from pathlib import Path

from lab import progress
from lab.artefacts import cache, go

MODULE = "sigs.k8s.io/metrics-server"
VERSION = "0.9.0"
BINARY = "metrics-server"


def metrics_server() -> Path:
    """Return the directory with ``metrics-server``."""
    return cache.produce(BINARY, VERSION, go.recipe(Path(__file__)), _build)


def _build(into: Path) -> None:
    with progress.step(f"compile metrics-server {VERSION}", expected_seconds=110):
        upstream = go.module(MODULE, VERSION)
        go.build(
            BINARY,
            into,
            go_mod=go.render_go_mod(
                BINARY, go=upstream.go, godebug=upstream.godebug, requires={MODULE: upstream.version}
            ),
            log=cache.log_file(BINARY),
            programs={BINARY: f"{MODULE}/cmd/{BINARY}"},
            version_flags={"k8s.io/client-go/pkg/version.gitVersion": f"v{VERSION}"},
        )
