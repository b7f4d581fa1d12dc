# SPDX-License-Identifier: GPL-3.0-or-later
"""Which volumes are attached to a node without a pod there that uses them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._model.pod import Pod
from .transport import ApiError, Transport

# Of these the VolumeAttachments say more: they are there until the driver has confirmed the detachment.
_CSI = "kubernetes.io/csi/"


def attached(transport: Transport, raw_node: Mapping[str, Any], pods: Iterable[Pod]) -> tuple[str, ...]:
    """The names of persistent volumes (of other than CSI ones: their plugin's), but for those that ``pods`` use.

    Raises ApiError.
    """
    node = raw_node["metadata"]["name"]
    volumes = {
        attachment["spec"]["source"].get("persistentVolumeName") or attachment["metadata"]["name"]
        for attachment in transport.pages("/apis/storage.k8s.io/v1/volumeattachments")
        if attachment["spec"]["nodeName"] == node and (attachment.get("status") or {}).get("attached")
    }
    if volumes:
        volumes -= set(_volumes_of(transport, pods))
    others = {v["name"] for v in raw_node.get("status", {}).get("volumesAttached") or ()}
    return tuple(sorted(volumes | {name for name in others if not name.startswith(_CSI)}))


def _volumes_of(transport: Transport, pods: Iterable[Pod]) -> Iterable[str]:
    """The persistent volumes behind the pods' claims."""
    for pod in pods:
        for claim in (*pod.claims, *pod.ephemeral_claims):
            path = f"/api/v1/namespaces/{pod.namespace}/persistentvolumeclaims/{claim}"
            try:
                volume = transport.request("GET", path)["spec"].get("volumeName")
            except ApiError as error:
                if error.status != 404:
                    raise
                continue
            if volume:
                yield volume
