# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes where each node step stands on the Node itself, so that a later run or a person can tell.

What must be known before it happens is written before it happens: the claim before a node is admitted, the start of a
step before the step. What only tidies up (the end of a step, the end of a claim) may follow when the API is back.
Work on a node that is not claimed (a prefetch) leaves no trace on it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from .._model.annotations import Claim, Journal
from .._model.api_error import ApiError
from .._model.errors import Day2Error
from .._model.finding import Finding
from .._model.node import Node

LOG = logging.getLogger(__name__)
RETRY_SECONDS = 2.0
# Annotations of an object share 256 KiB; a whole traceback belongs into the log.
_MESSAGE_LIMIT = 1000

Annotations = Mapping[str, "str | None"]
Annotate = Callable[[str, Annotations], object]


@dataclass(slots=True)
class _Entry:
    """A claimed node: its journal, whether its machine was changed before the running step, and what is yet to be
    written on it.
    """

    journal: Journal
    changed_before: bool
    pending: dict[str, str | None] = field(default_factory=dict)
    given_back: bool = False


class JournalKeeper:
    """The journals of one run; safe to use from several threads.

    ``annotate(node, {key: text, or None to remove it})`` writes on the Node and raises ApiError; ``clock`` is
    monotonic.
    """

    def __init__(
        self,
        *,
        run_id: str,
        target: str,
        annotate: Annotate,
        now_iso: Callable[[], str],
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        patience_seconds: float,
    ) -> None:
        self._run_id = run_id
        self._target = target
        self._annotate = annotate
        self._now_iso = now_iso
        self._clock = clock
        self._sleep = sleep
        self._patience_seconds = patience_seconds
        self._mutex = threading.Lock()
        self._entries: dict[str, _Entry] = {}

    def claim(self, node: Node) -> None:
        """Takes ``node`` in hand; raises ApiError, and then nothing is claimed.

        A machine that an earlier run left changed stays changed, whatever this run does to it.
        """
        previous = node.journal
        at = self._now_iso()
        journal = Journal(
            run=self._run_id,
            at=at,
            target=self._target,
            step="admit",
            state="running",
            changed=previous is not None and previous.changed,
        )
        self._annotate(node.name, {Claim.key: Claim(run=self._run_id, at=at).dumps(), Journal.key: journal.dumps()})
        with self._mutex:
            self._entries[node.name] = _Entry(journal, journal.changed)

    def step_started(self, node: str, step: str, *, changes_machine: bool) -> None:
        """Returns when it is written; raises Day2Error D2-CLUSTER-002 when the API stays away too long."""
        with self._mutex:
            entry = self._entries.get(node)
            if entry is None:
                return
            entry.changed_before = entry.journal.changed
            changed = entry.changed_before or changes_machine
            self._note(entry, replace(entry.journal, step=step, changed=changed))
        deadline = self._clock() + self._patience_seconds
        while not self._write(node):
            if self._clock() >= deadline:
                raise Day2Error(
                    _unwritten(node, step, self._patience_seconds), state=f"{step} was not started on {node}"
                )
            self._sleep(RETRY_SECONDS)

    def step_ended(self, node: str, *, changed: bool) -> None:
        """``changed``: whether the step that ended changed the machine, or may have."""
        with self._mutex:
            entry = self._entries.get(node)
            if entry is None:
                return
            self._note(entry, replace(entry.journal, changed=entry.changed_before or changed))
        self._write(node)

    def give_back(self, node: str, *, failure: str | None) -> bool:
        """Ends the claim. ``failure`` is None for a step that ended well, and the reason for one that failed.

        The journal stays, with the reason, only where the machine was changed: otherwise the node is as it was.
        Returns whether that is written already; if not, ``flush`` will do it.
        """
        with self._mutex:
            entry = self._entries.get(node)
            if entry is None:
                return True
            entry.given_back = True
            if failure is not None and entry.journal.changed:
                self._note(entry, replace(entry.journal, state="failed", message=failure[:_MESSAGE_LIMIT]))
            else:
                entry.pending = {Journal.key: None}
            entry.pending[Claim.key] = None
        return self._write(node)

    def flush(self) -> bool:
        """Writes what could not be written when it happened; returns whether nothing is left."""
        with self._mutex:
            late = [node for node, entry in self._entries.items() if entry.pending]
        written = [self._write(node) for node in late]
        return all(written)

    def journal(self, node: str) -> Journal | None:
        """The journal of a node in hand."""
        with self._mutex:
            entry = self._entries.get(node)
            return entry.journal if entry else None

    @property
    def in_hand(self) -> frozenset[str]:
        with self._mutex:
            return frozenset(node for node, entry in self._entries.items() if not entry.given_back)

    def _note(self, entry: _Entry, journal: Journal) -> None:
        entry.journal = replace(journal, at=self._now_iso())
        entry.pending = {**entry.pending, Journal.key: entry.journal.dumps()}

    def _write(self, node: str) -> bool:
        with self._mutex:
            entry = self._entries.get(node)
            pending = dict(entry.pending) if entry else {}
        if entry is None or not pending:
            return True
        try:
            self._annotate(node, pending)
        except ApiError as error:
            LOG.warning("%s could not be annotated: %s", node, error)
            return False
        with self._mutex:
            # A newer entry may have come meanwhile; that one is still to be written.
            if entry.pending == pending:
                entry.pending = {}
                if entry.given_back:
                    self._entries.pop(node, None)
        return True


def _unwritten(node: str, step: str, patience_seconds: float) -> Finding:
    return Finding(
        code="D2-CLUSTER-002",
        subject=node,
        message=f"the start of {step} could not be written on the Node for {patience_seconds:.0f} s",
        why="a step that nobody can find again after a crash is not started",
        remedy="look at the API's availability, then run the same command again",
    )
