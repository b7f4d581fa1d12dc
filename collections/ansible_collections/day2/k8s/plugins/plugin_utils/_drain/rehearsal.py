# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drain would do now: for check mode, without asking the API server to evict anything.

Its own arithmetic is needed because a dry-run eviction spends nothing of a budget, so that the server would allow each
pod of a node although it allows only one of them, and because it would be retried for as long as a budget blocks.
"""

from __future__ import annotations

from collections.abc import Iterable

from .._model.finding import Finding
from .budgets import Ledger, budgets_of, needs, several_budgets
from .classify import Decision, Treatment, classify
from .options import DrainOptions
from .outcome import DrainResult, PodReport
from .protocol import Listing
from .returning import tolerant
from .state import Ending

_ACTIONS = {
    Treatment.IGNORE: "ignored",
    Treatment.REFUSE: "refused",
    Treatment.AWAIT: "terminating",
    Treatment.COMPLETE: "would_wait",
}


def rehearse(listings: Iterable[Listing], options: DrainOptions) -> tuple[DrainResult, ...]:
    """The results of drains that are only imagined, of all these nodes together; the first listing has the budgets.

    One that would be refused refuses all, as in earnest.
    """
    listings = tuple(listings)
    budgets = next((listing.budgets for listing in listings if listing.budgets is not None), ())
    ledger = Ledger(budgets)
    results = []
    for listing in listings:
        decisions = classify(listing.pods, options, missing_daemonsets=listing.missing_daemonsets)
        findings: list[Finding] = []
        warnings: list[Finding] = tolerant(d.pod for d in decisions if d.treatment is Treatment.EVICT)
        for decision in decisions:
            covering = budgets_of(decision.pod, budgets)
            if decision.treatment is Treatment.REFUSE:
                findings += decision.findings
            elif decision.treatment is Treatment.EVICT and len(covering) > 1:
                findings.append(several_budgets(decision.pod, covering))
            else:
                warnings += decision.findings
        results.append((listing, decisions, findings, warnings))
    refused = any(findings for _listing, _decisions, findings, _warnings in results)
    return tuple(
        _result(listing, [_imagined(d, ledger) for d in _in_order(decisions)], findings, warnings, refused=refused)
        for listing, decisions, findings, warnings in results
    )


def _in_order(decisions: Iterable[Decision]) -> list[Decision]:
    return sorted(decisions, key=lambda d: (d.order, d.pod.ready, d.pod.key))


def _result(
    listing: Listing, reports: list[PodReport], findings: list[Finding], warnings: list[Finding], *, refused: bool
) -> DrainResult:
    would_move = any(report.action in ("would_evict", "would_wait") for report in reports)
    cordoned = listing.condition is not None and listing.condition.unschedulable
    return DrainResult(
        node=listing.node,
        ending=Ending.REFUSED if refused else Ending.DRAINED,
        changed=not refused and (would_move or not cordoned),
        seconds=0.0,
        pods=tuple(sorted(reports, key=lambda report: (report.namespace, report.name))),
        state="nothing was changed",
        findings=tuple(findings),
        warnings=tuple(warnings),
    )


def _imagined(decision: Decision, ledger: Ledger) -> PodReport:
    action, reason = _ACTIONS.get(decision.treatment, ""), decision.reason
    if decision.treatment is Treatment.EVICT:
        forbidding = ledger.spend(decision.pod)
        action = "would_wait" if forbidding else "would_evict"
        reason = f"budget {forbidding.key}: {needs(forbidding)}" if forbidding else reason
    return PodReport(decision.pod.namespace, decision.pod.name, action, decision.order, 0, 0.0, reason)
