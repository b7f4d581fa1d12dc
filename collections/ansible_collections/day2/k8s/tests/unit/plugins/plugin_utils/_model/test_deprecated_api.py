# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.day2.k8s.plugins.plugin_utils._model.deprecated_api import DeprecatedApi, requested


def _line(group: str, version: str, resource: str, removed: str, *, subresource: str = "", value: int = 1) -> str:
    labels = f'group="{group}",removed_release="{removed}",resource="{resource}",subresource="{subresource}"'
    return f'apiserver_requested_deprecated_apis{{{labels},version="{version}"}} {value}'


FLOW = "flowcontrol.apiserver.k8s.io"
METRICS = "\n".join(
    [
        "# TYPE apiserver_requested_deprecated_apis gauge",
        _line("policy", "v1beta1", "podsecuritypolicies", "1.25"),
        _line(FLOW, "v1beta3", "flowschemas", "1.32"),
        _line(FLOW, "v1beta3", "flowschemas", "1.32", subresource="status"),
        _line("", "v1", "endpoints", ""),
        _line("batch", "v1beta1", "cronjobs", "1.25", value=0),
        'apiserver_request_total{group="policy",removed_release="1.25"} 9',
    ]
)


def test_what_was_asked_for_and_has_an_end_is_told_once() -> None:
    assert requested(METRICS) == (
        DeprecatedApi(FLOW, "v1beta3", "flowschemas", 32),
        DeprecatedApi("policy", "v1beta1", "podsecuritypolicies", 25),
    )


def test_it_is_named_as_kubectl_does() -> None:
    assert requested(METRICS)[0].name == "flowschemas.v1beta3.flowcontrol.apiserver.k8s.io"
    assert DeprecatedApi("", "v1", "componentstatuses", 40).name == "componentstatuses.v1"
