# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._kube.nodes import CordonResult, annotate, cordon, uncordon
from ansible_collections.day2.k8s.plugins.plugin_utils._model.annotations import CordonOwner
from ansible_collections.day2.k8s.plugins.plugin_utils._model.api_error import ApiError
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import node_json, own_cordon
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fake_api import Expected, ScriptedApi
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fakes import Clock

PATH = "/api/v1/nodes/w1"
NOW = "2026-08-07T10:00:00Z"
RECORD = "/metadata/annotations/day2.k8s~1cordon"


def raw(version: str = "7", **options: Any) -> dict[str, Any]:
    found = node_json("w1", **options)
    found["metadata"]["resourceVersion"] = version
    return found


def get(version: str = "7", **options: Any) -> Expected:
    return Expected("GET", PATH, raw(version, **options))


def patch(*operations: dict[str, Any], version: str = "7", answer: Any = None) -> Expected:
    seen = {"op": "test", "path": "/metadata/resourceVersion", "value": version}
    return Expected("PATCH", PATH, answer or {}, body=[seen, *operations] if operations else None)


def added(run: str = "run-1") -> list[dict[str, Any]]:
    return [
        {"op": "add", "path": "/spec/unschedulable", "value": True},
        {"op": "add", "path": RECORD, "value": CordonOwner(run=run, at=NOW).dumps()},
    ]


REMOVED = [{"op": "remove", "path": RECORD}, {"op": "remove", "path": "/spec/unschedulable"}]


def do(action: str, *expected: Expected, check_mode: bool = False, seen: dict[str, Any] | None = None) -> CordonResult:
    api, sleep = ScriptedApi(*expected), Clock().sleep
    if action == "cordon":
        result = cordon(
            api,  # type: ignore[arg-type] # a stand-in of the same shape
            "w1",
            run_id="run-1",
            now_iso=NOW,
            check_mode=check_mode,
            seen=seen,
            sleep=sleep,
        )
    else:
        result = uncordon(api, "w1", check_mode=check_mode, sleep=sleep)  # type: ignore[arg-type] # as above
    api.done()
    return result


def test_cordon_and_owner_are_written_in_one_patch_that_tests_the_version() -> None:
    result = do("cordon", get(), patch(*added()))

    assert result == CordonResult(True, False, True, CordonOwner(run="run-1", at=NOW))


def test_a_node_that_was_just_read_is_not_read_again_unless_it_changed_since() -> None:
    assert do("cordon", patch(*added()), seen=raw()).changed

    changed = patch(*added(), answer=ApiError(422, "Invalid", "the test operation failed"))
    assert do("cordon", changed, get("8"), patch(*added(), version="8"), seen=raw()).changed


def test_a_node_without_annotations_gets_the_map_first() -> None:
    bare = raw()
    del bare["metadata"]["annotations"]
    first, second = added()

    do(
        "cordon",
        Expected("GET", PATH, bare),
        patch(first, {"op": "add", "path": "/metadata/annotations", "value": {}}, second),
    )


def test_a_cordon_that_is_there_is_left_as_it_is() -> None:
    foreign = do("cordon", get(cordoned=True))
    ours = do("cordon", get(cordoned=True, annotations=own_cordon("earlier")))

    assert (foreign.changed, foreign.foreign) == (False, True)
    assert (ours.changed, ours.foreign) == (False, False)
    assert ours.owner is not None
    assert ours.owner.run == "earlier"


def test_a_stale_record_is_replaced_when_we_cordon_anew() -> None:
    result = do("cordon", get(annotations=own_cordon("earlier")), patch(*added()))

    assert result.changed


def test_our_cordon_is_lifted_with_its_record() -> None:
    result = do("uncordon", get(cordoned=True, annotations=own_cordon("any-run")), patch(*REMOVED))

    assert (result.changed, result.unschedulable) == (True, False)


def test_somebody_elses_cordon_is_left() -> None:
    result = do("uncordon", get(cordoned=True))

    assert (result.changed, result.foreign) == (False, True)


def test_a_record_that_cannot_be_read_is_not_taken_for_ours() -> None:
    newer = {CordonOwner.key: '{"schema": 99, "run": "future", "at": "x"}'}

    result = do("uncordon", get(cordoned=True, annotations=newer))

    assert (result.changed, result.foreign) == (False, True)
    assert "schema 99" in result.unreadable


def test_removing_a_stale_record_is_no_change() -> None:
    result = do("uncordon", get(annotations=own_cordon()), patch({"op": "remove", "path": RECORD}))

    assert not result.changed


def test_uncordoning_a_schedulable_node_does_nothing() -> None:
    assert not do("uncordon", get()).changed


@pytest.mark.parametrize("action", ["cordon", "uncordon"])
def test_check_mode_only_reads(action: str) -> None:
    found = get() if action == "cordon" else get(cordoned=True, annotations=own_cordon())

    assert do(action, found, check_mode=True).changed


@pytest.mark.parametrize("code", [409, 422])
def test_a_node_that_changed_in_between_is_looked_at_again(code: int) -> None:
    lost_race = patch(answer=ApiError(code, "", "changed"))

    do("cordon", get("7"), lost_race, get("8"), patch(*added(), version="8"))


def test_somebody_who_cordoned_in_between_keeps_the_cordon() -> None:
    lost_race = patch(answer=ApiError(422, "Invalid", "test failed"))

    result = do("cordon", get("7"), lost_race, get("8", cordoned=True))

    assert (result.changed, result.foreign) == (False, True)


def test_a_patch_without_an_answer_that_was_carried_out_counts_as_ours() -> None:
    unanswered = patch(answer=ApiError(0, "", "timed out"))
    ours = {CordonOwner.key: CordonOwner(run="run-1", at=NOW).dumps()}

    result = do("cordon", get("7"), unanswered, get("8", cordoned=True, annotations=ours))

    assert result.changed


def test_a_missing_right_is_not_retried() -> None:
    with pytest.raises(ApiError):
        do("cordon", get(), patch(answer=ApiError(403, "Forbidden", "no")))


def test_a_race_that_is_lost_every_time_is_given_up() -> None:
    races: list[Expected] = []
    for version in map(str, range(8)):
        races += [get(version), patch(answer=ApiError(409, "Conflict", "changed"), version=version)]

    with pytest.raises(ApiError):
        do("cordon", *races)


def test_a_node_that_does_not_exist_is_told() -> None:
    with pytest.raises(Day2Error) as refusal:
        do("cordon", Expected("GET", PATH, ApiError(404, "NotFound", "no")))

    assert [f.code for f in refusal.value.findings] == ["D2-NODE-001"]


def test_annotations_are_merged() -> None:
    api = ScriptedApi(Expected("PATCH", PATH, body={"metadata": {"annotations": {"a": "1", "b": None}}}))

    annotate(api, "w1", {"a": "1", "b": None})  # type: ignore[arg-type] # a stand-in of the same shape

    api.done()
