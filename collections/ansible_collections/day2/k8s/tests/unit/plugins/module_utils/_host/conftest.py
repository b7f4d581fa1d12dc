# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost


@pytest.fixture
def fake(tmp_path: Path) -> FakeHost:
    """A node with nothing on it."""
    return FakeHost(tmp_path)
