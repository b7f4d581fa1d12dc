# SPDX-License-Identifier: GPL-3.0-or-later
"""A stacked etcd as kubeadm makes it: one member per control plane, with certificates, at the usual ports.

Separate from the harness's own etcd, which keeps to itself: this one is what hosts look at. Its ports are fixed, so it
runs in a network of its own (see network).
"""

from __future__ import annotations

import json
import ssl
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from . import network
from .authority import Authority
from .process import Process
from .wait import eventually

CLIENT_PORT, PEER_PORT = 2379, 2380


class EtcdRing:
    """``members`` maps a member's name to its address; the first one also answers at 127.0.0.1, as hosts expect.

    All hosts share one loopback here, so "the local member" is the first one for each of them.
    """

    def __init__(self, directory: Path, program: Path, members: Mapping[str, str]) -> None:
        self._directory = directory
        self._program = program
        self._members = dict(members)
        self.authority = Authority(directory / "pki", "etcd-ca")
        self.health_client = self.authority.issue("healthcheck-client", name="kube-etcd-healthcheck-client")
        # One for all members: on a shared loopback none can tell from which address another one comes.
        self._serving = self.authority.issue("member", name="etcd", addresses=["127.0.0.1", *members.values()])
        self._processes: dict[str, Process] = {}

    def start(self) -> None:
        """Start all members and wait until they have a leader."""
        try:
            for name in self._members:
                network.add_address(self._members[name])
                self._processes[name] = Process(self._argv(name), self._directory / f"etcd-{name}.log")
            eventually("etcd has a leader", self._has_leader)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        for name in list(self._processes):
            self.stop_member(name)

    def stop_member(self, name: str) -> None:
        """Take one member away; the others keep the quorum, if they are enough."""
        self._processes.pop(name).stop()

    def start_member(self, name: str) -> None:
        """Bring a member back and wait until it answers."""
        self._processes[name] = Process(self._argv(name), self._directory / f"etcd-{name}.log")
        eventually(f"etcd member {name} answers", lambda: self._answers(self._members[name]))

    def _argv(self, name: str) -> list[str]:
        address = self._members[name]
        local = ["127.0.0.1"] if name == next(iter(self._members)) else []
        certificate, key = self._serving
        peers = ",".join(f"{member}=https://{where}:{PEER_PORT}" for member, where in self._members.items())
        return [
            str(self._program),
            f"--name={name}",
            f"--data-dir={self._directory / name}",
            f"--listen-client-urls={','.join(f'https://{a}:{CLIENT_PORT}' for a in [address, *local])}",
            f"--advertise-client-urls=https://{address}:{CLIENT_PORT}",
            f"--listen-peer-urls=https://{address}:{PEER_PORT}",
            f"--initial-advertise-peer-urls=https://{address}:{PEER_PORT}",
            f"--initial-cluster={peers}",
            f"--cert-file={certificate}",
            f"--key-file={key}",
            f"--trusted-ca-file={self.authority.certificate}",
            "--client-cert-auth",
            f"--peer-cert-file={certificate}",
            f"--peer-key-file={key}",
            f"--peer-trusted-ca-file={self.authority.certificate}",
            "--peer-client-cert-auth",
            "--unsafe-no-fsync",
        ]

    def _has_leader(self) -> bool:
        for process in self._processes.values():
            process.check()
        return all(self._answers(address) for address in self._members.values())

    def _answers(self, address: str) -> bool:
        """Whether a member serves a linearizable read."""
        context = ssl.create_default_context(cafile=str(self.authority.certificate))
        context.load_cert_chain(*self.health_client)
        request = urllib.request.Request(
            f"https://{address}:{CLIENT_PORT}/v3/kv/range", data=json.dumps({"key": "aGVhbHRo"}).encode(), method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=2, context=context) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False
