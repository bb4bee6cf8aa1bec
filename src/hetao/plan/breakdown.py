"""Break a cap down a tree: region → leagues → banners (and deeper), exact at every level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from hetao.errors import PlanError, Problems
from hetao.plan.allocate import Allocation, divide_cap
from hetao.plan.arguments import (
    NO_UNIT,
    label,
    refuse,
    require_known,
    require_some,
    require_whole,
    require_wholes,
    shown,
)
from hetao.plan.claims import check_floor_sum, check_floors, check_rule, choose_rules, read_tables
from hetao.text import Text

__all__ = ["BreakDown", "Path", "break_down", "compare_break_down"]

Path = tuple[str, ...]
Numbers = Mapping[Path, int]


@dataclass(frozen=True)
class BreakDown:
    """A cap broken down a tree by one rule.

    Attributes:
        rule: name of the rule, the same at every level.
        cap_m3: the cap at the top, m³.
        levels: path of a parent → its allocation among its children; ``()`` is the top. Each allocation's cap is the
            parent's award, and its awards and reserve sum to it.
    """

    rule: str
    cap_m3: int
    levels: Mapping[Path, Allocation]

    @cached_property
    def awards(self) -> Mapping[Path, int]:
        """Path → award, m³, of every node below the top, parents before children."""
        parts = {(*path, name): m3 for path, level in self.levels.items() for name, m3 in level.awards.items()}
        return MappingProxyType(parts)

    @cached_property
    def reserves(self) -> Mapping[Path, int]:
        """Path of a parent → what it keeps in reserve, m³. Leaves and reserves sum to the cap."""
        return MappingProxyType({path: level.reserve_m3 for path, level in self.levels.items()})

    @cached_property
    def leaves(self) -> Mapping[Path, int]:
        """Path → award, m³, of the nodes that are broken down no further."""
        return MappingProxyType({path: m3 for path, m3 in self.awards.items() if path not in self.levels})

    def rows(self) -> list[dict[str, object]]:
        """Return one tidy record a node: its path and those of `Allocation.rows`, parents before children."""
        return [
            {**row, "path": (*path, str(row["name"]))} for path, level in self.levels.items() for row in level.rows()
        ]


def break_down(
    rule: str, *, cap_m3: int, claims: Numbers, floors: Numbers | None = None, weights: Numbers | None = None
) -> BreakDown:
    """Divide a cap down a tree by one rule, level by level.

    A node is a path of names, ``("Baotou",)`` or ``("Baotou", "Kundulun")``. A parent's own claim, floor or weight
    is what is given for its path and otherwise the sum over its children, so that a league's claim may come from
    recorded use while its banners' claims come from population; siblings are compared with siblings only.

    Args:
        rule: a name in `RULES`.
        cap_m3: the cap at the top, whole m³, ≥ 0.
        claims: path → claim, whole m³; needed for every leaf.
        floors: path → floor, whole m³; 0 at leaves where absent. A parent's must cover its children's.
        weights: path → positive whole weight for every leaf, for rules that read weights.

    Raises:
        PlanError: everything that is wrong, as in `allocate`; also paths that are not tuples of names, and a
            parent's floor below those of its children.
    """
    problems = Problems(PlanError)
    claims, floors, weights = read_tables(problems, claims, floors, weights)
    check_rule(problems, rule, weights)
    tree = _Tree.read(problems, cap_m3, claims, floors, weights)
    problems.raise_if_any()
    return tree.divide(rule, cap_m3)


def compare_break_down(
    *,
    cap_m3: int,
    claims: Numbers,
    floors: Numbers | None = None,
    weights: Numbers | None = None,
    rules: Sequence[str] | None = None,
) -> Mapping[str, BreakDown]:
    """Divide a cap down a tree by several rules: rule → break-down; weights go to the rules that read them.

    Args:
        cap_m3: as in `break_down`.
        claims: as in `break_down`.
        floors: as in `break_down`.
        weights: as in `break_down`.
        rules: names in `RULES`; all of them if absent.

    Raises:
        PlanError: as in `break_down`.
    """
    problems = Problems(PlanError)
    claims, floors, weights = read_tables(problems, claims, floors, weights)
    chosen = choose_rules(problems, rules)
    tree = _Tree.read(problems, cap_m3, claims, floors, weights)
    problems.raise_if_any()
    return MappingProxyType({rule: tree.divide(rule, cap_m3) for rule in chosen})


@dataclass(frozen=True)
class _Tree:
    """Checked claims, floors and weights of every node, and each parent's children."""

    children: dict[Path, list[Path]]
    claims: Numbers
    floors: Numbers
    weights: Numbers | None

    @classmethod
    def read(cls, problems: Problems, cap_m3: int, claims: Numbers, floors: Numbers, weights: Numbers | None) -> _Tree:
        """Check everything that was handed in and sum up what parents were not given."""
        empty = cls({}, {}, {}, None)
        paths = [_is_path(problems, path) for path in claims]
        if not (require_some(problems, "claims", claims) and all(paths)):
            return empty
        children = _children(claims)
        nodes = [path for group in children.values() for path in group]
        sound = [
            require_whole(problems, "cap_m3", cap_m3),
            require_wholes(problems, "claims", claims),
            require_wholes(problems, "floors", floors),
            require_known(problems, "floors", floors, nodes, "claims"),
        ]
        if weights is not None:
            leaves = [path for path in nodes if path not in children]
            sound += [
                require_wholes(problems, "weights", weights, least=1, unit=NO_UNIT),
                require_known(problems, "weights", weights, nodes, "claims"),
                require_known(problems, "claims", leaves, weights, "weights"),
            ]
        if not all(sound):
            return empty
        summed = (_sum_up(children, claims), _sum_up(children, floors))
        tree = cls(children, *summed, _sum_up(children, weights) if weights is not None else None)
        tree._check(problems, cap_m3)
        return tree

    def divide(self, rule: str, cap_m3: int) -> BreakDown:
        """Divide the cap among the top's children, then each award among theirs."""
        awards: dict[Path, int] = {(): cap_m3}
        levels: dict[Path, Allocation] = {}
        for parent, children in self.children.items():
            tables = [{path[-1]: table[path] for path in children} for table in (self.claims, self.floors)]
            weights = {path[-1]: self.weights[path] for path in children} if self.weights is not None else None
            level = divide_cap(rule, awards[parent], tables[0], tables[1], weights)
            awards |= {(*parent, name): m3 for name, m3 in level.awards.items()}
            levels[parent] = level
        return BreakDown(rule, int(cap_m3), MappingProxyType(levels))

    def _check(self, problems: Problems, cap_m3: int) -> None:
        check_floors(problems, self.claims, self.floors)
        top, *parents = self.children
        check_floor_sum(problems, cap_m3, (self.floors[path] for path in self.children[top]))
        for parent in parents:
            needed, own = sum(self.floors[path] for path in self.children[parent]), self.floors[parent]
            if needed > own:
                refuse(
                    problems,
                    "floor_below_parts",
                    f"floors[{label(parent)}]",
                    Text(f"保底量 {own} m³，下级合计 {needed} m³", f"a floor of {own} m³ and {needed} m³ below it"),
                    Text("不低于下级保底量之和", "at least the sum of the floors below it"),
                    Text("提高本级保底量，或删去由下级求和", "raise it, or leave it out to have it summed"),
                )


def _is_path(problems: Problems, path: object) -> bool:
    if isinstance(path, tuple) and path and all(isinstance(name, str) and name.strip() for name in path):
        return True
    refuse(
        problems,
        "path",
        f"claims[{label(path)}]",
        shown(path),
        Text("由非空名称组成的元组", "a tuple of names that are not empty"),
        Text('写成 ("盟市", "旗县")', 'write it as ("league", "banner")'),
    )
    return False


def _children(claims: Numbers) -> dict[Path, list[Path]]:
    """Return each parent's children, parents before their children, in the order of the claims."""
    children: dict[Path, dict[Path, None]] = {}
    for path in claims:
        for depth in range(len(path)):
            children.setdefault(path[:depth], {})[path[: depth + 1]] = None
    return {parent: list(children[parent]) for parent in sorted(children, key=len)}


def _sum_up(children: dict[Path, list[Path]], given: Numbers) -> dict[Path, int]:
    """Return every node's number: what was given, else the sum over its children, else 0."""
    numbers = {path: 0 for group in children.values() for path in group if path not in children} | dict(given)
    for parent in reversed(children):
        numbers.setdefault(parent, sum(numbers.get(path, 0) for path in children[parent]))
    return numbers
