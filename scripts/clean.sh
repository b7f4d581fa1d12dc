#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Take the lab's clusters down and remove what make left in the checkout. Caches outside of it stay, and are named.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cd "$here/.."
lab/lab down --all
rm -rf artifacts .mypy_cache .ruff_cache .pytest_cache .ansible collections/ansible_collections/day2/k8s/tests/output
find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
echo "caches that stay: ${XDG_CACHE_HOME:-$HOME/.cache}/day2-k8s ${DAY2_LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/day2-lab}"
