# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes, built from its sources.

What runs in images is one binary that takes the component to be from the name it is started by: one link instead of
four, and one image layer that all these images share. What is installed on nodes are programs of their own, of the
sizes that users' nodes have.
"""

from __future__ import annotations

from pathlib import Path

from lab import progress
from lab.artefacts import cache, go
from lab.artefacts.versions import parse

MODULE = "k8s.io/kubernetes"
BINARY = "kubernetes"
COMPONENTS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy")
NODE_PROGRAMS = ("kubeadm", "kubectl", "kubelet")
# Both packages are stamped in official builds; kubeadm does not work without.
VERSION_PACKAGES = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")


def kubernetes(version: str) -> Path:
    """Return the directory with ``kubernetes``, a link of each component's name to it, and the nodes' programs.

    :param version: X.Y.Z
    """
    return cache.produce("kubernetes", version, recipe(), lambda into: _build(version, into))


def recipe() -> str:
    """Digest what the binaries are made of, apart from the version."""
    return go.recipe(Path(__file__), go.SOURCES / BINARY)


def render_go_mod(upstream: go.Module) -> str:
    """Render the module that Kubernetes is built in.

    What Kubernetes develops in its own repository (``k8s.io/api`` and the like) it requires at v0.0.0 and replaces by
    directories; published, version X.Y.Z of Kubernetes belongs to v0.Y.Z of each.
    """
    wanted = parse(upstream.version)
    staging = f"0.{wanted.minor}.{wanted.patch}"
    return go.render_go_mod(
        BINARY,
        go=upstream.go,
        godebug=upstream.godebug,
        requires={MODULE: upstream.version} | dict.fromkeys(upstream.unversioned, "0.0.0"),
        replaces=dict.fromkeys(upstream.unversioned, staging),
    )


def version_flags(version: str) -> dict[str, str]:
    """Return the variables that tell every component its version."""
    wanted = parse(version)
    values = {
        "gitVersion": f"v{version}",
        "gitMajor": str(wanted.major),
        "gitMinor": str(wanted.minor),
        "gitTreeState": "clean",
    }
    return {f"{package}.{key}": value for package in VERSION_PACKAGES for key, value in values.items()}


def _build(version: str, into: Path) -> None:
    with progress.step(f"compile Kubernetes {version}", expected_seconds=330):
        go.build(
            BINARY,
            into,
            go_mod=render_go_mod(go.module(MODULE, version)),
            log=cache.log_file(f"kubernetes-{version}"),
            programs={BINARY: go.OWN} | {program: f"{MODULE}/cmd/{program}" for program in NODE_PROGRAMS},
            version_flags=version_flags(version),
        )
    for component in COMPONENTS:
        (into / component).symlink_to(BINARY)
