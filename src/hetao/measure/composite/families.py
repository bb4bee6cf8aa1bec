"""The families of rules that a composite index is made by, each loaded once."""

from __future__ import annotations

from hetao.family import load_family
from hetao.measure.composite.member import Aggregation, Gaps, Normalisation, Weighting

__all__ = ["AGGREGATIONS", "GAPS", "NORMALISATIONS", "WEIGHTINGS"]

NORMALISATIONS = load_family("hetao.measure.composite.normalisation", Normalisation)
WEIGHTINGS = load_family("hetao.measure.composite.weighting", Weighting)
AGGREGATIONS = load_family("hetao.measure.composite.aggregation", Aggregation)
GAPS = load_family("hetao.measure.composite.missing", Gaps)
