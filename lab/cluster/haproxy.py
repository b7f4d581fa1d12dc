# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster's load balancer: one HAProxy process on the machine's own address in the cluster's network.

It fronts the API as users' load balancers do, publishes the sample web service, and lets the nodes reach the package
and image mirrors, which themselves only listen on loopback.
"""

from __future__ import annotations

import socket

from lab.cluster.record import ClusterRecord
from lab.cluster.spec import gateway
from lab.host import paths
from lab.host.process import Daemon

API_PORT = 6443
WEB_PORT = 80
REGISTRY_PORT = 5000
PACKAGES_PORT = 8080
WEB_NODE_PORT = 30080
KUBE_PROXY_HEALTH_PORT = 10256


def api_url(record: ClusterRecord) -> str:
    """The API as clients outside of the cluster reach it."""
    return f"https://{gateway(record.subnet)}:{API_PORT}"


def web_url(record: ClusterRecord) -> str:
    """The sample web service as clients outside of the cluster reach it."""
    return f"http://{gateway(record.subnet)}:{WEB_PORT}/"


def render(record: ClusterRecord, *, registry_port: int, packages_port: int) -> str:
    """HAProxy's configuration.

    The API's servers are checked by GET /readyz, so that one that is shutting down is left before it stops serving;
    the web service's node ports by kube-proxy's health port, as cloud load balancers do. `freebind` matters because
    the network's bridge, and with it the address, only exists while one of its containers runs.
    """
    address = gateway(record.subnet)
    api_servers = [f"    server {node.name} {node.address}:6443" for node in record.control_planes]
    web_servers = [f"    server {node.name} {node.address}:{WEB_NODE_PORT}" for node in record.workers or record.nodes]
    lines = [
        "global",
        "    maxconn 4000",
        "    log stdout format raw local0 notice",
        "defaults",
        "    log global",
        "    mode tcp",
        "    timeout connect 2s",
        "    timeout client 1h",
        "    timeout server 1h",
        "    timeout check 2s",
        "    option dontlognull",
        "    default-server inter 1s fall 2 rise 2",
        "frontend api",
        f"    bind {address}:{API_PORT} transparent",
        "    default_backend api",
        "backend api",
        "    balance roundrobin",
        "    option httpchk",
        "    http-check send meth GET uri /readyz",
        "    http-check expect status 200",
        "    default-server check check-ssl verify none",
        *api_servers,
        "frontend web",
        f"    bind {address}:{WEB_PORT} transparent",
        "    default_backend web",
        "backend web",
        "    balance roundrobin",
        "    option httpchk",
        "    http-check send meth GET uri /healthz",
        "    http-check expect status 200",
        f"    default-server check port {KUBE_PROXY_HEALTH_PORT}",
        *web_servers,
        "listen registry",
        f"    bind {address}:{REGISTRY_PORT} transparent",
        f"    server registry 127.0.0.1:{registry_port}",
        "listen packages",
        f"    bind {address}:{PACKAGES_PORT} transparent",
        f"    server packages 127.0.0.1:{packages_port}",
    ]
    return "\n".join(lines) + "\n"


def daemon(record: ClusterRecord) -> Daemon:
    """The cluster's HAProxy process."""
    return Daemon("haproxy", record.directory)


def start(record: ClusterRecord, *, registry_port: int, packages_port: int) -> None:
    """Write the configuration and start HAProxy; it answers (with no server yet) when this returns."""
    configuration = record.directory / "haproxy.cfg"
    paths.write_private(configuration, render(record, registry_port=registry_port, packages_port=packages_port))
    address = gateway(record.subnet)

    def answers() -> bool:
        try:
            socket.create_connection((address, REGISTRY_PORT), timeout=1).close()
        except OSError:
            return False
        return True

    # -db keeps it in the foreground: one process, whose id is the one that was recorded.
    daemon(record).start(["haproxy", "-db", "-f", str(configuration)], ready=answers)
