# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.observation import Observation, evaluated
from ansible_collections.day2.k8s.plugins.plugin_utils._model.finding import Outcome
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import (
    claim,
    cluster,
    control_plane_node,
    etcd,
    member,
)

HEALTHY = etcd(member("cp1"), member("cp2"), member("cp3"))


def outcomes(observation: Observation) -> dict[str, Outcome]:
    return {verdict.gate: verdict.outcome for verdict in observation.verdicts}


def test_a_worker_is_not_asked_about_etcd() -> None:
    assert "etcd members" not in outcomes(evaluated(cluster(), "w1", None))


def test_a_control_plane_node_needs_an_etcd_that_its_host_sees_healthy() -> None:
    assert outcomes(evaluated(cluster(), "cp1", HEALTHY))["etcd members"] is Outcome.PASS


def test_an_etcd_that_the_host_cannot_see_is_unknown() -> None:
    assert outcomes(evaluated(cluster(), "cp1", None))["etcd members"] is Outcome.UNKNOWN


def test_a_member_that_is_not_well_now_stops_the_next_control_plane_node() -> None:
    now = etcd(member("cp1", healthy=False, error="timed out"), member("cp2"), member("cp3"))

    assert outcomes(evaluated(cluster(), "cp2", now))["etcd members"] is Outcome.FAIL


def test_a_node_in_the_hand_of_a_run_is_excused_from_being_ready() -> None:
    taken = control_plane_node("cp2", ready=False, annotations=claim("run-1"))

    assert outcomes(evaluated(cluster(nodes=[taken]), "w1", None))["nodes ready"] is Outcome.PASS


def test_another_node_that_is_not_ready_is_not_excused() -> None:
    broken = control_plane_node("cp2", ready=False)

    assert outcomes(evaluated(cluster(nodes=[broken]), "w1", None))["nodes ready"] is Outcome.FAIL
