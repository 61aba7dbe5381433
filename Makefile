# Verbs for people. Needs GNU Make, a POSIX shell and Python 3.11 or newer; everything else is set up here.
SHELL := /bin/sh
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
VENV ?= .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/runtime.stamp
TOOLS := $(VENV)/tools.stamp
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1
.DEFAULT_GOAL := help
.PHONY: help run wall test check format docs bench clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

run: $(RUNTIME) ## set up everything on first use, start the product, print its address
	@exec sh tools/run.sh $(BIN)/python

wall: $(RUNTIME) ## the exhibition wall on demonstration data: simulated venues report, figures move
	@exec sh tools/wall.sh $(BIN)/python

test: ## set up what tests need, then all checks and all tests
	@sh tools/packages.sh test
	@$(MAKE) --no-print-directory $(TOOLS)
	@$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest -n 2 --dist worksteal

check: $(TOOLS) ## format, lint, types, import contracts, generated documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/python -m tools.contracts
	$(BIN)/python -m tools.decisions --check
	$(BIN)/python manage.py docs --check

format: $(TOOLS) ## put the code into its shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(RUNTIME) ## write the generated documents anew: indicators, articles, list of decisions
	$(BIN)/python -m tools.decisions
	$(BIN)/python manage.py docs

bench: $(TOOLS) ## measure; results in docs/performance.md
	$(BIN)/python -m bench

clean: ## remove the virtual environment and caches; var/ with the data stays
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@sh tools/packages.sh venv "$(PYTHON)"
	"$(PYTHON)" -m venv $(VENV)

$(RUNTIME): requirements.txt | $(BIN)/python
	$(PIP) -r requirements.txt
	@touch $@

$(TOOLS): requirements-dev.txt requirements.txt | $(BIN)/python
	$(PIP) -r requirements-dev.txt
	@touch $(RUNTIME) $@
