# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import shutil
import stat
from pathlib import Path

from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.opening import StoredPlan, new_run
from ansible_collections.day2.k8s.plugins.plugin_utils._model.run import Run
from ansible_collections.day2.k8s.plugins.plugin_utils._upgrade.limits import Limits
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import AT, NEW, UID


def opened(artifacts: Path, *, check_mode: bool = False) -> Run:
    return new_run(
        verb="upgrade",
        environment="staging",
        cluster_uid=UID,
        target=NEW,
        artifacts=artifacts,
        opened_at=AT,
        check_mode=check_mode,
    )


def test_a_run_has_a_private_directory_and_one_for_evidence(tmp_path: Path) -> None:
    run = opened(tmp_path)

    assert run.id.startswith("20260301T120000Z-")
    assert Path(run.artifacts) == tmp_path / "staging" / run.id
    assert Path(run.artifacts).is_dir()
    assert stat.S_IMODE(Path(run.directory).stat().st_mode) == 0o700
    shutil.rmtree(run.directory)


def test_two_runs_of_the_same_second_differ(tmp_path: Path) -> None:
    runs = [opened(tmp_path) for _dummy in range(2)]

    assert runs[0].id != runs[1].id
    for run in runs:
        shutil.rmtree(run.directory)


def test_in_check_mode_nothing_is_made_below_the_artefacts(tmp_path: Path) -> None:
    run = opened(tmp_path, check_mode=True)

    assert list(tmp_path.iterdir()) == []
    assert run.artifacts == run.directory
    shutil.rmtree(run.directory)


def test_the_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    stored = StoredPlan(nodes=("cp1", "w1"), limits=Limits(), failure_budget=0, plan={"target": NEW, "steps": []})

    stored.write(tmp_path)

    assert StoredPlan.read(tmp_path) == stored
