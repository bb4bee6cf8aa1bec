"""Importing the package must stay light: heavy parts are loaded when they are asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "numpy",
    "pandas",
    "polars",
    "pyarrow",
    "narwhals",
    "highspy",
    "scipy",
    "matplotlib",
    "jinja2",
    "xlsxwriter",
    "python_calamine",
    "fontTools",
    "psycopg",
)
LIGHT_MODULES = ("hetao", "hetao.text", "hetao.errors", "hetao.family")


def loaded_by(statement: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter has loaded after a statement."""
    return {module.split(".")[0] for module in modules_loaded_by(statement)}


def modules_loaded_by(statement: str) -> set[str]:
    """Return all modules that a fresh interpreter has loaded after a statement."""
    code = f"{statement}\nimport sys; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("module", LIGHT_MODULES)
def test_importing_loads_nothing_heavy(module: str):
    loaded = loaded_by(f"import {module}")
    assert "hetao" in loaded
    assert loaded & set(HEAVY) == set()


def test_the_panel_is_loaded_when_it_is_asked_for():
    assert "numpy" in loaded_by("import hetao; hetao.Panel")


def test_measuring_loads_neither_plots_nor_workbooks():
    assert loaded_by("import hetao.measure") & {"matplotlib", "xlsxwriter", "pandas", "polars", "highspy"} == set()


HELPS = [["--help"], ["ledger", "--help"], ["run", "--help"], ["--version"]]
HELPS += [["ledger", command, "--help"] for command in ("replay", "returns", "verify", "simulate")]


@pytest.mark.parametrize("arguments", HELPS, ids=" ".join)
def test_the_command_shows_its_help_without_anything_heavy(arguments: list[str]):
    call = f"try: main({arguments})\nexcept SystemExit as end: assert not end.code"
    assert loaded_by(f"from hetao.cli import main\n{call}\nprint()") & {*HEAVY, "sqlite3"} == set()


@pytest.mark.parametrize("part", ["study", "ledger", "filing", "figures", "report", "audit", "units"])
def test_the_help_of_the_ledger_loads_none_of_the_parts_that_do_the_work(part: str):
    call = "try: main(['ledger', '--help'])\nexcept SystemExit: pass"
    assert f"hetao.{part}" not in modules_loaded_by(f"from hetao.cli import main\n{call}\nprint()")


def test_a_ledger_in_a_file_needs_neither_the_driver_of_a_server_nor_the_study():
    statement = "from hetao.ledger import Ledger; Ledger.open('sqlite:///:memory:').close()"
    assert loaded_by(statement) & set(HEAVY) == set()


def test_the_version_is_the_distributions():
    loaded = loaded_by("import hetao; assert hetao.__version__[0].isdigit()")
    assert loaded & set(HEAVY) == set()


def test_an_unknown_name_is_an_attribute_error():
    import hetao

    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        hetao.nothing  # noqa: B018 - the access is what is tested
