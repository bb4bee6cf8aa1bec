"""Overuse carried as debt: use above a cap stays owed until later years make up for it."""

from __future__ import annotations

from hetao.ledger.limits import effective_m3
from hetao.ledger.line import Line
from hetao.ledger.state import State

__all__ = ["actual_use_m3", "debt_m3"]


def actual_use_m3(state: State, node: str, line: Line, year: int) -> int | None:
    """Return what a place used in a year: metered or published, the larger one; None where neither is known.

    Metered use counts what permits report, a published total also what they leave out; both are of the same basis.
    """
    reported = state.stated(node, line, "reported", year)
    metered_m3 = state.amount_m3(node, line, "used", year)
    if reported is None:
        return metered_m3 or None
    return max(reported.amount_m3, metered_m3)


def debt_m3(state: State, node: str, line: Line, year: int) -> int:
    """Return what a place owes in a year, in m³.

    Each year's use above its cap (after orders) is added; a later year in which less was used than the cap pays back
    by the difference. A year for which nothing is known pays nothing back, and the year asked for adds to the debt but
    pays only once it is over, since water may still be drawn in it.

    Args:
        state: the ledger.
        node: the place.
        line: what the cap counts.
        year: the year of account up to which debts are carried.
    """
    if not state.has_use(node, line.water):
        return 0
    years = {y for y in state.steps(node, line, "reported") if y <= year}
    if line.basis == "withdrawal":
        years |= {y for y in state.drawn_years(node, line.water) if y <= year}
    owed_m3 = 0
    for each in sorted(years):
        used_m3, cap = actual_use_m3(state, node, line, each), state.find(node, line, "cap", each)
        if used_m3 is None or cap is None or "used" not in cap.binds:
            continue
        over_m3 = used_m3 - (effective_m3(state, node, line, each) or 0)
        owed_m3 = max(0, owed_m3 + (over_m3 if each < year else max(0, over_m3)))
    return owed_m3
