# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import hashlib
import ssl
import tarfile
from pathlib import Path

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host import apiserver, dpkg, etcd
from ansible_collections.day2.k8s.plugins.module_utils._host.errors import HostError
from ansible_collections.day2.k8s.plugins.module_utils._host.etcd_snapshot import Snapshot
from ansible_collections.day2.k8s.plugins.module_utils._host.https import HttpError
from ansible_collections.day2.k8s.plugins.module_utils._host.steps import etcd_snapshot
from ansible_collections.day2.k8s.plugins.module_utils._host.steps.etcd_snapshot import DIRECTORY, discard, read, take
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host import manifests
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost

LEADER = etcd.Member("1", "cp1", "https://cp1:2379", started=True, learner=False, healthy=True, leader=True)
FOLLOWER = etcd.Member("2", "cp2", "https://cp2:2379", started=True, learner=False, healthy=True)


@pytest.fixture
def node(fake: FakeHost, monkeypatch: pytest.MonkeyPatch) -> FakeHost:
    """A control-plane node whose API server is given an encryption configuration; cp1 leads."""
    port = "    - --secure-port=6443\n"
    manifest = manifests.apiserver().replace(port, f"{port}    - --encryption-provider-config=/etc/enc/config.yaml\n")
    fake.write("/etc/kubernetes/manifests/kube-apiserver.yaml", manifest)
    fake.write("/etc/kubernetes/manifests/etcd.yaml", "kind: Pod\n")
    fake.write("/etc/kubernetes/pki/ca.key", "secret")
    fake.write("/etc/enc/config.yaml", "kind: EncryptionConfiguration\n")
    fake.write("/var/lib/kubelet/config.yaml", "kind: KubeletConfiguration\n")

    def save(endpoint: str, context: ssl.SSLContext, target: Path) -> Snapshot:
        target.write_bytes(f"from {endpoint}".encode())
        return Snapshot(20, "ab" * 32, "3.6.0")

    monkeypatch.setattr(etcd, "credentials", lambda files: None)
    monkeypatch.setattr(etcd, "observe", lambda post, **rest: etcd.Etcd((FOLLOWER, LEADER), (), "2"))
    monkeypatch.setattr(etcd, "gateway", lambda files: None)
    monkeypatch.setattr(etcd, "revision", lambda post, endpoint: 4711)
    monkeypatch.setattr(etcd_snapshot, "save", save)
    monkeypatch.setattr(apiserver, "cluster_uid", lambda files: "5b0a3f0e")
    monkeypatch.setattr(apiserver, "kubeadm_config", lambda files: {"ClusterConfiguration": "kind: X"})
    monkeypatch.setattr(dpkg, "installed", lambda runner: dpkg.Installed({"kubelet": "1.35.4-1.1"}, ()))
    return fake


def _bundle(fake: FakeHost, name: str = "etcd.tar.gz") -> Path:
    return fake.host.files.path(DIRECTORY) / name


def test_the_leaders_snapshot_is_bundled_with_all_that_a_restore_needs(node: FakeHost) -> None:
    result = take(node.host, "", check_mode=False)

    assert (result["taken"], result["changed"], result["encrypted"]) == (True, True, False)
    manifest = result["manifest"]
    assert (manifest["member"], manifest["revision"], manifest["cluster_uid"]) == ("cp1", 4711, "5b0a3f0e")
    assert manifest["package_versions"] == {"kubelet": "1.35.4-1.1"}
    with tarfile.open(_bundle(node)) as archive:
        names = archive.getnames()
        database = archive.extractfile("snapshot.db")
        assert database is not None
        assert database.read() == b"from https://cp1:2379"
    assert {
        "manifest.json",
        "kubeadm-config.json",
        "node/etc/kubernetes/pki/ca.key",
        "node/etc/kubernetes/manifests/etcd.yaml",
        "node/etc/enc/config.yaml",
        "node/var/lib/kubelet/config.yaml",
    } <= set(names)


def test_nobody_else_can_read_it_on_the_host(node: FakeHost) -> None:
    take(node.host, "", check_mode=False)

    assert node.host.files.path(DIRECTORY).stat().st_mode & 0o777 == 0o700


def test_with_a_recipient_nothing_that_is_not_encrypted_stays(node: FakeHost) -> None:
    def encrypt(argv: list[str]) -> str:
        Path(argv[argv.index("-out") + 1]).write_bytes(b"sealed")
        return ""

    node.commands.on("openssl cms -encrypt", encrypt)

    result = take(node.host, "-----BEGIN CERTIFICATE-----", check_mode=False)

    assert (result["encrypted"], result["bundle_name"]) == (True, "etcd.tar.gz.cms")
    assert result["bundle_sha256"] == hashlib.sha256(b"sealed").hexdigest()
    assert not _bundle(node).exists()
    assert not _bundle(node, "snapshot.db").exists()


def test_it_is_read_in_pieces_and_then_discarded(node: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(etcd_snapshot, "_CHUNK_BYTES", 100)
    name = take(node.host, "", check_mode=False)["bundle_name"]
    whole = _bundle(node).read_bytes()

    assert base64.b64decode(read(node.host, name, 0)["piece"]) == whole[:100]
    assert base64.b64decode(read(node.host, name, 100)["piece"]) == whole[100:200]
    assert read(node.host, name, len(whole))["piece"] == ""
    assert discard(node.host) == {"changed": True}
    assert discard(node.host) == {"changed": False}


def test_a_name_leads_nowhere_else(node: FakeHost) -> None:
    take(node.host, "", check_mode=False)

    with pytest.raises(FileNotFoundError):
        read(node.host, "../../../etc/kubernetes/pki/ca.key", 0)


@pytest.mark.parametrize("trouble", ["no leader", "damaged"])
def test_a_failure_is_told_and_leaves_nothing(node: FakeHost, monkeypatch: pytest.MonkeyPatch, trouble: str) -> None:
    def save(endpoint: str, context: ssl.SSLContext, target: Path) -> Snapshot:
        target.write_bytes(b"half")
        raise HttpError("the snapshot is damaged")

    monkeypatch.setattr(etcd_snapshot, "save", save)
    if trouble == "no leader":
        monkeypatch.setattr(etcd, "observe", lambda post, **rest: etcd.Etcd((FOLLOWER,), (), "2"))

    with pytest.raises(HostError, match=trouble) as raised:
        take(node.host, "", check_mode=False)

    assert raised.value.code == "D2-ETCD-013"
    assert not node.host.files.exists(DIRECTORY)


def test_check_mode_takes_none(node: FakeHost) -> None:
    assert take(node.host, "", check_mode=True) == {"changed": True, "taken": False, "why": "in check mode"}
    assert not node.host.files.exists(DIRECTORY)


def test_a_host_without_a_member_has_nothing_to_keep(fake: FakeHost) -> None:
    assert not take(fake.host, "", check_mode=False)["taken"]
