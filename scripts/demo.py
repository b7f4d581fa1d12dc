# SPDX-License-Identifier: GPL-3.0-or-later
"""`make demo`: from a bare machine to a highly available cluster that was upgraded by one minor under load.

Builds Kubernetes, starts a cluster with workloads, plans, upgrades while clients keep asking, and sums up. The cluster
stays, to be looked at. Needs nothing but Python itself, for it is what sets everything else up.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.cluster.spec import DEFAULT_UPGRADE_TO, DEFAULT_VERSION

CHECKOUT = Path(__file__).resolve().parents[1]
LAB = str(CHECKOUT / "lab" / "lab")
NAME = "demo"
ARTIFACTS = CHECKOUT / "artifacts" / NAME
# Longer than any upgrade of six nodes takes; the probe is ended when the upgrade is.
PROBE_SECONDS = 7200
PROBE_END_SECONDS = 20.0


class Demo:
    """The steps, and how long each of them took."""

    def __init__(self) -> None:
        self.times: list[tuple[str, float]] = []

    def run(self) -> None:
        """Raises CalledProcessError, after saying what failed, at the first step that does."""
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        with self._step("set-up: Debian packages, virtual environment"):
            _call("make", "setup", "CORES=dev")
        with self._step("build: Kubernetes in two versions, etcd, images, packages"):
            _call(LAB, "build", DEFAULT_VERSION, DEFAULT_UPGRADE_TO)
        with self._step("cluster: three control planes, three workers, workloads"):
            _call(LAB, "down", NAME)
            _call(LAB, "up", NAME, f"--version={DEFAULT_VERSION}", f"--upgrade-to={DEFAULT_UPGRADE_TO}")
        with self._step("plan"):
            _play("plan")
        with self._step("upgrade, with clients of the web service and the API beside it"), _probe():
            _play("upgrade")

    def summary(self) -> None:
        """Times, what clients noticed, and where to look next."""
        print("\n== times")
        for name, seconds in self.times:
            print(f"{seconds:8.0f} s  {name}")
        print(f"{sum(seconds for _, seconds in self.times):8.0f} s  in all")
        print("\n== what clients of the cluster noticed during the upgrade", flush=True)
        _call(LAB, "probe-report", str(_samples()))
        print(f"""
== where to look next
report of the run     {_newest_report()}
nodes                 lab/lab kubectl {NAME} get nodes
log in to a node      lab/lab ssh {NAME} cp1
the same run again    export PATH="$(scripts/venv.sh dev)/bin:$PATH"
                      ansible-playbook -i "$(lab/lab inventory {NAME})" playbooks/upgrade.yml
compare with by hand  make bench
take it down          lab/lab down {NAME}""")

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        print(f"\n== {name}", flush=True)
        began = time.monotonic()
        try:
            yield
        finally:
            self.times.append((name, time.monotonic() - began))


def _call(*argv: str) -> None:
    subprocess.run(argv, cwd=CHECKOUT, check=True)


def _output(*argv: str) -> str:
    return subprocess.run(argv, cwd=CHECKOUT, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def _play(verb: str) -> None:
    binaries = Path(_output("scripts/venv.sh", "dev")) / "bin"
    argv = ["ansible-playbook", "-i", _output(LAB, "inventory", NAME), "-e", f"day2_artifacts={ARTIFACTS}"]
    print(f"$ {' '.join(argv)} playbooks/{verb}.yml", flush=True)
    environment = {**os.environ, "PATH": f"{binaries}:{os.environ['PATH']}"}
    subprocess.run([*argv, f"playbooks/{verb}.yml"], cwd=CHECKOUT, env=environment, check=True)


@contextmanager
def _probe() -> Iterator[None]:
    """Ask for the web service and the API all the time; ends with the block, however that ends."""
    argv = [LAB, "probe", NAME, f"--seconds={PROBE_SECONDS}", f"--output={_samples()}"]
    process = subprocess.Popen(argv, cwd=CHECKOUT, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(PROBE_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def _samples() -> Path:
    return ARTIFACTS / "probe.jsonl"


def _newest_report() -> Path:
    reports = sorted(ARTIFACTS.rglob("summary.txt"), key=lambda path: path.stat().st_mtime)
    return reports[-1] if reports else ARTIFACTS


def main() -> int:
    """Returns 0 only if the cluster is upgraded."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    demo = Demo()
    try:
        demo.run()
    except subprocess.CalledProcessError as error:
        print(
            f"\nthe demo ended here: {' '.join(map(str, error.cmd))} ended with status {error.returncode}",
            file=sys.stderr,
        )
        print(
            f"the cluster, if it is there, can be looked at (lab/lab status {NAME}) or taken down (lab/lab down {NAME})"
        )
        return 1
    except KeyboardInterrupt:
        print(f"\ninterrupted; take the cluster down with: lab/lab down {NAME}", file=sys.stderr)
        return 130
    demo.summary()
    return 0


if __name__ == "__main__":
    sys.exit(main())
