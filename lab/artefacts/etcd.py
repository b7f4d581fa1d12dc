# SPDX-License-Identifier: GPL-3.0-or-later
"""etcd with its tools: etcdctl talks to a member; since 3.6 snapshots are checked and restored by etcdutl only."""

from __future__ import annotations

from pathlib import Path

from lab import progress
from lab.artefacts import cache, go

SERVER = "go.etcd.io/etcd/server/v3"
PROGRAMS = {"etcd": SERVER, "etcdctl": "go.etcd.io/etcd/etcdctl/v3", "etcdutl": "go.etcd.io/etcd/etcdutl/v3"}


def etcd(version: str) -> Path:
    """Return the directory with ``etcd``, ``etcdctl`` and ``etcdutl``.

    :param version: X.Y.Z
    """
    return cache.produce("etcd", version, go.recipe(Path(__file__)), lambda into: _build(version, into))


def _build(version: str, into: Path) -> None:
    with progress.step(f"compile etcd {version}", expected_seconds=30):
        go_mod = go.render_go_mod(
            "etcd", go=go.module(SERVER, version).go, requires=dict.fromkeys(PROGRAMS.values(), version)
        )
        go.build("etcd", into, go_mod=go_mod, log=cache.log_file(f"etcd-{version}"), programs=PROGRAMS)
