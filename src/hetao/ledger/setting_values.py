"""The settings that rules read: what each is for, and which values it takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hetao.ledger.settings import read_ratio
from hetao.text import Text

__all__ = ["VALUES", "SettingKind"]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class SettingKind:
    """A setting that rules read.

    Attributes:
        title: what it is for.
        fits: tells whether a value can be used.
        expected: what the value should be, in words.
    """

    title: Text
    fits: Callable[[object], bool]
    expected: Text


def _is_share(value: object) -> bool:
    ratio = read_ratio(value)
    return ratio is not None and 0 <= ratio <= 1


def _is_ratio(value: object) -> bool:
    ratio = read_ratio(value)
    return ratio is not None and ratio >= 0


def _is_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) and v for v in value)


def _is_volume(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_volumes(value: object) -> bool:
    return _is_volume(value) or (isinstance(value, dict) and bool(value) and all(map(_is_volume, value.values())))


def _is_day(value: object) -> bool:
    return isinstance(value, str) and _DAY.fullmatch(value) is not None


def _is_calendar(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    if set(value) <= {"holidays", "workdays"}:
        return all(isinstance(days, list) and all(map(_is_day, days)) for days in value.values())
    return all(_is_day(day) and isinstance(works, bool) for day, works in value.items())


def _is_steps(value: object) -> bool:
    steps = value.get("steps") if isinstance(value, dict) else value
    if not isinstance(steps, list) or not steps:
        return False
    return all(
        isinstance(step, list) and len(step) == 2 and (step[0] is None or _is_ratio(step[0])) and _is_ratio(step[1])
        for step in steps
    )


def _is_object(*names: str) -> Callable[[object], bool]:
    return lambda value: isinstance(value, dict) and all(name in value for name in names)


def _is_repair(value: object) -> bool:
    named = isinstance(value, dict) and all(isinstance(value.get(n), str) and value[n] for n in ("permit", "meter"))
    return named and isinstance(value, dict) and _is_day(value.get("by"))


def _is_list(value: object) -> bool:
    return isinstance(value, list)


VOLUMES = Text("整数 m³，或 水源 → 整数 m³ 的对象", "an integer in m³, or an object water → integer in m³")
NAMES = Text("名称的列表", "a list of names")
SHARE = Text('0 至 1 的数或 "90%" 一类文字', 'a number from 0 to 1, or text such as "90%"')

VALUES: Mapping[str, SettingKind] = {
    "warning_ratio": SettingKind(
        Text("限制审批的预警比例（规则 R21）", "the share of a cap from which approvals are restricted (R21)"),
        _is_share,
        SHARE,
    ),
    "surcharge_steps": SettingKind(
        Text("超计划用水的累进加价（R50）", "steps of the surcharge on use above plan (R50)"),
        _is_steps,
        Text(
            '[[超出比例, 倍数], …, [null, 倍数]]，或 {"reading": "marginal" 或 "whole", "steps": …}',
            '[[excess up to, times], …, [null, times]], or {"reading": "marginal" or "whole", "steps": …}',
        ),
    ),
    "online_meter_m3": SettingKind(
        Text("须在线计量的规模（R52）", "the size that needs an online meter (R52)"), _is_volumes, VOLUMES
    ),
    "working_days": SettingKind(
        Text("工作日历：放假与调休（期限均以工作日计）", "the calendar of working days: holidays and workdays made up"),
        _is_calendar,
        Text(
            '{"holidays": [日期…], "workdays": [日期…]}，或 日期 → true/false 的对象',
            '{"holidays": [days…], "workdays": [days…]}, or an object day → true/false',
        ),
    ),
    "advanced_tier_for": SettingKind(
        Text("适用先进值的建设项目类型（R27）", "kinds of project tested against the advanced tier (R27)"),
        _is_names,
        NAMES,
    ),
    "high_water_use_industries": SettingKind(
        Text("高耗水行业（R25）", "industries of high water use (R25)"), _is_names, NAMES
    ),
    "negative_list": SettingKind(
        Text("高耗水负面清单与淘汰目录（R30）", "the negative list and the phase-out list (R30)"), _is_names, NAMES
    ),
    "compulsory_quotas": SettingKind(
        Text("强制性用水定额的产品（R29）", "products with a compulsory quota (R29)"), _is_names, NAMES
    ),
    "retrofit_order": SettingKind(
        Text("限期改造（R29）", "an order to retrofit (R29)"),
        _is_object("permit", "by"),
        Text('{"permit": 许可, "by": 日期}', '{"permit": …, "by": day}'),
    ),
    "territory": SettingKind(
        Text("台账所在的适用地域", "the territories that the ledger lies in"),
        _is_names,
        Text("CN-15、YR 等的列表", "a list of CN-15, YR …"),
    ),
    "approval_levels": SettingKind(
        Text("分级审批（R14）", "approval levels (R14)"),
        _is_list,
        Text(
            '[{"kind": "banner", "water": …, "up_to_m3": 整数}, …]',
            '[{"kind": "banner", "water": …, "up_to_m3": integer}, …]',
        ),
    ),
    "basin_reach_limit_m3": SettingKind(
        Text("由流域机构审批的河段限额（R15）", "volumes above which the basin authority decides, by node (R15)"),
        _is_volumes,
        Text("整数 m³，或 节点 → 整数 m³ 的对象", "an integer in m³, or an object node → integer in m³"),
    ),
    "mine_drainage_m3": SettingKind(
        Text("须许可的矿井疏干规模（R37）", "the size of mine drainage that needs a permit (R37)"),
        _is_volume,
        Text("整数 m³", "an integer in m³"),
    ),
    "meter_repair": SettingKind(
        Text("计量表限期修复（R53）", "the day by which a meter must be repaired (R53)"),
        _is_repair,
        Text('{"permit": 许可, "meter": 表, "by": 日期}', '{"permit": …, "meter": …, "by": day}'),
    ),
    "cutback_priority": SettingKind(
        Text("核减次序：先核减者在前", "purposes in the order in which they are cut back, first cut first"),
        _is_names,
        NAMES,
    ),
    "great_change_ratio": SettingKind(
        Text("构成重大变更的水量变化比例（R42）", "the change of volume that counts as great (R42)"), _is_ratio, SHARE
    ),
    "section_shortfall": SettingKind(
        Text("省界断面下泄不足（R55）", "a shortfall of outflow at the province section (R55)"),
        _is_object("volume_m3", "year"),
        Text(
            '{"volume_m3": 整数, "year": 年, "serious": true/false}',
            '{"volume_m3": integer, "year": year, "serious": true/false}',
        ),
    ),
    "transfer_routes": SettingKind(
        Text("可调水的区域对（R57）", "pairs of places between which water can be conveyed (R57)"),
        _is_list,
        Text("[[节点, 节点], …]", "[[node, node], …]"),
    ),
    "plan_margin": SettingKind(
        Text("年度计划的预留比例（R46）", "the margin that yearly plans leave (R46)"), _is_share, SHARE
    ),
}
