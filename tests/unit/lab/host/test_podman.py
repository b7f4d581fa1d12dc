# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from lab.host import podman


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What podman was asked; it answers with everything there is: of two clusters, another state directory, others."""
    asked: list[tuple[str, ...]] = []
    owners: dict[str, dict[str, str] | None] = {
        "demo": {"day2-lab": "demo", "day2-lab-state": "/state"},
        "side": {"day2-lab": "side", "day2-lab-state": "/state"},
        "namesake": {"day2-lab": "demo", "day2-lab-state": "/another"},
        "unlabelled": None,
    }
    answers = {
        "ps": [
            {"Id": f"id-{owner}", "Names": [owner], "State": "running", "Pid": 1, "Labels": labels}
            for owner, labels in owners.items()
        ],
        "network": [
            {"name": owner, "labels": labels, "subnets": [{"subnet": f"10.{number}.0.0/16"}]}
            for number, (owner, labels) in enumerate(owners.items(), 200)
        ],
        "volume": [{"Name": owner, "Labels": labels} for owner, labels in owners.items()],
    }

    def answer(*arguments: str, **_: object) -> str:
        asked.append(arguments)
        return json.dumps(answers[arguments[0]]) if "json" in arguments else ""

    monkeypatch.setenv("DAY2_LAB_STATE", "/state")
    monkeypatch.setattr(podman, "podman", answer)
    monkeypatch.setattr(podman, "CGROUPS", tmp_path)
    return asked


def test_only_what_is_of_the_cluster_and_of_this_state_directory_goes_containers_first(
    calls: list[tuple[str, ...]],
) -> None:
    podman.remove_cluster("demo")
    assert [call for call in calls if "rm" in call] == [
        ("rm", "--force", "--volumes", "--time", "0", "id-demo"),
        ("network", "rm", "demo"),
        ("volume", "rm", "demo"),
    ]


def test_a_cluster_of_which_nothing_is_left_removes_nothing(calls: list[tuple[str, ...]]) -> None:
    podman.remove_cluster("gone")
    assert [call for call in calls if "rm" in call] == []


@pytest.mark.usefixtures("calls")
def test_clusters_of_this_state_directory_are_found_by_what_they_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(podman.shutil, "which", lambda _program: "/usr/bin/podman")
    assert podman.clusters_with_objects() == {"demo", "side"}


def test_the_cgroups_of_a_container_that_was_killed_go_with_it(calls: list[tuple[str, ...]], tmp_path: Path) -> None:
    own = tmp_path / "pids" / "libpod_parent" / "libpod-id-demo"
    other = tmp_path / "pids" / "libpod_parent" / "libpod-xyz"
    (own / "system.slice" / "ssh.service").mkdir(parents=True)
    other.mkdir()
    podman.remove_cluster("demo")
    assert not own.exists()
    assert other.exists()


@pytest.mark.usefixtures("calls")
def test_networks_of_others_count_as_taken() -> None:
    assert podman.network_subnets() == [f"10.{number}.0.0/16" for number in range(200, 204)]


def test_a_podman_left_by_a_killed_command_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DAY2_LAB_STATE", "/state")
    left = {"run", "day2-lab=demo", "day2-lab-state=/state"}
    others = {"run", "day2-lab=demo", "day2-lab-state=/another"}
    seen = iter([[left, others], [left], [others]])
    monkeypatch.setattr(podman, "_podman_processes", lambda: next(seen))
    podman._wait_for_leftover_podman("demo", sleep=lambda _seconds: None)
    assert next(seen, None) is None, "it looked until only another state directory's podman was left"


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize(("pid", "running"), [(os.getpid(), True), (2**22 + 1, False)])
def test_a_container_runs_only_if_its_process_does(pid: int, running: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"Id": "x", "Names": ["x"], "State": "running", "Pid": pid}
    monkeypatch.setattr(podman, "_containers", lambda _cluster: [row])
    assert [container.running for container in podman.containers("demo")] == [running]
