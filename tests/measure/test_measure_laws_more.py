"""The laws that theory gives, for the measures beside `dea` and `directional` and for what relates one to another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from frontiers_data import (
    AMOUNT,
    BADS,
    CALLS,
    INPUTS,
    OUTPUTS,
    PRICES,
    QUANTITIES,
    RETURNS,
    Data,
    as_array,
    hard,
    many,
    many_units,
    panel,
    score_of,
)
from hetao.measure import (
    FrontierResult,
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

CLOSE = 1e-7
few, some = settings(max_examples=3), settings(max_examples=8)
# One of many optimal weights is taken where units tie, so only what does not depend on it is compared: its own score.
TIED = {name: ("own",) if name.startswith("cross_efficiency") else ("score", *c.parts) for name, c in CALLS.items()}
OLD = ("dea input crs", "dea output crs")  # plain radial scores are held by test_measure_laws.py
ROWS = st.integers(0, 99)


def made_for(name: str, **options: Any) -> st.SearchStrategy[Data]:
    return hard(CALLS[name].takes, **options)


def assert_same(found: FrontierResult, expected: FrontierResult, columns: Any, order: Any = None) -> None:
    mine, theirs = found.scores, expected.scores
    order = range(len(mine["status"])) if order is None else order
    assert mine["status"] == [theirs["status"][i] for i in order]
    for name in columns:
        if name == "class":
            assert mine[name] == [theirs[name][i] for i in order]
        else:
            assert as_array(mine[name]) == pytest.approx(
                as_array(theirs[name])[order], rel=CLOSE, abs=CLOSE, nan_ok=True
            )


def with_row(made: Data, at: int, **changed: float) -> Data:
    """Return the data with a copy of one row after the others, under its own name and with some numbers changed."""
    return {name: [*values, changed.get(name, values[at])] for name, values in made.items()} | {
        "u": [*made["u"], "new"]
    }


# Every measure


@pytest.mark.parametrize("name", [name for name, call in CALLS.items() if call.unit_free and name not in OLD])
@few
@given(draw=st.data())
def test_units_of_measurement_do_not_matter(name: str, draw: st.DataObject):
    made = draw.draw(made_for(name, periods=2, units=4))
    powers = draw.draw(st.lists(st.integers(-9, 9), min_size=5, max_size=5))
    by = dict(zip(QUANTITIES, (10.0**e for e in powers), strict=True))
    rescaled = made | {column: [v * by[column] for v in made[column]] for column in QUANTITIES}
    rescaled |= {price: [v / by[column] for v in made[price]] for column, price in PRICES.items()}
    assert_same(CALLS[name].run(panel(rescaled)), CALLS[name].run(panel(made)), TIED[name])


def test_the_unit_weights_of_the_additive_model_are_in_the_units_of_the_data():
    table = many("uniform", 12)
    once, tenfold = (score_of(additive(many_units(t))) for t in (table, 10.0 * table))
    assert tenfold == pytest.approx(10.0 * once)
    assert once.max() > 0.0


@pytest.mark.parametrize("name", [name for name in CALLS if name not in OLD])
@few
@given(draw=st.data(), random=st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(name: str, draw: st.DataObject, random: Any):
    made = draw.draw(made_for(name, periods=2, units=4))
    order = list(range(len(made["u"])))
    random.shuffle(order)
    shuffled = {column: [values[i] for i in order] for column, values in made.items()}
    assert_same(CALLS[name].run(panel(shuffled)), CALLS[name].run(panel(made)), TIED[name], order)


@pytest.mark.parametrize("name", CALLS)
@few
@given(draw=st.data())
def test_every_number_is_optimal_and_certified_and_nothing_else_has_one(name: str, draw: st.DataObject):
    result = CALLS[name].run(panel(draw.draw(made_for(name))))
    scores = result.scores
    optimal = np.array([status == "optimal" for status in scores["status"]])
    numbers = {c: np.array([v is not None for v in scores[c]]) for c in scores if c not in ("u", "t", "status")}
    assert (numbers.pop("score") == optimal).all()
    for column, there in numbers.items():
        assert column == "comparable" or not (there & ~optimal).any(), column  # that is a count, which may be 0
    for table in (result.slacks, result.targets):
        placed = np.array([[v is not None for v in values] for c, values in table.items() if c not in ("u", "t")])
        assert not placed[:, ~optimal].any()
    assert {u for u, t in zip(result.peers["u"], result.peers["t"], strict=True)} <= set(np.array(scores["u"])[optimal])
    proof = result.certificate
    assert max(proof.primal, proof.dual, proof.gap) <= 1e-8
    assert sum(proof.statuses.values()) == proof.programmes == len(optimal)


EDGES: dict[str, tuple[str, Data]] = {
    "returns_to_scale output crs is unbounded": (
        "returns_to_scale output",
        {"x1": [0.0, 1.0], "x2": [0.0, 1.0], "y1": [1.0, 1.0], "y2": [1.0, 2.0], "b": [1.0, 1.0]},
    ),
    "revenue without limit": (
        "revenue crs",
        {"x1": [0.0, 1.0], "x2": [0.0, 1.0], "y1": [1.0, 1.0], "y2": [0.0, 2.0], "b": [1.0, 1.0]},
    ),
    "profit without limit": (
        "profit crs",
        {"x1": [1.0, 2.0], "x2": [1.0, 1.0], "y1": [8.0, 1.0], "y2": [8.0, 2.0], "b": [1.0, 1.0]},
    ),
    "two stages without input": (
        "two_stage kao-hwang first",
        {"x1": [0.0, 1.0], "x2": [0.0, 1.0], "y1": [1.0, 1.0], "y2": [1.0, 2.0], "b": [1.0, 1.0]},
    ),
    "nobody else to judge": (
        "cross_efficiency benevolent by others",
        {"x1": [1.0], "x2": [1.0], "y1": [1.0], "y2": [1.0], "b": [1.0]},
    ),
}


@pytest.mark.parametrize("edge", EDGES)
def test_a_part_is_a_number_only_where_the_score_is_optimal(edge: str):
    name, made = EDGES[edge]
    n = len(made["x1"])
    made = made | {p: [1.0] * n for p in PRICES.values()} | {"u": list(range(n)), "t": [0] * n, "g": ["a"] * n}
    scores = CALLS[name].run(panel(made)).scores
    rows = [i for i, status in enumerate(scores["status"]) if status != "optimal"]
    assert rows, scores["status"]
    for column in scores.keys() - {"u", "t", "status"}:
        assert [scores[column][i] for i in rows] == [None] * len(rows), column


# Translation


@pytest.mark.parametrize("name", ["additive vrs unit", "additive vrs range", "additive bounded", "range_directional"])
@some
@given(made=hard("signed"), shift=st.lists(st.integers(-40, 40), min_size=5, max_size=5))
def test_the_zero_of_a_scale_does_not_matter(name: str, made: Data, shift: list[int]):
    moved = made | {c: [v + by for v in made[c]] for c, by in zip(QUANTITIES, shift, strict=True)}
    assert_same(CALLS[name].run(panel(moved)), CALLS[name].run(panel(made)), ["score"])


@some
@given(made=hard("signed"), shift=st.lists(st.integers(-40, 40), min_size=5, max_size=5))
def test_the_zero_of_a_scale_does_not_matter_to_a_direction_of_ranges(made: Data, shift: list[int]):
    assume(any(len(set(made[c])) > 1 for c in QUANTITIES))  # all units alike: there is no direction
    moved = made | {c: [v + by for v in made[c]] for c, by in zip(QUANTITIES, shift, strict=True)}
    call = CALLS["directional range"].run
    assert_same(call(panel(moved)), call(panel(made)), ["score"])


# A worse copy


def worsened(name: str) -> list[str]:
    """Return the columns in which a unit that is worse is promised no better score.

    Not promised: in bads held by equality, of which less is not always possible; in a polluting input under
    by-production, which excuses pollution; of a profit, in inputs, for they raise the value that it is divided by; of
    partial frontiers, in the columns that decide who is comparable; and by returns to scale, a ratio of two scores that
    both fall. Super-efficiency compares the two rows with different others, and so does cross-efficiency without the
    own score; with it the same judges judge both.
    """
    if name.startswith(("returns_to_scale", "two_stage")) or "by others" in name or "super" in name:
        return [*INPUTS, "y2"] if name.startswith("two_stage") else []  # own links are both made and used
    if name.startswith(("order_", "profit")):
        return OUTPUTS if "output" in name or "profit" in name else INPUTS
    if "by-production" in name:
        return [*OUTPUTS, *BADS]
    held = not CALLS[name].bads or any(
        word in name for word in ("weak", "kuosmanen", "directional crs", "hyperbolic w")
    )
    return [*INPUTS, *OUTPUTS] if held and "strong" not in name else QUANTITIES


# Not here: measures whose direction or weights are made of the panel itself, which a further unit changes for everybody
# alike, are promised it too; what the two rows are compared with is one and the same.
@pytest.mark.parametrize("name", [name for name in CALLS if worsened(name) and name not in OLD])
@settings(max_examples=4)
@given(draw=st.data())
def test_a_worse_copy_never_scores_better(name: str, draw: st.DataObject):
    made = draw.draw(made_for(name, units=5))
    by = draw.draw(st.lists(st.sampled_from([0.0, 0.5, 2.0]), min_size=5, max_size=5))
    worse = {c: made[c][0] + (-step if c in OUTPUTS else step) for c, step in zip(QUANTITIES, by, strict=True)}
    worse = {c: v for c, v in worse.items() if c in worsened(name) and (v > 0.0 or CALLS[name].takes == "signed")}
    score = score_of(CALLS[name].run(panel(with_row(made, 0, **worse))))
    assume(not np.isnan(score[[0, -1]]).any())
    better = CALLS[name].better
    assert better * score[-1] <= better * score[0] + CLOSE * max(1.0, abs(score[0]))


# Nested technologies


@pytest.mark.parametrize("wide", ["nirs", "ndrs"])
@pytest.mark.parametrize(
    "name",
    [
        *("russell input", "russell output", "sbm none", "sbm input", "sbm output", "hyperbolic", "cost", "revenue"),
        *("profit", "directional strong", "nonradial_directional strong"),
    ],
)
@some
@given(draw=st.data())
def test_the_wider_technology_asks_for_more(name: str, wide: str, draw: st.DataObject):
    first, strong = name.removesuffix(" strong"), " strong" if name.endswith("strong") else ""
    crs, between, vrs = (CALLS[f"{first} {r}{strong}"] for r in ("crs", wide, "vrs"))
    p = panel(draw.draw(hard(vrs.takes)))
    widest, middle, narrowest = (call.better * score_of(call.run(p)) for call in (crs, between, vrs))
    for wider, narrower in ((widest, middle), (middle, narrowest)):
        both = ~np.isnan(wider) & ~np.isnan(narrower)
        assert (wider <= narrower + CLOSE)[both].all()
    assert not (np.isnan(narrowest) & ~np.isnan(widest)).any()


@pytest.mark.parametrize("weights", ["unit", "mean", "range"])
@some
@given(made=hard())
def test_the_additive_model_finds_more_slack_under_constant_returns(weights: Any, made: Data):
    crs, vrs = (
        CALLS[f"additive {r} {weights}"].better * score_of(additive(panel(made), returns=r, weights=weights))
        for r in ("crs", "vrs")
    )
    assert (crs <= vrs + CLOSE)[~np.isnan(crs)].all()


@some
@given(made=hard())
def test_a_wider_reference_asks_for_more(made: Data):
    p = panel(made | {"t": list(range(len(made["u"]))), "u": ["one"] * len(made["u"])})
    found = {r: score_of(dea(p, returns="vrs", reference=r)) for r in ("contemporaneous", "biennial", "sequential")}
    found |= {"global": score_of(dea(p, returns="vrs", reference="global"))}
    found |= {r: score_of(dea(p, returns="vrs", reference=r)) for r in (1, 2, 99)}
    assert found[1] == pytest.approx(found["contemporaneous"], abs=CLOSE, nan_ok=True)
    assert found[99] == pytest.approx(found["sequential"], abs=CLOSE, nan_ok=True)
    for wider, narrower in (
        *(("global", r) for r in ("sequential", "biennial", 2)),
        *((r, "contemporaneous") for r in ("biennial", "sequential", 2)),
        ("sequential", 2),
    ):
        assert (found[wider] <= found[narrower] + CLOSE).all()


@some
@given(made=hard())
def test_a_group_asks_for_less_than_all_and_held_inputs_and_bounded_prices_leave_less_room(made: Data):
    p = panel(made)
    theta = score_of(dea(p))
    assert (theta <= score_of(dea(p, by_group=True)) + CLOSE).all()
    vrs = score_of(dea(p, returns="vrs"))
    held = score_of(dea(p, returns="vrs", nondiscretionary="x2"))
    assert (held <= vrs + CLOSE)[~np.isnan(held)].all()
    bounded = score_of(dea(p, weight_restrictions={("x1", "x2"): (0.5, 2.0)}))
    assert (bounded <= theta + CLOSE)[~np.isnan(bounded)].all()


# Another unit. Left out are the weights and directions made of the columns' means and ranges, which it changes; partial
# frontiers, of which it may be the worst; and cross-efficiency, where it judges.
GROWING = [
    name
    for name in CALLS
    if name.startswith(("sbm", "russell", "hyperbolic", "cost", "revenue", "profit", "two_stage", "nonradial"))
    or name in ("additive crs unit", "additive vrs unit", "dea weight restrictions", "dea input vrs nondiscretionary")
]


@pytest.mark.parametrize("name", [name for name in GROWING if "mean" not in name and "super" not in name])
@settings(max_examples=4)
@given(draw=st.data(), new=st.tuples(*[AMOUNT] * 5))
def test_another_unit_never_flatters_the_others(name: str, draw: st.DataObject, new: tuple[float, ...]):
    better = CALLS[name].better
    takes = "positive" if name.startswith("nonradial") else CALLS[name].takes  # a column of zeros does not move at all,
    made = draw.draw(hard(takes, units=5))  # and shares no weight until another unit moves it
    before = score_of(CALLS[name].run(panel(made)))
    grown = with_row(made, 0, **dict(zip(QUANTITIES, new, strict=True)))
    after = score_of(CALLS[name].run(panel(grown)))[:-1]
    both = ~np.isnan(before) & ~np.isnan(after)
    assert (better * after <= better * before + CLOSE * np.maximum(1.0, np.abs(before)))[both].all()


# One measure and another


@pytest.mark.parametrize("returns", RETURNS)
@some
@given(made=hard("positive"))
def test_slacks_based_scores_lie_below_radial_ones_and_russell_is_their_other_scale(returns: Any, made: Data):
    p, without = panel(made), panel(made, bads=())
    theta = score_of(dea(p, returns=returns))
    phi = score_of(dea(p, returns=returns, orientation="output"))
    none, less, more = (score_of(sbm(without, orientation=o, returns=returns)) for o in ("none", "input", "output"))
    russell_in, russell_out = (score_of(russell(p, orientation=o, returns=returns)) for o in ("input", "output"))
    assert (none <= np.minimum(less, more) + CLOSE).all()
    assert (less <= theta + CLOSE).all()
    assert (more <= 1.0 / phi + CLOSE).all()
    assert russell_in == pytest.approx(less, abs=CLOSE)
    assert 1.0 / russell_out == pytest.approx(more, abs=CLOSE)
    assert ((none > 0.0) & (theta <= 1.0 + CLOSE) & (phi >= 1.0 - CLOSE)).all()
    withbads = score_of(sbm(p, returns=returns))
    assert ((withbads > 0.0) & (withbads <= 1.0 + CLOSE)).all()


@pytest.mark.parametrize("returns", RETURNS)
@some
@given(made=hard("positive"))
def test_super_efficiency_changes_the_score_of_efficient_units_only(returns: Any, made: Data):
    p = panel(made, bads=())
    for orientation in ("none", "input", "output"):
        inside = score_of(sbm(p, returns=returns, orientation=orientation))
        result = sbm(p, returns=returns, orientation=orientation, super_efficiency=True)
        beyond, known = score_of(result), ~np.isnan(score_of(result))
        below = known & (inside < 1.0 - 1e-6)
        assert beyond[below] == pytest.approx(inside[below], abs=CLOSE)
        assert (beyond >= inside - CLOSE)[known].all()
        if orientation == "none":
            assert known.all() or len(p) == 1 or returns != "crs"


@pytest.mark.parametrize("name", ["russell input", "russell output"])
@some
@given(made=hard("positive"))
def test_russell_is_the_mean_of_its_proportions(name: str, made: Data):
    orientation = name.split()[1]
    scores = russell(panel(made), orientation=orientation, returns="vrs").scores
    parts = np.array([values for column, values in scores.items() if "(" in column])
    assert parts.mean(axis=0) == pytest.approx(score_of(russell(panel(made), orientation=orientation, returns="vrs")))
    assert ((parts if orientation == "output" else 1.0 / np.maximum(parts, 1e-300)) >= 1.0 - CLOSE).all()


@some
@given(made=hard())
def test_hyperbolic_is_the_root_of_the_radial_score_under_constant_returns(made: Data):
    p = panel(made, bads=())
    theta, h = score_of(dea(p)), score_of(hyperbolic(p))
    assert h == pytest.approx(np.sqrt(theta), abs=CLOSE, nan_ok=True)
    vrs = score_of(hyperbolic(p, returns="vrs"))
    known = ~np.isnan(vrs)
    assert ((vrs <= 1.0 + CLOSE) & (vrs >= np.nan_to_num(h) - CLOSE))[known].all()


@pytest.mark.parametrize("returns", RETURNS)
@some
@given(made=hard())
def test_cost_and_revenue_are_technical_times_allocative(returns: Any, made: Data):
    p = panel(made)
    theta, phi = (score_of(dea(p, returns=returns, orientation=o)) for o in ("input", "output"))
    for result, technical in ((cost(p, returns=returns), theta), (revenue(p, returns=returns), 1.0 / phi)):
        score, parts = score_of(result), {k: as_array(result.scores[k]) for k in ("technical", "allocative")}
        known = ~np.isnan(score)
        assert parts["technical"][known] == pytest.approx(technical[known], abs=CLOSE)
        assert (score <= parts["technical"] + CLOSE)[known].all()
        assert (parts["technical"] <= 1.0 + CLOSE)[known].all()
        assert (score >= 0.0)[known].all()
        split = known & ~np.isnan(parts["allocative"])
        assert (parts["technical"] * parts["allocative"])[split] == pytest.approx(score[split], abs=CLOSE)
        assert (parts["technical"] <= CLOSE)[known & ~split].all()  # a share of nothing


@pytest.mark.parametrize("returns", RETURNS)
@some
@given(made=hard())
def test_profit_is_technical_plus_allocative(returns: Any, made: Data):
    p = panel(made)
    result = profit(p, returns=returns)
    score, technical, allocative = (as_array(result.scores[k]) for k in ("score", "technical", "allocative"))
    beta = score_of(directional(panel(made, bads=()), returns=returns))
    known = ~np.isnan(score)
    assert technical[known] == pytest.approx(beta[known], abs=CLOSE)
    assert (technical + allocative)[known] == pytest.approx(score[known], abs=CLOSE)
    assert ((allocative >= -CLOSE) & (technical >= -CLOSE))[known].all()
    assert known.all() or returns in ("crs", "ndrs")
    assert (score >= technical - CLOSE)[known].all()


@pytest.mark.parametrize("orientation", ["input", "output"])
@some
@given(made=hard(), m=st.integers(1, 30))
def test_partial_frontiers_become_the_free_disposal_hull(orientation: Any, made: Data, m: int):
    p, way = panel(made), 1.0 if orientation == "input" else -1.0
    hull = score_of(dea(p, orientation=orientation, returns="fdh"))
    few_drawn, more_drawn, many_drawn = (score_of(order_m(p, m=k, orientation=orientation)) for k in (m, m + 1, 10**7))
    assert many_drawn == pytest.approx(hull, abs=CLOSE)
    assert (way * hull <= way * more_drawn + CLOSE).all()
    assert (way * more_drawn <= way * few_drawn + CLOSE).all()
    half, most, whole = (score_of(order_alpha(p, alpha=a, orientation=orientation)) for a in (0.5, 0.9, 1.0))
    assert whole == pytest.approx(hull, abs=1e-12)
    assert (way * whole <= way * most + CLOSE).all()
    assert (way * most <= way * half + CLOSE).all()
    assert (way * score_of(dea(p, orientation=orientation, returns="vrs")) <= way * hull + CLOSE).all()


@some
@given(made=hard("positive"))
def test_the_stages_of_kao_and_hwang_multiply_to_the_whole(made: Data):
    results = [two_stage(panel(made), links="y1", priority=priority) for priority in ("first", "second")]
    first, second = (r.scores for r in results)
    overall = score_of(results[0])
    assert score_of(results[1]) == pytest.approx(overall, abs=CLOSE)
    low, high = as_array(first["stage_1_lowest"]), as_array(first["stage_1_highest"])
    for scores in (first, second):
        one, two = as_array(scores["stage_1"]), as_array(scores["stage_2"])
        assert one * two == pytest.approx(overall, abs=CLOSE)
        assert ((low <= one + CLOSE) & (one <= high + CLOSE) & (two <= 1.0 + CLOSE)).all()
    assert (high <= 1.0 + CLOSE).all()
    assert as_array(first["stage_1"]) == pytest.approx(high, abs=CLOSE)
    assert as_array(second["stage_1"]) == pytest.approx(low, abs=CLOSE)
    stage_1 = score_of(dea(panel(made, outputs=["y1"], prices={})))
    stage_2 = score_of(dea(panel(made, inputs=["y1"], outputs=["y2"], prices={})))
    assert (high <= stage_1 + CLOSE).all()
    assert (overall <= stage_1 * stage_2 + CLOSE).all()


@some
@given(made=hard("positive"))
def test_the_additive_two_stages_are_a_weighted_mean(made: Data):
    scores = two_stage(panel(made), links="y1", model="additive").scores
    overall, one, two = (as_array(scores[k]) for k in ("score", "stage_1", "stage_2"))
    assert ((one + one * two) / (1.0 + one)) == pytest.approx(overall, abs=CLOSE)
    assert ((overall <= 1.0 + CLOSE) & (one <= 1.0 + CLOSE) & (two <= 1.0 + CLOSE)).all()
    assert (overall <= np.maximum(one, two) + CLOSE).all()
    assert (overall >= np.minimum(one, two) - CLOSE).all()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"returns": "vrs", "disposability": "kuosmanen"},
        {"returns": "vrs", "disposability": "strong"},
        {"returns": "nirs", "disposability": "strong", "direction": "mean"},
        {"returns": "vrs", "disposability": "by-production"},
    ],
    ids=str,
)
@some
@given(made=hard("positive"), random=st.lists(st.integers(1, 9), min_size=5, max_size=5))
def test_a_move_in_many_directions_reaches_no_less_far_than_one(options: Any, made: Data, random: list[int]):
    p = panel(made)
    one = score_of(directional(p, **options))
    weights = {name: share / sum(random) for name, share in zip(QUANTITIES, random, strict=True)}
    for many_ways in (nonradial_directional(p, **options), nonradial_directional(p, weights=weights, **options)):
        assert (score_of(many_ways) >= one - CLOSE).all()
    parts = {k: as_array(v) for k, v in many_ways.scores.items() if k.startswith("beta")}
    assert sum(weights[k[5:-1]] * v for k, v in parts.items()) == pytest.approx(score_of(many_ways), abs=CLOSE)
    assert all((v >= -CLOSE).all() for v in parts.values())


@pytest.mark.parametrize("orientation", ["input", "output"])
@some
@given(made=hard())
def test_scale_efficiency_is_what_constant_returns_ask_for_beyond_variable_ones(orientation: Any, made: Data):
    p = panel(made)
    found = returns_to_scale(p, orientation=orientation)
    parts = {r: score_of(dea(p, orientation=orientation, returns=r)) for r in ("crs", "vrs", "nirs", "ndrs")}
    score, known = score_of(found), ~np.isnan(score_of(found))
    ratio = parts["crs"] / parts["vrs"] if orientation == "input" else parts["vrs"] / parts["crs"]
    assert score[known] == pytest.approx(ratio[known], abs=CLOSE)
    assert (score <= 1.0 + CLOSE)[known].all()
    for name, here, crs, nirs, vrs, ndrs in zip(
        found.scores["class"], known, *(parts[r] for r in ("crs", "nirs", "vrs", "ndrs")), strict=True
    ):
        if not here:
            assert name is None
        elif abs(crs - vrs) > 1e-5:
            assert name == ("decreasing" if abs(nirs - vrs) < abs(ndrs - vrs) else "increasing")
        elif abs(crs - vrs) < 1e-9:
            assert name == "constant"


@some
@given(made=hard("signed"))
def test_the_range_directional_distance_ends_at_the_ideal_point(made: Data):
    result = range_directional(panel(made))
    beta = score_of(result)
    known = ~np.isnan(beta)
    assert ((beta >= -CLOSE) & (beta <= 1.0 + CLOSE))[known].all()
    table = np.array([made[c] for c in QUANTITIES]).T * np.array([-1.0, -1.0, 1.0, 1.0, -1.0])
    best = (table == table.max(axis=0)).all(axis=1)
    assert (best == ~known).all()


@pytest.mark.parametrize("strategy", ["aggressive", "benevolent"])
@some
@given(made=hard("positive"))
def test_cross_efficiency_lies_below_the_own_score(strategy: Any, made: Data):
    assume(len(made["u"]) > 1)  # alone there is nobody to be judged beside
    result = cross_efficiency(panel(made), strategy=strategy)
    score, own = score_of(result), as_array(result.scores["own"])
    assert own == pytest.approx(score_of(dea(panel(made))), abs=CLOSE)
    assert ((score <= own + CLOSE) & (score > 0.0)).all()


@pytest.mark.parametrize("seed", range(3))
def test_benevolent_judges_are_kinder_than_aggressive_ones(seed: int):
    p = many_units(many("uniform", 20, seed))
    kind, harsh = (score_of(cross_efficiency(p, strategy=s)) for s in ("benevolent", "aggressive"))
    assert kind.mean() > harsh.mean()
    tenfold = many_units(many("uniform", 20, seed) * np.array([10.0, 0.01, 1e6, 1.0]))
    for s, expected in (("benevolent", kind), ("aggressive", harsh)):
        assert score_of(cross_efficiency(tenfold, strategy=s)) == pytest.approx(expected, rel=1e-6)


# Targets


def snapped(targets: list[float | None], values: list[float]) -> list[float | None]:
    """Return targets without the rounding that would make them better than the best of their column.

    The bounded model divides by the distance to the best value, so that a rounding beyond it would be all there is.
    """
    return [next((v for v in values if t is not None and abs(t - v) <= 1e-9), t) for t in targets]


@pytest.mark.parametrize(
    "name",
    [
        *(f"sbm {o} {r}" for o in ("none", "input", "output") for r in RETURNS),
        *(f"russell {o} {r}" for o in ("input", "output") for r in ("crs", "vrs")),
        *("additive vrs unit", "additive crs mean", "additive vrs range", "additive bounded", "range_directional"),
    ],
)
@settings(max_examples=4)
@given(draw=st.data())
def test_targets_are_efficient_among_the_data(name: str, draw: st.DataObject):
    made = draw.draw(made_for(name, units=5))
    result = CALLS[name].run(panel(made))
    known = [i for i, status in enumerate(result.scores["status"]) if status == "optimal"]
    targets = {c: snapped(values, made[c]) for c, values in result.targets.items() if c in QUANTITIES}
    both = {c: values + [(targets if c in targets else made)[c][i] for i in known] for c, values in made.items()}
    both["u"] = [*made["u"], *(f"target of {made['u'][i]}" for i in known)]
    # The range directional distance takes no slacks: its targets may be the ideal point, which has no direction.
    score = score_of(CALLS[name].run(panel(both)))[len(made["u"]) :]
    frontier = 1.0 if CALLS[name].better == 1 else 0.0
    frontier = 1.0 if name.startswith("russell") else frontier
    assert score[~np.isnan(score)] == pytest.approx(np.full((~np.isnan(score)).sum(), frontier), abs=1e-6)
    assert not np.isnan(score).any() or name == "range_directional"
