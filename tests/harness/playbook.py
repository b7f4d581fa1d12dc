# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a whole playbook as users do, and tell how it went."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .cluster import REPOSITORY

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
TIMEOUT_SECONDS = 1100


@dataclass(frozen=True)
class Played:
    """``output`` is everything that a person would have seen."""

    status: int
    output: str

    @property
    def complaints(self) -> list[str]:
        """Warnings and deprecations that Ansible printed."""
        return [line for line in self.output.splitlines() if re.search(r"\[(WARNING|DEPRECATION WARNING)\]", line)]

    @property
    def changed(self) -> int:
        """How many tasks reported a change, on all hosts."""
        return sum(int(count) for count in re.findall(r"\bchanged=(\d+)", self.output))


def play(
    verb: str,
    inventory: Mapping[str, Any],
    directory: Path,
    *arguments: str,
    variables: Mapping[str, Any] | None = None,
) -> Played:
    """Run ``playbooks/VERB.yml`` with the ansible-playbook of the environment that the tests run in."""
    hosts = directory / "hosts.json"
    hosts.write_text(json.dumps(inventory), encoding="utf-8")
    extra = {"day2_artifacts": str(directory / "artifacts"), **(variables or {})}
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "K8S_AUTH_"))}
    environment |= {
        "ANSIBLE_CONFIG": str(REPOSITORY / "ansible.cfg"),
        "ANSIBLE_PIPELINING": "true",
        "ANSIBLE_NOCOLOR": "true",
        "ANSIBLE_HOME": str(directory / "ansible-home"),
        "KUBECONFIG": "/nonexistent",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "ansible-playbook"),
            f"--inventory={hosts}",
            f"--extra-vars={json.dumps(extra)}",
            *arguments,
            str(REPOSITORY / "playbooks" / f"{verb}.yml"),
        ],
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    return Played(done.returncode, _ANSI.sub("", done.stdout))
