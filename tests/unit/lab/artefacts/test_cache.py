# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from lab.artefacts import cache


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAY2_LAB_CACHE", str(tmp_path / "cache"))


def _write(content: str) -> cache.Build:
    return lambda into: (into / "result").write_text(content)


def test_the_cache_is_where_the_variable_says(tmp_path: Path) -> None:
    assert cache.root() == tmp_path / "cache"


def test_the_cache_is_in_the_users_cache_directory_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DAY2_LAB_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.root() == tmp_path / "day2-lab"


def test_an_artefact_is_built_once() -> None:
    first = cache.produce("kind", "1.0", "abc", _write("first"))
    second = cache.produce("kind", "1.0", "abc", _write("second"))
    assert first == second == cache.root() / "kind" / "1.0-abc"
    assert (first / "result").read_text() == "first"


def test_another_recipe_is_another_artefact() -> None:
    first = cache.produce("kind", "1.0", "abc", _write("first"))
    second = cache.produce("kind", "1.0", "def", _write("second"))
    assert first != second
    assert (second / "result").read_text() == "second"


def test_a_failed_build_leaves_nothing_that_looks_finished_and_is_started_afresh() -> None:
    def fail(into: Path) -> None:
        (into / "half").touch()
        raise RuntimeError("interrupted")

    with pytest.raises(RuntimeError, match="interrupted"):
        cache.produce("kind", "1.0", "abc", fail)
    assert not (cache.root() / "kind" / "1.0-abc").exists()

    made = cache.produce("kind", "1.0", "abc", _write("whole"))
    assert [path.name for path in made.iterdir()] == ["result"]


def test_two_that_want_the_same_build_it_once() -> None:
    started, go_on = threading.Event(), threading.Event()
    builds: list[str] = []

    def slow(into: Path) -> None:
        builds.append(into.name)
        started.set()
        assert go_on.wait(10)

    threads = [threading.Thread(target=cache.produce, args=("kind", "1.0", "abc", slow)) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert started.wait(10)
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert len(builds) == 1


def test_what_nobody_asked_for_in_a_long_time_goes_when_another_is_made() -> None:
    old = cache.produce("kind", "1.0", "abc", _write("old"))
    used = cache.produce("kind", "1.0", "def", _write("used"))
    for path in (old, used):
        os.utime(path, (0, 0))
    cache.produce("kind", "1.0", "def", _write("not built"))
    cache.produce("kind", "1.0", "fed", _write("new"))
    assert used.is_dir()
    assert not old.exists()


class TestDigest:
    def test_is_the_same_for_the_same_parts(self) -> None:
        assert cache.digest("a", "b") == cache.digest("a", "b")

    def test_tells_where_one_part_ends_and_the_next_begins(self) -> None:
        assert cache.digest("ab", "c") != cache.digest("a", "bc")

    def test_changes_with_a_files_content_and_name(self, tmp_path: Path) -> None:
        one, other = tmp_path / "one", tmp_path / "other"
        one.write_text("same")
        other.write_text("same")
        digests = {cache.digest(one), cache.digest(other)}
        one.write_text("changed")
        assert len(digests | {cache.digest(one)}) == 3

    def test_of_a_directory_covers_every_file_below_it(self, tmp_path: Path) -> None:
        (tmp_path / "sub").mkdir()
        file = tmp_path / "sub" / "file"
        file.write_text("before")
        before = cache.digest(tmp_path)
        file.write_text("after")
        assert cache.digest(tmp_path) != before

    def test_does_not_care_where_a_directory_is(self, tmp_path: Path) -> None:
        for name in ("here", "there"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "file").write_text("same")
        assert cache.digest(tmp_path / "here") == cache.digest(tmp_path / "there")

    def test_leaves_out_what_python_compiled(self, tmp_path: Path) -> None:
        before = cache.digest(tmp_path)
        (tmp_path / "__pycache__").mkdir()
        (tmp_path / "__pycache__" / "module.pyc").touch()
        assert cache.digest(tmp_path) == before
