# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.journal import JournalKeeper
from ansible_collections.day2.k8s.plugins.plugin_utils._model.annotations import Claim, Journal
from ansible_collections.day2.k8s.plugins.plugin_utils._model.errors import Day2Error
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import AT, NEW, journal, node
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fakes import AWAY, Clock


class Board:
    """A keeper and the annotations that it leaves on Nodes."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.away = False
        self.annotations: dict[str, dict[str, str]] = {}
        self.keeper = JournalKeeper(
            run_id="run-2",
            target=NEW,
            annotate=self._annotate,
            now_iso=lambda: AT,
            clock=self.clock,
            sleep=self.clock.sleep,
            patience_seconds=60.0,
        )

    def journal(self, name: str) -> Journal:
        found = Journal.loads(self.annotations[name])
        assert found is not None
        return found

    def _annotate(self, name: str, annotations: Mapping[str, str | None]) -> None:
        if self.away:
            raise AWAY
        kept = {**self.annotations.get(name, {}), **annotations}
        self.annotations[name] = {key: text for key, text in kept.items() if text is not None}


@pytest.fixture
def board() -> Board:
    board = Board()
    board.keeper.claim(node("w1"))
    return board


def test_a_claim_names_the_run_and_starts_the_journal(board: Board) -> None:
    claim = Claim.loads(board.annotations["w1"])

    assert claim is not None
    assert claim.run == "run-2"
    assert board.journal("w1") == Journal("run-2", AT, NEW, step="admit", state="running", changed=False)
    assert board.keeper.in_hand == {"w1"}


def test_a_claim_that_could_not_be_written_is_none() -> None:
    board = Board()
    board.away = True

    with pytest.raises(type(AWAY)):
        board.keeper.claim(node("w1"))
    assert board.keeper.in_hand == frozenset()


def test_the_start_of_a_step_that_changes_the_machine_says_so_before_it_happens(board: Board) -> None:
    board.keeper.step_started("w1", "packages", changes_machine=True)

    assert board.journal("w1").step == "packages"
    assert board.journal("w1").changed


def test_a_step_that_changed_nothing_after_all_takes_that_back(board: Board) -> None:
    board.keeper.step_started("w1", "packages", changes_machine=True)
    board.keeper.step_ended("w1", changed=False)

    assert not board.journal("w1").changed


def test_what_one_step_changed_the_next_does_not_forget(board: Board) -> None:
    board.keeper.step_started("w1", "packages", changes_machine=True)
    board.keeper.step_ended("w1", changed=True)
    board.keeper.step_started("w1", "verify", changes_machine=False)
    board.keeper.step_ended("w1", changed=False)

    assert board.journal("w1").changed


def test_a_machine_that_an_earlier_run_changed_stays_changed() -> None:
    board = Board()

    board.keeper.claim(node("w1", annotations=journal("run-1", step="kubeadm")))
    board.keeper.step_started("w1", "cordon", changes_machine=False)
    board.keeper.step_ended("w1", changed=False)

    assert board.journal("w1").changed


def test_a_step_waits_until_its_start_is_written(board: Board) -> None:
    board.away = True
    board.clock.at(20, lambda: setattr(board, "away", False))

    board.keeper.step_started("w1", "kubeadm", changes_machine=True)

    assert board.journal("w1").step == "kubeadm"


def test_a_step_whose_start_cannot_be_written_is_not_started(board: Board) -> None:
    board.away = True

    with pytest.raises(Day2Error, match="D2-CLUSTER-002 w1: the start of kubeadm") as refusal:
        board.keeper.step_started("w1", "kubeadm", changes_machine=True)
    assert refusal.value.state == "kubeadm was not started on w1"


def test_a_node_given_back_carries_nothing_of_ours(board: Board) -> None:
    assert board.keeper.give_back("w1", failure=None)

    assert board.annotations["w1"] == {}
    assert board.keeper.in_hand == frozenset()


def test_a_failed_node_with_a_changed_machine_keeps_its_journal(board: Board) -> None:
    board.keeper.step_started("w1", "kubeadm", changes_machine=True)

    board.keeper.give_back("w1", failure="kubeadm exited with 1")

    left = board.journal("w1")
    assert (left.step, left.state, left.message) == ("kubeadm", "failed", "kubeadm exited with 1")
    assert Claim.key not in board.annotations["w1"]


def test_a_failed_node_on_which_nothing_was_changed_is_as_it_was(board: Board) -> None:
    board.keeper.step_started("w1", "drain", changes_machine=False)

    board.keeper.give_back("w1", failure="drain ran out of time")

    assert board.annotations["w1"] == {}


def test_what_could_not_be_written_is_written_once_the_api_is_back(board: Board) -> None:
    board.away = True
    assert not board.keeper.give_back("w1", failure=None)
    assert not board.keeper.flush()

    board.away = False

    assert board.keeper.flush()
    assert board.annotations["w1"] == {}


def test_work_on_a_node_that_is_not_claimed_leaves_no_trace() -> None:
    board = Board()

    board.keeper.step_started("w1", "packages", changes_machine=True)
    board.keeper.step_ended("w1", changed=False)
    board.keeper.give_back("w1", failure="no such package")

    assert board.annotations == {}
