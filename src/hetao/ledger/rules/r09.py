"""R09: only the authority above changes a cap, and never below what is permitted without a cut-back list."""

from __future__ import annotations

from datetime import date

from hetao.ledger.clawback import clawback
from hetao.ledger.outcome import Findings
from hetao.ledger.pressed import pressed
from hetao.ledger.rule import Case, Rule
from hetao.ledger.state import State
from hetao.ledger.tree import Node
from hetao.text import Text


def issuers(state: State, node: Node) -> tuple[str, ...]:
    """Return who may issue a node's cap: what is above it, a root for itself, for a basin without parent a region."""
    if node.parent is not None:
        return tuple(state.above(node.node))
    regions = (n.node for n in state.nodes.values() if n.kind == "region" and node.kind == "basin")
    return (node.node, *regions)


def _check_issuer(case: Case, found: Findings) -> None:
    node, issuer = (case.state.nodes.get(case.fields.get(field, "")) for field in ("node", "issuer"))
    if node is None or issuer is None:
        return
    allowed = issuers(case.state, node)
    if issuer.node not in allowed:
        words = {"place": node.label, "issuer": issuer.label, "allowed": ", ".join(allowed)}
        facts = {"issuer": issuer.node, "allowed": list(allowed)}
        found.refuse(MEMBER.finding("issuer", node.node, facts, **words))


def _check_permitted(case: Case, found: Findings) -> None:
    """Refuse a cap below what stays permitted under it, with a list of cuts that would reach it."""
    for p in pressed(case, "permitted"):
        node, water, year = p.cell
        facts = {
            "cap_m3": p.limit.cap_m3,
            "permitted_m3": p.amount_m3,
            "gap_m3": p.gap_m3,
            "year": year,
            "water": water,
            "clawback": clawback(case.after, node, water, year, p.gap_m3, case.day),
        }
        facts |= {"moved_m3": p.limit.moved_m3} if p.limit.moved_m3 else {}
        words = {"place": case.state.nodes[node].label, "line": p.line.label}
        found.refuse(MEMBER.finding("below", node, facts, **words))


def _check(case: Case, found: Findings) -> None:
    if case.kind == "cap":
        _check_issuer(case, found)
    _check_permitted(case, found)


MEMBER = Rule(
    name="r09",
    title=Text("上限由上级下达，且不低于已许可量", "Caps are issued from above and never below what is permitted"),
    reference=(
        "《地下水管理条例》第十七条；《黄河保护法》第四十六条、第四十八条"
        " (Groundwater Regulations art. 17; Yellow River Protection Law arts 46, 48)"
    ),
    events=frozenset({"cap", "breakdown", "transfer"}),
    arithmetic=True,
    in_force=date(2021, 12, 1),
    territory="CN",
    rank="law",
    texts={
        "issuer": Text(
            "{issuer} 不是 {place} 的上级，不能下达其上限；可下达者：{allowed}。",
            "{issuer} is not above {place} and may not issue its cap; it may be issued by: {allowed}.",
        ),
        "below": Text(
            "{place} {year} 年{line}：上限 {cap_m3:,} m³ 低于已许可量 {permitted_m3:,} m³，差 {gap_m3:,} m³。"
            "须附核减清单（cutback），其合计不少于差额；clawback 为按次序试算的清单。",
            "{place}, {year}, {line}: the cap of {cap_m3:,} m³ is {gap_m3:,} m³ below what is permitted, "
            "{permitted_m3:,} m³. It needs a cut-back list that reaches it; `clawback` is one by priority.",
        ),
    },
    check=_check,
)
