# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from lab import registry


def test_a_registry_serves_the_caches_images_where_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAY2_LAB_CACHE", str(tmp_path))
    words = registry.command("10.89.0.1", 5000)
    assert "REGISTRY_HTTP_ADDR=10.89.0.1:5000" in words
    assert f"REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY={tmp_path}/registry" in words
    assert words[-1] == str(registry.CONFIGURATION)
    assert registry.CONFIGURATION.is_file()
