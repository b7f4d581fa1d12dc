# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._run import records
from ansible_collections.day2.k8s.plugins.plugin_utils._run.records import RunRecord
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import AT, NEW
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fakes import ObjectStore

RECORD = RunRecord("run-1", "upgrade", "lab", NEW, "anna@ops1", AT, ("cp1", "w1"))


def store() -> Any:
    return ObjectStore()


def test_on_a_new_cluster_there_is_no_run_and_no_history() -> None:
    assert records.read_run(store()) is None
    assert records.read_history(store()) == ()


def test_a_record_is_created_and_then_replaced() -> None:
    api = store()

    records.write_run(api, RECORD)
    records.write_run(api, replace(RECORD, run="run-2", nodes=()))

    assert records.read_run(api) == replace(RECORD, run="run-2", nodes=())
    assert [method for method, _path in api.writes] == ["PATCH", "POST", "PATCH"]


def test_the_history_has_the_latest_first_without_its_plan() -> None:
    api = store()
    records.add_to_history(api, RECORD)
    records.add_to_history(api, replace(RECORD, run="run-2"))

    history = records.read_history(api)

    assert [record.run for record in history] == ["run-2", "run-1"]
    assert history[0].nodes == ()


def test_the_history_keeps_twenty_runs() -> None:
    history: tuple[RunRecord, ...] = ()
    for number in range(25):
        history = records.extended(history, replace(RECORD, run=f"run-{number}"))

    assert len(history) == 20
    assert (history[0].run, history[-1].run) == ("run-24", "run-5")


def test_a_run_closed_twice_is_in_the_history_once() -> None:
    history = records.extended(records.extended((), RECORD), replace(RECORD, result="done"))

    assert [record.result for record in history] == ["done"]


def test_a_record_of_a_newer_version_is_not_guessed_at() -> None:
    api = store()
    records.write_run(api, RECORD)
    (configmap,) = api.objects.values()
    configmap["data"]["record.json"] = json.dumps({"schema": 2, "run": {"anything": "else"}})

    with pytest.raises(ValueError, match="schema 2"):
        records.read_run(api)
