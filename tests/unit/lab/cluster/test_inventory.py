# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable

import yaml

from lab.cluster import inventory
from lab.cluster.record import ClusterRecord


def test_hosts_are_named_like_nodes_and_grouped_by_role(make_record: Callable[..., ClusterRecord]) -> None:
    children = inventory.hosts(make_record())["k8s_cluster"]["children"]
    assert list(children["kube_control_plane"]["hosts"]) == ["demo-cp1", "demo-cp2", "demo-cp3"]
    assert children["kube_node"]["hosts"]["demo-w2"] == {"ansible_host": "10.201.0.32"}


def test_the_product_gets_its_own_identity_and_the_cluster_s_uid(make_record: Callable[..., ClusterRecord]) -> None:
    record = make_record()
    variables = inventory.variables(record)
    assert variables["day2_environment"] == "lab"
    assert variables["day2_cluster_uid"] == "some-uid"
    assert variables["day2_kubernetes_version"] == "1.36.3"
    assert variables["day2_kubeconfig"] == str(record.directory / "day2.kubeconfig")
    assert "admin" not in yaml.safe_dump(variables)


def test_host_keys_are_checked_against_a_known_hosts_file(make_record: Callable[..., ClusterRecord]) -> None:
    record = make_record()
    arguments = inventory.hosts(record)["k8s_cluster"]["vars"]["ansible_ssh_common_args"]
    assert "StrictHostKeyChecking=yes" in arguments
    assert f"UserKnownHostsFile={record.directory / 'known_hosts'}" in arguments


def test_the_preflight_exception_is_the_lab_s_and_stands_in_its_inventory(
    make_record: Callable[..., ClusterRecord],
) -> None:
    assert inventory.variables(make_record())["kubeadm_ignore_preflight_errors"] == ["SystemVerification"]


def test_both_files_are_written_for_ansible_to_read(make_record: Callable[..., ClusterRecord]) -> None:
    record = make_record()
    inventory.write(record)
    root = inventory.directory(record)
    assert yaml.safe_load((root / "hosts.yml").read_text()) == inventory.hosts(record)
    assert yaml.safe_load((root / "group_vars" / "k8s_cluster.yml").read_text()) == inventory.variables(record)
