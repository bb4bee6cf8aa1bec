"""From exact fractions to whole m³: largest remainder, with ties that do not depend on input order."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from hetao.errors import PlanError, Problems
from hetao.plan.arguments import NO_UNIT, refuse, require_whole, require_wholes
from hetao.rounding import largest_remainder
from hetao.text import Text

__all__ = ["ROUNDING", "apportion"]

ROUNDING = Text(
    "取整：先取整数 m³，余下的 m³ 依小数部分由大到小逐一分给，小数相同者申请量大者先得，再同者按名称的字符码序",
    "Rounding: whole m³ first, the m³ left over go one each to the largest fractions; "
    "equal fractions: larger claim first, then name in code-point order",
)


def apportion(total: int, basis: Mapping[str, int]) -> dict[str, int]:
    """Split a whole total in proportion to a basis (population, area), by largest remainder.

    Unlike `allocate`, a share may exceed its basis: total and basis may have different units.

    Args:
        total: what to split, ≥ 0.
        basis: name → share of the basis, ≥ 0, with a sum > 0.

    Returns:
        Name → whole part; the parts sum to ``total`` exactly.

    Raises:
        PlanError: a total or basis that is not a whole number ≥ 0, or a basis that is empty or all zero.
    """
    problems = Problems(PlanError)
    require_whole(problems, "total", total, unit=NO_UNIT)
    if require_wholes(problems, "basis", basis, unit=NO_UNIT) and not any(basis.values()):
        refuse(
            problems,
            "empty",
            "basis",
            Text("合计为 0", "a sum of 0"),
            Text("合计大于 0", "a sum above 0"),
            Text("至少给一方大于 0 的数", "give at least one entry above 0"),
        )
    problems.raise_if_any()
    whole = sum(basis.values())
    return largest_remainder({name: Fraction(total * size, whole) for name, size in basis.items()}, basis)
