# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host import etcd
from ansible_collections.day2.k8s.plugins.module_utils._host.etcd import Member
from ansible_collections.day2.k8s.plugins.module_utils._host.https import HttpError
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost, Time

LOCAL = "https://127.0.0.1:2379"
CP1, CP2, CP3 = 0x8E9E05C52164694D, 0x91BC3C398FB3C146, 0xFD422379FDA50E48


def member(identity: int, name: str, **more: Any) -> dict[str, Any]:
    return {"ID": str(identity), "name": name, "clientURLs": [f"https://{name}:2379"], **more}


class FakeEtcd:
    """The JSON gateway of all members: numbers are strings there, as protobuf's JSON has it."""

    def __init__(self) -> None:
        self.members = [member(CP2, "cp2"), member(CP1, "cp1"), member(CP3, "cp3")]
        self.alarms: list[dict[str, str]] = []
        self.fails: dict[str, HttpError] = {}
        self.fails_once: set[str] = set()
        self.reads: list[tuple[str, bool]] = []
        self.hangs: set[str] = set()
        self.statuses: dict[str, dict[str, Any]] = {}

    def __call__(self, url: str, body: Mapping[str, Any]) -> dict[str, Any]:
        endpoint, _slash, path = url.partition("/v3/")
        if path == "kv/range":
            return self._read(endpoint, body)
        if endpoint in self.statuses and path == "maintenance/status":
            return self.statuses[endpoint]
        if endpoint != LOCAL and path == "maintenance/status":
            raise HttpError("no status")
        assert endpoint == LOCAL
        answers: dict[str, dict[str, Any]] = {
            "maintenance/status": {"header": {"member_id": str(CP1)}, "leader": str(CP3)},
            "cluster/member/list": {"members": self.members},
            "maintenance/alarm": {"alarms": self.alarms} if self.alarms else {},
        }
        return answers[path]

    def _read(self, endpoint: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self.reads.append((endpoint, bool(body["serializable"])))
        if endpoint in self.hangs:
            threading.Event().wait(30)
        if endpoint in self.fails_once:
            self.fails_once.remove(endpoint)
            raise HttpError("timed out")
        if endpoint in self.fails:
            raise self.fails[endpoint]
        return {"header": {}}


def observe(fake: FakeEtcd) -> dict[str, Any]:
    time = Time()
    return etcd.observe(fake, clock=time.clock, sleep=time.sleep).to_dict()


def test_every_member_is_asked_for_a_linearizable_read_at_its_own_endpoint() -> None:
    fake = FakeEtcd()

    seen = observe(fake)

    assert [(m["name"], m["id"], m["healthy"], m["leader"]) for m in seen["members"]] == [
        ("cp1", "8e9e05c52164694d", True, False),
        ("cp2", "91bc3c398fb3c146", True, False),
        ("cp3", "fd422379fda50e48", True, True),
    ]
    assert seen["member_id"] == "8e9e05c52164694d"
    assert seen["alarms"] == []
    assert sorted(fake.reads) == [(f"https://{name}:2379", False) for name in ("cp1", "cp2", "cp3")]


def test_one_member_that_does_not_answer_fails_alone_after_three_tries() -> None:
    fake = FakeEtcd()
    fake.fails["https://cp2:2379"] = HttpError("https://cp2:2379/v3/kv/range could not be asked: timed out")

    seen = {m["name"]: m for m in observe(fake)["members"]}

    assert [seen[name]["healthy"] for name in ("cp1", "cp2", "cp3")] == [True, False, True]
    assert seen["cp2"]["error"].startswith("linearizable read failed, 3 of 3 tries: ")
    assert len([read for read in fake.reads if read[0] == "https://cp2:2379"]) == 3


def test_a_member_that_answers_the_second_time_is_healthy() -> None:
    fake = FakeEtcd()
    fake.fails_once.add("https://cp2:2379")

    assert all(m["healthy"] for m in observe(fake)["members"])


def test_a_read_that_was_denied_has_passed_consensus() -> None:
    fake = FakeEtcd()
    fake.fails["https://cp2:2379"] = HttpError("denied", status=403, body={"code": 7})

    assert all(m["healthy"] for m in observe(fake)["members"])


def test_a_learner_is_asked_for_what_it_can_answer() -> None:
    fake = FakeEtcd()
    fake.members[0] = member(CP2, "cp2", isLearner=True)

    seen = {m["name"]: m for m in observe(fake)["members"]}

    assert seen["cp2"]["learner"]
    assert seen["cp2"]["healthy"]
    assert ("https://cp2:2379", True) in fake.reads


@pytest.mark.parametrize("raw", [{"ID": str(CP2)}, {"ID": str(CP2), "name": "", "clientURLs": []}])
def test_a_member_that_was_never_started_is_not_asked(raw: dict[str, Any]) -> None:
    fake = FakeEtcd()
    fake.members[0] = raw

    first = observe(fake)["members"][0]

    assert (first["started"], first["healthy"], first["error"]) == (False, False, "the member was never started")
    assert len(fake.reads) == 2


def test_alarms_are_told_once_each() -> None:
    fake = FakeEtcd()
    fake.alarms = [{"memberID": "1", "alarm": "NOSPACE"}, {"memberID": "2", "alarm": "NOSPACE"}, {"alarm": "CORRUPT"}]

    assert observe(fake)["alarms"] == ["CORRUPT", "NOSPACE"]


def test_a_member_that_neither_answers_nor_ends_does_not_hold_the_others_up() -> None:
    fake = FakeEtcd()
    fake.hangs.add("https://cp2:2379")
    calls = iter(range(0, 1000, 100))  # each look at the clock is 100 s later

    seen = etcd.observe(fake, clock=lambda: float(next(calls)), sleep=lambda seconds: None).to_dict()["members"]

    assert seen[1]["error"] == "no answer in time"


def test_a_local_member_that_does_not_answer_is_an_error() -> None:
    def post(url: str, body: Mapping[str, Any]) -> dict[str, Any]:
        raise HttpError("refused")

    with pytest.raises(HttpError):
        etcd.observe(post, clock=lambda: 0.0, sleep=lambda seconds: None)


def test_probing_pauses_between_tries() -> None:
    time = Time()
    fake = FakeEtcd()
    fake.fails["https://cp2:2379"] = HttpError("timed out")

    etcd.probe(fake, Member("1", "cp2", "https://cp2:2379", started=True, learner=False), time.sleep)

    assert time.now == 1001.0


def test_a_node_without_an_etcd_manifest_has_no_member(fake: FakeHost) -> None:
    assert not etcd.is_local(fake.host.files)

    fake.write("/etc/kubernetes/manifests/etcd.yaml", "")

    assert etcd.is_local(fake.host.files)


def test_a_healthy_member_tells_its_version_its_sizes_and_how_far_it_is() -> None:
    fake = FakeEtcd()
    fake.statuses["https://cp2:2379"] = {
        "version": "3.6.6",
        "dbSize": "3000000",
        "dbSizeInUse": "1000000",
        "dbSizeQuota": "2147483648",
        "raftAppliedIndex": "1234",
    }

    seen = {member["name"]: member for member in observe(fake)["members"]}

    told = {key: seen["cp2"][key] for key in ("version", "db_size_bytes", "db_size_in_use_bytes", "quota_bytes")}
    assert told == {
        "version": "3.6.6",
        "db_size_bytes": 3000000,
        "db_size_in_use_bytes": 1000000,
        "quota_bytes": 2147483648,
    }
    assert seen["cp2"]["applied_index"] == 1234


def test_a_member_that_serves_reads_and_tells_nothing_of_itself_is_healthy() -> None:
    seen = {member["name"]: member for member in observe(FakeEtcd())["members"]}

    assert (seen["cp3"]["healthy"], seen["cp3"]["version"], seen["cp3"]["applied_index"]) == (True, "", 0)
