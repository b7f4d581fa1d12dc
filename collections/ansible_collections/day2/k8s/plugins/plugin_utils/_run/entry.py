# SPDX-License-Identifier: GPL-3.0-or-later
"""Was the playbook started in a way that a run can bear?"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .._model.finding import Finding
from .._model.naming import shortened


def left_out(hosts: Iterable[str], playing: Collection[str]) -> list[Finding]:
    """``hosts`` are those of the inventory, ``playing`` those of the play (fewer with ``--limit``)."""
    missing = [host for host in hosts if host not in playing]
    if not missing:
        return []
    return [
        Finding(
            code="D2-RUN-005",
            subject=shortened(missing),
            message=f"in the inventory but not in this play: {len(missing)} of its hosts; --limit leaves hosts out",
            why="what is not looked at cannot be counted: nodes that are out, etcd members, machines that differ",
            remedy="run the playbook without --limit; choose nodes with day2_nodes",
        )
    ]


def tags_given(run_tags: Collection[str], skip_tags: Collection[str]) -> list[Finding]:
    """``run_tags`` and ``skip_tags`` as Ansible tells them: ``all`` and nothing where no tags were asked for."""
    if set(run_tags) <= {"all"} and not skip_tags:
        return []
    asked = [f"--tags {','.join(run_tags)}"] if set(run_tags) - {"all"} else []
    asked += [f"--skip-tags {','.join(skip_tags)}"] if skip_tags else []
    return [
        Finding(
            code="D2-RUN-005",
            subject="tags",
            message=f"started with {' and '.join(asked)}; a run consists of all its tasks",
            why="a node step with tasks left out would leave nodes cordoned, or uncordon what nobody verified",
            remedy="run the playbook without tags; choose nodes with day2_nodes",
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
