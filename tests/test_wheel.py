"""What is tested is the built wheel: its compiled part, its data files, its licences."""

import os
from importlib.metadata import files, metadata
from pathlib import Path

import pytest

import hetao
from hetao.measure.frontier import _kernel

SOURCES = Path(__file__).resolve().parents[1] / "src"
DATA = (
    "py.typed",
    "figures/indicators.csv",
    "fonts/HetaoSansSC-Regular.woff2",
    "fonts/OFL.txt",
    "report/assets/echarts.min.js",
    "report/assets/LICENSE-echarts.txt",
    "report/assets/page.html.j2",
    "report/tiles.csv",
    "study/starter/study.toml",
    "study/starter/figures/figures.csv",
)


@pytest.mark.parametrize("name", DATA)
def test_the_package_carries_its_data(name):
    assert (Path(hetao.__file__).parent / name).is_file()


def test_the_kernel_is_compiled():
    assert Path(_kernel.__file__).suffix in (".so", ".pyd")


def test_the_licence_is_said_and_shipped():
    assert metadata("hetao")["License-Expression"] == "Apache-2.0"


@pytest.mark.skipif("HETAO_WHEEL" not in os.environ, reason="not run by `make unit`, which tests the installed wheel")
def test_the_tests_run_against_the_installed_wheel():
    assert SOURCES not in Path(hetao.__file__).resolve().parents
    assert {"LICENSE", "OFL.txt", "LICENSE-echarts.txt"} <= {Path(str(f)).name for f in files("hetao") or ()}
    assert not any(str(f).endswith(".cpp") for f in files("hetao") or ())
