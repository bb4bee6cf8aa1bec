"""R45: a permit that is not used for two full years is flagged to be cancelled; its volume is an idle quota."""

from __future__ import annotations

from datetime import date

from hetao.ledger.records import Permit
from hetao.ledger.rule import Rule, Tick
from hetao.ledger.years import day_number
from hetao.text import Text

IDLE_DAYS = 730  # two full years


def _due(tick: Tick) -> None:
    """Raise valid permits from which nothing was withdrawn for two years, unless that is excused; cancel none."""
    today = day_number(tick.day)
    for permit in tick.state.all(Permit, "permit"):
        if permit.status != "valid" or permit.end < tick.day or permit.excused >= tick.day:
            continue
        since = max(permit.last_use, permit.start)
        idle = today - day_number(since)
        if idle >= IDLE_DAYS:
            facts = {
                "permit": permit.permit,
                "holder": permit.holder,
                "since": since,
                "idle_days": idle,
                "limit_days": IDLE_DAYS,
                "volume_m3": permit.volume_m3,
            }
            tick.raise_due(MEMBER, permit.permit, since, MEMBER.finding("idle", permit.node, facts))


MEMBER = Rule(
    name="r45",
    title=Text("连续停止取水满二年（闲置水指标）", "No withdrawal for two full years (idle quotas)"),
    reference="《取水许可和水资源费征收管理条例》第四十四条 (State Council order 460 art. 44)",
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    texts={
        "idle": Text(
            "闲置水指标：取水许可证 {permit}（{holder}）自 {since} 起 {idle_days} 日没有取水，已满 {limit_days} 日，"
            "涉及 {volume_m3:,} m³/年。台账只作标记：由原审批机关注销（cancel）；"
            "因不可抗力或者重大技术改造且经其同意的，可以保留。",
            "Idle quota: nothing was withdrawn under permit {permit} of {holder} since {since}, for {idle_days} days; "
            "the limit is {limit_days}. It holds {volume_m3:,} m³ a year. The ledger only flags it: the authority that "
            "granted it cancels it (`cancel`), or consents to keep it for force majeure or a major rebuild.",
        ),
    },
    due=_due,
)
