# SPDX-License-Identifier: GPL-3.0-or-later
"""Which versions the control plane runs, as observed: never as some file of ours remembers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .host import Host
from .node import Node
from .pod import Pod
from .snapshot import Snapshot
from .version import KubernetesVersion

# Etcd is not one of them: its version numbers are its own, and kubeadm chooses it with the others.
COMPONENTS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")

Versions = Mapping[str, KubernetesVersion]


@dataclass(frozen=True, slots=True)
class ControlPlane:
    """``components`` maps each control-plane Node to its components' versions; ``config`` is of kubeadm-config.

    A component whose version could not be seen is absent, and so its node does not count as finished.
    """

    components: Mapping[str, Versions]
    config: KubernetesVersion

    def apiserver(self, node_name: str) -> KubernetesVersion:
        """Of one node; where it could not be seen, the version that the cluster is configured for."""
        return self.components.get(node_name, {}).get("kube-apiserver", self.config)

    @property
    def lowest(self) -> tuple[KubernetesVersion, str]:
        """The oldest version in use, and what runs it."""
        return min(self._seen())

    @property
    def highest(self) -> tuple[KubernetesVersion, str]:
        """The newest version in use, and what runs it."""
        return max(self._seen())

    def _seen(self) -> list[tuple[KubernetesVersion, str]]:
        running = [(v, f"{c} on {node}") for node, versions in self.components.items() for c, v in versions.items()]
        return [*running, (self.config, "kubeadm-config")]


def observe(snapshot: Snapshot, hosts: Mapping[str, Host]) -> ControlPlane:
    """``hosts`` maps Node names to their hosts.

    The manifests on a host say what it runs or is about to; where the host did not answer, its mirror pods do.
    """
    return ControlPlane(
        components={
            node.name: component_versions(node, hosts.get(node.name), snapshot.system_pods)
            for node in snapshot.nodes.values()
            if node.control_plane
        },
        config=snapshot.kubeadm.kubernetes_version,
    )


def component_versions(node: Node, host: Host | None, system_pods: tuple[Pod, ...]) -> Versions:
    """Component to version of one control-plane node."""
    tags = dict(host.static_pod_versions) if host else {}
    if not tags:
        tags = {
            component: _tag(pod.images[0])
            for pod in system_pods
            if pod.mirror and pod.node == node.name and pod.images and (component := pod.labels.get("component"))
        }
    return parse_components(tags)


def parse_components(tags: Mapping[str, str]) -> Versions:
    """The components' versions from image tags; what has no version for a tag is left out."""
    parsed = ((component, _version(tags.get(component, ""))) for component in COMPONENTS)
    return {component: version for component, version in parsed if version is not None}


def all_at(versions: Versions, target: KubernetesVersion) -> bool:
    """Whether every component of the control plane is known and at ``target``."""
    return all(versions.get(component) == target for component in COMPONENTS)


def _tag(image: str) -> str:
    name = image.partition("@")[0].rpartition("/")[2]
    return name.partition(":")[2]


def _version(tag: str) -> KubernetesVersion | None:
    try:
        return KubernetesVersion.parse(tag)
    except ValueError:
        return None
