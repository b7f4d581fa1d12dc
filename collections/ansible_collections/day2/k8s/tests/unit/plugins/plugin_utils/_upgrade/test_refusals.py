# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.deprecated_api import DeprecatedApi
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Severity
from ansible_collections.day2.k8s.plugins.plugin_utils._model.version import KubernetesVersion
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.refusals import etcd_too_old, removed_apis
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import (
    cluster,
    control_plane_host,
    control_plane_node,
    static_pods,
)


@pytest.mark.parametrize(
    ("etcd", "target", "refused"),
    [
        ("3.5.21-0", "1.34.4", True),
        ("3.5.25-0", "1.36.3", True),
        ("3.5.26-0", "1.34.4", False),
        ("3.5.21-0", "1.33.9", False),
        ("3.6.4-0", "1.35.4", False),
        ("custom", "1.34.4", False),
    ],
)
def test_an_old_etcd_is_not_brought_to_3_6(etcd: str, target: str, refused: bool) -> None:
    hosts = {"cp1": control_plane_host("cp1", static_pods=static_pods("1.33.4", etcd=etcd))}

    findings = etcd_too_old([control_plane_node("cp1")], hosts, KubernetesVersion.parse(target))

    assert [(finding.code, finding.subject) for finding in findings] == ([("D2-ETCD-012", "cp1")] if refused else [])


def test_an_api_that_the_target_no_longer_serves_refuses_while_somebody_asks_for_it() -> None:
    asked = (DeprecatedApi("a.example", "v1beta1", "things", 36), DeprecatedApi("b.example", "v1beta1", "others", 37))
    taken = replace(cluster(), deprecated_apis=asked)

    findings = removed_apis(taken, KubernetesVersion.parse("1.36.3"))

    assert [(f.code, f.subject, f.acceptable) for f in findings] == [("D2-API-001", "things.v1beta1.a.example", True)]


def test_what_may_not_be_read_is_a_warning() -> None:
    findings = removed_apis(replace(cluster(), deprecated_apis=None), KubernetesVersion.parse("1.36.3"))

    assert [(f.code, f.severity) for f in findings] == [("D2-API-002", Severity.WARNING)]
