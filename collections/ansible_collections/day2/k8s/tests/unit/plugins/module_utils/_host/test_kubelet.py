# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os

import pytest

from ansible_collections.day2.k8s.plugins.module_utils._host import kubelet
from ansible_collections.day2.k8s.plugins.module_utils._host.https import HttpError
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_host import FakeHost
from ansible_collections.day2.k8s.tests.unit.plugins.module_utils._host.fake_kubelet import FakeKubelet


def observe(fake: FakeHost) -> kubelet.Kubelet:
    return kubelet.observe(fake.host.runner, fake.host.files, wall_clock=fake.time.wall_clock, clock=fake.time.clock)


def test_a_kubelet_that_runs_with_what_is_installed_needs_no_restart(fake: FakeHost) -> None:
    FakeKubelet(fake)

    assert observe(fake) == kubelet.Kubelet(77, "1.35.4", ())


def test_a_kubelet_whose_binary_was_replaced_needs_a_restart_and_still_tells_its_version(fake: FakeHost) -> None:
    FakeKubelet(fake).replace_binary()

    seen = observe(fake)

    assert seen.version == "1.35.4"
    assert seen.restart_reasons == ("the running binary is no longer the installed one",)


@pytest.mark.parametrize(
    "path",
    [
        "/var/lib/kubelet/config.yaml",
        "/var/lib/kubelet/kubeadm-flags.env",
        "/etc/default/kubelet",
        "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf",
    ],
)
def test_a_kubelet_whose_settings_are_newer_than_itself_needs_a_restart(fake: FakeHost, path: str) -> None:
    FakeKubelet(fake)
    now = fake.time.wall_clock()
    file = fake.write(path, "")

    os.utime(file, (now - 100, now - 100))
    assert observe(fake).restart_reasons == ()

    os.utime(file, (now - 10, now - 10))
    assert observe(fake).restart_reasons == (f"{path} was changed after kubelet started",)


def test_unit_files_that_systemd_has_not_read_ask_for_a_restart(fake: FakeHost) -> None:
    FakeKubelet(fake).need_daemon_reload = True

    assert observe(fake).restart_reasons == ("systemd has not read its unit files anew",)


def test_a_kubelet_that_does_not_run_needs_to_be_started(fake: FakeHost) -> None:
    FakeKubelet(fake).pid = 0

    assert observe(fake) == kubelet.Kubelet(0, None, ("kubelet is not running",))


def test_a_binary_that_does_not_tell_its_version_has_none(fake: FakeHost) -> None:
    FakeKubelet(fake).version = None

    assert observe(fake).version is None


@pytest.mark.parametrize(
    ("output", "version"),
    [("Kubernetes v1.36.3\n", "1.36.3"), ("v1.36.0-rc.0+abc", "1.36.0-rc.0+abc"), ("", None), ("v1.36", None)],
)
def test_a_version_is_read_from_what_programs_print(output: str, version: str | None) -> None:
    assert kubelet.parse_version(output) == version


@pytest.mark.parametrize(
    ("configuration", "url"),
    [
        (None, "http://127.0.0.1:10248/healthz"),
        ("healthzPort: 1234\nhealthzBindAddress: 10.0.0.1\n", "http://10.0.0.1:1234/healthz"),
        ('healthzBindAddress: "0.0.0.0"\n', "http://127.0.0.1:10248/healthz"),
        ("healthzBindAddress: '::'\n", "http://[::1]:10248/healthz"),
        ("healthzPort: 0\n", None),
        ("other:\n  healthzPort: 7\n", "http://127.0.0.1:10248/healthz"),
    ],
)
def test_the_kubelet_is_asked_where_its_configuration_says(
    fake: FakeHost, configuration: str | None, url: str | None
) -> None:
    if configuration is not None:
        fake.write("/var/lib/kubelet/config.yaml", configuration)

    assert kubelet.healthz_url(fake.host.files) == url


def test_a_kubelet_that_must_not_tell_is_taken_as_well(fake: FakeHost) -> None:
    fake.write("/var/lib/kubelet/config.yaml", "healthzPort: 0\n")

    assert kubelet.unhealthy(fake.host.files) is None


def test_a_kubelet_is_well_when_it_says_so(fake: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([200, 500])
    monkeypatch.setattr(kubelet, "status_of", lambda url, timeout_seconds: next(answers))

    assert kubelet.unhealthy(fake.host.files) is None
    assert kubelet.unhealthy(fake.host.files) == "http://127.0.0.1:10248/healthz answered 500"


def test_a_kubelet_that_does_not_answer_is_not_well(fake: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    def status_of(url: str, timeout_seconds: float) -> int:
        raise HttpError("refused")

    monkeypatch.setattr(kubelet, "status_of", status_of)

    assert kubelet.unhealthy(fake.host.files) == "refused"


def test_the_runtimes_socket_is_found_in_flags_then_in_configuration(fake: FakeHost) -> None:
    assert kubelet.runtime_endpoint(fake.host.files) is None

    fake.write("/var/lib/kubelet/config.yaml", "containerRuntimeEndpoint: unix:///run/b.sock\n")
    assert kubelet.runtime_endpoint(fake.host.files) == "unix:///run/b.sock"

    flags = 'KUBELET_KUBEADM_ARGS="--container-runtime-endpoint=unix:///run/a.sock --node-ip=10.0.0.1"\n'
    fake.write("/var/lib/kubelet/kubeadm-flags.env", flags)
    assert kubelet.runtime_endpoint(fake.host.files) == "unix:///run/a.sock"


def test_an_empty_endpoint_in_the_configuration_is_none(fake: FakeHost) -> None:
    fake.write("/var/lib/kubelet/config.yaml", 'containerRuntimeEndpoint: ""\n')

    assert kubelet.runtime_endpoint(fake.host.files) is None


@pytest.mark.parametrize(
    ("before", "after", "removed"),
    [
        ("--a=1 --pause=registry/pause:3.10 --b=2", "--a=1 --b=2", ["pause"]),
        ("--a=1 --pause=registry/pause:3.10", "--a=1", ["pause"]),
        ("--pause registry/pause:3.10 --b=2", "--b=2", ["pause"]),
        ("--pause", "", ["pause"]),
        ("--a=1 --pause-more=2", "--a=1 --pause-more=2", []),
        ("--a=1", "--a=1", []),
    ],
)
def test_only_the_named_flags_are_taken_out_of_what_kubeadm_wrote(
    fake: FakeHost, before: str, after: str, removed: list[str]
) -> None:
    fake.write("/var/lib/kubelet/kubeadm-flags.env", f'KUBELET_KUBEADM_ARGS="{before}"\n')

    assert kubelet.remove_flags(fake.host.files, ["pause"]) == removed
    assert fake.host.files.read("/var/lib/kubelet/kubeadm-flags.env") == f'KUBELET_KUBEADM_ARGS="{after}"\n'


def test_a_host_without_that_file_has_no_flags_to_remove(fake: FakeHost) -> None:
    assert kubelet.remove_flags(fake.host.files, ["pause"]) == []
    assert not fake.host.files.exists("/var/lib/kubelet/kubeadm-flags.env")
