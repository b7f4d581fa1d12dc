# SPDX-License-Identifier: GPL-3.0-or-later
"""The actions whose modules work on the node: which module they run, with which options, and what they make of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.action import (
    kubeadm_images,
    kubeadm_upgrade,
    kubelet_restart,
    kubernetes_packages,
)
from ansible_collections.day2.k8s.plugins.plugin_utils._action import node as node_module
from ansible_collections.day2.k8s.plugins.plugin_utils._action import node_work, step
from ansible_collections.day2.k8s.plugins.plugin_utils._action.node import NodeModules, host_failure, unreachable
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Finding
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.readable_api import ReadableApi

RunAction = Callable[..., dict[str, Any]]
DONE = {"changed": True, "finished": True, "superseded": False}
MANIFESTS = dict.fromkeys(("kube-apiserver", "kube-controller-manager", "kube-scheduler"), "1.35.4")


class Waiting:
    """Stands in for the module time: nobody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Node:
    """Answers modules with what the test scripted; an answer may be a list of answers, or an error to raise."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.host: list[dict[str, Any]] = []
        self.answers: list[Any] = [DONE]

    def looks(self, **more: Any) -> None:
        """What host_info tells next; its last answer stays."""
        self.host.append(
            {
                "control_plane": False,
                "static_pod_versions": {},
                "kubelet_version": "1.35.4",
                "package_versions": {"kubelet": "1.35.4-1.1"},
                "work_unit": {"active": False, "command": None},
                **more,
            }
        )

    def run(self, module: str, options: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((module, options))
        if module == "host_info":
            return self.host.pop(0) if len(self.host) > 1 else self.host[0]
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer  # pylint: disable=raising-bad-type  # it knows of the default answer only
        return dict(answer)

    @property
    def modes(self) -> list[str]:
        return [options["mode"] for module, options in self.asked if module == "kubeadm_upgrade"]


@pytest.fixture
def node(monkeypatch: pytest.MonkeyPatch) -> Node:
    node = Node()
    monkeypatch.setattr(NodeModules, "run_on_node", lambda self, module, options, task_vars: node.run(module, options))
    return node


@pytest.mark.parametrize(
    ("action", "module", "options"),
    [
        (kubernetes_packages, "kubernetes_packages", {"packages": {"kubeadm": "1.36.3"}}),
        (kubeadm_images, "kubeadm_images", {"kubernetes_version": "1.36.3"}),
        (kubelet_restart, "kubelet_restart", {"kubernetes_version": "1.36.3"}),
    ],
)
def test_a_step_follows_its_module_with_one_id(
    run_action: RunAction, node: Node, action: Any, module: str, options: dict[str, Any]
) -> None:
    node.answers = [{**DONE, "finished": False, "work": {"active": True}}, DONE]

    result = run_action(action.ActionModule, ReadableApi(), options)

    assert (result["changed"], "failed" in result) == (True, False)
    assert [name for name, _options in node.asked] == [module, module]
    ids = {asked["work_id"] for _name, asked in node.asked}
    assert len(ids) == 1
    assert all(node.asked[0][1][name] == value for name, value in options.items())
    # What is the controller's alone does not travel to the node.
    assert not {"run", "node", "kubeconfig", "api_key"} & set(node.asked[0][1])


def test_an_id_that_is_given_is_used(run_action: RunAction, node: Node) -> None:
    run_action(kubelet_restart.ActionModule, ReadableApi(), {"work_id": "mine", "wait_seconds": 3})

    assert (node.asked[0][1]["work_id"], node.asked[0][1]["wait_seconds"]) == ("mine", 3)


def test_a_run_needs_the_nodes_name(run_action: RunAction, node: Node) -> None:
    result = run_action(kubelet_restart.ActionModule, ReadableApi(), {"run": {"id": "x"}})

    assert result["findings"][0]["code"] == "D2-INPUT-002"
    assert node.asked == []


RUN = {
    "id": "run-1",
    "verb": "upgrade",
    "environment": "dev",
    "cluster_uid": "5b0a",
    "target": "1.36.3",
    "directory": "/run/x",
    "socket": "/run/x/socket",
    "artifacts": "/a",
    "opened_at": "2026-09-01T10:00:00Z",
    "check_mode": False,
}


class Fence:
    """Lets pass what is checked before the lock is lost."""

    def __init__(self, passes: int) -> None:
        self._passes = passes

    def check(self) -> None:
        self._passes -= 1
        if self._passes < 0:
            raise Day2Error(Finding("D2-LOCK-002", "run run-1", "another has it", "why", "remedy"))


@pytest.fixture
def fence(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """``fence(2)``: within a run whose lock is found lost at the third look; the journal is nobody's."""

    def within(passes: int) -> None:
        gate = Fence(passes)
        monkeypatch.setattr(step, "Fence", lambda transport, run_id: gate)
        monkeypatch.setattr(node_work, "Fence", lambda transport, run_id: gate)
        monkeypatch.setattr(step, "journalled", lambda work, **_: work())

    return within


def test_nothing_is_begun_when_the_lock_was_lost_while_other_work_was_waited_for(
    run_action: RunAction, node: Node, fence: Callable[[int], None]
) -> None:
    fence(1)
    node.answers = [{"changed": False, "finished": False, "superseded": True, "work": {}}, DONE]

    result = run_action(kubelet_restart.ActionModule, ReadableApi(), {"run": RUN, "node": "w1"})

    assert result["findings"][0]["code"] == "D2-LOCK-002"
    assert len(node.asked) == 1


def test_nothing_is_begun_on_a_host_that_was_away_while_the_lock_was_lost(
    run_action: RunAction, node: Node, fence: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fence(1)
    monkeypatch.setattr(node_module, "time", Waiting())
    node.answers = [Day2Error(unreachable("w1", "refused")), DONE]

    result = run_action(kubelet_restart.ActionModule, ReadableApi(), {"run": RUN, "node": "w1"})

    assert result["findings"][0]["code"] == "D2-LOCK-002"
    assert len(node.asked) == 1


def test_work_that_was_begun_is_followed_whatever_becomes_of_the_lock(
    run_action: RunAction, node: Node, fence: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fence(1)
    monkeypatch.setattr(node_module, "time", Waiting())
    begun = {"changed": True, "finished": False, "superseded": False, "work": {"active": True}}
    node.answers = [begun, Day2Error(unreachable("w1", "refused")), DONE]

    result = run_action(kubelet_restart.ActionModule, ReadableApi(), {"run": RUN, "node": "w1"})

    assert (result["changed"], result["finished"], len(node.asked)) == (True, True, 3)


def test_a_host_that_is_lost_after_its_work_was_begun_counts_as_changed(
    run_action: RunAction, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node_module, "time", Waiting())
    begun = {"changed": True, "finished": False, "superseded": False, "work": {"active": True}}
    node.answers = [begun, Day2Error(unreachable("w1", "refused"))]

    result = run_action(kubelet_restart.ActionModule, ReadableApi(), {})

    assert (result["failed"], result["changed"]) == (True, True)
    assert result["msg"].startswith("FAILED D2-NODE-004")


def upgrade(run_action: RunAction, **more: Any) -> dict[str, Any]:
    check_mode = more.pop("check_mode", False)
    options = {"kubernetes_version": "1.36.3", **more.pop("options", {})}
    return run_action(
        kubeadm_upgrade.ActionModule, ReadableApi(running=more.get("cluster", "1.35.4")), options, check_mode=check_mode
    )


@pytest.mark.parametrize(
    ("cluster", "host", "mode"),
    [
        ("1.35.4", {"control_plane": True, "static_pod_versions": MANIFESTS}, "apply"),
        ("1.36.3", {"control_plane": True, "static_pod_versions": MANIFESTS}, "node"),
        ("1.36.3", {}, "node"),
    ],
)
def test_the_command_is_chosen_by_what_is_seen(
    run_action: RunAction, node: Node, cluster: str, host: dict[str, Any], mode: str
) -> None:
    node.looks(**host)

    result = upgrade(run_action, cluster=cluster)

    assert (result["mode"], node.modes) == (mode, [mode])


def test_a_node_that_is_done_gets_no_command(run_action: RunAction, node: Node) -> None:
    node.looks(kubelet_version="1.36.3")

    result = upgrade(run_action, cluster="1.36.3")

    assert (result["changed"], result["mode"], result["command"], node.modes) == (False, "none", [], [])


def test_a_kubelet_that_does_not_run_is_taken_by_its_package(run_action: RunAction, node: Node) -> None:
    node.looks(kubelet_version=None, package_versions={"kubelet": "1:1.36.3-1.1"})

    assert upgrade(run_action, cluster="1.36.3")["mode"] == "none"


def test_a_host_without_any_kubelet_is_not_done(run_action: RunAction, node: Node) -> None:
    node.looks(kubelet_version=None, package_versions={})

    assert upgrade(run_action, cluster="1.36.3")["mode"] == "node"


def test_a_version_that_is_none_is_refused(run_action: RunAction, node: Node) -> None:
    node.looks()

    result = upgrade(run_action, options={"kubernetes_version": "1.36"})

    assert result["findings"][0]["code"] == "D2-INPUT-002"
    assert node.modes == []


def test_a_command_that_is_given_is_not_chosen(run_action: RunAction, node: Node) -> None:
    node.looks(kubelet_version="1.36.3")

    assert upgrade(run_action, cluster="1.36.3", options={"mode": "node"})["mode"] == "node"


def test_work_that_goes_on_is_waited_for_before_anything_is_chosen(run_action: RunAction, node: Node) -> None:
    node.looks(
        control_plane=True,
        static_pod_versions=MANIFESTS,
        work_unit={"active": True, "command": "kubeadm upgrade node"},
    )
    node.looks(kubelet_version="1.36.3")
    node.answers = [{"changed": False, "finished": False, "superseded": True, "work": {}}, {**DONE, "changed": False}]

    result = upgrade(run_action, cluster="1.36.3")

    assert node.modes == ["none", "none"]
    assert (result["mode"], result["changed"]) == ("none", False)


def test_work_that_came_in_between_makes_it_choose_again(run_action: RunAction, node: Node) -> None:
    node.looks(control_plane=True, static_pod_versions=MANIFESTS)
    node.looks()
    node.answers = [{"changed": False, "finished": False, "superseded": True}, DONE]

    result = upgrade(run_action)

    assert node.modes == ["apply", "node"]
    assert result["mode"] == "node"


def test_check_mode_asks_the_node_once_and_waits_for_nothing(run_action: RunAction, node: Node) -> None:
    node.looks(work_unit={"active": True, "command": "kubeadm upgrade node"})

    result = upgrade(run_action, check_mode=True)

    assert (result["mode"], node.modes) == ("node", ["node"])


@pytest.mark.parametrize(
    ("after", "state"),
    [
        (MANIFESTS, "the static pods' manifests are as they were (kubeadm rolls them back)"),
        (
            {**MANIFESTS, "kube-apiserver": "1.36.3"},
            "the static pods' manifests have changed: kube-apiserver 1.35.4 -> 1.36.3",
        ),
        (None, "work was begun on the host and has ended"),
    ],
)
def test_a_kubeadm_that_failed_says_what_became_of_the_manifests(
    run_action: RunAction, node: Node, after: dict[str, str] | None, state: str
) -> None:
    node.looks(control_plane=True, static_pod_versions=MANIFESTS)
    told = {"changed": True, "msg": "it failed", "code": "D2-KUBEADM-001", "why": "x", "remedy": "y"}
    node.answers = [host_failure("cp1", {**told, **({"static_pod_versions": after} if after else {})})]

    result = upgrade(run_action)

    assert result["failed"]
    assert f"state  {state}\n" in result["msg"]
