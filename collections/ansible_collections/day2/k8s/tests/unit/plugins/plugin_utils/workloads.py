# SPDX-License-Identifier: GPL-3.0-or-later
"""Pods and budgets for unit tests, parsed from JSON as in earnest; what a test does not name is unremarkable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._model.budget import Budget
from ansible_collections.day2.k8s.plugins.plugin_utils._model.pod import Pod

NAMESPACE = "shop"
NODE = "w1"
# The wall clock's time in tests that have one.
NOW = "2026-08-07T10:00:00Z"


def pod(name: str, **options: Any) -> Pod:
    """Options as of ``pod_json``."""
    return Pod.from_api(pod_json(name, **options))


def pod_json(
    name: str,
    *,
    uid: str = "",
    namespace: str = NAMESPACE,
    app: str = "web",
    owner: str = "ReplicaSet/web",
    owner_api: str = "apps/v1",
    phase: str = "Running",
    ready: bool = True,
    terminating: bool = False,
    mirror: bool = False,
    grace: int = 30,
    empty_dirs: Iterable[str] = (),
    claims: Iterable[str] = (),
    finalizers: Iterable[str] = (),
    tolerations: Iterable[Mapping[str, str]] = (),
    priority: int = 0,
    node: str = NODE,
    deletes_at: str = NOW,
) -> dict[str, Any]:
    """A pod on a node; ``owner`` is ``Kind/name`` of its controller, empty for none, whose uid is ``uid-name``.

    ``deletes_at`` is when the grace period of a terminating one is over.
    """
    kind, _dummy, owner_name = owner.partition("/")
    return {
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": uid or f"uid-{name}",
            "labels": {"app": app},
            "annotations": {"kubernetes.io/config.mirror": "hash"} if mirror else {},
            "finalizers": list(finalizers),
            "ownerReferences": [
                {
                    "apiVersion": owner_api,
                    "kind": kind,
                    "name": owner_name,
                    "uid": f"uid-{owner_name}",
                    "controller": True,
                }
            ]
            if owner
            else [],
            **({"deletionTimestamp": deletes_at} if terminating else {}),
        },
        "spec": {
            "nodeName": node,
            "priority": priority,
            "tolerations": list(tolerations),
            "terminationGracePeriodSeconds": grace,
            "containers": [{"name": "main", "image": "registry.invalid/sample:1"}],
            "volumes": [
                *({"name": volume, "emptyDir": {}} for volume in empty_dirs),
                *({"name": claim, "persistentVolumeClaim": {"claimName": claim}} for claim in claims),
            ],
        },
        "status": {"phase": phase, "conditions": [{"type": "Ready", "status": "True" if ready else "False"}]},
    }


def budget(name: str = "web", **options: Any) -> Budget:
    """Options as of ``budget_json``."""
    return Budget.from_api(budget_json(name, **options))


def budget_json(
    name: str = "web",
    *,
    namespace: str = NAMESPACE,
    selector: Mapping[str, Any] | None = None,
    allowed: int = 0,
    desired: int = 2,
    healthy: int = 2,
    expected: int = 2,
    seen: bool = True,
    disrupted: Iterable[str] = (),
    **spec: Any,
) -> dict[str, Any]:
    """A budget of the pods labelled ``app: web``; ``seen`` is False where the controller lags behind."""
    return {
        "metadata": {"name": name, "namespace": namespace, "generation": 2},
        "spec": {"selector": {"matchLabels": {"app": "web"}} if selector is None else selector, **spec},
        "status": {
            "observedGeneration": 2 if seen else 1,
            "disruptionsAllowed": allowed,
            "desiredHealthy": desired,
            "currentHealthy": healthy,
            "expectedPods": expected,
            "disruptedPods": dict.fromkeys(disrupted, "2026-08-07T10:00:00Z"),
        },
    }
