"""R37: drainage of mines and tunnels above the regional size needs a permit, a meter and returns."""

from __future__ import annotations

from datetime import date

from hetao.ledger.exempt import is_emergency
from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, Rule
from hetao.ledger.settings import find_setting
from hetao.text import Text

DUTIES = Text(
    "须申请取水许可、安装排水计量设施，并定期报送疏干排水量和地下水水位",
    "it needs a permit, a meter on the drainage, and regular returns of the volume drained and of the "
    "groundwater level",
)


def _check(case: Case, found: Findings) -> None:
    f = case.fields
    if f.get("purpose") != "mine_drainage" or is_emergency(f):  # emergencies are for R17
        return
    node, volume_m3 = f["node"], f["volume_m3"]
    setting = find_setting(case.state, "mine_drainage_m3", case.day, node)
    if setting is None:
        found.warn(MEMBER.finding("no_size", node, {"volume_m3": volume_m3}, duties=DUTIES))
        return
    facts = {"volume_m3": volume_m3, "size_m3": setting.value, "document": setting.document}
    if volume_m3 > setting.value:
        found.warn(MEMBER.finding("above", node, facts, duties=DUTIES))
    else:
        found.exempt(MEMBER.finding("below", node, facts))


MEMBER = Rule(
    name="r37",
    title=Text("矿井与地下工程疏干排水", "Drainage of mines and tunnels"),
    reference="《地下水管理条例》第五十二条、第五十七条 (Groundwater Regulations arts 52, 57)",
    events=frozenset({"apply"}),
    in_force=date(2021, 12, 1),
    territory="CN",
    rank="regulation",
    texts={
        "above": Text(
            "疏干排水 {volume_m3:,} m³，大于规模标准 {size_m3:,} m³（{document}）：{duties}。"
            "应报而未报且逾期不补报的，处2万元以上10万元以下罚款。",
            "The drainage of {volume_m3:,} m³ is above the regional size of {size_m3:,} m³ ({document}): {duties}. "
            "Returns still missing after an order to make them are fined 20,000 to 100,000 yuan.",
        ),
        "below": Text(
            "疏干排水 {volume_m3:,} m³，不超过规模标准 {size_m3:,} m³（{document}），不需要取水许可；已记录。",
            "The drainage of {volume_m3:,} m³ does not exceed the regional size of {size_m3:,} m³ ({document}) and "
            "needs no permit; it is recorded.",
        ),
        "no_size": Text(
            "未给定疏干排水的规模标准（设置 mine_drainage_m3），{volume_m3:,} m³ 按达到规模处理：{duties}。",
            "No regional size of drainage is given (setting mine_drainage_m3); {volume_m3:,} m³ are taken to reach it: "
            "{duties}.",
        ),
    },
    check=_check,
)
