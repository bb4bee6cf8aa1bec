"""The register section: who is over which cap and why, what was refused or referred, what is due."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hetao.ledger import Account, Finding, Line, Node, Outcome
from hetao.ledger.records import Permit, PermitYear
from hetao.report.model import Block, CapNode, CapTree, Cell, Column, Paragraph, Section, Table, Tone
from hetao.text import Text
from hetao.units import show_volume

__all__ = ["Registered", "bilingual", "register_section"]

UNIT = Text("万m³", "10⁴ m³")
M3_PER_UNIT = 10_000
LONG = 40  # rows from which a table is shown closed
MOST = 3  # permits that are named as the cause of an overuse
NEAR = 0.9  # of a cap: what the table lists as near it; the rules have their own setting
DECISIONS: Mapping[str, tuple[Text, Tone]] = {
    "admitted": (Text("受理并预留", "admitted"), "plain"),
    "exempt": (Text("无须许可", "exempt"), "muted"),
    "incomplete": (Text("须补正", "incomplete"), "warning"),
    "referred": (Text("移送裁量", "referred"), "warning"),
    "refused": (Text("拒绝", "refused"), "bad"),
}
URGENT = ("refused", "referred", "incomplete", "exempt")  # the order in which applications are listed
LABELLED = re.compile(r"\(([^()]+)\)")  # a place's identifier after its name, as the ledger writes it
BOTH = " / "  # between a name in Chinese and the same in English
NO_EVENT: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Registered:
    """What the ledger of a register holds and what it said.

    Attributes:
        focus: the region.
        year: the year told of.
        names: place → its name.
        nodes: every place.
        accounts: the accounts of the year on the withdrawal basis.
        applications: every application and the ledger's answer.
        refused: everything else that was refused.
        remarks: permit → what the ledger remarked on it last.
        raised: what time made due, each with the day on which the ledger said so.
        undecided: the applications that are admitted and not decided.
        permits: every permit.
        years: permit → its year.
        note: what readers must know of the register.
        head: number and hash of the last journal entry.
        verified: whether the checker found the ledger sound.
    """

    focus: str
    year: int
    names: Mapping[str, Text]
    nodes: Mapping[str, Node]
    accounts: tuple[Account, ...]
    applications: tuple[tuple[Mapping[str, Any], Outcome], ...]
    refused: tuple[tuple[Mapping[str, Any], Outcome], ...]
    remarks: Mapping[str, tuple[Finding, ...]]
    raised: tuple[tuple[str, Finding], ...]
    undecided: frozenset[str]
    permits: Mapping[str, Permit]
    years: Mapping[str, PermitYear]
    note: Text
    head: str
    verified: bool


def register_section(held: Registered) -> Section:
    """Build the section."""
    over = [a for a in held.accounts if _over_m3(a) > 0]
    blocks: list[Block] = []
    if held.note.zh:
        blocks.append(Paragraph(held.note, "warning"))
    blocks += [
        _over_table(held, over),
        *_application_table(held),
        *_due_table(held),
        *_permit_table(held),
        *_near_table(held),
        _level_table(held),
        *_refused_table(held),
    ]
    return Section(
        key="register",
        title=Text("登记簿", "Register"),
        question=Text(
            "全区的上限、许可、计划与用水在一本账上：谁超了、为什么、按哪个口径，什么到期应办？",
            "A region's caps, permits, plans and use on one ledger: who is over, why, on which basis; what is due?",
        ),
        answer=_answer(held, over),
        tone="bad" if over or not held.verified else "good",
        picture=_tree(held),
        blocks=tuple(blocks),
    )


def _line(account: Account) -> Line:
    return Line(account.water, account.basis, account.ecology)


def _used_m3(account: Account) -> int:
    """Return the use that the ledger holds against a cap: metered or published, the larger one."""
    return max(account.used_m3, account.reported_m3 or 0)


def _over_m3(account: Account) -> int:
    """Return by how much use exceeds the cap in force, or what is still owed of earlier years, 0 where nothing is."""
    if account.limit_m3 is None:
        return 0
    return max(0, account.used_m3 - account.limit_m3, account.debt_m3)


def _in_unit(volume_m3: int | None) -> float | None:
    return None if volume_m3 is None else volume_m3 / M3_PER_UNIT


def _name(held: Registered, node: object) -> Text:
    """Return a place's name; a unit is told by its banner and its own identifier."""
    known = held.nodes.get(str(node))
    if known is None:
        return Text("–", "–") if node is None else Text(str(node), str(node))
    if known.kind == "unit" and known.parent is not None:
        above = _own_name(held, known.parent)
        return Text(f"{above.zh} {known.node}", f"{above.en} {known.node}")
    return _own_name(held, known.node)


def _own_name(held: Registered, node: str) -> Text:
    return held.names[node] if node in held.names else bilingual(held.nodes[node].name)


def bilingual(name: str) -> Text:
    """Return a name that is written in both languages, ``中文 / English``, as a text; any other as it is."""
    zh, both, en = name.partition(BOTH)
    return Text(zh, en if both else zh)


def _words(held: Registered, finding: Finding, event: Mapping[str, Any] = NO_EVENT) -> Text:
    """Return what the ledger said, in each language with its own names of places, holders, papers and products.

    The ledger knows each of them by one name; those that are written in both languages are told by the reader's.
    """
    permit = held.permits.get(str(finding.facts.get("permit")))
    named = [*finding.facts.values(), *event.values(), "" if permit is None else permit.holder]
    zh, en = (text.replace("`", "") for text in finding.text)  # what marks a field's name in a terminal
    for name in named:
        if isinstance(name, str) and BOTH in name:
            own = bilingual(name)
            zh, en = zh.replace(name, own.zh), en.replace(name, own.en)
    for node in LABELLED.findall(en):
        if node in held.nodes:
            own, label = _own_name(held, node), held.nodes[node].label
            zh, en = zh.replace(label.zh, f"{own.zh}（{node}）"), en.replace(label.en, f"{own.en} ({node})")
    since = finding.facts.get("in_force")
    return Text(zh, en) if since is None else Text(f"（{since} 起施行）{zh}", f"(Law from {since} on.) {en}")


def _drawn_on(held: Registered, node: str) -> Iterator[str]:
    """Yield the places whose caps a withdrawal at a node draws on: itself, what lies above, and their basins."""
    place = held.nodes.get(node)
    while place is not None:
        yield place.node
        for basin in place.basins:
            yield from _drawn_on(held, basin)
        place = None if place.parent is None else held.nodes[place.parent]


def _answer(held: Registered, over: list[Account]) -> Text:
    region = held.names[held.focus]
    units = sum(1 for n in held.nodes.values() if n.kind == "unit")
    places = {a.node for a in over}
    refused = sum(1 for _, o in held.applications if o.decision == "refused")
    asked = sum(1 for _, o in held.applications if o.decision in ("referred", "incomplete"))
    sound = (
        Text("账本核验无误", "the ledger is sound")
        if held.verified
        else Text("账本核验有误", "the ledger is NOT sound")
    )
    english = (
        f"{_count(units, 'management unit')}, {_count(len(held.permits), 'permit')}",
        f"use is over its cap at {_count(len(places), 'place')}",
        f"{_count(refused, 'application')} refused, {asked} waiting for papers or for a person to decide",
        f"{_count(len(held.raised), 'matter')} due",
        sound.en,
    )
    return Text(
        f"{region.zh}{held.year}年：{units} 个管理单元、{len(held.permits)} 件许可；{len(places)} 处用水超过上限；"
        f"拒绝申请 {refused} 件，待补正或裁量 {asked} 件；到期事项 {len(held.raised)} 项；{sound.zh}。",
        f"{region.en}, {held.year}: {'; '.join(english)}.",
    )


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def _account_columns() -> tuple[Column, ...]:
    return (
        Column("place", Text("地区", "place")),
        Column("counted", Text("口径", "what is counted")),
        Column("cap", Text("上限", "cap"), UNIT, "number", 2),
        Column("permitted", Text("许可", "permitted"), UNIT, "number", 2),
        Column("used", Text("用水", "used"), UNIT, "number", 2),
    )


def _account_cells(held: Registered, a: Account) -> tuple[Cell, ...]:
    return (
        Cell(_name(held, a.node)),
        Cell(_line(a).label),
        Cell(_in_unit(a.limit_m3)),
        Cell(_in_unit(a.permitted_m3)),
        Cell(_in_unit(_used_m3(a))),
    )


def _over_table(held: Registered, over: list[Account]) -> Table:
    """List every account whose use is over its cap, with the permits that draw most on it."""
    columns = (
        *_account_columns(),
        Column("over", Text("超出或尚欠", "over or owed"), UNIT, "number", 2),
        Column("why", Text("缘由", "why"), wide=True),
    )
    rows = [(*_account_cells(held, a), Cell(_in_unit(_over_m3(a)), tone="bad"), Cell(_why(held, a))) for a in over]
    title = Text(f"{held.year}年用水超过上限之处", f"Where use is over its cap, {held.year}")
    none = Text("没有。", "None. ") if not over else Text("", "")
    note = Text(
        f"{none.zh}每一行只拿用水与同一口径（水源、取水、河湖生态补水）的上限相比；不同口径不作比较，也不折算。"
        "超用记为欠账，清偿之前该处不再批准新增取水（规则 R07、R21）。",
        f"{none.en}Each row compares use with the cap on its own basis only, the one named as what is counted; unlike "
        "bases are neither compared nor converted. Overuse stands as a debt: nothing new is granted there until it is "
        "settled (rules R07, R21).",
    )
    return Table("register_over", title, columns, tuple(rows), note)


def _why(held: Registered, a: Account) -> Text:
    """Name the permits that used more than they may, the largest excess first, or what else is the cause."""
    if _used_m3(a) <= (a.limit_m3 or 0):
        return Text("往年超用尚未抵还", "overuse of earlier years is still owed")
    found = []
    for name, year in held.years.items():
        permit = held.permits.get(name)
        if permit is not None and a.water in (permit.water, "total") and a.node in _drawn_on(held, permit.node):
            over_m3 = year.used_m3 - permit.volume_m3
            if over_m3 > 0:
                found.append((over_m3, name))
    found.sort(key=lambda one: (-one[0], one[1]))
    if not found:
        if _used_m3(a) > a.used_m3:
            return Text(
                "公布用水量超过上限，大于计量之和", "the published use is over the cap, and above what was metered"
            )
        return Text("各许可均未超许可量", "no single permit is over its volume")
    shown = [(name, show_volume(m3, "万m³", digits=2).removesuffix("万m³")) for m3, name in found[:MOST]]
    listed = "、".join(f"{name} 超 {volume}" for name, volume in shown)
    english = ", ".join(f"{name} by {volume}" for name, volume in shown)
    more = len(found) - len(shown)
    return Text(
        f"超许可：{listed}{f'，另有 {more} 件' if more else ''}（万m³）",
        f"over their permits: {english}{f' and {more} more' if more else ''} (10⁴ m³)",
    )


def _near_table(held: Registered) -> list[Block]:
    near = [
        a
        for a in held.accounts
        if a.limit_m3 and _over_m3(a) == 0 and max(_used_m3(a), a.permitted_m3) >= NEAR * a.limit_m3
    ]
    near.sort(key=lambda a: -max(_used_m3(a), a.permitted_m3) / (a.limit_m3 or 1))
    if not near:
        return []
    columns = (*_account_columns(), Column("left", Text("余量", "headroom"), UNIT, "number", 2))
    rows = tuple((*_account_cells(held, a), Cell(_in_unit(a.headroom_m3))) for a in near)
    title = Text("许可或用水达到上限九成之处", "Where permits or use reach nine tenths of the cap")
    return [Table("register_near", title, columns, rows, folded=True)]


def _level_table(held: Registered) -> Table:
    """List the caps of the region and its leagues with all their balances."""
    columns = (
        *_account_columns(),
        Column("planned", Text("计划", "planned"), UNIT, "number", 2),
        Column("left", Text("余量", "headroom"), UNIT, "number", 2),
        Column("reserve", Text("预留", "reserve"), UNIT, "number", 2),
        Column("unallocated", Text("未分配", "unallocated"), UNIT, "number", 2),
    )
    rows = tuple(
        (
            *_account_cells(held, a),
            *(Cell(_in_unit(m3)) for m3 in (a.planned_m3, a.headroom_m3, a.reserve_m3, a.unallocated_m3)),
        )
        for a in held.accounts
        if held.nodes[a.node].kind in ("region", "league", "basin") and a.cap_m3 is not None
    )
    title = Text(f"全区与各盟市的账户，{held.year}年", f"The accounts of the region and its leagues, {held.year}")
    return Table("register_levels", title, columns, rows, folded=True)


def _application_table(held: Registered) -> list[Block]:
    """List every application that was not simply admitted, and those that wait with a remark, with each reason."""
    columns = (
        Column("application", Text("申请", "application")),
        Column("place", Text("地点", "place")),
        Column("volume", Text("水量", "volume"), UNIT, "number", 2),
        Column("decision", Text("结果与规则", "decision and rules")),
        Column("why", Text("缘由", "why"), wide=True),
    )
    rows: list[tuple[int, tuple[Cell, ...]]] = []
    for event, outcome in held.applications:
        name, reasons = str(event.get("application")), outcome.refusals or outcome.warnings
        waits = outcome.decision == "admitted" and name in held.undecided and bool(reasons)
        if outcome.decision not in URGENT and not waits:
            continue
        words, tone = DECISIONS[outcome.decision]
        volume_m3 = event.get("volume_m3")
        cells = (
            Cell(name),
            Cell(_name(held, event.get("node"))),
            Cell(_in_unit(volume_m3) if isinstance(volume_m3, int) else None),
            Cell(Text(f"{words.zh} {_rules(reasons)}", f"{words.en} {_rules(reasons)}"), tone=tone),
            Cell(_joined(held, reasons, event)),
        )
        rows.append(((*URGENT, "admitted").index(outcome.decision), cells))
    if not rows:
        return []
    rows.sort(key=lambda row: row[0])
    title = Text(
        "被拒绝、待裁量、须补正或附条件的申请及其规则", "Applications refused, waiting or with conditions, and why"
    )
    return [Table("register_applications", title, columns, tuple(cells for _, cells in rows))]


def _rules(findings: Iterable[Finding]) -> str:
    return " ".join(dict.fromkeys(f.rule for f in findings))


def _joined(held: Registered, findings: Iterable[Finding], event: Mapping[str, Any] = NO_EVENT) -> Text:
    said = list(dict.fromkeys(_words(held, f, event) for f in findings))
    return Text("".join(t.zh for t in said), " ".join(t.en for t in said))


def _permit_table(held: Registered) -> list[Block]:
    """List the permits on which the ledger remarked something, with the year's figures."""
    columns = (
        Column("permit", Text("许可", "permit")),
        Column("place", Text("地点", "place")),
        Column("volume", Text("许可量", "permitted"), UNIT, "number", 2),
        Column("plan", Text("计划", "plan"), UNIT, "number", 2),
        Column("used", Text("用水", "used"), UNIT, "number", 2),
        Column("rules", Text("规则", "rules")),
        Column("why", Text("提示", "remark"), wide=True),
    )
    rows = []
    for name, findings in sorted(held.remarks.items()):
        permit, year = held.permits.get(name), held.years.get(name)
        if permit is None:
            continue
        rows.append(
            (
                Cell(name),
                Cell(_name(held, permit.node)),
                Cell(_in_unit(permit.volume_m3)),
                Cell(None if year is None else _in_unit(year.plan_m3)),
                Cell(None if year is None else _in_unit(year.used_m3)),
                Cell(_rules(findings), tone="warning"),
                Cell(_joined(held, findings)),
            )
        )
    if not rows:
        return []
    title = Text("台账有提示的许可", "Permits on which the ledger remarked")
    return [Table("register_permits", title, columns, tuple(rows), folded=len(rows) > LONG)]


def _due_table(held: Registered) -> list[Block]:
    if not held.raised:
        return []
    columns = (
        Column("rule", Text("规则", "rule")),
        Column("day", Text("提出日", "raised on")),
        Column("place", Text("地点", "place")),
        Column("what", Text("事项", "what is due"), wide=True),
    )
    rows = tuple((Cell(f.rule), Cell(day), Cell(_name(held, f.node)), Cell(_words(held, f))) for day, f in held.raised)
    title = Text("到期应办的事项", "What is due")
    return [Table("register_due", title, columns, rows, folded=len(rows) > LONG)]


def _refused_table(held: Registered) -> list[Block]:
    if not held.refused:
        return []
    columns = (
        Column("key", Text("事件", "event")),
        Column("rules", Text("规则", "rules")),
        Column("why", Text("缘由", "why"), wide=True),
    )
    rows = tuple(
        (
            Cell(str(event.get("key"))),
            Cell(_rules(outcome.refusals)),
            Cell(_joined(held, outcome.refusals, event)),
        )
        for event, outcome in held.refused
    )
    return [Table("register_refused", Text("其他被拒绝的事件", "Other events that were refused"), columns, rows)]


def _tree(held: Registered) -> CapTree:
    """Draw the region's groundwater cap, or its total where there is none, down to the leagues with their use."""
    by_place = {(a.node, a.water): a for a in held.accounts if a.ecology == "excluded"}
    water = "groundwater" if (held.focus, "groundwater") in by_place else "total"
    label = Line(water, "withdrawal", "excluded").label
    children = tuple(
        _cap_node(held, by_place.get((n.node, water)), n.node)
        for n in held.nodes.values()
        if n.parent == held.focus and n.kind == "league"
    )
    root = _cap_node(held, by_place.get((held.focus, water)), held.focus, children)
    return CapTree(
        key="register_tree",
        title=Text(f"上限与用水，{held.year}年：{label.zh}", f"Caps and use, {held.year}: {label.en}"),
        unit=UNIT,
        root=root,
    )


def _cap_node(held: Registered, a: Account | None, node: str, children: tuple[CapNode, ...] = ()) -> CapNode:
    tone: Tone = "muted" if a is None else "bad" if _over_m3(a) else "plain"
    cap, used = (None, None) if a is None else (_in_unit(a.limit_m3), _in_unit(_used_m3(a)))
    return CapNode(label=_name(held, node), cap=cap, used=used, tone=tone, children=children)
