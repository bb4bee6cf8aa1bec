"""The terms that every event must meet, with their texts: fields, order in time, the tree, issuers, checkpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hetao.ledger.outcome import Finding, fill
from hetao.text import Text

__all__ = ["CLAUSE", "TERMS", "breach"]

CLAUSE = "hetao 台账事件规约 (hetao ledger, event contract)"

TERMS: Mapping[str, Text] = {
    "line.malformed": Text(
        "这一行不是一个 JSON 对象：{reason}。请每行写一个 JSON 对象，UTF-8 编码。",
        "This line is not one JSON object: {reason}. Write one JSON object a line, in UTF-8.",
    ),
    "key.reused": Text(
        "键 {key} 已用于另一内容的事件（第 {first_seq} 条）。请为新事件使用新的键。",
        "Key {key} already belongs to an event with other content (entry {first_seq}). Give the new event a new key.",
    ),
    "event.unknown": Text(
        "未知事件 {event}；可用的事件：{known}。",
        "Unknown event {event}; this ledger takes: {known}.",
    ),
    "event.unknown_field": Text(
        "事件 {event} 没有字段 {field}；可用的字段：{known}。",
        "Event {event} has no field {field}; its fields are: {known}.",
    ),
    "event.missing_field": Text(
        "事件 {event} 缺少字段 {field}；应为{expected}。",
        "Event {event} lacks the field {field}; expected {expected}.",
    ),
    "event.bad_field": Text(
        "字段 {field} 的值为 {found}；应为{expected}。",
        "Field {field} is {found}; expected {expected}.",
    ),
    "event.backwards": Text(
        "时间 {at} 早于已入账的 {latest}；迟到的事件须写明 effective 日期。",
        "The time {at} is before {latest}, already posted; an event that arrives late must state `effective`.",
    ),
    "node.unknown": Text(
        "字段 {field} 所指的节点 {named} 尚未登记。请先登记该节点。",
        "Field {field} names node {named}, which is not declared. Declare it first.",
    ),
    "node.exists": Text(
        "节点 {named} 已在第 {first_seq} 条登记，不能重复登记。",
        "Node {named} was declared by entry {first_seq} and cannot be declared again.",
    ),
    "node.cycle": Text(
        "节点 {named} 不能是自己的上级，也不能位于自身之内。",
        "Node {named} cannot be its own parent nor lie in itself.",
    ),
    "node.parent": Text(
        "类型为 {kind} 的节点 {named}，其上级为 {found}；应为{expected}。",
        "Node {named} of kind {kind} has as parent {found}; expected {expected}.",
    ),
    "node.depth": Text(
        "节点 {named} 位于第 {depth} 层；最多 {most} 层。",
        "Node {named} would stand on level {depth}; at most {most} levels are taken.",
    ),
    "node.not_a_basin": Text(
        "字段 basins 所指的 {named} 类型为 {kind}，不是流域（basin）。",
        "Field basins names {named}, which is of kind {kind}, not a basin.",
    ),
    "node.aquifer": Text(
        "只有管理单元（unit）可以写明含水层 aquifer；{named} 的类型为 {kind}。",
        "Only a unit may carry an aquifer; {named} is of kind {kind}.",
    ),
    "cap.issuer": Text(
        "{issuer} 不是 {place} 的上级，不能下达其上限；可下达者：{allowed}。",
        "{issuer} is not above {place} and may not issue its cap; it may be issued by: {allowed}.",
    ),
    "permit.unknown": Text(
        "字段 {field} 所指的许可 {permit} 不存在：台账中尚无许可。",
        "Field {field} names permit {permit}, which does not exist: the ledger holds no permits yet.",
    ),
    "breakdown.not_a_child": Text(
        "{child} 不是 {place} 的下级，不能参与其分解。",
        "{child} is not a child of {place} and has no part in its breakdown.",
    ),
    "use.over_cap": Text(
        "{place} {year} 年{line}：公布用水量 {use_m3:,} m³ 超过上限 {cap_m3:,} m³，超出 {over_m3:,} m³。已如实记录。",
        "{place}, {year}, {line}: the published use of {use_m3:,} m³ exceeds the cap of {cap_m3:,} m³ "
        "by {over_m3:,} m³. It is recorded as published.",
    ),
    "use.no_cap": Text(
        "{place} {year} 年{line}：没有任何上限，公布用水量 {use_m3:,} m³ 未作比较。",
        "{place}, {year}, {line}: there is no cap at all; the published use of {use_m3:,} m³ is compared with nothing.",
    ),
    "use.not_bound": Text(
        "{place} {year} 年{line}：上限 {cap_m3:,} m³ 不约束用水量，公布用水量 {use_m3:,} m³ 未作比较。",
        "{place}, {year}, {line}: the cap of {cap_m3:,} m³ does not bind use; "
        "the published use of {use_m3:,} m³ is not compared with it.",
    ),
    "use.revised": Text(
        "{place} {year} 年{line}：公布用水量由 {before_m3:,} m³（{before_source}）改为 {use_m3:,} m³；"
        "前一数值留存于第 {before_seq} 条。",
        "{place}, {year}, {line}: the published use changes from {before_m3:,} m³ ({before_source}) to {use_m3:,} m³; "
        "the former figure stays in entry {before_seq}.",
    ),
    "assert.node_or_permit": Text(
        "assert 须在 node 与 permit 中恰好写一个。",
        "An assert names exactly one of node and permit.",
    ),
    "assert.nothing": Text(
        "{place} {year} 年{line}：台账中没有 {what} 可供核对。",
        "{place}, {year}, {line}: the ledger holds no {what} to check.",
    ),
    "assert.mismatch": Text(
        "{place} {year} 年{line}：{what} 为 {held_m3:,} m³，"
        "核对值为 {asserted_m3:,} m³，相差 {difference_m3:,} m³，容许 {tolerance_m3:,} m³。",
        "{place}, {year}, {line}: {what} is {held_m3:,} m³, asserted were {asserted_m3:,} m³, "
        "{difference_m3:,} m³ apart with {tolerance_m3:,} m³ allowed.",
    ),
}


def breach(
    term: str, facts: Mapping[str, Any], *, node: str | None = None, words: Mapping[str, object] | None = None
) -> Finding:
    """Return the finding for a term that an event does not meet.

    Args:
        term: a name in `TERMS`.
        facts: the figures and names that go into the JSON and the text.
        node: the place concerned.
        words: further words for the text alone.
    """
    return Finding(term, CLAUSE, node, facts, fill(TERMS[term], {**facts, **(words or {})}))
