# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drain would do now: for check mode, without asking the API server to evict anything.

Its own arithmetic is needed because a dry-run eviction spends nothing of a budget, so that the server would allow each
pod of a node although it allows only one of them, and because it would be retried for as long as a budget blocks.
"""

from __future__ import annotations

from .._model.finding import Finding
from .budgets import Ledger, budgets_of, needs, several_budgets
from .classify import Decision, Treatment, classify
from .options import DrainOptions
from .outcome import DrainResult, PodReport
from .protocol import Listing
from .state import Ending


def rehearse(listing: Listing, node: str, options: DrainOptions) -> DrainResult:
    """The result of a drain that is only imagined; ``listing`` has the budgets."""
    decisions = classify(listing.pods, options, missing_daemonsets=listing.missing_daemonsets)
    budgets = listing.budgets or ()
    ledger = Ledger(budgets)
    reports: list[PodReport] = []
    findings: list[Finding] = []
    warnings: list[Finding] = []
    for decision in sorted(decisions, key=lambda d: (d.pod.ready, d.pod.key)):
        covering = budgets_of(decision.pod, budgets)
        if decision.treatment is Treatment.REFUSE:
            findings += decision.findings
        elif decision.treatment is Treatment.EVICT and len(covering) > 1:
            findings.append(several_budgets(decision.pod, covering))
        else:
            warnings += decision.findings
        reports.append(_imagined(decision, ledger))
    would_move = any(report.action in ("would_evict", "would_wait") for report in reports)
    return DrainResult(
        node=node,
        ending=Ending.REFUSED if findings else Ending.DRAINED,
        changed=not findings and (would_move or not listing.unschedulable),
        seconds=0.0,
        pods=tuple(sorted(reports, key=lambda report: (report.namespace, report.name))),
        state="nothing was changed",
        findings=tuple(findings),
        warnings=tuple(warnings),
    )


def _imagined(decision: Decision, ledger: Ledger) -> PodReport:
    pod = decision.pod
    action, reason = _action(decision, ledger)
    return PodReport(pod.namespace, pod.name, action, 0, 0.0, reason)


def _action(decision: Decision, ledger: Ledger) -> tuple[str, str]:
    if decision.treatment is Treatment.IGNORE:
        return "ignored", decision.reason
    if decision.treatment is Treatment.REFUSE:
        return "refused", decision.reason
    if decision.treatment is Treatment.AWAIT:
        return "terminating", decision.reason
    forbidding = ledger.spend(decision.pod)
    if forbidding is None:
        return "would_evict", decision.reason
    return "would_wait", f"budget {forbidding.key}: {needs(forbidding)}"
