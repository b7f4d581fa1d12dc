#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Time what has to stay fast: bench.sh [drain] [forecast] [plan] [upgrade], by default all.
# `drain` empties the same nodes with this collection, kubectl and kubernetes.core, against the API harness.
# `forecast` forecasts the drains of generated clusters, does them, and compares; FORECAST_SEED chooses other ones.
# `plan` plans for 5,000 nodes and 150,000 pods, from a snapshot and over HTTP.
# `upgrade` takes one lab cluster after the other through the same upgrade, by hand and by the product, with the same
# clients beside it.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/.." && pwd)"
cd "$root"
venv="$("$here/venv.sh" dev)"
export PATH="$venv/bin:$PATH" PYTHONPATH="$root:$root/collections"
export E2E_ARTIFACTS="$root/artifacts/bench"
[[ $# -gt 0 ]] || set -- drain forecast plan upgrade

upgrade_by_hand() { lab/lab naive-upgrade bench --to "$1"; }
upgrade_by_product() { ansible-playbook -i "$(lab/lab inventory bench)" -e "day2_artifacts=$E2E_ARTIFACTS" playbooks/upgrade.yml; }

bench_upgrade() {
  local how target started
  target="$(python -c 'from lab.cluster.spec import DEFAULT_UPGRADE_TO; print(DEFAULT_UPGRADE_TO)')"
  trap 'python -m tests.e2e.probe stop bench; lab/lab down bench' EXIT
  for how in hand product; do
    lab/lab down bench
    lab/lab up bench --upgrade-to "$target"
    python -m tests.e2e.probe start bench
    started=$SECONDS
    "upgrade_by_$how" "$target"
    echo "== upgrade by $how: $((SECONDS - started)) s"
    python -m tests.e2e.probe stop bench
    lab/lab probe-report "$E2E_ARTIFACTS/probe.jsonl"
  done
}

for what in "$@"; do
  case "$what" in
    drain) "$("$here/venv.sh" bench)/bin/python" -m tests.bench.drain ;;
    forecast) python -m tests.bench.forecast --seed "${FORECAST_SEED:-1}" ;;
    plan) python -m tests.bench.plan ;;
    upgrade) bench_upgrade ;;
    *) echo "there is no bench $what" >&2; exit 2 ;;
  esac
done
