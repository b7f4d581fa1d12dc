# SPDX-License-Identifier: GPL-3.0-or-later
"""What every file under version control keeps to."""

from __future__ import annotations

import re
from pathlib import Path

# Written so that this file does not contain them.
FORBIDDEN = {
    "a place on somebody's machine": re.compile(r"(?<![\w.])/(?:r[o]ot/\.(?!ssh\b)|r[o]ot/go/|home/[a-z]+/|w[o]rk/)"),
    "the host of a package registry": re.compile(
        r"\b(?:(?:files\.)?pyth[o]nhosted\.org|py[p]i\.org|registry\.np[m]js\.org|proxy\.gol[a]ng\.org|"
        r"sum\.gol[a]ng\.org|cr[a]tes\.io|deb\.deb[i]an\.org|galaxy\.ans[i]ble\.com|gh[c]r\.io|qu[a]y\.io|"
        r"d[o]cker\.io|pkgs\.k8s\.i[o]|dl\.k8s\.i[o])\b"
    ),
    "how the work was organised": re.compile(
        r"\b(?:Cl[a]ude|Anthr[o]pic|subag[e]nts?|AI ag[e]nts?|/tmp/br[i]ef|iss[u]e (?:[A-K]\b|#?\d+\b))"
    ),
    "unfinished work": re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X])\b"),
}
BINARY = {".png", ".jpg", ".gz", ".deb", ".zip", ".whl", ".pyc", ".so"}
LARGEST = 200_000


def test_no_binary_and_no_large_file_is_kept(tracked_files: list[Path]) -> None:
    wrong = [file for file in tracked_files if file.suffix in BINARY or file.stat().st_size > LARGEST]

    assert wrong == []


def test_no_file_says_what_is_nobodys_business(tracked_files: list[Path]) -> None:
    found = [
        f"{file}:{number}: {what}: {match.group()}"
        for file in tracked_files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        for what, pattern in FORBIDDEN.items()
        if (match := pattern.search(line))
    ]

    assert found == []


def test_every_python_file_names_its_licence_and_postpones_annotations(tracked_files: list[Path]) -> None:
    wrong = []
    for file in tracked_files:
        if file.suffix == ".py" and (text := file.read_text(encoding="utf-8")):
            lines = text.splitlines()
            if lines[0].startswith("#!"):
                lines = lines[1:]
            if lines[0] != "# SPDX-License-Identifier: GPL-3.0-or-later":
                wrong.append(f"{file}: licence")
            if "from __future__ import annotations" not in lines and len(lines) > 2:
                wrong.append(f"{file}: annotations")

    assert wrong == []


def test_the_ignore_lists_of_sanity_are_empty(collection: Path) -> None:
    assert [path for path in (collection / "tests/sanity").glob("ignore-*.txt") if path.read_text()] == []
