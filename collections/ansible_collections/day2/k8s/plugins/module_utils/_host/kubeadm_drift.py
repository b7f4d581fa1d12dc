# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: what was set by hand on this control plane and would vanish with an upgrade."""

from __future__ import annotations

from typing import Any

from . import apiserver, kubeadm_render
from .command import CommandError, Runner
from .files import Files
from .https import HttpError
from .kubeadm_render import Arguments


def observe(runner: Runner, files: Files) -> dict[str, Any]:
    """``unexplained_arguments``, None where kubeadm or the cluster does not tell, and why not."""
    try:
        configuration = str(apiserver.kubeadm_config(files).get("ClusterConfiguration", ""))
        rendered = kubeadm_render.rendered(runner, files, configuration)
    except (CommandError, HttpError, OSError) as error:
        return {"unexplained_arguments": None, "unexplained_arguments_error": str(error)}
    return {
        "unexplained_arguments": unexplained(kubeadm_render.live(files), rendered),
        "unexplained_arguments_error": "",
    }


def unexplained(live: Arguments, rendered: Arguments) -> list[dict[str, Any]]:
    """Arguments that kubeadm would not write, or would write otherwise; what it would add takes nothing away."""
    return [
        {"component": component, "argument": name, "value": value, "rendered": rendered[component].get(name)}
        for component, arguments in live.items()
        for name, value in sorted(arguments.items())
        if rendered[component].get(name) != value
    ]
