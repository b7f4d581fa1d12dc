# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable

import yaml

from lab.cluster import kubeadm, node_files, nodes
from lab.cluster.record import ClusterRecord

MINORS = ("v1.35", "v1.36")


def test_a_node_lists_the_repositories_of_both_minors(make_record: Callable[..., ClusterRecord]) -> None:
    record = make_record()
    files = node_files.render(record, record.workers[0], MINORS)
    sources = [content for path, (content, _) in files.items() if path.startswith("/etc/apt/sources.list.d/")]
    assert sources == [
        "deb [trusted=yes] http://10.201.0.1:8080/v1.35/ ./\n",
        "deb [trusted=yes] http://10.201.0.1:8080/v1.36/ ./\n",
    ]


def test_each_node_hands_out_addresses_of_its_own_pod_network(make_record: Callable[..., ClusterRecord]) -> None:
    record = make_record()
    for node in record.nodes:
        content, _ = node_files.render(record, node, MINORS)["/etc/cni/net.d/10-day2-lab.conflist"]
        bridge = json.loads(content)["plugins"][0]
        assert bridge["ipam"]["ranges"] == [[{"subnet": node.pod_subnet}]]


def test_only_control_planes_have_an_audit_policy(make_record: Callable[..., ClusterRecord]) -> None:
    record = make_record()
    assert kubeadm.AUDIT_POLICY in node_files.render(record, record.control_planes[0], MINORS)
    assert kubeadm.AUDIT_POLICY not in node_files.render(record, record.workers[0], MINORS)


def test_the_audit_policy_records_every_request_of_the_product(make_record: Callable[..., ClusterRecord]) -> None:
    record = make_record()
    content, _ = node_files.render(record, record.control_planes[0], MINORS)[kubeadm.AUDIT_POLICY]
    rules = yaml.safe_load(content)["rules"]
    product = "system:serviceaccount:day2-system:day2"
    for rule in rules[:-1]:
        # A rule that leaves something out names whom; it never covers service accounts.
        assert rule["level"] == "None"
        assert set(rule.get("userGroups", [])) <= {"system:nodes"}
        assert product not in rule.get("users", [])
        assert rule.get("users") or rule.get("userGroups")
    assert rules[-1] == {"level": "Metadata"}


def test_files_arrive_with_their_content_and_mode() -> None:
    packed = nodes.archive({"/etc/secret": ("hidden\n", 0o600)})
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        member = tar.getmember("etc/secret")
        handle = tar.extractfile(member)
        assert handle is not None
        assert (member.mode, handle.read()) == (0o600, b"hidden\n")
