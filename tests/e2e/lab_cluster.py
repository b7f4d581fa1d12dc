# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster of the lab as tests see it: its nodes over SSH, its objects through the API, its own audit log."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import testinfra

from lab.cluster import identity, record
from lab.cluster.spec import Node
from lab.host import api, ssh
from tests.harness.audit import HARMLESS, MUTATING

PRODUCT = "system:serviceaccount:day2-system:day2"
AUDIT_LOG = "/var/log/kubernetes/audit/audit.log"
# Which cluster a scenario works on, and where it leaves evidence; both are set by scripts/e2e.sh.
NAME_VARIABLE, ARTIFACTS_VARIABLE = "E2E_CLUSTER", "E2E_ARTIFACTS"


def artifacts() -> Path:
    """The directory in which a scenario leaves what outlives its cluster."""
    path = Path(os.environ[ARTIFACTS_VARIABLE])
    path.mkdir(parents=True, exist_ok=True)
    return path


class LabCluster:
    """A running cluster, by the name it has in the lab."""

    def __init__(self, name: str) -> None:
        self.record = record.require(name)
        self.name = name
        self._access = api.access(identity.admin_kubeconfig(self.record))

    @classmethod
    def of_scenario(cls) -> LabCluster:
        return cls(os.environ[NAME_VARIABLE])

    @property
    def target(self) -> str:
        """The version that the cluster was made to be upgraded to."""
        return self.record.spec.upgrade_to

    def host(self, node: Node) -> Any:
        """A testinfra host: the node over SSH, as root."""
        return testinfra.get_host(
            f"ssh://root@{node.address}",
            ssh_identity_file=str(self.record.directory / "id_ed25519"),
            ssh_extra_args=" ".join(ssh.options(self.record.directory)),
        )

    def get(self, path: str) -> dict[str, Any]:
        """Read from the API, as administrator."""
        return api.get(self._access, path)

    def items(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(path)["items"]
        return found

    def writes(self) -> list[str]:
        """What our identity tried to change, as ``verb uri``, by the audit logs of all API servers."""
        return [
            f"{event['verb']} {event['requestURI']}"
            for event in self._audit_events()
            if event["user"]["username"] == PRODUCT
            and event["verb"] in MUTATING
            and event.get("objectRef", {}).get("resource") not in HARMLESS
        ]

    def _audit_events(self) -> Iterator[dict[str, Any]]:
        for node in self.record.control_planes:
            # Rotated files too; grep keeps what is sent here small.
            answer = self.host(node).run(f"grep -h {PRODUCT} {AUDIT_LOG.removesuffix('.log')}*.log || true")
            assert answer.rc == 0, answer.stderr
            yield from (json.loads(line) for line in answer.stdout.splitlines())
