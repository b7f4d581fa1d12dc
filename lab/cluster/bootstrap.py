# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn booted nodes into a Kubernetes cluster, with kubeadm, the way users do."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from lab import progress
from lab.artefacts import versions
from lab.cluster import kubeadm, node_files, nodes
from lab.cluster.record import ClusterRecord
from lab.cluster.spec import Node
from lab.host import command, paths

KUBEADM_CONFIG = "/etc/day2-lab/kubeadm.yaml"
ADMIN_CONF = "/etc/kubernetes/admin.conf"

_JOIN_SECONDS = 600


@dataclass(frozen=True)
class Secrets:
    """What joining nodes prove themselves with; only used while the cluster comes up."""

    token: str = field(default_factory=lambda: f"{secrets.token_hex(3)}.{secrets.token_hex(8)}")
    certificate_key: str = field(default_factory=lambda: secrets.token_hex(32))


def prepare(record: ClusterRecord) -> None:
    """Give all nodes their files and packages; write down their host keys."""
    minors = sorted({versions.minor(record.spec.version), versions.minor(record.spec.upgrade_to)})
    keys = command.in_parallel(lambda node: _prepare(record, node, minors), record.nodes)
    lines = [f"{node.address},{node.name} {key}" for node, key in zip(record.nodes, keys, strict=True)]
    paths.write_private(record.directory / "known_hosts", "".join(f"{line}\n" for line in lines))


def _prepare(record: ClusterRecord, node: Node, minors: Sequence[str]) -> str:
    nodes.write_files(node, node_files.render(record, node, minors))
    return nodes.shell(node, _PREPARE.format(version=record.spec.version)).strip()


# Prints the node's public host key.
_PREPARE = """
sysctl --quiet --load=/etc/sysctl.d/90-day2-lab.conf
export DEBIAN_FRONTEND=noninteractive
apt-get --quiet=2 update >&2
apt-get --quiet=2 --yes --no-install-recommends -o Dpkg::Options::=--force-unsafe-io install \
    kubeadm={version}-1.1 kubelet={version}-1.1 kubectl={version}-1.1 >&2
apt-mark -qq hold kubeadm kubelet kubectl >&2
cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub
"""


def init(record: ClusterRecord) -> Secrets:
    """Start the cluster on its first node; the other control planes pull their images meanwhile."""
    first, *others = record.control_planes
    proofs = Secrets()
    with command.workers() as pool:
        pulls = [pool.submit(_pull_images, record, node) for node in others]
        with progress.step(f"kubeadm init on {first.name}", 30):
            _init(record, first, proofs)
        for pull in pulls:
            pull.result()
    return proofs


def join(record: ClusterRecord, proofs: Secrets) -> None:
    """Join all other nodes: workers at the same time, control planes one by one, as etcd takes new members."""
    first, *others = record.control_planes
    ca_hash = nodes.shell(first, _CA_HASH).strip()
    with command.workers() as pool:
        joins = [pool.submit(_join, record, node, proofs, ca_hash) for node in record.workers]
        for node in others:
            _join(record, node, proofs, ca_hash)
        for started in joins:
            started.result()


_CA_HASH = """
openssl x509 -in /etc/kubernetes/pki/ca.crt -noout -pubkey |
    openssl pkey -pubin -outform DER | sha256sum | cut -d' ' -f1
"""


def _pull_images(record: ClusterRecord, node: Node) -> None:
    nodes.shell(node, f"kubeadm config images pull --kubernetes-version v{record.spec.version} >&2")


def _init(record: ClusterRecord, node: Node, proofs: Secrets) -> None:
    config = kubeadm.init_config(record, node, token=proofs.token, certificate_key=proofs.certificate_key)
    nodes.write_files(node, {KUBEADM_CONFIG: (config, 0o600)})
    quiet = "--skip-token-print --skip-certificate-key-print"
    script = f"kubeadm init --config {KUBEADM_CONFIG} --upload-certs {quiet} >&2"
    nodes.shell(node, script, timeout_seconds=_JOIN_SECONDS)


def _join(record: ClusterRecord, node: Node, proofs: Secrets, ca_hash: str) -> None:
    config = kubeadm.join_config(
        record, node, token=proofs.token, certificate_key=proofs.certificate_key, ca_hash=ca_hash
    )
    nodes.write_files(node, {KUBEADM_CONFIG: (config, 0o600)})
    with progress.step(f"kubeadm join on {node.name}", 30 if node.control_plane else 15):
        nodes.shell(node, f"kubeadm join --config {KUBEADM_CONFIG} >&2", timeout_seconds=_JOIN_SECONDS)
