"""What every allocation rule declares, and how floors enter: the contract of the ``allocation`` family."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from hetao.family import Member
from hetao.text import Text

__all__ = ["BASIC_LAWS", "AllocationRule", "Awards", "Division"]

Awards = tuple[Fraction, ...]

BASIC_LAWS = frozenset(  # every rule obeys these; a member adds its own (Thomson 2003)
    {
        "efficiency",
        "claims_boundedness",
        "floors_kept",
        "order_independence",
        "equal_treatment_of_equals",
        "resource_monotonicity",
        "claims_monotonicity",
        "homogeneity",
        "consistency",
    }
)


class Division(NamedTuple):
    """A claims problem with floors: divide ``amount`` among n claimants.

    Attributes:
        amount: what there is to divide, in m³, exact.
        claims: (n,) what each claimant asks for at most.
        floors: (n,) what each must get at least; ``0 ≤ floor ≤ claim`` and Σ floors ≤ amount.
        weights: (n,) positive; read only by rules that say so.
    """

    amount: Fraction
    claims: Awards
    floors: Awards
    weights: Awards


@dataclass(frozen=True, kw_only=True)
class AllocationRule(Member):
    """A rule that divides a cap among claimants, in exact fractions.

    Attributes:
        divide: the rule itself; is called with ``amount ≤ Σ claims``. It must not depend on the order of claimants.
        convention: what it equalises, in one sentence.
        floors_within: whether a floor is a lower bound on the award. If not, floors are met first and ``divide``
            sees only what is left: the claims above the floors, floors of 0 and the amount above Σ floors.
        uses_weights: whether the rule reads weights.
    """

    divide: Callable[[Division], Awards]
    convention: Text
    floors_within: bool = False
    uses_weights: bool = False

    def exact(self, division: Division) -> Awards:
        """Return the (n,) exact awards; they sum to ``min(amount, Σ claims)``."""
        d = division._replace(amount=min(division.amount, sum(division.claims, Fraction(0))))
        if self.floors_within:
            return self.divide(d)
        claims = tuple(c - f for c, f in zip(d.claims, d.floors, strict=True))
        left = Division(d.amount - sum(d.floors), claims, (Fraction(0),) * len(claims), d.weights)
        return tuple(f + a for f, a in zip(d.floors, self.divide(left), strict=True))
