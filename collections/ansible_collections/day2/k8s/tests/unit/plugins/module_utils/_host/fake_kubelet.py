# SPDX-License-Identifier: GPL-3.0-or-later
"""A kubelet of the test's own, as systemd and /proc show it; it has run for 50 s."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import Answer, FakeHost

UNIT_FILE = "/usr/lib/systemd/system/kubelet.service"


class FakeKubelet:
    def __init__(self, fake: FakeHost, version: str = "1.35.4") -> None:
        self._fake = fake
        self.pid = 77
        self.version: str | None = version
        self.need_daemon_reload = False
        self.started = fake.time.now - 50
        self._exe = fake.root / "proc/77/exe"
        self._exe.parent.mkdir(parents=True)
        self._exe.symlink_to("/usr/bin/kubelet")
        fake.commands.on("systemctl show kubelet.service", self._show)
        fake.commands.on("/tmp/day2-kubelet-", self._version)
        fake.commands.on("systemctl daemon-reload", self._reload)
        fake.commands.on("journalctl --unit=kubelet.service", "one\ntwo\n")

    def replace_binary(self) -> None:
        """As a package upgrade does."""
        self._exe.unlink()
        self._exe.symlink_to("/usr/bin/kubelet (deleted)")

    def restart(self, version: str) -> None:
        """As systemd does; from now on ``version`` runs."""
        self._exe.unlink()
        self._exe.symlink_to("/usr/bin/kubelet")
        self.version = version
        self.started = self._fake.time.now

    def _show(self, argv: list[str]) -> str:
        return (
            f"MainPID={self.pid}\nNeedDaemonReload={'yes' if self.need_daemon_reload else 'no'}\n"
            f"ExecMainStartTimestampMonotonic={int(self.started * 1e6)}\nFragmentPath={UNIT_FILE}\n"
            f"DropInPaths={UNIT_FILE}.d/10-kubeadm.conf\n"
        )

    def _reload(self, argv: list[str]) -> str:
        self.need_daemon_reload = False
        return ""

    def _version(self, argv: list[str]) -> Answer:
        # A binary that holds several programs chooses by the name it is started with.
        assert Path(argv[0]).name == "kubelet"
        return (0, f"Kubernetes v{self.version}\n", "") if self.version else (2, "", "?")
