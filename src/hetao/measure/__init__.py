"""Measure: how productively units turn inputs into outputs, with bads counted. Every call takes a `hetao.Panel`."""

from __future__ import annotations

from hetao.measure.frontier.dea import dea
from hetao.measure.frontier.directional import directional
from hetao.measure.frontier.engine import computing
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.productivity.malmquist import malmquist
from hetao.measure.productivity.malmquist_luenberger import malmquist_luenberger
from hetao.measure.productivity.result import IndexResult
from hetao.measure.results import Certificate, Result

__all__ = [
    "Certificate",
    "FrontierResult",
    "IndexResult",
    "Result",
    "computing",
    "dea",
    "directional",
    "malmquist",
    "malmquist_luenberger",
]
