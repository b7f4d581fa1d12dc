# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.day2.k8s.plugins.plugin_utils._model.snapshot import Snapshot
from ansible_collections.day2.k8s.plugins.plugin_utils._report.check_text import render_check
from ansible_collections.day2.k8s.plugins.plugin_utils._run.assessment import check
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import (
    UID,
    cluster,
    control_plane_node,
    intent,
)


def text(taken: Snapshot) -> str:
    checked = check(taken, intent(), for_upgrade=False)
    return render_check(
        checked.verdicts, checked.findings, (), passed=checked.passed, environment="prod", cluster_uid=UID
    )


def test_each_gate_has_a_line_and_the_verdict_is_last() -> None:
    assert text(cluster()).splitlines() == [
        "CHECK        gates of the cluster",
        "environment  prod",
        f"cluster      {UID}",
        "",
        "gate                verdict",
        "nodes ready         pass",
        "control-plane pods  pass",
        "etcd members        pass",
        "etcd condition      pass",
        "cluster DNS         pass",
        "certificates        pass",
        "kubeadm drift       pass",
        "",
        "VERDICT passed: an upgrade may begin",
    ]


def test_what_does_not_pass_is_explained_before_the_verdict() -> None:
    shown = text(cluster(nodes=[control_plane_node("cp2", ready=False)]))

    assert "nodes ready         fail" in shown
    assert "REFUSED D2-NODE-005  cp2: " in shown
    assert shown.splitlines()[-1] == "VERDICT refused: an upgrade would not begin"
