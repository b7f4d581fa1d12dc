# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.day2.k8s.plugins.plugin_utils._model.node import Node
from ansible_collections.day2.k8s.plugins.plugin_utils._model.taint import CORDON
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import node_json


def test_what_a_node_has_to_give_is_counted_in_whole_units() -> None:
    raw = node_json("w1")
    raw["status"]["allocatable"] = {"cpu": "3920m", "memory": "8Gi", "pods": "110"}
    raw["spec"]["taints"] = [{"key": CORDON.key, "effect": "NoSchedule"}]

    node = Node.from_api(raw)

    assert node.allocatable == {"cpu": 3920, "memory": 8 * 1024**3, "pods": 110}
    assert node.taints == (CORDON,)
