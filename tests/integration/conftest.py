# SPDX-License-Identifier: GPL-3.0-or-later
"""One real control plane for all integration tests; every test has a namespace and nodes of its own in it."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.day2.k8s.plugins.plugin_utils._kube.connection import ConnectionOptions
from ansible_collections.day2.k8s.plugins.plugin_utils._kube.transport import Transport
from ansible_collections.day2.k8s.plugins.plugin_utils._model.host import Host
from tests.harness import network
from tests.harness.binaries import binaries
from tests.harness.cluster import Cluster
from tests.integration.drains import Site
from tests.integration.kubeadm_nodes import kubeadm_nodes

_numbers = itertools.count(1)


def pytest_configure() -> None:
    """Let a SIGTERM (a stage's timeout, a CI job's end) end the processes of the harness too."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_sessionstart() -> None:
    """Have the programs ready before the first test, whose time is limited, and a network with all ports free."""
    binaries()
    if os.geteuid() == 0:
        network.enter()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The running cluster; shared, so tests leave namespaces other than their own, and lasting state, alone."""
    with Cluster() as running:
        yield running


@pytest.fixture
def namespace(cluster: Cluster) -> Iterator[str]:
    """A namespace of the test's own."""
    name = f"test-{next(_numbers)}"
    cluster.create_namespace(name)
    yield name
    cluster.admin.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture
def make_node(cluster: Cluster) -> Iterator[Callable[..., str]]:
    """A function that makes a Node (arguments as Cluster.create_node, without a name) and returns its name."""
    made: list[str] = []

    def make(**arguments: Any) -> str:
        made.append(f"node-{next(_numbers)}")
        cluster.create_node(made[-1], **arguments)
        return made[-1]

    yield make
    for name in made:
        for pod in cluster.pods(node=name):
            metadata = pod["metadata"]
            path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}"
            if metadata.get("finalizers"):
                cluster.admin.merge(path, {"metadata": {"finalizers": None}})
            cluster.admin.delete(path, gracePeriodSeconds=0)
        cluster.admin.delete(f"/api/v1/nodes/{name}")


@pytest.fixture
def hosts(cluster: Cluster, make_node: Callable[..., str]) -> Iterator[dict[str, Host]]:
    """Three control planes and two workers as kubeadm leaves them, and the hosts that an inventory has for them."""
    with kubeadm_nodes(cluster, make_node) as made:
        yield made


@pytest.fixture
def product(cluster: Cluster) -> Transport:
    """The product's own way to the API, with exactly the rights that its manifest names."""
    return Transport(ConnectionOptions(kubeconfig=str(cluster.product_kubeconfig)))


@pytest.fixture
def site(cluster: Cluster, product: Transport, namespace: str, make_node: Callable[..., str]) -> Site:
    """Two nodes for the pods of one test of drains."""
    drained = make_node(labels={"test": namespace})
    other = make_node(labels={"test": namespace})
    cluster.admin.merge(f"/api/v1/nodes/{other}", {"spec": {"unschedulable": True}})
    return Site(cluster, product, namespace, drained, other)
