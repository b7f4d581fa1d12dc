# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.annotations import Claim
from ansible_collections.day2.k8s.plugins.plugin_utils._run.release import after_failure
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.builders import claim, journal, node, own_cordon


def test_a_node_on_which_nothing_was_changed_is_uncordoned_if_the_cordon_is_ours() -> None:
    settlement = after_failure(node("w1", cordoned=True, annotations={**claim(), **own_cordon()}))

    assert settlement.uncordon
    assert settlement.state == "nothing was changed on its machine; it is uncordoned and in service again"


def test_a_cordon_of_somebody_else_stays() -> None:
    settlement = after_failure(node("w1", cordoned=True, annotations=claim()))

    assert not settlement.uncordon
    assert "by somebody else" in settlement.state


def test_a_node_that_was_not_cordoned_yet_is_in_service() -> None:
    settlement = after_failure(node("w1", annotations=claim()))

    assert (settlement.uncordon, settlement.state) == (False, "nothing was changed on its machine; it is in service")


def test_a_changed_machine_stays_cordoned() -> None:
    changed = node("w1", cordoned=True, annotations={**own_cordon(), **journal(step="kubeadm")})

    settlement = after_failure(changed)

    assert not settlement.uncordon
    assert settlement.state == "its machine was, or may have been, changed at kubeadm; it stays cordoned"


def test_nothing_is_undone_by_a_record_that_cannot_be_read() -> None:
    with pytest.raises(ValueError):
        after_failure(node("w1", cordoned=True, annotations={Claim.key: "{}", "day2.k8s/journal": '{"schema": 2}'}))
