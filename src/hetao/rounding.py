"""From exact fractions to whole numbers: largest remainder, with ties that do not depend on input order."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

__all__ = ["largest_remainder"]


def largest_remainder(exact: Mapping[str, Fraction], sizes: Mapping[str, int]) -> dict[str, int]:
    """Round parts that sum to a whole number to whole parts with the same sum (Hamilton's method).

    Args:
        exact: name → part ≥ 0; the parts sum to a whole number.
        sizes: name → claim, which breaks ties between equal fractions (larger first, then name).

    Returns:
        Name → whole part, the exact one rounded down or up; in the order of ``exact``.
    """
    whole = {name: part.__floor__() for name, part in exact.items()}
    left = int(sum(exact.values())) - sum(whole.values())
    ranked = sorted(exact, key=lambda name: (whole[name] - exact[name], -sizes[name], name))
    for name in ranked[:left]:
        whole[name] += 1
    return whole
