"""What is known: the dated region tree, the schema of indicators, and the register of tidy figures with their sources.

Files and data frames come in through `read_figures` and `read_frame`; everything that is wrong is reported at once and
nothing is half-loaded. A `Register` keeps the same figure of two sources twice; `Register.choose` names the one to use.
`Panel` is a table of numbers with roles, as the measures take it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from hetao.figures.chosen import Absence, Chosen
from hetao.figures.export import write_figures
from hetao.figures.indicators import Indicator, Schema
from hetao.figures.intake import read_figures, read_frame
from hetao.figures.layout import Layout
from hetao.figures.periods import Period, period_order, read_period, year_of
from hetao.figures.reader import MISSING_MARKERS, is_missing
from hetao.figures.regions import Region, RegionTree
from hetao.figures.register import Figure, Register
from hetao.figures.sources import Source, read_sources
from hetao.figures.sums import Miss, check_sums
from hetao.figures.tables import Row, Table, read_rows, read_table
from hetao.figures.template import write_template

if TYPE_CHECKING:
    from hetao.figures.panel import Panel

__all__ = [
    "MISSING_MARKERS",
    "Absence",
    "Chosen",
    "Figure",
    "Indicator",
    "Layout",
    "Miss",
    "Panel",
    "Period",
    "Region",
    "RegionTree",
    "Register",
    "Row",
    "Schema",
    "Source",
    "Table",
    "check_sums",
    "is_missing",
    "period_order",
    "read_figures",
    "read_frame",
    "read_period",
    "read_rows",
    "read_sources",
    "read_table",
    "write_figures",
    "write_template",
    "year_of",
]


def __getattr__(name: str) -> object:
    if name == "Panel":
        return import_module("hetao.figures.panel").Panel
    raise AttributeError(f"module 'hetao.figures' has no attribute {name!r}")
