"""R58: some trades are made on the national platform and must carry its number."""

from __future__ import annotations

from datetime import date

from hetao.ledger.outcome import Findings
from hetao.ledger.records import Permit
from hetao.ledger.rule import Case, Rule
from hetao.ledger.state import State
from hetao.ledger.yellow_river import YELLOW_RIVER
from hetao.ledger.zones import find_zone
from hetao.text import Text

REASONS = {
    "province": Text("跨省区", "it crosses provinces"),
    "level1_zone": Text("跨水资源一级区", "it crosses level-1 water zones"),
    "basin_authority": Text("流域管理机构审批的取水权", "it is of a permit granted by the basin authority"),
    "overloaded": Text("位于水资源超载地区", "it is in an overloaded area"),
}


def _sides(case: Case) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return place and water of the seller and of the buyer."""
    seller, buyer, f = case.draft.before, case.draft.right, case.fields
    if seller is not None and buyer is not None:
        return (seller.node, seller.water), (buyer.node, buyer.water)
    assert case.draft.compared is not None
    water = case.draft.compared[1].water
    return (f["from"], water), (f["to"], water)


def _top_basins(state: State, node: str) -> set[str]:
    """Return the widest basins that a place lies in, its level-1 zones."""
    basins = state.basins(node)
    return {basin for basin in basins if state.nodes[basin].parent not in basins}


def _reasons(case: Case) -> list[str]:
    """Return why the trade belongs on the national platform, empty where it does not."""
    state, ((seller, sold), (buyer, bought)) = case.state, _sides(case)
    zones = _top_basins(state, seller), _top_basins(state, buyer)
    holds = {
        "province": state.path(seller)[0] != state.path(buyer)[0],
        "level1_zone": all(zones) and not zones[0] & zones[1],
        "basin_authority": isinstance(case.draft.right, Permit) and YELLOW_RIVER in (sold, bought),
        "overloaded": any(
            find_zone(state, node, "overloaded", water, case.day) is not None
            for node, water in ((seller, sold), (buyer, bought))
        ),
    }
    return [reason for reason, true in holds.items() if true]


def _check(case: Case, found: Findings) -> None:
    if "platform_number" in case.fields:
        return
    reasons = _reasons(case)
    if reasons:
        (seller, _), (buyer, _) = _sides(case)
        listed = Text(
            "、".join(REASONS[reason].zh for reason in reasons), ", ".join(REASONS[reason].en for reason in reasons)
        )
        facts = {"reasons": reasons, "seller": seller, "buyer": buyer}
        found.refuse(MEMBER.finding("platform", seller, facts, listed=listed))


MEMBER = Rule(
    name="r58",
    title=Text("须在国家水权交易平台进行的交易", "Trades that belong on the national platform"),
    reference=(
        "《用水权交易管理规则（试行）》（水财务〔2024〕9号）第五条"
        " (Ministry of Water Resources, rules on trading water-use rights, 水财务〔2024〕9号, art. 5)"
    ),
    events=frozenset({"transfer"}),
    in_force=date(2024, 1, 10),
    territory="CN",
    rank="notice",
    texts={
        "platform": Text(
            "{seller} 与 {buyer} 之间的交易须写明国家水权交易平台的交易编号（platform_number）：{listed}。"
            "请在国家水权交易平台进行交易后写明编号。",
            "The trade between {seller} and {buyer} must carry the number of the national platform (platform_number): "
            "{listed}. Make the trade there and state its number.",
        ),
    },
    check=_check,
)
