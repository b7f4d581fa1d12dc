# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from lab.artefacts import versions


def test_versions_compare_by_number() -> None:
    assert versions.parse("1.36.10") > versions.parse("1.36.9")


@pytest.mark.parametrize("text", ["v1.36.3", "1.36", "1.36.3-rc.0", "1.36.3\n", ""])
def test_what_is_not_exact_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="exact version"):
        versions.parse(text)


def test_a_minor_is_named_as_its_repository_is() -> None:
    assert versions.minor("1.36.3") == "v1.36"
