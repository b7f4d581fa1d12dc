# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: what the installed kubeadm would write for this node's control plane, without writing it.

The installed kubeadm, for the version that the manifests have: what it would not write as they stand was set by hand
and would vanish; what only the target's would write otherwise is kubeadm's own business. Etcd is left out: a member
that joined rightly differs from what ``kubeadm init`` would write.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from . import apiserver, static_pods
from .command import Runner
from .files import Files

COMPONENTS = tuple(component for component in static_pods.COMPONENTS if component != static_pods.ETCD)
_API_VERSION = re.compile(r"^apiVersion: (kubeadm\.k8s\.io/\S+)$", re.MULTILINE)
_KUBERNETES_VERSION = re.compile(r"^kubernetesVersion: .*$", re.MULTILINE)
_TIMEOUT_SECONDS = 30

Arguments = Mapping[str, Mapping[str, str]]


def live(files: Files) -> Arguments:
    """Component to the arguments in its manifest."""
    return {component: static_pods.arguments(files, component) for component in COMPONENTS}


def rendered(runner: Runner, files: Files, cluster_configuration: str, *, patches: str | None = None) -> Arguments:
    """The same as kubeadm would write them; raises CommandError when it does not.

    ``cluster_configuration`` is that of the ConfigMap kubeadm-config; ``patches`` a directory on the node.
    """
    root = Path(tempfile.mkdtemp(prefix="day2-kubeadm-"))
    try:
        manifests = Files(root).path(static_pods.MANIFESTS)
        manifests.mkdir(parents=True)
        configuration = root / "kubeadm.yaml"
        configuration.write_text(_configuration(files, cluster_configuration, patches), encoding="utf-8")
        command = ["kubeadm", "init", "phase", "control-plane", "all", "--dry-run", f"--config={configuration}"]
        # Without it a dry run writes to a new directory below /etc/kubernetes/tmp, and leaves it there.
        environment = {"KUBEADM_INIT_DRYRUN_DIR": str(manifests)}
        runner.run(command, timeout_seconds=_TIMEOUT_SECONDS, environment=environment)
        return live(Files(root))
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _configuration(files: Files, cluster_configuration: str, patches: str | None) -> str:
    """With this node's own address, port and version; JSON, which is YAML too, because a node need not have PyYAML."""
    arguments = static_pods.arguments(files, static_pods.CONTROL_PLANE)
    version = _API_VERSION.search(cluster_configuration)
    running = static_pods.versions(files).get(static_pods.CONTROL_PLANE)
    if running:  # while an upgrade is under way another one is in kubeadm-config, which an older kubeadm refuses
        cluster_configuration = _KUBERNETES_VERSION.sub(f"kubernetesVersion: v{running}", cluster_configuration)
    node = {
        "apiVersion": version[1] if version else "kubeadm.k8s.io/v1beta4",
        "kind": "InitConfiguration",
        "localAPIEndpoint": {
            "advertiseAddress": arguments.get("advertise-address", "127.0.0.1"),
            "bindPort": apiserver.port(arguments),
        },
        # Named, so that kubeadm neither looks for a runtime nor asks for the machine's name.
        "nodeRegistration": {"name": "node", "criSocket": "unix:///run/unused.sock"},
        # Not as --patches, which kubeadm does not take together with --config.
        **({"patches": {"directory": patches}} if patches else {}),
    }
    return f"{cluster_configuration.rstrip()}\n---\n{json.dumps(node)}\n"
