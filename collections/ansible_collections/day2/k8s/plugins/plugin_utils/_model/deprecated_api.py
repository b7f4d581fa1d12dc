# SPDX-License-Identifier: GPL-3.0-or-later
"""APIs on their way out that somebody still asks for, as an API server counts them."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass

_METRIC = "apiserver_requested_deprecated_apis{"
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class DeprecatedApi:
    """``removed_in`` is the minor (of major 1) that no longer serves it; ``group`` is empty for the core group."""

    group: str
    version: str
    resource: str
    removed_in: int

    @property
    def name(self) -> str:
        """``flowschemas.v1beta3.flowcontrol.apiserver.k8s.io``."""
        return ".".join(filter(None, (self.resource, self.version, self.group)))

    def to_dict(self) -> dict[str, str | int]:
        return asdict(self)


def requested(metrics: str) -> tuple[DeprecatedApi, ...]:
    """From an API server's metrics: those asked for since it started, each once, by name."""
    found = set()
    for line in metrics.splitlines():
        if line.startswith(_METRIC) and not line.endswith(" 0"):
            labels = dict(_LABEL.findall(line))
            major, _dot, minor = labels.get("removed_release", "").partition(".")
            if major == "1" and minor.isdigit():
                found.add(
                    DeprecatedApi(
                        labels.get("group", ""), labels.get("version", ""), labels.get("resource", ""), int(minor)
                    )
                )
    return tuple(sorted(found, key=lambda api: api.name))
