# SPDX-License-Identifier: GPL-3.0-or-later
"""What all actions that talk to the API have in common, so that each of them is only options and wiring.

Errors become results here and nowhere else: a refusal block for people in ``msg``, findings for machines.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible.errors import AnsibleError
from ansible.module_utils.basic import env_fallback
from ansible.plugins.action import ActionBase

from .._kube.connection import ConnectionOptions
from .._kube.transport import ApiError, Transport
from .._model.errors import Day2Error
from .._model.finding import Finding
from .._report.refusal import render
from .plain import plain_value

# The doc fragment day2.k8s.connection describes these; a test keeps the two equal.
CONNECTION_OPTIONS: dict[str, Any] = {
    "kubeconfig": {"type": "raw", "no_log": True, "fallback": (env_fallback, ["K8S_AUTH_KUBECONFIG"])},
    "context": {"type": "str", "fallback": (env_fallback, ["K8S_AUTH_CONTEXT"])},
    "host": {"type": "str", "fallback": (env_fallback, ["K8S_AUTH_HOST"])},
    "api_key": {"type": "str", "no_log": True, "fallback": (env_fallback, ["K8S_AUTH_API_KEY"])},
    "ca_cert": {"type": "path", "aliases": ["ssl_ca_cert"], "fallback": (env_fallback, ["K8S_AUTH_SSL_CA_CERT"])},
    "client_cert": {"type": "path", "aliases": ["cert_file"], "fallback": (env_fallback, ["K8S_AUTH_CERT_FILE"])},
    "client_key": {
        "type": "path",
        "no_log": True,
        "aliases": ["key_file"],
        "fallback": (env_fallback, ["K8S_AUTH_KEY_FILE"]),
    },
    "validate_certs": {"type": "bool", "aliases": ["verify_ssl"], "fallback": (env_fallback, ["K8S_AUTH_VERIFY_SSL"])},
    "proxy": {"type": "str", "fallback": (env_fallback, ["K8S_AUTH_PROXY"])},
}

# How long reads are repeated while the API does not answer: longer than a control-plane node takes to leave a load
# balancer, shorter than a person waits without an explanation.
_PATIENCE_SECONDS = 30.0


class ApiAction(ActionBase):
    """Subclasses give ``argument_spec`` (without the connection's options) and ``execute``."""

    argument_spec: ClassVar[Mapping[str, Any]] = {}
    argument_rules: ClassVar[Mapping[str, Any]] = {}  # mutually_exclusive, required_if, ...

    _supports_check_mode = True
    _supports_async = False
    _requires_connection = False

    def execute(self, params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """The task's result; raises Day2Error or ApiError for what a person has to know."""
        raise NotImplementedError

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        try:
            result.update(self.execute(self._parameters(), task_vars or {}))
        except Day2Error as error:
            result.update(failure(error))
        except ApiError as error:
            server = self._transport.server if self._transport else "API server"
            result.update(failure(Day2Error(error.finding(server), state="nothing was changed, as far as is known")))
        return result

    @property
    def check_mode(self) -> bool:
        return bool(self._task.check_mode)

    @property
    def diff_mode(self) -> bool:
        return bool(self._task.diff)

    def say(self, text: str) -> None:
        """A line for the person who waits, shown while the action is still running."""
        self._display.display(text)

    def transport(self, params: Mapping[str, Any]) -> Transport:
        """The connection to the API, made at the first call."""
        if self._transport is None:
            self._transport = Transport(ConnectionOptions.from_dict(params), patience=_PATIENCE_SECONDS)
        return self._transport

    _transport: Transport | None = None

    def _parameters(self) -> dict[str, Any]:
        """The validated options as plain types; ansible-core 2.19 and later hand out tagged and lazy ones."""
        try:
            _validation, parameters = self.validate_argument_spec(
                argument_spec={**CONNECTION_OPTIONS, **self.argument_spec}, **self.argument_rules
            )
        except AnsibleError as error:
            raise wrong_option(self._task.action, str(error)) from error
        plain: dict[str, Any] = plain_value(parameters)
        return plain


def failure(error: Day2Error) -> dict[str, Any]:
    """The failed result that tells ``error`` to people and machines."""
    word = "FAILED" if error.begun else "REFUSED"
    return {
        **error.result,
        "failed": True,
        "msg": render(error.findings, state=error.state, word=word),
        "findings": [finding.to_dict() for finding in error.findings],
    }


def wrong_option(action: str, message: str) -> Day2Error:
    """The refusal of a task whose options cannot be meant as they are."""
    return Day2Error(
        Finding(
            code="D2-INPUT-002",
            subject=action,
            message=message,
            why="an option that is misunderstood could do something else than what was meant",
            remedy=f"correct the task's options (ansible-doc {action})",
        )
    )
