# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: what the module etcd_snapshot does.

A snapshot alone restores nothing: what is in it may be encrypted, and is only reachable with the certificates that
signed it. So one bundle holds it together with the PKI, the files that the API server is given, the manifests, and what
kubeadm and the kubelet were configured with. The bundle holds every secret of the cluster: it lies in a directory of
root's alone, encrypted where a recipient is given, and goes as soon as it was fetched.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import tarfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .. import apiserver, dpkg, etcd, static_pods
from ..command import CommandError
from ..errors import HostError
from ..etcd_snapshot import Snapshot, save
from ..host import Host
from ..https import HttpError
from ..times import iso_time

FAILED = "D2-ETCD-013"
DIRECTORY = "/var/lib/day2/etcd-snapshot"
SCHEMA = 1
_CHUNK_BYTES = 16 * 1024 * 1024
_READ_BYTES = 1024 * 1024
_TREES = ("/etc/kubernetes/pki", static_pods.MANIFESTS)
_FILES = ("/var/lib/kubelet/config.yaml", "/var/lib/kubelet/kubeadm-flags.env", "/etc/default/kubelet")
# Arguments of the API server that name files which kubeadm does not write.
_FILE_ARGUMENTS = (
    "encryption-provider-config",
    "audit-policy-file",
    "admission-control-config-file",
    "authentication-config",
    "authorization-config",
    "egress-selector-config-file",
)


def take(host: Host, recipient: str, *, check_mode: bool) -> dict[str, Any]:
    """Make the bundle; raises HostError. ``recipient`` is a certificate in PEM, empty for no encryption."""
    if not etcd.is_local(host.files):
        return {"changed": False, "taken": False, "why": "this host runs no member of etcd"}
    if check_mode:
        return {"changed": True, "taken": False, "why": "in check mode"}
    directory = _empty_directory(host)
    try:
        member, revision, snapshot = _save(host, directory / "snapshot.db")
        manifest = {
            "schema": SCHEMA,
            "taken_at": iso_time(host.wall_clock()),
            "cluster_uid": apiserver.cluster_uid(host.files),
            "member": member.name,
            "etcd_version": member.version,
            "revision": revision,
            **asdict(snapshot),
            "static_pod_versions": static_pods.versions(host.files),
            "package_versions": dict(dpkg.installed(host.runner).versions),
        }
        (directory / "manifest.json").write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n")
        (directory / "kubeadm-config.json").write_text(
            json.dumps(apiserver.kubeadm_config(host.files), indent=2) + "\n"
        )
        bundle = _bundle(host, directory)
        encrypted = _encrypt(host, bundle, recipient) if recipient else bundle
        return {
            "changed": True,
            "taken": True,
            "manifest": manifest,
            "encrypted": bool(recipient),
            "bundle_name": encrypted.name,
            "bundle_bytes": encrypted.stat().st_size,
            "bundle_sha256": _sha256(encrypted),
        }
    except (HttpError, CommandError, OSError) as error:
        discard(host)
        raise HostError(
            f"no snapshot of etcd could be taken: {error}",
            code=FAILED,
            why="without it nobody could go back once the control plane is changed",
            remedy="look at etcd and at the free space of /var on this host, then run the same command again",
        ) from error


def read(host: Host, bundle_name: str, offset: int) -> dict[str, Any]:
    """A piece of the bundle, in base64; empty at its end."""
    with (host.files.path(DIRECTORY) / Path(bundle_name).name).open("rb") as file:
        file.seek(offset)
        return {"changed": False, "piece": base64.b64encode(file.read(_CHUNK_BYTES)).decode()}


def discard(host: Host) -> dict[str, Any]:
    """Nothing of it stays on the host."""
    there = host.files.exists(DIRECTORY)
    shutil.rmtree(host.files.path(DIRECTORY), ignore_errors=True)
    return {"changed": there}


def _empty_directory(host: Host) -> Path:
    discard(host)
    directory = host.files.path(DIRECTORY)
    directory.mkdir(mode=0o700, parents=True)
    return directory


def _save(host: Host, target: Path) -> tuple[etcd.Member, int, Snapshot]:
    """From the leader, which lacks nothing that was acknowledged; with a revision that is in it for certain."""
    post = etcd.gateway(host.files)
    seen = etcd.observe(post, clock=host.clock, sleep=host.sleep)
    leader = next((member for member in seen.members if member.leader and member.endpoint), None)
    if leader is None:
        raise HttpError("etcd has no leader")
    revision = etcd.revision(post, endpoint=leader.endpoint)
    return leader, revision, save(leader.endpoint, etcd.credentials(host.files), target)


def _bundle(host: Host, directory: Path) -> Path:
    bundle = directory / "etcd.tar.gz"
    arguments = static_pods.arguments(host.files, static_pods.CONTROL_PLANE)
    named = [arguments[name] for name in _FILE_ARGUMENTS if arguments.get(name)]
    with tarfile.open(bundle, "w:gz", compresslevel=1) as archive:
        for name in ("manifest.json", "snapshot.db", "kubeadm-config.json"):
            archive.add(directory / name, arcname=name)
        for path in (*_TREES, *_FILES, *named):
            if host.files.exists(path):
                archive.add(host.files.path(path), arcname=f"node{path}")
    (directory / "snapshot.db").unlink()
    return bundle


def _encrypt(host: Host, bundle: Path, recipient: str) -> Path:
    certificate = bundle.with_name("recipient.pem")
    certificate.write_text(recipient)
    encrypted = bundle.with_name(f"{bundle.name}.cms")
    command = ["openssl", "cms", "-encrypt", "-binary", "-stream", "-aes256", "-outform", "DER"]
    host.runner.run([*command, "-in", str(bundle), "-out", str(encrypted), str(certificate)], timeout_seconds=600)
    bundle.unlink()
    return encrypted


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_READ_BYTES):
            digest.update(piece)
    return digest.hexdigest()
