# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's image registry: Debian's docker-registry on a directory of the cache, started where it is wanted.

The images outlive every registry that serves them; several may serve the same directory at once.
"""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.artefacts import cache
from lab.artefacts.command import LabError

PROGRAM = "docker-registry"
CONFIGURATION = Path(__file__).parent / "artefacts" / "files" / "registry.yml"
START_SECONDS = 20.0
STOP_SECONDS = 10.0
# Whatever proxy the machine uses, its own registry is not behind it.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def storage() -> Path:
    """Return the directory that holds the images."""
    return cache.root() / "registry"


def command(address: str, port: int) -> list[str]:
    """Return the command line of a registry that listens on ``address:port`` and stays in the foreground."""
    return [
        "env",
        f"REGISTRY_HTTP_ADDR={address}:{port}",
        f"REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY={storage()}",
        PROGRAM,
        "serve",
        str(CONFIGURATION),
    ]


@contextmanager
def serve(address: str, port: int) -> Iterator[str]:
    """Run a registry for the length of a ``with`` block; gives its URL once it answers.

    :raises LabError: it is not installed, or does not answer within ``START_SECONDS``
    """
    storage().mkdir(parents=True, exist_ok=True)
    log = cache.log_file("registry")
    url = f"http://{address}:{port}"
    with log.open("w") as output:
        process = subprocess.Popen(command(address, port), stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        _wait(process, url, log)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with _direct.open(f"{url}/v2/", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
            if process.poll() is not None:
                raise LabError(f"the registry ended with exit code {process.returncode}; see {log}") from error
            if time.monotonic() > deadline:
                raise LabError(f"the registry does not answer at {url}: {error}; see {log}") from error
        time.sleep(0.1)
