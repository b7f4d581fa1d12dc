# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import gc

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._model.acyclic import acyclic


@acyclic()
def searching() -> bool:
    return gc.isenabled()


def test_cycles_are_not_searched_for_meanwhile_and_are_again_afterwards() -> None:
    assert gc.isenabled()

    assert not searching()
    assert gc.isenabled()


def test_an_error_does_not_end_the_search_for_good() -> None:
    with pytest.raises(RuntimeError), acyclic():
        raise RuntimeError

    assert gc.isenabled()


def test_what_was_off_before_stays_off() -> None:
    with acyclic():
        assert not searching()
        assert not gc.isenabled()
