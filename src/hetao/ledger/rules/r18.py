"""R18: a well for monitoring or exploration needs no permit, but a filing before work begins."""

from __future__ import annotations

from datetime import date

from hetao.ledger.exempt import is_survey
from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, Rule
from hetao.text import Text


def _check(case: Case, found: Findings) -> None:
    f = case.fields
    if is_survey(f):
        facts = {"purpose": f["purpose"], "volume_m3": f["volume_m3"], "start": f["from"]}
        found.exempt(MEMBER.finding("survey", f["node"], facts))


MEMBER = Rule(
    name="r18",
    title=Text("监测、勘探取水工程免许可，施工前备案", "Monitoring and exploration wells: no permit, but a filing"),
    reference="《地下水管理条例》第四十八条、第六十一条 (Groundwater Regulations arts 48, 61)",
    events=frozenset({"apply"}),
    in_force=date(2021, 12, 1),
    territory="CN",
    rank="regulation",
    texts={
        "survey": Text(
            "以监测、勘探为目的（{purpose}）的取水 {volume_m3:,} m³，不需要取水许可；"
            "须在施工前（取水自 {start} 起）报水行政主管部门备案。",
            "{volume_m3:,} m³ drawn for {purpose} need no permit; file the well with the water authority before work "
            "on it begins (water is drawn from {start}).",
        ),
    },
    check=_check,
)
