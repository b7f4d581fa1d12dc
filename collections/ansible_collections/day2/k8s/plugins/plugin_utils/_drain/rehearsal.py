# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drain would do now: for check mode, without asking the API server to evict anything.

Its own arithmetic is needed because a dry-run eviction spends nothing of a budget, so that the server would allow each
pod of a node although it allows only one of them, and because it would be retried for as long as a budget blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from .._model.budget import Budget
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
    """The results of drains of all these nodes together that are only imagined; one of the listings has the budgets.

    One that would be refused refuses all, as in earnest.
    """
    listings = tuple(listings)
    budgets = next((listing.budgets for listing in listings if listing.budgets is not None), ())
    ledger = Ledger(budgets)
    results = [_rehearsed(listing, options, budgets, ledger) for listing in listings]
    if any(result.findings for result in results):
        results = [replace(result, ending=Ending.REFUSED, changed=False) for result in results]
    return tuple(results)


def _rehearsed(listing: Listing, options: DrainOptions, budgets: Sequence[Budget], ledger: Ledger) -> DrainResult:
    decisions = classify(listing.pods, options, missing_daemonsets=listing.missing_daemonsets)
    going = [decision for decision in decisions if decision.treatment is Treatment.EVICT]
    several = [(d.pod, found) for d in going if len(found := budgets_of(d.pod, budgets)) > 1]
    refused = [finding for d in decisions if d.treatment is Treatment.REFUSE for finding in d.findings]
    reports = [_imagined(d, ledger) for d in sorted(decisions, key=lambda d: (d.order, d.pod.ready, d.pod.key))]
    would_move = any(report.action in ("would_evict", "would_wait") for report in reports)
    return DrainResult(
        node=listing.node,
        ending=Ending.DRAINED,
        changed=would_move or not (listing.condition and listing.condition.unschedulable),
        seconds=0.0,
        pods=tuple(sorted(reports, key=lambda report: (report.namespace, report.name))),
        state="nothing was changed",
        findings=(*refused, *(several_budgets(pod, found) for pod, found in several)),
        warnings=(*(w for d in going for w in d.findings), *tolerant(d.pod for d in going)),
    )


def _imagined(decision: Decision, ledger: Ledger) -> PodReport:
    pod = decision.pod
    action, reason = _ACTIONS.get(decision.treatment, "would_evict"), decision.reason
    if decision.treatment is Treatment.EVICT:
        forbidding = ledger.spend(pod)
        if forbidding is not None:
            action, reason = "would_wait", f"budget {forbidding.key}: {needs(forbidding)}"
    return PodReport(pod.namespace, pod.name, action, decision.order, 0, 0.0, reason)
