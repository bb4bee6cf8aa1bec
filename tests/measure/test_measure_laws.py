"""The laws that theory gives, as properties of every call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hetao import Panel
from hetao.measure import IndexResult, Result, dea, directional, malmquist, malmquist_luenberger

CLOSE = 1e-7
Data = dict[str, list[Any]]
INPUTS, OUTPUTS, BADS = ["x1", "x2"], ["y1", "y2"], ["b"]
QUANTITIES = [*INPUTS, *OUTPUTS, *BADS]
NO_INPUT = {"y1": "observed", "y2": "observed", "b": "observed"}

RADIAL: dict[str, Callable[[Panel], Result]] = {
    f"dea {orientation} {returns}": lambda p, o=orientation, r=returns: dea(p, orientation=o, returns=r)
    for orientation in ("input", "output")
    for returns in ("crs", "vrs", "nirs", "ndrs", "fdh")
}
DIRECTIONAL: dict[str, Callable[[Panel], Result]] = {
    "directional crs weak": lambda p: directional(p),
    "directional vrs weak": lambda p: directional(p, direction=NO_INPUT, returns="vrs"),
    "directional vrs kuosmanen": lambda p: directional(p, returns="vrs", disposability="kuosmanen"),
    "directional nirs strong": lambda p: directional(p, returns="nirs", disposability="strong"),
    "directional vrs strong mean": lambda p: directional(p, direction="mean", returns="vrs", disposability="strong"),
    "directional crs weak range": lambda p: directional(p, direction="range"),
}
OTHER: dict[str, Callable[[Panel], Result]] = {
    "super-efficiency": lambda p: dea(p, returns="vrs", super_efficiency=True),
    "dea global": lambda p: dea(p, reference="global"),
    "directional sequential": lambda p: directional(p, reference="sequential"),
}
INDEX: dict[str, Callable[[Panel], IndexResult]] = {
    "malmquist": lambda p: malmquist(p),
    "malmquist input vrs": lambda p: malmquist(p, orientation="input", returns="vrs"),
    "malmquist output vrs sequential": lambda p: malmquist(p, returns="vrs", reference="sequential"),
    "malmquist global": lambda p: malmquist(p, reference="global"),
    "malmquist-luenberger": lambda p: malmquist_luenberger(p),
    "malmquist-luenberger sequential": lambda p: malmquist_luenberger(p, reference="sequential"),
    "malmquist-luenberger global": lambda p: malmquist_luenberger(p, reference="global"),
    "malmquist-luenberger strong": lambda p: malmquist_luenberger(p, disposability="strong"),
}
OWN_WAY = [c for c in RADIAL | DIRECTIONAL if "mean" not in c and "range" not in c]  # other units set no direction
NOT_CONVEX = "directional vrs weak"  # one abatement factor for all (Kuosmanen 2005): targets as units would widen it
EVERY: dict[str, Callable[[Panel], Result]] = RADIAL | DIRECTIONAL | OTHER | INDEX

AMOUNT = st.integers(1, 60).map(lambda n: n / 4)
few, some = settings(max_examples=8), settings(max_examples=15)


@st.composite
def data(draw: st.DrawFn, units: int = 6, periods: int = 1, zeros: bool = False) -> Data:
    """Draw positive quantities (some outputs zero if asked), with ties, duplicates and steps likely."""
    rows = draw(st.integers(2, units)) * periods
    made: Data = {"u": [f"u{i}" for i in range(rows // periods)] * periods}
    made["t"] = [t for t in range(periods) for _ in range(rows // periods)]
    for name in QUANTITIES:
        amount = st.just(0.0) | AMOUNT if zeros and name == "y2" else AMOUNT
        made[name] = draw(st.lists(amount, min_size=rows, max_size=rows))
    return made


over_time = data(units=4, periods=3)
few_rows = data(zeros=True)


def panel(made: Data, **roles: Any) -> Panel:
    given_roles = {"unit": "u", "period": "t", "inputs": INPUTS, "outputs": OUTPUTS, "bads": BADS} | roles
    return Panel(made, **given_roles)


def rows_of(result: Result) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Return every number and the status of a result by its key, whatever the order of rows."""
    if isinstance(result, IndexResult):
        t = result.changes
        keys, numbers = zip(t["u"], t["period_from"], t["period_to"], strict=True), list(result.values)
    else:
        t = result.scores
        keys, numbers = zip(t["u"], t["t"], strict=True), ["score"]
    return dict(zip(keys, zip(*(t[name] for name in numbers), t["status"], strict=True), strict=True))


def assert_same(found: Result, expected: Result, within: float = CLOSE) -> None:
    mine, theirs = rows_of(found), rows_of(expected)
    assert mine.keys() == theirs.keys()
    for key, (*numbers, status) in theirs.items():
        assert mine[key][-1] == status
        assert as_array(mine[key][:-1]) == pytest.approx(as_array(numbers), rel=within, abs=within, nan_ok=True)


def as_array(values: Sequence[Any]) -> np.ndarray:
    return np.array([np.nan if v is None else v for v in values], dtype=float)


# Every call


@pytest.mark.parametrize("call", EVERY)
@few
@given(made=over_time, powers=st.lists(st.integers(-9, 9), min_size=5, max_size=5))
def test_units_of_measurement_do_not_matter(call: str, made: Data, powers: list[int]):
    rescaled = made | {n: [v * 10.0**e for v in made[n]] for n, e in zip(QUANTITIES, powers, strict=True)}
    assert_same(EVERY[call](panel(rescaled)), EVERY[call](panel(made)))


@pytest.mark.parametrize("call", EVERY)
@few
@given(made=over_time, random=st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(call: str, made: Data, random: Any):
    order = list(range(len(made["u"])))
    random.shuffle(order)
    shuffled = {name: [values[i] for i in order] for name, values in made.items()}
    assert_same(EVERY[call](panel(shuffled)), EVERY[call](panel(made)))


@pytest.mark.parametrize("call", EVERY)
@few
@given(made=data(units=5, periods=2, zeros=True))
def test_every_number_is_optimal_and_certified_and_nothing_else_has_one(call: str, made: Data):
    result = EVERY[call](panel(made))
    for *numbers, status in rows_of(result).values():
        assert all((v is not None) == (status == "optimal") for v in numbers)
    proof = result.certificate
    assert max(proof.primal, proof.dual, proof.gap) <= 1e-8
    assert sum(proof.statuses.values()) == proof.programmes > 0


# Scores


@pytest.mark.parametrize("call", RADIAL | DIRECTIONAL)
@some
@given(made=data())
def test_scores_keep_their_convention(call: str, made: Data):
    scores = EVERY[call](panel(made)).scores
    score = as_array(scores["score"])
    if "range" in call and np.isnan(score).all():  # all units are alike: there is no direction to move in
        assert set(scores["status"]) == {"unbounded"}
        return
    if call.startswith("directional"):
        assert (score >= -CLOSE).all()
    elif "input" in call:
        assert ((score > 0) & (score <= 1 + CLOSE)).all()
    else:
        assert (score >= 1 - CLOSE).all()
    assert (np.abs(score - (0 if call.startswith("directional") else 1)) <= CLOSE).any()


@some
@given(made=data())
def test_under_constant_returns_input_and_output_scores_are_reciprocal(made: Data):
    theta, phi = (as_array(dea(panel(made), orientation=o).scores["score"]) for o in ("input", "output"))
    assert theta * phi == pytest.approx(np.ones(len(phi)), abs=CLOSE)


@pytest.mark.parametrize("orientation", ["input", "output"])
@some
@given(made=few_rows)
def test_technologies_are_nested(orientation: str, made: Data):
    def score(returns: str) -> np.ndarray:
        found = as_array(dea(panel(made), orientation=orientation, returns=returns).scores["score"])
        return found if orientation == "input" else -found

    crs, vrs, nirs, ndrs, fdh = (score(r) for r in ("crs", "vrs", "nirs", "ndrs", "fdh"))
    for wider, narrower in [(crs, nirs), (crs, ndrs), (nirs, vrs), (ndrs, vrs), (vrs, fdh)]:
        assert (wider <= narrower + CLOSE).all()
    assert np.maximum(nirs, ndrs) == pytest.approx(vrs, abs=CLOSE)


@some
@given(made=data())
def test_disposabilities_are_nested(made: Data):
    def score(disposability: str) -> np.ndarray:
        found = directional(panel(made), direction=NO_INPUT, returns="vrs", disposability=disposability)
        return as_array(found.scores["score"])

    assert (score("weak") <= score("kuosmanen") + CLOSE).all()


def extended(made: Data, **row: Any) -> Data:
    return {name: [*values, row.get(name, values[0])] for name, values in made.items()}


@pytest.mark.parametrize("call", RADIAL | DIRECTIONAL)
@some
@given(made=data(units=5), new=st.tuples(*[AMOUNT] * 5))
def test_another_unit_never_flatters_the_others(call: str, made: Data, new: tuple[float, ...]):
    if "mean" in call or "range" in call:
        new = tuple(float(np.mean(made[n])) for n in QUANTITIES)  # keeps the mean and range, so the direction
    before = as_array(EVERY[call](panel(made)).scores["score"])
    grown = extended(made, u="new", **dict(zip(QUANTITIES, new, strict=True)))
    after = as_array(EVERY[call](panel(grown)).scores["score"])[:-1]
    sign = 1.0 if "input" in call else -1.0
    moves = ~np.isnan(before)
    assert (sign * after[moves] <= sign * before[moves] + CLOSE).all()


@pytest.mark.parametrize("call", OWN_WAY)
@some
@given(made=data(units=5), worse=st.tuples(*[st.sampled_from([1.0, 1.5, 2.0])] * 4))
def test_a_worse_unit_never_scores_better(call: str, made: Data, worse: tuple[float, ...]):
    row = {n: made[n][0] * f for n, f in zip(INPUTS, worse[:2], strict=True)}
    row |= {n: made[n][0] / f for n, f in zip(OUTPUTS, worse[2:], strict=True)}
    score = as_array(EVERY[call](panel(extended(made, u="worse", **row))).scores["score"])
    sign = 1.0 if "input" in call else -1.0
    assert sign * score[-1] <= sign * score[0] + CLOSE


@pytest.mark.parametrize("returns", ["crs", "vrs", "nirs", "ndrs"])
@some
@given(made=few_rows)
def test_radial_is_directional_in_its_own_direction(returns: str, made: Data):
    p = panel(made, bads=())

    def beta(names: list[str]) -> np.ndarray:
        way = dict.fromkeys(names, "observed")
        return as_array(directional(p, direction=way, returns=returns).scores["score"])

    theta = as_array(dea(p, returns=returns).scores["score"])
    phi = as_array(dea(p, orientation="output", returns=returns).scores["score"])
    assert theta == pytest.approx(1.0 - beta(INPUTS), abs=CLOSE)
    assert phi == pytest.approx(1.0 + beta(OUTPUTS), abs=CLOSE)


@pytest.mark.parametrize("call", [c for c in OWN_WAY if c != NOT_CONVEX])
@some
@given(made=data(units=5))
def test_targets_lie_on_the_frontier_and_leave_the_others_scores(call: str, made: Data):
    result = EVERY[call](panel(made))
    n, targets = len(made["u"]), result.targets
    both = {name: values + targets.get(name, values) for name, values in made.items()}
    both["u"] = [*made["u"], *(f"target of {u}" for u in made["u"])]
    score = as_array(EVERY[call](panel(both)).scores["score"])
    frontier = 0.0 if call.startswith("directional") else 1.0
    assert score[n:] == pytest.approx(np.full(n, frontier), abs=1e-6)
    assert score[:n] == pytest.approx(as_array(result.scores["score"]), abs=1e-6)


@pytest.mark.parametrize("call", RADIAL | DIRECTIONAL)
@some
@given(made=data(units=5, zeros=True))
def test_targets_are_the_peers_combination(call: str, made: Data):
    result = EVERY[call](panel(made))
    peers, targets = result.peers, result.targets
    at = {u: i for i, u in enumerate(made["u"])}
    weight = np.zeros((len(at), len(at)))
    for unit, peer, value in zip(peers["u"], peers["peer"], peers["weight"], strict=True):
        weight[at[unit], at[peer]] += value
    solved = np.array([s == "optimal" for s in result.scores["status"]])
    for name in [n for n in QUANTITIES if n in targets]:
        combined, target = (weight @ np.array(made[name]))[solved], as_array(targets[name])[solved]
        if call == NOT_CONVEX and name in INPUTS:  # its weights hold the abatement factor, which inputs do not share
            total = weight.sum(axis=1)[solved]
            combined, target = combined[total > 0] / total[total > 0], target[total > 0]
        if "kuosmanen" in call and name not in INPUTS:  # its weights count the activity that stands idle to abate
            assert (combined >= target - 1e-6).all()
        else:
            assert combined == pytest.approx(target, abs=1e-6)


@pytest.mark.parametrize("call", [c for c in RADIAL | DIRECTIONAL if "fdh" not in c])
@some
@given(made=data(units=5, zeros=True))
def test_multipliers_reproduce_the_score(call: str, made: Data):
    result = EVERY[call](panel(made))
    score, price = (
        as_array(result.scores["score"]),
        {n: as_array(v) for n, v in result.multipliers.items() if n not in "ut"},
    )
    worth = {n: price[n] * np.array(made[n]) for n in price if n != "intercept"}
    costs, earns = sum(worth[n] for n in INPUTS), sum(worth[n] for n in OUTPUTS)
    if call.startswith("dea input"):
        twin, one = earns + price["intercept"], costs
    elif call.startswith("dea output"):
        twin, one = costs + price["intercept"], earns
    else:
        twin, one = costs - earns + worth["b"] + price["intercept"], None
    solved = ~np.isnan(score)
    assert twin[solved] == pytest.approx(score[solved], abs=CLOSE)
    if one is not None:
        assert one[solved] == pytest.approx(np.ones(solved.sum()), abs=CLOSE)
    for name in (*INPUTS, *OUTPUTS):
        assert (price[name][solved] >= -CLOSE).all()


# Indices


@pytest.mark.parametrize("call", INDEX)
@few
@given(made=over_time)
def test_the_index_is_the_product_of_its_parts(call: str, made: Data):
    v = INDEX[call](panel(made))
    kept = v.status == "optimal"
    parts = {name: column[kept] for name, column in v.values.items()}
    assert parts["index"] == pytest.approx(parts["efficiency_change"] * parts["technical_change"], rel=1e-9)
    if "scale_change" in parts:
        pure = parts["pure_efficiency_change"] * parts["scale_change"]
        assert parts["efficiency_change"] == pytest.approx(pure, rel=1e-9)


@pytest.mark.parametrize("call", INDEX)
@few
@given(made=data(units=4))
def test_nothing_changed_is_an_index_of_one(call: str, made: Data):
    twice = {name: values * 2 for name, values in made.items()}
    twice["t"] = [0] * len(made["u"]) + [1] * len(made["u"])
    for *numbers, status in rows_of(INDEX[call](panel(twice))).values():
        assert status == "optimal"
        assert numbers == pytest.approx([1.0] * len(numbers), abs=1e-6)


@pytest.mark.parametrize("call", [c for c in INDEX if "sequential" not in c])
@few
@given(made=data(units=4, periods=2))
def test_going_back_in_time_inverts_the_index(call: str, made: Data):
    back = made | {"t": [1 - t for t in made["t"]]}
    forth, there = rows_of(INDEX[call](panel(made))), rows_of(INDEX[call](panel(back)))
    for key, (*numbers, status) in forth.items():
        assert there[key][-1] == status
        if status == "optimal":
            assert np.array(there[key][:-1]) * numbers == pytest.approx(np.ones(len(numbers)), abs=1e-6)


@pytest.mark.parametrize("call", [c for c in INDEX if "global" in c])
@few
@given(made=over_time)
def test_the_global_index_is_circular(call: str, made: Data):
    result = INDEX[call](panel(made))
    t = result.distances
    pooled = {
        (u, p): s for u, p, ref, s in zip(t["u"], t["t"], t["reference"], t["score"], strict=True) if ref == "global"
    }
    chained = dict.fromkeys(made["u"], 1.0)
    for (unit, _, _), (index, *_) in rows_of(result).items():
        chained[unit] *= index
    for unit, index in chained.items():
        first, last = pooled[unit, 0], pooled[unit, 2]
        direct = (1.0 + first) / (1.0 + last) if "luenberger" in call else first / last
        assert index == pytest.approx(direct, rel=1e-7)


@pytest.mark.parametrize("call", [c for c in INDEX if "sequential" in c])
@few
@given(made=over_time)
def test_a_sequential_frontier_never_falls_back(call: str, made: Data):
    result = INDEX[call](panel(made))
    change = result.values["technical_change"]
    assert (change[result.status == "optimal"] >= 1.0 - CLOSE).all()


@few
@given(made=over_time)
def test_the_malmquist_index_has_no_orientation_under_constant_returns(made: Data):
    assert_same(malmquist(panel(made), orientation="input"), malmquist(panel(made)))


@few
@given(made=data(units=4), faster=st.sampled_from([1.25, 2.0, 3.0]))
def test_everybody_producing_more_from_the_same_is_technical_change_alone(made: Data, faster: float):
    later = {n: [v * faster for v in made[n]] if n in OUTPUTS else made[n] for n in made}
    both = {name: made[name] + later[name] for name in made}
    both["t"] = [0] * len(made["u"]) + [1] * len(made["u"])
    values = malmquist(panel(both), returns="vrs").values
    assert values["index"] == pytest.approx(np.full(len(made["u"]), faster), rel=1e-7)
    assert values["technical_change"] == pytest.approx(values["index"], rel=1e-7)
