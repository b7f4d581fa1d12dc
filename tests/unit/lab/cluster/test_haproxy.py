# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable

from lab.cluster import haproxy
from lab.cluster.record import ClusterRecord


def _sections(text: str) -> dict[str, list[str]]:
    """Sections by head line, each with its stripped lines."""
    sections: dict[str, list[str]] = {}
    head = ""
    for line in text.splitlines():
        if line.startswith(" "):
            sections[head].append(line.strip())
        else:
            head = line
            sections[head] = []
    return sections


def _rendered(record: ClusterRecord) -> dict[str, list[str]]:
    return _sections(haproxy.render(record, registry_port=4001, packages_port=4002))


def test_the_api_is_served_by_ready_control_planes_only(make_record: Callable[..., ClusterRecord]) -> None:
    api = _rendered(make_record())["backend api"]
    assert "http-check send meth GET uri /readyz" in api
    assert "default-server check check-ssl verify none" in api
    assert [line for line in api if line.startswith("server ")] == [
        "server demo-cp1 10.201.0.11:6443",
        "server demo-cp2 10.201.0.12:6443",
        "server demo-cp3 10.201.0.13:6443",
    ]


def test_a_server_that_fails_is_left_after_two_checks_of_a_second(make_record: Callable[..., ClusterRecord]) -> None:
    assert "default-server inter 1s fall 2 rise 2" in _rendered(make_record())["defaults"]


def test_the_web_service_is_reached_over_the_workers(make_record: Callable[..., ClusterRecord]) -> None:
    web = _rendered(make_record(workers=1))["backend web"]
    assert [line for line in web if line.startswith("server ")] == ["server demo-w1 10.201.0.31:30080"]


def test_without_workers_the_web_service_is_reached_over_the_control_planes(
    make_record: Callable[..., ClusterRecord],
) -> None:
    web = _rendered(make_record(control_planes=1, workers=0))["backend web"]
    assert [line for line in web if line.startswith("server ")] == ["server demo-cp1 10.201.0.11:30080"]


def test_everything_listens_on_the_cluster_s_own_address_only(make_record: Callable[..., ClusterRecord]) -> None:
    lines = [line for section in _rendered(make_record()).values() for line in section if line.startswith("bind ")]
    assert len(lines) == 4
    assert all(line.startswith("bind 10.201.0.1:") for line in lines)


def test_the_mirrors_are_taken_from_loopback(make_record: Callable[..., ClusterRecord]) -> None:
    sections = _rendered(make_record())
    assert "server registry 127.0.0.1:4001" in sections["listen registry"]
    assert "server packages 127.0.0.1:4002" in sections["listen packages"]
