"""The hold section: caps against published use, each on its own basis, and why unlike bases are not compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hetao.ledger import Account, Finding, Line, Node
from hetao.report.model import (
    Block,
    CapNode,
    CapTree,
    Cell,
    Column,
    LineChart,
    Paragraph,
    Point,
    Section,
    Series,
    Table,
    Tile,
    TileMap,
)
from hetao.report.tiles import layout, place
from hetao.text import Text
from hetao.units import show_volume

__all__ = ["Held", "hold_section"]

UNIT = "亿m³"
UNIT_WORDS = Text("亿m³", "10⁸ m³")
M3_PER_UNIT = 100_000_000


@dataclass(frozen=True)
class Held:
    """What the ledger holds and what it said.

    Attributes:
        focus: the node that comes first.
        nodes: every node by id.
        names: node → name.
        titles: line → what is counted, from the indicators of use.
        caps: line → what the cap is called, from its indicator.
        notes: line → what must be known of its cap; empty where nothing.
        accounts: the ledger's accounts.
        findings: (node, line, year) → what the ledger remarked on that use.
        refused: what the ledger refused, each with its event's key.
        head: number and hash of the last journal entry.
    """

    focus: str
    nodes: Mapping[str, Node]
    names: Mapping[str, Text]
    titles: Mapping[Line, Text]
    caps: Mapping[Line, Text]
    notes: Mapping[Line, Text]
    accounts: tuple[Account, ...]
    findings: Mapping[tuple[str, Line, int], tuple[Finding, ...]]
    refused: tuple[tuple[str, Finding], ...]
    head: str


def hold_section(held: Held) -> Section:
    """Build the section."""
    lines = [line for line in held.titles if _comparable(held, held.focus, line)]
    charts = [_line_chart(held, line) for line in lines if len(_uses(held, held.focus, line)) > 1]
    over = [a for a in held.accounts if a.node == held.focus and _over_m3(a) > 0]
    blocks: list[Block] = [
        _caps_table(held),
        *charts[1:],
        *_two_answers(held),
        *_maps(held),
        *_cap_trees(held),
        _accounts_table(held),
    ]
    return Section(
        key="hold",
        title=Text("守住", "Hold"),
        question=Text(
            "控制指标还剩多少，哪里、按哪个口径超了？",
            "How much of each cap is left, and what is over it, on which basis?",
        ),
        answer=_answer(held, lines),
        tone="bad" if over or held.refused else "good" if lines else "muted",
        picture=charts[0] if charts else None,
        blocks=(*blocks, *_refused_table(held)),
    )


def _line(account: Account) -> Line:
    return Line(account.water, account.basis, account.ecology)


def _over_m3(account: Account) -> int:
    """Return by how much published use is over the cap of the same line, 0 where it is not or nothing is known."""
    if account.cap_m3 is None or account.reported_m3 is None:
        return 0
    return max(0, account.reported_m3 - account.cap_m3)


def _of(held: Held, node: str, line: Line) -> list[Account]:
    return [a for a in held.accounts if a.node == node and _line(a) == line]


def _uses(held: Held, node: str, line: Line) -> list[Account]:
    return [a for a in _of(held, node, line) if a.reported_m3 is not None]


def _comparable(held: Held, node: str, line: Line) -> bool:
    return any(a.cap_m3 is not None for a in _uses(held, node, line))


def _in_unit(volume_m3: int | None) -> float | None:
    return None if volume_m3 is None else volume_m3 / M3_PER_UNIT


def _words(volume_m3: int) -> Text:
    shown = show_volume(volume_m3, UNIT)
    return Text(shown, f"{shown.removesuffix(UNIT)} × {UNIT_WORDS.en}")


def _answer(held: Held, lines: Iterable[Line]) -> Text:
    name = held.names[held.focus]
    zh, en = [], []
    for line in lines:
        title, uses = held.titles[line], [a for a in _uses(held, held.focus, line) if a.cap_m3 is not None]
        over = [a for a in uses if _over_m3(a)]
        if over:
            years = [str(a.year) for a in over]
            if len({a.cap_m3 for a in over}) > 1:
                cap = Text("当年指标", "the cap of the year")
            else:
                cap = _words(over[0].cap_m3 or 0)
            since = _since(uses[-1])
            zh.append(f"{title.zh}（{line.label.zh}）在{'、'.join(years)}年超过{cap.zh}{since.zh}")
            en.append(f"{title.en} ({line.label.en}) exceeded {cap.en} in {', '.join(years)}{since.en}")
        else:
            last = uses[-1]
            cap, left = _words(last.cap_m3 or 0), _words((last.cap_m3 or 0) - (last.reported_m3 or 0))
            zh.append(f"{title.zh}（{line.label.zh}）{last.year}年在 {cap.zh} 之内，余 {left.zh}")
            en.append(f"{title.en} ({line.label.en}) was within {cap.en} in {last.year}, {left.en} left")
    if held.refused:
        zh.append(f"账本拒绝了 {len(held.refused)} 个事件")
        en.append(f"the ledger refused {len(held.refused)} events")
    if not zh:
        return Text(
            f"{name.zh}没有同口径的控制指标与用水量可比。", f"{name.en} has no cap and use on one basis to compare."
        )
    return Text(f"{name.zh}：{'；'.join(zh)}。", f"{name.en}: {'; '.join(en)}.")


def _since(last: Account) -> Text:
    """Return how the latest year stands, where an earlier one was over."""
    left_m3 = _left_m3(last)
    if left_m3 is None or left_m3 < 0:
        return Text("", "")
    left = _words(left_m3)
    return Text(f"，{last.year}年在指标之内，余 {left.zh}", f", and was within it in {last.year}, {left.en} left")


def _line_chart(held: Held, line: Line) -> LineChart:
    title, name = held.titles[line], held.names[held.focus]
    uses = {a.year: a for a in _uses(held, held.focus, line)}
    years = range(min(uses), max(uses) + 1)
    gap = Text("没有公布数", "nothing published")
    use_points = tuple(
        Point(y, _in_unit(uses[y].reported_m3), (uses[y].source or "",)) if y in uses else Point(y, None, note=gap)
        for y in years
    )
    cap_points = tuple(
        Point(y, _in_unit(uses[y].cap_m3), (uses[y].document or "",)) if y in uses else Point(y, None) for y in years
    )
    return LineChart(
        key=f"hold_{'_'.join(line)}",
        title=Text(f"{name.zh}：{title.zh}（{line.label.zh}）", f"{name.en}: {title.en} ({line.label.en})"),
        unit=UNIT_WORDS,
        series=(
            Series(Text("用水量", "use"), use_points, "focus"),
            Series(Text("控制指标", "cap"), cap_points, "limit"),
        ),
        note=Text(
            f"只与同一口径的指标比较。{held.notes[line].zh}",
            f"Compared with the cap on the same basis only. {held.notes[line].en}".strip(),
        ),
    )


def _caps_table(held: Held) -> Table:
    """List every cap of the focus with the latest use on its own basis."""
    columns = (
        Column("counted", Text("统计对象", "what is counted")),
        Column("basis", Text("口径", "basis")),
        Column("cap_year", Text("指标年份", "year of the cap"), kind="year"),
        Column("cap", Text("控制指标", "cap"), UNIT_WORDS, "number", 2),
        Column("use_year", Text("用水年份", "year of the use"), kind="year"),
        Column("use", Text("同口径用水量", "use on this basis"), UNIT_WORDS, "number", 2),
        Column("left", Text("余量", "headroom"), UNIT_WORDS, "number", 2),
        Column("status", Text("状态", "status")),
        Column("note", Text("说明", "note"), wide=True),
    )
    rows = []
    for line in dict.fromkeys(_line(a) for a in held.accounts if a.node == held.focus and a.cap_m3 is not None):
        accounts = [a for a in _of(held, held.focus, line) if a.cap_m3 is not None]
        latest = next((a for a in reversed(accounts) if a.reported_m3 is not None), accounts[-1])
        since = next(a.year for a in accounts if a.cap_m3 == latest.cap_m3 and a.document == latest.document)
        used = latest.reported_m3 is not None
        rows.append(
            (
                Cell(held.caps[line]),
                Cell(line.label),
                Cell(since),
                Cell(_in_unit(latest.cap_m3), (latest.document or "",)),
                Cell(latest.year if used else None),
                Cell(_in_unit(latest.reported_m3), (latest.source,) if latest.source else ()),
                Cell(_in_unit(_left_m3(latest))),
                _status_cell(latest),
                Cell(held.notes[line], tone="muted") if held.notes[line].zh else Cell(""),
            )
        )
    name = held.names[held.focus]
    return Table("hold_caps", Text(f"{name.zh}的控制指标", f"The caps of {name.en}"), columns, tuple(rows))


def _left_m3(account: Account) -> int | None:
    if account.cap_m3 is None or account.reported_m3 is None:
        return None
    return account.cap_m3 - account.reported_m3


def _maps(held: Held) -> list[Block]:
    """Draw, for every line that several nodes have, in how many years each was over."""
    blocks: list[Block] = []
    for line, title in held.titles.items():
        nodes = [n for n in held.nodes if n in layout() and _comparable(held, n, line)]
        if len(nodes) < 3:
            continue
        places = place(nodes)
        tiles = tuple(_tile(held, node, line, places[node]) for node in nodes)
        blocks.append(
            TileMap(
                key=f"hold_map_{'_'.join(line)}",
                title=Text(f"超过指标的年数：{title.zh}", f"Years over the cap: {title.en}"),
                unit=Text("年", "years"),
                tiles=tiles,
                digits=0,
                note=Text(
                    "等面积方块示意位置，不表示边界。",
                    "One equal tile a region: places are schematic, no boundaries are drawn.",
                ),
            )
        )
    return blocks


def _tile(held: Held, node: str, line: Line, at: tuple[int, int]) -> Tile:
    uses = [a for a in _uses(held, node, line) if a.cap_m3 is not None]
    over = sum(1 for a in uses if _over_m3(a))
    sources = tuple(dict.fromkeys(s for a in uses for s in (a.source, a.document) if s))
    note = Text(f"{len(uses)} 年有数，{over} 年超过", f"over in {over} of {len(uses)} years")
    return Tile(node, held.names[node], at[0], at[1], float(over), note, sources, node == held.focus)


def _two_answers(held: Held) -> list[Block]:
    """Tell every year in which one node's use of one water is published on several bases."""
    blocks: list[Block] = []
    groups: dict[tuple[str, str, int], list[Account]] = {}
    for a in held.accounts:
        if a.reported_m3 is not None:
            groups.setdefault((a.node, a.water, a.year), []).append(a)
    columns = (
        Column("place", Text("地区", "place")),
        Column("year", Text("年份", "year"), kind="year"),
        Column("counted", Text("统计对象", "what is counted")),
        Column("basis", Text("口径", "basis")),
        Column("use", Text("用水量", "use"), UNIT_WORDS, "number", 2),
        Column("cap", Text("同口径指标", "cap on this basis"), UNIT_WORDS, "number", 2),
        Column("left", Text("余量", "headroom"), UNIT_WORDS, "number", 2),
        Column("answer", Text("账本的回答", "what the ledger answers"), wide=True),
    )
    rows = [_answer_row(held, a) for group in groups.values() if len(group) > 1 for a in group]
    if rows:
        blocks.append(
            Paragraph(
                Text(
                    "同一年、同一地区的用水量按不同口径公布时，各有各的答案：只有口径与指标一致的才可比较，"
                    "另一口径既不比较，也不换算（规则 R03）。",
                    "Where one place's use in one year is published on several bases, each has its own answer: only "
                    "the use on the cap's own basis may be compared; the other is neither compared nor converted "
                    "(rule R03).",
                ),
                "warning",
            )
        )
        title = Text("两个口径，两个答案", "Two bases, two answers")
        blocks.append(Table("hold_two_answers", title, columns, tuple(rows)))
    return blocks


def _answer_row(held: Held, a: Account) -> tuple[Cell, ...]:
    line = _line(a)
    remarks = held.findings.get((a.node, line, a.year), ())
    over, within = Text("超过指标", "over the cap"), Text("在指标之内", "within the cap")
    if a.cap_m3 is None:
        words = _remark(held, remarks[0]) if remarks else Text("没有同口径的指标", "there is no cap on this basis")
        answer = Cell(words, tone="warning")
    else:
        answer = Cell(over if _over_m3(a) else within, tone="bad" if _over_m3(a) else "good")
    return (
        Cell(held.names[a.node]),
        Cell(a.year),
        Cell(held.titles[line]),
        Cell(line.label),
        Cell(_in_unit(a.reported_m3), (a.source or "",)),
        Cell(_in_unit(a.cap_m3), (a.document,) if a.document else ()),
        Cell(_in_unit(_left_m3(a))),
        answer,
    )


def _remark(held: Held, finding: Finding) -> Text:
    """Return what the ledger said; it knows places by their Chinese names, which the English wording replaces."""
    words = finding.text
    if finding.node is None or finding.node not in held.names:
        return words
    name = held.names[finding.node]
    return Text(words.zh, words.en.replace(name.zh, name.en))


def _cap_trees(held: Held) -> list[Block]:
    """Draw the newest caps below the focus, for each line that has any below it."""
    blocks: list[Block] = []
    for line, title in held.titles.items():
        capped = {a.node for a in held.accounts if _line(a) == line and a.cap_m3 is not None}
        inside = [n for n in capped if n != held.focus and held.focus in _ancestors(held, n)]
        if held.focus not in capped or not inside:
            continue
        year = max(a.year for n in inside for a in _of(held, n, line) if a.cap_m3 is not None)
        shown = {
            held.focus,
            *inside,
            *(a for n in inside for a in _ancestors(held, n) if held.focus in _ancestors(held, a)),
        }
        blocks.append(
            CapTree(
                key=f"hold_tree_{'_'.join(line)}",
                title=Text(f"{title.zh}：已公布的分解，{year}年", f"{title.en}: the published breakdown, {year}"),
                unit=UNIT_WORDS,
                root=_cap_node(held, held.focus, line, year, shown),
                note=Text(
                    "只列出找得到公布数的地区；其余盟市的指标未公布。",
                    "Only places whose cap was found in print are shown; the other leagues' caps are not published.",
                ),
            )
        )
    return blocks


def _ancestors(held: Held, node: str) -> list[str]:
    found = []
    parent = held.nodes[node].parent
    while parent is not None:
        found.append(parent)
        parent = held.nodes[parent].parent
    return found


def _cap_node(held: Held, node: str, line: Line, year: int, shown: set[str]) -> CapNode:
    holding = [a for a in _of(held, node, line) if a.cap_m3 is not None and a.year <= year]
    a = holding[-1] if holding else None
    known = a is not None
    return CapNode(
        label=held.names[node],
        cap=_in_unit(a.cap_m3) if a else None,
        used=_in_unit(a.reported_m3) if a and a.year == year else None,
        tone="plain" if known else "muted",
        note=None if known else Text("指标未公布", "cap not published"),
        sources=(a.document,) if a and a.document else (),
        children=tuple(
            _cap_node(held, n, line, year, shown) for n in held.nodes if n in shown and held.nodes[n].parent == node
        ),
    )


def _accounts_table(held: Held) -> Table:
    columns = (
        Column("place", Text("地区", "place")),
        Column("year", Text("年份", "year"), kind="year"),
        Column("counted", Text("统计对象", "what is counted")),
        Column("basis", Text("口径", "basis")),
        Column("cap", Text("控制指标", "cap"), UNIT_WORDS, "number", 2),
        Column("use", Text("公布用水量", "published use"), UNIT_WORDS, "number", 2),
        Column("left", Text("余量", "headroom"), UNIT_WORDS, "number", 2),
        Column("status", Text("状态", "status")),
    )
    rows = tuple(
        (
            Cell(held.names[a.node]),
            Cell(a.year),
            Cell(held.titles.get(_line(a), _line(a).label)),
            Cell(_line(a).label),
            Cell(_in_unit(a.cap_m3), (a.document,) if a.document else ()),
            Cell(_in_unit(a.reported_m3), (a.source,) if a.source else ()),
            Cell(_in_unit(_left_m3(a))),
            _status_cell(a),
        )
        for a in held.accounts
    )
    note = Text(f"账本末条：{held.head}", f"Last journal entry: {held.head}")
    return Table("hold_accounts", Text("全部账户", "All accounts"), columns, rows, note, folded=True)


def _status_cell(a: Account) -> Cell:
    if a.cap_m3 is None:
        return Cell(Text("没有同口径的指标", "no cap on this basis"), tone="muted")
    if a.reported_m3 is None:
        return Cell(Text("没有公布用水量", "no published use"), tone="muted")
    if _over_m3(a):
        return Cell(Text("超过指标", "over the cap"), tone="bad")
    return Cell(Text("在指标之内", "within the cap"), tone="good")


def _refused_table(held: Held) -> list[Block]:
    if not held.refused:
        return []
    columns = (
        Column("event", Text("事件", "event")),
        Column("rule", Text("规则", "rule")),
        Column("clause", Text("条款", "clause")),
        Column("reason", Text("理由", "reason"), wide=True),
    )
    rows = tuple((Cell(k), Cell(f.rule), Cell(f.clause), Cell(_remark(held, f), tone="bad")) for k, f in held.refused)
    return [Table("hold_refused", Text("被拒绝的事件", "Refused events"), columns, rows)]
