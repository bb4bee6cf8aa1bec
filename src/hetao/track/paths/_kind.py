"""What a member of the family of paths is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from hetao.errors import Place, Problems, TrackError
from hetao.family import Member
from hetao.text import Text

__all__ = ["TargetPath"]


@dataclass(frozen=True, kw_only=True)
class TargetPath(Member):
    """A path assumed between a base and a target, year by year.

    Laws: ``starts_at_base``, ``ends_at_target``, ``monotone`` (never turns back between the two) and
    ``within`` (never leaves the interval between the two).

    Attributes:
        formula: the value v at elapsed share x of the time, from base b to target t.
        between: ``between(base, target, elapsed)``: the value, in the unit of base and target, at the
            elapsed share of the time (0 at the base, 1 at the deadline).
    """

    formula: str
    between: Callable[[Fraction, Fraction, Fraction], Fraction]

    def value(self, base_year: int, base_value: Fraction, deadline: int, target_value: Fraction, year: int) -> Fraction:
        """Return the value that the path asks for in ``year``, in the unit of base and target.

        Args:
            base_year: the year in which the path starts.
            base_value: the value there.
            deadline: the year in which the path ends, after ``base_year``.
            target_value: the value there.
            year: a year from ``base_year`` to ``deadline``, both included.

        Raises:
            TrackError: the years do not stand in this order, or the path cannot join base and target.
        """
        if not (base_year < deadline and base_year <= year <= deadline):
            problems = Problems(TrackError)
            years = f"{base_year}, {year}, {deadline}"
            problems.add(
                "track.path_years",
                Place(item=self.name),
                found=Text(f"基期、年份、期限为 {years}", f"base year, year and deadline {years}"),
                expected=Text("基期早于期限，年份在两者之间", "a base year before the deadline, the year between"),
                remedy=Text("更正年份", "correct the years"),
            )
            problems.raise_if_any()
        return self.between(base_value, target_value, Fraction(year - base_year, deadline - base_year))
