# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs an action plugin as a task does, with an API of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._action.base import ApiAction
from ansible_collections.day2.k8s.tests.unit.plugins.plugin_utils.readable_api import hostvars

RunAction = Callable[..., dict[str, Any]]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the actions of the test displayed."""
    lines: list[str] = []
    monkeypatch.setattr(ApiAction, "say", lambda self, text: lines.append(text))
    return lines


@pytest.fixture
def run_action(monkeypatch: pytest.MonkeyPatch, shown: list[str]) -> RunAction:
    """``run_action(ActionModule, api, options, hosts, check_mode=False)`` returns the task's result."""

    def run(
        action: type[ApiAction],
        api: Any,
        options: dict[str, Any],
        hosts: dict[str, dict[str, Any]] | None = None,
        *,
        check_mode: bool = False,
    ) -> dict[str, Any]:
        monkeypatch.setattr(action, "transport", lambda self, params: api)
        hosts = hostvars() if hosts is None else hosts
        name = action.__module__.rpartition(".")[2]
        task = SimpleNamespace(
            action=name,
            args=options,
            async_val=0,
            check_mode=check_mode,
            diff=False,
            environment=None,
        )
        connection = SimpleNamespace(_shell=SimpleNamespace(tmpdir=None), become=None)
        plugin = action(task, connection, SimpleNamespace(), None, SimpleNamespace(), None)
        plugin._load_name = name  # as the plugin loader does
        return plugin.run(
            task_vars={
                "hostvars": hosts,
                "ansible_play_hosts_all": list(hosts),
                "ansible_forks": 5,
                "ansible_run_tags": ["all"],
                "ansible_skip_tags": [],
            }
        )

    return run
