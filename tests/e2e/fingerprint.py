# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run in check mode may not change, written down so that it can be compared: files, packages, objects.

``python -m tests.e2e.fingerprint CLUSTER`` writes it below the artefacts; :func:`read` gives it back.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from tests.e2e.lab_cluster import LabCluster, artifacts

_FILE = "fingerprint.json"
# Everything that the product could touch on a node. /var/lib/apt/lists: a check reads with lists of its own.
_NODE_COMMANDS = {
    "files": "find /etc/kubernetes /etc/apt /etc/systemd/system /run/systemd/transient /var/lib/kubelet/config.yaml "
    "/var/lib/kubelet/kubeadm-flags.env /usr/bin/kube* -type f -exec sha256sum {} + 2>/dev/null | sort -k 2",
    "package lists": "ls -l --time-style=full-iso /var/lib/apt/lists /var/cache/apt/archives",
    "packages": "dpkg-query -W -f '${Package} ${Version} ${Status}\\n'",
    "holds": "apt-mark showhold",
    "units": "systemctl list-units --all --plain --no-legend 'day2*'",
    "images": "crictl images -q 2>/dev/null | sort || true",
    "left behind": "ls -A ~/.ansible/tmp 2>/dev/null; ls -d /tmp/*day2* /var/lib/day2* /run/day2* 2>/dev/null; true",
}


def take(cluster: LabCluster) -> dict[str, Any]:
    """Look at every node and at the objects that carry our state."""
    return {
        "nodes": {
            node.name: {what: _output(cluster, node, command) for what, command in _NODE_COMMANDS.items()}
            for node in cluster.record.nodes
        },
        "objects": {
            item["metadata"]["name"]: {
                "unschedulable": item["spec"].get("unschedulable", False),
                "annotations": _own(item["metadata"].get("annotations") or {}),
            }
            for item in cluster.items("/api/v1/nodes")
        },
        "state": sorted(
            item["metadata"]["uid"]
            for path in (
                "/apis/coordination.k8s.io/v1/namespaces/day2-system/leases",
                "/api/v1/namespaces/day2-system/configmaps",
            )
            for item in cluster.items(path)
        ),
    }


def read() -> dict[str, Any]:
    """Return what was written down before."""
    found: dict[str, Any] = json.loads((artifacts() / _FILE).read_text(encoding="utf-8"))
    return found


def _output(cluster: LabCluster, node: Any, command: str) -> str:
    answer = cluster.host(node).run(command)
    return str(answer.stdout)


def _own(annotations: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in annotations.items() if key.startswith("day2.k8s/")}


if __name__ == "__main__":
    (artifacts() / _FILE).write_text(json.dumps(take(LabCluster(sys.argv[1])), indent=1), encoding="utf-8")
