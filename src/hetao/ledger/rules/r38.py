"""R38: no right exceeds what the works are designed to draw."""

from __future__ import annotations

from datetime import date

from hetao.ledger.outcome import Findings
from hetao.ledger.records import Application, Permit, Record
from hetao.ledger.rights import from_day
from hetao.ledger.rule import Case, Rule
from hetao.text import Text


def _right(case: Case) -> Record | None:
    """Return the right as it would be; of a trade, that of the buyer."""
    right = case.draft.right
    if case.kind != "transfer":
        return right
    return case.draft.records.get(("permit", case.fields["to"]))  # none where areas trade


def _capacity_m3(right: Application | Permit) -> int | None:
    """Return the capacity of the works in m³ a year, None where it was not stated."""
    stated: int | None = right.fields.get("capacity_m3")
    return right.capacity_m3 or stated if isinstance(right, Permit) else stated


def _check(case: Case, found: Findings) -> None:
    right = _right(case)
    if not isinstance(right, Application | Permit):
        return
    capacity_m3 = _capacity_m3(right)
    if capacity_m3 is None:
        return
    drawn_m3 = max((c.volume_m3 for c in from_day(right.charges, case.day)), default=0)
    granted_m3 = max(right.volume_m3, drawn_m3)
    if granted_m3 > capacity_m3:
        facts = {"volume_m3": granted_m3, "capacity_m3": capacity_m3, "over_m3": granted_m3 - capacity_m3}
        found.refuse(MEMBER.finding("over", right.node, facts))
    elif case.kind == "apply" and case.fields["volume_m3"] > capacity_m3:
        facts = {"requested_m3": case.fields["volume_m3"], "capacity_m3": capacity_m3, "granted_m3": granted_m3}
        found.warn(MEMBER.finding("cut", right.node, facts))


MEMBER = Rule(
    name="r38",
    title=Text("不超过取水工程的设计取水量", "Nothing beyond the design capacity of the works"),
    reference="《取水许可和水资源费征收管理条例》第二十条第二款 (State Council order 460 art. 20 para. 2)",
    events=frozenset({"apply", "approve", "accept_works", "renew", "change", "transfer"}),
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    texts={
        "cut": Text(
            "申请 {requested_m3:,} m³，大于取水工程的设计取水量 {capacity_m3:,} m³，按 {granted_m3:,} m³ 核定。",
            "{requested_m3:,} m³ are asked for, the works are designed for {capacity_m3:,} m³: it is cut to "
            "{granted_m3:,} m³.",
        ),
        "over": Text(
            "水量 {volume_m3:,} m³ 超过取水工程的设计取水量 {capacity_m3:,} m³，超出 {over_m3:,} m³。"
            "请减至设计取水量以内；工程扩建的，重新申请。",
            "{volume_m3:,} m³ exceed the design capacity of the works, {capacity_m3:,} m³, by {over_m3:,} m³. Ask for "
            "no more than the capacity; where the works are enlarged, apply anew.",
        ),
    },
    check=_check,
)
