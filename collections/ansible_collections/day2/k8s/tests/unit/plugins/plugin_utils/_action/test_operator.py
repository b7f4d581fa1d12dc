# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import getpass
import socket

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._action.operator import who


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "anna")
    monkeypatch.setattr(socket, "gethostname", lambda: "ops1")


def test_it_is_the_user_on_this_host() -> None:
    assert who({}) == "anna@ops1"


def test_a_job_of_the_platform_names_who_launched_it() -> None:
    assert who({"awx_user_name": "ben"}) == "ben@ops1"


def test_a_scheduled_job_names_nobody_and_falls_back_to_the_user() -> None:
    assert who({"awx_user_name": ""}) == "anna@ops1"


def test_a_user_without_a_name_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise OSError("no username set")

    monkeypatch.setattr(getpass, "getuser", nameless)

    assert who({}) == "unknown@ops1"
