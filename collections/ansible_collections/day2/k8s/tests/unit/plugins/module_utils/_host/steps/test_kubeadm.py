# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host.errors import HostError
from ansible_collections.day2.k8s.plugins.module_utils._host.steps.kubeadm import Request, run
from ansible_collections.day2.k8s.plugins.module_utils._host.work import Work
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host import manifests
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost

WORK = Work("kubeadm-1", 20)
NODE = ["kubeadm", "upgrade", "node", "--certificate-renewal=true"]


def request(mode: str = "node") -> Request:
    return Request(mode, "1.36.3", certificate_renewal=True, ignore_preflight_errors=[])


@pytest.fixture(autouse=True)
def control_plane(fake: FakeHost) -> None:
    """A control-plane node at 1.35.4 with the target's kubeadm."""
    fake.commands.on("kubeadm version", "v1.36.3\n")
    fake.write("/etc/kubernetes/manifests/kube-apiserver.yaml", manifests.apiserver())


def upgrade_manifest(fake: FakeHost) -> None:
    image = "registry.k8s.io/kube-apiserver:v1.36.3"
    fake.write("/etc/kubernetes/manifests/kube-apiserver.yaml", manifests.apiserver(image=image))


def test_kubeadm_runs_in_the_unit_and_what_it_did_is_told(fake: FakeHost) -> None:
    fake.unit.prints = "[upgrade] SUCCESS\n"
    fake.unit.on_end = lambda argv: upgrade_manifest(fake)

    result = run(fake.host, request(), WORK, check_mode=False)

    assert fake.unit.started == [NODE]
    assert (result["changed"], result["finished"], result["command"]) == (True, True, NODE)
    assert result["static_pod_versions"] == {"kube-apiserver": "1.36.3"}
    assert (result["log_tail"], result["work_seconds"]) == (["[upgrade] SUCCESS"], 3)


def test_flags_that_the_new_kubelet_does_not_know_are_removed_once_kubeadm_has_ended(fake: FakeHost) -> None:
    flags = "/var/lib/kubelet/kubeadm-flags.env"
    fake.write(flags, 'KUBELET_KUBEADM_ARGS="--node-ip=10.0.0.1 --old=1"\n')
    seen = []
    fake.unit.on_end = lambda argv: seen.append(fake.host.files.read(flags))

    result = run(fake.host, replace(request(), unwanted_kubelet_flags=["old"]), WORK, check_mode=False)

    assert "--old" in seen[0]
    assert result["kubelet_flags_removed"] == ["old"]
    assert fake.host.files.read(flags) == 'KUBELET_KUBEADM_ARGS="--node-ip=10.0.0.1"\n'


def test_check_mode_says_the_command_and_runs_nothing(fake: FakeHost) -> None:
    result = run(fake.host, request("apply"), WORK, check_mode=True)

    assert (result["changed"], result["command"][:5]) == (True, ["kubeadm", "upgrade", "apply", "--yes", "v1.36.3"])
    assert fake.commands.run == []


def test_a_kubeadm_of_another_version_is_refused(fake: FakeHost) -> None:
    fake.commands.on("kubeadm version", "v1.35.4\n")

    with pytest.raises(HostError, match=r"kubeadm on this node is 1.35.4, the target is 1.36.3") as caught:
        run(fake.host, request(), WORK, check_mode=False)

    assert caught.value.code == "D2-KUBEADM-001"
    assert fake.unit.started == []


def test_a_kubeadm_that_fails_is_told_with_the_lines_that_matter_and_the_manifests(fake: FakeHost) -> None:
    fake.unit.exit_status = 1
    fake.unit.prints = "[upgrade] begins\nerror: error execution phase preflight: x\nTo see the stack trace\n"

    with pytest.raises(HostError) as caught:
        run(fake.host, request(), WORK, check_mode=False)

    error = caught.value
    assert error.message.splitlines() == [
        "`kubeadm upgrade node --certificate-renewal=true` failed, status 1 after 3 s",
        "error: error execution phase preflight: x",
    ]
    assert error.code == "D2-KUBEADM-001"
    assert "/var/log/day2/kubeadm-1.log" in error.remedy
    assert error.result["static_pod_versions"] == {"kube-apiserver": "1.35.4"}


def test_a_kubeadm_that_a_reboot_cut_short_is_an_error(fake: FakeHost) -> None:
    fake.unit.loses_result = True

    with pytest.raises(HostError, match="failed, it was cut short"):
        run(fake.host, request(), WORK, check_mode=False)


def test_with_mode_none_other_work_is_only_waited_for(fake: FakeHost) -> None:
    fake.unit.busy_with("other", ["kubeadm", "upgrade", "apply"])

    first = run(fake.host, request("none"), WORK, check_mode=False)
    second = run(fake.host, request("none"), WORK, check_mode=False)

    assert (first["finished"], first["superseded"], first["changed"]) == (False, True, False)
    assert (second["finished"], second["changed"]) == (True, False)
    assert len(fake.unit.started) == 1
