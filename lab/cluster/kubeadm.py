# SPDX-License-Identifier: GPL-3.0-or-later
"""kubeadm's configuration files for lab clusters. Pure: text out of values.

What only this kind of machine needs (cgroup v1, a user-namespace gate, preflight exceptions) is set here, in the lab,
and nowhere in the product.
"""

from __future__ import annotations

from typing import Any

import yaml

from lab.cluster import haproxy
from lab.cluster.record import ClusterRecord
from lab.cluster.spec import Node, gateway

API_VERSION = "kubeadm.k8s.io/v1beta4"
SERVICE_SUBNET = "10.96.0.0/16"
SERVICE_ADDRESS = "10.96.0.1"  # of the Service `kubernetes`: the first of the subnet
AUDIT_POLICY = "/etc/kubernetes/audit/policy.yaml"
AUDIT_LOG_DIRECTORY = "/var/log/kubernetes/audit"

# kubeadm's SystemVerification refuses cgroup v1, on which lab machines may run.
IGNORED_PREFLIGHT_ERRORS = ("SystemVerification",)

# Two cores run up to a dozen machines at once: slow is not broken.
_TIMEOUTS = {"controlPlaneComponentHealthCheck": "8m0s", "kubeletHealthCheck": "8m0s", "discovery": "8m0s"}


def init_config(record: ClusterRecord, node: Node, *, token: str, certificate_key: str) -> str:
    """The configuration of the first control-plane node, cluster-wide settings included."""
    init = {
        "apiVersion": API_VERSION,
        "kind": "InitConfiguration",
        "bootstrapTokens": [{"token": token, "ttl": "2h0m0s", "usages": ["signing", "authentication"]}],
        "certificateKey": certificate_key,
        "localAPIEndpoint": {"advertiseAddress": node.address, "bindPort": 6443},
        "nodeRegistration": _node_registration(record, node),
        "timeouts": _TIMEOUTS,
    }
    return _documents(init, _cluster(record), _kubelet(), _kube_proxy())


def join_config(record: ClusterRecord, node: Node, *, token: str, certificate_key: str, ca_hash: str) -> str:
    """The configuration of a node that joins."""
    join: dict[str, Any] = {
        "apiVersion": API_VERSION,
        "kind": "JoinConfiguration",
        "discovery": {
            "bootstrapToken": {
                "token": token,
                "apiServerEndpoint": f"{gateway(record.subnet)}:{haproxy.API_PORT}",
                "caCertHashes": [f"sha256:{ca_hash}"],
            }
        },
        "nodeRegistration": _node_registration(record, node),
        "timeouts": _TIMEOUTS,
    }
    if node.control_plane:
        join["controlPlane"] = {
            "certificateKey": certificate_key,
            "localAPIEndpoint": {"advertiseAddress": node.address, "bindPort": 6443},
        }
    return _documents(join)


def _cluster(record: ClusterRecord) -> dict[str, Any]:
    audit = {
        "audit-policy-file": AUDIT_POLICY,
        "audit-log-path": f"{AUDIT_LOG_DIRECTORY}/audit.log",
        "audit-log-maxsize": "200",
        "audit-log-maxbackup": "2",
    }
    return {
        "apiVersion": API_VERSION,
        "kind": "ClusterConfiguration",
        "clusterName": record.name,
        "kubernetesVersion": f"v{record.spec.version}",
        "controlPlaneEndpoint": f"{gateway(record.subnet)}:{haproxy.API_PORT}",
        # No podSubnet: pod networks are fixed per node by the lab's CNI configuration, as with CNIs that do their own
        # address management, so the controller manager has none to hand out.
        "networking": {"serviceSubnet": SERVICE_SUBNET},
        "apiServer": {
            "extraArgs": [{"name": name, "value": value} for name, value in audit.items()],
            "extraVolumes": [
                {
                    "name": "audit-policy",
                    "hostPath": AUDIT_POLICY,
                    "mountPath": AUDIT_POLICY,
                    "pathType": "File",
                    "readOnly": True,
                },
                {
                    "name": "audit-log",
                    "hostPath": AUDIT_LOG_DIRECTORY,
                    "mountPath": AUDIT_LOG_DIRECTORY,
                    "pathType": "DirectoryOrCreate",
                },
            ],
        },
    }


def _node_registration(record: ClusterRecord, node: Node) -> dict[str, Any]:
    registration: dict[str, Any] = {
        "name": node.name,
        "criSocket": "unix:///run/containerd/containerd.sock",
        "ignorePreflightErrors": list(IGNORED_PREFLIGHT_ERRORS),
        "kubeletExtraArgs": [
            {"name": "node-ip", "value": node.address},
            {"name": "node-labels", "value": f"topology.kubernetes.io/zone={node.zone}"},
        ],
    }
    if node.control_plane and not record.workers:
        registration["taints"] = []  # without workers the control planes carry the workloads
    return registration


def _kubelet() -> dict[str, Any]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "cgroupDriver": "cgroupfs",
        "failCgroupV1": False,
        "failSwapOn": False,
        "featureGates": {"KubeletInUserNamespace": True},
        "serializeImagePulls": False,
        # All nodes share the machine's disk: its filling level says nothing about a node, and must neither evict pods
        # nor delete images.
        "imageGCHighThresholdPercent": 100,
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "0%", "imagefs.available": "0%"},
    }


def _kube_proxy() -> dict[str, Any]:
    # A container may not raise the machine's connection tracking limits; 0 leaves them as they are.
    conntrack = {"maxPerCore": 0}
    return {"apiVersion": "kubeproxy.config.k8s.io/v1alpha1", "kind": "KubeProxyConfiguration", "conntrack": conntrack}


def _documents(*documents: dict[str, Any]) -> str:
    return yaml.safe_dump_all(documents, sort_keys=False)
