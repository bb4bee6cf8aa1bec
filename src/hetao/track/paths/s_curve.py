"""S-curve: slow at first, fastest half-way, slow at the end; a logistic stretched to hit both ends exactly.

With L(x) = 1 / (1 + exp(-k (x - 1/2))) and steepness k = 10, the share of the way gone at elapsed share x is
w(x) = (L(x) - L(0)) / (L(1) - L(0)), so that w(0) = 0, w(1/2) = 1/2 and w(1) = 1. Exact at both ends; between
them w is right to at least 45 digits.
"""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction

from hetao.text import Text
from hetao.track.paths._kind import TargetPath

__all__ = ["MEMBER"]

STEEPNESS = 10
_DIGITS = Context(prec=50)


def _logistic(elapsed: Fraction) -> Fraction:
    exponent = STEEPNESS * (Fraction(1, 2) - elapsed)
    power = _DIGITS.exp(_DIGITS.divide(Decimal(exponent.numerator), Decimal(exponent.denominator)))
    return 1 / (1 + Fraction(power))


def _between(base: Fraction, target: Fraction, elapsed: Fraction) -> Fraction:
    start, end = _logistic(Fraction(0)), _logistic(Fraction(1))
    return base + (target - base) * (_logistic(elapsed) - start) / (end - start)


MEMBER = TargetPath(
    name="s_curve",
    title=Text("S 形曲线（逻辑斯谛）", "S-curve (logistic)"),
    reference="logistic of Verhulst (1838), Correspondance mathématique et physique 10, 113-121; "
    "steepness 10, stretched to hit base and target exactly",
    laws=frozenset({"starts_at_base", "ends_at_target", "monotone", "within"}),
    formula="v = b + (t - b) (L(x) - L(0)) / (L(1) - L(0)), L(x) = 1 / (1 + exp(-10 (x - 1/2)))",
    between=_between,
)
