"""What the measures of slacks, prices, quantiles and stages refuse: everything wrong at once, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from frontiers import refused
from hetao import Panel
from hetao.errors import ModelError
from hetao.measure import (
    additive,
    cost,
    cross_efficiency,
    dea,
    directional,
    hyperbolic,
    nonradial_directional,
    order_alpha,
    order_m,
    profit,
    range_directional,
    returns_to_scale,
    revenue,
    russell,
    sbm,
    two_stage,
)

DATA: dict[str, list[Any]] = {
    "u": ["a", "b", "a", "b"],
    "t": [1, 1, 2, 2],
    "g": ["n", "s", "n", "s"],
    "x1": [1.0, 2.0, 3.0, 4.0],
    "x2": [2.0, 1.0, 2.0, 1.0],
    "y1": [1.0, 2.0, 3.0, 4.0],
    "y2": [3.0, 2.0, 4.0, 2.0],
    "b": [1.0, 1.0, 2.0, 2.0],
    "w": [1.0, 1.0, 2.0, 2.0],
}
PRICES = {"x1": "w", "x2": "w", "y1": "w", "y2": "w"}
CALLS: list[tuple[Callable[..., Any], dict[str, Any]]] = [
    (additive, {}),
    (cost, {}),
    (cross_efficiency, {}),
    (dea, {}),
    (directional, {}),
    (hyperbolic, {}),
    (nonradial_directional, {}),
    (order_alpha, {"alpha": 0.5}),
    (order_m, {"m": 2}),
    (profit, {}),
    (range_directional, {}),
    (returns_to_scale, {}),
    (revenue, {}),
    (russell, {}),
    (sbm, {}),
    (two_stage, {"links": "y1"}),
]


def named(value: Any) -> str:
    """Return a parameter's name in a test's id."""
    return str(getattr(value, "__name__", value))


every_call = pytest.mark.parametrize(("call", "options"), CALLS, ids=named)
takes_no_negative = pytest.mark.parametrize(
    ("call", "options"), [case for case in CALLS if case[0] not in (additive, range_directional)], ids=named
)


def panel(**changed: Any) -> Panel:
    roles: dict[str, Any] = {"unit": "u", "period": "t", "inputs": ["x1", "x2"], "outputs": ["y1", "y2"], "bads": "b"}
    table = {name: changed.pop(name, values) for name, values in DATA.items()}
    return Panel(table, **(roles | {"prices": PRICES} | changed))


@every_call
def test_the_panel_that_the_others_spoil_is_taken(call: Callable[..., Any], options: dict[str, Any]):
    assert len(call(panel(group="g"), by_group=True, reference=2, **options).scores["score"]) == 4


@pytest.mark.parametrize(
    ("call", "options"),
    [
        (additive, {"returns": "fdh", "weights": "equal", "reference": 0, "by_group": "yes"}),
        (cost, {"returns": "fdh", "reference": True, "by_group": None}),
        (revenue, {"returns": "none", "reference": -1, "by_group": 2}),
        (profit, {"returns": None, "reference": 2.0, "by_group": "no"}),
        (cross_efficiency, {"strategy": "arbitrary", "self_appraisal": "no", "reference": "window", "by_group": "g"}),
        (dea, {"returns": "grs", "orientation": "none", "super_efficiency": 2, "reference": 0, "by_group": ""}),
        (directional, {"returns": "fdh", "direction": "up", "disposability": "none", "reference": 1.5, "by_group": 3}),
        (hyperbolic, {"returns": "fdh", "disposability": "costly", "reference": "all", "by_group": "all"}),
        (nonradial_directional, {"returns": "x", "direction": 1, "disposability": "", "weights": 1, "reference": -2}),
        (order_alpha, {"alpha": 0, "orientation": "none", "reference": None, "by_group": "x"}),
        (order_m, {"m": 0, "orientation": "both", "reference": None, "by_group": "x"}),
        (range_directional, {"reference": False, "by_group": "x"}),
        (returns_to_scale, {"orientation": "graph", "reference": "", "by_group": "x"}),
        (russell, {"orientation": "none", "returns": "fdh", "reference": "", "by_group": "x"}),
        (sbm, {"orientation": "graph", "returns": "fdh", "super_efficiency": "on", "reference": 0, "by_group": "x"}),
        (two_stage, {"links": [], "model": "network", "priority": "both", "reference": "", "by_group": "x"}),
    ],
    ids=named,
)
def test_every_unknown_option_is_named_at_once(call: Callable[..., Any], options: dict[str, Any]):
    codes = refused(call, panel(bads=()) if call is nonradial_directional else panel(), **options)
    assert sorted(set(codes)) == sorted(f"{call.__name__}.{name}" for name in options)


@pytest.mark.parametrize(
    ("call", "option"),
    [
        *((call, "returns") for call in (additive, cost, dea, directional, hyperbolic, profit, russell, sbm)),
        *((call, "orientation") for call in (dea, order_alpha, order_m, returns_to_scale, russell, sbm)),
        *((call, "disposability") for call in (directional, hyperbolic, nonradial_directional)),
        *((call, "reference") for call in (additive, cost, order_m, two_stage)),
        (additive, "weights"),
        (cross_efficiency, "strategy"),
        (two_stage, "model"),
    ],
    ids=named,
)
@pytest.mark.parametrize("value", [["crs"], {"crs": 1}], ids=["list", "mapping"])
def test_a_collection_in_place_of_one_word_is_refused(call: Callable[..., Any], option: str, value: Any):
    options = next(needed for one, needed in CALLS if one is call)
    assert set(refused(call, panel(), **options, **{option: value})) == {f"{call.__name__}.{option}"}


@every_call
@pytest.mark.parametrize("thing", [pd.DataFrame(DATA), DATA, None], ids=["pandas", "mapping", "None"])
def test_a_frame_in_place_of_a_panel_is_refused(call: Callable[..., Any], options: dict[str, Any], thing: Any):
    name = call.__name__
    assert refused(call, thing, reference="x", **options) == [f"{name}.reference", f"{name}.panel"]
    with pytest.raises(ModelError, match=r"Panel\(frame"):
        call(thing, **options)


@every_call
def test_groups_have_to_be_there(call: Callable[..., Any], options: dict[str, Any]):
    assert refused(call, panel(), by_group=True, **options) == [f"{call.__name__}.by_group"]


@pytest.mark.parametrize("call", [dea, sbm, cost], ids=named)
@pytest.mark.parametrize("by_group", [1, np.True_], ids=repr)
def test_what_only_looks_like_a_yes_needs_groups_as_much(call: Callable[..., Any], by_group: Any):
    assert refused(call, panel(), by_group=by_group) == [f"{call.__name__}.by_group"]


@takes_no_negative
@pytest.mark.parametrize("column", ["x2", "y1", "b"])
def test_negative_quantities_are_refused_by_column_and_first_row(
    call: Callable[..., Any], options: dict[str, Any], column: str
):
    spoiled = panel(**{column: [1.0, -2.5, -3.0, 1.0]})
    assert refused(call, spoiled, **options) == [f"{call.__name__}.data"]
    with pytest.raises(ModelError, match=rf"2 negative values in column {column} \(first in row 1: -2.5\)"):
        call(spoiled, **options)


STRONG = {"returns": "vrs", "disposability": "strong"}


@pytest.mark.parametrize(
    ("call", "options", "taken"),
    [
        (range_directional, {}, True),
        (additive, {}, True),
        (additive, {"weights": "range"}, True),
        (additive, {"weights": "bounded"}, True),
        (additive, {"weights": "mean"}, False),
        (additive, {"returns": "crs"}, False),
        (additive, {"returns": "nirs", "weights": "range"}, False),
        (directional, {"direction": "range", **STRONG}, True),
        (directional, {"direction": {"x1": 1.0, "b": "range"}, **STRONG}, True),
        (directional, {"direction": "observed", **STRONG}, False),
        (directional, {"direction": "mean", **STRONG}, False),
        (directional, {"direction": {"x1": "x2"}, **STRONG}, False),
        (directional, {"direction": "range", **STRONG, "returns": "crs"}, False),
        (directional, {"direction": "range", **STRONG, "disposability": "kuosmanen"}, False),
        (directional, {"direction": {"y1": 1.0}, "returns": "vrs", "disposability": "weak"}, False),
    ],
    ids=named,
)
def test_what_takes_negative_data_and_what_does_not(call: Callable[..., Any], options: dict[str, Any], taken: bool):
    spoiled = panel(x1=[1.0, -2.5, -3.0, 1.0])
    if taken:
        assert set(call(spoiled, **options).scores["status"]) <= {"optimal", "unbounded"}
    else:
        assert refused(call, spoiled, **options) == [f"{call.__name__}.data"]


@pytest.mark.parametrize(
    ("call", "options", "column"),
    [
        (sbm, {}, "x1"),
        (sbm, {}, "y2"),
        (sbm, {}, "b"),
        (sbm, {"orientation": "input"}, "x2"),
        (sbm, {"orientation": "output"}, "y1"),
        (sbm, {"orientation": "output"}, "b"),
        (russell, {}, "x1"),
        (russell, {"orientation": "output"}, "y1"),
    ],
    ids=named,
)
def test_zeros_are_refused_where_the_score_divides(call: Callable[..., Any], options: dict[str, Any], column: str):
    spoiled = panel(**{column: [1.0, 0.0, 0.0, 2.0]})
    assert refused(call, spoiled, **options) == [f"{call.__name__}.data"]
    with pytest.raises(ModelError, match=rf"2 zeros in column {column} \(first in row 1\)"):
        call(spoiled, **options)


@pytest.mark.parametrize(
    ("call", "options", "column"),
    [
        (sbm, {"orientation": "input"}, "y1"),
        (sbm, {"orientation": "input"}, "b"),
        (sbm, {"orientation": "output"}, "x1"),
        (russell, {}, "y1"),
        (russell, {"orientation": "output"}, "x1"),
    ],
    ids=named,
)
def test_zeros_are_taken_where_it_does_not(call: Callable[..., Any], options: dict[str, Any], column: str):
    scores = call(panel(**{column: [1.0, 0.0, 0.0, 2.0]}), **options).scores
    assert set(scores["status"]) == {"optimal"}


@pytest.mark.parametrize(("call", "needed"), [(cost, "x"), (revenue, "y"), (profit, "xy")], ids=named)
def test_prices_have_to_be_there_not_negative_and_worth_something(call: Callable[..., Any], needed: str):
    name, priced = call.__name__, [q for q in PRICES if q[0] in needed]
    assert refused(call, panel(prices=None)) == [f"{name}.prices"] * len(priced)
    some = {q: w for q, w in PRICES.items() if q != priced[-1]}
    assert refused(call, panel(prices=some)) == [f"{name}.prices"]
    with pytest.raises(ModelError, match=f"no price of column {priced[-1]}"):
        call(panel(prices=some))
    assert refused(call, panel(w=[1.0, 1.0, -2.0, 1.0])) == [f"{name}.prices"] * len(priced)
    assert refused(call, panel(w=[1.0, 0.0, 1.0, 1.0])) == [f"{name}.data"]
    nothing = {q: [1.0, 1.0, 1.0, 0.0] for q in priced}
    assert refused(call, panel(**nothing)) == [f"{name}.data"]


@pytest.mark.parametrize("alpha", [0, 0.0, -0.1, 1.5, True, None, "0.5", float("nan"), [0.5]], ids=repr)
def test_a_quantile_is_above_0_and_at_most_1(alpha: Any):
    assert refused(order_alpha, panel(), alpha=alpha) == ["order_alpha.alpha"]


@pytest.mark.parametrize("m", [0, -1, 2.5, 2.0, True, None, "2", float("nan")], ids=repr)
def test_draws_are_a_whole_number_from_1(m: Any):
    assert refused(order_m, panel(), m=m) == ["order_m.m"]


@pytest.mark.parametrize(("call", "options"), [(order_m, {"m": 2}), (order_alpha, {"alpha": 0.9})], ids=named)
@pytest.mark.parametrize("orientation", ["input", "output"])
def test_an_observation_with_nothing_to_move_is_refused(
    call: Callable[..., Any], options: dict[str, Any], orientation: Any
):
    role = "x" if orientation == "input" else "y"
    empty = {f"{role}{k}": [1.0, 2.0, 0.0, 1.0] for k in (1, 2)}
    assert refused(call, panel(**empty), orientation=orientation, **options) == [f"{call.__name__}.data"]
    with pytest.raises(ModelError, match="row 2"):
        call(panel(**empty), orientation=orientation, **options)


@pytest.mark.parametrize("links", ["b", "x1", "nothing", [], ["y1", "y2"], ["y1", "x1"], 3, None], ids=repr)
def test_links_are_some_of_the_outputs(links: Any):
    assert set(refused(two_stage, panel(), links=links)) == {"two_stage.links"}


@pytest.mark.parametrize("fixed", ["y1", "b", "nothing", ["x1", "x2"], ["x1", 3], None, 1.0], ids=repr)
def test_what_cannot_be_chosen_is_some_of_what_moves(fixed: Any):
    assert set(refused(dea, panel(), nondiscretionary=fixed)) == {"dea.nondiscretionary"}


@pytest.mark.parametrize(
    "given",
    [
        "x1/x2",
        3,
        [("x1", "x2")],
        {"x1": (1.0, 2.0)},
        {("x1", "x1"): (1.0, 2.0)},
        {("x1", "b"): (1.0, 2.0)},
        {("x1", "x2", "y1"): (1.0, 2.0)},
        {("x1", "x2"): 1.0},
        {("x1", "x2"): (1.0,)},
        {("x1", "x2"): (2.0, 1.0)},
        {("x1", "x2"): (-1.0, 1.0)},
        {("x1", "x2"): (float("nan"), 1.0)},
        {("x1", "x2"): (1.0, float("inf"))},
        {("x1", "x2"): (True, 2.0)},
        {("x1", "x2"): ("1", "2")},
    ],
    ids=str,
)
def test_restrictions_that_are_none_are_refused(given: Any):
    assert refused(dea, panel(), weight_restrictions=given) == ["dea.weight_restrictions"]


@pytest.mark.parametrize(
    "weights",
    [
        {},
        {"nothing": 1.0},
        {"x1": 1.0, "w": 1.0},
        {"x1": -1.0, "y1": 1.0},
        {"x1": float("nan"), "y1": 1.0},
        {"x1": float("inf")},
        {"x1": True},
        {"x1": "1"},
        {"x1": 0.0, "y1": 0.0},
        ["x1"],
        "x1",
        3,
    ],
    ids=str,
)
def test_weights_are_numbers_from_0_of_known_columns(weights: Any):
    assert set(refused(nonradial_directional, panel(), weights=weights)) == {"nonradial_directional.weights"}


def test_weights_of_nothing_that_moves_are_refused():
    assert refused(nonradial_directional, panel(), direction={"y1": "observed"}, weights={"y2": 1.0}) == [
        "nonradial_directional.weights"
    ]


BY = {"disposability": "by-production"}


@pytest.mark.parametrize(
    ("call", "options", "code"),
    [
        (additive, {"weights": "bounded", "returns": "crs"}, "weights"),
        (dea, {"returns": "fdh", "nondiscretionary": "x1"}, "returns"),
        (dea, {"returns": "fdh", "weight_restrictions": {("x1", "x2"): (1.0, 2.0)}}, "returns"),
        (sbm, {"super_efficiency": True}, "super_efficiency"),
        (sbm, {"super_efficiency": 1}, "super_efficiency"),
        (sbm, {"super_efficiency": np.True_}, "super_efficiency"),
        *((call, {"polluting": "x1"}, "disposability") for call in (directional, hyperbolic, nonradial_directional)),
        *((call, {"polluting": "y1", **BY}, "polluting") for call in (directional, hyperbolic, nonradial_directional)),
        *((call, {"polluting": [], **BY}, "polluting") for call in (directional, hyperbolic, nonradial_directional)),
        *((call, {"returns": "nirs"}, "returns") for call in (directional, hyperbolic, nonradial_directional)),
        (hyperbolic, {"disposability": "kuosmanen"}, "returns"),
        (nonradial_directional, {"disposability": "kuosmanen"}, "returns"),
        (nonradial_directional, {"returns": "vrs"}, "direction"),
        (nonradial_directional, {"direction": {}}, "direction"),
        (hyperbolic, {"returns": "vrs"}, "returns"),
    ],
    ids=named,
)
def test_what_does_not_go_together_is_refused(call: Callable[..., Any], options: dict[str, Any], code: str):
    assert set(refused(call, panel(), **options)) == {f"{call.__name__}.{code}"}
