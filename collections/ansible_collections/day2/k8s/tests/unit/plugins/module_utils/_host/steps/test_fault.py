# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import shlex
import subprocess

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host import faults
from ansible_collections.day2.k8s.plugins.module_utils._host.errors import HostError
from ansible_collections.day2.k8s.plugins.module_utils._host.steps import fault
from ansible_collections.day2.k8s.plugins.module_utils._host.steps.fault import Request, begin, end
from ansible_collections.day2.k8s.plugins.module_utils._host.steps.undo import undo_all
from ansible_collections.day2.k8s.plugins.module_utils._host.undo import DIRECTORY
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host import manifests
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost

MANIFEST = "/etc/kubernetes/manifests/kube-scheduler.yaml"
SCRIPT = f"{DIRECTORY}/failover-drill.sh"
SCHEDULER = Request("static_pod", "kube-scheduler", 90)
PORT = Request("apiserver_port", "", 90)
NETWORK = Request("network", "", 33)


class Node:
    """A node whose scheduler ends ``ends_after`` seconds after its manifest was taken away."""

    def __init__(self, fake: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fake = fake
        self.ends_after = 4.0
        self._gone_at: float | None = None
        fake.write(MANIFEST, "the manifest")
        fake.write("/etc/kubernetes/manifests/kube-apiserver.yaml", manifests.apiserver())
        for beginning in ("systemctl stop", "systemctl enable", "systemd-run", "nft"):
            fake.commands.on(beginning)
        fake.commands.on(f"/bin/sh {SCRIPT}", self._undo)
        monkeypatch.setattr(fault, "process_ids", self._process_ids)

    def _process_ids(self, files: object, program: str) -> list[int]:
        assert program == "kube-scheduler"
        if self._gone_at is None:
            self._gone_at = self.fake.time.now + self.ends_after
        return [7] if self.fake.time.now < self._gone_at else []

    def _undo(self, argv: list[str]) -> str:
        """The script's own commands, below the directory of the test."""
        for line in self.script().splitlines():
            if line.endswith("|| status=1") and not line.startswith("nft"):
                words = shlex.split(line.removesuffix("|| status=1"))
                subprocess.run(
                    [f"{self.fake.root}{w}" if w.startswith(("/etc", "/run")) else w for w in words], check=True
                )
        self.fake.host.files.remove(SCRIPT)
        return ""

    def script(self) -> str:
        return self.fake.host.files.read(SCRIPT) or ""

    def has(self, path: str) -> bool:
        return self.fake.host.files.exists(path)


@pytest.fixture
def node(fake: FakeHost, monkeypatch: pytest.MonkeyPatch) -> Node:
    return Node(fake, monkeypatch)


def test_a_static_pod_is_gone_when_its_last_process_is(node: Node) -> None:
    result = begin(node.fake.host, SCHEDULER, check_mode=False)

    assert result == {"changed": True, "seconds": 4.0}
    assert not node.has(MANIFEST)
    assert node.fake.host.files.read(faults.kept("kube-scheduler")) == "the manifest"


def test_the_undo_is_armed_before_the_manifest_is_taken(node: Node) -> None:
    seen: list[bool] = []
    node.fake.commands.on("systemd-run", lambda argv: seen.append(node.has(MANIFEST)) or "")

    begin(node.fake.host, SCHEDULER, check_mode=False)

    assert seen == [True]
    assert "--on-active=90s" in node.fake.commands.matching("systemd-run")[0]


def test_the_undo_puts_the_manifest_back_and_leaves_nothing(node: Node) -> None:
    begin(node.fake.host, SCHEDULER, check_mode=False)

    assert end(node.fake.host, check_mode=False) == {"changed": True}

    assert node.fake.host.files.read(MANIFEST) == "the manifest"
    assert not node.has(faults.KEPT)
    assert not node.has(faults.RESTORE_UNIT)


def test_a_machine_that_restarts_meanwhile_puts_the_manifest_back_before_its_kubelet_starts(node: Node) -> None:
    begin(node.fake.host, SCHEDULER, check_mode=False)

    unit = node.fake.host.files.read(faults.RESTORE_UNIT) or ""
    restore = node.fake.host.files.read(faults.RESTORE_SCRIPT) or ""
    assert "Before=kubelet.service" in unit
    assert f"ExecStart=/bin/sh {faults.RESTORE_SCRIPT}" in unit
    assert restore.splitlines()[0].endswith(f"{faults.kept('kube-scheduler')} {MANIFEST}")
    assert node.fake.commands.matching("systemctl enable") == ["systemctl enable --quiet day2-failover-drill.service"]


def test_a_pod_that_goes_on_fails_and_its_manifest_comes_back(node: Node) -> None:
    node.ends_after = 1000

    with pytest.raises(HostError, match="still runs 60 s after") as raised:
        begin(node.fake.host, SCHEDULER, check_mode=False)

    assert raised.value.code == "D2-DRILL-003"
    assert node.has(MANIFEST)
    assert node.script() == ""


def test_only_connections_from_outside_to_the_apiservers_port_are_refused(node: Node) -> None:
    begin(node.fake.host, PORT, check_mode=False)

    rules = node.fake.host.files.read(faults.RULES_FILE) or ""
    assert 'iif != "lo" tcp dport 6443 counter reject with tcp reset' in rules
    assert node.script().count("nft") == 2


def test_the_network_is_cut_a_moment_later_and_only_while_the_undo_is_armed(node: Node) -> None:
    result = begin(node.fake.host, NETWORK, check_mode=False)

    armed, cut = node.fake.commands.matching("systemd-run")
    assert "--unit=day2-undo-failover-drill" in armed
    assert "--on-active=33s" in armed
    assert "--on-active=3s" in cut
    assert f"[ ! -e {SCRIPT} ] || exec nft --file" in cut
    assert result["seconds"] == 3.0
    rules = node.fake.host.files.read(faults.RULES_FILE) or ""
    assert rules.count("policy drop") == 3
    assert rules.count('"lo" accept') == 2


def test_a_second_fault_waits_for_the_end_of_the_first(node: Node) -> None:
    begin(node.fake.host, PORT, check_mode=False)

    with pytest.raises(HostError, match="earlier drill is still there"):
        begin(node.fake.host, SCHEDULER, check_mode=False)


@pytest.mark.parametrize(
    ("request_", "message"),
    [(Request("static_pod", "etcd", 90), "no manifest of etcd"), (PORT, "nft list tables")],
)
def test_what_cannot_be_done_changes_nothing(node: Node, request_: Request, message: str) -> None:
    node.fake.commands.on("nft", (127, "", "not found"))

    with pytest.raises(HostError, match=message):
        begin(node.fake.host, request_, check_mode=False)

    assert node.script() == ""


def test_a_recovery_ends_the_fault_as_well(node: Node) -> None:
    begin(node.fake.host, SCHEDULER, check_mode=False)

    assert undo_all(node.fake.host, check_mode=False) == {"changed": True, "undone": ["failover-drill"]}

    assert node.has(MANIFEST)


def test_check_mode_changes_nothing(node: Node) -> None:
    assert begin(node.fake.host, SCHEDULER, check_mode=True)["changed"]

    assert node.fake.commands.run == []
    assert node.has(MANIFEST)


def test_the_end_of_a_fault_that_the_timer_gave_back_is_no_change(node: Node) -> None:
    assert end(node.fake.host, check_mode=False) == {"changed": False}
