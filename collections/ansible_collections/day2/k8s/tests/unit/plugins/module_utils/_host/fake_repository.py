# SPDX-License-Identifier: GPL-3.0-or-later
"""apt and dpkg of the test's own: versions that sources offer, packages that are installed and held."""

from __future__ import annotations

from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import Answer, FakeHost

NAMES = ("kubeadm", "kubectl", "kubelet")


class FakeRepository:
    """Scripts apt and dpkg on ``fake``; whatever is asked for comes in the offered versions, newest first."""

    def __init__(self, fake: FakeHost) -> None:
        self.installed: dict[str, str] = {}
        self.held: set[str] = set()
        self.unreachable = False
        self.uninstallable = ""
        self.downloaded: set[str] = set()
        self._offered: list[str] = []
        self._elsewhere: list[str] = []
        self._all_read = False
        fake.commands.on("apt-cache", self._madison)
        fake.commands.on("apt-get", self._apt_get)
        fake.commands.on("apt-get indextargets", "/etc/apt/sources.list.d/kubernetes.list:1\thttp://192.0.2.1/v1/\n")
        fake.commands.on("dpkg-query", self._dpkg_query)
        fake.commands.on("dpkg --print-architecture", "amd64\n")
        fake.commands.on("/usr/bin/apt-mark hold", self._hold)
        fake.unit.on_end = self.end

    def offer(self, *versions: str) -> None:
        """Versions in the lists, newest first."""
        self._offered = list(versions)

    def offer_elsewhere(self, *versions: str) -> None:
        """Versions of a source that was never read."""
        self._elsewhere = list(versions)

    def install(self, version: str, *, held: bool = True) -> None:
        """Everything is installed at ``version``."""
        self.installed = dict.fromkeys(NAMES, version)
        self.held = set(NAMES) if held else set()

    def end(self, argv: list[str]) -> None:
        """What a work unit with apt-get does."""
        if argv[0] != "apt-get":
            return
        for name, version in _wanted(argv).items():
            if "--download-only" in argv:
                self.downloaded.add(f"{name}_{version}_amd64.deb")
            else:
                self.installed[name] = version

    def _madison(self, argv: list[str]) -> str:
        versions = (self._elsewhere if self._all_read else []) + self._offered
        names = argv[argv.index("madison") + 1 :]
        return "".join(f" {name} | {v} | http://192.0.2.1/v1 ./ Packages\n" for name in names for v in versions)

    def _apt_get(self, argv: list[str]) -> Answer:
        if argv[-1] == "update":
            self._all_read = not any("sourceparts" in word for word in argv)
            return (100, "", "E: Some index files failed to download.\n") if self.unreachable else (0, "", "")
        if self.uninstallable:
            return 100, "", f"{self.uninstallable}\n"
        wanted = _wanted(argv)
        if "--simulate" in argv:
            return 0, "".join(f"Inst {name} [0] ({version} x [amd64])\n" for name, version in wanted.items()), ""
        names = {f"{name}_{version}_amd64.deb" for name, version in wanted.items()} - self.downloaded
        return 0, "".join(f"'http://192.0.2.1/{name}' {name} 9 SHA256:0\n" for name in sorted(names)), ""

    def _dpkg_query(self, argv: list[str]) -> Answer:
        lines = [
            f"{name}\t{'hold' if name in self.held else 'install'}\tinstalled\t{self.installed[name]}\n"
            for name in argv[3:]
            if name in self.installed
        ]
        return int(len(lines) < len(argv[3:])), "".join(lines), ""

    def _hold(self, argv: list[str]) -> str:
        self.held |= set(argv[2:])
        return ""


def _wanted(argv: list[str]) -> dict[str, str]:
    words = argv[argv.index("install") + 1 :]
    return dict(word.split("=") for word in words if not word.startswith("-"))
