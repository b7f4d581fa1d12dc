# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host import apiserver, kubelet
from ansible_collections.day2.k8s.plugins.module_utils._host.errors import HostError
from ansible_collections.day2.k8s.plugins.module_utils._host.kubelet_server import DROP_IN, KUBECONFIG
from ansible_collections.day2.k8s.plugins.module_utils._host.steps import isolation
from ansible_collections.day2.k8s.plugins.module_utils._host.steps.isolation import COMPLETE, Request, isolate, rejoin
from ansible_collections.day2.k8s.plugins.module_utils._host.undo import DIRECTORY
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host import manifests
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost

REQUEST = Request(
    peers=("10.0.0.11:6443", "10.0.0.13:6443"),
    redirect=True,
    hook_isolate=(),
    hook_rejoin=(),
    hook_timeout_seconds=20,
    undo_after_seconds=600,
    ready_timeout_seconds=60,
)
HOOKED = replace(REQUEST, hook_isolate=["lb", "drain"], hook_rejoin=["lb", "ready"])
SCRIPT = f"{DIRECTORY}/apiserver-isolation.sh"


class Node:
    """A control-plane node whose apiserver ends ``ends_after`` seconds after SIGTERM and is back two seconds later."""

    def __init__(self, fake: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fake = fake
        self.ends_after = 5.0
        self.comes_back = True
        self.unready_peers: set[str] = set()
        self.own_certificate = b"own"
        self.shown = b"another"
        self._terminated: float | None = None
        self._killed = False
        port = "    - --secure-port=6443\n"
        manifest = manifests.apiserver(address="10.0.0.12").replace(
            port, f"{port}    - --service-cluster-ip-range=10.96.0.0/12\n"
        )
        fake.write("/etc/kubernetes/manifests/kube-apiserver.yaml", manifest)
        fake.write(KUBECONFIG, "    server: https://10.0.0.12:6443\n")
        environment = f'Environment="KUBELET_KUBECONFIG_ARGS=--kubeconfig={KUBECONFIG}"\n'
        for beginning, reply in {
            "systemctl show kubelet.service": environment,
            "systemctl daemon-reload": "",
            "systemctl restart": "",
            "systemctl stop": "",
            "systemd-run --unit=day2-undo-": "",
            "nft list chains": "",
            "nft --file": "",
            "kill -TERM": self._on_terminate,
            "kill -KILL": self._on_kill,
            "/bin/sh": self._on_undo,
            "lb": "",
        }.items():
            fake.commands.on(beginning, reply)
        monkeypatch.setattr(apiserver, "unready", self._unready)
        monkeypatch.setattr(apiserver, "process_ids", self._process_ids)
        monkeypatch.setattr(apiserver, "certificate", lambda files: self.own_certificate)
        monkeypatch.setattr(isolation, "server_certificate", lambda *where, timeout_seconds: self.shown)
        monkeypatch.setattr(kubelet, "unhealthy", lambda files: None)

    def _on_terminate(self, argv: list[str]) -> str:
        self._terminated = self.fake.time.now
        return ""

    def _on_kill(self, argv: list[str]) -> str:
        self._killed = True
        return ""

    def _on_undo(self, argv: list[str]) -> str:
        for path in (SCRIPT, COMPLETE, DROP_IN):
            self.fake.host.files.remove(path)
        return ""

    def _since(self) -> float:
        return -1.0 if self._terminated is None else self.fake.time.now - self._terminated

    def _process_ids(self, files: object) -> list[int]:
        ended = self._killed or self._since() >= self.ends_after
        return [] if ended else [77]

    def _unready(self, files: object, at: str | None = None) -> str | None:
        if at is not None:
            return f"{at} is away" if at in self.unready_peers else None
        back = self.comes_back and (self._terminated is None or self._since() >= self.ends_after + 2)
        return None if back else "connection refused"


@pytest.fixture
def node(fake: FakeHost, monkeypatch: pytest.MonkeyPatch) -> Node:
    return Node(fake, monkeypatch)


def _order(fake: FakeHost, *beginnings: str) -> list[str]:
    return [beginning for line in fake.commands.run for beginning in beginnings if line.startswith(beginning)]


def test_the_undo_is_armed_before_anything_is_done_and_the_apiserver_ends_last(fake: FakeHost, node: Node) -> None:
    result = isolate(fake.host, HOOKED, check_mode=False)

    assert result["isolated"]
    assert result["changed"]
    assert (result["peer"], result["kubelet_moved"], result["killed"]) == ("10.0.0.11:6443", True, False)
    steps = ("systemd-run", "lb drain", "nft --file", "systemctl restart kubelet", "kill -TERM 77")
    assert _order(fake, *steps) == list(steps)


def test_all_of_it_is_in_the_undo(fake: FakeHost, node: Node) -> None:
    isolate(fake.host, HOOKED, check_mode=False)

    script = fake.host.files.read(SCRIPT) or ""
    lines = [line.removesuffix(" || status=1") for line in script.splitlines() if line.endswith(" || status=1")]
    assert lines[1:] == [
        "timeout 20 lb ready",
        "nft add table ip day2_isolation",
        "nft delete table ip day2_isolation",
        f"rm -f {DROP_IN} /run/day2/kubelet.conf",
        "systemctl daemon-reload",
        "systemctl restart kubelet.service",
    ]


def test_the_first_peer_that_is_ready_stands_in(fake: FakeHost, node: Node) -> None:
    node.unready_peers = {"10.0.0.11:6443"}

    assert isolate(fake.host, REQUEST, check_mode=False)["peer"] == "10.0.0.13:6443"


def test_without_a_peer_that_is_reached_nothing_is_begun(fake: FakeHost, node: Node) -> None:
    node.unready_peers = set(REQUEST.peers)

    with pytest.raises(HostError, match=r"10\.0\.0\.11:6443 is away; 10\.0\.0\.13:6443 is away") as raised:
        isolate(fake.host, REQUEST, check_mode=False)

    assert raised.value.code == "D2-ISOLATION-002"
    assert fake.commands.run == []


def test_a_request_that_outlives_the_grace_is_cut(fake: FakeHost, node: Node) -> None:
    node.ends_after = 45.0

    result = isolate(fake.host, replace(REQUEST, ready_timeout_seconds=120), check_mode=False)

    assert result["killed"]
    assert result["seconds"] >= 30


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_node_without_a_packet_filter_is_refused_before_anything(
    fake: FakeHost, node: Node, check_mode: bool
) -> None:
    fake.commands.on("nft list chains", (127, "", "nft: not found"))

    with pytest.raises(HostError) as raised:
        isolate(fake.host, REQUEST, check_mode=check_mode)

    assert raised.value.code == "D2-ISOLATION-001"
    assert fake.commands.matching("systemd-run") == []


def test_a_node_whose_own_apiserver_still_answers_is_put_back(fake: FakeHost, node: Node) -> None:
    node.shown = node.own_certificate

    with pytest.raises(HostError, match="still answers") as raised:
        isolate(fake.host, REQUEST, check_mode=False)

    assert raised.value.code == "D2-ISOLATION-001"
    assert fake.commands.matching("/bin/sh") == [f"/bin/sh {SCRIPT}"]
    assert fake.commands.matching("kill") == []


def test_a_hook_that_fails_stops_it_and_is_undone(fake: FakeHost, node: Node) -> None:
    fake.commands.on("lb drain", (1, "", "no such server"))

    with pytest.raises(HostError, match="no such server") as raised:
        isolate(fake.host, HOOKED, check_mode=False)

    assert raised.value.code == "D2-ISOLATION-004"
    assert fake.commands.matching("/bin/sh") == [f"/bin/sh {SCRIPT}"]
    assert fake.commands.matching("nft --file") == []


def test_an_apiserver_that_does_not_come_back_is_undone_and_told(fake: FakeHost, node: Node) -> None:
    node.comes_back = False

    with pytest.raises(HostError, match="not ready after 60 s: connection refused") as raised:
        isolate(fake.host, REQUEST, check_mode=False)

    assert raised.value.code == "D2-ISOLATION-003"
    assert not fake.host.files.exists(COMPLETE)
    assert fake.commands.matching("/bin/sh") == [f"/bin/sh {SCRIPT}"]


def test_a_node_that_is_isolated_already_only_gets_more_time(fake: FakeHost, node: Node) -> None:
    isolate(fake.host, REQUEST, check_mode=False)
    fake.commands.run.clear()

    result = isolate(fake.host, REQUEST, check_mode=False)

    assert (result["changed"], result["isolated"], result["peer"]) == (False, True, "10.0.0.11:6443")
    assert fake.commands.run == ["systemctl restart day2-undo-apiserver-isolation.timer"]


def test_check_mode_looks_and_changes_nothing(fake: FakeHost, node: Node) -> None:
    result = isolate(fake.host, REQUEST, check_mode=True)

    assert (result["changed"], result["isolated"], result["peer"]) == (True, False, "10.0.0.11:6443")
    assert fake.commands.run == ["nft list chains"]


def test_a_hook_alone_leaves_the_packet_filter_alone(fake: FakeHost, node: Node) -> None:
    isolate(fake.host, replace(HOOKED, redirect=False), check_mode=False)

    assert fake.commands.matching("nft") == []
    assert "nft" not in (fake.host.files.read(SCRIPT) or "")
    assert fake.commands.matching("lb drain") == ["lb drain"]


def test_clients_come_back_only_to_an_apiserver_that_is_ready(fake: FakeHost, node: Node) -> None:
    isolate(fake.host, REQUEST, check_mode=False)
    node.comes_back = False

    with pytest.raises(HostError, match="API server of this node is not ready"):
        rejoin(fake.host, REQUEST, check_mode=False)
    assert fake.commands.matching("/bin/sh") == []

    node.comes_back = True
    assert rejoin(fake.host, REQUEST, check_mode=False)["changed"]
    assert fake.commands.matching("/bin/sh") == [f"/bin/sh {SCRIPT}"]
    assert fake.commands.matching("systemctl stop")[-1] == "systemctl stop day2-undo-apiserver-isolation.timer"


def test_a_node_that_is_not_isolated_has_nothing_to_come_back_to(fake: FakeHost, node: Node) -> None:
    assert rejoin(fake.host, REQUEST, check_mode=False) == {"changed": False, "isolated": False}
    assert fake.commands.run == []
