"""R50: use above the plan of the year pays a surcharge on the excess only, in rising steps."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from hetao.ledger.outcome import Finding, Findings
from hetao.ledger.permit_years import adds_use, drafted_years, ordered_m3
from hetao.ledger.records import Permit
from hetao.ledger.rule import Case, Rule
from hetao.ledger.settings import find_setting
from hetao.ledger.surcharge import Part, Tariff, marginal_parts, read_tariff, whole_part
from hetao.text import Text

NOT_CHOSEN = "not chosen: both readings given"


def _check(case: Case, found: Findings) -> None:
    permit = case.draft.right
    assert isinstance(permit, Permit)
    if found.refusals:  # nothing is booked
        return
    for record in drafted_years(case.draft):
        plan_m3 = record.plan_m3
        if plan_m3 is None:
            continue
        left_m3 = ordered_m3(case.state, permit, record.year)
        allowed_m3 = plan_m3 if left_m3 is None else min(plan_m3, left_m3)
        if record.used_m3 > allowed_m3 and adds_use(case.state, record):
            facts = {
                "permit": permit.permit,
                "year": record.year,
                "plan_m3": allowed_m3,
                "used_m3": record.used_m3,
                "excess_m3": record.used_m3 - allowed_m3,
            }
            facts |= {"issued_m3": plan_m3} if allowed_m3 < plan_m3 else {}
            _warn(case, permit, facts, found)


def _warn(case: Case, permit: Permit, facts: dict[str, Any], found: Findings) -> None:
    """Warn of an excess, with what it pays by the steps in force on the last day read."""
    setting = find_setting(case.state, "surcharge_steps", case.fields["to"], permit.node)
    tariff = None if setting is None else read_tariff(setting.value)
    if setting is None or tariff is None:
        found.warn(MEMBER.finding("no_steps" if setting is None else "bad_steps", permit.node, facts))
        return
    found.warn(_finding(permit.node, facts, tariff))


def _finding(node: str, facts: dict[str, Any], tariff: Tariff) -> Finding:
    plan_m3, excess_m3 = facts["plan_m3"], facts["excess_m3"]
    marginal = marginal_parts(tariff.steps, plan_m3, excess_m3)
    whole = whole_part(tariff.steps, plan_m3, excess_m3)
    more = {
        "marginal": [_fact(part) for part in marginal],
        "whole": _fact(whole),
        "reading": tariff.reading or NOT_CHOSEN,
    }
    words = {"parts": _words(marginal), "all": _words((whole,))}
    return MEMBER.finding(tariff.reading or "both", node, {**facts, **more}, **words)


def _number(times: Fraction) -> int | str:
    """Return a whole number of times as it is, any other as exact text."""
    return int(times) if times.denominator == 1 else str(times)


def _fact(part: Part) -> dict[str, int | str | None]:
    return {"volume_m3": part.volume_m3, "times": None if part.times is None else _number(part.times)}


def _words(parts: tuple[Part, ...]) -> Text:
    zh, en = [], []
    for part in parts:
        if part.times is None:
            zh.append(f"{part.volume_m3:,} m³ 超出最高档次，未定倍数")
            en.append(f"{part.volume_m3:,} m³ beyond the last step, at no times given")
        else:
            zh.append(f"{part.volume_m3:,} m³ 加 {_number(part.times)} 倍")
            en.append(f"{part.volume_m3:,} m³ at {_number(part.times)} times extra")
    return Text("，".join(zh), ", ".join(en))


EXCESS = Text(
    "取水许可证 {permit} {year} 年计划 {plan_m3:,} m³，累计已用 {used_m3:,} m³，超计划 {excess_m3:,} m³。",
    "Permit {permit}, {year}: {used_m3:,} m³ are used so far of a plan of {plan_m3:,} m³, {excess_m3:,} m³ above it. ",
)


def _text(zh: str, en: str) -> Text:
    return Text(EXCESS.zh + zh, EXCESS.en + en)


MEMBER = Rule(
    name="r50",
    title=Text("超计划取水，超出部分累进加价", "A surcharge in rising steps on what exceeds the plan"),
    reference=(
        "《取水许可和水资源费征收管理条例》第二十八条；《节约用水条例》第十五条"
        " (State Council order 460 art. 28; Water Saving Regulations art. 15)"
    ),
    events=frozenset({"read"}),
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    texts={
        "marginal": _text("超出部分分档累进：{parts}。", "The excess pays step by step: {parts}."),
        "whole": _text("超出部分整体按所达档次：{all}。", "The whole excess pays by the step it reaches: {all}."),
        "both": _text(
            "分档累进为：{parts}；整体按所达档次为：{all}。设置 surcharge_steps 未选读法（reading），"
            "请按规定文本选定。",
            "Step by step it pays {parts}; by the step it reaches, {all}. The setting `surcharge_steps` chooses no "
            "`reading`; choose by the text of the tariff.",
        ),
        "no_steps": _text(
            "累进档次未设置（surcharge_steps），加价无法计算。",
            "No steps are set (`surcharge_steps`), so that the surcharge is not worked out.",
        ),
        "bad_steps": _text(
            "设置 surcharge_steps 的档次不是依次递增，加价无法计算。请更正该设置。",
            "The steps of the setting `surcharge_steps` do not rise, so that the surcharge is not worked out. "
            "Correct the setting.",
        ),
    },
    check=_check,
)
