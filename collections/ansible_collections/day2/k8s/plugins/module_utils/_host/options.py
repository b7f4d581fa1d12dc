# SPDX-License-Identifier: GPL-3.0-or-later
"""Private to the collection: the options that several modules share, one table per concern."""

from __future__ import annotations

from typing import Any

# Of the action plugin alone: where the API is, and the open run whose fence and journal apply. The module takes and
# ignores them, so that its documentation and its specification stay one. Defaults from the environment are the
# controller's, not the node's.
CONTROLLER_OPTIONS: dict[str, Any] = {
    "run": {"type": "dict"},
    "node": {"type": "str"},
    "kubeconfig": {"type": "raw", "no_log": True},
    "context": {"type": "str"},
    "host": {"type": "str"},
    "api_key": {"type": "str", "no_log": True},
    "ca_cert": {"type": "path", "aliases": ["ssl_ca_cert"]},
    "client_cert": {"type": "path", "aliases": ["cert_file"]},
    "client_key": {"type": "path", "no_log": True, "aliases": ["key_file"]},
    "validate_certs": {"type": "bool", "aliases": ["verify_ssl"]},
    "proxy": {"type": "str"},
}

# How the action plugin asks for long work again and again (see work.py); it makes an id up where none is given.
WORK_OPTIONS: dict[str, Any] = {
    "work_id": {"type": "str"},
    "wait_seconds": {"type": "int", "default": 20},
}

PACKAGES_OPTIONS: dict[str, Any] = {
    **WORK_OPTIONS,
    "packages": {"type": "dict", "required": True},
    "packages_if_installed": {"type": "dict", "default": {}},
    "hold": {"type": "bool", "default": True},
    "download_only": {"type": "bool", "default": False},
    "lock_timeout": {"type": "int", "default": 300},
    "timeout": {"type": "int", "default": 900},
}

KUBEADM_UPGRADE_OPTIONS: dict[str, Any] = {
    **WORK_OPTIONS,
    "kubernetes_version": {"type": "str", "required": True},
    "mode": {"type": "str", "choices": ["apply", "node", "none"]},
    "certificate_renewal": {"type": "bool", "default": True},
    "ignore_preflight_errors": {"type": "list", "elements": "str", "default": []},
    "unwanted_kubelet_flags": {"type": "list", "elements": "str"},
    "timeout": {"type": "int", "default": 1800},
}

KUBEADM_IMAGES_OPTIONS: dict[str, Any] = {
    **WORK_OPTIONS,
    "kubernetes_version": {"type": "str", "required": True},
    "image_repository": {"type": "str"},
    "timeout": {"type": "int", "default": 1800},
}

ETCD_SNAPSHOT_OPTIONS: dict[str, Any] = {
    "directory": {"type": "path"},
    "recipient": {"type": "str", "default": ""},
    "keep": {"type": "int", "default": 10},
    # Between the action and the module: the bundle is taken, read piece by piece, and discarded.
    "state": {"type": "str", "choices": ["taken", "read", "discarded"], "default": "taken"},
    "bundle_name": {"type": "str"},
    "offset": {"type": "int", "default": 0},
}

KUBELET_RESTART_OPTIONS: dict[str, Any] = {
    **WORK_OPTIONS,
    "kubernetes_version": {"type": "str"},
    "timeout": {"type": "int", "default": 300},
}

APISERVER_ISOLATION_OPTIONS: dict[str, Any] = {
    "state": {"type": "str", "choices": ["isolated", "rejoined"], "default": "isolated"},
    "peers": {"type": "list", "elements": "str"},
    "redirect": {"type": "bool", "default": True},
    "hook": {
        "type": "dict",
        "default": {},
        "options": {
            "isolate": {"type": "list", "elements": "str", "default": []},
            "rejoin": {"type": "list", "elements": "str", "default": []},
            "timeout": {"type": "int", "default": 20},
        },
    },
    "undo_after": {"type": "int", "default": 600},
    "ready_timeout": {"type": "int", "default": 180},
}

NODE_FAULT_OPTIONS: dict[str, Any] = {
    "scenario": {"type": "str", "default": ""},
    "state": {"type": "str", "choices": ["begun", "ended"], "default": "begun"},
    "fault": {"type": "str", "choices": ["static_pod", "apiserver_port", "network"]},
    "component": {
        "type": "str",
        "choices": ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"],
    },
    "undo_after": {"type": "int", "default": 90},
}
NODE_FAULT_RULES: dict[str, Any] = {
    "required_if": [("state", "begun", ("fault",)), ("fault", "static_pod", ("component",))],
}
