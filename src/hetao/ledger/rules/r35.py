"""R35: deep groundwater is hard to renew: none for irrigation on the Yellow River, and elsewhere only in need."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from hetao.ledger.exempt import is_emergency, is_survey
from hetao.ledger.irrigation import is_irrigation
from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, Rule
from hetao.ledger.yellow_river import in_yellow_river
from hetao.text import Text

YELLOW_RIVER_LAW = "2023-04-01"  # the day from which the Yellow River Protection Law holds


def _is_excepted(fields: Mapping[str, Any]) -> bool:
    """Tell whether it is emergency supply, a home without other source, or a test."""
    if is_emergency(fields) or is_survey(fields):
        return True
    return fields["purpose"] == "domestic" and not fields.get("public_supply_available", False)


def _check(case: Case, found: Findings) -> None:
    purpose = case.fields.get("purpose")
    if not case.fields.get("deep", False) or case.fields["water"] != "groundwater" or purpose is None:
        return
    node, facts = case.fields["node"], {"purpose": purpose, "volume_m3": case.fields["volume_m3"]}
    if is_irrigation(purpose) and case.day >= YELLOW_RIVER_LAW and in_yellow_river(case.state, node, "groundwater"):
        basins = case.state.basins(node)
        facts |= {"clause": "YR 55", "basins": list(basins)}
        found.refuse(MEMBER.finding("irrigation", node, facts, listed=", ".join(basins)))
    elif not _is_excepted(case.fields):
        found.refuse(MEMBER.finding("hard_to_renew", node, {**facts, "clause": "GW 27"}))


MEMBER = Rule(
    name="r35",
    title=Text("深层地下水与难以更新的地下水", "Deep groundwater that is hard to renew"),
    reference=(
        "《黄河保护法》第五十五条；《地下水管理条例》第二十七条"
        " (Yellow River Protection Law art. 55; Groundwater Regulations art. 27)"
    ),
    events=frozenset({"apply"}),
    in_force=date(2021, 12, 1),
    territory="CN",
    rank="law",
    texts={
        "irrigation": Text(
            "禁止取用深层地下水用于农业灌溉（《黄河保护法》第五十五条）：用途 {purpose}，{volume_m3:,} m³，"
            "所在流域 {listed}。请改用其他水源。",
            "Deep groundwater may not be taken for irrigation (Yellow River Protection Law art. 55): purpose "
            "{purpose}, {volume_m3:,} m³, in the basin {listed}. Use another source.",
        ),
        "hard_to_renew": Text(
            "深层地下水难以更新，禁止开采（《地下水管理条例》第二十七条）：用途 {purpose}，{volume_m3:,} m³。"
            "例外只有应急供水、无替代水源地区的居民生活用水，以及监测、勘探、试验少量取水。",
            "Deep groundwater is hard to renew and may not be taken (Groundwater Regulations art. 27): purpose "
            "{purpose}, {volume_m3:,} m³. Excepted are only emergency supply, homes without other source, and small "
            "volumes for monitoring, exploration and tests.",
        ),
    },
    check=_check,
)
