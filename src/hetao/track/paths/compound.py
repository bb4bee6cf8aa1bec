"""Compound: the same rate of change every year, the geometric mean between base and target.

v = b (t / b)^x. Exact wherever the power is rational, which includes both ends; elsewhere right to at least 40
digits. Base and target must have the same strict sign.
"""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction

from hetao.errors import Place, Problems, TrackError
from hetao.text import Text
from hetao.track.paths._kind import TargetPath

__all__ = ["MEMBER"]


def _between(base: Fraction, target: Fraction, elapsed: Fraction) -> Fraction:
    if base * target <= 0:
        _refuse(base, target)
    return base * _power(target / base, elapsed)


def _power(ratio: Fraction, exponent: Fraction) -> Fraction:
    """Return ratio ** exponent for a positive ratio, exactly where the result is rational."""
    digits = Context(prec=40 + len(str(ratio.numerator)) + len(str(ratio.denominator)))
    above = _root(ratio.numerator, exponent.denominator, digits)
    below = _root(ratio.denominator, exponent.denominator, digits)
    if above and below:
        return Fraction(above, below) ** exponent.numerator
    log = digits.ln(digits.divide(Decimal(ratio.numerator), Decimal(ratio.denominator)))
    share = digits.divide(digits.multiply(log, Decimal(exponent.numerator)), Decimal(exponent.denominator))
    return Fraction(digits.exp(share))


def _root(whole: int, degree: int, digits: Context) -> int:
    """Return the whole root of a positive whole number, 0 where there is none."""
    root = round(digits.exp(digits.divide(digits.ln(Decimal(whole)), Decimal(degree))))
    return root if root**degree == whole else 0


def _refuse(base: Fraction, target: Fraction) -> None:
    problems = Problems(TrackError)
    problems.add(
        "track.compound_sign",
        Place(item="compound"),
        found=Text(f"基期值 {base}、目标值 {target}", f"base {base} and target {target}"),
        expected=Text("两者同为正数或同为负数", "both above zero or both below zero"),
        remedy=Text("改用直线路径 straight_line", "use the path straight_line"),
    )
    problems.raise_if_any()


MEMBER = TargetPath(
    name="compound",
    title=Text("等比（年均增速）", "compound (constant yearly rate)"),
    reference="National Bureau of Statistics of China, average growth rate by the level method (水平法); "
    "Eurostat, Sustainable development in the European Union: required compound annual growth rate",
    laws=frozenset({"starts_at_base", "ends_at_target", "monotone", "within"}),
    formula="v = b (t / b)^x",
    between=_between,
)
