"""R14: the lowest level whose limits admit the volume decides; of several sources, the highest of their levels."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from hetao.ledger.exempt import is_exempt
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Application, Permit
from hetao.ledger.rule import Case, Rule
from hetao.ledger.settings import find_setting
from hetao.ledger.state import State
from hetao.text import Text

KINDS = {  # from the lowest level up
    "banner": Text("旗县", "banner"),
    "league": Text("盟市", "league"),
    "region": Text("自治区", "region"),
    "basin": Text("流域管理机构", "basin authority"),
}
RANKS = {"unit": 0} | {kind: rank for rank, kind in enumerate(KINDS)}  # a unit has its banner's authority


class Level(NamedTuple):
    """A level that must decide, the place whose authority that is, and the text that says why."""

    kind: str
    node: str | None
    reason: str


def _limits(value: list[Any], water: str, kind: str) -> list[int | None]:
    """Return up to which volumes a setting lets a level decide, None for any: for this water, else for every water."""
    fit = [entry for entry in value if isinstance(entry, dict) and entry.get("kind") == kind]
    fit = [entry for entry in fit if entry.get("up_to_m3") is None or type(entry["up_to_m3"]) is int]
    own = [entry for entry in fit if entry.get("water") == water]
    return [entry.get("up_to_m3") for entry in own or fit if entry.get("water") in (None, water)]


def _place_of(state: State, node: str, kind: str) -> str | None:
    """Return the nearest place, from a node up, whose authority is of a level or above it."""
    places = reversed(state.basins(node)) if kind == "basin" else (node, *state.above(node))
    ranked = (p for p in places if state.nodes[p].kind != "unit" and RANKS[state.nodes[p].kind] >= RANKS[kind])
    return next(ranked, None)


def _by_setting(case: Case, right: Application | Permit) -> Iterator[Level]:
    """Yield the level that the volume needs, where a setting gives limits for its water."""
    setting = find_setting(case.state, "approval_levels", case.day, right.node)
    if setting is None or not isinstance(setting.value, list):
        return
    given = {kind: _limits(setting.value, right.water, kind) for kind in KINDS}
    admitting = (kind for kind, limits in given.items() if any(m3 is None or right.volume_m3 <= m3 for m3 in limits))
    kind = next(admitting, None)
    if kind is not None:
        yield Level(kind, _place_of(case.state, right.node, kind), "level")
    elif any(given.values()):
        yield Level("region", _place_of(case.state, right.node, "region"), "above")


def _by_sources(state: State, sources: list[str]) -> Iterator[Level]:
    """Yield the level of each source."""
    for source in sources:
        node = state.nodes.get(source)
        if node is not None:
            place = node.parent if node.kind == "unit" else source
            yield Level("banner" if node.kind == "unit" else node.kind, place, "sources")


def _required(case: Case, right: Application | Permit) -> Level | None:
    """Return the highest level that volume and sources need, None where nothing says."""
    levels = [*_by_setting(case, right), *_by_sources(case.state, right.fields.get("sources", []))]
    return max(levels, key=lambda level: RANKS[level.kind], default=None)


def _check_approver(case: Case, right: Application | Permit, level: Level, found: Findings) -> None:
    """Refuse an approver of a lower level; warn of one that is no declared place."""
    approver = case.state.nodes.get(case.fields["approver"])
    facts: dict[str, Any] = {"authority_kind": level.kind, "authority_node": level.node}
    facts |= {"approver": case.fields["approver"], "approver_kind": None if approver is None else approver.kind}
    words: dict[str, Any] = {"kind": KINDS[level.kind], "where": level.node or "–"}
    if approver is None:
        found.warn(MEMBER.finding("unchecked", right.node, facts, **words))
    elif approver.kind == "unit" or RANKS[approver.kind] < RANKS[level.kind]:
        found.refuse(MEMBER.finding("too_low", right.node, facts, place=approver.label, **words))


def _check(case: Case, found: Findings) -> None:
    right = case.draft.right
    assert right is not None
    sources = right.fields.get("sources", [])
    if not sources and "approval_levels" not in case.state.settings():
        return
    if case.kind == "apply" and is_exempt(right.fields):
        return
    unknown = [source for source in sources if source not in case.state.nodes]
    if unknown:
        found.refuse(MEMBER.finding("unknown", right.node, {"unknown": unknown}, listed=", ".join(unknown)))
    level = _required(case, right)
    if level is None:
        return
    if case.kind == "approve":
        _check_approver(case, right, level, found)
        return
    facts: dict[str, Any] = {"authority_kind": level.kind, "authority_node": level.node, "volume_m3": right.volume_m3}
    facts |= {"sources": list(sources)} if sources else {}
    words = {"kind": KINDS[level.kind], "where": level.node or "–", "listed": ", ".join(sources)}
    found.warn(MEMBER.finding(level.reason, right.node, facts, **words))


MEMBER = Rule(
    name="r14",
    title=Text("分级审批，多水源由最高一级审批", "Approval by level; of several sources, by the highest"),
    reference="《取水许可和水资源费征收管理条例》第十条 (State Council order 460 art. 10)",
    events=frozenset({"apply", "approve"}),
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    texts={
        "level": Text(
            "水量 {volume_m3:,} m³ 由{kind}一级审批（{where}）。",
            "The volume of {volume_m3:,} m³ is for the {kind} to decide ({where}).",
        ),
        "above": Text(
            "水量 {volume_m3:,} m³ 超过设置 approval_levels 所列各级限额，由{kind}一级审批（{where}）；"
            "请在该设置中写明。",
            "The volume of {volume_m3:,} m³ is above every limit in the setting approval_levels; it is for the {kind} "
            "to decide ({where}). State this in the setting.",
        ),
        "sources": Text(
            "取用多种水源（{listed}），水量 {volume_m3:,} m³，由其中最高一级，即{kind}一级审批（{where}）。",
            "Of the sources {listed} the highest authority decides on the {volume_m3:,} m³: the {kind} ({where}).",
        ),
        "unknown": Text(
            "水源所在节点 {listed} 尚未登记，无法确定审批机关。请先登记，或改正 sources。",
            "The sources {listed} are not declared, so nobody can tell who decides. Declare them, or correct "
            "`sources`.",
        ),
        "too_low": Text(
            "须由{kind}一级审批（{where}）；审批者 {place} 的级别为 {approver_kind}，低于此级。",
            "This is for the {kind} to decide ({where}); the approver {place} is of kind {approver_kind}, below that.",
        ),
        "unchecked": Text(
            "须由{kind}一级审批（{where}）；审批者 {approver} 不是已登记的节点，其级别无法核对。",
            "This is for the {kind} to decide ({where}); the approver {approver} is no declared place, so its level "
            "cannot be checked.",
        ),
    },
    check=_check,
)
