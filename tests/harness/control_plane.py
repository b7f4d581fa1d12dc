# SPDX-License-Identifier: GPL-3.0-or-later
"""Start and stop the processes of one control plane."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path

from . import audit
from .api import Api, ApiStatusError
from .authority import Authority
from .binaries import Binaries, binaries
from .credentials import ADMIN, write_kubeconfig, write_service_account_key, write_tokens
from .process import Process, free_ports

STAGES = Path(__file__).with_name("stages.yaml")
# Only nodes with this annotation are played by KWOK; one without it has a kubelet that is away.
KWOK_ANNOTATION = "harness/kubelet"
START_SECONDS = 60.0
_PREFIX = "day2-harness-"


class ControlPlane:
    """etcd, API server, controller manager, scheduler and KWOK, in a temporary directory of their own."""

    def __init__(self, programs: Binaries | None = None) -> None:
        _sweep_leftovers()
        self._programs = programs or binaries()
        self.directory = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
        etcd, etcd_peer, apiserver, scheduler, controllers = free_ports(5)
        self._ports = {"etcd": etcd, "etcd-peer": etcd_peer, "scheduler": scheduler, "controllers": controllers}
        self.port = apiserver
        self.server = f"https://127.0.0.1:{apiserver}"
        self.authority = Authority(self.directory / "pki", "kubernetes")
        self.ca = self.authority.certificate
        self._serving = self.authority.issue("apiserver", name="kube-apiserver", addresses=["127.0.0.1"])
        self._key = self.directory / "service-account.key"
        write_service_account_key(self._key)
        self._tokens = write_tokens(self.directory / "tokens.csv")
        self.admin = Api(self.server, self._tokens[ADMIN], self.ca)
        self.admin_kubeconfig = self.kubeconfig("admin", self._tokens[ADMIN])
        (self.directory / "audit-policy.json").write_text(json.dumps(audit.POLICY))
        self.audit = audit.AuditLog(self.directory / "audit.log")
        self._processes: dict[str, Process] = {}

    def kubeconfig(self, name: str, token: str) -> Path:
        """Write a kubeconfig for a bearer token; returns its path."""
        return write_kubeconfig(self.directory / f"{name}.kubeconfig", server=self.server, ca=self.ca, token=token)

    def start(self) -> None:
        """Start everything and wait until the API server is ready; on failure nothing is left running."""
        try:
            self._run("etcd", self._etcd())
            self.start_apiserver()
            for name, argv in {
                "kube-controller-manager": self._controller_manager(),
                "kube-scheduler": self._scheduler(),
                "kwok": self._kwok(),
            }.items():
                self._run(name, argv)
        except BaseException:
            self.stop()
            raise

    def start_apiserver(self) -> None:
        """Start the API server and wait until it is ready; also after :meth:`stop_apiserver`."""
        self._run("kube-apiserver", self._apiserver())
        self._wait_until_ready()

    def stop_apiserver(self) -> None:
        """Take the API away, as an upgrade of its node does."""
        self._processes.pop("kube-apiserver").stop()

    def pause(self, component: str) -> None:
        """Freeze a component (``kube-controller-manager``...) so that a state lasts that it would end."""
        self._processes[component].signal(signal.SIGSTOP)

    def resume(self, component: str) -> None:
        self._processes[component].signal(signal.SIGCONT)

    def check(self) -> None:
        """Raise RuntimeError if one of the programs has ended by itself."""
        for process in self._processes.values():
            process.check()

    def stop(self) -> None:
        """End every process, the API's clients first, and remove the directory."""
        for name in reversed(list(self._processes)):
            self._processes[name].signal(signal.SIGCONT)
            self._processes.pop(name).stop()
        if not os.environ.get("DAY2_HARNESS_KEEP"):
            shutil.rmtree(self.directory, ignore_errors=True)

    def _run(self, name: str, argv: list[str]) -> None:
        self._processes[name] = Process(argv, self.directory / f"{name}.log")

    def _wait_until_ready(self) -> None:
        give_up = time.monotonic() + START_SECONDS
        while True:
            for process in self._processes.values():
                process.check()
            try:
                self.admin.get("/readyz")
                # The bootstrap roles come a moment later, and without them everybody but an admin is refused.
                self.admin.get("/apis/rbac.authorization.k8s.io/v1/clusterroles/view")
                return
            except (OSError, ApiStatusError) as error:
                if time.monotonic() > give_up:
                    raise RuntimeError(f"the API server is not ready after {START_SECONDS:g} s: {error}") from error
            time.sleep(0.1)

    def _etcd(self) -> list[str]:
        client, peer = (f"http://127.0.0.1:{self._ports[name]}" for name in ("etcd", "etcd-peer"))
        return [
            str(self._programs.etcd / "etcd"),
            f"--data-dir={self.directory / 'etcd'}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
            # Nothing here has to survive a crash.
            "--unsafe-no-fsync",
        ]

    def _apiserver(self) -> list[str]:
        return [
            str(self._programs.kubernetes / "kube-apiserver"),
            f"--etcd-servers=http://127.0.0.1:{self._ports['etcd']}",
            "--bind-address=127.0.0.1",
            f"--secure-port={self.port}",
            f"--client-ca-file={self.ca}",
            f"--tls-cert-file={self._serving[0]}",
            f"--tls-private-key-file={self._serving[1]}",
            "--advertise-address=127.0.0.1",
            # Loopback may not be published as the Service's endpoint, and nobody uses that Service here.
            "--endpoint-reconciler-type=none",
            f"--token-auth-file={self.directory / 'tokens.csv'}",
            "--authorization-mode=RBAC",
            "--service-account-issuer=https://harness.invalid",
            f"--service-account-key-file={self._key}",
            f"--service-account-signing-key-file={self._key}",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--allow-privileged=true",
            f"--audit-policy-file={self.directory / 'audit-policy.json'}",
            f"--audit-log-path={self.directory / 'audit.log'}",
            "--audit-log-mode=blocking",
        ]

    def _controller_manager(self) -> list[str]:
        return [
            str(self._programs.kubernetes / "kube-controller-manager"),
            f"--kubeconfig={self._component_kubeconfig('kube-controller-manager')}",
            "--bind-address=127.0.0.1",
            f"--secure-port={self._ports['controllers']}",
            f"--service-account-private-key-file={self._key}",
            f"--root-ca-file={self.ca}",
            # It ends itself when it cannot renew its lease in time, as on a machine that is very busy.
            "--leader-elect=false",
            "--kube-api-qps=300",
            "--kube-api-burst=600",
        ]

    def _scheduler(self) -> list[str]:
        return [
            str(self._programs.kubernetes / "kube-scheduler"),
            f"--kubeconfig={self._component_kubeconfig('kube-scheduler')}",
            "--bind-address=127.0.0.1",
            f"--secure-port={self._ports['scheduler']}",
            "--leader-elect=false",
        ]

    def _kwok(self) -> list[str]:
        return [
            str(self._programs.kwok / "kwok"),
            f"--kubeconfig={self._component_kubeconfig('kwok')}",
            f"--config={STAGES}",
            "--manage-all-nodes=false",
            f"--manage-nodes-with-annotation-selector={KWOK_ANNOTATION}=kwok",
            "--node-lease-duration-seconds=40",
        ]

    def _component_kubeconfig(self, name: str) -> Path:
        return self.kubeconfig(name, self._tokens[name])


def _sweep_leftovers() -> None:
    """Remove the directories of test runs that were killed; their processes died with them."""
    for directory in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        pid = directory.name.removeprefix(_PREFIX).partition("-")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            shutil.rmtree(directory, ignore_errors=True)
