# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from lab import naive
from lab.cluster.record import ClusterRecord, Phase
from lab.cluster.spec import make_nodes, make_spec
from lab.errors import LabError

SUBNET = "10.201.0.0/16"


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ClusterRecord:
    monkeypatch.setenv("DAY2_LAB_STATE", str(tmp_path))
    spec = make_spec("demo", version="1.35.4", upgrade_to="1.36.3")
    nodes = make_nodes(spec, SUBNET, [str(number) for number in range(6)])
    return ClusterRecord(spec=spec, phase=Phase.READY, subnet=SUBNET, nodes=nodes, created="")


def test_nodes_go_one_after_the_other_and_only_the_first_applies(
    cluster: ClusterRecord, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone: list[tuple[str, bool]] = []

    def upgrade_node(_cluster: object, node: naive.Node, _version: str, _times: object, *, apply: bool) -> None:
        gone.append((node.name, apply))

    monkeypatch.setattr(naive, "_upgrade_node", upgrade_node)
    naive.upgrade(cluster, "1.36.3")
    assert gone == [
        ("demo-cp1", True),
        ("demo-cp2", False),
        ("demo-cp3", False),
        ("demo-w1", False),
        ("demo-w2", False),
        ("demo-w3", False),
    ]
    assert "whole upgrade" in capsys.readouterr().out


@pytest.mark.parametrize("version", ["1.35.4", "1.34.1", "1.36.4", "1.36"])
def test_a_version_that_was_not_prepared_is_refused(cluster: ClusterRecord, version: str) -> None:
    with pytest.raises(LabError):
        naive.upgrade(cluster, version)


def test_what_fails_while_the_api_restarts_is_repeated() -> None:
    outcomes = [LabError("EOF"), LabError("refused"), None]

    def attempt() -> None:
        if outcome := outcomes.pop(0):
            raise outcome

    naive._repeat(attempt, sleep=lambda _seconds: None, clock=lambda: 0)
    assert outcomes == []


def test_what_never_works_ends_in_its_last_error() -> None:
    def attempt() -> None:
        raise LabError("still EOF")

    readings = iter([0.0, 100.0, 400.0])
    with pytest.raises(LabError, match="still EOF"):
        naive._repeat(attempt, sleep=lambda _seconds: None, clock=lambda: next(readings))
