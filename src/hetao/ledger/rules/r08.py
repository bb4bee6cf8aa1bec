"""R08: no new groundwater where the level of the unit is below its control level, even within the unit's volume."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hetao.ledger.outcome import Findings
from hetao.ledger.records import Level
from hetao.ledger.rule import Case, Rule
from hetao.ledger.units import unit_granted
from hetao.text import Text


def _below_m(level_m: object, control_m: object) -> Decimal:
    """Return by how much a level lies below its control level, exactly; 0 or less where it does not."""
    return Decimal(str(control_m)) - Decimal(str(level_m))


def _check_level(case: Case, found: Findings) -> None:
    """Warn of an observed level below control."""
    f = case.fields
    below_m, place = _below_m(f["level_m"], f["control_m"]), case.state.nodes[f["node"]].label
    if below_m > 0:
        facts = {"level_m": str(f["level_m"]), "control_m": str(f["control_m"]), "below_m": str(below_m)}
        found.warn(MEMBER.finding("observed", f["node"], {**facts, "date": f["date"]}, place=place))


def _check(case: Case, found: Findings) -> None:
    if case.kind == "level":
        _check_level(case, found)
        return
    unit = unit_granted(case)
    level = None if unit is None else case.state.record(Level, "level", unit.node)
    if unit is None or level is None:
        return
    below_m = _below_m(level.level_m, level.control_m)
    if below_m > 0:
        facts = {"level_m": level.level_m, "control_m": level.control_m, "below_m": str(below_m), "date": level.day}
        found.refuse(MEMBER.finding("below", unit.node, facts, place=unit.label))


MEMBER = Rule(
    name="r08",
    title=Text("水量水位双控", "Double control of volume and level"),
    reference="《地下水管理条例》第二十五条第一项、第五十四条 (Groundwater Regulations arts 25(1), 54)",
    events=frozenset({"apply", "approve", "renew", "change", "level"}),
    in_force=date(2021, 12, 1),
    territory="CN",
    rank="regulation",
    texts={
        "below": Text(
            "管理单元 {place}：{date} 水位 {level_m} m，低于控制水位 {control_m} m，低 {below_m} m。"
            "水量虽未超限，水位不达标，不得新增取用地下水；水位回升至控制水位后可再申请。",
            "Unit {place}: the level of {level_m} m on {date} is {below_m} m below the control level of {control_m} m. "
            "Even within its volume no new groundwater is granted; apply again once the level is back at control.",
        ),
        "observed": Text(
            "管理单元 {place}：{date} 水位 {level_m} m，低于控制水位 {control_m} m，低 {below_m} m；"
            "只要最近一次观测仍低于控制水位，即不得新增取用地下水。",
            "Unit {place}: the level of {level_m} m on {date} is {below_m} m below the control level of {control_m} m; "
            "while the latest observation is below control, no new groundwater is granted.",
        ),
    },
    check=_check,
)
