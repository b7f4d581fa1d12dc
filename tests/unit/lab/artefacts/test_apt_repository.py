# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from lab.artefacts.apt_repository import choose, publish, render_release, render_stanza


def test_a_stanza_is_the_control_file_and_where_the_package_is() -> None:
    stanza = render_stanza("Package: kubectl\n", filename="kubectl.deb", size=7, sha256="00")
    assert stanza == "Package: kubectl\nFilename: ./kubectl.deb\nSize: 7\nSHA256: 00\n\n"


def test_a_release_file_vouches_for_the_index() -> None:
    index = b"Package: kubectl\n"
    release = render_release(index, name="v1.36", date="Mon, 02 Nov 2026 10:00:00 GMT")
    assert f" {hashlib.sha256(index).hexdigest()} {len(index)} Packages" in release.splitlines()
    assert "Date: Mon, 02 Nov 2026 10:00:00 GMT" in release.splitlines()


class TestChoose:
    @staticmethod
    def _make(directory: Path, name: str, *, age: int) -> Path:
        path = directory / name
        path.mkdir()
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
        return path

    def test_takes_the_preferred_recipe(self, tmp_path: Path) -> None:
        wanted = self._make(tmp_path, "1.36.3-aaa", age=100)
        newer = self._make(tmp_path, "1.36.3-bbb", age=0)
        assert choose([newer, wanted], preferred="aaa") == [wanted]

    def test_takes_the_newest_where_the_preferred_was_not_built(self, tmp_path: Path) -> None:
        older = self._make(tmp_path, "1.36.1-bbb", age=100)
        newest = self._make(tmp_path, "1.36.1-ccc", age=0)
        assert choose([newest, older], preferred="aaa") == [newest]

    def test_has_every_version_in_the_order_of_versions(self, tmp_path: Path) -> None:
        ten = self._make(tmp_path, "1.36.10-aaa", age=0)
        nine = self._make(tmp_path, "1.36.9-aaa", age=0)
        assert choose([ten, nine], preferred="aaa") == [nine, ten]


class TestPublish:
    @pytest.fixture
    def built(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("DAY2_LAB_CACHE", str(tmp_path))
        return tmp_path / "deb"

    @staticmethod
    def _build(built: Path, version: str) -> None:
        directory = built / f"{version}-aaa"
        directory.mkdir(parents=True)
        (directory / f"kubectl_{version}.deb").write_text(version)
        (directory / "Packages").write_text(f"Package: kubectl\nVersion: {version}\n\n")

    def test_a_repository_has_every_patch_version_of_its_minor_and_no_other(self, built: Path) -> None:
        for version in ("1.36.1", "1.36.3", "1.35.4"):
            self._build(built, version)
        repository = publish("v1.36", built, preferred="aaa") / "v1.36"
        assert sorted(path.name for path in repository.iterdir()) == [
            "Packages",
            "Release",
            "kubectl_1.36.1.deb",
            "kubectl_1.36.3.deb",
        ]
        assert (repository / "Packages").read_text().count("Package: kubectl") == 2

    def test_a_version_that_is_added_later_joins_those_that_are_there(self, built: Path) -> None:
        self._build(built, "1.36.1")
        repository = publish("v1.36", built, preferred="aaa") / "v1.36"
        before = repository.resolve()
        self._build(built, "1.36.3")
        publish("v1.36", built, preferred="aaa")
        assert {path.name for path in repository.glob("*.deb")} == {"kubectl_1.36.1.deb", "kubectl_1.36.3.deb"}
        assert not before.exists()

    def test_nothing_new_leaves_a_repository_as_it_is(self, built: Path) -> None:
        self._build(built, "1.36.1")
        repository = publish("v1.36", built, preferred="aaa") / "v1.36"
        before = (repository.resolve(), (repository / "Release").read_text())
        publish("v1.36", built, preferred="aaa")
        assert (repository.resolve(), (repository / "Release").read_text()) == before
