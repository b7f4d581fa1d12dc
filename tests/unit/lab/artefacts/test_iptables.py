# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

from lab.artefacts.iptables import parse_ldd, with_links

LDD = """\
/usr/sbin/nft:
\tlinux-vdso.so.1 (0x00007ffd0b5f2000)
\tlibnftables.so.1 => /lib/x86_64-linux-gnu/libnftables.so.1 (0x00007f2d1)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f2d2)
/usr/sbin/conntrack:
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f2d3)
"""


def test_libraries_are_read_for_several_programs_at_once() -> None:
    assert parse_ldd(LDD) == {
        "/lib/x86_64-linux-gnu/libnftables.so.1",
        "/lib64/ld-linux-x86-64.so.2",
        "/lib/x86_64-linux-gnu/libc.so.6",
    }


def test_links_on_the_way_to_a_file_are_kept_as_links(tmp_path: Path) -> None:
    (tmp_path / "usr/lib").mkdir(parents=True)
    (tmp_path / "etc").mkdir()
    (tmp_path / "lib").symlink_to("usr/lib")
    (tmp_path / "usr/lib/real").touch()
    (tmp_path / "usr/lib/relative").symlink_to("real")
    (tmp_path / "etc/absolute").symlink_to("/lib/relative")
    assert with_links(tmp_path, "/etc/absolute") == {
        "/etc/absolute": "/lib/relative",
        "/lib": "usr/lib",
        "/usr/lib/relative": "real",
        "/usr/lib/real": tmp_path / "usr/lib/real",
    }
