# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster as kubeadm leaves it, for whole playbooks in check mode: API objects and hosts that match each other."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from . import objects, packages
from .binaries import VERSION, Binaries, binaries
from .cluster import Cluster
from .control_plane import ControlPlane
from .etcd_ring import EtcdRing
from .kubelet import IdleKubelet
from .machine import Machine

TARGET = "1.36.3"
CONTROL_PLANES = ("cp1", "cp2", "cp3")
WORKERS = ("w1", "w2")
COMPONENTS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
ETCD_TAG = "3.6.6-0"
_REPOSITORY = "/srv/kubernetes"
# What the real machine has there would be read, or make looking slow.
_HIDDEN = ("/etc/apt", "/etc/kubernetes", "/var/lib/apt/lists", "/var/lib/dpkg", "/var/cache/apt", "/var/lib/kubelet")

_SYSTEMCTL = """\
#!/bin/sh
# Answers what is asked; whatever would change something is written down and refused.
case "$*" in
  "show kubelet.service"*)
    echo MainPID={pid}
    echo NeedDaemonReload=no
    echo ExecMainStartTimestampMonotonic={started}
    ;;
  "show "*) echo ActiveState=inactive ;;
  *)
    echo "$*" >>/var/log/refused-systemctl
    exit 1
    ;;
esac
"""
_KUBEADM = """\
#!/bin/sh
# Renders what is there already; anything else it does not know, as if it were not installed.
[ -n "$KUBEADM_INIT_DRYRUN_DIR" ] || exit 127
cp /etc/kubernetes/manifests/*.yaml "$KUBEADM_INIT_DRYRUN_DIR"
"""
_IP = """\
#!/bin/sh
cat <<'JSON'
{json}
JSON
"""


@dataclass(frozen=True)
class Host:
    """A host with the Node that it is."""

    name: str
    address: str
    control_plane: bool
    machine: Machine


class KubeadmCluster:
    """Three control planes with stacked etcd and two workers at VERSION, with the packages of TARGET within reach."""

    def __init__(self) -> None:
        self._programs: Binaries = binaries()
        self._directory = Path(tempfile.mkdtemp(prefix="day2-machines-"))
        self.cluster = Cluster(ControlPlane(self._programs))
        self._addresses = {name: f"10.10.0.{11 + n}" for n, name in enumerate((*CONTROL_PLANES, *WORKERS))}
        etcd = self._directory / "etcd"
        etcd.mkdir()
        ring = {name: self._addresses[name] for name in CONTROL_PLANES}
        self.etcd = EtcdRing(etcd, self._programs.etcd / "etcd", ring)
        self.hosts: dict[str, Host] = {}
        self._kubelet: IdleKubelet | None = None

    def start(self) -> None:
        try:
            self.cluster.start()
            self.etcd.start()
            self._kubelet = IdleKubelet(self._programs.kubernetes / "kubelet")
            self._create_objects()
            repository = packages.build_repository(self._directory / "packages", (VERSION, TARGET))
            for name in self._addresses:
                self._start_host(name, self._kubelet.pid, repository)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        for host in self.hosts.values():
            host.machine.stop()
        if self._kubelet:
            self._kubelet.stop()
        self.etcd.stop()
        self.cluster.stop()
        shutil.rmtree(self._directory, ignore_errors=True)

    def __enter__(self) -> KubeadmCluster:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def changes(self) -> dict[str, list[str]]:
        """What was written on hosts since they were set up, by host."""
        return {name: changed for name, host in self.hosts.items() if (changed := host.machine.changes())}

    def inventory(self) -> dict[str, Any]:
        """An inventory of the shape that users have, with a local connection into each host."""

        def group(names: tuple[str, ...]) -> dict[str, Any]:
            return {
                "hosts": {
                    name: {"ansible_python_interpreter": str(self.hosts[name].machine.interpreter)} for name in names
                }
            }

        return {
            "k8s_cluster": {
                "children": {"kube_control_plane": group(CONTROL_PLANES), "kube_node": group(WORKERS)},
                "vars": {
                    "ansible_connection": "local",
                    "day2_environment": "harness",
                    "day2_cluster_uid": self.cluster.uid,
                    "day2_kubernetes_version": TARGET,
                    "day2_kubeconfig": str(self.cluster.product_kubeconfig),
                },
            }
        }

    def _create_objects(self) -> None:
        """What kubeadm leaves in the API, and the nodes."""
        self.cluster.create(_kubeadm_config())
        self.cluster.create(_cluster_admins())
        for number, (name, address) in enumerate(self._addresses.items()):
            control_plane = name in CONTROL_PLANES
            self.cluster.create_node(
                name,
                zone=f"zone-{'abc'[number % 3]}",
                control_plane=control_plane,
                kubelet_version=VERSION,
                internal_ip=address,
            )
            for component in (*COMPONENTS, "etcd") if control_plane else ():
                self.cluster.create(_mirror_pod(component, name))
        self.cluster.create_namespace("shop")
        self.cluster.create(objects.deployment("web", 3), "shop")
        self.cluster.create(objects.budget("web", minAvailable=2), "shop")
        self.cluster.wait_for_pods("shop", 3, app="web")
        self.cluster.wait_for_budget("shop", "web", 1)

    def _start_host(self, name: str, kubelet_pid: int, repository: Path) -> None:
        directory = self._directory / name
        directory.mkdir()
        control_plane = name in CONTROL_PLANES
        files = self._files(name, kubelet_pid)
        if control_plane:
            files |= self._control_plane_files()
        machine = Machine(directory, files, trees={_REPOSITORY: repository}, hidden=_HIDDEN)
        self.hosts[name] = Host(name, self._addresses[name], control_plane, machine)
        machine.start()
        machine.run("apt-get", "update", "--quiet=2")
        machine.settle()

    def _files(self, name: str, kubelet_pid: int) -> dict[str, str]:
        address = {
            "ifname": "eth0",
            "addr_info": [{"family": "inet", "local": self._addresses[name], "scope": "global"}],
        }
        return {
            "/etc/machine-id": f"{objects.machine_id(name)}\n",
            "/etc/hostname": f"{name}\n",
            "/etc/apt/sources.list.d/kubernetes.list": f"deb [trusted=yes] file:{_REPOSITORY} ./\n",
            "/var/lib/dpkg/status": packages.dpkg_status(VERSION),
            "/var/lib/kubelet/config.yaml": "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
            "/usr/bin/systemctl": _SYSTEMCTL.format(pid=kubelet_pid, started=int(time.monotonic() * 1e6)),
            "/usr/bin/ip": _IP.format(json=json.dumps([address])),
        }

    def _control_plane_files(self) -> dict[str, str]:
        authority = self.cluster.control_plane.authority
        certificate, key = authority.issue(
            "apiserver-kubelet-client", name="kube-apiserver-kubelet-client", organization="kubeadm:cluster-admins"
        )
        health_certificate, health_key = self.etcd.health_client
        found = {
            "/etc/kubernetes/pki/ca.crt": authority.certificate,
            "/etc/kubernetes/pki/apiserver-kubelet-client.crt": certificate,
            "/etc/kubernetes/pki/apiserver-kubelet-client.key": key,
            "/etc/kubernetes/pki/etcd/ca.crt": self.etcd.authority.certificate,
            "/etc/kubernetes/pki/etcd/healthcheck-client.crt": health_certificate,
            "/etc/kubernetes/pki/etcd/healthcheck-client.key": health_key,
        }
        port = self.cluster.control_plane.port
        manifests = {
            component: _manifest(component, f"v{VERSION}", "--advertise-address=127.0.0.1", f"--secure-port={port}")
            for component in COMPONENTS
        }
        manifests["etcd"] = _manifest("etcd", ETCD_TAG)
        return (
            {path: file.read_text(encoding="ascii") for path, file in found.items()}
            | {
                "/usr/bin/kubeadm": _KUBEADM,
            }
            | {f"/etc/kubernetes/manifests/{component}.yaml": text for component, text in manifests.items()}
        )


def _manifest(component: str, tag: str, *arguments: str) -> str:
    container = {"command": [component, *arguments], "image": f"registry.k8s.io/{component}:{tag}", "name": component}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": component, "namespace": "kube-system", "labels": {"component": component}},
        "spec": {"containers": [container], "hostNetwork": True},
    }
    return yaml.safe_dump(pod, default_flow_style=False)


def _mirror_pod(component: str, node: str) -> dict[str, Any]:
    tag = ETCD_TAG if component == "etcd" else f"v{VERSION}"
    mirror = objects.pod(
        f"{component}-{node}",
        labels={"component": component, "tier": "control-plane"},
        annotations={"kubernetes.io/config.mirror": "0", "kubernetes.io/config.source": "file"},
        metadata={"namespace": "kube-system"},
        node_name=node,
        hostNetwork=True,
        tolerations=[{"operator": "Exists"}],
        priorityClassName="system-node-critical",
    )
    mirror["spec"]["containers"][0] |= {"name": component, "image": f"registry.k8s.io/{component}:{tag}"}
    return mirror


def _kubeadm_config() -> dict[str, Any]:
    configuration = {
        "apiVersion": "kubeadm.k8s.io/v1beta4",
        "kind": "ClusterConfiguration",
        "kubernetesVersion": f"v{VERSION}",
        "controlPlaneEndpoint": "127.0.0.1:6443",
        "etcd": {"local": {"dataDir": "/var/lib/etcd"}},
    }
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "kubeadm-config", "namespace": "kube-system"},
        "data": {"ClusterConfiguration": yaml.safe_dump(configuration)},
    }


def _cluster_admins() -> dict[str, Any]:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "kubeadm:cluster-admins"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [
            {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "kubeadm:cluster-admins"},
        ],
    }
