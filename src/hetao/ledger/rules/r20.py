"""R20: a request that touches several nodes passes at all of them in one step, or leaves every one unchanged."""

from __future__ import annotations

from datetime import date

from hetao.ledger.grants import GRANTING
from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, Rule
from hetao.text import Text


def _check(case: Case, found: Findings) -> None:
    """Name the nodes that fail where others would have passed."""
    if not case.failing:
        return
    failing = dict.fromkeys(grant.cell[0] for grant in case.failing)
    bound = dict.fromkeys(grant.cell[0] for grant in case.grants if grant.room_m3 is not None)
    passing = [node for node in bound if node not in failing]
    if passing:
        for node in failing:
            facts = {"failing": list(failing), "unchanged": passing}
            words = {"place": case.state.nodes[node].label, "listed": ", ".join(passing)}
            found.refuse(MEMBER.finding("fails", node, facts, **words))


MEMBER = Rule(
    name="r20",
    title=Text("各级各源一次通过，否则一律不动", "All levels and sources in one step, or none"),
    reference=(
        "《取水许可和水资源费征收管理条例》第七条、第十五条；《黄河保护法》第四十九条"
        " (State Council order 460 arts 7, 15; Yellow River Protection Law art. 49)"
    ),
    events=GRANTING,
    arithmetic=True,
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="law",
    texts={
        "fails": Text(
            "在 {place} 不能通过，其余各级（{listed}）也不作任何变动。",
            "It fails at {place}; the others on the way ({listed}) are left unchanged.",
        ),
    },
    check=_check,
)
