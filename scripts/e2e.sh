#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Run end-to-end scenarios on lab clusters: e2e.sh [SCENARIO...], by default all of molecule/.
# The evidence of each stays in artifacts/e2e/SCENARIO; its cluster does not.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/.." && pwd)"
cd "$root"
venv="$("$here/venv.sh" dev)"
# Strict: the inventory is no argument of the playbooks that make it and remove it.
export PATH="$venv/bin:$PATH" PYTHONPATH="$root" MOLECULE_ANSIBLE_ARGS_STRICT_MODE=1
# A log is to be read, not to shine.
[[ -t 1 ]] || export NO_COLOR=1 ANSIBLE_NOCOLOR=1 MOLECULE_COMMAND_BORDERS=false

if [[ $# -eq 0 ]]; then
  for scenario in molecule/*/molecule.yml; do set -- "$@" "$(basename "$(dirname "$scenario")")"; done
fi

molecule=""
# molecule's own clean-up does not run when it is ended from outside. Nothing here may fail: it would end the trap at
# once, and with it the script with a status that is not the scenario's.
clean_up() {
  if [[ -n "$molecule" ]]; then kill "$molecule" 2>/dev/null || true; fi
  python -m tests.e2e.probe stop "$E2E_CLUSTER" || true
  lab/lab down "$E2E_CLUSTER" || true
}

for scenario in "$@"; do
  export E2E_CLUSTER="e2e-$scenario" E2E_ARTIFACTS="$root/artifacts/e2e/$scenario"
  export E2E_RESULTS="$root/artifacts/test-results/e2e-$scenario.xml"
  rm -rf "$E2E_ARTIFACTS"
  mkdir -p "$E2E_ARTIFACTS" "$root/artifacts/test-results"
  # Where the lab will put the inventory, and the versions that the project is developed with, from the lab itself.
  read -r E2E_INVENTORY E2E_VERSION E2E_UPGRADE_TO < <(python -c '
import sys
from lab.cluster import record, spec
print(record.directory(sys.argv[1]) / "inventory", spec.DEFAULT_VERSION, spec.DEFAULT_UPGRADE_TO)' "$E2E_CLUSTER")
  export E2E_INVENTORY E2E_VERSION E2E_UPGRADE_TO
  trap clean_up EXIT
  trap 'exit 143' TERM
  trap 'exit 130' INT
  # In the background, so that bash answers to a signal at once.
  molecule test --scenario-name "$scenario" &
  molecule=$!
  wait "$molecule"
  molecule=""
done
