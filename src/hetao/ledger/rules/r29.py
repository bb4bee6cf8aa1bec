"""R29: who uses more than a compulsory quota allows, in the Yellow River basin, has to retrofit in time or be fined."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from hetao.ledger.outcome import Findings
from hetao.ledger.quotas import find_quota, quota_m3
from hetao.ledger.records import Permit, Quota
from hetao.ledger.rights import LIVE
from hetao.ledger.rule import Case, Rule, Tick
from hetao.ledger.settings import find_setting
from hetao.ledger.state import State
from hetao.ledger.years import year_days, years_of
from hetao.ledger.yellow_river import in_yellow_river
from hetao.text import Text

FINE = {  # yuan; Yellow River Protection Law art. 114
    "fine_min_yuan": 0,
    "fine_max_yuan": 100_000,
    "serious_min_yuan": 100_000,
    "serious_max_yuan": 500_000,
}


class _Excess(NamedTuple):
    """The use of one year against output times the compulsory quota."""

    permit: Permit
    year: int
    used_m3: int
    allowed_m3: int
    quota: Quota

    def facts(self) -> dict[str, object]:
        """Return the figures of the finding; volumes in m³."""
        fields = self.permit.fields
        return {
            "permit": self.permit.permit,
            "year": self.year,
            "product": fields["product"],
            "output": str(fields["output"]),
            "m3_per_unit": self.quota.m3_per_unit,
            "unit": self.quota.unit,
            "issuer": self.quota.issuer,
            "used_m3": self.used_m3,
            "allowed_m3": self.allowed_m3,
            "over_m3": self.used_m3 - self.allowed_m3,
        }


def _is_bound(state: State, permit: Permit, day: str) -> bool:
    """Tell whether a compulsory quota binds the holder of a permit."""
    if permit.status not in LIVE or not {"product", "output"} <= permit.fields.keys():
        return False
    listed = find_setting(state, "compulsory_quotas", day, permit.node)
    compulsory = listed is not None and permit.fields["product"] in listed.value
    return compulsory and in_yellow_river(state, permit.node, permit.water)


def _excesses(state: State, permit: Permit, day: str) -> Iterator[_Excess]:
    """Yield the years of a permit with known use under a quota, whether they exceed it or not."""
    f = permit.fields
    for year in years_of(permit.water, permit.start, min(day, permit.end)):
        last = min(day, year_days(permit.water, year)[1])
        used_m3 = state.permit_year(permit.permit, year).used_m3
        if not used_m3 or last < MEMBER.in_force.isoformat():
            continue
        quota = find_quota(state, permit.node, f["product"], f.get("process", ""), "general", last)
        if quota is not None:
            allowed_m3 = (Fraction(str(f["output"])) * quota_m3(quota)).__floor__()
            yield _Excess(permit, year, used_m3, allowed_m3, quota)


def _ordered_by(state: State, permit: str, day: str) -> str:
    """Return the day by which a permit's holder was ordered to retrofit, by the latest order; empty for none."""
    orders = [
        s
        for s in state.settings().get("retrofit_order", ())
        if s.start <= day and s.value["permit"] == permit and _is_day(s.value["by"])
    ]
    return str(max(orders, key=lambda s: s.start).value["by"]) if orders else ""


def _is_day(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _due(tick: Tick) -> None:
    """Raise that an order is needed, year by year; once its day has passed, that the latest use is still above."""
    if not tick.state.settings().get("compulsory_quotas"):
        return
    for permit in tick.state.all(Permit, "permit"):
        if not _is_bound(tick.state, permit, tick.day):
            continue
        known = list(_excesses(tick.state, permit, tick.day))
        by = _ordered_by(tick.state, permit.permit, tick.day)
        if by and by < tick.day and known and known[-1].used_m3 > known[-1].allowed_m3:
            facts = {**known[-1].facts(), "by": by, **FINE}
            finding = MEMBER.finding("overdue", permit.node, facts, holder=permit.holder)
            tick.raise_due(MEMBER, permit.permit, f"by {by}", finding)
        for excess in known if not by else ():
            if excess.used_m3 > excess.allowed_m3:
                finding = MEMBER.finding("needed", permit.node, excess.facts(), holder=permit.holder)
                tick.raise_due(MEMBER, permit.permit, str(excess.year), finding)


def _check(case: Case, found: Findings) -> None:
    """Warn of an order to retrofit that names no permit, or no day."""
    value = case.fields["value"]
    if case.fields["name"] != "retrofit_order" or not isinstance(value, dict) or not {"permit", "by"} <= value.keys():
        return
    if not isinstance(value["permit"], str) or case.state.permit(value["permit"]) is None:
        found.warn(MEMBER.finding("no_permit", None, {"permit": str(value["permit"])}))
    if not _is_day(value["by"]):
        found.warn(MEMBER.finding("no_day", None, {"permit": str(value["permit"]), "by": str(value["by"])}))


MEMBER = Rule(
    name="r29",
    title=Text("超强制性用水定额限期改造", "Above a compulsory quota: retrofit in time"),
    reference=("《黄河保护法》第五十二条第三款、第一百一十四条 (Yellow River Protection Law arts 52 para 3, 114)"),
    events=frozenset({"setting"}),
    in_force=date(2023, 4, 1),
    territory="YR",
    rank="law",
    texts={
        "needed": Text(
            "许可 {permit}（{holder}）{year} 年用水 {used_m3:,} m³，超过强制性用水定额：{product} 产量 {output}，"
            "{m3_per_unit} {unit}（{issuer}），即 {allowed_m3:,} m³，超出 {over_m3:,} m³。"
            "应责令限期实施节水技术改造（设置 retrofit_order）。",
            "Permit {permit} ({holder}) used {used_m3:,} m³ in {year}, {over_m3:,} m³ above the compulsory quota: "
            "output {output} of {product} at {m3_per_unit} {unit} ({issuer}) comes to {allowed_m3:,} m³. "
            "An order to retrofit by a date is due (setting `retrofit_order`).",
        ),
        "overdue": Text(
            "许可 {permit}（{holder}）须于 {by} 前完成节水技术改造，已逾期；{year} 年用水 {used_m3:,} m³ 仍超过"
            "强制性用水定额：{product} 产量 {output}，{m3_per_unit} {unit}（{issuer}），即 {allowed_m3:,} m³，"
            "超出 {over_m3:,} m³。"
            "可处 {fine_max_yuan:,} 元以下罚款（下限 {fine_min_yuan:,} 元）；情节严重的，"
            "处 {serious_min_yuan:,} 元以上 {serious_max_yuan:,} 元以下罚款，吊销取水许可证。",
            "Permit {permit} ({holder}) was to be retrofitted by {by}, which has passed; its use of {used_m3:,} m³ in "
            "{year} is still {over_m3:,} m³ above the compulsory quota: output {output} of {product} at {m3_per_unit} "
            "{unit} ({issuer}) comes to {allowed_m3:,} m³. A fine of {fine_min_yuan:,} to {fine_max_yuan:,} yuan is "
            "possible; if serious, {serious_min_yuan:,} to {serious_max_yuan:,} yuan, and the permit is revoked.",
        ),
        "no_permit": Text(
            "限期改造（retrofit_order）所指的许可 {permit} 不存在。请先发证或更正许可证号。",
            "The order to retrofit names permit {permit}, which does not exist. Issue it first, or correct its number.",
        ),
        "no_day": Text(
            "许可 {permit} 的限期改造（retrofit_order）期限 {by} 不是日期，规则 R29 不能据以判断。"
            "应为 2025-12-31 这样的日期。",
            "The order to retrofit permit {permit} is due by {by}, which is no day; rule R29 cannot go by it. "
            "Expected a day such as 2025-12-31.",
        ),
    },
    check=_check,
    due=_due,
)
