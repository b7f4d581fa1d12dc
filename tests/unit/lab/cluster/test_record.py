# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lab.cluster import record
from lab.cluster.record import ClusterRecord, Condition, Phase
from lab.errors import LabError


def test_a_record_is_read_back_as_it_was_written(make_record: Callable[..., ClusterRecord]) -> None:
    written = make_record("demo", phase=Phase.CREATING, zones="a,b")
    written.save()
    assert record.load("demo") == written
    assert record.names() == ["demo"]


def test_a_phase_is_on_disk_before_anything_else_happens(make_record: Callable[..., ClusterRecord]) -> None:
    make_record("demo", phase=Phase.CREATING).entered(Phase.READY)
    loaded = record.load("demo")
    assert loaded is not None
    assert loaded.phase is Phase.READY


def test_records_hold_secrets_nearby_and_are_private(make_record: Callable[..., ClusterRecord]) -> None:
    cluster = make_record("demo")
    cluster.save()
    assert cluster.directory.stat().st_mode & 0o077 == 0
    assert (cluster.directory / "cluster.json").stat().st_mode & 0o077 == 0


def test_a_directory_without_a_readable_record_is_still_known_by_name(state: Path) -> None:
    (state / "clusters" / "half").mkdir(parents=True)
    (state / "clusters" / "half" / "cluster.json").write_text('{"schema": 1, "spe')
    assert record.names() == ["half"]
    assert record.load("half") is None


def test_a_forgotten_cluster_leaves_no_file(make_record: Callable[..., ClusterRecord]) -> None:
    cluster = make_record("demo")
    cluster.save()
    record.forget("demo")
    assert record.names() == []
    assert not cluster.directory.exists()


def test_asking_for_an_unknown_cluster_names_those_that_exist(make_record: Callable[..., ClusterRecord]) -> None:
    make_record("demo").save()
    with pytest.raises(LabError, match=r"no cluster other \(clusters: demo\)"):
        record.require("other")


def test_the_record_of_another_schema_is_refused_rather_than_misread(
    make_record: Callable[..., ClusterRecord],
) -> None:
    cluster = make_record("demo")
    cluster.save()
    file = cluster.directory / "cluster.json"
    file.write_text(file.read_text().replace('"schema": 1', '"schema": 99'))
    with pytest.raises(LabError, match="another version of the lab"):
        record.load("demo")


@pytest.mark.parametrize(
    ("phase", "busy", "nodes", "balancer", "expected"),
    [
        (Phase.CREATING, True, False, False, Condition.STARTING),
        (Phase.CREATING, False, False, False, Condition.INCOMPLETE),
        (Phase.CREATING, False, True, True, Condition.INCOMPLETE),
        (Phase.REMOVING, True, True, True, Condition.REMOVING),
        (Phase.REMOVING, False, True, True, Condition.INCOMPLETE),
        (Phase.READY, False, True, True, Condition.RUNNING),
        (Phase.READY, True, True, True, Condition.RUNNING),
        (Phase.READY, False, False, True, Condition.STOPPED),
        (Phase.READY, False, True, False, Condition.STOPPED),
        (Phase.READY, False, False, False, Condition.STOPPED),
    ],
)
def test_what_a_cluster_is_follows_from_its_phase_and_what_runs(
    phase: Phase, busy: bool, nodes: bool, balancer: bool, expected: Condition
) -> None:
    found = record.condition(phase, busy=busy, all_nodes_run=nodes, load_balancer_runs=balancer)
    assert found is expected


def test_a_lock_is_refused_while_it_is_held_and_free_afterwards() -> None:
    with record.lock(record.cluster_lock("demo"), wait=False) as first:
        assert first
        assert record.busy("demo")
    assert not record.busy("demo")
