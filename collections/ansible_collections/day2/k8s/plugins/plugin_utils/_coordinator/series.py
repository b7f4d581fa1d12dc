# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sampler asks: the API as clients reach it, and each API server at its own address.

Beside the load balancer's figures those of each server tell which of them was away while it served on, or did not.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from .._kube.connection import ConnectionOptions
from .._kube.transport import Transport
from .._model.api_error import ApiError
from .._report.availability import NEW, REUSED
from .._upgrade import peers
from .sampler import PATH, TIMEOUT_SECONDS, Series

LOG = logging.getLogger(__name__)
_PODS = "/api/v1/namespaces/kube-system/pods"
# The opening of a run waits for this, once per API server that cannot be reached from here.
_TRIAL_SECONDS = 3.0


def all_series(
    connection: ConnectionOptions, *, connect: Callable[[ConnectionOptions], Transport] = Transport
) -> tuple[tuple[Series, ...], dict[str, str]]:
    """The series, and by Node name why an API server is left out.

    Transports of their own, so that no other work of this process shares a reused connection. A certificate is verified
    for the address in use, which kubeadm puts into each of them.
    """
    clients = connect(connection)
    found = _pair(clients, "")
    left_out: dict[str, str] = {}
    for node, endpoint in _endpoints(clients).items():
        direct = connect(replace(connection, host=f"https://{endpoint}"))
        try:
            direct.request("GET", PATH, timeout=_TRIAL_SECONDS)
        except ApiError as error:
            left_out[node] = f"{endpoint}: {error}"
            continue
        found += _pair(direct, f"{node} ")
    return found, left_out


def _pair(transport: Transport, prefix: str) -> tuple[Series, ...]:
    read = partial(transport.request, "GET", PATH, timeout=TIMEOUT_SECONDS)
    anew = partial(read, new_connection=True)
    return Series(prefix + NEW, anew), Series(prefix + REUSED, read, again=anew)


def _endpoints(transport: Transport) -> dict[str, str]:
    try:
        return peers.by_node(transport.pages(_PODS, {"labelSelector": peers.SELECTOR}))
    except ApiError as error:
        LOG.warning("the API servers are not sampled one by one: %s", error)
        return {}
