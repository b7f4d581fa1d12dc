# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._kube import observe
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.snapshot_directory import (
    INDEX,
    Index,
    SnapshotDirectory,
    file_of,
    write,
)
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.plugins.plugin_utils._model.snapshot import KubeadmConfig
from ansible_collections.day2.k8s.plugins.plugin_utils._model.workloads import (
    BUDGETS,
    PODS,
    REPLICASETS,
    RESOURCES,
    Workloads,
)
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import (
    AT,
    OLD,
    UID,
    control_plane_host,
    etcd,
    host,
    member,
    version,
)
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.full_objects import CONTACT, SECRET, full_objects

OF = Index(UID, AT, version(OLD), KubeadmConfig(version(OLD), "api.example.com:6443", False), version(OLD), CONTACT)
HOSTS = [host("w1"), host("w2", reachable=False), control_plane_host("cp1", etcd=etcd(member("cp1")))]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    write(tmp_path / "snapshot", OF, full_objects(), HOSTS)
    return tmp_path / "snapshot"


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(Day2Error) as refusal:
        act()
    (finding,) = refusal.value.findings
    assert finding.code == "D2-INPUT-002"
    return finding.message


def test_what_was_written_is_read_as_from_the_api(directory: Path) -> None:
    snapshot = observe.stored(directory, contact_key=CONTACT)

    as_listed = Workloads.from_api(full_objects(), taken_at=AT, contact_key=CONTACT)
    assert snapshot.workloads == replace(as_listed, pods=tuple(sorted(as_listed.pods, key=lambda pod: pod.key)))
    assert snapshot.hosts == {h.name: h for h in HOSTS}
    assert (snapshot.cluster_uid, snapshot.taken_at, snapshot.kubeadm) == (UID, AT, OF.kubeadm)
    assert snapshot.packages_for == version(OLD)
    assert [pod.name for pod in snapshot.system_pods] == ["kube-scheduler-cp1"]
    assert SnapshotDirectory(directory).index == OF


def test_there_is_one_readable_file_for_each_list_and_nothing_secret_in_any(directory: Path) -> None:
    texts = {file.name: file.read_text(encoding="utf-8") for file in directory.iterdir()}

    assert set(texts) == {INDEX, "hosts.jsonl", *map(file_of, RESOURCES)}
    assert all(SECRET not in text for text in texts.values())
    assert all(json.loads(line) for name in texts if name != INDEX for line in texts[name].splitlines())


def test_the_same_cluster_gives_the_same_files_in_whatever_order_it_is_listed(directory: Path, tmp_path: Path) -> None:
    shuffled = {path: random.Random(7).sample(objects, len(objects)) for path, objects in full_objects().items()}

    write(tmp_path / "again", OF, shuffled, reversed(HOSTS))

    for file in directory.iterdir():
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes()


def test_replica_sets_that_are_history_are_left_out(tmp_path: Path) -> None:
    (old,) = full_objects()[REPLICASETS]
    old["spec"]["replicas"] = old["status"]["replicas"] = 0

    counts = write(tmp_path, OF, {**full_objects(), REPLICASETS: [old]}, [])

    assert (counts["replicasets.jsonl"], counts["pods.jsonl"]) == (0, 3)


def test_a_list_that_could_not_be_had_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    objects = full_objects()
    del objects[BUDGETS]
    write(tmp_path, OF, objects, [])

    workloads = observe.stored(tmp_path).workloads

    assert workloads is not None
    assert BUDGETS not in workloads.listed


def test_a_file_may_be_compressed(directory: Path) -> None:
    plain = directory / file_of(PODS)
    with gzip.open(f"{plain}.gz", "wt", encoding="utf-8") as stream:
        stream.write(plain.read_text(encoding="utf-8"))
    plain.unlink()

    assert len(list(SnapshotDirectory(directory)[PODS])) == 3


def test_an_earlier_snapshot_is_replaced(directory: Path) -> None:
    (directory / "pods.jsonl.gz").write_bytes(b"left by somebody")

    write(directory, OF, {path: [] for path in RESOURCES}, [])

    assert list(SnapshotDirectory(directory)[PODS]) == []
    assert not (directory / "pods.jsonl.gz").exists()


def test_a_directory_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("data")

    assert "holds no snapshot" in refused(lambda: write(tmp_path, OF, {}, []))
    assert [file.name for file in tmp_path.iterdir()] == ["precious"]


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    refused(lambda: write(tmp_path / "file" / "snapshot", OF, {}, []))


class TestReading:
    def test_what_is_no_snapshot_is_refused(self, tmp_path: Path) -> None:
        assert "cannot be read" in refused(lambda: SnapshotDirectory(tmp_path))

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "one"}'])
    def test_an_index_that_is_none_is_refused(self, directory: Path, text: str) -> None:
        (directory / INDEX).write_text(text)

        assert "cannot be read" in refused(lambda: SnapshotDirectory(directory))

    def test_a_newer_schema_is_refused(self, directory: Path) -> None:
        (directory / INDEX).write_text('{"schema": 99}')

        assert "schema 99" in refused(lambda: SnapshotDirectory(directory))

    def test_an_index_that_lacks_something_is_refused(self, directory: Path) -> None:
        (directory / INDEX).write_text('{"schema": 1}')

        assert "cannot be understood" in refused(lambda: SnapshotDirectory(directory))

    def test_a_file_that_lost_lines_is_refused(self, directory: Path) -> None:
        file = directory / file_of(PODS)
        file.write_text(file.read_text().splitlines(keepends=True)[0])

        assert refused(lambda: observe.stored(directory)) == "pods.jsonl has 1 lines; 3 were written"

    @pytest.mark.parametrize("damage", ["not json\n", None])
    def test_a_damaged_or_missing_file_is_refused_by_name(self, directory: Path, damage: str | None) -> None:
        file = directory / file_of(PODS)
        if damage is None:
            file.unlink()
        else:
            file.write_text(damage)

        assert refused(lambda: observe.stored(directory)).startswith("pods.jsonl, line 1: ")
