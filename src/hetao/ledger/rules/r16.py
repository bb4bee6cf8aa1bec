"""R16: homes and scattered livestock up to 1000 m³ a year, and water drawn by hand, need no permit."""

from __future__ import annotations

from datetime import date

from hetao.ledger.exempt import HOUSEHOLD_M3, is_by_hand, is_household
from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, Rule
from hetao.text import Text


def _check(case: Case, found: Findings) -> None:
    f = case.fields
    if is_by_hand(f):
        found.exempt(MEMBER.finding("by_hand", f["node"], {"non_mechanical": True, "volume_m3": f["volume_m3"]}))
    elif is_household(f):
        facts = {"purpose": f["purpose"], "volume_m3": f["volume_m3"], "limit_m3": HOUSEHOLD_M3}
        found.exempt(MEMBER.finding("household", f["node"], facts))


MEMBER = Rule(
    name="r16",
    title=Text("少量生活用水与非机电取水免许可", "Small household use and water drawn by hand need no permit"),
    reference=(
        "《内蒙古自治区取水许可和水资源费征收管理实施办法》第六条"
        " (Inner Mongolia Measures on Withdrawal Permits, government order 155, art. 6)"
    ),
    events=frozenset({"apply"}),
    in_force=date(2008, 3, 1),
    territory="CN-15",
    rank="rule",
    texts={
        "household": Text(
            "家庭生活和零星散养、圈养畜禽饮用（{purpose}）年取水 {volume_m3:,} m³，不超过 {limit_m3:,} m³，"
            "不需要取水许可证；水量记入用水。",
            "Homes and scattered livestock ({purpose}) with {volume_m3:,} m³ a year, not above {limit_m3:,} m³, need "
            "no permit; the volume is recorded in use.",
        ),
        "by_hand": Text(
            "以人力、畜力等非机电方式年取水 {volume_m3:,} m³，不需要取水许可证；水量记入用水。",
            "{volume_m3:,} m³ a year, drawn by hand or animal and not by machine, need no permit; the volume is "
            "recorded in use.",
        ),
    },
    check=_check,
)
