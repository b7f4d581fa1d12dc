# SPDX-License-Identifier: GPL-3.0-or-later
"""Serves a snapshot directory as an API server would its lists: to measure what reading a large cluster costs a client.

``python -m tests.bench.listing DIRECTORY`` prints its port. Objects get what a snapshot leaves out and an API server
sends (field managers above all), so that they are as long as in earnest; lists come in pages with continue tokens.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import yaml

from ansible_collections.day2.k8s.plugins.plugin_utils._kube.snapshot_directory import SnapshotDirectory, file_of
from ansible_collections.day2.k8s.plugins.plugin_utils._model.workloads import RESOURCES

# What a pod of one container has besides what planning reads: about 2 KB of field managers, which the server writes at
# the end of the metadata, and 2 KB of other fields.
_FIELDS: dict[str, Any] = {f"f:field-{number}": {"f:name": {}, "f:value": {}, ".": {}} for number in range(22)}
_MANAGED = [
    {
        "manager": manager,
        "operation": "Update",
        "apiVersion": "v1",
        "fieldsType": "FieldsV1",
        "fieldsV1": {where: _FIELDS},
    }
    for manager, where in (("kube-controller-manager", "f:spec"), ("kubelet", "f:status"))
]
_METADATA = {"resourceVersion": "123456789", "generation": 1, "creationTimestamp": "2026-03-01T09:00:00Z"}
_TOKEN = [
    {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
    {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
    {
        "downwardAPI": {
            "items": [{"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}]
        }
    },
]
_SPEC = {
    "volumes": [{"name": "kube-api-access-x7k2p", "projected": {"sources": _TOKEN, "defaultMode": 420}}],
    "restartPolicy": "Always",
    "dnsPolicy": "ClusterFirst",
    "serviceAccountName": "default",
    "serviceAccount": "default",
    "securityContext": {},
    "enableServiceLinks": True,
    "preemptionPolicy": "PreemptLowerPriority",
}
_CONTAINER = {
    "name": "main",
    "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
    "env": [{"name": f"SETTING_{number}", "value": f"value-{number}"} for number in range(8)],
    "volumeMounts": [
        {
            "name": "kube-api-access-x7k2p",
            "readOnly": True,
            "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
        }
    ],
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "imagePullPolicy": "IfNotPresent",
}
_STATUS = {
    "hostIP": "10.0.0.1",
    "hostIPs": [{"ip": "10.0.0.1"}],
    "podIP": "10.244.1.2",
    "podIPs": [{"ip": "10.244.1.2"}],
    "startTime": "2026-03-01T09:00:00Z",
    "qosClass": "Burstable",
}
_CONTAINER_STATUS = {
    "name": "main",
    "state": {"running": {"startedAt": "2026-03-01T09:00:05Z"}},
    "lastState": {},
    "ready": True,
    "restartCount": 0,
    "image": "registry.example.com/team/service:1.2.3",
    "imageID": "registry.example.com/team/service@sha256:" + 64 * "0",
    "containerID": "containerd://" + 64 * "0",
    "started": True,
}


def objects(directory: Path) -> dict[str, Any]:
    """What is asked for by itself, by path."""
    index = SnapshotDirectory(directory).index
    configuration = {"kubernetesVersion": f"v{index.kubeadm.kubernetes_version}", "etcd": {}}
    return {
        "/version": {"gitVersion": f"v{index.api_version}"},
        "/api/v1/namespaces/kube-system": {"metadata": {"name": "kube-system", "uid": index.cluster_uid}},
        "/api/v1/namespaces/kube-system/configmaps/kubeadm-config": {
            "data": {"ClusterConfiguration": yaml.safe_dump(configuration)}
        },
    }


class Lists:
    """The lists of a snapshot, by lines of their files; what is kept in memory is where each page begins."""

    def __init__(self, directory: Path) -> None:
        self._files = {path: directory / file_of(path) for path in RESOURCES}
        self._offsets: dict[tuple[str, str], int] = {}

    def page(self, path: str, limit: int, token: str) -> bytes:
        lines: list[str] = []
        with self._files[path].open(encoding="utf-8") as stream:
            stream.seek(self._offsets.get((path, token), 0))
            for line in iter(stream.readline, ""):
                lines.append(line)
                if len(lines) == limit:
                    break
            following = str(int(token or 0) + 1) if len(lines) == limit else ""
            self._offsets[path, following] = stream.tell()
        metadata = json.dumps({"continue": following, "resourceVersion": "1"})
        return f'{{"metadata":{metadata},"items":[{",".join(map(_padded, lines))}]}}'.encode()


def _padded(line: str) -> str:
    """The object as the server writes it: without blanks, and with what it has besides."""
    raw = json.loads(line)
    if "containers" in raw.get("spec", {}):
        raw["spec"] = {**_SPEC, **raw["spec"]}
        raw["spec"]["containers"] = [{**_CONTAINER, **container} for container in raw["spec"]["containers"]]
        raw["status"] = {**_STATUS, "containerStatuses": [_CONTAINER_STATUS], **raw["status"]}
    raw["metadata"] = {**_METADATA, **raw["metadata"], "managedFields": _MANAGED}
    return json.dumps(raw, separators=(",", ":"))


def make_server(directory: Path) -> ThreadingHTTPServer:
    """On a free port of loopback."""
    single, lists = objects(directory), Lists(directory)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = urlparse(self.path)
            query = {key: values[0] for key, values in parse_qs(asked.query).items()}
            if asked.path in single:
                body = json.dumps(single[asked.path]).encode()
            else:
                body = lists.page(asked.path, int(query["limit"]), query.get("continue", ""))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


def main() -> None:
    server = make_server(Path(sys.argv[1]))
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
