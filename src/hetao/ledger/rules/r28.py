"""R28: a local quota may be stricter than the national one for the same product, never looser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from hetao.ledger.outcome import Findings
from hetao.ledger.quotas import quota_m3
from hetao.ledger.records import Quota
from hetao.ledger.rule import Case, Rule
from hetao.ledger.state import State
from hetao.text import Text

NATIONAL = "national"


def _alike(state: State, quota: Quota) -> Iterator[Quota]:
    """Yield the quotas on record for the same product and tier."""
    return (q for q in state.all(Quota, "quota") if (q.product, q.tier) == (quota.product, quota.tier))


def _covers(national: Quota, local: Quota) -> bool:
    """Tell whether a national quota speaks of a local one's process: its own, or every process."""
    return national.process in ("", local.process)


def _nationals(state: State, local: Quota) -> list[Quota]:
    """Return the national quotas to which a local one is held: the one in force from its day, and the later ones."""
    held = [q for q in _alike(state, local) if q.issuer == NATIONAL and _covers(q, local)]
    in_force = [q for q in held if q.start <= local.start]
    latest = [max(in_force, key=lambda q: (q.process == local.process, q.start))] if in_force else []
    return latest + sorted((q for q in held if q.start > local.start), key=lambda q: q.start)


def _locals(state: State, national: Quota) -> list[Quota]:
    """Return the local quotas that are in force from a national one's day on, or begin later."""
    kept: dict[tuple[str, str, str], Quota] = {}
    for quota in sorted(_alike(state, national), key=lambda q: q.start):
        if quota.issuer != NATIONAL and _covers(national, quota):
            kept[quota.issuer, quota.process, max(quota.start, national.start)] = quota
    return list(kept.values())


def _facts(local: Quota, national: Quota) -> dict[str, object]:
    return {
        "product": local.product,
        "process": local.process,
        "tier": local.tier,
        "issuer": local.issuer,
        "local": local.m3_per_unit,
        "local_unit": local.unit,
        "local_from": local.start,
        "national": national.m3_per_unit,
        "national_unit": national.unit,
        "national_from": national.start,
    }


def _compare(case: Case, local: Quota, national: Quota, found: Findings) -> None:
    """Refuse a local quota looser than the national one that it meets; warn where the national one comes later."""
    facts, place = _facts(local, national), case.state.nodes[local.issuer].label
    if local.unit != national.unit:
        found.warn(MEMBER.finding("units", local.issuer, facts, place=place))
    elif quota_m3(local) > quota_m3(national):
        meets = case.fields["issuer"] != NATIONAL and national.start <= local.start
        finding = MEMBER.finding("looser" if meets else "later", local.issuer, facts, place=place)
        found.refuse(finding) if meets else found.warn(finding)


def _check(case: Case, found: Findings) -> None:
    for quota in (q for q in case.draft.records.values() if isinstance(q, Quota)):
        if quota.issuer == NATIONAL:
            for local in _locals(case.state, quota):
                _compare(case, local, quota, found)
        elif quota.issuer in case.state.nodes:
            for national in _nationals(case.state, quota):
                _compare(case, quota, national, found)


MEMBER = Rule(
    name="r28",
    title=Text("地方用水定额不得宽于国家用水定额", "A local quota is never looser than the national one"),
    reference="《节约用水条例》第十一条第二款 (Water Saving Regulations art. 11 para 2)",
    events=frozenset({"quota"}),
    in_force=date(2024, 5, 1),
    territory="CN",
    rank="regulation",
    texts={
        "looser": Text(
            "{place}：{product} {process}（{tier}）的地方定额 {local} {local_unit} 宽于国家定额 "
            "{national} {national_unit}（自 {national_from} 起），不予录入。地方定额须严于国家定额。",
            "{place}: the local quota for {product} {process} ({tier}), {local} {local_unit}, is looser than the "
            "national one of {national} {national_unit} in force from {national_from}, and is not taken. "
            "A local quota has to be stricter.",
        ),
        "later": Text(
            "{place}：{product} {process}（{tier}）自 {local_from} 起的地方定额 {local} {local_unit} 宽于自 "
            "{national_from} 起的国家定额 {national} {national_unit}。请修订该地方定额。",
            "{place}: the local quota for {product} {process} ({tier}) from {local_from}, {local} {local_unit}, is "
            "looser than the national one from {national_from}, {national} {national_unit}. Revise the local quota.",
        ),
        "units": Text(
            "{place}：{product} {process}（{tier}）的地方定额 {local} {local_unit}（自 {local_from} 起）与国家定额 "
            "{national} {national_unit}（自 {national_from} 起）单位不同，未作比较。",
            "{place}: the local quota for {product} {process} ({tier}), {local} {local_unit} from {local_from}, and "
            "the national one, {national} {national_unit} from {national_from}, have unlike units and were not "
            "compared.",
        ),
    },
    check=_check,
)
