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
)
LIGHT_MODULES = ("hetao", "hetao.text", "hetao.errors", "hetao.family")


def loaded_by(statement: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter has loaded after a statement."""
    code = f"{statement}\nimport sys; print(*sorted({{m.split('.')[0] for m in sys.modules}}))"
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


@pytest.mark.parametrize("arguments", [["--help"], ["ledger", "--help"], ["run", "--help"], ["--version"]])
def test_the_command_shows_its_help_without_anything_heavy(arguments: list[str]):
    call = f"try: main({arguments})\nexcept SystemExit as end: assert not end.code"
    statement = f"from hetao.cli import main\n{call}\nprint()"
    assert loaded_by(statement) & {*HEAVY, "sqlite3", "hetao.study"} == set()


def test_the_version_is_the_distributions():
    loaded = loaded_by("import hetao; assert hetao.__version__[0].isdigit()")
    assert loaded & set(HEAVY) == set()


def test_an_unknown_name_is_an_attribute_error():
    import hetao

    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        hetao.nothing  # noqa: B018 - the access is what is tested
