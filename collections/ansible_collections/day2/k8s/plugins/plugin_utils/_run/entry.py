# SPDX-License-Identifier: GPL-3.0-or-later
"""Was the playbook started in a way that a run can bear?"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .._model.finding import Finding

_SHOWN = 5


def left_out(hosts: Iterable[str], playing: Collection[str]) -> list[Finding]:
    """``hosts`` are those of the inventory, ``playing`` those of the play (fewer with ``--limit``)."""
    missing = [host for host in hosts if host not in playing]
    if not missing:
        return []
    shown = ", ".join(missing[:_SHOWN]) + (f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else "")
    return [
        Finding(
            code="D2-RUN-005",
            subject=shown,
            message=f"in the inventory but not in this play: {len(missing)} of its hosts; --limit leaves hosts out",
            why="what is not looked at cannot be counted: nodes that are out, etcd members, machines that differ",
            remedy="run the playbook without --limit; choose nodes with day2_nodes",
        )
    ]


def too_few_forks(forks: int, max_unavailable: int) -> list[Finding]:
    """A host that is being upgraded, or waits for its turn, occupies a fork of Ansible."""
    if forks >= max_unavailable:
        return []
    return [
        Finding(
            code="D2-RUN-002",
            subject="forks",
            message=f"{forks} forks for day2_max_unavailable {max_unavailable}",
            why="hosts that wait for their turn would keep those they wait for from going on",
            remedy=f"run with --forks {max_unavailable + 1} or more",
        )
    ]
