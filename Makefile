# Everything a person or a machine does with this checkout. `make` alone lists it.
# Settings go through the environment or behind the target: make run ROUNDWIRE_PORT=9000 DEMO=0

PYTHON ?= python3
ARGS ?=
READY := .venv/ready
RUN := .venv/bin/python -m

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help run play test check faults fuzz bench golden migrate clean curl

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

run: $(READY) curl ## start everything and say where to look; Ctrl-C stops it and keeps the data
	@exec $(RUN) ingest_api.cli.main run

play: $(READY) curl ## stream a whole evening of rounds into the running service
	@exec $(RUN) ingest_api.cli.main play $(ARGS)

test: $(READY) curl ## run every layer of tests on a throw-away Postgres (ARGS="-k name" chooses)
	@$(RUN) pytest -n auto $(ARGS)

check: $(READY) ## format, lint, types, import laws and unit tests: under a minute
	@$(RUN) ruff format --check .
	@$(RUN) ruff check .
	@$(RUN) mypy
	@.venv/bin/python -c 'from importlinter.cli import lint_imports_command as run; run()'
	@$(RUN) pytest tests/unit

faults: $(READY) curl ## the long form of the fault tests: hours (ARGS="--victim chaos --runs 100" is one part of it)
	@$(RUN) tests.faults --runs 400 $(ARGS)

fuzz: $(READY) ## 100,000 requests of every sort, lawful and not, against the whole service: half an hour (ARGS="--seed 1")
	@$(RUN) tests.fuzz $(ARGS)

bench: $(READY) curl ## measure throughput, latency and memory beside their floors
	@$(RUN) bench $(ARGS)

golden: $(READY) ## rewrite the expected results of the golden tests; review the difference
	@$(RUN) game_server.stand_in.sample tests/golden/round_report
	@$(RUN) pytest --rewrite-golden

migrate: $(READY) ## bring the database's schema to this version
	@$(RUN) ingest_api.cli.main migrate up

clean: ## remove what was built here; the data folder stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

curl:
	@command -v curl >/dev/null || { echo "Roundwire needs curl, which its reporter sends with; on Debian: apt install curl" >&2; exit 1; }

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	|| { echo "Roundwire needs Python 3.11 or newer as $(PYTHON); name another one with make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	|| { echo "Roundwire needs Python's venv module; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Preparing .venv from requirements.lock; this happens once."
	@.venv/bin/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@$(RUN) pip install -qq --disable-pip-version-check --no-input --require-hashes -r requirements.lock
	@$(RUN) pip install -qq --disable-pip-version-check --no-input --no-deps --no-build-isolation -e .
	@touch $(READY)
