# The two commands that a newcomer needs are `make demo` and `make test`; `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
OUT ?= out/inner-mongolia
SOURCES := $(shell find src -type f -not -path '*/__pycache__/*' -not -name '*.so') CMakeLists.txt pyproject.toml constraints.txt

.PHONY: demo test lint types layers unit docs bench serve-docs wheel clean help

demo: $(VENV)/demo.stamp ## run the example study and say where its report is
	$(BIN)/hetao run examples/inner-mongolia --out $(OUT)

test: lint types layers unit docs ## everything that must hold before a change lands

lint: $(VENV)/test.stamp ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/test.stamp ## types, strict
	MYPYPATH=src $(BIN)/mypy -p hetao

layers: $(VENV)/test.stamp ## imports point one way only
	PYTHONPATH=src $(BIN)/lint-imports

unit: $(VENV)/test.stamp postgresql ## the tests, against the installed wheel, with their coverage gate
	mkdir -p artefacts
	HETAO_WHEEL=1 $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadgroup --cov --cov-report= --cov-report=json:artefacts/coverage.json
	$(BIN)/python tests/coverage_gate.py artefacts/coverage.json

docs: $(VENV)/test.stamp ## build the documentation, warnings are errors
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet --site-dir site

bench: $(VENV)/test.stamp postgresql ## how fast it is, beside peers in the same run; takes long
	$(BIN)/python benchmarks/ledger.py --write
	$(BIN)/python benchmarks/frontier.py --write
	$(BIN)/python benchmarks/coverage.py --write

serve-docs: $(VENV)/test.stamp ## read the documentation in a browser
	$(BIN)/mkdocs serve

wheel: $(VENV)/wheel.stamp ## build the wheel into dist/

clean: ## remove everything that was built
	rm -rf $(VENV) build dist site artefacts out

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

$(BIN)/python:
	@$(PYTHON) -c 'import ensurepip, pathlib, sys, sysconfig as s; sys.exit(not pathlib.Path(s.get_path("include"), "Python.h").is_file())' || $(MAKE) --no-print-directory debian-packages
	$(PYTHON) -m venv $(VENV)

.PHONY: debian-packages
debian-packages: # what Debian's python3 lacks for building: done here as root, asked for otherwise
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && apt-get install -y -qq python3-venv python3-dev; \
	else \
	  echo 'Python lacks venv or its headers: on Debian run: apt install python3-venv python3-dev' >&2; exit 1; \
	fi

.PHONY: postgresql
postgresql: | $(BIN)/python # the server that the ledger's tests start: without it they skip, under CI=true they fail
	@$(BIN)/python tests/postgres.py >/dev/null 2>&1 || $(MAKE) --no-print-directory postgresql-package || true
	@$(BIN)/python tests/postgres.py >/dev/null || [ "$$CI" != true ]

NO_CLUSTER := /etc/postgresql-common/createcluster.d/hetao-tests.conf
.PHONY: postgresql-package
postgresql-package: # Debian's server, without the cluster that the package would create and start
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  trap 'rm -f $(NO_CLUSTER)' EXIT INT TERM; \
	  mkdir -p $(dir $(NO_CLUSTER)) && echo 'create_main_cluster = false' >$(NO_CLUSTER) && apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql; \
	fi

$(VENV)/wheel.stamp: $(SOURCES) | $(BIN)/python
	rm -rf dist && mkdir -p dist
	$(PIP) wheel --no-deps --wheel-dir dist .
	touch $@

$(VENV)/demo.stamp: $(VENV)/wheel.stamp
	$(PIP) install --constraint constraints.txt dist/hetao-*.whl
	$(PIP) install --no-deps --force-reinstall dist/hetao-*.whl
	touch $@

$(VENV)/test.stamp: $(VENV)/demo.stamp requirements-test.txt
	$(PIP) install --constraint constraints.txt --requirement requirements-test.txt
	touch $@
