# SPDX-License-Identifier: GPL-3.0-or-later
"""The images of a Kubernetes version, in the lab's registry under the names that kubeadm and manifests use."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lab import progress, registry
from lab.artefacts import cache, oci
from lab.artefacts.coredns import coredns
from lab.artefacts.etcd import PROGRAMS as ETCD_PROGRAMS
from lab.artefacts.etcd import etcd
from lab.artefacts.image_tags import image_tags, release_of
from lab.artefacts.iptables import LAYER, iptables
from lab.artefacts.kubernetes import BINARY as KUBERNETES
from lab.artefacts.kubernetes import COMPONENTS, kubernetes
from lab.artefacts.metrics_server import VERSION as METRICS_SERVER_VERSION
from lab.artefacts.metrics_server import metrics_server
from lab.artefacts.pause import pause
from lab.artefacts.web import web

KUBERNETES_HOST = "registry.k8s.io"
# No such domain exists; the nodes take it from the lab's registry, like everything else.
LAB_HOST = "day2-lab.invalid"
NOBODY = "65532:65532"
RECIPE = (Path(__file__), Path(oci.__file__))


@dataclass(frozen=True)
class _Plan:
    """An image to make: layers by their content, of which equal ones are made once."""

    repository: str
    tag: str
    content: Mapping[str, Path | str]
    entrypoint: str
    user: str = "0:0"
    # A finished layer on top.
    extra: Path | None = None


def images(version: str) -> dict[str, str]:
    """Make sure that the registry has all images of a Kubernetes version; return their digests by repository:tag."""
    plans = _plans(version)
    recipe = cache.digest(*RECIPE, *(f"{plan}" for plan in plans))
    record = cache.root() / "images" / f"{version}-{recipe}.json"
    if _complete(record):
        return _read(record)
    with cache.lock("images"):
        if not _complete(record):
            with progress.step(f"push the images of Kubernetes {version}", expected_seconds=20):
                pushed = _push(plans)
            partial = record.with_suffix(".partial")
            partial.write_text(json.dumps(pushed, indent=2))
            partial.rename(record)
    return _read(record)


def metrics_server_image() -> str:
    """Return the reference of metrics-server's image."""
    return f"{KUBERNETES_HOST}/metrics-server/metrics-server:v{METRICS_SERVER_VERSION}"


def web_image() -> str:
    """Return the reference of the sample web service's image; another build has another tag."""
    return f"{LAB_HOST}/web:{_web_tag()}"


def _web_tag() -> str:
    return web().name


def _plans(version: str) -> list[_Plan]:
    tags = image_tags(version)
    components = kubernetes(version)
    programs: dict[str, Path | str] = {f"/usr/local/bin/{KUBERNETES}": components / KUBERNETES}
    programs |= {f"/usr/local/bin/{component}": KUBERNETES for component in COMPONENTS}
    etcd_directory = etcd(release_of(tags["etcd"]))

    def component(name: str, extra: Path | None = None) -> _Plan:
        return _Plan(name, f"v{version}", programs, f"/usr/local/bin/{name}", extra=extra)

    return [
        component("kube-apiserver"),
        component("kube-controller-manager"),
        component("kube-scheduler"),
        component("kube-proxy", extra=iptables() / LAYER),
        _Plan(
            "etcd",
            tags["etcd"],
            {f"/usr/local/bin/{program}": etcd_directory / program for program in ETCD_PROGRAMS},
            "/usr/local/bin/etcd",
        ),
        _Plan(
            "coredns/coredns",
            tags["coredns"],
            {"/coredns": coredns(release_of(tags["coredns"])) / "coredns"},
            "/coredns",
        ),
        _Plan("pause", tags["pause"], {"/pause": pause(release_of(tags["pause"])) / "pause"}, "/pause", NOBODY),
        _Plan(
            "metrics-server/metrics-server",
            f"v{METRICS_SERVER_VERSION}",
            {"/metrics-server": metrics_server() / "metrics-server"},
            "/metrics-server",
            NOBODY,
        ),
        _Plan("web", _web_tag(), {"/web": web() / "web"}, "/web", NOBODY),
    ]


def _push(plans: list[_Plan]) -> dict[str, str]:
    """Make the layers, push the images, and return their digests by name."""
    # One name, under the lock: what an interrupted push left goes away with the next.
    work = cache.root() / "images" / "layers.partial"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        layers: dict[str, oci.Layer] = {}
        made = []
        for plan in plans:
            key = repr(plan.content)
            if key not in layers:
                layers[key] = oci.write_layer(work / f"{len(layers)}.tar", plan.content)
            extra = () if plan.extra is None else (oci.layer(plan.extra),)
            made.append(oci.Image(plan.repository, plan.tag, (layers[key], *extra), (plan.entrypoint,), user=plan.user))
        with registry.serve("127.0.0.1", _free_port()) as url:
            oci.push(made, url)
    finally:
        shutil.rmtree(work)
    return {image.name: oci.digest_of(oci.manifest(image)) for image in made}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _read(record: Path) -> dict[str, str]:
    digests: dict[str, str] = json.loads(record.read_text())
    return digests


def _complete(record: Path) -> bool:
    """Whether every image was pushed and its tag still means it: another recipe may have pushed the same tag since."""
    return record.is_file() and all(_tagged(name) == digest for name, digest in _read(record).items())


def _tagged(name: str) -> str | None:
    """Return the digest that a tag stands for, as the registry keeps it in its storage."""
    repository, _, tag = name.rpartition(":")
    kept = (
        registry.storage() / "docker/registry/v2/repositories" / repository / "_manifests/tags" / tag / "current/link"
    )
    try:
        return kept.read_text().strip()
    except FileNotFoundError:
        return None
