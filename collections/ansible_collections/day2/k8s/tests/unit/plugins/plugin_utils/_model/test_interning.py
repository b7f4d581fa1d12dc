# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import copy
from typing import Any

from ansible_collections.day2.k8s.plugins.plugin_utils._model.interning import Interner
from ansible_collections.day2.k8s.plugins.plugin_utils._model.pod import Pod

ANTI_AFFINITY = {
    "podAntiAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "zone", "labelSelector": {}}]
    }
}


def raw(name: str, *, namespace: str = "shop", kind: str = "ReplicaSet", **spec: Any) -> dict[str, Any]:
    owner = {"apiVersion": "apps/v1", "kind": kind, "name": "web", "uid": "u", "controller": True}
    return copy.deepcopy(
        {
            "metadata": {
                "namespace": namespace,
                "name": name,
                "uid": name,
                "labels": {"app": "web"},
                "ownerReferences": [owner],
            },
            "spec": {"containers": [{"image": "a", "resources": {"requests": {"cpu": "1"}}}], **spec},
            "status": {"phase": "Running"},
        }
    )


def test_pods_of_one_template_share_everything_that_is_equal() -> None:
    interner = Interner()
    one, other = (Pod.from_api(raw(name, tolerations=[{"operator": "Exists"}]), interner) for name in "ab")

    assert one.spec is other.spec
    assert one.labels is other.labels
    assert one.controller is other.controller
    assert one.images is other.images


def test_a_pod_that_differs_from_its_template_has_a_spec_of_its_own() -> None:
    interner = Interner()
    resized = raw("b")
    resized["spec"]["containers"][0]["resources"]["requests"]["cpu"] = "2"

    assert Pod.from_api(raw("a"), interner).spec != Pod.from_api(resized, interner).spec


def test_what_is_meant_depends_on_the_namespace_only_where_other_pods_are_meant() -> None:
    interner = Interner()

    def specs(**spec: Any) -> tuple[Any, Any]:
        return tuple(Pod.from_api(raw("a", namespace=name, **spec), interner).spec for name in ("x", "y"))  # type: ignore[return-value]

    plain, tied = specs(), specs(affinity=ANTI_AFFINITY)
    assert plain[0] is plain[1]
    assert tied[0] != tied[1]


def test_the_node_that_a_daemonset_names_is_not_part_of_the_spec() -> None:
    def bound_to(name: str) -> dict[str, Any]:
        field = {"key": "metadata.name", "operator": "In", "values": [name]}
        terms = {"nodeSelectorTerms": [{"matchFields": [field]}]}
        affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
        return raw(name, kind="DaemonSet", affinity=affinity)

    interner = Interner()
    one, other = (Pod.from_api(bound_to(name), interner) for name in ("w1", "w2"))

    assert one.spec is other.spec


def test_reading_pods_together_gives_what_reading_them_alone_does() -> None:
    interner = Interner()
    pods = [raw(name, nodeSelector={"disk": "ssd"}, affinity=ANTI_AFFINITY) for name in "abc"]

    assert [Pod.from_api(pod, interner) for pod in pods] == [Pod.from_api(pod) for pod in pods]
