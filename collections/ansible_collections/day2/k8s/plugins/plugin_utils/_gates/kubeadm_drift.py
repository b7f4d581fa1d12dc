# SPDX-License-Identifier: GPL-3.0-or-later
"""Would kubeadm keep what was set on the control plane? It writes the manifests anew, from kubeadm-config alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import ClassVar

from .._model.finding import Finding, Severity
from .._model.host import UnexplainedArgument
from .._model.snapshot import Snapshot
from .gate import Gate

_SECTIONS = {
    "kube-apiserver": "apiServer",
    "kube-controller-manager": "controllerManager",
    "kube-scheduler": "scheduler",
}


class KubeadmDrift(Gate):
    """Arguments edited into a manifest alone, such as those for OIDC, audit, encryption or admission.

    What kubeadm-config explains passes. A host that could not find out warns; one that was not asked is not judged.
    """

    name: ClassVar[str] = "kubeadm drift"

    def findings(self, snapshot: Snapshot, in_hand: frozenset[str]) -> Iterable[Finding]:  # noqa: ARG002 - the interface
        found: dict[tuple[str, str], list[tuple[str, UnexplainedArgument]]] = defaultdict(list)
        for name, host in sorted(snapshot.hosts.items()):
            if host.unexplained_arguments is None and host.unexplained_arguments_error:
                yield _unknown(name, host.unexplained_arguments_error)
            for argument in host.unexplained_arguments or ():
                found[argument.component, argument.argument].append((name, argument))
        for (component, lost), seen in sorted(found.items()):
            yield _lost(component, lost, seen)


def _lost(component: str, argument: str, seen: Sequence[tuple[str, UnexplainedArgument]]) -> Finding:
    hosts: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    for host, found in seen:
        hosts[found.value, found.rendered].append(host)
    section = _SECTIONS.get(component, component)
    return Finding(
        code="D2-DRIFT-001",
        subject=f"{component} --{argument}",
        message="; ".join(
            f"is {value!r} in the manifest on {', '.join(names)}, and kubeadm would write "
            + ("no such argument" if rendered is None else repr(rendered))
            for (value, rendered), names in hosts.items()
        ),
        why="kubeadm writes the manifest anew from kubeadm-config, so that the upgrade would undo this setting",
        remedy=f"to keep it, add {argument} to {section}.extraArgs of the ClusterConfiguration "
        "(kubectl -n kube-system edit configmap kubeadm-config)",
    )


def _unknown(host: str, error: str) -> Finding:
    return Finding(
        code="D2-DRIFT-002",
        subject=host,
        message=f"what kubeadm would write could not be rendered: {error}",
        why="arguments that are in this host's manifests alone would vanish without a word",
        remedy="compare the manifests in /etc/kubernetes/manifests with kubeadm-config by hand",
        severity=Severity.WARNING,
    )
