"""Straight line: the same change every year. Exact."""

from __future__ import annotations

from fractions import Fraction

from hetao.text import Text
from hetao.track.paths._kind import TargetPath

__all__ = ["MEMBER"]


def _between(base: Fraction, target: Fraction, elapsed: Fraction) -> Fraction:
    return base + (target - base) * elapsed


MEMBER = TargetPath(
    name="straight_line",
    title=Text("直线", "straight line"),
    reference="linear trajectory as in Regulation (EU) 2018/842, Article 4(2)",
    laws=frozenset({"starts_at_base", "ends_at_target", "monotone", "within"}),
    formula="v = b + (t - b) x",
    between=_between,
)
