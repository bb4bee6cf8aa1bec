"""Break a cap down among claimants by a named rule, exactly: awards and reserve sum to the cap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType

from hetao.errors import PlanError, Problems
from hetao.plan.claims import RULES, check_claims, check_rule, choose_rules, read_tables
from hetao.plan.rounding import ROUNDING
from hetao.plan.rule import Division
from hetao.rounding import largest_remainder
from hetao.text import Text

__all__ = ["Allocation", "Comparison", "allocate", "compare", "divide_cap"]

_FLOORS_FIRST = Text("保底量先行满足，规则只用于其余部分", "floors are met first and the rule divides the rest")
_FLOORS_WITHIN = Text("保底量是所得的下限", "floors are lower bounds on the awards")
_SURPLUS = Text(
    "申请总量低于上限时各方全额满足，余量为预留", "claims below the cap are met in full and the rest is the reserve"
)


@dataclass(frozen=True)
class Allocation:
    """A cap broken down among claimants by one rule. Every table has the order of ``claims``.

    Attributes:
        rule: name of the rule.
        cap_m3: the cap, in m³.
        claims: name → claim, m³.
        floors: name → floor, m³; 0 where none was given.
        weights: name → weight; None where the rule reads none.
        exact: name → award before rounding, m³.
        awards: name → award, whole m³. ``Σ awards + reserve_m3 == cap_m3``.
        reserve_m3: what is left when the claims sum to less than the cap, m³; 0 otherwise.
    """

    rule: str
    cap_m3: int
    claims: Mapping[str, int]
    floors: Mapping[str, int]
    weights: Mapping[str, int] | None
    exact: Mapping[str, Fraction]
    awards: Mapping[str, int]
    reserve_m3: int

    @cached_property
    def losses(self) -> Mapping[str, int]:
        """Name → claim − award, m³, ≥ 0."""
        return MappingProxyType({name: claim - self.awards[name] for name, claim in self.claims.items()})

    @cached_property
    def satisfaction(self) -> Mapping[str, Fraction | None]:
        """Name → award ÷ claim, exact, in [0, 1]; None where nothing was claimed."""
        rates = {name: Fraction(self.awards[name], claim) if claim else None for name, claim in self.claims.items()}
        return MappingProxyType(rates)

    @property
    def convention(self) -> Text:
        """What the rule equalises, how floors enter, what happens to a surplus, and how it is rounded."""
        rule = RULES[self.rule]
        parts = (rule.convention, _FLOORS_WITHIN if rule.floors_within else _FLOORS_FIRST, _SURPLUS, ROUNDING)
        return Text("；".join(p.zh for p in parts) + "。", "; ".join(p.en for p in parts) + ".")

    @property
    def notes(self) -> tuple[Text, ...]:
        """Which bounds bind: the cap, claims met in full, awards held at their floor, claims that got nothing."""
        return tuple(note for names, note in self._facts() if names)

    def _facts(self) -> list[tuple[object, Text]]:
        if self.reserve_m3 or not any(self.losses.values()):
            free = f"上限不构成约束：全部申请得到满足，预留 {self.reserve_m3} m³"
            return [(True, Text(free, f"the cap does not bind: every claim is met, {self.reserve_m3} m³ in reserve"))]
        full = [n for n, loss in self.losses.items() if self.claims[n] and not loss]
        held = [n for n, award in self.awards.items() if self.floors[n] and award == self.floors[n] < self.claims[n]]
        none = [n for n, award in self.awards.items() if self.claims[n] and not award]
        short = sum(self.losses.values())
        return [
            (True, Text(f"上限构成约束：共缺 {short} m³", f"the cap binds: {short} m³ of claims are not met")),
            (full, Text(f"全额满足：{'、'.join(full)}", f"met in full: {', '.join(full)}")),
            (held, Text(f"止于保底量：{'、'.join(held)}", f"held at the floor: {', '.join(held)}")),
            (none, Text(f"所得为 0：{'、'.join(none)}", f"awarded nothing: {', '.join(none)}")),
            (
                self._is_equal_awards,
                Text(
                    "权重相等且无保底量：本规则此时即约束均等收益规则",
                    "equal weights and no floors: the rule is the constrained equal awards rule here",
                ),
            ),
        ]

    @property
    def _is_equal_awards(self) -> bool:
        return self.weights is not None and len(set(self.weights.values())) == 1 and not any(self.floors.values())

    def rows(self) -> list[dict[str, object]]:
        """Return one tidy record a claimant: name, claim, floor, award, loss (m³) and satisfaction (a Fraction)."""
        return [
            {
                "rule": self.rule,
                "name": name,
                "claim_m3": claim,
                "floor_m3": self.floors[name],
                "award_m3": self.awards[name],
                "loss_m3": self.losses[name],
                "satisfaction": self.satisfaction[name],
            }
            for name, claim in self.claims.items()
        ]


@dataclass(frozen=True)
class Comparison:
    """One cap under several rules.

    Attributes:
        allocations: rule → its allocation, on the same cap, claims and floors.
    """

    allocations: Mapping[str, Allocation]

    def __getitem__(self, rule: str) -> Allocation:
        return self.allocations[rule]

    @property
    def identical(self) -> tuple[tuple[str, ...], ...]:
        """Groups of two or more rules that award everyone the same here."""
        groups: dict[tuple[int, ...], list[str]] = {}
        for rule, allocation in self.allocations.items():
            groups.setdefault(tuple(allocation.awards.values()), []).append(rule)
        return tuple(tuple(group) for group in groups.values() if len(group) > 1)

    def rows(self) -> list[dict[str, object]]:
        """Return one record a claimant: name, claim, floor and the award of each rule under its name, in m³."""
        first = next(iter(self.allocations.values()))
        return [
            {
                "name": name,
                "claim_m3": claim,
                "floor_m3": first.floors[name],
                **{rule: allocation.awards[name] for rule, allocation in self.allocations.items()},
            }
            for name, claim in first.claims.items()
        ]


def allocate(
    rule: str,
    *,
    cap_m3: int,
    claims: Mapping[str, int],
    floors: Mapping[str, int] | None = None,
    weights: Mapping[str, int] | None = None,
) -> Allocation:
    """Divide a cap among claimants by one rule.

    Args:
        rule: a name in `RULES`.
        cap_m3: what there is to divide, whole m³, ≥ 0.
        claims: name → what is asked for, whole m³, ≥ 0.
        floors: name → what must be met first (drinking water, ecological base), whole m³; 0 where absent.
        weights: name → positive whole weight for every claimant, for rules that read weights; 1 each where absent.

    Returns:
        The allocation; awards and reserve sum to the cap exactly, whatever the order of claimants.

    Raises:
        PlanError: everything that is wrong: numbers that are not whole or negative, no claims, unknown names,
            a floor above its claim, floors above the cap, weights missing or given to a rule that reads none.
    """
    problems = Problems(PlanError)
    claims, floors, weights = read_tables(problems, claims, floors, weights)
    check_rule(problems, rule, weights)
    check_claims(problems, cap_m3, claims, floors, weights)
    problems.raise_if_any()
    return divide_cap(rule, cap_m3, claims, floors, weights)


def compare(
    *,
    cap_m3: int,
    claims: Mapping[str, int],
    floors: Mapping[str, int] | None = None,
    weights: Mapping[str, int] | None = None,
    rules: Sequence[str] | None = None,
) -> Comparison:
    """Divide one cap by several rules, side by side; weights go to the rules that read them.

    Args:
        cap_m3: as in `allocate`.
        claims: as in `allocate`.
        floors: as in `allocate`.
        weights: as in `allocate`.
        rules: names in `RULES`; all of them if absent.

    Raises:
        PlanError: as in `allocate`.
    """
    problems = Problems(PlanError)
    claims, floors, weights = read_tables(problems, claims, floors, weights)
    chosen = choose_rules(problems, rules)
    check_claims(problems, cap_m3, claims, floors, weights)
    problems.raise_if_any()
    return Comparison(MappingProxyType({rule: divide_cap(rule, cap_m3, claims, floors, weights) for rule in chosen}))


def divide_cap(
    rule: str, cap_m3: int, claims: Mapping[str, int], floors: Mapping[str, int], weights: Mapping[str, int] | None
) -> Allocation:
    """Divide a cap whose arguments were checked; see `allocate`. Weights are dropped by rules that read none."""
    member, names = RULES[rule], tuple(claims)
    floor = {name: int(floors.get(name, 0)) for name in names}
    weight = {name: int(weights[name]) if weights else 1 for name in names}
    columns = ((Fraction(int(column[name])) for name in names) for column in (claims, floor, weight))
    exact = dict(zip(names, member.exact(Division(Fraction(int(cap_m3)), *map(tuple, columns))), strict=True))
    whole = {name: int(claims[name]) for name in names}
    awards = largest_remainder(exact, whole)
    return Allocation(
        rule=rule,
        cap_m3=int(cap_m3),
        claims=MappingProxyType(whole),
        floors=MappingProxyType(floor),
        weights=MappingProxyType(weight) if member.uses_weights else None,
        exact=MappingProxyType(exact),
        awards=MappingProxyType(awards),
        reserve_m3=int(cap_m3) - sum(awards.values()),
    )
