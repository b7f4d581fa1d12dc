# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules as playbooks use them: through the installed ansible-core, with one connection for the whole group."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.harness import objects
from tests.harness.cluster import PRODUCT, REPOSITORY, Cluster

Play = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def play(cluster: Cluster, tmp_path: Path) -> Play:
    """``play(task, ..., arguments=())`` plays tasks on the controller and returns their results, failed ones too."""

    def run(*tasks: dict[str, Any], arguments: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        results = tmp_path / "results.json"
        collected = ", ".join(f"task_{number}" for number in range(len(tasks)))
        playbook = [
            {
                "hosts": "localhost",
                "connection": "local",
                "gather_facts": False,
                "module_defaults": {"group/day2.k8s.k8s": {"kubeconfig": str(cluster.product_kubeconfig)}},
                "tasks": [
                    *({"register": f"task_{n}", "ignore_errors": True, **task} for n, task in enumerate(tasks)),
                    {
                        "ansible.builtin.copy": {"dest": str(results), "content": f"{{{{ [{collected}] | to_json }}}}"},
                        "check_mode": False,
                        "diff": False,
                    },
                ],
            }
        ]
        file = tmp_path / "playbook.yml"
        file.write_text(yaml.safe_dump(playbook))
        (tmp_path / "ansible.cfg").touch()
        environment = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(REPOSITORY / "collections"),
            "ANSIBLE_CONFIG": str(tmp_path / "ansible.cfg"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        }
        done = subprocess.run(
            [str(Path(sys.executable).with_name("ansible-playbook")), *arguments, str(file)],
            env=environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # else it is stopped where the tests are not the terminal's foreground job
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )
        output = done.stdout + done.stderr
        assert done.returncode == 0, output
        for word in ("WARNING", "DEPRECATION", "Traceback"):
            assert word not in output, output
        found: list[dict[str, Any]] = json.loads(results.read_text())
        return found

    return run


def test_a_node_is_cordoned_drained_and_given_back(
    cluster: Cluster, namespace: str, make_node: Callable[..., str], play: Play
) -> None:
    node = make_node(labels={"test": namespace})
    cluster.create(objects.deployment("web", 2, nodeSelector={"test": namespace}), namespace)
    cluster.wait_for_pods(namespace, 2)

    info, cordoned, drained, lifted, again = play(
        {"day2.k8s.cluster_info": {}},
        {"day2.k8s.node_cordon": {"node": node}},
        {"day2.k8s.node_drain": {"node": node, "timeout": 60}},
        {"day2.k8s.node_cordon": {"node": node, "state": "uncordoned"}},
        {"day2.k8s.node_cordon": {"node": node, "state": "uncordoned"}},
    )

    assert "D2-CLUSTER-005" in info["msg"], "the harness has no kubeadm-config"
    assert (cordoned["changed"], cordoned["owner"]) == (True, "day2")
    assert [pod["action"] for pod in drained["pods"]] == ["evicted", "evicted"]
    assert (lifted["changed"], again["changed"]) == (True, False)
    assert not cluster.node(node)["spec"].get("unschedulable")


def test_check_mode_writes_nothing(cluster: Cluster, namespace: str, make_node: Callable[..., str], play: Play) -> None:
    node = make_node(labels={"test": namespace})
    cluster.create(objects.deployment("web", 2, nodeSelector={"test": namespace}), namespace)
    cluster.create(objects.budget("web", minAvailable=1), namespace)
    cluster.wait_for_pods(namespace, 2)
    cluster.wait_for_budget(namespace, "web", 1)
    since = cluster.audit.position()

    cordoned, drained = play(
        {"day2.k8s.node_cordon": {"node": node}},
        {"day2.k8s.node_drain": {"node": node}},
        arguments=("--check", "--diff"),
    )

    assert cordoned["changed"]
    assert cordoned["diff"]["after"].startswith("unschedulable: true")
    assert sorted(pod["action"] for pod in drained["pods"]) == ["would_evict", "would_wait"]
    assert cluster.audit.writes(PRODUCT, since) == []


def test_wrong_options_are_refused_with_their_code(play: Play) -> None:
    unknown, missing, wrong = play(
        {"day2.k8s.node_drain": {"node": "any", "forze": True}},
        {"day2.k8s.node_drain": {}},
        {"day2.k8s.node_cordon": {"node": "any", "state": "gone"}},
    )

    for result in (unknown, missing, wrong):
        assert result["failed"]
        assert result["findings"][0]["code"] == "D2-INPUT-002"
        assert result["msg"].startswith("REFUSED D2-INPUT-002")
    assert "forze" in unknown["msg"]


def test_values_may_come_from_templates(make_node: Callable[..., str], play: Play) -> None:
    node = make_node()

    cordoned, lifted = play(
        {
            "day2.k8s.node_cordon": {"node": "{{ wanted }}", "run": "{{ {} }}"},
            "vars": {"wanted": f"{{{{ '{node}' }}}}"},
        },
        {"day2.k8s.node_cordon": {"node": "{{ wanted }}", "state": "uncordoned"}, "vars": {"wanted": node}},
    )

    assert (cordoned["node"], cordoned["changed"]) == (node, True)
    assert lifted["changed"]
