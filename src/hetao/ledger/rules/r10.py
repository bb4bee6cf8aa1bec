"""R10: acts are taken one after another, and none ends with a node below zero or beyond what can be counted."""

from __future__ import annotations

from datetime import date
from operator import add, lt

from hetao.ledger.contract import breach
from hetao.ledger.fields import VOLUME_MAX
from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, Rule
from hetao.text import Text

DRAWING = (
    *("apply", "approve", "refuse", "accept_works", "renew", "change", "cancel", "revoke"),
    *("plan", "read", "cap", "breakdown", "transfer"),
)


def _check(case: Case, found: Findings) -> None:
    """Refuse sums that no store can hold; refuse a balance below zero, which no act may leave behind."""
    beyond = False
    for cell, change in case.draft.draws.items():
        held = case.state.drawn(cell)
        if min(change) >= 0 and sum(change) + sum(held) <= VOLUME_MAX:
            continue
        amounts = list(map(add, held, change))
        if min(amounts) < 0:
            facts = {"water": cell[1], "year": cell[2], "below_m3": -min(amounts)}
            found.refuse(MEMBER.finding("below", cell[0], facts, place=case.state.nodes[cell[0]].label))
        if not beyond and sum(amounts) > VOLUME_MAX and any(map(lt, held, amounts)):
            beyond = True
            words = {"place": case.state.nodes[cell[0]].label}
            found.refuse(breach("volume.sum", {"most": VOLUME_MAX}, node=cell[0], words=words))


MEMBER = Rule(
    name="r10",
    title=Text("逐件记账，任何节点不得为负", "One act after another, and no node below zero"),
    reference=(
        "《取水许可和水资源费征收管理条例》第七条（总量控制） (State Council order 460 art. 7: control of the total)"
    ),
    events=frozenset(DRAWING),
    arithmetic=True,
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    texts={
        "below": Text(
            "{place} {year} 年：此事件会使一项余额为负 {below_m3:,} m³。",
            "{place}, {year}: this event would leave a balance {below_m3:,} m³ below zero.",
        ),
    },
    check=_check,
)
