# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.budget import Budget
from ansible_collections.day2.k8s.plugins.plugin_utils._model.namespace import Namespace
from ansible_collections.day2.k8s.plugins.plugin_utils._model.node import Node
from ansible_collections.day2.k8s.plugins.plugin_utils._model.pod import Pod
from ansible_collections.day2.k8s.plugins.plugin_utils._model.slimming import FIELDS, slim
from ansible_collections.day2.k8s.plugins.plugin_utils._model.volume import Claim, Volume
from ansible_collections.day2.k8s.plugins.plugin_utils._model.workload import Autoscaler, Workload
from ansible_collections.day2.k8s.plugins.plugin_utils._model.workloads import (
    AUTOSCALERS,
    BUDGETS,
    CLAIMS,
    CONTROLLERS,
    NAMESPACES,
    NODES,
    PODS,
    RESOURCES,
    VOLUMES,
)
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.full_objects import CONTACT, SECRET, full_objects

PARSERS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    NODES: Node.from_api,
    PODS: Pod.from_api,
    BUDGETS: lambda raw: Budget.from_api(raw, CONTACT),
    NAMESPACES: lambda raw: Namespace.from_api(raw, CONTACT),
    CLAIMS: Claim.from_api,
    VOLUMES: Volume.from_api,
    AUTOSCALERS: Autoscaler.from_api,
    **{path: lambda raw, kind=kind: Workload.from_api(raw, kind, CONTACT) for path, kind in CONTROLLERS.items()},
}
OBJECTS = [(path, position) for path, objects in full_objects().items() for position in range(len(objects))]


def test_every_list_that_is_read_has_its_fields_declared_and_an_object_to_try_them_on() -> None:
    assert set(FIELDS) == set(RESOURCES) == set(full_objects()) == set(PARSERS)


@pytest.mark.parametrize(("path", "position"), OBJECTS)
def test_what_is_read_of_a_slimmed_object_is_what_is_read_of_the_whole(path: str, position: int) -> None:
    raw = full_objects()[path][position]

    assert PARSERS[path](slim(raw, path, CONTACT)) == PARSERS[path](raw)


@pytest.mark.parametrize(("path", "position"), OBJECTS)
def test_nothing_that_may_be_secret_is_kept(path: str, position: int) -> None:
    raw = full_objects()[path][position]

    assert SECRET in json.dumps(raw), "the object has nothing to hide, so that the test would prove nothing"
    assert SECRET not in json.dumps(slim(raw, path, CONTACT))


@pytest.mark.parametrize(("path", "position"), OBJECTS)
def test_slimming_is_done_once(path: str, position: int) -> None:
    slimmed = slim(full_objects()[path][position], path, CONTACT)

    assert slim(slimmed, path, CONTACT) == slimmed


def test_only_the_contact_that_was_named_is_kept() -> None:
    (raw, *_others) = full_objects()[BUDGETS]

    assert CONTACT not in json.dumps(slim(raw, BUDGETS, "another.example.com/key"))
