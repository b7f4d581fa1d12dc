# SPDX-License-Identifier: GPL-3.0-or-later
"""The side of the coordinator's unix socket that actions use."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .._model.errors import Day2Error
from .._model.finding import Finding
from .._model.host import Etcd
from .protocol import MAX_LINE_BYTES, Answer, NodeState, Op, decode, encode

# The coordinator itself gives up on the API after a lock's TTL; its answer, good or bad, comes before this.
ANSWER_TIMEOUT_SECONDS = 120.0
# How long one admission request is left with the coordinator before it answers "wait" and is asked again.
ADMIT_POLL_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Admission:
    """The final answer for a node: ``admitted``, ``deferred`` or ``refused``, and why."""

    answer: Answer
    why: str

    @property
    def admitted(self) -> bool:
        return self.answer is Answer.ADMITTED


class Client:
    """One request per connection to the coordinator listening at ``socket_path``.

    Every method raises Day2Error: D2-RUN-001 when nobody answers there (no coordinator, so no open run), otherwise the
    findings that the coordinator answered with.
    """

    def __init__(self, socket_path: str, *, timeout_seconds: float = ANSWER_TIMEOUT_SECONDS) -> None:
        self._socket_path = socket_path
        self._timeout_seconds = timeout_seconds

    def status(self) -> dict[str, Any]:
        """``lock`` (held, uncertain, lost), ``nodes_in_hand``, ``nodes_failed`` (by name, why)."""
        return self._ask(Op.STATUS)

    def admit(
        self, node: str, etcd: Etcd | None, *, timeout_seconds: float, on_wait: Callable[[str], None]
    ) -> Admission:
        """Blocks until ``node`` may be taken in hand or not; ``on_wait`` is told each new reason for waiting.

        ``etcd`` is what the node's host sees of it now, None for workers and where it could not be read. After
        ``timeout_seconds`` the answer is ``deferred``.
        """
        told = ""
        while True:
            reply = self._ask(
                Op.ADMIT,
                node=node,
                etcd=asdict(etcd) if etcd else None,
                timeout_seconds=timeout_seconds,
                wait_seconds=ADMIT_POLL_SECONDS,
                known_reason=told,
            )
            answer, why = Answer(reply["answer"]), str(reply["why"])
            if answer is not Answer.WAIT:
                return Admission(answer, why)
            if why != told:
                told = why
                on_wait(why)

    def step_started(self, node: str, step: str, *, changes_machine: bool) -> None:
        """Returns once the journal on the Node says so: what follows may be done.

        ``changes_machine``: from here on the machine counts as changed.
        """
        self._ask(Op.STEP_STARTED, node=node, step=step, changes_machine=changes_machine)

    def step_ended(
        self,
        node: str,
        step: str,
        *,
        seconds: float,
        ok: bool,
        changed: bool,
        message: str,
        details: Mapping[str, Any],
    ) -> None:
        """``changed`` says whether the machine was, or may have been, changed; ``details`` are kept as evidence."""
        self._ask(
            Op.STEP_ENDED,
            node=node,
            step=step,
            seconds=round(seconds, 3),
            ok=ok,
            changed=changed,
            message=message,
            details=dict(details),
        )

    def release(self, node: str, state: NodeState, *, message: str = "") -> bool:
        """Gives the node's claim back; a failed one counts against the failure budget.

        Returns whether the Node says so already; when the API is away the coordinator writes it later.
        """
        return bool(self._ask(Op.RELEASE, node=node, state=state.value, message=message)["written"])

    def close(self) -> None:
        """Ends the coordinator; returns once it has freed the lock and written all it had to write."""
        self._ask(Op.CLOSE)

    def _ask(self, op: Op, **arguments: Any) -> dict[str, Any]:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(self._timeout_seconds)
                connection.connect(self._socket_path)
                connection.sendall(encode({"op": op.value, **arguments}))
                with connection.makefile("rb") as stream:
                    reply = decode(stream.readline(MAX_LINE_BYTES))
        except (OSError, ValueError) as error:
            raise Day2Error(coordinator_silent(str(error)), state="nothing further is started") from error
        if not reply.pop("ok"):
            raise Day2Error([Finding.from_dict(raw) for raw in reply["findings"]], state=str(reply.get("state", "")))
        return reply


def coordinator_silent(error: str) -> Finding:
    """The finding for a coordinator that does not answer."""
    return Finding(
        code="D2-RUN-001",
        subject="coordinator",
        message=f"the coordinator of this run does not answer ({error})",
        why="it renews the lock and decides which node may be taken in hand; without it nobody knows",
        remedy="run the same command again; the verb status shows what was left, recover tidies it up",
    )
