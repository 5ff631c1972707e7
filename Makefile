# What a person or CI does with the project. `make help` lists it.

PY := .venv/bin/python
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test screens check schema format lock bench understanding messages laws-long faults-long hooks dev demo-packages

help: ## This list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'

demo: demo-packages ## Run everything here: servers, demo businesses, a phone to try (Ctrl-C stops it)
	@exec $(PY) -m workers.cli demo $(ARGS)

test: dev ## All tests but the slow ones (ARGS="-k words" for some)
	@$(PY) -m pytest -n 3 --dist loadgroup $(ARGS)

check: dev ## Lint, formatting, types, import rules, migrations against schema.sql
	$(PY) -m ruff check .
	$(PY) -m ruff format --check --quiet .
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) -m workers.check_schema

format: dev ## Format the code
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

schema: dev ## Write db/schema.sql anew from the migrations
	$(PY) -m workers.check_schema --write

screens: dev ## Take the pictures of docs/screens anew (SCREENS="leads handoffs" for some)
	@$(PY) -m pytest -q tests/browser/screens.py $(ARGS)

bench: dev ## Measure what exists and write reports/benchmarks.md
	$(PY) -m bench $(ARGS)

understanding: dev ## Measure understanding on the benchmark in NLU_BENCH and write reports/understanding.md
	@$(PY) -m bench.understanding $(NLU_BENCH) $(ARGS)

messages: dev ## Count the messages of plain bookings and write reports/messages.md
	@$(PY) -m tests.chats.messages

laws-long: dev ## The laws of the talk over random talks, ten minutes (LAWS_MINUTES)
	$(PY) -m pytest tests/laws -m slow -p no:xdist --timeout 0 $(ARGS)

faults-long: dev ## The long fault run: kills, freezes and outages over 1,000 conversations
	$(PY) -m pytest tests/faults -m slow -p no:xdist --timeout 0 $(ARGS)

lock: ## Make requirements/*.txt anew (UPGRADE=1 takes the newest versions)
	@.ci/lock $(if $(UPGRADE),--upgrade)

hooks: ## Run `make check` before each commit
	@ln -sf ../../.ci/pre-commit .git/hooks/pre-commit && echo "make check now runs before each commit"

dev:
	@.ci/venv dev

demo-packages:
	@.ci/venv demo
