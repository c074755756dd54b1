# One door. `make` lists the targets; each of them installs what it needs first.
PY ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export UV_PROJECT_ENVIRONMENT := $(VENV)
export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS ?= true

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types arrows format check bench bench-quick faults clean

help:  ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Python's own venv; on Debian it is a package of its own, installed where we may, else named.
$(BIN)/python:
	@$(PY) -c 'import ensurepip, venv' 2>/dev/null || $(VENV_PACKAGE)
	@$(PY) -m venv $(VENV)

VENV_PACKAGE = if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing the Debian packages python3-venv and ca-certificates"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv ca-certificates >/dev/null; \
	else echo "python3-venv is missing. On Debian: sudo apt-get install python3-venv" >&2; exit 1; fi

# uv from PATH where there is one, else from the environment itself; pip as the last resort.
$(STAMP): pyproject.toml $(wildcard uv.lock) | $(BIN)/python
	@echo "installing into $(VENV) (about 1.2 GB with the tools for development)"
	@command -v uv >/dev/null || test -x $(BIN)/uv || $(BIN)/python -m pip install -q --disable-pip-version-check uv || true
	@UV=$$(command -v uv || echo $(BIN)/uv); \
	  $$UV sync -q --frozen --inexact --compile-bytecode --group dev 2>$(VENV)/uv.log \
	  || { echo "uv could not install ($$(tail -n 1 $(VENV)/uv.log)); trying pip" >&2; $(BIN)/python -m pip install -q --disable-pip-version-check -e '.[dev]'; }
	@touch $@

# What the tests start beside ours. Where it cannot be installed, its tests are skipped and say so.
SYSTEM := $(VENV)/.system
# Debian's package, and what it brings, by any of its names.
PARTS = chromium=chromium,chromium-browser,google-chrome mosquitto=mosquitto \
  rabbitmq-server=rabbitmq-server postgresql=postgres xvfb=Xvfb prometheus=prometheus
$(SYSTEM): Makefile | $(BIN)/python
	@PATH="$$PATH:/usr/sbin:$$(echo /usr/lib/postgresql/*/bin | tr ' ' ':')"; WANTED=""; \
	for PART in $(PARTS); do FOUND=; \
	  for NAME in $$(echo $${PART#*=} | tr ',' ' '); do command -v $$NAME >/dev/null && FOUND=1; done; \
	  [ -n "$$FOUND" ] || WANTED="$$WANTED $${PART%%=*}"; done; \
	$(BIN)/python -c 'import tkinter' 2>/dev/null || WANTED="$$WANTED python3-tk"; \
	if [ -z "$$WANTED" ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing Debian packages that the tests start (chromium: 400 MB):$$WANTED"; \
	  apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq $$WANTED >/dev/null \
	  || echo "could not be installed; their tests will be skipped:$$WANTED" >&2; \
	else echo "missing, their tests will be skipped. On Debian: sudo apt-get install$$WANTED" >&2; fi
	@touch $@

setup: $(STAMP)  ## install everything into .venv

demo: $(STAMP)  ## a small world seen by four cameras, live, with its dashboard; films and scores where no terminal is
	@$(BIN)/camweave demo

test: $(STAMP) $(SYSTEM)  ## run all tests
	@$(BIN)/python -m pytest -q -n auto --dist worksteal $(ARGS)

lint: $(STAMP)  ## formatting and lint
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .

types: $(STAMP)  ## mypy --strict
	@$(BIN)/mypy

arrows: $(STAMP)  ## the import contract
	@$(BIN)/lint-imports

format: $(STAMP)  ## format the code and mend what lint can mend
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

check: lint types arrows test  ## all that CI runs

bench: $(STAMP)  ## every figure of docs/benchmarks.md, peers beside ours (installs the peers into .venv-bench*)
	@$(BIN)/python -m benchmarks $(ARGS)

bench-quick: $(STAMP)  ## our own figures only
	@$(BIN)/python -m benchmarks --no-peers $(ARGS)

faults: $(STAMP)  ## what is lost when parts of a site on many machines die (half an hour)
	@$(BIN)/python -m benchmarks.faults $(ARGS)

clean:  ## remove the environments and caches
	@rm -rf .venv .venv-bench* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
