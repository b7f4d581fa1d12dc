# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a cluster as text: a line for each gate, what is wrong and what to do about it, the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._model.finding import Finding, Verdict
from .findings_text import paragraphs_of
from .text import columns


def render_check(
    verdicts: Iterable[Verdict],
    findings: Sequence[Finding],
    accepted: Sequence[Mapping[str, Any]],
    *,
    passed: bool,
    what: str = "an upgrade",
    environment: str,
    cluster_uid: str,
) -> str:
    """``accepted`` as of ``Accepted.to_dict``; ``what`` is to be begun."""
    header = columns([("CHECK", "gates of the cluster"), ("environment", environment or "-"), ("cluster", cluster_uid)])
    gates = columns([("gate", "verdict"), *((verdict.gate, verdict.outcome.value) for verdict in verdicts)])
    verdict = f"VERDICT passed: {what} may begin" if passed else f"VERDICT refused: {what} would not begin"
    return "\n\n".join(["\n".join(header), "\n".join(gates), *paragraphs_of(findings, accepted), verdict])
