# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole runs of the collection's own playbooks against a real API server, with nodes that only exist there.

The control plane is at the wanted version already and stays as it is; two workers are upgraded by the provider
role ``simulated_node``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.day2.k8s.plugins.plugin_utils._kube import lease
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.transport import Transport
from ansible_collections.day2.k8s.plugins.plugin_utils._model.annotations import Claim, CordonOwner, Journal
from ansible_collections.day2.k8s.plugins.plugin_utils._run import records
from tests.harness import objects
from tests.harness.cluster import PRODUCT, REPOSITORY, Cluster
from tests.harness.wait import eventually
from tests.integration.runs import KUBEADM_CONFIG, NEW, OLD, STATE, cluster_configuration

COMPONENTS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd")
SYSTEM_PODS = "/api/v1/namespaces/kube-system/pods"
AT = "2026-03-01T12:00:00Z"

# A playbook takes about half a minute, and several of them run in some tests, on a machine that is busy with others.
pytestmark = pytest.mark.timeout(400)


@dataclass
class Played:
    """How a playbook ended and what it printed."""

    code: int
    output: str

    def recap(self, host: str) -> dict[str, int]:
        """The counts that Ansible prints for a host at the end."""
        lines = [line for line in self.output.rpartition("PLAY RECAP")[2].splitlines() if line.startswith(f"{host} ")]
        pairs = (pair.split("=") for pair in lines[0].partition(":")[2].split())
        return {name: int(number) for name, number in pairs}


@dataclass
class Site:
    """A cluster with an inventory for it."""

    cluster: Cluster
    directory: Path
    control_plane: str
    workers: Sequence[str]
    variables: dict[str, Any] = field(default_factory=dict)
    host_variables: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def artifacts(self) -> Path:
        return self.directory / "artifacts"

    def play(self, playbook: str, *arguments: str) -> Played:
        """Runs ``playbooks/<playbook>.yml`` as a person would, with the ansible-core of this Python."""
        inventory = self.directory / "hosts.yml"
        inventory.write_text(yaml.safe_dump(self._inventory()), encoding="utf-8")
        program = shutil.which("ansible-playbook", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
        assert program is not None
        # Into a file: when a test runs out of time, what was printed until then tells why.
        printed = self.directory / f"{playbook}.log"
        with printed.open("w", encoding="utf-8") as output:
            done = subprocess.run(
                [program, "-i", str(inventory), str(REPOSITORY / "playbooks" / f"{playbook}.yml"), *arguments],
                cwd=REPOSITORY,
                env={
                    **os.environ,
                    "ANSIBLE_ROLES_PATH": str(Path(__file__).parent / "roles"),
                    "ANSIBLE_NOCOLOR": "1",
                    "ANSIBLE_SHOW_CUSTOM_STATS": "1",
                },
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        return Played(done.returncode, printed.read_text(encoding="utf-8"))

    def reports(self) -> list[dict[str, Any]]:
        return [json.loads(path.read_text(encoding="utf-8")) for path in self.artifacts.glob("harness/*/report.json")]

    def records_on(self, node: str) -> dict[str, str]:
        annotations = self.cluster.node(node)["metadata"].get("annotations") or {}
        return {key: text for key, text in annotations.items() if key.startswith("day2.k8s/")}

    def unschedulable(self, node: str) -> bool:
        return bool(self.cluster.node(node)["spec"].get("unschedulable"))

    def version(self, node: str) -> str:
        version: str = self.cluster.node(node)["status"]["nodeInfo"]["kubeletVersion"]
        return version.removeprefix("v")

    def leave_behind(self, node: str, run: str) -> None:
        """What a run that was killed during a drain leaves on a Node."""
        records = (
            Claim(run, AT),
            CordonOwner(run, AT),
            Journal(run, AT, target=NEW, step="drain", state="running"),
        )
        annotations = {record.key: record.dumps() for record in records}
        patch = {"metadata": {"annotations": annotations}, "spec": {"unschedulable": True}}
        self.cluster.admin.merge(f"/api/v1/nodes/{node}", patch)

    def _inventory(self) -> dict[str, Any]:
        hosts = {name: self._host(name) for name in (self.control_plane, *self.workers)}
        return {"all": {"children": {"k8s_cluster": {"hosts": hosts, "vars": {**self._defaults(), **self.variables}}}}}

    def _defaults(self) -> dict[str, Any]:
        return {
            "ansible_connection": "local",
            "ansible_python_interpreter": sys.executable,
            "day2_environment": "harness",
            "day2_cluster_uid": self.cluster.uid,
            "day2_kubernetes_version": NEW,
            "day2_kubeconfig": str(self.cluster.product_kubeconfig),
            "day2_artifacts": str(self.artifacts),
            "day2_provider": "simulated_node",
            "simulated_node_server": self.cluster.server,
            "simulated_node_token": self._admin_token(),
            "simulated_node_ca": str(self.cluster.control_plane.ca),
        }

    def _admin_token(self) -> str:
        kubeconfig = yaml.safe_load(self.cluster.admin_kubeconfig.read_text(encoding="utf-8"))
        token: str = kubeconfig["users"][0]["user"]["token"]
        return token

    def _host(self, name: str) -> dict[str, Any]:
        facts = {
            "reachable": True,
            "machine_id": objects.machine_id(name),
            "addresses": ["10.10.0.1"],
            "package_versions": {"kubelet": f"{OLD}-1.1"},
            "static_pod_versions": {},
            "target_package": f"{NEW}-1.1",
        }
        if name == self.control_plane:
            facts["static_pod_versions"] = dict.fromkeys(COMPONENTS[:3], NEW)
            facts["etcd"] = {"members": [_member(name)], "alarms": []}
        return {"simulated_node_facts": facts, **self.host_variables.get(name, {})}


def _member(name: str) -> dict[str, Any]:
    return {
        "id": "8e9e05c52164694d",
        "name": name,
        "endpoint": "https://10.10.0.1:2379",
        "started": True,
        "learner": False,
        "healthy": True,
        "leader": True,
        "error": "",
    }


def _mirror_pod(component: str, node: str) -> dict[str, Any]:
    pod = objects.pod(
        f"{component}-{node}",
        labels={"component": component, "tier": "control-plane"},
        annotations={"kubernetes.io/config.mirror": "hash"},
        node_name=node,
        hostNetwork=True,
        tolerations=[{"operator": "Exists"}],
    )
    pod["spec"]["containers"][0].update(name=component, image=f"registry.k8s.io/{component}:v{NEW}")
    return pod


@pytest.fixture
def site(cluster: Cluster, make_node: Callable[..., str], tmp_path: Path) -> Iterator[Site]:
    control_plane = make_node(control_plane=True, kubelet_version=NEW)
    workers = [make_node(kubelet_version=OLD) for _ in range(2)]
    pods = [_mirror_pod(component, control_plane) for component in COMPONENTS]
    cluster.create(cluster_configuration(NEW))
    for pod in pods:
        cluster.create(pod, "kube-system")
    eventually("the control plane's pods run", lambda: _running(cluster, control_plane) == len(pods))
    yield Site(cluster, tmp_path, control_plane, workers)
    for pod in pods:
        cluster.admin.delete(f"{SYSTEM_PODS}/{pod['metadata']['name']}", gracePeriodSeconds=0)
    for path in (*STATE, KUBEADM_CONFIG):
        if cluster.admin.exists(path):
            cluster.admin.delete(path)


def _running(cluster: Cluster, node: str) -> int:
    return sum(pod["status"].get("phase") == "Running" for pod in cluster.pods("kube-system", node=node))


def test_workers_are_upgraded_one_after_the_other_first_what_a_dead_run_left_and_nothing_is_left_on_them(
    site: Site, product: Transport
) -> None:
    fresh, left = site.workers
    site.leave_behind(left, "dead-run")

    played = site.play("upgrade")

    assert played.code == 0, played.output
    assert [site.version(worker) for worker in site.workers] == [NEW] * 2
    assert [site.records_on(worker) for worker in site.workers] == [{}] * 2
    assert not any(site.unschedulable(worker) for worker in site.workers)
    assert "DONE harness: 1.35.4 → 1.36.3, 2 nodes in" in played.output
    lock = lease.read(product)
    assert lock is not None
    assert lock.free
    (report,) = site.reports()
    assert (report["result"], report["nodes_done"]) == ("done", [left, fresh])
    assert [set(node["steps_seconds"]) for node in report["timing"]["nodes"]] == [
        {"cordon", "drain", "verify", "uncordon"}
    ] * 2
    assert [node["node"] for node in report["timing"]["nodes"]] == [left, fresh]
    assert all(series["failures"] == 0 and series["requests"] > 10 for series in report["availability"])
    history = records.read_history(product)
    assert [(record.run, record.result) for record in history] == [(report["run"], "done")]
    assert re.search(r'day2_result.*"?result"?: "?done', played.output.rpartition("CUSTOM STATS")[2], re.DOTALL)


def test_the_same_command_again_changes_nothing_and_takes_no_lock(site: Site) -> None:
    for worker in site.workers:
        site.cluster.set_kubelet_version(worker, NEW)
    before = site.cluster.audit.position()

    played = site.play("upgrade")

    assert played.code == 0, played.output
    assert all(played.recap(host)["changed"] == 0 for host in (site.control_plane, *site.workers))
    assert site.cluster.audit.writes(PRODUCT, before) == []
    assert not site.artifacts.exists()


def test_a_check_of_an_old_cluster_writes_nothing_and_says_what_would_be_done(site: Site) -> None:
    before = site.cluster.audit.position()

    played = site.play("upgrade", "--check")

    assert played.code == 0, played.output
    assert site.cluster.audit.writes(PRODUCT, before) == []
    assert not site.artifacts.exists()
    assert f"CHECK harness: would be brought to {NEW}, nothing was changed" in played.output
    assert all(worker in played.output for worker in site.workers)


def test_a_worker_that_fails_before_its_machine_is_changed_is_as_it_was_and_no_other_is_taken(
    site: Site, product: Transport
) -> None:
    failing, other = site.workers
    site.host_variables[failing] = {"simulated_node_fails": True}

    played = site.play("upgrade")

    assert played.code != 0
    assert site.records_on(failing) == {}
    assert not site.unschedulable(failing)
    assert site.version(other) == OLD
    (report,) = site.reports()
    assert report["result"] == "halted"
    assert [(entry["node"], entry["cordoned"]) for entry in report["nodes_failed"]] == [(failing, False)]
    assert "the simulated machine caught fire" in report["nodes_failed"][0]["message"]
    assert "D2-RUN-004" in played.output
    assert "D2-RUN-003" in played.output
    lock = lease.read(product)
    assert lock is not None
    assert lock.free


def test_a_limit_is_refused(site: Site) -> None:
    before = site.cluster.audit.position()

    played = site.play("upgrade", "--limit", site.workers[0])

    assert played.code != 0
    assert "REFUSED D2-RUN-005" in played.output
    assert site.cluster.audit.writes(PRODUCT, before) == []


def test_starting_after_the_opening_is_refused(site: Site) -> None:
    before = site.cluster.audit.position()

    site.play("upgrade", "--start-at-task", "Close | Judge the run from the cluster and free the lock")

    assert site.cluster.audit.writes(PRODUCT, before) == []
    assert [site.version(worker) for worker in site.workers] == [OLD] * 2


def test_recovering_gives_back_what_a_dead_run_left_and_a_second_time_does_nothing(
    site: Site, product: Transport
) -> None:
    left, foreign = site.workers
    site.leave_behind(left, "dead-run")
    site.cluster.admin.merge(f"/api/v1/nodes/{foreign}", {"spec": {"unschedulable": True}})
    dead = lease.Lock(product, "dead-run", "somebody@gone:1", ttl=2)
    dead.acquire()
    before = site.cluster.audit.position()

    checked = site.play("recover", "--check")
    assert checked.code == 0, checked.output
    assert site.cluster.audit.writes(PRODUCT, before) == []
    assert "of run dead-run would be freed" in checked.output

    first, second = site.play("recover"), site.play("recover")

    assert first.code == 0, first.output
    assert site.records_on(left) == {}
    assert not site.unschedulable(left)
    assert site.unschedulable(foreign)
    lock = lease.read(product)
    assert lock is not None
    assert lock.free
    assert first.recap(site.control_plane)["changed"] == 1
    assert second.recap(site.control_plane)["changed"] == 0
    assert "nothing to undo" in second.output


def test_the_status_shows_what_a_dead_run_left(site: Site) -> None:
    site.leave_behind(site.workers[0], "dead-run")

    played = site.play("status")

    assert played.code == 0, played.output
    assert f"a run left things behind ({site.workers[0]})" in played.output
    assert "drain running since 2026-03-01T12:00:00Z, machine not changed" in played.output
