# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.host.netns import entered

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root")
OWN = Path("/proc/thread-self/ns/net")


@pytest.fixture
def other() -> Iterator[Path]:
    """The network namespace of a process that has one of its own."""
    holder = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo ready; exec sleep 60"], stdout=subprocess.PIPE)
    assert holder.stdout
    assert holder.stdout.readline() == b"ready\n"
    yield Path(f"/proc/{holder.pid}/ns/net")
    holder.kill()
    holder.wait()
    holder.stdout.close()


def test_a_thread_is_elsewhere_and_comes_back(other: Path) -> None:
    before = OWN.readlink()

    with entered(other):
        assert OWN.readlink() == other.readlink()

    assert OWN.readlink() == before


def test_it_comes_back_from_trouble_as_well(other: Path) -> None:
    before = OWN.readlink()

    with pytest.raises(ConnectionError), entered(other):
        raise ConnectionError

    assert OWN.readlink() == before


def test_a_namespace_that_is_gone_is_told_and_nothing_is_entered() -> None:
    before = OWN.readlink()

    with pytest.raises(FileNotFoundError), entered(Path("/proc/0/ns/net")):
        pass

    assert OWN.readlink() == before
