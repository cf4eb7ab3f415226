# Fen. `make` alone lists the targets. Every target creates or updates .venv by itself.
.DEFAULT_GOAL := help
PYTHON ?= python3.11
BIN := .venv/bin
# Without bytecode every process would rewrite the assertions of all tests again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.venv/.run: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || python3 -m venv .venv
	@echo "Installing what Fen needs ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.dev: .venv/.run requirements-dev.txt
	@echo "Installing what the tests need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

.PHONY: run
run: .venv/.run ## Run the whole service with a demo county (PORT, FEN_HOME, CLIENT=no)
	@test "$(CLIENT)" = no || $(BIN)/python miniprogram/build.py & \
	  exec $(BIN)/python -m app.embedded

.PHONY: client
client: .venv/.run ## Build the mini-program for the browser, if something changed
	@$(BIN)/python miniprogram/build.py

.PHONY: client-check
client-check: .venv/.run ## Check the mini-program: types, lint, tests, both builds
	@$(BIN)/python miniprogram/build.py --check

.PHONY: demo
demo: .venv/.dev ## Tell the main job as a story, against real processes
	@exec $(BIN)/python -m sandbox.demo

.PHONY: test
test: .venv/.dev ## Run every test
	@$(BIN)/python -m pytest -n auto --dist worksteal

.PHONY: shuffle
shuffle: .venv/.dev ## Run tests in any order (TESTS, FEN_SEED to repeat the seed it prints)
	@$(BIN)/python -m pytest -n auto --dist worksteal -v -p randomly \
	  $(if $(FEN_SEED),--randomly-seed=$(FEN_SEED)) $(TESTS)

.PHONY: proof
proof: .venv/.dev ## Alter the past a thousand times; each must be found (FEN_SEED)
	@FEN_ALTERATIONS=1000 $(BIN)/python -m pytest -n 0 -s --timeout 900 --no-header \
	  --log-level=ERROR tests/operations/proving/test_alterations.py

.PHONY: lives
lives: .venv/.dev ## Live through 300 random lives of a village; no point may be lost (LIVES)
	@LIVES=$${LIVES:-300} $(BIN)/python -m pytest -n 0 --timeout 3600 --no-header \
	  --log-level=ERROR tests/app/agreements/life/test_lives.py

.PHONY: bench
bench: .venv/.dev ## Measure the ledger, the counter, the catalogue, reviews and photos
	@$(BIN)/python -m bench

.PHONY: torture
torture: .venv/.dev ## Kill processes under 50,000 posts; nothing may be lost or doubled
	@exec $(BIN)/python -m bench.torture

.PHONY: check
check: .venv/.dev ## Lint, types, import rules, contract, migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q -n 0 tests/architecture

.PHONY: format
format: .venv/.dev ## Put the code into its usual shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: openapi
openapi: .venv/.run ## Write dist/openapi.json, and its outline by wing into openapi/
	@$(BIN)/flask --app wsgi contract write dist/openapi.json

.PHONY: inventory
inventory: .venv/.run ## Write down what a migrated database is made of (migrations/inventory.txt)
	@$(BIN)/python -m operations.shipping

.PHONY: lock
lock: .venv/.dev ## Compile requirements*.txt from requirements*.in
	@for f in requirements requirements-dev; do $(BIN)/pip-compile --quiet --upgrade \
	  --strip-extras --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	  --no-emit-trusted-host --output-file $$f.txt $$f.in; done
