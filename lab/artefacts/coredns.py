# SPDX-License-Identifier: GPL-3.0-or-later
"""CoreDNS with the plugins that kubeadm's Corefile uses and no others, which builds much faster than all of it."""

from __future__ import annotations

from pathlib import Path

from lab import progress
from lab.artefacts import cache, go

MODULE = "github.com/coredns/coredns"
BINARY = "coredns"


def coredns(version: str) -> Path:
    """Return the directory with ``coredns``.

    :param version: X.Y.Z
    """
    recipe = go.recipe(Path(__file__), go.SOURCES / BINARY)
    return cache.produce(BINARY, version, recipe, lambda into: _build(version, into))


def _build(version: str, into: Path) -> None:
    with progress.step(f"compile CoreDNS {version}", expected_seconds=90):
        upstream = go.module(MODULE, version)
        go.build(
            BINARY,
            into,
            go_mod=go.render_go_mod(BINARY, go=upstream.go, godebug=upstream.godebug, requires={MODULE: version}),
            log=cache.log_file(f"coredns-{version}"),
        )
