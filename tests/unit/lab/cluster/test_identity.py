# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from lab.cluster import identity, nodes
from lab.cluster.record import ClusterRecord
from lab.errors import CommandError


def _documents() -> list[dict[str, Any]]:
    documents = yaml.safe_load(identity.RBAC_MANIFEST.read_text())["items"]
    assert isinstance(documents, list)
    return documents


def _rules(kind: str, namespace: str | None = None) -> list[dict[str, Any]]:
    [found] = [
        document
        for document in _documents()
        if document["kind"] == kind and document["metadata"].get("namespace") == namespace
    ]
    rules = found["rules"]
    assert isinstance(rules, list)
    return rules


def test_cluster_wide_the_product_only_reads_patches_nodes_and_evicts() -> None:
    writes = {
        (resource, verb)
        for rule in _rules("ClusterRole")
        for resource in rule.get("resources", [])
        for verb in rule["verbs"]
        if verb not in ("get", "list", "watch")
    }
    assert writes == {("nodes", "patch"), ("pods/eviction", "create")}


def test_no_rule_has_a_wildcard_or_reaches_secrets() -> None:
    for document in _documents():
        for rule in document.get("rules", []):
            assert "*" not in [*rule.get("resources", []), *rule.get("apiGroups", []), *rule["verbs"]]
            assert "secrets" not in rule.get("resources", [])


def test_of_kube_system_only_kubeadm_s_configuration_and_the_leaders_leases_are_read() -> None:
    configuration, leases = _rules("Role", "kube-system")
    assert configuration["resourceNames"] == ["kubeadm-config"]
    assert leases["resourceNames"] == ["kube-controller-manager", "kube-scheduler"]
    assert configuration["verbs"] == leases["verbs"] == ["get"]


def test_every_binding_is_to_the_one_service_account() -> None:
    for document in _documents():
        for subject in document.get("subjects", []):
            assert subject == {"kind": "ServiceAccount", "name": "day2", "namespace": "day2-system"}


def test_a_kubeconfig_names_one_cluster_and_one_identity() -> None:
    text = identity.render_kubeconfig(cluster="demo", server="https://10.201.0.1:6443", ca_data="Y2E=", token="secret")
    config = yaml.safe_load(text)
    assert config["current-context"] == "day2@demo"
    assert config["users"] == [{"name": "day2", "user": {"token": "secret"}}]
    assert config["clusters"][0]["cluster"]["server"] == "https://10.201.0.1:6443"


def test_manifests_are_applied_again_while_etcd_takes_in_members(
    make_record: Callable[..., ClusterRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = [CommandError(["kubectl"], 1, "etcdserver: request timed out"), None]

    def kubectl(*_: object, **__: object) -> str:
        if outcome := outcomes.pop(0):
            raise outcome
        return ""

    monkeypatch.setattr(nodes, "exec_kubectl", kubectl)
    identity.apply(make_record(), "manifest", sleep=lambda _seconds: None, clock=lambda: 0)
    assert outcomes == []


def test_a_manifest_that_is_never_accepted_ends_in_the_last_error(
    make_record: Callable[..., ClusterRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    def kubectl(*_: object, **__: object) -> str:
        raise CommandError(["kubectl"], 1, "it is invalid")

    monkeypatch.setattr(nodes, "exec_kubectl", kubectl)
    readings = iter([0.0, 100.0, 200.0])
    with pytest.raises(CommandError, match="it is invalid"):
        identity.apply(make_record(), "manifest", sleep=lambda _seconds: None, clock=lambda: next(readings))
