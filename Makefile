# The two commands that a newcomer needs: `make demo` and `make test`. The rest is for those who change hetao.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
OUT ?= out/inner-mongolia
SOURCES := $(shell find src -type f -not -path '*/__pycache__/*' -not -name '*.so') CMakeLists.txt pyproject.toml constraints.txt

.PHONY: demo test lint types layers unit docs serve-docs bench wheel dev clean

demo: $(VENV)/demo.stamp ## run the example study and say where its report is
	$(BIN)/hetao run examples/inner-mongolia --out $(OUT)

test: $(VENV)/test.stamp lint types layers unit docs ## everything that must hold before a change lands

lint:
	$(BIN)/ruff check src tests docs
	$(BIN)/ruff format --check src tests docs

types:
	MYPYPATH=src $(BIN)/mypy -p hetao

layers:
	PYTHONPATH=src $(BIN)/lint-imports

unit: $(VENV)/test.stamp ## the tests, against the installed wheel
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered --cov-report=json:artefacts/coverage.json
	$(BIN)/python tests/coverage_gate.py artefacts/coverage.json

docs: $(VENV)/test.stamp
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet --site-dir site

serve-docs: $(VENV)/test.stamp
	$(BIN)/mkdocs serve

wheel: $(VENV)/wheel.stamp

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV) || { echo 'No venv module: install it first (Debian: apt install python3-venv).' >&2; exit 1; }

$(VENV)/wheel.stamp: $(SOURCES) | $(VENV)/bin/python
	rm -rf dist && mkdir -p dist
	$(PIP) wheel --quiet --no-deps --wheel-dir dist .
	touch $@

$(VENV)/demo.stamp: $(VENV)/wheel.stamp
	$(PIP) install --quiet --constraint constraints.txt dist/hetao-*.whl
	$(PIP) install --quiet --no-deps --force-reinstall dist/hetao-*.whl
	touch $@

$(VENV)/test.stamp: $(VENV)/demo.stamp requirements-test.txt
	$(PIP) install --quiet --constraint constraints.txt --requirement requirements-test.txt
	touch $@

clean:
	rm -rf $(VENV) build dist site artefacts out
