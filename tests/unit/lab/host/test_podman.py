# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab.host import podman


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What podman was asked; it answers that there is one container, one network and one volume."""
    asked: list[tuple[str, ...]] = []
    answers = {
        "ps": [{"Id": "abc", "Names": ["day2-lab-demo-cp1"], "State": "running", "Labels": {"day2-lab": "demo"}}],
        "network": [
            {"name": "day2-lab-demo", "labels": {"day2-lab": "demo"}, "subnets": [{"subnet": "10.200.0.0/16"}]}
        ],
        "volume": [{"Name": "day2-lab-demo-cp1-etcd", "Labels": {"day2-lab": "demo"}}],
    }

    def answer(*arguments: str, **_: object) -> str:
        asked.append(arguments)
        return json.dumps(answers[arguments[0]]) if "json" in arguments else ""

    monkeypatch.setenv("DAY2_LAB_STATE", "/state")
    monkeypatch.setattr(podman, "podman", answer)
    monkeypatch.setattr(podman, "CGROUPS", tmp_path)
    return asked


def test_only_objects_of_the_cluster_and_of_this_state_directory_are_asked_for(calls: list[tuple[str, ...]]) -> None:
    podman.remove_cluster("demo")
    listings = [call for call in calls if "json" in call]
    assert len(listings) == 3
    for call in listings:
        assert "label=day2-lab=demo" in call
        assert "label=day2-lab-state=/state" in call


def test_containers_go_before_the_network_and_the_volumes_they_use(calls: list[tuple[str, ...]]) -> None:
    podman.remove_cluster("demo")
    removals = [call for call in calls if "rm" in call]
    assert [(call[0], call[-1]) for call in removals] == [
        ("rm", "abc"),
        ("network", "day2-lab-demo"),
        ("volume", "day2-lab-demo-cp1-etcd"),
    ]


def test_the_cgroups_of_a_container_that_was_killed_go_with_it(calls: list[tuple[str, ...]], tmp_path: Path) -> None:
    own = tmp_path / "pids" / "libpod_parent" / "libpod-abc"
    other = tmp_path / "pids" / "libpod_parent" / "libpod-xyz"
    (own / "system.slice" / "ssh.service").mkdir(parents=True)
    other.mkdir()
    podman.remove_cluster("demo")
    assert not own.exists()
    assert other.exists()


@pytest.mark.usefixtures("calls")
def test_networks_of_others_count_as_taken() -> None:
    assert podman.network_subnets() == ["10.200.0.0/16"]


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
