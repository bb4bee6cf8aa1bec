"""R32: in an overloaded area, what the notice of 2020 asks of volumes from a transfer and of poverty relief."""

from __future__ import annotations

from datetime import date

from hetao.ledger.deadlines import CALENDARS, passed_facts
from hetao.ledger.outcome import Findings
from hetao.ledger.overload import GROUNDS, NOTICE, grounds_of, is_contested
from hetao.ledger.records import Application
from hetao.ledger.rule import Case, Rule, Tick
from hetao.ledger.years import add_days
from hetao.ledger.zones import find_zone
from hetao.text import Text

LIMIT = 10  # working days from the approval to the filing with the basin commission
DUTIES = Text(
    f"须严格进行水资源论证；原由盟市、旗县审批的，改由自治区审批；审批后 {LIMIT} 个工作日内报黄河水利委员会备案",
    "it needs strict water-resources demonstration; what leagues or banners approved moves up to the region; and it "
    f"is filed with the Yellow River Conservancy Commission within {LIMIT} working days of the approval",
)


def _check(case: Case, found: Findings) -> None:
    right = case.draft.right
    if not case.state.identifiers("zone") or right is None:
        return
    grounds = grounds_of(case.fields) if case.kind == "apply" else "transfer"
    zone = find_zone(case.state, right.node, "overloaded", right.water, case.day) if grounds else None
    if zone is None:
        return
    facts = {
        "zone": zone.node,
        "zone_document": zone.document,
        "grounds": grounds,
        "volume_m3": case.fields["volume_m3"],
        "file_within": LIMIT,
        "version": NOTICE.fact,
    }
    words = {
        "place": case.state.nodes[zone.node].label,
        "why": GROUNDS[grounds],
        "duties": DUTIES,
        "since": NOTICE.start,
        "source": NOTICE.source,
    }
    if case.kind == "apply" and is_contested(case.fields, case.day):
        found.refer(MEMBER.finding("conflict", right.node, facts, **words))
    else:
        found.warn(MEMBER.finding("duties", right.node, facts, **words))


def _due(tick: Tick) -> None:
    """Raise approvals that should have been filed with the basin commission by now."""
    if not tick.state.identifiers("zone"):
        return
    for a in tick.state.all(Application, "application"):
        if a.status not in ("approved", "permitted") or not grounds_of(a.fields):
            continue
        if tick.day <= add_days(a.decided, LIMIT) or tick.is_raised(MEMBER, a.application, a.decided):
            continue
        if find_zone(tick.state, a.node, "overloaded", a.water, a.decided) is None:
            continue
        passed = passed_facts(tick.state, a.decided, tick.day, LIMIT)
        if int(passed["working_days"]) > LIMIT:
            facts = {"application": a.application, "decided": a.decided, "volume_m3": a.volume_m3, **passed}
            finding = MEMBER.finding("file", a.node, facts, counted=CALENDARS[str(passed["calendar"])])
            tick.raise_due(MEMBER, a.application, a.decided, finding)


MEMBER = Rule(
    name="r32",
    title=Text(
        "超载地区水权转让与脱贫攻坚用水的审批要求", "Transfers and poverty relief in overloaded areas: what is asked"
    ),
    reference=(
        "水利部《关于黄河流域水资源超载地区暂停新增取水许可的通知》（2020年12月），与《黄河保护法》第五十一条并读"
        " (Ministry of Water Resources, notice of December 2020, beside Yellow River Protection Law art. 51)"
    ),
    events=frozenset({"apply", "transfer"}),
    in_force=date(2020, 12, 22),
    territory="YR",
    rank="notice",
    texts={
        "conflict": Text(
            "规则冲突：{place}为水资源超载地区（{zone_document}），{why}，{volume_m3:,} m³；"
            "{source}（{since} 起）仍可审批。另见 R31，须由人决定。若予批准：{duties}。",
            "Conflict: {place} is overloaded ({zone_document}) and {why}, {volume_m3:,} m³; under the {source}, from "
            "{since}, it could still be approved. See R31: a person must decide. If it is approved: {duties}.",
        ),
        "duties": Text(
            "{place}为水资源超载地区（{zone_document}），{why}，{volume_m3:,} m³：{duties}。"
            "依据：{source}（{since} 起）。",
            "{place} is overloaded ({zone_document}) and {why}, {volume_m3:,} m³: {duties}. Version: {source}, from "
            "{since}.",
        ),
        "file": Text(
            "申请 {application}（{decided} 批准，{volume_m3:,} m³）位于水资源超载地区，已过 {working_days} 个工作日"
            "（{counted}），限期 {limit} 个工作日：请核实已报黄河水利委员会备案，未备案的立即补报。",
            "Application {application}, approved on {decided} for {volume_m3:,} m³, lies in an overloaded area; "
            "{working_days} working days have passed ({counted}), the limit is {limit}: check that it was filed with "
            "the basin commission, the Yellow River Conservancy Commission, and file it now if it was not.",
        ),
    },
    check=_check,
    due=_due,
)
