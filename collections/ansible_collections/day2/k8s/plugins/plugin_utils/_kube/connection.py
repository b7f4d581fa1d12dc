# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the API is and who we are there, with the option names of kubernetes.core.

The kubernetes client is used for exactly this (kubeconfig, contexts, exec plugins, in-cluster identity).
"""

from __future__ import annotations

import contextlib
import importlib
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from .._model.errors import Day2Error
from .._model.finding import Finding

# Half a second, once: ansible-playbook loads this before it forks, and each task would otherwise import it anew. Where
# it is missing, whoever connects is told so.
with contextlib.suppress(ImportError):
    importlib.import_module("kubernetes.client")

# Idle connections kept per API server; more than any caller's threads, so that none of them reconnects each time.
_POOL_SIZE = 32


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """The options of the ``day2.k8s.connection`` fragment; None stands for "not given".

    ``kubeconfig`` is a path or the content as a mapping.
    """

    kubeconfig: str | Mapping[str, Any] | None = field(default=None, repr=False)
    context: str | None = None
    host: str | None = None
    api_key: str | None = field(default=None, repr=False)
    ca_cert: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    validate_certs: bool | None = None
    proxy: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> ConnectionOptions:
        """Picks the options of a connection out of a larger mapping, such as a task's parameters."""
        return cls(**{name: raw.get(name) for name in cls.__dataclass_fields__})


def load_configuration(options: ConnectionOptions) -> Any:
    """A ``kubernetes.client.Configuration`` for these options; calling it again re-reads files and exec plugins.

    Order: host with a credential; a kubeconfig or context named by an option, then by KUBECONFIG; the pod's own
    service account; the default kubeconfig. Explicit options win over what was found.
    Raises Day2Error (D2-CLUSTER-002) when nothing usable is found.
    """
    try:
        from kubernetes.client import Configuration
    except ImportError as error:
        raise _unusable(
            "controller", f"the Python package kubernetes is missing ({error})", "pip install 'kubernetes>=24.2.0'"
        ) from error
    configuration = Configuration()
    configuration.connection_pool_maxsize = _POOL_SIZE
    _load_found(options, configuration)
    _apply_given(options, configuration)
    _keep_given(options, configuration)
    return configuration


def _load_found(options: ConnectionOptions, configuration: Any) -> None:
    from kubernetes import config

    complete = options.host and (options.api_key or (options.client_cert and options.client_key))
    if complete:
        return
    named = options.kubeconfig or options.context or os.environ.get("KUBECONFIG")
    try:
        if isinstance(options.kubeconfig, Mapping):
            config.load_kube_config_from_dict(
                config_dict=dict(options.kubeconfig),
                context=options.context,
                client_configuration=configuration,
                persist_config=False,
            )
            return
        if not named:
            try:
                config.load_incluster_config(client_configuration=configuration)
                return
            except config.ConfigException:
                pass  # not in a pod: the default kubeconfig is next
        path = options.kubeconfig or os.environ.get("KUBECONFIG")  # several paths, as kubectl takes them, are fine
        config.load_kube_config(
            config_file=path, context=options.context, client_configuration=configuration, persist_config=False
        )
    except (config.ConfigException, OSError, ValueError, TypeError) as error:
        # TypeError: the client's answer to a kubeconfig that is valid YAML but no mapping.
        raise _unusable(
            "kubeconfig",
            f"no usable connection: {error}",
            "name the cluster's kubeconfig (option kubeconfig or K8S_AUTH_KUBECONFIG) and look at its current context",
        ) from error


def _apply_given(options: ConnectionOptions, configuration: Any) -> None:
    if options.host:
        configuration.host = options.host.rstrip("/")
    if options.api_key:
        configuration.refresh_api_key_hook = None
        configuration.api_key = {"authorization": options.api_key}
        configuration.api_key_prefix = {"authorization": "Bearer"}
    if options.ca_cert:
        configuration.ssl_ca_cert = options.ca_cert
    if options.client_cert:
        configuration.cert_file = options.client_cert
    if options.client_key:
        configuration.key_file = options.client_key
    if options.validate_certs is not None:
        configuration.verify_ssl = options.validate_certs
    if options.proxy:
        configuration.proxy = options.proxy


def _keep_given(options: ConnectionOptions, configuration: Any) -> None:
    """The client sets everything anew from the kubeconfig, the server too, each time that it is asked for the token."""
    refresh = configuration.refresh_api_key_hook
    if refresh is None:
        return

    def hook(refreshed: Any) -> None:
        refresh(refreshed)
        _apply_given(options, refreshed)
        refreshed.refresh_api_key_hook = hook

    configuration.refresh_api_key_hook = hook


def _unusable(subject: str, message: str, remedy: str) -> Day2Error:
    return Day2Error(
        Finding(
            code="D2-CLUSTER-002",
            subject=subject,
            message=message,
            why="nothing can be read of the cluster, so nothing may be changed",
            remedy=remedy,
        )
    )
