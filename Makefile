# Every target sets up what it needs: make and a Python of 3.12 or 3.13 are enough.
SHELL := /bin/bash
UV_VERSION := 0.13.9
UV := $(shell command -v uv || echo .uv/bin/uv)
PYTHON := $(shell for name in python3.12 python3.13 python3; do \
  $$name -c 'import sys; sys.exit(not (3, 12) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
  && command -v $$name && break; done)
BIN := .venv/bin

.PHONY: help setup setup-all sweep test test-all chromium bench check format lock clean

help:
	@echo "make setup      .venv from the lock file, hierbench in it"
	@echo "make sweep      the main job: four parameterizations over Sacramento homes, 48 fits"
	@echo "make test       the quick tests"
	@echo "make test-all   all tests"
	@echo "make bench      the forms side by side, and a sweep against a hand-written loop"
	@echo "make check      format, lint, types, layers"
	@echo "make lock       write the lock files anew"

setup: .venv/ready

setup-all: .venv/ready-all

.venv/ready: requirements.lock pyproject.toml .python-version | $(UV)
	$(call install,requirements.lock)

.venv/ready-all: requirements-all.lock pyproject.toml .python-version | $(UV)
	$(call install,requirements-all.lock)
	@touch .venv/ready

# The builder is in the lock file, so that nothing is resolved anew.
define install
	@test -n "$(PYTHON)" || { echo "no Python 3.12 or 3.13 found: install one, then try again"; exit 2; }
	test -x $(BIN)/python || $(UV) venv --python "$(PYTHON)" .venv
	$(UV) pip sync --compile-bytecode --python $(BIN)/python --require-hashes $(1)
	$(UV) pip install --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@
endef

.uv/bin/uv:
	@test -n "$(PYTHON)" || { echo "no Python 3.12 or 3.13 found: install one, then try again"; exit 2; }
	"$(PYTHON)" -m venv .uv
	.uv/bin/pip install --quiet uv==$(UV_VERSION)

sweep: setup
	$(BIN)/hierbench sweep experiments=quickstart

test: setup
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist loadfile --no-loadscope-reorder

test-all: setup-all chromium
	$(BIN)/python -m pytest
	$(BIN)/python -m tests.kills

# The browser tests drive it; without it they are skipped and say so.
chromium:
	@command -v chromium chromium-browser google-chrome >/dev/null \
	|| { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
	  && apt-get install -y --no-install-recommends chromium >/dev/null; } \
	|| echo "no chromium here: install it (Debian: apt-get install chromium), or the browser tests are skipped"

bench: setup
	$(BIN)/python -m tests.benchmarks.diagnose
	$(BIN)/python -m tests.benchmarks.verbs --json tests/benchmarks/verbs.json
	$(BIN)/python -m tests.benchmarks.forms --json tests/benchmarks/forms.json
	$(BIN)/python -m tests.benchmarks.sweep_cost --json tests/benchmarks/sweep_cost.json

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/contract/test_layers.py

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: | $(UV)
	$(UV) pip compile pyproject.toml --universal --generate-hashes --extra test -o requirements.lock
	$(UV) pip compile pyproject.toml --universal --generate-hashes --all-extras -o requirements-all.lock

clean:
	rm -rf .venv .uv
