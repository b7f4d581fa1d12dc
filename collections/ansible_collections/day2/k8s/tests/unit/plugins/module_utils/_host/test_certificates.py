# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.day2.k8s.plugins.module_utils._host.certificates import observe
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost

PKI = "/etc/kubernetes/pki"


def test_each_certificate_is_told_with_its_end_and_whether_it_signs_others(fake: FakeHost) -> None:
    for name in ("apiserver.crt", "apiserver.key", "ca.crt", "etcd/peer.crt"):
        fake.write(f"{PKI}/{name}", "")
    fake.commands.on("openssl x509 -noout -enddate -in", "notAfter=Nov  4 08:05:09 2027 GMT\n")
    fake.commands.on(f"openssl x509 -noout -enddate -in {fake.root}{PKI}/ca.crt", "notAfter=Nov 22 08:05:09 2036 GMT\n")

    assert observe(fake.host.runner, fake.host.files) == [
        {"path": f"{PKI}/apiserver.crt", "not_after": "2027-11-04T08:05:09Z", "authority": False},
        {"path": f"{PKI}/ca.crt", "not_after": "2036-11-22T08:05:09Z", "authority": True},
        {"path": f"{PKI}/etcd/peer.crt", "not_after": "2027-11-04T08:05:09Z", "authority": False},
    ]


def test_what_openssl_cannot_read_or_is_not_there_to_read_is_left_out(fake: FakeHost) -> None:
    fake.write(f"{PKI}/apiserver.crt", "")
    fake.write(f"{PKI}/front.crt", "")
    fake.commands.on("openssl", (127, "", "not found"))
    fake.commands.on(f"openssl x509 -noout -enddate -in {fake.root}{PKI}/front.crt", "notAfter=some day\n")

    assert observe(fake.host.runner, fake.host.files) == []
