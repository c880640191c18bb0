# Two commands do everything on a machine with Python 3.11 or later and make: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DISTRIBUTIONS := $(patsubst %/pyproject.toml,%,$(wildcard */pyproject.toml loaders/*/pyproject.toml))
MYPY_PACKAGES := connector_kit provider_simulators orchestration $(subst -,_,$(filter tap-% target-%,$(DISTRIBUTIONS)))

# Meltano gives every plugin its own environment; the lock holds there too.
export UV_CONSTRAINT := $(CURDIR)/requirements.lock
export MELTANO_SEND_ANONYMOUS_USAGE_STATS := false

# The collected facts about the providers are not part of this repository.
PROVIDER_SPECS ?= ../shared/specs
# $(call from_facts,PROVIDER,SCRIPT): run a script on the collected facts about a provider, where they are
from_facts = @if test -f $(PROVIDER_SPECS)/$(1)/endpoints.yaml; then $(BIN)/python $(2) $(PROVIDER_SPECS); \
	  else echo "left out: $(2) ($(PROVIDER_SPECS)/$(1)/endpoints.yaml is not there; name its folder with PROVIDER_SPECS)"; fi

.PHONY: help demo test lint types tests reliability switches sabotage orchestration bench install plugins lock settings schemas peers screenshot clean

help:  ## show the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-11s %s\n", $$1, $$2}'

demo: plugins  ## simulators up, the payroll pipelines twice, and a report of what landed
	@$(BIN)/python -m demo

test: plugins lint types tests  ## lint, types and all tests

install: $(VENV)/.installed  ## everything of requirements.lock and the distributions, in .venv

$(VENV)/.installed: requirements.lock $(addsuffix /pyproject.toml,$(DISTRIBUTIONS))
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "Python 3.11 or later is needed as '$(PYTHON)'; name another one with: make PYTHON=python3.12 ..."; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV) \
	  || { echo "'$(PYTHON) -m venv' failed: install your system's package for it (Debian: python3-venv)"; exit 1; }
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(VENV)/uv.lock
	@VIRTUAL_ENV=$(VENV) UV_CONSTRAINT= $(BIN)/uv pip sync --quiet requirements.lock
	@VIRTUAL_ENV=$(VENV) UV_CONSTRAINT= $(BIN)/uv pip install --quiet --no-deps $(addprefix -e ./,$(DISTRIBUTIONS))
	@touch $@

plugins: .meltano/.installed  ## the Meltano plugins of the pipelines, each in its own environment

.meltano/.installed: $(VENV)/.installed meltano.yml
	@$(BIN)/meltano install
	@touch $@

lint: install  ## ruff, rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: install  ## mypy, strict
	@$(BIN)/mypy $(addprefix -p ,$(MYPY_PACKAGES)) -p demo -p scripts
	@$(BIN)/mypy loaders/duckdb/target_duckdb_exact.py
	@$(BIN)/mypy loaders/postgres/target_postgres_exact.py

tests: plugins  ## pytest (ARGS="-k words" to choose)
	@$(BIN)/pytest -n 3 $(ARGS)

bench: plugins peers  ## speed, memory, calls and growth beside plain ways: docs/benchmarks.md (an hour; ARGS="--small", ARGS="--only NAME")
	@$(BIN)/python -m tests.benchmarks $(ARGS)

reliability: install  ## a million simulated record-runs, every kill, every deliberate bug: docs/reliability.md (hours; ARGS="--record-runs 20000")
	@$(BIN)/python -m tests.simulation.reliability $(ARGS)

switches: install  ## the tests of target-minimax in every reading of what Minimax does not publish: docs/switches.md (20 minutes; ARGS="--rest")
	@$(BIN)/python -m tests.target_minimax.every_position $(ARGS)

orchestration: plugins .venv-dagster/.installed  ## a job of two steps without Meltano; Dagster in an environment of its own, killed in the middle (TENANTS=20 for more)
	@$(BIN)/mypy --python-executable .venv-dagster/bin/python --disable-error-code import-untyped -m orchestration.dagster_assets
	@$(BIN)/pytest -q -s tests/orchestration/care_runs.py tests/orchestration/dagster_runs.py

.venv-dagster/.installed: $(VENV)/.installed orchestration/requirements-dagster.lock
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-dagster
	@VIRTUAL_ENV=.venv-dagster UV_CONSTRAINT= $(BIN)/uv pip sync --quiet orchestration/requirements-dagster.lock
	@VIRTUAL_ENV=.venv-dagster UV_CONSTRAINT= $(BIN)/uv pip install --quiet --no-deps -e ./orchestration
	@touch $@

# Tools that the benchmarks compare ours with, each in an environment of its own.
peers: .venv-peers/dlt/.installed .venv-peers/airbyte/.installed  ## dlt and airbyte-cdk, for the benchmarks that compare ours with them

.venv-peers/%/.installed: tests/benchmarks/peers/locks/%.lock $(VENV)/.installed
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-peers/$*
	@VIRTUAL_ENV=.venv-peers/$* UV_CONSTRAINT= $(BIN)/uv pip sync --quiet $<
	@touch $@

sabotage: install  ## every deliberate bug must be caught by a test
	@TEST_ALL_BUGS=1 $(BIN)/pytest tests/sabotage -q

lock: install  ## compile requirements.lock anew (UPGRADE=1 for newer versions)
	@$(BIN)/python -m scripts.lock $(if $(UPGRADE),--upgrade)

settings: install  ## write the plugins' settings and selections in meltano.yml from what they say of themselves
	@$(BIN)/python -m scripts.meltano_settings

.PHONY: canary wheels hub release

canary: install  ## the tests that speak to the Singer SDK on its next and its oldest supported version (ARGS=tests/tap_ons for others)
	@$(BIN)/python -m scripts.canary $(ARGS)

wheels: install  ## build every distribution; install and run each alone, with uv and with pip
	@TEST_ALL_INSTALLERS=1 $(BIN)/pytest tests/conformance/test_distributions.py tests/conformance/test_installs_alone.py -q

hub: install  ## write the definitions for Meltano Hub in hub/ from what the plugins say of themselves
	@$(BIN)/python -m scripts.hub

release: install  ## check and build one distribution: CONNECTOR=tap-nmbrs VERSION=1.0.0; TAG=1 tags it too, never pushes
	@$(BIN)/python -m scripts.release $(CONNECTOR) $(VERSION) $(if $(TAG),--tag)

schemas: install  ## write the schemas of taps and targets, and the tables in the READMEs of tap-ons and tap-inlenersbeloning
	@$(BIN)/python tap-nmbrs/scripts/generate_schemas.py
	@$(BIN)/python tap-ons/scripts/generate_schemas.py
	@$(BIN)/python tap-ons/scripts/readme_tables.py
	@$(BIN)/python tap-inlenersbeloning/scripts/generate_schemas.py
	@$(BIN)/python tap-inlenersbeloning/scripts/readme_tables.py
	$(call from_facts,minox,target-minox/scripts/generate_schemas.py)
	$(call from_facts,minimax,target-minimax/scripts/generate_models.py)

screenshot: install  ## make the picture of a simulator's page in docs/ anew (needs Chromium)
	@$(BIN)/python -m tests.pipelines.page_screenshot

clean:  ## remove environments and everything that runs have made
	@rm -rf $(VENV) .venv-dagster .venv-peers .meltano var
