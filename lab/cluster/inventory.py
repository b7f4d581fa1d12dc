# SPDX-License-Identifier: GPL-3.0-or-later
"""The Ansible inventory of a lab cluster, of the same shape as the examples in `inventories/`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from lab.cluster import identity, kubeadm
from lab.cluster.record import ClusterRecord
from lab.cluster.spec import Node
from lab.host import paths, ssh

_HEADER = "# Written by `lab up`; it is overwritten when the cluster is made again.\n"


def directory(record: ClusterRecord) -> Path:
    """The inventory directory to pass to `ansible-playbook -i`."""
    return record.directory / "inventory"


def write(record: ClusterRecord) -> None:
    """Write hosts and variables."""
    root = directory(record)
    paths.write_private(root / "hosts.yml", _HEADER + _yaml(hosts(record)))
    paths.write_private(root / "group_vars" / "k8s_cluster.yml", _HEADER + _yaml(variables(record)))


def hosts(record: ClusterRecord) -> dict[str, Any]:
    """Hosts by role, and how to log in to them; a host's name is its node's name."""

    def group(nodes: list[Node]) -> dict[str, Any]:
        return {"hosts": {node.name: {"ansible_host": node.address} for node in nodes}}

    return {
        "k8s_cluster": {
            "children": {"kube_control_plane": group(record.control_planes), "kube_node": group(record.workers)},
            "vars": {
                "ansible_user": "root",
                "ansible_ssh_private_key_file": str(record.directory / "id_ed25519"),
                "ansible_ssh_common_args": " ".join(ssh.options(record.directory)),
                "ansible_python_interpreter": "/usr/bin/python3",
            },
        }
    }


def variables(record: ClusterRecord) -> dict[str, Any]:
    """Which cluster it is, what is wanted of it, and what only this kind of machine needs."""
    return {
        "day2_environment": "lab",
        "day2_environment_rank": 3,
        "day2_cluster_uid": record.uid,
        "day2_kubernetes_version": record.spec.upgrade_to,
        "day2_kubeconfig": str(identity.product_kubeconfig(record)),
        "day2_artifacts": str(record.directory / "artifacts"),
        "kubeadm_ignore_preflight_errors": list(kubeadm.IGNORED_PREFLIGHT_ERRORS),
    }


def _yaml(data: dict[str, Any]) -> str:
    return yaml.safe_dump(data, sort_keys=False, width=120)
