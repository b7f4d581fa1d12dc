# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from lab.cluster.subnets import CANDIDATES, choose
from lab.errors import LabError


def test_the_first_candidate_is_taken_when_nothing_is_in_use() -> None:
    assert choose([]) == CANDIDATES[0]


@pytest.mark.parametrize(
    "taken",
    ["10.200.0.0/16", "10.200.7.0/24", "10.200.0.1", "10.200.3.4/24", "10.192.0.0/12"],
    ids=["the same", "a part", "one address", "an interface's address", "a wider one"],
)
def test_what_overlaps_anything_in_use_is_passed_over(taken: str) -> None:
    assert choose([taken], ["10.200.0.0/16", "10.210.0.0/16"]) == "10.210.0.0/16"


def test_default_routes_names_and_ipv6_say_nothing_about_what_is_in_use() -> None:
    assert choose(["default", "0.0.0.0/0", "", "fe80::/64", "fe80::1%eth0"], ["10.200.0.0/16"]) == "10.200.0.0/16"


def test_when_every_candidate_is_in_use_a_person_is_told_to_remove_a_cluster() -> None:
    with pytest.raises(LabError, match="no free network") as caught:
        choose(["10.0.0.0/8"])
    assert "lab down" in caught.value.remedy
