# Twelve verbs, the same for people and for machines. What they do is in the `dyad` command and in pyproject.toml.
PYTHON ?= python3
RUN := .venv/bin/
CODE := shared services deploy tests

.PHONY: help up down status logs clean test check bench bench-full soak lock
.DEFAULT_GOAL := help

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

up: ## install what is missing, start everything, print the addresses
	@$(PYTHON) deploy/local/install.py
	@$(RUN)dyad up

down: ## stop everything; the data stays
status: ## every address, process id and health
logs: ## the end of every log
clean: ## stop everything and delete its data, after asking
down status logs clean:
	@test -x $(RUN)dyad || { echo "Nothing is installed yet: say make up." >&2; exit 3; }
	@$(RUN)dyad $@

check: ## format, lint, types, import contracts
	@$(PYTHON) deploy/local/install.py --dev
	$(RUN)ruff format --check $(CODE)
	$(RUN)ruff check $(CODE)
	$(RUN)mypy $(CODE)
	$(RUN)lint-imports

test: check ## check, then every test but the long trials, on real PostgreSQL and Kafka
	$(RUN)python -m pytest -m "not soak and not bench"

soak: ## the long trials
	@$(PYTHON) deploy/local/install.py --dev
	$(RUN)python -m pytest -m soak

bench: ## measure, at a reduced size
	@$(PYTHON) deploy/local/install.py --dev
	$(RUN)python -m tests.bench

bench-full: ## measure, at full size
	@$(PYTHON) deploy/local/install.py --dev
	$(RUN)python -m tests.bench --full

lock: ## resolve the packages and Kafka's jars anew and write the locks
	@$(PYTHON) deploy/local/install.py --dev
	$(RUN)dyad lock
