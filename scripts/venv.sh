#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Print the directory of a virtual environment (venv.sh dev), building it first if it is not there.
#
# Environments live outside the checkout, one per content of requirements/NAME.txt, so every clone starts warm and a
# changed pin gives a new one. One is marked when it is complete; the unmarked leftover of an interrupted build is
# dropped. Two processes that want the same one build it once.
set -euo pipefail

name="${1:?usage: venv.sh NAME, a file of requirements/}"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
requirements="$here/../requirements/$name.txt"
[[ -f "$requirements" ]] || { echo "there is no requirements/$name.txt" >&2; exit 1; }

minor="$(sed -n 's/^# python: //p' "$requirements")"
hash="$(sha256sum "$requirements" | cut -c1-12)"
root="${XDG_CACHE_HOME:-$HOME/.cache}/day2-k8s/venvs"
target="$root/$name-$hash"

# Also an interpreter that was removed since makes an environment unusable.
usable() { [[ -e "$target/.complete" ]] && "$target/bin/python" -c '' 2>/dev/null; }

if ! usable; then
  mkdir -p "$root"
  exec 9>"$root/$name.lock"
  flock 9
  if ! usable; then
    python="$("$here/python.sh" "$minor")"
    started=$SECONDS
    echo "building the virtual environment $name with $python (expected about 60 s)" >&2
    # A virtual environment has its own path in its scripts, so it is built in place and marked when complete.
    rm -rf "$target"
    "$python" -m venv "$target" >&2 9>&-
    "$target/bin/pip" install --quiet --disable-pip-version-check --no-input --no-deps -r "$requirements" >&2 9>&-
    "$target/bin/pip" check --disable-pip-version-check >&2
    touch "$target/.complete"
    echo "built $target in $((SECONDS - started)) s" >&2
  fi
fi
echo "$target"
