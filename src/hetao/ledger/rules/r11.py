"""R11: volumes return to where they were drawn from, or move between nodes; the total over all nodes is unchanged."""

from __future__ import annotations

from datetime import date

from hetao.ledger.outcome import Findings
from hetao.ledger.records import Charge
from hetao.ledger.rule import Case, Rule
from hetao.text import Text


def _changes(case: Case) -> dict[tuple[str, int], int]:
    """Return by how much the rights themselves change, by water and year."""
    changes: dict[tuple[str, int], int] = {}

    def add(charges: tuple[Charge, ...], sign: int) -> None:
        for c in charges:
            changes[c.water, c.year] = changes.get((c.water, c.year), 0) + sign * c.volume_m3

    for (kind, name), record in case.draft.records.items():
        before = case.state.application(name) if kind == "application" else case.state.permit(name)
        if kind in ("application", "permit"):
            add(getattr(record, "charges", ()), 1)
            add(() if before is None else before.charges, -1)
    return changes


def _check(case: Case, found: Findings) -> None:
    """Refuse an act whose postings at the places of its rights are not what the rights themselves change by."""
    places = {
        getattr(record, "node", "")
        for (kind, _), record in case.draft.records.items()
        if kind in ("application", "permit")
    }
    drawn: dict[tuple[str, int], int] = {}
    for (node, water, year), change in case.draft.draws.items():
        if node in places and not any(node in case.state.path(other)[:-1] for other in places):
            drawn[water, year] = drawn.get((water, year), 0) + change[0] + change[3]
    changes = _changes(case)
    for water, year in sorted(changes.keys() | drawn.keys()):
        change_m3 = changes.get((water, year), 0)
        if len(places) == 1 and drawn.get((water, year), 0) != change_m3:
            (place,) = places
            facts = {"water": water, "year": year, "rights_m3": change_m3, "posted_m3": drawn.get((water, year), 0)}
            found.refuse(MEMBER.finding("unequal", place, facts, place=case.state.nodes[place].label))


MEMBER = Rule(
    name="r11",
    title=Text("水量去来相等", "What is given back is what was drawn"),
    reference=(
        "《取水许可和水资源费征收管理条例》第二十二条、第二十七条、第四十四条 (State Council order 460 arts 22, 27, 44)"
    ),
    events=frozenset({"refuse", "accept_works", "renew", "change", "cancel", "revoke", "transfer"}),
    arithmetic=True,
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    texts={
        "unequal": Text(
            "{place} {year} 年：权利变动 {rights_m3:,} m³，而记账 {posted_m3:,} m³，两者不等。",
            "{place}, {year}: the rights change by {rights_m3:,} m³, the postings by {posted_m3:,} m³.",
        ),
    },
    check=_check,
)
