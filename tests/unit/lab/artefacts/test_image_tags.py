# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from lab.artefacts.command import LabError
from lab.artefacts.image_tags import parse_constants, release_of

CONSTANTS = """
package constants

const (
	// MinExternalEtcdVersion is not of interest
	MinExternalEtcdVersion = "3.5.24-0"
	// DefaultEtcdVersion indicates the default
	DefaultEtcdVersion = "3.6.8-0"
	CoreDNSImageName = "coredns"
	CoreDNSVersion = "v1.14.2"
	PauseVersion = "3.10.2"
)

var (
	SupportedEtcdVersion = map[uint8]string{
		35: "3.6.6-0",
		36: "3.6.8-0",
	}
	other = map[uint8]string{
		37: "9.9.9-0",
	}
)
"""


def test_tags_are_read_from_kubeadms_constants() -> None:
    assert parse_constants(CONSTANTS, minor=36) == {"etcd": "3.6.8-0", "coredns": "v1.14.2", "pause": "3.10.2"}


def test_etcd_follows_the_minor_where_kubeadm_has_one_for_it() -> None:
    assert parse_constants(CONSTANTS, minor=35)["etcd"] == "3.6.6-0"


def test_etcd_is_kubeadms_default_for_a_minor_it_does_not_list() -> None:
    assert parse_constants(CONSTANTS, minor=37)["etcd"] == "3.6.8-0"


def test_a_constant_that_is_not_there_is_named() -> None:
    with pytest.raises(LabError, match="PauseVersion"):
        parse_constants(CONSTANTS.replace("PauseVersion", "SandboxVersion"), minor=36)


@pytest.mark.parametrize(("tag", "release"), [("3.6.8-0", "3.6.8"), ("v1.14.2", "1.14.2"), ("3.10.1", "3.10.1")])
def test_the_release_in_an_image_is_read_from_its_tag(tag: str, release: str) -> None:
    assert release_of(tag) == release
