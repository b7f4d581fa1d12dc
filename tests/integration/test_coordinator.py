# SPDX-License-Identifier: GPL-3.0-or-later
"""The coordinator as a process of its own, on a real API server: lock, admission, and what it leaves when it ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.client import Client
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.evidence import EVENTS, SAMPLES, read_lines
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.protocol import Answer, NodeState
from ansible_collections.day2.k8s.plugins.plugin_utils._kube import lease
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.connection import ConnectionOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.transport import Transport
from ansible_collections.day2.k8s.plugins.plugin_utils._model.annotations import Claim, Journal
from ansible_collections.day2.k8s.plugins.plugin_utils._model.api_error import ApiError
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from tests.harness.cluster import Cluster
from tests.harness.wait import eventually
from tests.integration.door import Door
from tests.integration.runs import KUBEADM_CONFIG, OLD, STATE, TTL, Runs, cluster_configuration

MakeNode = Callable[..., str]


@pytest.fixture
def runs(cluster: Cluster, tmp_path: Path) -> Iterator[Runs]:
    """Runs that leave nothing behind: no process, no lock, no record."""
    cluster.create(cluster_configuration(OLD))
    runs = Runs(cluster, tmp_path)
    yield runs
    runs.end()
    for path in (*STATE, KUBEADM_CONFIG):
        if cluster.admin.exists(path):
            cluster.admin.delete(path)


def records_on(cluster: Cluster, node: str) -> dict[str, str]:
    found = cluster.node(node)["metadata"].get("annotations") or {}
    return {key: text for key, text in found.items() if key.startswith("day2.k8s/")}


def admit(client: Client, node: str, timeout_seconds: float = 60.0) -> Answer:
    return client.admit(node, None, timeout_seconds=timeout_seconds, on_wait=lambda why: None).answer


def events(artifacts: str) -> list[dict[str, Any]]:
    return list(read_lines(Path(artifacts) / EVENTS))


def test_an_open_run_holds_the_lock_and_a_closed_one_frees_it(
    runs: Runs, make_node: MakeNode, product: Transport
) -> None:
    opened = runs.open([make_node()])
    held = lease.read(product)
    assert held is not None
    assert held.run == opened.run.id
    assert held.holder == f"tester@harness:{opened.controller.pid}"
    assert opened.client.status()["lock"] == "held"

    opened.client.close()

    freed = lease.read(product)
    assert freed is not None
    assert freed.free
    eventually("the coordinator ends", lambda: not opened.coordinated)
    assert not Path(opened.run.directory).exists()
    assert [e["event"] for e in events(opened.run.artifacts)] == ["opened", "ended"]


def test_the_api_is_sampled_once_a_second_on_new_and_reused_connections(runs: Runs, make_node: MakeNode) -> None:
    opened = runs.open([make_node()])
    time.sleep(3.5)
    opened.client.close()

    samples = list(read_lines(Path(opened.run.artifacts) / SAMPLES))

    for series in ("new", "reused"):
        taken = [sample for sample in samples if sample["series"] == series]
        assert 3 <= len(taken) <= 6
        assert all(sample["ok"] for sample in taken)


def test_when_ansible_playbook_is_killed_the_coordinator_ends_and_leaves_the_lock_to_run_out(
    runs: Runs, make_node: MakeNode, product: Transport
) -> None:
    opened = runs.open([make_node()])

    opened.kill()
    eventually("the coordinator ends", lambda: not opened.coordinated, timeout=5)

    left = lease.read(product)
    assert left is not None
    assert left.run == opened.run.id
    time.sleep(TTL)
    still = lease.read(product)
    assert still is not None
    assert still.renewed == left.renewed
    assert events(opened.run.artifacts)[-1]["reason"] == "ansible-playbook is gone"


def test_a_dead_runs_lock_is_taken_over_after_a_term_of_silence_and_the_wait_is_explained(
    runs: Runs, make_node: MakeNode
) -> None:
    dead = runs.open([make_node()])
    dead.kill()
    eventually("the coordinator ends", lambda: not dead.coordinated, timeout=5)
    began = time.monotonic()

    opened = runs.open([make_node()])

    assert time.monotonic() - began >= TTL - 1
    assert dead.run.id in opened.waited[0]
    assert "tester@harness" in opened.waited[0]


def test_a_second_run_is_refused_while_the_first_lives_and_leaves_nothing(runs: Runs, make_node: MakeNode) -> None:
    first = runs.open([make_node()])

    with pytest.raises(Day2Error) as refusal:
        runs.open([make_node()])

    assert [finding.code for finding in refusal.value.findings] == ["D2-LOCK-001"]
    assert first.run.id in refusal.value.findings[0].message
    assert [path.name for path in (runs.artifacts / "harness").iterdir()] == [first.run.id]
    assert first.client.status()["lock"] == "held"


def test_a_run_whose_api_does_not_answer_is_not_opened_and_leaves_nothing(runs: Runs) -> None:
    nowhere = ConnectionOptions(host="https://127.0.0.1:1", api_key="none", validate_certs=True)

    with pytest.raises(ApiError, match="no answer"):
        runs.open(["node"], connection=nowhere)
    assert list((runs.artifacts / "harness").iterdir()) == []


def test_of_three_hosts_that_wait_one_is_out_at_a_time_in_the_order_of_the_plan(
    runs: Runs, cluster: Cluster, make_node: MakeNode
) -> None:
    first, second, third = make_node(), make_node(), make_node()
    opened = runs.open([first, second, third])
    order: list[str] = []
    most_out = 0

    def take_and_give_back(node: str) -> None:
        nonlocal most_out
        assert admit(opened.client, node) is Answer.ADMITTED
        order.append(node)
        out = [name for name in (first, second, third) if Claim.key in records_on(cluster, name)]
        assert node in out
        most_out = max(most_out, len(out))
        opened.client.release(node, NodeState.DONE)

    # The last of the plan asks first and is admitted; the others find it in hand and wait.
    admit(opened.client, third)
    threads = [threading.Thread(target=take_and_give_back, args=(node,)) for node in (second, first)]
    for thread in threads:
        thread.start()
    eventually(
        "both wait",
        lambda: {e["node"] for e in events(opened.run.artifacts) if e["event"] == "wait"} == {first, second},
    )
    opened.client.release(third, NodeState.DONE)
    for thread in threads:
        thread.join()

    assert order == [first, second]
    assert most_out == 1
    assert all(records_on(cluster, node) == {} for node in (first, second, third))


def test_a_node_that_somebody_else_cordoned_uses_up_the_budget(
    runs: Runs, cluster: Cluster, make_node: MakeNode
) -> None:
    cordoned, waiting = make_node(), make_node()
    cluster.admin.merge(f"/api/v1/nodes/{cordoned}", {"spec": {"unschedulable": True}})
    opened = runs.open([waiting])

    admission = opened.client.admit(waiting, None, timeout_seconds=0.0, on_wait=lambda why: None)

    assert admission.answer is Answer.DEFERRED
    assert f"{cordoned} (cordoned by somebody else)" in admission.why


def test_a_failed_node_keeps_its_journal_and_stops_further_admissions(
    runs: Runs, cluster: Cluster, make_node: MakeNode
) -> None:
    failing, other = make_node(), make_node()
    opened = runs.open([failing, other])
    admit(opened.client, failing)
    opened.client.step_started(failing, "kubeadm", changes_machine=True)
    written = Journal.loads(records_on(cluster, failing))
    assert written is not None
    assert (written.step, written.changed) == ("kubeadm", True)

    opened.client.release(failing, NodeState.FAILED, message="kubeadm exited with 1")

    left = Journal.loads(records_on(cluster, failing))
    assert left is not None
    assert (left.state, left.message) == ("failed", "kubeadm exited with 1")
    assert Claim.key not in records_on(cluster, failing)
    assert admit(opened.client, other) is Answer.REFUSED


def test_a_run_that_lost_its_lock_admits_nobody_and_ends(runs: Runs, cluster: Cluster, make_node: MakeNode) -> None:
    node = make_node()
    opened = runs.open([node])

    cluster.admin.merge(STATE[0], {"metadata": {"annotations": {"day2.k8s/run": "another"}}})

    eventually("the coordinator ends", lambda: not opened.coordinated, timeout=10)
    assert events(opened.run.artifacts)[-1]["reason"] == "the lock is somebody else's"
    with pytest.raises(Day2Error, match="D2-RUN-001"):
        admit(opened.client, node)
    held = cluster.admin.get(STATE[0])
    assert held["metadata"]["annotations"]["day2.k8s/run"] == "another"


def test_while_the_api_is_away_nobody_is_admitted_and_the_lock_is_kept_when_it_is_back(
    runs: Runs, cluster: Cluster, make_node: MakeNode
) -> None:
    door = Door(("127.0.0.1", int(cluster.server.rpartition(":")[2])))
    node = make_node()
    connection = ConnectionOptions(
        host=f"https://127.0.0.1:{door.port}", api_key=cluster.product_token, ca_cert=str(cluster.control_plane.ca)
    )
    opened = runs.open([node], connection=connection)
    try:
        door.shut()
        eventually("the lock is uncertain", lambda: opened.client.status()["lock"] == "uncertain", timeout=3 * TTL)
        why: list[str] = []
        admission = opened.client.admit(node, None, timeout_seconds=0.0, on_wait=why.append)
        assert admission.answer is Answer.DEFERRED

        door.open()

        eventually("the lock is held again", lambda: opened.client.status()["lock"] == "held", timeout=15)
        assert admit(opened.client, node) is Answer.ADMITTED
        opened.client.close()
    finally:
        door.close()
    samples = list(read_lines(Path(opened.run.artifacts) / SAMPLES))
    assert any(not sample["ok"] for sample in samples)
    assert samples[-1]["ok"]
