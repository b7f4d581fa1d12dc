# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from datetime import date

from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.config import CoordinatorConfig
from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.controller import Controller
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.connection import ConnectionOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._model.acceptance import Acceptance
from ansible_collections.day2.k8s.plugins.plugin_utils._model.run import Run
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.limits import Limits, Pool
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import AT, NEW, UID

RUN = Run("run-1", "upgrade", "staging", UID, NEW, "/tmp/day2-x", "/tmp/day2-x/s", "/a/staging/run-1", AT)


def test_a_configuration_survives_its_way_through_a_pipe() -> None:
    config = CoordinatorConfig(
        connection=ConnectionOptions(kubeconfig="~/.kube/staging", context="staging"),
        run=RUN,
        holder="me@here:42",
        controller=Controller(42, 4711),
        plan=("cp1", "w1"),
        limits=Limits(2, (Pool("db", "pool=db", 1),), True),
        drained=("w1",),
        drain={"timeout": 1800, "rules": []},
        accept=(Acceptance("D2-DRAIN-002", "shop/web-1", "ticket 7", date(2027, 1, 1)),),
        failure_budget=1,
        report_fd=7,
    )

    assert CoordinatorConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
