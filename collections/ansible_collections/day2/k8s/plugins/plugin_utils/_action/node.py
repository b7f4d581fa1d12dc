# SPDX-License-Identifier: GPL-3.0-or-later
"""Running this collection's modules on the action's host, so that trouble with the connection is a failure like others.

Ansible calls a host that does not answer *unreachable*, and neither a rescue nor a registered result sees that: with
``ignore_unreachable`` the next task of the block simply runs. A node step must end in its rescue instead.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, ClassVar

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.action import ActionBase

from .._model.errors import Day2Error
from .._model.finding import Finding
from .base import failure
from .plain import plain_value

UNREACHABLE = "D2-NODE-004"
UNKNOWN_STATE = "not known; work that was begun there may go on"
RECONNECT_INTERVAL_SECONDS = 5.0
TROUBLE_SECONDS = 30.0  # between two lines that say so

Clock = Callable[[], float]
Sleep = Callable[[float], None]


class NodeModules(ActionBase):
    """The part that all actions with a module on the node share."""

    _requires_connection = True

    def run_on_node(self, module: str, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """The result of module ``day2.k8s.<module>`` on this host.

        Raises Day2Error: D2-NODE-004 when there is no connection, otherwise what the module says went wrong.
        """
        try:
            result: dict[str, Any] = self._execute_module(
                module_name=f"day2.k8s.{module}", module_args=dict(options), task_vars=dict(task_vars)
            )
        except AnsibleConnectionFailure as error:
            raise Day2Error(unreachable(self.inventory_name(task_vars), str(error)), state=UNKNOWN_STATE) from error
        if result.get("unreachable"):
            raise Day2Error(
                unreachable(self.inventory_name(task_vars), str(result.get("msg", ""))), state=UNKNOWN_STATE
            )
        if result.get("failed") and "code" in result:
            raise host_failure(self.inventory_name(task_vars), plain_value(result))
        return result

    def run_patiently(
        self,
        module: str,
        options: Mapping[str, Any],
        task_vars: Mapping[str, Any],
        *,
        patience_seconds: float,
        before_retry: Callable[[], None] = lambda: None,
    ) -> dict[str, Any]:
        """As ``run_on_node``, but a host that does not answer is asked again for ``patience_seconds``.

        ``before_retry`` raises when what the module would do must not be begun any more.
        """
        host, said = self.inventory_name(task_vars), -TROUBLE_SECONDS

        def on_trouble(away_seconds: float) -> None:
            nonlocal said
            if away_seconds - said >= TROUBLE_SECONDS:
                said = away_seconds
                self._display.display(f"{host}: no connection for {away_seconds:.0f} s, trying again")
            # A dead connection is dropped, so that the next try makes a new one and does not wait for it. A plugin
            # without a reset, or with nothing left to reset, has nothing to drop.
            with suppress(Exception):
                self._connection.reset()
            before_retry()

        return patiently(
            lambda: self.run_on_node(module, options, task_vars),
            patience_seconds=patience_seconds,
            on_trouble=on_trouble,
            clock=time.monotonic,
            sleep=time.sleep,
        )

    @staticmethod
    def inventory_name(task_vars: Mapping[str, Any]) -> str:
        return str(task_vars.get("inventory_hostname", "host"))


class NodeReader(NodeModules):
    """An action that only runs the module of its own name, which reads.

    With ``may_tolerate`` the option ``tolerate_unreachable`` turns a host that does not answer into a result, at once.
    """

    module: ClassVar[str]
    may_tolerate: ClassVar[bool] = False
    patience_seconds: ClassVar[float] = 60.0

    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        options = dict(self._task.args)
        tolerate = self.may_tolerate and bool(plain_value(options.get("tolerate_unreachable", False)))
        try:
            result.update(
                self.run_patiently(
                    self.module, options, task_vars or {}, patience_seconds=0.0 if tolerate else self.patience_seconds
                )
            )
        except Day2Error as error:
            if tolerate and [finding.code for finding in error.findings] == [UNREACHABLE]:
                result.update({"changed": False, "reachable": False, "error": error.findings[0].message})
            else:
                result.update(failure(error))
        return result


def patiently(
    call: Callable[[], dict[str, Any]],
    *,
    patience_seconds: float,
    on_trouble: Callable[[float], None],
    clock: Clock,
    sleep: Sleep,
) -> dict[str, Any]:
    """``call`` again while the host does not answer, for at most ``patience_seconds``; the last error is raised.

    ``on_trouble`` is told before each further try how long the host has been away; what it raises ends the waiting.
    """
    started = clock()
    while True:
        try:
            return call()
        except Day2Error as error:
            if error.findings[0].code != UNREACHABLE or clock() - started >= patience_seconds:
                raise
            sleep(RECONNECT_INTERVAL_SECONDS)
            on_trouble(clock() - started)


def unreachable(host: str, message: str) -> Finding:
    """The finding for a host that does not answer over its connection."""
    return Finding(
        code=UNREACHABLE,
        subject=host,
        message=f"the host does not answer over its connection: {message}",
        why="nothing can be looked at or changed there",
        remedy="look at the host and at its connection variables in the inventory, then run the same command again",
    )


def host_failure(host: str, result: Mapping[str, Any]) -> Day2Error:
    """What a module of ours reported, as the error that the controller's side knows."""
    finding = Finding(
        code=result["code"], subject=host, message=result["msg"], why=result["why"], remedy=result["remedy"]
    )
    rest = {key: value for key, value in result.items() if key not in ("failed", "msg", "code", "why", "remedy")}
    begun = bool(result.get("changed"))
    state = "work was begun on the host and has ended" if begun else "nothing was changed on the host"
    return Day2Error(finding, state=state, begun=begun, result=rest)
