# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
from datetime import timedelta

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._run.clock import now_iso, parse_iso


def test_now_is_in_utc_to_the_second() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", now_iso())


def test_finer_steps_can_be_asked_for() -> None:
    assert re.fullmatch(r".*\.\d{3}Z", now_iso(timespec="milliseconds"))


def test_a_time_is_read_as_it_was_written() -> None:
    assert parse_iso("2026-03-01T12:00:30Z") - parse_iso("2026-03-01T12:00:00Z") == timedelta(seconds=30)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        parse_iso("2026-03-01T12:00:00")
