"""Clawing back: which permits would give up how much, by priority, where a cap falls below what is permitted.

The setting ``cutback_priority`` lists purposes in the order in which they are cut. Without it, homes and towns come
last, as the Water Law (2016, art. 21) puts them first, and all other purposes are cut together. Within one step every
permit gives up the same share of its volume, in whole m³.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from hetao.ledger.records import Permit
from hetao.ledger.rights import DOMESTIC, LIVE
from hetao.ledger.settings import find_setting
from hetao.ledger.state import State
from hetao.rounding import largest_remainder

__all__ = ["clawback"]


def _steps(state: State, permits: list[Permit], day: str) -> Iterator[list[Permit]]:
    """Yield the permits that are cut together, those cut first before those spared longest."""
    setting = find_setting(state, "cutback_priority", day)
    order = list(setting.value) if setting is not None else []
    named = {purpose: i for i, purpose in enumerate(order)}

    def rank(permit: Permit) -> int:
        return named.get(permit.purpose, len(order) + (permit.purpose in DOMESTIC))

    for wanted in range(len(order) + 2):
        step = [permit for permit in permits if rank(permit) == wanted]
        if step:
            yield step


def clawback(state: State, node: str, water: str, year: int, gap_m3: int, day: str) -> dict[str, int]:
    """Return how much each permit under a node would give up so that what is permitted falls by a gap.

    Args:
        state: the ledger.
        node: the node whose cap is exceeded.
        water: the water of the cap.
        year: the year of account.
        gap_m3: by how much, in m³.
        day: the day on which it is asked, for the priorities in force.

    Returns:
        Permit → m³ to give up, first cut first; the sum is the gap, or all there is where that is less.
    """
    held: dict[str, int] = {}
    permits: list[Permit] = []
    for permit in sorted(state.all(Permit, "permit"), key=lambda p: p.permit):
        m3 = sum(c.volume_m3 for c in permit.charges if (c.water, c.year) == (water, year))
        if permit.status in LIVE and m3 and node in state.chain(permit.node, water, year):
            held[permit.permit] = m3
            permits.append(permit)
    cuts: dict[str, int] = {}
    for step in _steps(state, permits, day):
        sizes = {permit.permit: held[permit.permit] for permit in step}
        cut_m3 = min(gap_m3 - sum(cuts.values()), sum(sizes.values()))
        if cut_m3 <= 0:
            break
        whole = sum(sizes.values())
        cuts |= largest_remainder({name: Fraction(cut_m3 * m3, whole) for name, m3 in sizes.items()}, sizes)
    return {name: m3 for name, m3 in cuts.items() if m3}
