# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: what the module apiserver_isolation does.

Isolated: nobody but the node itself uses its apiserver, so etcd and apiserver may come and go. Order matters: the undo
is armed, new connections go elsewhere, the kubelet goes elsewhere, and only then are those who are still connected sent
away, by letting the apiserver end gracefully. The kubelet starts it again at once, for kubeadm wants to find it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Callable

from .. import apiserver, kubelet, kubelet_server, redirect, static_pods
from ..command import CommandError
from ..errors import HostError
from ..host import Host
from ..https import HttpError, server_certificate
from ..undo import Undo

UNDO = "apiserver-isolation"
# Written once the apiserver has ended and is back: an isolation cut short before is gone through again.
COMPLETE = "/run/day2/isolated"
CANNOT_REDIRECT = "D2-ISOLATION-001"
NO_PEER = "D2-ISOLATION-002"
NOT_READY = "D2-ISOLATION-003"
HOOK_FAILED = "D2-ISOLATION-004"
# As long as the kubelet would give the static pod (its terminationGracePeriodSeconds as kubeadm writes it).
GRACE_SECONDS = 30
_POLL_SECONDS = 0.5
_CERTIFICATE_TRIES = 4


@dataclass(frozen=True)
class Request:
    """``peers`` are apiservers (``host:port``) of other nodes, the preferred one first.

    ``hook_isolate`` and ``hook_rejoin`` are commands for this node that tell a load balancer, empty for none.
    """

    peers: Sequence[str]
    redirect: bool
    hook_isolate: Sequence[str]
    hook_rejoin: Sequence[str]
    hook_timeout_seconds: int
    undo_after_seconds: int
    ready_timeout_seconds: int


def isolate(host: Host, request: Request, *, check_mode: bool) -> dict[str, Any]:
    """Move clients off this node's apiserver; raises HostError, and then what was begun is undone."""
    if host.files.exists(COMPLETE) and UNDO in _undo(host).armed():
        _undo(host).prolong()
        return {"changed": False, "isolated": True, "peer": host.files.read(COMPLETE) or "", "kubelet_moved": None}
    peer = _peer(host, request.peers)
    wanted = _redirect(host, request, peer)
    if check_mode:
        return {"changed": True, "isolated": False, "peer": peer, "kubelet_moved": None}
    began = host.clock()
    _arm(host, request, wanted)
    try:
        _hook(host, request)
        if wanted is not None:
            _apply(host, wanted)
        kubelet_moved = kubelet_server.move(host.runner, host.files, peer)
        killed = _end_gracefully(host)
        _wait_until_ready(host, request.ready_timeout_seconds)
    except (HostError, CommandError):
        # Where that fails too, the timer tries again.
        with suppress(CommandError):
            _undo(host).run(UNDO)
        raise
    host.files.write(COMPLETE, peer)
    return {
        "changed": True,
        "isolated": True,
        "peer": peer,
        "kubelet_moved": kubelet_moved,
        "killed": killed,
        "seconds": round(host.clock() - began, 1),
    }


def rejoin(host: Host, request: Request, *, check_mode: bool) -> dict[str, Any]:
    """Let clients come back once the apiserver is ready; raises HostError, and then the timer still is armed."""
    if UNDO not in _undo(host).armed():
        return {"changed": False, "isolated": False}
    if check_mode:
        return {"changed": True, "isolated": True}
    began = host.clock()
    _wait_until_ready(host, request.ready_timeout_seconds)
    _undo(host).run(UNDO)
    _wait_for(lambda: kubelet.unhealthy(host.files), host, request.ready_timeout_seconds, "kubelet")
    return {"changed": True, "isolated": False, "seconds": round(host.clock() - began, 1)}


def _undo(host: Host) -> Undo:
    return Undo(host.runner, host.files)


def _arm(host: Host, request: Request, wanted: redirect.Redirect | None) -> None:
    commands: list[Sequence[str]] = [["rm", "-f", COMPLETE]]
    if request.hook_rejoin:
        commands.append(["timeout", str(request.hook_timeout_seconds), *request.hook_rejoin])
    if wanted is not None:
        commands += wanted.undo_commands()
    commands += kubelet_server.undo_commands()
    _undo(host).arm(UNDO, commands, timeout_seconds=request.undo_after_seconds)


def _peer(host: Host, peers: Sequence[str]) -> str:
    """The first apiserver that is ready as seen from this node."""
    troubles = []
    for peer in peers:
        trouble = apiserver.unready(host.files, peer)
        if trouble is None:
            return peer
        troubles.append(trouble)
    raise HostError(
        f"no other API server is ready as seen from this node: {'; '.join(troubles)}",
        code=NO_PEER,
        why="its clients could be sent nowhere while its etcd and API server restart, and their requests would fail",
        remedy="let the control-plane nodes reach each other's API server port, then run the same command again",
    )


def _redirect(host: Host, request: Request, peer: str) -> redirect.Redirect | None:
    if not request.redirect:
        return None
    try:
        trouble = redirect.impossible(host.runner)
    except CommandError as error:
        trouble = str(error)
    if trouble:
        raise _cannot_redirect(trouble)
    arguments = static_pods.arguments(host.files, static_pods.CONTROL_PLANE)
    return redirect.Redirect(apiserver.port(arguments), apiserver.service_address(arguments), peer)


def _apply(host: Host, wanted: redirect.Redirect) -> None:
    try:
        redirect.apply(host.runner, host.files, wanted)
    except CommandError as error:
        raise _cannot_redirect(str(error)) from error
    if wanted.service_address is None:
        return
    own = apiserver.certificate(host.files)
    for _number in range(_CERTIFICATE_TRIES):
        try:
            shown = server_certificate(wanted.service_address, 443, timeout_seconds=5.0)
        except HttpError as error:
            raise _cannot_redirect(f"{error}, with the redirection in place") from error
        if shown == own:
            raise _cannot_redirect("this node's own API server still answers at the Service kubernetes")


def _cannot_redirect(trouble: str) -> HostError:
    return HostError(
        f"new connections to this node's API server cannot be sent to another one: {trouble}",
        code=CANNOT_REDIRECT,
        why="clients would meet an API server whose etcd is away: requests fail and stall for seconds",
        remedy="install nftables on the node, let it forward to the other control-plane nodes, or set "
        "day2_isolation_redirect to false and name a hook for your load balancer (docs/isolation.md)",
    )


def _hook(host: Host, request: Request) -> None:
    if not request.hook_isolate:
        return
    try:
        host.runner.run(request.hook_isolate, timeout_seconds=request.hook_timeout_seconds)
    except CommandError as error:
        raise HostError(
            f"the hook that takes this node out of the load balancer failed: {error}",
            code=HOOK_FAILED,
            why="clients would meet an API server whose etcd is away",
            remedy="try the command on the node, mend it in day2_isolation_hook, then run the same command again",
        ) from error


def _end_gracefully(host: Host) -> bool:
    """End the apiserver as the kubelet would; True if some request outlived its grace."""
    ending = set(apiserver.process_ids(host.files))
    if not ending:
        return False
    words = [str(pid) for pid in sorted(ending)]
    host.runner.run(["kill", "-TERM", *words])
    deadline = host.clock() + GRACE_SECONDS
    while ending.intersection(apiserver.process_ids(host.files)):
        if host.clock() >= deadline:
            # It may have ended by now.
            host.runner.run(["kill", "-KILL", *words], check=False)
            return True
        host.sleep(_POLL_SECONDS)
    return False


def _wait_until_ready(host: Host, timeout_seconds: float) -> None:
    _wait_for(lambda: apiserver.unready(host.files), host, timeout_seconds, "API server")


def _wait_for(pending: Callable[[], str | None], host: Host, timeout_seconds: float, what: str) -> None:
    deadline = host.clock() + timeout_seconds
    while True:
        trouble = pending()
        if trouble is None:
            return
        if host.clock() >= deadline:
            break
        host.sleep(_POLL_SECONDS)
    raise HostError(
        f"the {what} of this node is not ready after {timeout_seconds:.0f} s: {trouble}",
        code=NOT_READY,
        why="clients must not be sent to an API server that is not ready",
        remedy="look at kube-apiserver and etcd on the node (crictl logs), then run the same command again",
    )
