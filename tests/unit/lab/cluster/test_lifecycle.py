# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lab import artefacts
from lab.cluster import haproxy, lifecycle, record, services, supplies
from lab.cluster.record import ClusterRecord, Phase
from lab.cluster.spec import ClusterSpec, make_spec
from lab.errors import LabError
from lab.host import podman

Make = Callable[..., ClusterRecord]

CHECKOUT = Path(__file__).parents[4]


class Machine:
    """A machine without podman: what it was told to do, and what it holds."""

    def __init__(self) -> None:
        self.objects: set[str] = set()
        self.containers: list[podman.Container] = []
        self.removed: list[str] = []
        self.services_stopped = 0

    def remove(self, name: str) -> None:
        self.removed.append(name)
        self.objects.discard(name)

    def stop_services(self) -> None:
        self.services_stopped += 1


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine()
    monkeypatch.setattr(podman, "clusters_with_objects", lambda: set(made.objects))
    monkeypatch.setattr(podman, "containers", lambda _name=None: made.containers)
    monkeypatch.setattr(podman, "remove_cluster", made.remove)
    monkeypatch.setattr(services, "stop", made.stop_services)
    monkeypatch.setattr(artefacts, "host_packages", lambda: None)
    return made


@pytest.mark.parametrize("phase", [Phase.CREATING, Phase.REMOVING])
def test_what_an_interrupted_command_left_is_removed(machine: Machine, make_record: Make, phase: Phase) -> None:
    make_record("half", phase=phase).save()
    lifecycle.clean_up_interrupted()
    assert machine.removed == ["half"]
    assert record.names() == []


def test_a_complete_cluster_is_never_cleaned_up(machine: Machine, make_record: Make) -> None:
    make_record("whole", phase=Phase.READY).save()
    lifecycle.clean_up_interrupted()
    assert machine.removed == []
    assert record.names() == ["whole"]


def test_a_cluster_that_another_command_works_on_is_left_to_it(machine: Machine, make_record: Make) -> None:
    make_record("busy", phase=Phase.CREATING).save()
    with record.lock(record.cluster_lock("busy")):
        lifecycle.clean_up_interrupted()
    assert machine.removed == []


def test_containers_without_a_record_are_found_and_removed(machine: Machine) -> None:
    machine.objects = {"orphan"}
    assert lifecycle.all_names() == ["orphan"]
    lifecycle.clean_up_interrupted()
    assert machine.removed == ["orphan"]


def test_the_mirrors_end_with_the_last_cluster(machine: Machine, make_record: Make) -> None:
    make_record("one").save()
    make_record("two", subnet="10.202.0.0/16").save()
    assert lifecycle.down("one")
    assert machine.services_stopped == 0
    assert lifecycle.down("two")
    assert machine.services_stopped == 1


def test_taking_down_what_is_not_there_says_so(machine: Machine) -> None:
    assert not lifecycle.down("nothing")
    assert machine.removed == []


def test_down_refuses_while_the_cluster_is_worked_on(machine: Machine, make_record: Make) -> None:
    make_record("busy", phase=Phase.CREATING).save()
    with record.lock(record.cluster_lock("busy")), pytest.raises(LabError, match="another command"):
        lifecycle.down("busy")
    assert machine.removed == []


def _let_run(machine: Machine, cluster: ClusterRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.containers = [podman.Container("id", f"day2-lab-{node.name}", True) for node in cluster.nodes]

    class Running:
        def running(self) -> bool:
            return True

    monkeypatch.setattr(haproxy, "daemon", lambda _cluster: Running())


def test_up_leaves_a_running_cluster_as_it_is(
    machine: Machine, make_record: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = make_record("demo")
    cluster.save()
    _let_run(machine, cluster, monkeypatch)
    assert lifecycle.up(cluster.spec) == cluster
    assert machine.removed == []


def test_up_with_other_options_does_not_replace_a_running_cluster(
    machine: Machine, make_record: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = make_record("demo")
    cluster.save()
    _let_run(machine, cluster, monkeypatch)
    with pytest.raises(LabError, match="made with other options"):
        lifecycle.up(make_spec("demo", version="1.36.3"))
    assert machine.removed == []


class StoppedError(Exception):
    """Ends an `up` where a test wants it to end."""


def test_up_makes_a_stopped_cluster_anew_and_clears_interrupted_ones_first(
    machine: Machine, make_record: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_record("half", phase=Phase.CREATING, subnet="10.202.0.0/16").save()
    stopped = make_record("demo")
    stopped.save()

    def prepare(_spec: ClusterSpec) -> None:
        raise StoppedError

    monkeypatch.setattr(supplies, "prepare", prepare)
    with pytest.raises(StoppedError):
        lifecycle.up(stopped.spec)
    assert machine.removed == ["half", "demo"]


def test_an_interrupt_removes_the_cluster_that_was_coming_up(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def create(_spec: ClusterSpec) -> ClusterRecord:
        machine.objects.add("demo")
        raise KeyboardInterrupt

    monkeypatch.setattr(lifecycle, "_create", create)
    with pytest.raises(KeyboardInterrupt):
        lifecycle.up(make_spec("demo", version="1.35.4"))
    assert machine.objects == set()


def test_the_lock_of_a_killed_command_is_free(make_record: Make) -> None:
    make_record("half", phase=Phase.CREATING).save()
    # os._exit as by kill -9: nothing is given back by the process itself.
    program = (
        "import os; from lab.cluster import record\n"
        "with record.lock(record.cluster_lock('half')): print(record.busy('half'), flush=True); os._exit(9)"
    )
    killed = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, check=False)
    assert (killed.returncode, killed.stdout) == (9, b"True\n")
    assert not record.busy("half")
