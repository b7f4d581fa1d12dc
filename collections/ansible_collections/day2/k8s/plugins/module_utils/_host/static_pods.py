# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: the control plane's static pods, from the manifests that kubeadm wrote.

A node need not have PyYAML, so the few lines wanted are read as kubeadm writes them: block style, one key a line.
What does not look like that yields nothing, and the caller reports that it is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .files import Files

MANIFESTS = "/etc/kubernetes/manifests"
CONTROL_PLANE = "kube-apiserver"
ETCD = "etcd"
COMPONENTS = (CONTROL_PLANE, "kube-controller-manager", "kube-scheduler", ETCD)

_ARGUMENT = re.compile(r"^\s*- (?P<quote>[\"']?)--(?P<name>[a-z0-9-]+)=(?P<value>.*?)(?P=quote)\s*$")


def path(component: str) -> str:
    """Where the manifest of ``component`` lies."""
    return f"{MANIFESTS}/{component}.yaml"


def present(files: Files, component: str) -> bool:
    """Whether this node has a manifest of ``component``."""
    return files.exists(path(component))


def versions(files: Files) -> dict[str, str]:
    """Component to the tag of its image, a leading ``v`` left out: ``1.35.4``, etcd ``3.6.6-0``."""
    found: dict[str, str] = {}
    for component in COMPONENTS:
        image = _own_image(files, component)
        if image and tag(image):
            found[component] = tag(image).lstrip("v")
    return found


def image_repository(files: Files) -> str | None:
    """Where this cluster's images come from (``registry.k8s.io``), or None on a node without an apiserver."""
    image = _own_image(files, CONTROL_PLANE)
    return image.rpartition("/")[0] or None if image else None


def arguments(files: Files, component: str) -> dict[str, str]:
    """The ``--name=value`` arguments of ``component``; empty without a manifest."""
    lines = (files.read(path(component)) or "").splitlines()
    matches = (_ARGUMENT.match(line) for line in lines)
    return {match["name"]: match["value"] for match in matches if match}


def tag(image: str) -> str:
    """The tag of an image reference, empty without one: ``v1`` of ``host:5000/a/b:v1@sha256:…``."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[2]


def container_images(manifest: str) -> dict[str, str]:
    """Container name to image, of the pod's ``containers`` (not its init containers)."""
    images: dict[str, str] = {}
    for container in _items(_block(manifest, "containers")):
        if "name" in container and "image" in container:
            images[container["name"]] = container["image"]
    return images


def _own_image(files: Files, component: str) -> str | None:
    return container_images(files.read(path(component)) or "").get(component)


def _block(manifest: str, key: str) -> list[str]:
    """The lines below the first ``key:``, up to the next key of its own or a smaller indent."""
    lines = iter(manifest.splitlines())
    indent = next((_indent(line) for line in lines if line.strip() == f"{key}:"), 0)
    block = []
    for line in lines:
        if line.strip() and (
            _indent(line) < indent or (_indent(line) == indent and not line.lstrip().startswith("- "))
        ):
            break
        block.append(line)
    return block


def _items(block: Sequence[str]) -> Iterator[dict[str, str]]:
    """The items of a list of mappings, each with its own scalar keys; what is nested deeper is skipped."""
    item: dict[str, str] | None = None
    dash = _indent(block[0]) if block else 0
    for line in block:
        if _indent(line) == dash and line.lstrip().startswith("- "):
            if item is not None:
                yield item
            item = {}
            own = line.lstrip()[2:]
        elif _indent(line) == dash + 2 and not line.lstrip().startswith("- "):
            own = line.strip()
        else:
            continue
        key, colon, value = own.partition(":")
        if item is not None and colon:
            item[key] = _scalar(value)
    if item is not None:
        yield item


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _scalar(text: str) -> str:
    text = text.strip()
    if text[:1] in ("'", '"'):
        return text[1:].partition(text[0])[0]
    return text.partition(" #")[0].strip()
