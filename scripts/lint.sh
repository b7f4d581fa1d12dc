#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every static check, each with its time; all run, then one answer. Needs the environment `dev`, no network.
set -uo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cd "$here/.."
bin="$("$here/venv.sh" dev)/bin" || exit 1
export PATH="$bin:$PATH" LC_ALL=C.UTF-8 NO_COLOR=1 ANSIBLE_NOCOLOR=1

collection=collections/ansible_collections/day2/k8s
results="$(mktemp -d)"
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$results"' EXIT

# Run one check, print a line, and its output if it fails; a file of its name tells the end of the script.
run() {
  local name="$1" started=$EPOCHREALTIME output status
  shift
  output="$("$@" 2>&1)"
  status=$?
  printf '%-28s %-6s %5.1f s\n%s' "$name" "$([[ $status -eq 0 ]] && echo ok || echo FAILED)" \
    "$(awk "BEGIN {print $EPOCHREALTIME - $started}")" "$([[ $status -eq 0 ]] || printf '%s\n ' "$output")"
  [[ $status -eq 0 ]] || touch "$results/$name"
}

render_execution_environment() {
  local context
  context="$(mktemp -d)"
  ansible-builder create --file execution-environment.yml --context "$context" >/dev/null
  local status=$?
  rm -rf "$context"
  return $status
}

shell_syntax() {
  local file status=0
  while IFS= read -r file; do bash -n "$file" || status=1; done < <(git ls-files '*.sh' .ci/run)
  return $status
}

# As slow as all the others together, so it goes beside them.
run "ansible-lint" ansible-lint --offline --profile production &
run "ruff check" ruff check .
run "ruff format" ruff format --check .
# Each part is checked against the oldest Python that it must run on; the lab and the tests run on Debian 12's.
run "mypy, controller side" mypy --python-version 3.10 "$collection/plugins/plugin_utils" "$collection/plugins/action"
run "mypy, node side" mypy --python-version 3.10 "$collection/plugins/module_utils" "$collection/plugins/modules"
run "mypy, lab and tests" mypy --python-version 3.11 lab tests scripts
run "yamllint" yamllint --strict .
run "shell syntax" shell_syntax
run "changelog fragments" env --chdir="$collection" antsibull-changelog lint
run "execution environment" render_execution_environment

wait

if failed="$(ls -A "$results")" && [[ -n "$failed" ]]; then
  echo "lint failed: $(paste -sd, <<<"$failed")" >&2
  exit 1
fi
