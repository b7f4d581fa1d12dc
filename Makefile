# Commands for people and for CI; `make help` lists them. What a command needs, it sets up itself.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# ansible-core versions that are supported: newest (with the development tools), between, oldest.
CORES := dev core-2.19 core-2.16
# One environment, or one test file, may be chosen: make unit CORES=dev UNIT=path/to/test_file.py
UNIT ?= collections/ansible_collections/day2/k8s/tests/unit tests/unit
INTEGRATION ?= tests/integration
# What depends on ansible-core, and so runs on every version of it: whole playbooks, in check mode.
PLAYBOOK_CHECK := tests/integration/test_playbooks.py::test_an_upgrade_in_check_mode_changes_nothing_and_complains_about_nothing

.PHONY: help setup check test e2e bench demo lab lint unit repository sanity integration lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install what the other commands need: Debian packages (as root), virtual environments
	@scripts/setup.sh $(CORES)

check: lint ## What one runs every few minutes: lint, unit and repository tests on the newest ansible-core
	@scripts/pytest.sh check dev $(UNIT) tests/repository

test: ## Everything CI runs: set-up, lint, unit, sanity, integration, one end-to-end upgrade
	@python3 -m scripts.pipeline

lint: ## ruff, mypy, yamllint, ansible-lint (production), changelog, execution environment
	@scripts/lint.sh

unit: ## Unit tests on every supported ansible-core
	@for core in $(CORES); do scripts/pytest.sh unit "$$core" $(UNIT); done

repository: ## Rules that the whole repository keeps: layers, argument specifications, codes, forbidden words
	@scripts/pytest.sh repository dev tests/repository

sanity: ## ansible-test sanity on every supported ansible-core
	@for core in $(CORES); do scripts/sanity.sh "$$core"; done

integration: ## Real etcd, API server, controllers and scheduler with KWOK nodes; whole playbooks in check mode
	@scripts/pytest.sh integration dev $(INTEGRATION)
	@for core in $(filter-out dev,$(CORES)); do scripts/pytest.sh integration "$$core" $(PLAYBOOK_CHECK); done

e2e: ## Every end-to-end scenario on lab clusters
	@scripts/e2e.sh

bench: ## Time what must stay fast, against the API harness and on a lab cluster
	@scripts/bench.sh

demo: ## From nothing to an upgraded highly available cluster, with a summary
	@python3 -m scripts.demo

lab: ## Build everything that the lab's clusters are made of
	@lab/lab build

lock: ## Resolve requirements/*.in into exact versions, after a change there
	@scripts/lock.sh

clean: ## Take the lab's clusters down and remove what make left in the checkout (caches outside it stay)
	@scripts/clean.sh
