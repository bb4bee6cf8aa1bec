"""Checks of a division before it is made: rules, claims, floors, weights; everything wrong at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from hetao.errors import Problems
from hetao.family import load_family
from hetao.plan.arguments import (
    NO_UNIT,
    label,
    read_table,
    refuse,
    require_known,
    require_name,
    require_some,
    require_whole,
    require_wholes,
    shown,
)
from hetao.plan.rule import AllocationRule
from hetao.text import Text

__all__ = ["RULES", "check_claims", "check_floor_sum", "check_floors", "check_rule", "choose_rules", "read_tables"]

K = TypeVar("K")

RULES: Mapping[str, AllocationRule] = load_family("hetao.plan.allocation", AllocationRule)


def read_tables(
    problems: Problems, claims: object, floors: object, weights: object
) -> tuple[dict[Any, int], dict[Any, int], dict[Any, int] | None]:
    """Return claims, floors and weights as plain mappings; stop at once where one of them is no table.

    Raises:
        PlanError: what is no table, with whatever was recorded before.
    """
    tables = read_table(problems, "claims", claims), read_table(problems, "floors", floors)
    weighed = None if weights is None else read_table(problems, "weights", weights)
    problems.raise_if_any()
    return *tables, weighed


def check_rule(problems: Problems, rule: str, weights: object) -> None:
    """Require a known rule, and weights only for a rule that reads them."""
    if rule not in RULES:
        listed = ", ".join(RULES)
        refuse(
            problems,
            "unknown_rule",
            "rule",
            shown(rule),
            Text(f"以下之一：{listed}", f"one of {listed}"),
            Text("改用列出的规则", "use one of the rules listed"),
        )
    elif weights is not None and not RULES[rule].uses_weights:
        reading = ", ".join(name for name, member in RULES.items() if member.uses_weights)
        refuse(
            problems,
            "weights_unused",
            "weights",
            Text(f"给规则 {rule} 的权重，而它不用权重", f"weights for the rule {rule}, which reads none"),
            Text("不给权重", "no weights"),
            Text(f"删去 weights，或改用 {reading}", f"leave weights out, or use {reading}"),
        )


def choose_rules(problems: Problems, rules: Sequence[str] | None) -> tuple[str, ...]:
    """Return the rules to compare, all if none were named; require each to be known."""
    chosen = tuple(RULES) if rules is None else tuple(rules)
    require_some(problems, "rules", chosen)
    for rule in chosen:
        check_rule(problems, rule, None)
    return chosen


def check_floors(problems: Problems, claims: Mapping[K, int], floors: Mapping[K, int]) -> None:
    """Require every floor to be within its claim."""
    for key, floor in floors.items():
        if floor > claims[key]:
            refuse(
                problems,
                "floor_above_claim",
                f"floors[{label(key)}]",
                Text(
                    f"保底量 {floor} m³，申请量 {claims[key]} m³",
                    f"a floor of {floor} m³ and a claim of {claims[key]} m³",
                ),
                Text("保底量不超过申请量", "a floor within the claim"),
                Text("降低保底量，或提高申请量", "lower the floor or raise the claim"),
            )


def check_floor_sum(problems: Problems, cap_m3: int, floors: Iterable[int]) -> None:
    """Require all floors together to fit the cap."""
    total = sum(floors)
    if total > cap_m3:
        refuse(
            problems,
            "floors_above_cap",
            "floors",
            Text(f"保底量合计 {total} m³，上限 {cap_m3} m³", f"floors of {total} m³ in all and a cap of {cap_m3} m³"),
            Text("保底量合计不超过上限", "floors that fit the cap together"),
            Text(
                f"降低保底量 {total - cap_m3} m³，或提高上限",
                f"lower the floors by {total - cap_m3} m³, or raise the cap",
            ),
        )


def check_claims(
    problems: Problems,
    cap_m3: int,
    claims: Mapping[str, int],
    floors: Mapping[str, int],
    weights: Mapping[str, int] | None,
) -> None:
    """Require a cap, claims, floors and weights that make a division: whole numbers, known names, floors that fit."""
    sound = [
        require_whole(problems, "cap_m3", cap_m3),
        require_some(problems, "claims", claims),
        *(require_name(problems, "claims", name) for name in claims),
        require_wholes(problems, "claims", claims),
        require_wholes(problems, "floors", floors),
        require_known(problems, "floors", floors, claims, "claims"),
    ]
    if all(sound):
        check_floors(problems, claims, floors)
        check_floor_sum(problems, cap_m3, floors.values())
    if weights is not None:
        require_wholes(problems, "weights", weights, least=1, unit=NO_UNIT)
        require_known(problems, "weights", weights, claims, "claims")
        require_known(problems, "claims", claims, weights, "weights")
