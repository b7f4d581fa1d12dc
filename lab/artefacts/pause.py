# SPDX-License-Identifier: GPL-3.0-or-later
"""pause: the process that holds a pod's namespaces open."""

from __future__ import annotations

from pathlib import Path

from lab import progress
from lab.artefacts import cache, go

BINARY = "pause"
LANGUAGE = "1.24"


def pause(version: str) -> Path:
    """Return the directory with ``pause``.

    :param version: what it says it is, such as 3.10.1
    """
    recipe = go.recipe(Path(__file__), go.SOURCES / BINARY)
    return cache.produce(BINARY, version, recipe, lambda into: _build(version, into))


def _build(version: str, into: Path) -> None:
    with progress.step(f"compile pause {version}", expected_seconds=5):
        go.build(
            BINARY,
            into,
            go_mod=go.render_go_mod(BINARY, go=LANGUAGE, requires={}),
            log=cache.log_file(f"pause-{version}"),
            version_flags={"main.version": version},
        )
