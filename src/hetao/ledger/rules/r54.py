"""R54: a meter counts one source for one purpose, and a correction is a new entry that leaves the old one in place."""

from __future__ import annotations

from datetime import date

from hetao.ledger.bookings import booked_by
from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, Rule
from hetao.text import Text


def _check(case: Case, found: Findings) -> None:
    f, permit = case.fields, case.draft.right
    assert permit is not None
    meter = case.state.meter(f["meter"])
    if meter is not None and meter.permit != f["permit"]:
        facts = {"meter": f["meter"], "permit": f["permit"], "bound_to": meter.permit}
        found.refuse(MEMBER.finding("bound", permit.node, facts))
    kept = case.state.find_entry(f["corrects"]) if "corrects" in f else None
    if kept is not None:
        facts = {
            "meter": f["meter"],
            "corrects": f["corrects"],
            "first_seq": kept.seq,
            "before_m3": sum(part["volume_m3"] for part in booked_by(kept, f["permit"], f["meter"])),
            "after_m3": f["volume_m3"],
        }
        found.warn(MEMBER.finding("corrected", permit.node, facts))


MEMBER = Rule(
    name="r54",
    title=Text("一表一源一用途，更正另立条目", "One source and purpose to a meter; corrections are new entries"),
    reference=(
        "《节约用水条例》第十四条；《地下水管理条例》第四十七条；《黄河水量调度条例》第三十九条"
        " (Water Saving Regulations art. 14; Groundwater Regulations art. 47; Yellow River Water Dispatch Regulations"
        " art. 39)"
    ),
    events=frozenset({"read"}),
    in_force=date(2024, 5, 1),
    territory="CN",
    rank="regulation",
    texts={
        "bound": Text(
            "计量表 {meter} 已用于许可 {bound_to}，不能再计许可 {permit} 的水量：不同水源、不同用途须分别计量。"
            "请为许可 {permit} 使用自己的计量表。",
            "Meter {meter} counts permit {bound_to} and cannot count permit {permit} as well: sources and purposes are "
            "metered apart. Give permit {permit} a meter of its own.",
        ),
        "corrected": Text(
            "计量表 {meter}：{corrects}（第 {first_seq} 条）由 {before_m3:,} m³ 更正为 {after_m3:,} m³；"
            "原条目保留，不作改写。",
            "Meter {meter}: {corrects} (entry {first_seq}) changes from {before_m3:,} m³ to {after_m3:,} m³; "
            "the "
            "entry itself stays as it is.",
        ),
    },
    check=_check,
)
