# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json

from ansible_collections.day2.k8s.plugins.module_utils._host import images
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost

LISTED = {"images": [{"repoTags": ["a:1", "b:1"]}, {"repoTags": []}, {"repoDigests": ["c@sha256:0"]}]}


def test_crictl_is_asked_at_the_kubelets_runtime(fake: FakeHost) -> None:
    fake.commands.on("crictl --runtime-endpoint=unix:///run/a.sock images", json.dumps(LISTED))

    assert images.present(fake.host.runner, "unix:///run/a.sock") == {"a:1", "b:1"}


def test_without_crictl_containerd_is_asked(fake: FakeHost) -> None:
    fake.commands.on("crictl", (127, "", ""))
    fake.commands.on("ctr --namespace=k8s.io images list --quiet", "a:1\nsha256:0\n")

    assert images.present(fake.host.runner, None) == {"a:1", "sha256:0"}


def test_without_either_it_is_not_known(fake: FakeHost) -> None:
    fake.commands.on("crictl", (127, "", ""))
    fake.commands.on("ctr", (127, "", ""))

    assert images.present(fake.host.runner, None) is None


def test_a_runtime_without_images_has_none() -> None:
    assert images.parse_crictl('{"images": null}') == set()
