"""R52: from a size on, a withdrawal that is not irrigation is metered online."""

from __future__ import annotations

from datetime import date

from hetao.ledger.line import WATERS
from hetao.ledger.metering import meter_fine, online_from_m3
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Application, Permit
from hetao.ledger.rule import Case, Rule
from hetao.text import Text


def _is_online(metering: object) -> bool:
    """Tell whether the way of metering that is stated is online."""
    return isinstance(metering, str) and ("online" in metering.lower() or "在线" in metering)


def _size_m3(case: Case, right: Application | Permit) -> int | None:
    """Return the size from which the right is metered online, None where it is smaller or where none is set."""
    least_m3 = online_from_m3(case.state, right.node, right.water, right.purpose, case.day)
    return None if least_m3 is None or right.volume_m3 < least_m3 else least_m3


def _check_condition(case: Case, right: Application | Permit, size_m3: int, found: Findings) -> None:
    """Warn that an online meter is a condition where another way of metering, or none, is stated."""
    metering = right.fields.get("metering")
    if _is_online(metering):
        return
    facts = {"water": right.water, "volume_m3": right.volume_m3, "online_from_m3": size_m3, "metering": metering}
    stated = Text("未写明", "not stated") if metering is None else metering
    words = {"place": case.state.nodes[right.node].label, "stated": stated, "source": WATERS[right.water]}
    found.warn(MEMBER.finding("condition", right.node, facts, **words))


def _check_reading(case: Case, permit: Permit, size_m3: int, found: Findings) -> None:
    """Warn of a reading that no meter gave, with the range of the fine."""
    fine = meter_fine(case.state, permit, case.day, fitted=False)
    facts = {
        "permit": permit.permit,
        "method": case.fields["method"],
        "volume_m3": permit.volume_m3,
        "online_from_m3": size_m3,
        "fine_min_yuan": fine.least_yuan,
        "fine_max_yuan": fine.most_yuan,
        "fine_by": fine.clause.en,
    }
    words = {
        "place": case.state.nodes[permit.node].label,
        "clause": fine.clause,
    }
    found.warn(MEMBER.finding("reading", permit.node, facts, **words))


def _check(case: Case, found: Findings) -> None:
    if case.fields.get("method") == "metered":  # only readings have a method
        return
    right = case.draft.right
    assert right is not None
    size_m3 = _size_m3(case, right)
    if size_m3 is None:
        return
    if case.kind == "read":
        assert isinstance(right, Permit)
        _check_reading(case, right, size_m3, found)
    else:
        _check_condition(case, right, size_m3, found)


MEMBER = Rule(
    name="r52",
    title=Text("规模以上在线计量", "Online meters from a size on"),
    reference=(
        "《地下水管理条例》第二十二条；《黄河保护法》第五十三条；水利部《关于强化取水口取水监测计量的意见》（2021 年 "
        "6 月）"
        " (Groundwater Regulations art. 22; Yellow River Protection Law art. 53; Ministry of Water Resources, "
        "opinion on"
        " the metering of intakes, June 2021)"
    ),
    events=frozenset({"apply", "accept_works", "read"}),
    in_force=date(2021, 6, 30),
    territory="CN",
    rank="law",
    texts={
        "condition": Text(
            "{place}：年取水量 {volume_m3:,} m³ 达到须在线计量的规模 {online_from_m3:,} m³（{source}），"
            "而所写计量方式为：{stated}。以安装在线计量设施为条件。",
            "{place}: {volume_m3:,} m³ a year reach the size of {online_from_m3:,} m³ from which {source} is metered "
            "online, and the metering stated is: {stated}. An online meter is a condition.",
        ),
        "reading": Text(
            "{place}许可 {permit}（{volume_m3:,} m³/年）达到须在线计量的规模 {online_from_m3:,} m³，读数却来自："
            "{method}。"
            "请安装在线计量设施；未安装的，依{clause}处 {fine_min_yuan:,} 元以上 {fine_max_yuan:,} 元以下罚款。",
            "{place}, permit {permit}, {volume_m3:,} m³ a year, reaches the size of {online_from_m3:,} m³ that is "
            "metered online, and the reading is by: {method}. Fit an online meter; without one the fine is "
            "{fine_min_yuan:,} to {fine_max_yuan:,} yuan by {clause} ({fine_by}).",
        ),
    },
    check=_check,
)
