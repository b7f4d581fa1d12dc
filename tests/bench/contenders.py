# SPDX-License-Identifier: GPL-3.0-or-later
"""Who empties nodes: this collection, kubectl, and kubernetes.core, each as a person would call it.

Each has an identity of its own, so that the audit log tells their requests apart.
"""

from __future__ import annotations

import json
import re
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.harness.binaries import binaries
from tests.harness.cluster import PRODUCT, REPOSITORY, Cluster

from .measure import Measured, run

_PLAYBOOKS = Path(__file__).parent / "playbooks"
# The playbooks print it, and what came of the drain after it.
_MARK = re.compile(r"BENCH (\{.*?\}) END")


@dataclass(frozen=True)
class Outcome:
    """What a contender says of its own success, and what it cost.

    ``drain_seconds`` is without what Ansible takes to start, where the contender says so itself.
    """

    succeeded: bool
    seconds: float
    drain_seconds: float
    requests: int
    peak_megabytes: float
    said: str


class Contender(ABC):
    """``user`` is its name in the audit log."""

    name: str

    def __init__(self, cluster: Cluster, directory: Path) -> None:
        self._cluster = cluster
        self._directory = directory
        self.user, self._kubeconfig = self._identity()

    def empty(self, nodes: Sequence[str], timeout: int, label: str) -> Outcome:
        """Lets it empty the nodes; it is told to give up after ``timeout`` seconds."""
        since = self._cluster.audit.position()
        measured = self._run(nodes, timeout, self._directory / f"{label}-{self.name}.log")
        requests = len(self._cluster.audit.events(self.user, since))
        return self._outcome(measured, requests)

    @abstractmethod
    def _run(self, nodes: Sequence[str], timeout: int, log: Path) -> Measured:
        """Run it to its end."""

    def _identity(self) -> tuple[str, Path]:
        """An administrator of its own."""
        account = f"bench-{self.name.replace('_', '-').replace('.', '-')}"
        self._cluster.create({"kind": "ServiceAccount", "metadata": {"name": account, "namespace": "default"}})
        subject = {"kind": "ServiceAccount", "name": account, "namespace": "default"}
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}
        self._cluster.create(
            {
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": "ClusterRoleBinding",
                "metadata": {"name": account},
                "roleRef": role,
                "subjects": [subject],
            }
        )
        answer = self._cluster.admin.post(
            f"/api/v1/namespaces/default/serviceaccounts/{account}/token",
            {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 36000}},
        )
        kubeconfig = self._cluster.control_plane.kubeconfig(account, answer["status"]["token"])
        return f"system:serviceaccount:default:{account}", kubeconfig

    def _outcome(self, measured: Measured, requests: int) -> Outcome:
        said = measured.output.strip().splitlines()[-1:] or [""]
        return Outcome(
            succeeded=measured.code == 0,
            seconds=measured.seconds,
            drain_seconds=measured.seconds,
            requests=requests,
            peak_megabytes=measured.peak_megabytes,
            said=said[0],
        )


class Kubectl(Contender):
    name = "kubectl"

    def _run(self, nodes: Sequence[str], timeout: int, log: Path) -> Measured:
        options = ["--ignore-daemonsets", "--delete-emptydir-data", "--force", f"--timeout={timeout}s"]
        program = str(binaries().kubernetes / "kubectl")
        home = self._directory / "kubectl-home"
        home.mkdir(exist_ok=True)
        return run([program, f"--kubeconfig={self._kubeconfig}", "drain", *nodes, *options], log, {"HOME": str(home)})


class _ByAnsible(Contender):
    def _run(self, nodes: Sequence[str], timeout: int, log: Path) -> Measured:
        return play(
            _PLAYBOOKS / f"{self.name.rpartition('.')[2]}.yml",
            log,
            kubeconfig=str(self._kubeconfig),
            nodes=list(nodes),
            give_up_after=timeout,
        )

    def _outcome(self, measured: Measured, requests: int) -> Outcome:
        found = _MARK.search(" ".join(measured.output.replace('\\"', '"').split()))  # long lines are folded
        if found is None:
            raise RuntimeError(f"{self.name} did not come to its end:\n{measured.output}")
        told = json.loads(found.group(1))
        return Outcome(
            succeeded=not told["failed"],
            seconds=measured.seconds,
            drain_seconds=told.get("seconds") or measured.seconds,
            requests=requests,
            peak_megabytes=measured.peak_megabytes,
            said=told["said"],
        )


class Day2(_ByAnsible):
    name = "node_drain"

    def _identity(self) -> tuple[str, Path]:
        return PRODUCT, self._cluster.product_kubeconfig


class KubernetesCore(_ByAnsible):
    name = "k8s_drain"


def play(playbook: Path, log: Path, **variables: object) -> Measured:
    """Run a playbook on localhost."""
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    environment = {
        "ANSIBLE_COLLECTIONS_PATH": str(REPOSITORY / "collections"),
        "ANSIBLE_CONFIG": str(REPOSITORY / "ansible.cfg"),
        "ANSIBLE_NOCOLOR": "1",
    }
    extra = ["-i", "localhost,", "-e", json.dumps({**variables, "ansible_python_interpreter": sys.executable})]
    return run([program, *extra, str(playbook)], log, environment)
