# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that make a plain node image a node of one cluster. Pure: path to (content, mode)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from lab.cluster import haproxy, kubeadm
from lab.cluster.record import ClusterRecord
from lab.cluster.spec import Node, gateway

Files = dict[str, tuple[str, int]]

_AUDIT_POLICY = Path(__file__).parent.parent / "files" / "audit-policy.yaml"


def render(record: ClusterRecord, node: Node, minors: Sequence[str]) -> Files:
    """All files of a node; `minors` are the package repositories it lists, e.g. v1.35 and v1.36."""
    address = gateway(record.subnet)
    files: Files = {
        "/etc/cni/net.d/10-day2-lab.conflist": (_cni(node), 0o644),
        "/etc/sysctl.d/90-day2-lab.conf": (_SYSCTL, 0o644),
        # Whatever registry an image names, it is taken from the lab's.
        "/etc/containerd/certs.d/_default/hosts.toml": (
            f'server = "http://{address}:{haproxy.REGISTRY_PORT}"\n',
            0o644,
        ),
    }
    for minor in minors:
        source = f"deb [trusted=yes] http://{address}:{haproxy.PACKAGES_PORT}/{minor}/ ./\n"
        files[f"/etc/apt/sources.list.d/kubernetes-{minor}.list"] = (source, 0o644)
    if node.control_plane:
        files[kubeadm.AUDIT_POLICY] = (_AUDIT_POLICY.read_text(encoding="utf-8"), 0o644)
    return files


# Every node answers ARP for the pods that it carries (the route to them leads through its own bridge), so all nodes
# and the machine reach all pods without a route per node.
_SYSCTL = """\
net.ipv4.ip_forward = 1
net.ipv4.conf.eth0.proxy_arp = 1
net.ipv4.neigh.eth0.proxy_delay = 0
"""


def _cni(node: Node) -> str:
    configuration = {
        "cniVersion": "1.0.0",
        "name": "day2-lab",
        "plugins": [
            {
                "type": "bridge",
                "bridge": "cni0",
                "isDefaultGateway": True,
                "hairpinMode": True,
                "ipam": {"type": "host-local", "ranges": [[{"subnet": node.pod_subnet}]]},
            },
            {"type": "portmap", "capabilities": {"portMappings": True}},
        ],
    }
    return json.dumps(configuration, indent=2) + "\n"
