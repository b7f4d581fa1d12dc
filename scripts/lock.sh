#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Resolve requirements/*.in into requirements/*.txt, in which everything, also the indirect, has one exact version.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cd "$here/../requirements"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

for input in *.in; do
  name="${input%.in}"
  minor="$(sed -n 's/^# python: //p' "$input")"
  "$("$here/python.sh" "$minor")" -m venv "$scratch/$name"
  "$scratch/$name/bin/pip" install --quiet --disable-pip-version-check --dry-run --ignore-installed \
    --report "$scratch/$name.json" -r "$input"
  "$scratch/$name/bin/python" - "$scratch/$name.json" "$input" "$minor" >"$scratch/$name.txt" <<'PYTHON'
import json
import sys

report, source, python = sys.argv[1:]
print(f"# Written by `make lock` from {source}; the reasons for direct pins are there.\n# python: {python}")
packages = (entry["metadata"] for entry in json.load(open(report, encoding="utf-8"))["install"])
for package in sorted(packages, key=lambda p: p["name"].lower()):
    print(f"{package['name']}=={package['version']}")
PYTHON
  mv "$scratch/$name.txt" "$name.txt"
  echo "requirements/$name.txt: $(grep -c == "$name.txt") packages"
done
