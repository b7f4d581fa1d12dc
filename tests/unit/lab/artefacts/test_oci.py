# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from lab.artefacts import oci


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program"
    path.write_bytes(b"\x7fELF")
    return path


def test_a_layer_has_its_files_their_directories_and_a_place_for_temporary_files(tmp_path: Path, program: Path) -> None:
    layer = oci.write_layer(tmp_path / "layer.tar", {"/usr/bin/program": program, "/usr/bin/other": "program"})
    with tarfile.open(layer.path) as tar:
        members = {member.name: member for member in tar}
    assert list(members) == ["usr", "usr/bin", "tmp", "usr/bin/other", "usr/bin/program"]
    assert members["usr/bin/program"].mode == 0o755
    assert members["usr/bin/other"].linkname == "program"
    assert members["tmp"].mode == 0o1777


def test_the_same_content_gives_the_same_layer(tmp_path: Path, program: Path) -> None:
    first = oci.write_layer(tmp_path / "first.tar", {"/program": program})
    program.touch()
    second = oci.write_layer(tmp_path / "second.tar", {"/program": program})
    assert first.digest == second.digest


def test_a_manifest_names_the_configuration_and_the_layers_by_digest(tmp_path: Path, program: Path) -> None:
    layer = oci.write_layer(tmp_path / "layer.tar", {"/program": program})
    image = oci.Image("coredns/coredns", "v1.14.2", (layer,), ("/program",), user="65532:65532")
    manifest = json.loads(oci.manifest(image))
    config = json.loads(oci.config(image))
    assert manifest["config"]["digest"] == oci.digest_of(oci.config(image))
    assert [each["digest"] for each in manifest["layers"]] == [layer.digest] == config["rootfs"]["diff_ids"]
    assert config["config"]["User"] == "65532:65532"
    assert config["config"]["Entrypoint"] == ["/program"]
    assert image.name == "coredns/coredns:v1.14.2"
