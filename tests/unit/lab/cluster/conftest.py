# SPDX-License-Identifier: GPL-3.0-or-later
"""Clusters on paper and a state directory of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lab.cluster.record import ClusterRecord, Phase
from lab.cluster.spec import make_nodes, make_spec

SUBNET = "10.201.0.0/16"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty state directory, so that no test meets the clusters of the person who runs it."""
    monkeypatch.setenv("DAY2_LAB_STATE", str(tmp_path))
    return tmp_path


@pytest.fixture
def make_record() -> Callable[..., ClusterRecord]:
    """Make a cluster's record; options as for `make_spec`."""

    def make(name: str = "demo", *, phase: Phase = Phase.READY, subnet: str = SUBNET, **options: Any) -> ClusterRecord:
        spec = make_spec(name, **{"version": "1.35.4", "upgrade_to": "1.36.3", **options})
        identifiers = [f"{number:032x}" for number in range(spec.control_planes + spec.workers)]
        nodes = make_nodes(spec, subnet, identifiers)
        return ClusterRecord(
            spec=spec, phase=phase, subnet=subnet, nodes=nodes, created="2026-01-01T00:00:00+00:00", uid="some-uid"
        )

    return make
