# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.plugins.plugin_utils._run.plan_file import PlanFile
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.planner import compile_plan
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import AT, cluster, intent


def plan_file(**options: Any) -> PlanFile:
    plan = compile_plan(cluster(), intent(**options))
    return PlanFile(AT, "prod", "ready", plan.agreement, plan.to_dict(), (), ())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    plan_file().write(tmp_path / "plans" / "prod.json")
    return tmp_path / "plans" / "prod.json"


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(Day2Error) as refusal:
        act()
    (finding,) = refusal.value.findings
    assert finding.code == "D2-INPUT-002"
    assert finding.subject.startswith("day2_plan_file")
    return finding.message


def test_a_plan_is_read_as_it_was_written(path: Path) -> None:
    assert PlanFile.read(path) == plan_file()
    assert json.loads(path.read_text())["digest"] == compile_plan(cluster(), intent()).to_dict()["digest"]


def test_the_same_plan_gives_the_same_file(path: Path, tmp_path: Path) -> None:
    plan_file().write(tmp_path / "again.json")

    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()


def test_the_same_intent_is_not_refused() -> None:
    assert plan_file().refuse_other(compile_plan(cluster(), intent()).agreement) == []


def test_another_intent_is_refused_naming_the_differences() -> None:
    (finding,) = plan_file().refuse_other(compile_plan(cluster(), intent("1.36.4", max_unavailable=2)).agreement)

    assert finding.code == "D2-PLAN-001"
    assert "1.36.4" in finding.message
    assert "max_unavailable: 2 instead of 1" in finding.message
    assert not finding.acceptable


def test_an_intent_that_was_changed_in_the_file_is_refused(path: Path) -> None:
    raw = json.loads(path.read_text())
    raw["intent"]["policy"]["max_unavailable"] = 9
    path.write_text(json.dumps(raw))

    assert refused(lambda: PlanFile.read(path)).startswith("was changed")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 99}', '{"schema": 1}'])
def test_what_is_no_plan_is_refused(path: Path, text: str) -> None:
    path.write_text(text)

    assert "is no plan that can be read" in refused(lambda: PlanFile.read(path))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    refused(lambda: PlanFile.read(tmp_path / "none.json"))


def test_a_place_that_cannot_be_written_is_refused(path: Path) -> None:
    assert "cannot be written" in refused(lambda: plan_file().write(path / "below-a-file"))
