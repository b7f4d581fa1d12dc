# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys, tokens and kubeconfigs of one control plane; all of them die with its directory."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from .authority import pem

ADMIN = "harness-admin"
# The components are separate users, so that the audit log tells who did what.
USERS = (ADMIN, "kube-controller-manager", "kube-scheduler", "kwok")


def write_service_account_key(path: Path) -> None:
    """Write the key that signs service-account tokens."""
    path.write_bytes(pem(ec.generate_private_key(ec.SECP256R1())))


def write_tokens(path: Path) -> dict[str, str]:
    """Write the API server's static token file; returns the token of each user."""
    tokens = {user: secrets.token_urlsafe(24) for user in USERS}
    path.write_text("".join(f'{token},{user},{user},"system:masters"\n' for user, token in tokens.items()))
    return tokens


def write_kubeconfig(path: Path, *, server: str, ca: Path, token: str) -> Path:
    """Write a kubeconfig (JSON, which is YAML) with one context."""
    path.write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [
                    {"name": "harness", "cluster": {"server": server, "certificate-authority": str(ca)}},
                ],
                "users": [{"name": "harness", "user": {"token": token}}],
                "contexts": [{"name": "harness", "context": {"cluster": "harness", "user": "harness"}}],
                "current-context": "harness",
            }
        )
    )
    path.chmod(0o600)
    return path
