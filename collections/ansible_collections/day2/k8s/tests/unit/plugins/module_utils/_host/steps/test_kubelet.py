# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host import kubelet
from ansible_collections.day2.k8s.plugins.module_utils._host.errors import HostError
from ansible_collections.day2.k8s.plugins.module_utils._host.steps.kubelet import run
from ansible_collections.day2.k8s.plugins.module_utils._host.work import Work
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_kubelet import FakeKubelet

WORK = Work("kubelet-1", 20)
REPLACED = "the running binary is no longer the installed one"


@pytest.fixture
def running(fake: FakeHost, monkeypatch: pytest.MonkeyPatch) -> FakeKubelet:
    """1.35.4 runs; a restart brings 1.36.3, which is well at once."""
    running = FakeKubelet(fake)
    fake.unit.on_end = lambda argv: running.restart("1.36.3")
    monkeypatch.setattr(kubelet, "unhealthy", lambda files: None)
    return running


def test_a_kubelet_whose_binary_was_replaced_is_restarted(fake: FakeHost, running: FakeKubelet) -> None:
    running.replace_binary()

    result = run(fake.host, "1.36.3", WORK, check_mode=False)

    assert fake.unit.started == [["systemctl", "restart", "kubelet.service"]]
    assert fake.commands.matching("systemctl daemon-reload")
    assert (result["changed"], result["finished"], result["kubelet_version"]) == (True, True, "1.36.3")
    assert result["reasons"] == [REPLACED, "it runs as 1.35.4, the target is 1.36.3"]


def test_a_kubelet_that_is_as_it_should_be_is_left_alone(fake: FakeHost, running: FakeKubelet) -> None:
    result = run(fake.host, "1.35.4", WORK, check_mode=False)

    assert (result["changed"], result["finished"], result["reasons"]) == (False, True, [])
    assert fake.unit.started == []
    assert fake.commands.matching("systemctl daemon-reload") == []


@pytest.mark.parametrize(("version", "changed"), [("1.35.4", False), (None, False), ("1.36.3", True)])
def test_check_mode_says_whether_it_would_be_restarted(
    fake: FakeHost, running: FakeKubelet, version: str | None, changed: bool
) -> None:
    result = run(fake.host, version, WORK, check_mode=True)

    assert (result["changed"], result["kubelet_version"]) == (changed, "1.35.4")
    assert fake.unit.started == []
    assert fake.commands.matching("systemctl daemon-reload") == []


def test_a_kubelet_is_waited_for_until_it_says_that_it_is_well(
    fake: FakeHost, running: FakeKubelet, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.replace_binary()
    well_at = fake.time.now + 60
    monkeypatch.setattr(kubelet, "unhealthy", lambda files: None if fake.time.now >= well_at else "refused")

    answers = [run(fake.host, "1.36.3", WORK, check_mode=False) for _dummy in range(3)]

    assert [answer["finished"] for answer in answers] == [False, False, True]
    assert (answers[0]["pending"], answers[0]["log_tail"]) == ("refused", ["one", "two"])
    assert answers[0]["log"] == "journalctl --unit=kubelet.service"
    assert len(fake.unit.started) == 1


def test_a_kubelet_that_comes_back_at_another_version_is_an_error(fake: FakeHost, running: FakeKubelet) -> None:
    with pytest.raises(HostError, match=r"kubelet runs as 1.36.3 after its restart, the target is 1.37.0") as caught:
        run(fake.host, "1.37.0", WORK, check_mode=False)

    assert caught.value.code == "D2-KUBELET-001"


def test_a_restart_that_fails_is_told_with_the_journal(fake: FakeHost, running: FakeKubelet) -> None:
    running.replace_binary()
    fake.unit.exit_status = 1

    with pytest.raises(HostError, match="kubelet could not be restarted, status 1") as caught:
        run(fake.host, None, WORK, check_mode=False)

    assert caught.value.result["log_tail"] == ["one", "two"]
