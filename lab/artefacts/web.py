# SPDX-License-Identifier: GPL-3.0-or-later
"""web: the lab's sample web service, which behaves at its end as a service has to for nobody to notice."""

from __future__ import annotations

from pathlib import Path

from lab import progress
from lab.artefacts import cache, go

BINARY = "web"
LANGUAGE = "1.24"


def web() -> Path:
    """Return the directory with ``web``."""
    return cache.produce(BINARY, "1", recipe(), _build)


def recipe() -> str:
    """Digest what the server is made of."""
    return go.recipe(Path(__file__), go.SOURCES / BINARY)


def _build(into: Path) -> None:
    with progress.step("compile the sample web server", expected_seconds=15):
        go.build(BINARY, into, go_mod=go.render_go_mod(BINARY, go=LANGUAGE, requires={}), log=cache.log_file(BINARY))
