"""Pressure on caps: what a place used of its cap, this year or the year before, and what it still owes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

from hetao.ledger.debt import actual_use_m3, debt_m3
from hetao.ledger.grants import Grant
from hetao.ledger.limits import effective_m3
from hetao.ledger.line import Line
from hetao.ledger.state import USED, USED_ECOLOGICAL, State
from hetao.ledger.years import year_of

__all__ = ["Pressure", "pressure_in", "pressures"]

Uses = tuple[tuple[int, int], ...]  # year, m³


class Pressure(NamedTuple):
    """What a place used of a cap.

    Attributes:
        node: the place.
        line: what the cap counts.
        year: the year of account.
        use_m3: metered or published use in it, whichever is larger; None where no cap binds it or it is not known.
        limit_m3: the cap after orders in force in it.
        debt_m3: use above caps that was not made up for since.
    """

    node: str
    line: Line
    year: int
    use_m3: int | None
    limit_m3: int
    debt_m3: int = 0

    def reaches(self, ratio: Fraction | int) -> bool:
        """Tell whether the use is at or above a share of the cap, compared exactly; nothing used reaches nothing."""
        use_m3 = self.use_m3 or 0
        return use_m3 > 0 and use_m3 * ratio.denominator >= ratio.numerator * self.limit_m3


class _Known(NamedTuple):
    """A pressure worked out before, and what it was worked out for."""

    year: int
    uses: Uses
    pressure: Pressure | None


def pressure_in(state: State, node: str, line: Line, year: int) -> Pressure | None:
    """Return what a place used of its cap in a year; None where no cap binds use, or no use is known."""
    cap = state.find(node, line, "cap", year)
    if cap is None or "used" not in cap.binds:
        return None
    use_m3 = actual_use_m3(state, node, line, year)
    return None if use_m3 is None else Pressure(node, line, year, use_m3, effective_m3(state, node, line, year) or 0)


def _uses(state: State, node: str, line: Line, year: int) -> Uses:
    """Return what a place used in each year up to one, where it is known."""
    years = state.steps(node, line, "reported")
    for each in state.drawn_years(node, line.water):
        if each <= year:
            amounts = state.drawn((node, line.water, each))
            if amounts[USED] or amounts[USED_ECOLOGICAL]:
                years.add(each)
    if not years:
        return ()
    known = ((each, actual_use_m3(state, node, line, each)) for each in sorted(years) if each <= year)
    return tuple((each, use_m3) for each, use_m3 in known if use_m3 is not None)


def _greatest(state: State, node: str, line: Line, year: int) -> Pressure | None:
    """Return the greater pressure of the running year and the one before, and what is owed.

    The running year's use is known in part only: by itself it would hide what the year before came to.
    """
    known = [p for each in (year, year - 1) if (p := pressure_in(state, node, line, each)) is not None]
    owed_m3 = debt_m3(state, node, line, year)
    if not known:
        return Pressure(node, line, year, None, 0, owed_m3) if owed_m3 else None
    return max(known, key=_share)._replace(debt_m3=owed_m3)


def _share(pressure: Pressure) -> tuple[bool, Fraction]:
    """Return the share of the cap that was used, for comparing; use of a cap of nothing is beyond every share."""
    used_m3 = pressure.use_m3 or 0
    return pressure.limit_m3 == 0 < used_m3, Fraction(used_m3, pressure.limit_m3 or 1)


def _remembered(state: State, node: str, line: Line, year: int, uses: Uses) -> Pressure | None:
    """Return the same, worked out once for the same uses under the same caps and orders."""
    known = state.memo.get(("pressure", node, line))
    if not isinstance(known, _Known) or known.uses != uses or known.year != year:
        known = _Known(year, uses, _greatest(state, node, line, year))
        state.memo["pressure", node, line] = known
    return known.pressure


def pressures(state: State, grants: Iterable[Grant], day: str) -> Iterator[Pressure]:
    """Yield the pressure on every cap from which permits draw anew, where its use is known or anything is owed.

    Args:
        state: the ledger before.
        grants: what an act draws anew, see `hetao.ledger.rule.Case.grants`.
        day: the day of the act; its year of account and the year before are looked at.
    """
    seen: set[tuple[str, Line]] = set()
    years: dict[str, int] = {}
    for grant in grants:
        node, line = grant.cell[0], grant.line
        if (node, line) in seen or not state.has_use(node, line.water):
            continue
        seen.add((node, line))
        year = years.get(line.water) or years.setdefault(line.water, year_of(line.water, day))
        uses = _uses(state, node, line, year)
        pressure = _remembered(state, node, line, year, uses) if uses else None
        if pressure is not None:
            yield pressure
