# SPDX-License-Identifier: GPL-3.0-or-later
"""Which other API servers may stand in for that of a node while it is isolated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._model.version import KubernetesVersion
from .order import natural

SELECTOR = "component=kube-apiserver,tier=control-plane"
# kubeadm writes into the static pod where its apiserver is reached.
_ENDPOINT = "kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint"


def endpoints(pods: Iterable[Mapping[str, Any]], node_name: str) -> list[str]:
    """``host:port`` of the ready API servers on other nodes than ``node_name``, from their raw pods.

    The newest come first: clients that are sent there need not be sent away again in the same run.
    """
    others = [pod for pod in pods if pod.get("spec", {}).get("nodeName") != node_name and _ready(pod)]
    others.sort(key=lambda pod: natural(str(pod["spec"].get("nodeName"))))
    others.sort(key=_version, reverse=True)
    return [endpoint for pod in others if (endpoint := _endpoint(pod))]


def by_node(pods: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """``host:port`` of each API server, ready or not, by the name of its Node."""
    found = {str(pod.get("spec", {}).get("nodeName")): _endpoint(pod) for pod in pods}
    return {node: found[node] for node in sorted(found, key=natural) if found[node]}


def _endpoint(pod: Mapping[str, Any]) -> str:
    return str(pod["metadata"].get("annotations", {}).get(_ENDPOINT, ""))


def _ready(pod: Mapping[str, Any]) -> bool:
    conditions = pod.get("status", {}).get("conditions", ())
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


def _version(pod: Mapping[str, Any]) -> KubernetesVersion:
    image = str(pod["spec"]["containers"][0].get("image", ""))
    try:
        return KubernetesVersion.parse(image.partition("@")[0].rpartition(":")[2])
    except ValueError:
        return KubernetesVersion(0, 0, 0)
