# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster that can be read and not written: whoever tries to change something fails."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import yaml

from ansible_collections.day2.k8s.plugins.plugin_utils._model.api_error import ApiError
from ansible_collections.day2.k8s.plugins.plugin_utils._model.workloads import NODES, PODS, RESOURCES
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import (
    COMPONENTS,
    OLD,
    UID,
    ip_of,
    machine_id_of,
    member,
    mirror_pod_json,
    node_json,
    static_pods,
)

CONTROL_PLANE = ("cp1", "cp2", "cp3")
WORKERS = ("w1", "w2")
LEASE = "/apis/coordination.k8s.io/v1/namespaces/day2-system/leases/day2-run"


class ReadableApi:
    """Stands in for Transport; by default three control planes and two workers, all healthy at ``running``.

    ``lists`` adds objects by the path of their list; ``refused`` are lists that may not be read; ``lease`` is the
    lock's, none by default.
    """

    server = "https://api.example.com:6443"

    def __init__(
        self,
        *,
        running: str = OLD,
        uid: str = UID,
        nodes: Iterable[Mapping[str, Any]] = (),
        away: bool = False,
        lists: Mapping[str, Iterable[Mapping[str, Any]]] | None = None,
        refused: Collection[str] = (),
        lease: Mapping[str, Any] | None = None,
    ) -> None:
        by_name = {name: node_json(name, kubelet=running, control_plane=True) for name in CONTROL_PLANE}
        by_name |= {name: node_json(name, kubelet=running) for name in WORKERS}
        by_name |= {node["metadata"]["name"]: dict(node) for node in nodes}
        self._away = away
        self._refused = refused
        system_pods = [
            mirror_pod_json(component, name, running=running)
            for name in CONTROL_PLANE
            for component in (*COMPONENTS, "etcd")
        ]
        self._lists: dict[str, list[Mapping[str, Any]]] = {
            **{path: [] for path in RESOURCES},
            **{path: list(objects) for path, objects in (lists or {}).items()},
        }
        self._lists[NODES] = list(by_name.values())
        self._lists[PODS] = [*system_pods, *self._lists[PODS]]
        self._lists["/api/v1/namespaces/kube-system/pods"] = list(system_pods)
        configuration = {"kubernetesVersion": f"v{running}", "controlPlaneEndpoint": "api.example.com:6443", "etcd": {}}
        self._objects: dict[str, dict[str, Any]] = {
            "/version": {"gitVersion": f"v{running}"},
            "/metrics": {"text": ""},
            "/api/v1/namespaces/kube-system": {"metadata": {"name": "kube-system", "uid": uid}},
            "/api/v1/namespaces/kube-system/configmaps/kubeadm-config": {
                "data": {"ClusterConfiguration": yaml.safe_dump(configuration)}
            },
        }
        if lease is not None:
            self._objects[LEASE] = dict(lease)

    def request(self, method: str, path: str, **_: Any) -> dict[str, Any]:
        assert method == "GET", f"{method} {path} would change something"
        if self._away:
            raise ApiError(0, "", "connection refused")
        if "/leases/" in path and path not in self._objects:
            raise ApiError(404, "NotFound", f"there is no {path}")
        return self._objects[path]

    def pages(self, path: str, query: Mapping[str, str] | None = None) -> Iterator[Mapping[str, Any]]:
        if path in self._refused:
            raise ApiError(403, "Forbidden", f"may not list {path}")
        yield from self._lists[path]


def facts(name: str, *, running: str = OLD, package: str | None = "1.36.3-1.1") -> dict[str, Any]:
    """What ``host_info`` returns for a host of the default cluster."""
    control_plane = name in CONTROL_PLANE
    members = [member(other, leader=other == "cp1") for other in CONTROL_PLANE]
    return {
        "changed": False,
        "reachable": True,
        "machine_id": machine_id_of(name),
        "addresses": [ip_of(name)],
        "package_versions": {"kubelet": f"{running}-1.1"},
        "static_pod_versions": static_pods(running) if control_plane else {},
        "target_package": package,
        "etcd": {
            "members": [{field: getattr(m, field) for field in m.__dataclass_fields__} for m in members],
            "alarms": [],
        }
        if control_plane
        else None,
    }


def hostvars(**changed: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    """Variables of the hosts of the default cluster; ``changed`` replaces some ``day2_host`` (None: none)."""
    all_facts = {name: facts(name) for name in (*CONTROL_PLANE, *WORKERS)} | changed
    return {name: {"day2_host": found} if found is not None else {} for name, found in all_facts.items()}
