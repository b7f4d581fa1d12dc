# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from ansible_collections.day2.k8s.plugins.plugin_utils._coordinator.series import all_series
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.connection import ConnectionOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.transport import Transport
from ansible_collections.day2.k8s.plugins.plugin_utils._model.api_error import ApiError
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.fakes import AWAY

ENDPOINT = "kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint"
CLIENTS = "https://lb:6443"


class Api:
    """The API at several addresses; ``away`` are those that cannot be reached."""

    def __init__(self, *, away: tuple[str, ...] = (), lists: bool = True) -> None:
        self.drops = False
        self.asked: list[tuple[str, bool]] = []
        self._away = away
        self._lists = lists

    def connect(self, options: ConnectionOptions) -> Transport:
        return cast(Transport, _Connected(self, str(options.host)))

    def request(self, host: str, *, new: bool) -> None:
        self.asked.append((host, new))
        if host in self._away:
            raise AWAY
        if self.drops and not new:
            raise ApiError(0, "", "closed", dropped=True)

    def pods(self) -> Iterator[dict[str, Any]]:
        if not self._lists:
            raise ApiError(403, "Forbidden", "may not list pods")
        for number in (2, 1):
            annotations = {ENDPOINT: f"10.0.0.{number}:6443"}
            yield {"metadata": {"annotations": annotations}, "spec": {"nodeName": f"cp{number}"}}
        yield {"metadata": {}, "spec": {"nodeName": "not-by-kubeadm"}}


class _Connected:
    def __init__(self, api: Api, host: str) -> None:
        self._api = api
        self._host = host

    def request(self, _method: str, _path: str, *, new_connection: bool = False, **_: Any) -> dict[str, Any]:
        self._api.request(self._host, new=new_connection)
        return {}

    def pages(self, *_: Any) -> Iterator[dict[str, Any]]:
        return self._api.pods()


def test_the_clients_address_and_each_api_server_are_asked_in_both_ways() -> None:
    api = Api()

    found, left_out = all_series(ConnectionOptions(host=CLIENTS), connect=api.connect)
    api.asked.clear()
    for series in found:
        assert series.take().ok

    assert [series.name for series in found] == ["new", "reused", "cp1 new", "cp1 reused", "cp2 new", "cp2 reused"]
    hosts = (CLIENTS, "https://10.0.0.1:6443", "https://10.0.0.2:6443")
    assert api.asked == [(host, new) for host in hosts for new in (True, False)]
    assert left_out == {}


def test_a_read_whose_reused_connection_was_dropped_is_sent_again_on_a_new_one() -> None:
    api = Api(lists=False)
    (_new, reused), _left_out = all_series(ConnectionOptions(host=CLIENTS), connect=api.connect)
    api.drops = True

    sample = reused.take()

    assert (sample.ok, sample.reconnected) == (True, True)
    assert api.asked == [(CLIENTS, False), (CLIENTS, True)]


def test_an_api_server_out_of_reach_at_the_opening_is_left_out_with_the_reason() -> None:
    api = Api(away=("https://10.0.0.1:6443",))

    found, left_out = all_series(ConnectionOptions(host=CLIENTS), connect=api.connect)

    assert [series.name for series in found] == ["new", "reused", "cp2 new", "cp2 reused"]
    assert left_out == {"cp1": "10.0.0.1:6443: connection refused"}


def test_who_may_not_list_pods_still_samples_what_clients_use() -> None:
    found, left_out = all_series(ConnectionOptions(host=CLIENTS), connect=Api(lists=False).connect)

    assert [series.name for series in found] == ["new", "reused"]
    assert left_out == {}
