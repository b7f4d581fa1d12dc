# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json

from ansible_collections.day2.k8s.plugins.module_utils._host import machine
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost

LINKS = [
    {"ifname": "lo", "addr_info": [{"family": "inet", "local": "127.0.0.1", "scope": "host"}]},
    {
        "ifname": "eth0",
        "addr_info": [
            {"family": "inet", "local": "10.0.0.11", "scope": "global"},
            {"family": "inet6", "local": "fd00::11", "scope": "global"},
            {"family": "inet6", "local": "fe80::1", "scope": "link"},
        ],
    },
    {"ifname": "tun0", "addr_info": [{}]},
    {"ifname": "down0"},
]


def test_addresses_are_those_that_others_can_reach(fake: FakeHost) -> None:
    fake.commands.on("ip -json address", json.dumps(LINKS))

    assert machine.addresses(fake.host.runner) == ["10.0.0.11", "fd00::11"]


def test_a_host_without_ip_has_no_addresses_to_tell(fake: FakeHost) -> None:
    fake.commands.on("ip", (127, "", "timeout: failed to run command 'ip'"))

    assert machine.addresses(fake.host.runner) == []


def test_the_machine_id_has_no_line_break(fake: FakeHost) -> None:
    fake.write("/etc/machine-id", "4f1c\n")

    assert machine.machine_id(fake.host.files) == "4f1c"


def test_a_machine_without_an_id_has_an_empty_one(fake: FakeHost) -> None:
    assert machine.machine_id(fake.host.files) == ""


def test_the_operating_system_is_read_with_and_without_quotes(fake: FakeHost) -> None:
    fake.write(
        "/etc/os-release", '# a comment=1\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\nVERSION_ID="13"\n'
    )

    told = machine.operating_system(fake.host.files)

    assert (told["id"], told["version_id"], told["pretty_name"]) == ("debian", "13", "Debian GNU/Linux 13 (trixie)")
    assert told["kernel"]
    assert told["architecture"]


def test_a_host_without_os_release_is_told_with_empty_names(fake: FakeHost) -> None:
    assert machine.operating_system(fake.host.files)["id"] == ""


def test_free_space_is_told_of_directories_that_are_there(fake: FakeHost) -> None:
    fake.write("/var/lib/etcd/x", "")

    assert set(machine.disk_free(fake.host.files)) == {"/", "/var/lib/etcd"}
