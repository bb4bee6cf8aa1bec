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
        "{where}不是一个 JSON 对象：{reason}。请每行写一个 JSON 对象，UTF-8 编码。",
        "{where} is not one JSON object: {reason}. Write one JSON object a line, in UTF-8.",
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
    "permit.unknown": Text(
        "字段 {field} 所指的许可 {permit} 不存在。请先经 accept_works 发证。",
        "Field {field} names permit {permit}, which does not exist. A permit is issued by accept_works.",
    ),
    "permit.status": Text(
        "许可 {permit} 的状态为 {status}；此事件只适用于：{needed}。",
        "Permit {permit} is {status}; this event takes only: {needed}.",
    ),
    "permit.beyond": Text(
        "许可期 {start} 至 {end} 超出申请 {application} 的期限 {asked_from} 至 {asked_to}。已按许可期入账并校核；"
        "如日期有误请变更（change）。",
        "The permit's term, {start} to {end}, goes beyond that of application {application}, {asked_from} to "
        "{asked_to}. It is booked and tested as it stands; change it if the days are wrong.",
    ),
    "permit.exists": Text(
        "许可证号 {permit} 已在使用。请使用新的证号。",
        "The permit number {permit} is taken. Use a new one.",
    ),
    "permit.ecology": Text(
        "许可 {permit} 不能在河湖生态补水与其他用途之间变更（{purpose} → {new_purpose}）：两者口径不同。请重新申请。",
        "Permit {permit} cannot change between the supply of rivers and lakes and another purpose ({purpose} → "
        "{new_purpose}): they count on different lines. Apply anew.",
    ),
    "permit.no_year": Text(
        "许可 {permit} 的期限为 {start} 至 {end}，不含 {year} 年。",
        "Permit {permit} runs from {start} to {end}, which does not touch {year}.",
    ),
    "application.unknown": Text(
        "没有已登记的申请 {application}：被拒绝的申请不留存，不能批准。请先提出申请。",
        "There is no application {application} on record: what admission refused is not kept and cannot be approved. "
        "Apply first.",
    ),
    "application.status": Text(
        "申请 {application} 的状态为 {status}；此事件只适用于：{needed}。",
        "Application {application} is {status}; this event takes only: {needed}.",
    ),
    "application.exists": Text(
        "申请号 {application} 已登记，状态为 {status}。请使用新的申请号。",
        "Application {application} is on record as {status}. Use a new identifier.",
    ),
    "term.backwards": Text(
        "期限的止日 {end} 早于起日 {start}。",
        "The term ends on {end}, before it begins on {start}.",
    ),
    "right.one_of": Text(
        "须在 application 与 permit 中恰好写一个。",
        "Name exactly one of application and permit.",
    ),
    "right.nothing": Text(
        "事件没有写明要变更什么：{fields}。",
        "The event names nothing to change: {fields}.",
    ),
    "edge.kind": Text(
        "{place} {year} 年{line}：上限关系（共享 shared 或划出 moved）各年不变，且只能在尚无取水时改为划出。",
        "{place}, {year}, {line}: a cap's edge, shared or moved, is the same in every year, and is moved only while no "
        "water is drawn.",
    ),
    "edge.consumption": Text(
        "{place} {year} 年{line}：耗水口径的上限不直接取水，不能划出（moved）；请改用共享（shared）。",
        "{place}, {year}, {line}: nothing is drawn on a cap on consumption, so it cannot be moved out; share it.",
    ),
    "edge.other_line": Text(
        "{place} {year} 年{line}：上限划出时，上下各级在同一水源的另一口径上不能有上限：{listed}。请改用共享。",
        "{place}, {year}, {line}: where a cap is moved out, no place above or below may have a cap on the water's "
        "other line, with or without ecological supply: {listed}. Share it instead.",
    ),
    "order.factor_or_volume": Text(
        "order 须在 factor 与 volume_m3 中恰好写一个。",
        "An order states exactly one of factor and volume_m3.",
    ),
    "read.corrects": Text(
        "corrects 所指的 {corrected} 不是一条已入账的读数，或属于另一许可或计量表，或已被更正。",
        "`corrects` names {corrected}, which is no posted reading of this permit and meter that still stands.",
    ),
    "read.overlap": Text(
        "计量表 {meter} 在 {begun} 至 {ended} 已有读数；读数 {start} 至 {end} 与之重叠。更正已有读数请写 corrects。",
        "Meter {meter} is read from {begun} to {ended}; the reading from {start} to {end} overlaps that. "
        "To correct a reading, name it in `corrects`.",
    ),
    "year.closed": Text(
        "{place} {year} 年已封账；只有写明所更正条目的更正才能入账。",
        "The year {year} is closed at {place}; only a correction that names the entry it corrects is posted.",
    ),
    "year.running": Text(
        "{year} 年到 {last} 才结束，不能在 {day} 封账。",
        "The year {year} ends on {last} only and cannot be closed on {day}.",
    ),
    "year.again": Text(
        "{place} {year} 年早已封账。",
        "The year {year} is closed at {place} already.",
    ),
    "volume.sum": Text(
        "{place}：合计超过台账可容的 {most} m³。",
        "{place}: a sum exceeds the {most} m³ that the ledger can hold.",
    ),
    "setting.value": Text(
        "设置 {name} 的值不可用：{found}；应为{expected}。",
        "The value of the setting {name} cannot be used: {found}; expected {expected}.",
    ),
    "setting.unknown": Text(
        "没有规则读取设置 {name}；已照录。有规则读取的设置：{known}。",
        "No rule reads the setting {name}; it is recorded. Settings that rules read: {known}.",
    ),
    "level.not_a_unit": Text(
        "水位只记在管理单元（unit）上；{named} 的类型为 {kind}。",
        "A level belongs to a unit; {named} is of kind {kind}.",
    ),
    "transfer.parties": Text(
        "{kind} 类交易的 {field} 应为{expected}，所写的 {named} 不是。",
        "In a transfer of kind {kind}, `{field}` names {expected}; {named} is none.",
    ),
    "transfer.itself": Text(
        "转让方与受让方不能相同。",
        "The two sides of a transfer cannot be the same.",
    ),
    "transfer.line": Text(
        "区域交易须写明 water：{source} 与 {target} 同时有取水口径上限的水源为 {listed}。",
        "A regional trade must state its water: both {source} and {target} have withdrawal caps for {listed}.",
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
    "read.over_cap": Text(
        "{place} {year} 年{line}：用水 {use_m3:,} m³ 超过上限 {limit_m3:,} m³，超出 {over_m3:,} m³，记为欠账；"
        "已如实入账，补回之前不再批准新的取水。",
        "{place}, {year}, {line}: the use of {use_m3:,} m³ exceeds the limit of {limit_m3:,} m³ by {over_m3:,} m³, "
        "which is owed. It is booked as it is; nothing more is granted until it is made up for.",
    ),
    "read.ahead": Text(
        "读数的期间（至 {end}）在事件时间 {at} 之后。已入账；如日期有误请更正（corrects）。",
        "The reading's period, to {end}, ends after the event's own time, {at}. It is booked; correct it (`corrects`) "
        "if the days are wrong.",
    ),
    "return.again": Text(
        "许可 {permit} {year} 年度已于 {filed} 填报（用水 {before_m3:,} m³）；现以 {used_m3:,} m³ 取代。",
        "A return of permit {permit} for {year} was filed on {filed}, with a use of {before_m3:,} m³; this one of "
        "{used_m3:,} m³ replaces it.",
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
