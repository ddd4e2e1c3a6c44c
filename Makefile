# Needs make and Python 3.11 or later with its venv module; everything else is pinned below.
SHELL := /bin/bash
.DEFAULT_GOAL := demo
.PHONY: install check test browser demo specs faults clients bench

VENV := .venv
BIN := $(VENV)/bin
PYTHON := $(shell for p in python3.11 python3 python3.12 python3.13; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& command -v $$p && break; done)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
CHROMIUM ?= /usr/bin/chromium
export MIGRATOR_CHROMIUM := $(CHROMIUM)

# A stamp is named after what was installed: same pins, nothing to do, no network.
hash = $(shell cat $(1) | cksum | cut -d' ' -f1)
RUNTIME := $(VENV)/runtime-$(call hash,requirements.txt)
DEV := $(VENV)/dev-$(call hash,requirements.txt tests/requirements.txt)

install: $(DEV)

$(BIN)/python:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or later with venv is needed:" \
		"on Debian, apt-get install python3 python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): | $(BIN)/python
	$(PIP) -r requirements.txt
	@touch $@

$(DEV): | $(BIN)/python
	$(PIP) -r requirements.txt -r tests/requirements.txt
	@touch $@ $(RUNTIME)

SIZE ?= small
DESTINATION ?= salesforce
FAULTS ?= none
flag = $(if $(filter 1,$($(1))),$(2))

demo: $(RUNTIME)
	$(BIN)/python manage.py demo --size $(SIZE) --destination $(DESTINATION) --faults $(FAULTS) \
		$(call flag,EXIT,--exit) $(call flag,ROLLBACK,--rollback) $(call flag,PLANT,--plant) \
		$(call flag,FULL,--full)

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py check
	$(BIN)/python manage.py makemigrations --check --dry-run

# A file of tests stays in one process, with what it has set up; the long ones come first.
PROCESSES ?= 3
PYTEST := $(BIN)/pytest --dist loadfile --no-loadscope-reorder

# Both databases are tried at once, whatever one of them says; a missing browser fails at the end.
test: $(DEV) check
	@status=0; without=$$([ -x "$(CHROMIUM)" ] || echo 1); \
	unset DATABASE_URL; export MIGRATOR_NO_BROWSER=$$without; \
	folder=$$(mktemp -d); log=$$(mktemp); \
	PGOPTIONS="-c synchronous_commit=off" $(BIN)/python -m migrator.embedded postgres $$folder \
		$(PYTEST) -n 1 -m "(database or postgres) and not browser and not faults" > $$log 2>&1 & other=$$!; \
	echo "== SQLite"; $(PYTEST) -n $(PROCESSES) -m "not faults" || status=1; \
	wait $$other || status=1; echo "== PostgreSQL"; cat $$log; \
	echo "== Alone"; $(BIN)/pytest -m alone || status=1; \
	rm -rf $$folder $$log; \
	if [ -n "$$without" ]; then status=1; \
		echo "The browser tests named above were not run: no $(CHROMIUM). Run: make browser" >&2; \
	fi; exit $$status

browser:
	@[ -x "$(CHROMIUM)" ] || { [ "$$(id -u)" = 0 ] && apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; } \
		|| { echo "Chromium is not there and could not be installed; as root on Debian:" \
		"make browser" >&2; exit 1; }

specs: $(DEV)
	$(BIN)/python tests/specs_check.py $(SPECS)

SEEDS ?= 25
faults: $(DEV)
	$(BIN)/pytest tests -m faults --seeds $(SEEDS)

# Unmodified clients of others, from npm; in no folder of the project.
CLIENTS ?= $(VENV)/clients
clients: $(DEV)
	@mkdir -p $(CLIENTS) && cp tests/clients/package.json $(CLIENTS)/
	cd $(CLIENTS) && npm install --ignore-scripts --no-audit --no-fund --loglevel=error
	MIGRATOR_CLIENTS=$(abspath $(CLIENTS)) $(BIN)/pytest -m clients

bench:
	@echo "make bench is not built yet" >&2; exit 2
