"""Data at which frontiers are hard, and every measure of `hetao.measure` with what it can take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
from hypothesis import strategies as st

from hetao import Panel
from hetao.measure import (
    IndexResult,
    Result,
    additive,
    cost,
    cross_efficiency,
    dea,
    directional,
    hyperbolic,
    malmquist,
    malmquist_luenberger,
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

Data = dict[str, list[Any]]
Takes = Literal["positive", "zeros", "signed"]
INPUTS, OUTPUTS, BADS = ["x1", "x2"], ["y1", "y2"], ["b"]
QUANTITIES = [*INPUTS, *OUTPUTS, *BADS]
PRICES = {"x1": "w1", "x2": "w2", "y1": "p1", "y2": "p2"}
NO_INPUT = {"y1": "observed", "y2": "observed", "b": "observed"}
RETURNS = ("crs", "vrs", "nirs", "ndrs")


@dataclass(frozen=True)
class Call:
    """One measure with its options.

    Attributes:
        run: the call.
        takes: the quantities it takes: above 0, or 0 too, or of any sign.
        better: 1 where a higher score is a better one, −1 where a lower one is.
        parts: the parts that are unique, so that any two ways of computing them must agree.
        bads: are the bads part of it?
        enumerates: is nothing solved?
        unit_free: does nothing depend on the units of measurement?
    """

    run: Callable[[Panel], Any]
    takes: Takes = "zeros"
    better: int = 1
    parts: tuple[str, ...] = ()
    bads: bool = False
    enumerates: bool = False
    unit_free: bool = True


def _calls() -> Iterable[tuple[str, Call]]:
    for way, better in (("input", 1), ("output", -1)):
        for r in RETURNS:
            yield f"dea {way} {r}", Call(partial(dea, orientation=way, returns=r), better=better)
            yield f"russell {way} {r}", Call(partial(russell, orientation=way, returns=r), "positive", better)
        fdh = partial(dea, orientation=way, returns="fdh")
        yield f"dea {way} fdh", Call(fdh, better=better, enumerates=True)
        for r in ("crs", "vrs"):
            beyond = partial(dea, orientation=way, returns=r, super_efficiency=True)
            yield f"dea {way} {r} super", Call(beyond, better=better)
        fixed = partial(dea, orientation=way, returns="vrs", nondiscretionary="x2" if way == "input" else "y2")
        yield f"dea {way} vrs nondiscretionary", Call(fixed, better=better)
        scale = partial(returns_to_scale, orientation=way)
        yield f"returns_to_scale {way}", Call(scale, parts=("crs", "vrs", "nirs", "class"))
        for name, partly in (("order_m", partial(order_m, m=3)), ("order_alpha", partial(order_alpha, alpha=0.75))):
            yield f"{name} {way}", Call(partial(partly, orientation=way), better=better, enumerates=True)
    bounds = {("x1", "x2"): (0.5, 2.0), ("y1", "y2"): (None, 3.0)}
    yield "dea weight restrictions", Call(partial(dea, weight_restrictions=bounds), unit_free=False)
    for reference in ("sequential", "biennial", "global", 2):
        yield f"dea {reference}", Call(partial(dea, returns="vrs", reference=reference))
    yield "dea by group", Call(partial(dea, by_group=True))
    for weights, better in (("unit", -1), ("mean", -1), ("range", 1)):
        for r in ("crs", "vrs"):
            takes: Takes = "signed" if r == "vrs" and weights != "mean" else "zeros"
            slack = partial(additive, returns=r, weights=weights)
            yield f"additive {r} {weights}", Call(slack, takes, better, unit_free=weights != "unit")
    yield "additive bounded", Call(partial(additive, weights="bounded"), "signed")
    for way in ("none", "input", "output"):
        for r in RETURNS:
            yield f"sbm {way} {r}", Call(partial(sbm, orientation=way, returns=r), "positive", bads=way != "input")
        for r in ("crs", "vrs"):
            beyond = partial(without_bads, sbm, orientation=way, returns=r, super_efficiency=True)
            yield f"sbm {way} {r} super", Call(beyond, "positive")
    for name, move in (("directional", directional), ("nonradial_directional", nonradial_directional)):
        yield f"{name} crs weak", Call(partial(move), better=-1, bads=True)
        yield f"{name} vrs weak", Call(partial(move, direction=NO_INPUT, returns="vrs"), better=-1, bads=True)
        kuosmanen = partial(move, returns="vrs", disposability="kuosmanen")
        yield f"{name} kuosmanen", Call(kuosmanen, better=-1, bads=True)
        for r in RETURNS:
            yield f"{name} {r} strong", Call(partial(move, returns=r, disposability="strong"), better=-1, bads=True)
        for r in ("crs", "vrs"):
            both = partial(move, returns=r, disposability="by-production", polluting="x1")
            yield f"{name} {r} by-production", Call(both, better=-1, bads=True)
        way = partial(move, direction="mean", disposability="strong")
        yield f"{name} mean", Call(way, better=-1, bads=True)
    to_the_range = partial(directional, direction="range", returns="vrs", disposability="strong")
    yield "directional range", Call(to_the_range, "signed", -1, bads=True)
    yield "range_directional", Call(range_directional, "signed", -1, bads=True)
    for r in RETURNS:
        yield f"hyperbolic {r}", Call(partial(hyperbolic, returns=r, disposability="strong"), bads=True)
        yield f"cost {r}", Call(partial(cost, returns=r), parts=("technical", "allocative"))
        yield f"revenue {r}", Call(partial(revenue, returns=r), parts=("technical", "allocative"))
        yield f"profit {r}", Call(partial(profit, returns=r), better=-1, parts=("technical", "allocative"))
    yield "hyperbolic weak", Call(hyperbolic, bads=True)
    yield "hyperbolic by-production", Call(partial(hyperbolic, returns="vrs", disposability="by-production"), bads=True)
    for model in ("kao-hwang", "additive"):
        for priority in ("first", "second"):
            staged = partial(two_stage, links="y1", model=model, priority=priority)
            parts = ("stage_1", "stage_2", "stage_1_lowest", "stage_1_highest")
            yield f"two_stage {model} {priority}", Call(staged, parts=parts)
    for strategy in ("aggressive", "benevolent"):
        for self_appraisal in (True, False):
            judged = partial(cross_efficiency, strategy=strategy, self_appraisal=self_appraisal)
            name = f"cross_efficiency {strategy}{'' if self_appraisal else ' by others'}"
            yield name, Call(judged, "positive", parts=("own", "maverick"))


def without_bads(measure: Callable[..., Any], panel: Panel, **options: Any) -> Any:
    """Call a measure with the panel's bads left out."""
    frame = {panel.unit_column: panel.units.tolist()}
    if panel.period_column is not None:
        frame[panel.period_column] = panel.row_periods.tolist()
    for names, table in ((panel.inputs, panel.X), (panel.outputs, panel.Y)):
        frame |= {name: table[:, j] for j, name in enumerate(names)}
    roles = {"unit": panel.unit_column, "period": panel.period_column}
    return measure(Panel(frame, **roles, inputs=panel.inputs, outputs=panel.outputs), **options)


CALLS: Mapping[str, Call] = dict(_calls())
INDICES: Mapping[str, Callable[[Panel], IndexResult]] = {
    f"{name} {reference}": partial(index, reference=reference, **options)
    for reference in ("contemporaneous", "sequential", "global")
    for name, index, options in (
        ("malmquist", malmquist, {"returns": "vrs"}),
        ("malmquist input", malmquist, {"orientation": "input"}),
        ("malmquist_luenberger", malmquist_luenberger, {}),
        ("malmquist_luenberger strong", malmquist_luenberger, {"disposability": "strong"}),
    )
}

AMOUNT = st.sampled_from([1.0, 2.0, 3.0]) | st.integers(1, 60).map(lambda n: n / 4)
PRICE = st.sampled_from([1.0, 2.0, 0.5])


@st.composite
def hard(draw: st.DrawFn, takes: Takes = "zeros", units: int = 6, periods: int = 1, scaled: bool = False) -> Data:
    """Draw a few observations of the kind that make frontiers ambiguous.

    Some are drawn; the others are duplicates or multiples of these, lie between two of them, or on a weakly efficient
    face that one of them spans. Columns may be multiples of one another, on scales from 1e-9 to 1e9 (if asked), and
    some quantities zero or negative where that is taken. One unit alone and fewer units than columns are likely.
    """
    named = draw(st.integers(1, units))
    size, width = named * periods, len(QUANTITIES)
    rows = draw(st.lists(st.lists(AMOUNT, min_size=width, max_size=width), min_size=1, max_size=size))
    for _ in range(size - len(rows)):
        one, other = (np.array(draw(st.sampled_from(rows))) for _ in range(2))
        kind = draw(st.sampled_from(["duplicate", "multiple", "between", "face"]))
        made = {
            "duplicate": one,
            "multiple": one * draw(st.sampled_from([0.5, 2.0, 3.0])),
            "between": (one + other) / 2,
        }
        if kind == "face":
            made[kind] = one.copy()
            made[kind][draw(st.integers(0, width - 1))] *= 2.0
        rows.append(made[kind].tolist())
    table = np.array(rows)[draw(st.permutations(range(size)))]
    if draw(st.booleans()):
        table[:, 1] = 2.0 * table[:, 0]
    if draw(st.booleans()):
        table[:, 3] = table[:, 2] / 4.0
    if takes != "positive":
        for column in (1, 3, 4):
            table[:, column] *= draw(st.lists(st.sampled_from([1.0, 1.0, 0.0]), min_size=size, max_size=size))
    if takes == "signed":
        table -= draw(st.sampled_from([0.0, 2.0, 5.0]))
    if scaled:
        table *= 10.0 ** np.array(draw(st.lists(st.integers(-9, 9), min_size=width, max_size=width)))
    made = {"u": [f"u{i}" for i in range(named)] * periods, "t": [t for t in range(periods) for _ in range(named)]}
    made["g"] = draw(st.lists(st.sampled_from("ab"), min_size=named, max_size=named)) * periods
    made |= {name: table[:, j].tolist() for j, name in enumerate(QUANTITIES)}
    for name, price in PRICES.items():
        size_of = np.abs(np.array(made[name])).mean() or 1.0
        made[price] = [p / size_of for p in draw(st.lists(PRICE, min_size=size, max_size=size))]
    return made


def panel(made: Data, **roles: Any) -> Panel:
    """Return a panel of data as `hard` draws them."""
    roles = {"period": "t", "group": "g", "inputs": INPUTS, "outputs": OUTPUTS, "bads": BADS, "prices": PRICES} | roles
    return Panel(made, **({"unit": "u"} | roles))


def as_array(values: Iterable[Any]) -> np.ndarray:
    """Return numbers with NaN where there is none."""
    return np.array([np.nan if v is None else v for v in values], dtype=float)


def score_of(result: Result) -> np.ndarray:
    """Return the scores of a result, NaN where there is none."""
    return as_array(result.scores["score"])


def table_of(result: Result) -> Mapping[str, Any]:
    """Return the table that a result's numbers and statuses stand in."""
    return result.changes if isinstance(result, IndexResult) else result.scores


# Many units, of a fixed seed: what the compiled engine does with many columns only


def many(kind: str, n: int, seed: int = 0, inputs: int = 2, outputs: int = 2, bads: int = 0) -> np.ndarray:
    """Return (n, inputs + outputs + bads) quantities of n units.

    ``lattice`` 1 to 4, ``duplicates`` of a tenth of them, ``multiples`` of a tenth of them by powers of two,
    ``uniform``, ``zeros`` among the last input and output, ``efficient`` all of them, ``scales`` 18 orders apart.
    """
    random, width = np.random.default_rng(seed), inputs + outputs + bads
    if kind == "lattice":
        return random.integers(1, 5, (n, width)).astype(float)
    drawn = random.uniform(1.0, 9.0, (n, width))
    if kind in ("duplicates", "multiples"):
        drawn = drawn[random.integers(0, n // 10, n)]
        if kind == "multiples":
            drawn *= 2.0 ** random.integers(-3, 4, (n, 1))
    if kind == "zeros":
        drawn[:, [inputs - 1, inputs + outputs - 1]] *= random.random((n, 2)) < 0.7
    if kind == "efficient":  # Σ 1/x = Σ y² = Σ 1/b = 1: strictly convex, so that no unit is spanned by the others
        share = [random.dirichlet(np.full(k, 3.0), n) for k in (inputs, outputs, bads) if k]
        drawn = np.hstack([1.0 / share[0], np.sqrt(share[1]), *(1.0 / s for s in share[2:])])
    if kind == "scales":
        drawn *= 10.0 ** np.linspace(-9, 9, width)
    return drawn


def many_units(table: np.ndarray, inputs: int = 2, outputs: int = 2) -> Panel:
    """Return a cross-section of quantities as `many` makes them."""
    names = [f"q{j}" for j in range(table.shape[1])]
    frame = {"u": list(range(len(table)))} | {name: table[:, j] for j, name in enumerate(names)}
    ends = inputs, inputs + outputs
    return Panel(frame, unit="u", inputs=names[: ends[0]], outputs=names[ends[0] : ends[1]], bads=names[ends[1] :])
