# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.pod import Pod

SINCE = "2026-03-01T09:00:00Z"


def pod(*, status: dict[str, Any] | None = None, **spec: Any) -> Pod:
    metadata = {"namespace": "shop", "name": "web-0", "uid": "u"}
    return Pod.from_api({"metadata": metadata, "spec": {"containers": [], **spec}, "status": status or {}})


@pytest.mark.parametrize(
    ("conditions", "ready", "since"),
    [
        ([{"type": "Ready", "status": "True", "lastTransitionTime": SINCE}], True, ""),
        ([{"type": "Ready", "status": "False", "lastTransitionTime": SINCE}], False, SINCE),
        ([{"type": "PodScheduled", "status": "False", "lastTransitionTime": SINCE}], False, SINCE),
        ([], False, ""),
    ],
)
def test_since_when_a_pod_is_not_ready(conditions: list[dict[str, str]], ready: bool, since: str) -> None:
    found = pod(status={"phase": "Running", "conditions": conditions})

    assert (found.ready, found.unready_since) == (ready, since)


def test_why_a_container_does_not_run_is_that_of_the_first_that_waits() -> None:
    running, waiting = {"state": {"running": {}}}, {"state": {"waiting": {"reason": "CrashLoopBackOff"}}}

    assert pod(status={"containerStatuses": [running, waiting]}).waiting == "CrashLoopBackOff"
    assert pod(status={"containerStatuses": [running]}).waiting == ""


def test_claims_are_those_that_outlive_the_pod() -> None:
    volumes = [
        {"name": "data", "persistentVolumeClaim": {"claimName": "data-web-0"}},
        {"name": "scratch", "ephemeral": {"volumeClaimTemplate": {}}},
        {"name": "cache", "emptyDir": {}},
    ]
    found = pod(volumes=volumes)

    assert (found.claims, found.empty_dir_volumes) == (("data-web-0",), ("cache",))
