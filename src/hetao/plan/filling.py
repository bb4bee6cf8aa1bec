"""Exact water-filling: the one calculation behind equal awards, equal losses, Talmud and max-min."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

__all__ = ["equal_awards", "fill"]


def fill(
    amount: Fraction, lower: Sequence[Fraction], upper: Sequence[Fraction], weights: Sequence[Fraction]
) -> tuple[Fraction, ...]:
    """Return ``clamp(weight · level, lower, upper)`` at the one level where the parts sum to ``amount``.

    Args:
        amount: what to pour, with Σ lower ≤ amount ≤ Σ upper.
        lower: (n,) least parts, ≥ 0.
        upper: (n,) greatest parts, ≥ lower.
        weights: (n,) > 0.
    """
    bounds = list(zip(lower, upper, weights, strict=True))
    turns = iter(sorted([(low / w, w) for low, _, w in bounds] + [(high / w, -w) for _, high, w in bounds]))
    poured, level, slope = sum(lower, Fraction(0)), Fraction(0), Fraction(0)
    turn, change = next(turns)
    while not slope or poured + slope * (turn - level) < amount:  # ends at the last turn, where all are full
        poured, level, slope = poured + slope * (turn - level), turn, slope + change
        turn, change = next(turns)
    level += (amount - poured) / slope
    return tuple(min(max(w * level, low), high) for low, high, w in bounds)


def equal_awards(amount: Fraction, claims: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """Return ``min(claim, level)`` at the level where the parts sum to ``amount`` ≤ Σ claims."""
    n = len(claims)
    return fill(amount, [Fraction(0)] * n, claims, [Fraction(1)] * n)
