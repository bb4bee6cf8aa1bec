"""Rights to withdraw: what a volume and a term draw in each year, and how that changes in force."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from hetao.ledger.draft import Draft
from hetao.ledger.records import Application, Charge, Permit
from hetao.ledger.state import State
from hetao.ledger.years import year_days, year_of, years_of

__all__ = [
    "ANY",
    "DOMESTIC",
    "LIVE",
    "charges_of",
    "draw_right",
    "from_day",
    "is_ecological",
    "put_application",
    "put_permit",
    "release",
    "rerate",
    "used_in",
]

DOMESTIC = ("domestic", "town", "livestock")  # homes and like needs
TOTAL = "total"
ANY = ("valid", "suspended", "expired", "cancelled", "revoked")  # all statuses of permits
LIVE = ("valid", "suspended")  # statuses of permits that hold their volume
Right = TypeVar("Right", Application, Permit)


def is_ecological(purpose: str) -> bool:
    """Tell whether a purpose is the supply of rivers and lakes, which only some caps count."""
    return purpose == "ecology"


def charges_of(water: str, volume_m3: int, start: str, end: str) -> tuple[Charge, ...]:
    """Return what a volume a year draws: the whole volume in every year of account that the term touches.

    A year touched in part is drawn in full: what may be drawn in any part of it can never exceed the cap of the year.

    Args:
        water: which water; the same is drawn on ``total``.
        volume_m3: the volume in m³ a year.
        start: the first day of the term.
        end: the last day of the term.
    """
    waters = (water,) if water == TOTAL else (water, TOTAL)
    return tuple([Charge(w, year, volume_m3) for w in waters for year in years_of(w, start, end)])


def from_day(charges: Iterable[Charge], day: str) -> tuple[Charge, ...]:
    """Return the charges of the years that have not ended on a day."""
    return tuple(c for c in charges if c.year >= year_of(c.water, day))


def draw_right(
    state: State,
    draft: Draft,
    right: Application | Permit,
    charges: Iterable[Charge],
    sign: int,
    *,
    by: str = "permitted",
) -> None:
    """Draw charges from every cap on the right's way, or give them back where ``sign`` is -1."""
    ecological = is_ecological(right.purpose)
    draft.draw(state.cells(right.node, charges), by, sign, ecological=ecological)


def rerate(state: State, draft: Draft, right: Right, charges: tuple[Charge, ...]) -> Right:
    """Give back what a right draws, draw other charges instead, and return the right with them."""
    draw_right(state, draft, right, right.charges, -1)
    draw_right(state, draft, right, charges, 1)
    return right._replace(charges=charges)


def used_in(state: State, permit: Permit, charge: Charge) -> int:
    """Return what a permit used in the year of a charge, at most: a permit's use is counted by its own water's years.

    A calendar year touches two years of the Yellow River; both count in full.
    """
    years = (
        (charge.year,)
        if charge.water == permit.water
        else range(
            year_of(permit.water, year_days(charge.water, charge.year)[0]),
            year_of(permit.water, year_days(charge.water, charge.year)[1]) + 1,
        )
    )
    return sum(state.permit_year(permit.permit, year).used_m3 for year in years)


def release(state: State, draft: Draft, right: Right, day: str) -> Right:
    """Give back what a right draws from a day on, and return the right with what it keeps.

    Years that have ended keep what they drew. Of the running year, what was used already is kept: it was withdrawn,
    and may not be granted again.
    """
    kept: list[Charge] = []
    for c in right.charges:
        if c.year < year_of(c.water, day):
            kept.append(c)
        elif c.year == year_of(c.water, day) and isinstance(right, Permit):
            kept_m3 = min(c.volume_m3, used_in(state, right, c))
            kept += [Charge(c.water, c.year, kept_m3)] if kept_m3 else []
    return rerate(state, draft, right, tuple(kept))


def put_application(draft: Draft, application: Application, before: Application | None) -> None:
    """Replace an application, and let the rules know that the event is about it."""
    draft.records["application", application.application] = application
    draft.right, draft.before = application, before


def put_permit(draft: Draft, permit: Permit, before: Permit | None) -> None:
    """Replace a permit, and let the rules know that the event is about it."""
    draft.records["permit", permit.permit] = permit
    draft.right, draft.before = permit, before
