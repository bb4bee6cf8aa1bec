"""What a permit may draw in one year of account of its own water."""

from __future__ import annotations

from hetao.ledger.records import Permit

__all__ = ["charged_m3"]


def charged_m3(permit: Permit, year: int) -> int:
    """Return the permitted volume of a year in m³, 0 in a year that the permit's term does not touch."""
    water, total_m3 = permit.water, 0
    for charged, of, volume_m3 in permit.charges:  # every reading asks: a plain loop is the quickest
        if of == year and charged == water:
            total_m3 += volume_m3
    return total_m3
