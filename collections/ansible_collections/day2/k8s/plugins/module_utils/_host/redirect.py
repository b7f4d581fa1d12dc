# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: new connections to this node's apiserver, answered by that of another node instead.

The packet filter rewrites where a connection goes when it begins: from the load balancer and from other nodes to this
node's port, and from here to the Service ``kubernetes``. Whoever sends them notices nothing, not even a health check,
so nobody has to be told; connections that exist go on as they were. What the node itself sends to its own apiserver
(kubelet, controller-manager, scheduler, kubeadm) stays here: they expect this node's name in the certificate.

It is a table of our own, in front of kube-proxy's and beside whatever else there is; a restart of the machine ends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from .command import Runner
from .files import Files

TABLE = "day2_isolation"
RULES_FILE = "/run/day2/isolation.nft"

# Before and after those of kube-proxy and other translators (-100, 100): the first that rewrites a connection wins.
_RULES = """\
table {family} {table}
delete table {family} {table}
table {family} {table} {{
  chain prerouting {{
    type nat hook prerouting priority -110; policy accept;
    {service}fib daddr type local tcp dport {port} counter dnat to {peer}
  }}
  chain output {{
    type nat hook output priority -110; policy accept;
    {service}
  }}
  chain postrouting {{
    type nat hook postrouting priority 90; policy accept;
    ct status dnat {family} daddr {peer_address} tcp dport {peer_port} counter masquerade
  }}
}}
"""


@dataclass(frozen=True)
class Redirect:
    """From ``port`` of this node, and ``service_address`` port 443, to the apiserver at ``peer`` (``host:port``)."""

    port: int
    service_address: str | None
    peer: str

    @property
    def family(self) -> str:
        return "ip6" if ip_address(self._peer_address).version == 6 else "ip"

    def rules(self) -> str:
        """For ``nft --file``: what was there of us before is replaced in one transaction."""
        service = ""
        if self.service_address and (":" in self.service_address) == (self.family == "ip6"):
            service = f"{self.family} daddr {self.service_address} tcp dport 443 counter dnat to {self.peer}\n    "
        return _RULES.format(
            family=self.family,
            table=TABLE,
            port=self.port,
            service=service,
            peer=self.peer,
            peer_address=self._peer_address,
            peer_port=self.peer.rpartition(":")[2],
        )

    def undo_commands(self) -> list[list[str]]:
        """Also right where the table is gone already."""
        return [["nft", verb, "table", self.family, TABLE] for verb in ("add", "delete")]

    @property
    def _peer_address(self) -> str:
        return self.peer.rpartition(":")[0].strip("[]")


def impossible(runner: Runner) -> str | None:
    """Why connections cannot be redirected on this node, or None; raises CommandError without ``nft``."""
    chains = runner.run(["nft", "list", "chains"]).stdout.splitlines()
    if any("hook forward" in line and "policy drop" in line for line in chains):
        return "its packet filter drops what is forwarded (a chain with hook forward and policy drop)"
    return None


def apply(runner: Runner, files: Files, redirect: Redirect) -> None:
    """Redirect from now on; raises CommandError."""
    files.write(RULES_FILE, redirect.rules())
    runner.run(["nft", "--file", str(files.path(RULES_FILE))])
