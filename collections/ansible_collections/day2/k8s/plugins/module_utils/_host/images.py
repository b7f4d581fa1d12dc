# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: the images that the container runtime has, by whichever tool this node offers."""

from __future__ import annotations

import json

from .command import Runner


def present(runner: Runner, runtime_endpoint: str | None) -> set[str] | None:
    """The references of all images on the node, or None when no tool here can tell."""
    endpoint = [f"--runtime-endpoint={runtime_endpoint}"] if runtime_endpoint else []
    completed = runner.run(["crictl", *endpoint, "images", "--output=json"], check=False)
    if completed.rc == 0:
        return parse_crictl(completed.stdout)
    completed = runner.run(["ctr", "--namespace=k8s.io", "images", "list", "--quiet"], check=False)
    return set(completed.stdout.split()) if completed.rc == 0 else None


def parse_crictl(output: str) -> set[str]:
    """The tags in the output of ``crictl images --output=json``."""
    images = json.loads(output).get("images") or ()
    return {tag for image in images for tag in image.get("repoTags") or ()}
