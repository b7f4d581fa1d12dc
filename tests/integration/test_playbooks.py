# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole playbooks against a kubeadm cluster that is real in its API and in what its hosts answer.

In check mode everything up to the first change really happens, so this is what proves, on every supported
ansible-core, that the playbooks work and that check mode changes nothing: neither through the API nor on a host.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from tests.harness.cluster import PRODUCT
from tests.harness.kubeadm_cluster import CONTROL_PLANES, TARGET, WORKERS, KubeadmCluster
from tests.harness.playbook import Played, play

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="hosts are mount namespaces, which need root"),
    pytest.mark.timeout(1200),
]
# How a refusal reads does not depend on ansible-core; that there is one, on the newest, is enough.
newest_core = pytest.mark.skipif(not version("ansible-core").startswith("2.21."), reason="shown on the newest core")


@pytest.fixture(scope="module")
def kubeadm() -> Iterator[KubeadmCluster]:
    with KubeadmCluster() as running:
        yield running


@pytest.fixture
def untouched(kubeadm: KubeadmCluster) -> Iterator[None]:
    """Whatever the test plays, nothing may be written."""
    position = kubeadm.cluster.audit.position()
    yield
    assert kubeadm.cluster.audit.writes(PRODUCT, position) == []
    assert kubeadm.changes() == {}


@pytest.mark.usefixtures("untouched")
def test_an_upgrade_in_check_mode_changes_nothing_and_complains_about_nothing(
    kubeadm: KubeadmCluster, tmp_path: Path
) -> None:
    played = play("upgrade", kubeadm.inventory(), tmp_path, "--check")

    assert played.status == 0, played.output
    assert "nothing was changed" in played.output
    assert played.complaints == []


@newest_core
@pytest.mark.usefixtures("untouched")
def test_gates_are_evaluated_without_a_change_or_a_complaint(kubeadm: KubeadmCluster, tmp_path: Path) -> None:
    played = play("check", kubeadm.inventory(), tmp_path)

    assert played.status == 0, played.output
    assert "VERDICT passed" in played.output
    assert played.complaints == []


@newest_core
@pytest.mark.usefixtures("untouched")
def test_a_plan_shows_what_would_happen_to_every_node(kubeadm: KubeadmCluster, tmp_path: Path) -> None:
    played = play("plan", kubeadm.inventory(), tmp_path)

    assert played.status == 0, played.output
    assert "VERDICT ready" in played.output
    assert played.complaints == []
    rows = [line.split() for line in played.output.splitlines() if line[:1].isdigit()]
    assert {row[2] for row in rows} == {*CONTROL_PLANES, *WORKERS}
    assert f"each: cordon, drain, kubeadm upgrade node, kubelet {TARGET}" in played.output


@newest_core
@pytest.mark.usefixtures("untouched")
def test_a_plan_can_be_made_without_the_cluster_and_an_upgrade_held_to_it(
    kubeadm: KubeadmCluster, tmp_path: Path
) -> None:
    snapshot, agreed = str(tmp_path / "snapshot"), str(tmp_path / "plan.json")
    nowhere = {"day2_kubeconfig": str(_dead_kubeconfig(kubeadm, tmp_path))}

    taken = play("snapshot", kubeadm.inventory(), tmp_path, variables={"day2_snapshot": snapshot})
    assert taken.status == 0, taken.output
    planned = play(
        "plan",
        _unreachable(kubeadm.inventory()),
        tmp_path,
        variables={**nowhere, "day2_snapshot": snapshot, "day2_plan_file": agreed},
    )
    assert planned.status == 0, planned.output
    assert "VERDICT ready" in planned.output
    assert planned.complaints == []

    held = play("upgrade", kubeadm.inventory(), tmp_path, "--check", variables={"day2_plan_file": agreed})
    assert held.status == 0, held.output
    assert "DRIFT" in held.output

    other = {"day2_plan_file": agreed, "day2_failure_budget": 1}
    assert_refused(play("upgrade", kubeadm.inventory(), tmp_path, "--check", variables=other), "D2-PLAN-001")


@newest_core
@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(
    ("code", "variables"),
    [
        pytest.param("D2-CLUSTER-001", {"day2_cluster_uid": "0-not-this-one"}, id="wrong cluster"),
        pytest.param("D2-CLUSTER-002", {"day2_kubeconfig": "DEAD"}, id="API unreachable"),
        pytest.param("D2-VERSION-001", {"day2_kubernetes_version": "1.34.9"}, id="older target"),
        pytest.param("D2-VERSION-002", {"day2_kubernetes_version": "1.37.0"}, id="control-plane minor skipped"),
        pytest.param("D2-PACKAGE-001", {"day2_kubernetes_version": "1.36.99"}, id="package not in the repository"),
        pytest.param("D2-INPUT-001", {"day2_max_unavailble": 1}, id="unknown variable"),
    ],
)
def test_what_the_operator_set_is_refused(
    kubeadm: KubeadmCluster, tmp_path: Path, code: str, variables: dict[str, Any]
) -> None:
    if variables.get("day2_kubeconfig") == "DEAD":
        variables = {"day2_kubeconfig": str(_dead_kubeconfig(kubeadm, tmp_path))}

    assert_refused(play("upgrade", kubeadm.inventory(), tmp_path, variables=variables), code)


@newest_core
@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        pytest.param("D2-RUN-005", ("--limit=cp1",), id="limit"),
        pytest.param("D2-RUN-005", ("--tags=prefetch",), id="tags"),
        pytest.param("D2-RUN-005", ("--skip-tags=prefetch",), id="skipped tags"),
        pytest.param("D2-RUN-001", ("--skip-tags=always",), id="skipped opening"),
        pytest.param("D2-RUN-001", ("--start-at-task=Close | Judge the run*",), id="start at task"),
    ],
)
def test_a_run_without_its_opening_is_refused(
    kubeadm: KubeadmCluster, tmp_path: Path, code: str, arguments: tuple[str, ...]
) -> None:
    assert_refused(play("upgrade", kubeadm.inventory(), tmp_path, *arguments), code)


@newest_core
@pytest.mark.usefixtures("untouched")
def test_a_host_without_a_node_is_refused(kubeadm: KubeadmCluster, tmp_path: Path) -> None:
    inventory = kubeadm.inventory()
    workers = inventory["k8s_cluster"]["children"]["kube_node"]["hosts"]
    workers["w9"] = {"ansible_python_interpreter": "/usr/bin/python3"}

    assert_refused(play("upgrade", inventory, tmp_path), "D2-NODE-001")


@newest_core
@pytest.mark.usefixtures("untouched")
def test_a_node_without_a_host_is_refused_unless_excluded(kubeadm: KubeadmCluster, tmp_path: Path) -> None:
    inventory = kubeadm.inventory()
    del inventory["k8s_cluster"]["children"]["kube_node"]["hosts"]["w2"]

    assert_refused(play("upgrade", inventory, tmp_path), "D2-NODE-002")

    excluded = {"day2_excluded_nodes": "kubernetes.io/hostname=w2"}
    assert play("plan", inventory, tmp_path, variables=excluded).status == 0


@newest_core
@pytest.mark.usefixtures("untouched")
def test_a_host_that_is_another_machine_than_its_node_is_refused(kubeadm: KubeadmCluster, tmp_path: Path) -> None:
    inventory = copy.deepcopy(kubeadm.inventory())
    workers = inventory["k8s_cluster"]["children"]["kube_node"]["hosts"]
    workers["w1"], workers["w2"] = workers["w2"], workers["w1"]

    assert_refused(play("upgrade", inventory, tmp_path), "D2-NODE-003")


@newest_core
@pytest.mark.usefixtures("untouched")
def test_a_host_that_does_not_answer_is_refused(kubeadm: KubeadmCluster, tmp_path: Path) -> None:
    inventory = kubeadm.inventory()
    workers = inventory["k8s_cluster"]["children"]["kube_node"]["hosts"]
    workers["w1"] = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}

    assert_refused(play("upgrade", inventory, tmp_path), "D2-NODE-004")


@newest_core
def test_an_unhealthy_etcd_member_is_refused(kubeadm: KubeadmCluster, tmp_path: Path) -> None:
    kubeadm.etcd.stop_member("cp2")
    try:
        played = play("upgrade", kubeadm.inventory(), tmp_path)
    finally:
        kubeadm.etcd.start_member("cp2")

    assert_refused(played, "D2-ETCD-003")


@newest_core
def test_a_control_plane_node_that_is_not_ready_is_refused(kubeadm: KubeadmCluster, tmp_path: Path) -> None:
    kubeadm.cluster.set_node_ready("cp3", False)
    try:
        played = play("upgrade", kubeadm.inventory(), tmp_path)
    finally:
        kubeadm.cluster.set_node_ready("cp3", True)

    assert_refused(played, "D2-NODE-005")


def assert_refused(played: Played, code: str) -> None:
    """The run failed, with the block that people read: code, reason, state, next step."""
    assert played.status != 0, played.output
    assert code in played.output, played.output
    block = played.output[played.output.index(code) :]
    for line in ("why", "state", "do"):
        assert f"\n{line}" in block or f"\\n{line}" in block or f"  {line} " in block, f"{line} is missing in:\n{block}"


def _unreachable(inventory: dict[str, Any]) -> dict[str, Any]:
    """The inventory with hosts that nobody can connect to."""
    changed = copy.deepcopy(inventory)
    nowhere = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}
    changed["k8s_cluster"]["vars"] |= nowhere
    return changed


def _dead_kubeconfig(kubeadm: KubeadmCluster, directory: Path) -> Path:
    text = kubeadm.cluster.product_kubeconfig.read_text(encoding="utf-8")
    dead = directory / "dead.kubeconfig"
    dead.write_text(text.replace(kubeadm.cluster.server, "https://127.0.0.1:1"), encoding="utf-8")
    return dead
