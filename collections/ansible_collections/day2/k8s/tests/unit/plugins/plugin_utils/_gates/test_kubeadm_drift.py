# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace

from ansible_collections.day2.k8s.plugins.plugin_utils._gates.kubeadm_drift import KubeadmDrift
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Outcome
from ansible_collections.day2.k8s.plugins.plugin_utils._model.host import Host, UnexplainedArgument
from ansible_collections.day2.k8s.plugins.plugin_utils._model.snapshot import Snapshot
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import cluster, control_plane_host

OIDC = UnexplainedArgument("kube-apiserver", "oidc-client-id", "k8s", None)


def _host(name: str, *arguments: UnexplainedArgument) -> Host:
    return replace(control_plane_host(name), unexplained_arguments=arguments)


def _cluster(*hosts: Host) -> Snapshot:
    return replace(cluster(), hosts={host.name: host for host in hosts})


def test_an_argument_that_kubeadm_would_drop_refuses_once_and_names_its_hosts() -> None:
    verdict = KubeadmDrift().evaluate(_cluster(_host("cp1", OIDC), _host("cp2", OIDC), _host("cp3")))

    (finding,) = verdict.findings
    assert (verdict.outcome, finding.code, finding.acceptable) == (Outcome.FAIL, "D2-DRIFT-001", True)
    assert finding.subject == "kube-apiserver --oidc-client-id"
    assert finding.message == "is 'k8s' in the manifest on cp1, cp2, and kubeadm would write no such argument"
    assert "add oidc-client-id to apiServer.extraArgs" in finding.remedy


def test_a_value_that_kubeadm_would_put_back_is_told_beside_its_own() -> None:
    plugins = UnexplainedArgument("kube-apiserver", "enable-admission-plugins", "NodeRestriction,X", "NodeRestriction")

    (finding,) = KubeadmDrift().evaluate(_cluster(_host("cp1", plugins))).findings

    assert finding.message == (
        "is 'NodeRestriction,X' in the manifest on cp1, and kubeadm would write 'NodeRestriction'"
    )


def test_a_host_that_could_not_find_out_warns() -> None:
    host = replace(control_plane_host("cp1"), unexplained_arguments_error="no kubeadm")

    verdict = KubeadmDrift().evaluate(_cluster(host))

    assert [finding.code for finding in verdict.findings] == ["D2-DRIFT-002"]
    assert verdict.outcome is Outcome.PASS


def test_a_host_that_was_not_asked_or_has_nothing_of_its_own_passes() -> None:
    assert KubeadmDrift().evaluate(_cluster(control_plane_host("cp1"), _host("cp2"))).findings == ()


def test_what_a_host_told_survives_being_stored() -> None:
    for host in (_host("cp1", OIDC), _host("cp2"), control_plane_host("cp3")):
        assert Host.from_dict(host.to_dict()) == host
