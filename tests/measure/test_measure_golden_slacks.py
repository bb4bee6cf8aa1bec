"""The literature's examples of slacks, prices and graph measures: small tables typed in, larger ones read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from frontiers import columns
from hetao import Panel
from hetao.measure import (
    additive,
    computing,
    cost,
    cross_efficiency,
    dea,
    hyperbolic,
    nonradial_directional,
    profit,
    returns_to_scale,
    revenue,
    russell,
    sbm,
)
from measure.test_measure_golden import PFT_INPUTS, PFT_OUTPUTS, numbers, read


@pytest.fixture(params=["fast", "plain"], autouse=True)
def engine(request: pytest.FixtureRequest) -> Iterator[None]:
    """Reproduce everything with both twins."""
    with computing(engine=request.param):
        yield


THREE_DECIMALS = 5.01e-4
FOUR_DECIMALS = 5.01e-5
TEN_DIGITS = 1e-9
Table = dict[str, list[float]]

# Fried, Lovell and Schmidt (eds. 2008), the 11 units of the DEA chapter; figures: DataEnvelopmentAnalysis.jl
# (Barbero and Zofío, MIT licence), test/deaadd.jl, whose authors checked them against R.
FLS: Table = {
    "x1": [5, 16, 16, 17, 18, 23, 25, 27, 37, 42, 5],
    "x2": [13, 12, 26, 15, 14, 6, 10, 22, 14, 25, 17],
    "y": [12, 14, 25, 26, 8, 9, 27, 30, 31, 26, 12],
}
ADDITIVE_CRS = [0, 10.76923077, 10.83783784, 0, 22.15384615, 17.92307692, 0, 12.07692308, 11.61379310, 35, 4]
ADDITIVE_VRS = [0, 7.333333333, 0, 0, 18, 0, 0, 0, 0, 35, 4]
RAM_CRS = [  # published as the inefficiency, 1 − the score
    *(0, 0.14094094094, 0.18063063063, 0, 0.27937937938, 0.17657657658, 0),
    *(0.17164048866, 0.11671671672, 0.41766766767, 0.06666666667),
]
RAM_VRS = [0, 0.10297482838, 0, 0, 0.25553012967, 0, 0, 0, 0, 0.41764590678, 0.06666666667]
BAM_VRS = [0, 0.1998936736, 0, 0, 0.4329710145, 0, 0, 0, 0, 0.5713608345, 0.1212121212]

# The examples that DataEnvelopmentAnalysis.jl prints for the graph measures (test/deaerg.jl: the enhanced Russell graph
# measure of Pastor, Ruiz and Sirvent 1999, which is Tone's; deaprofit.jl, dearevenue.jl; deagdf.jl: the generalised
# distance function of Chavas and Cox 1999, which at α = ½ is h²) and for the Russell measures (test/dearussell.jl).
GRAPH: Table = {"x": [2, 4, 8, 12, 6, 14, 14, 9.412], "y": [1, 5, 8, 9, 3, 7, 9, 2.353]}
INPUTS: Table = {"x1": [2, 1, 4, 4, 5, 6, 2, 1.6], "x2": [2, 4, 1, 3, 5, 1, 5, 8], "y": [1] * 8}
OUTPUTS: Table = {"x": [1] * 8, "y1": [7, 4, 8, 3, 3, 8, 6, 1.5], "y2": [7, 8, 4, 5, 3, 2, 4, 5]}
RUSSELL_IN = [1, 1, 1, 0.5833333333333334, 0.4, 0.8333333333333334, 0.65, 0.5625]
RUSSELL_OUT = [1, 1, 1, 1.8666666666666665, 2.333333333333333, 1.5, 1.4583333333333335, 3.0555555555555554]

# Cooper, Seiford and Tone (2007), the example of cost and revenue, three decimals; prices 4, 2 and 6.
COOPER: Table = {"x1": [3, 1, 4], "x2": [2, 3, 6], "y": [3, 5, 6], "w1": [4] * 3, "w2": [2] * 3, "p": [6] * 3}
# Zofío and Prieto (2006); prices 2, 1 and 3, 2. Figures: test/deacost.jl, dearevenue.jl and deagdf.jl, as above.
ZOFIO_QUANTITIES: Table = {
    "x1": [5, 2, 4, 4, 7],
    "x2": [3, 4, 2, 8, 9],
    "y1": [7, 10, 8, 5, 3],
    "y2": [4, 8, 10, 4, 6],
}
ZOFIO = ZOFIO_QUANTITIES | {"w1": [2] * 5, "w2": [1] * 5, "p1": [3] * 5, "p2": [2] * 5}
# Coelli (1996), DEAP 2.1, example of cost efficiency; worked out by hand: the least cost of one output is 6, at firm 5.
DEAP: Table = {"x1": [2, 2, 6, 3, 6], "x2": [5, 4, 6, 2, 2], "y": [1, 2, 3, 1, 2], "w1": [1] * 5, "w2": [3] * 5}
# Tone (2001), 5 units; recomputed by the collector (the published table was not in hand).
TONE_2001: Table = {"x1": [4, 6, 8, 8, 2], "x2": [3, 3, 1, 1, 4], "y1": [2, 2, 6, 6, 1], "y2": [3, 3, 2, 1, 4]}
# Tone (2003), 9 units with a bad, GRIPS Research Report I-2003-0005, pp. 10-11; recomputed by the collector.
TONE_2003: Table = {"x": [1] * 9, "y": [1, 2, 6, 8, 9, 5, 4, 6, 4], "b": [1, 1, 2, 4, 7, 2, 3, 4, 6]}


def panel_of(table: Table) -> Panel:
    """Return a typed table as a panel; the first letter of a column says its role, w and p are prices."""
    roles = {letter: [name for name in table if name[0] == letter] for letter in "xyb"}
    prices = {name: f"{'w' if name[0] == 'x' else 'p'}{name[1:]}" for name in (*roles["x"], *roles["y"])}
    priced = {name: price for name, price in prices.items() if price in table}
    units = list(range(1, 1 + len(table[roles["x"][0]])))
    data = {name: [float(v) for v in values] for name, values in table.items()}
    return Panel(
        {"unit": units, **data}, unit="unit", inputs=roles["x"], outputs=roles["y"], bads=roles["b"], prices=priced
    )


def ones(table: Table) -> Table:
    """Return a table with all prices 1."""
    return table | {name.replace("x", "w").replace("y", "p"): [1.0] * len(table[name]) for name in table}


def less(inefficiency: list[float]) -> list[float]:
    return [1.0 - value for value in inefficiency]


def root(squares: list[float]) -> list[float]:
    return [value**0.5 for value in squares]


Case = tuple[Callable[..., Any], Table, dict[str, Any], dict[str, list[float]], float]
CASES: dict[str, Case] = {
    "additive crs": (additive, FLS, {"returns": "crs"}, {"score": ADDITIVE_CRS}, 1e-8),
    "additive vrs": (additive, FLS, {}, {"score": ADDITIVE_VRS}, 1e-8),
    "ram crs": (additive, FLS, {"returns": "crs", "weights": "range"}, {"score": less(RAM_CRS)}, 1e-10),
    "ram vrs": (additive, FLS, {"weights": "range"}, {"score": less(RAM_VRS)}, 1e-10),
    "bam vrs": (additive, FLS, {"weights": "bounded"}, {"score": less(BAM_VRS)}, 1e-10),
    "erg crs": (sbm, GRAPH, {}, {"score": [0.4, 1, 0.8, 0.6, 0.4, 0.4, 0.514285714285650175, 0.2]}, 1e-9),
    "erg vrs": (
        sbm,
        GRAPH,
        {"returns": "vrs"},
        {"score": [1, 1, 1, 1, 0.4, 0.4761904761904763, 0.8571428571428572, 0.2]},
        1e-10,
    ),
    "russell input crs": (
        russell,
        INPUTS,
        {},
        {
            "score": RUSSELL_IN,
            "theta(x1)": [1, 1, 1, 0.5, 0.4, 2 / 3, 0.5, 0.625],
            "theta(x2)": [1, 1, 1, 2 / 3, 0.4, 1, 0.8, 0.5],
        },
        1e-10,
    ),
    "russell input vrs": (russell, INPUTS, {"returns": "vrs"}, {"score": RUSSELL_IN}, 1e-10),
    "russell output crs": (
        russell,
        OUTPUTS,
        {"orientation": "output"},
        {
            "score": RUSSELL_OUT,
            "phi(y1)": [1, 1, 1, 7 / 3, 7 / 3, 1, 7 / 6, 46 / 9],
            "phi(y2)": [1, 1, 1, 1.4, 7 / 3, 2, 7 / 4, 1],
        },
        1e-10,
    ),
    "russell output vrs": (
        russell,
        OUTPUTS,
        {"orientation": "output", "returns": "vrs"},
        {"score": RUSSELL_OUT},
        1e-10,
    ),
    "hyperbolic vrs": (
        hyperbolic,
        GRAPH,
        {"returns": "vrs"},
        {"score": root([1, 1, 1, 1, 0.410097, 0.634489, 1, 0.20504])},
        1e-5,
    ),
    "hyperbolic zofio": (
        hyperbolic,
        ZOFIO,
        {"returns": "vrs"},
        {"score": root([0.682, 1, 1, 0.250, 0.360])},
        THREE_DECIMALS,
    ),
    "cost cooper": (
        cost,
        COOPER,
        {},
        {"score": [0.375, 1, 0.429], "technical": [0.9, 1, 0.6], "allocative": [0.417, 1, 0.714]},
        THREE_DECIMALS,
    ),
    "revenue cooper": (
        revenue,
        COOPER,
        {},
        {"score": [0.9, 1, 0.6], "technical": [0.9, 1, 0.6], "allocative": [1, 1, 1]},
        THREE_DECIMALS,
    ),
    "cost zofio crs": (
        cost,
        ZOFIO,
        {},
        {"score": [0.4307692308, 1, 1, 0.25, 0.2608695652]},
        1e-10,
    ),
    "cost zofio vrs": (
        cost,
        ZOFIO,
        {"returns": "vrs"},
        {"score": [0.6153846154, 1, 1, 0.5, 0.347826087], "technical": [0.75, 1, 1, 0.5, 0.375]},
        1e-10,
    ),
    "revenue zofio crs": (
        revenue,
        ZOFIO,
        {},
        {"score": [0.4915254237, 1, 1, 0.25, 0.1735537190], "allocative": [0.7723970944, 1, 1, 1, 0.6652892562]},
        1e-10,
    ),
    "revenue zofio vrs": (
        revenue,
        ZOFIO,
        {"returns": "vrs"},
        {
            "score": [0.6444444444, 1, 1, 0.5, 0.4565217391],
            "technical": [0.7777777778, 1, 1, 0.5, 0.6],
            "allocative": [0.8285714286, 1, 1, 1, 0.7608695652],
        },
        1e-10,
    ),
    "cost deap": (
        cost,
        DEAP,
        {},
        {"score": [6 / 17, 6 / 7, 3 / 4, 2 / 3, 1], "technical": [0.5, 1, 5 / 6, 5 / 7, 1]},
        1e-10,
    ),
    "profit graph": (
        profit,
        ones(GRAPH),
        {},
        {"score": [2 / 3, 0, 0.0625, 0.1904761905, 0.4444444444, 0.3809523810, 0.2608695652, 0.6849978751]},
        1e-10,
    ),
    "profit inputs": (
        profit,
        ones(INPUTS),
        {},
        {"score": [0, 1 / 6, 1 / 6, 0.375, 0.5454545455, 0.375, 0.375, 0.5283018868]},
        1e-10,
    ),
    "profit outputs": (
        profit,
        ones(OUTPUTS),
        {},
        {"score": [0, 0.1538461538, 0.1538461538, 2 / 3, 1.142857143, 0.3636363636, 0.3636363636, 1]},
        5e-10,
    ),
    "revenue graph": (
        revenue,
        ones(GRAPH),
        {"returns": "vrs"},
        {"score": [1, 1, 1, 1, 0.4615384615, 0.7777777778, 1, 0.2816951993]},
        1e-10,
    ),
    "revenue outputs": (
        revenue,
        ones(OUTPUTS),
        {"returns": "vrs"},
        {"score": [1, 6 / 7, 6 / 7, 4 / 7, 3 / 7, 5 / 7, 5 / 7, 0.4642857143]},
        1e-10,
    ),
    "tone 2001": (sbm, TONE_2001, {}, {"score": [0.797979798, 0.5681818182, 1, 0.6666666667, 1]}, 1e-9),
    "tone 2003 vrs": (
        sbm,
        TONE_2003,
        {"returns": "vrs"},
        {"score": [0.6666666667, 1, 1, 1, 1, 0.9090909091, 0.7058823529, 0.8, 0.6]},
        1e-10,
    ),
    "tone 2003 crs": (
        sbm,
        TONE_2003,
        {},
        {"score": [0.1, 0.25, 1, 1, 1, 0.75, 0.4285714286, 0.6666666667, 0.3582089552]},
        1e-10,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_reproduces_the_table(name: str):
    call, table, options, expected, within = CASES[name]
    scores = call(panel_of(table), **options).scores
    for column, figures in expected.items():
        assert scores[column] == pytest.approx(figures, abs=within)


def test_hyperbolic_efficiency_under_constant_returns_is_the_root_of_the_radial_one():
    theta = dea(panel_of(ZOFIO)).scores["score"]
    assert theta == pytest.approx([0.6364, 1, 1, 0.25, 0.2609], abs=FOUR_DECIMALS)
    assert hyperbolic(panel_of(ZOFIO)).scores["score"] == pytest.approx(root(theta), abs=TEN_DIGITS)


def folder(shared: Path, name: str) -> Path:
    return shared / "data" / "dea_classics" / name


CHINA: dict[str, Any] = {"unit": "Province", "period": "year", "inputs": ["K", "L"], "outputs": "Y", "bads": "CO2"}


def test_reproduces_the_nonradial_distances_of_chinas_provinces(shared: Path):
    data = folder(shared, "gtfpch_china30_2013_2015")
    expected = numbers(read(data / "expected_nddf.csv"), ("Province", "year"), "Dv")
    scores = nonradial_directional(
        Panel(read(data / "input.csv"), **CHINA), weights=dict.fromkeys(("K", "L", "Y", "CO2"), 1.0)
    ).scores
    found = numbers(scores, ("Province", "year"), "score")
    assert len(expected) == 90
    assert found == pytest.approx(expected, abs=5e-7)  # the source's own solver stops at 1e-8 in each β


@pytest.mark.parametrize(("column", "reference"), [("TFPCH", "global"), ("TECH", "contemporaneous")])
def test_reproduces_the_differences_of_the_nonradial_distances(column: str, reference: Any, shared: Path):
    data = folder(shared, "gtfpch_china30_2013_2015")
    expected = numbers(read(data / "expected_luenberger_nddf_global.csv"), ("Province", "Pdwise"), column)
    scores = nonradial_directional(
        Panel(read(data / "input.csv"), **CHINA), weights={"Y": 1.0, "CO2": 1.0}, reference=reference
    ).scores
    level = numbers(scores, ("Province", "year"), "score")
    found = {(u, f"{y}~{y + 1}"): level[u, y] - level[u, y + 1] for u, y in level if y < 2015}
    assert len(expected) == 60
    assert found == pytest.approx(expected, abs=3e-7)  # stored in single precision


SCALE = {
    "airlines_28": ("Name", "Lab Fuel Matl Cap", "Pass Cargo"),
    "golany_roll_13": ("DMU", "X1 X2 X3", "Y1 Y2"),
    "illinois_power_plants_1978": ("Plant", "Labor Fuel Capital", "Output"),
    "paper_mills_30_undesirable": ("DMUS", "D-Input1 D-Input2", "D-Output1 D-Output2"),
}


@pytest.mark.parametrize("name", SCALE)
def test_returns_to_scale_agree_with_the_recomputed_scores(name: str, shared: Path):
    unit, inputs, outputs = SCALE[name]
    expected = read(folder(shared, name) / "expected_recomputed.csv")
    panel = Panel(read(folder(shared, name) / "input.csv"), unit=unit, inputs=inputs.split(), outputs=outputs.split())
    scores = returns_to_scale(panel).scores
    assert scores[unit] == expected[unit]
    for column, given in {"score": "scale", "crs": "te_in_crs", "vrs": "te_in_vrs"}.items():
        assert scores[column] == pytest.approx(expected[given], abs=TEN_DIGITS)
    constant = [kind == "constant" for kind in scores["class"]]
    assert constant == [value == 1.0 for value in expected["scale"]]
    output = returns_to_scale(panel, orientation="output").scores
    ratio = np.divide(expected["phi_out_vrs"], expected["phi_out_crs"])
    assert output["score"] == pytest.approx(list(ratio), abs=TEN_DIGITS)


@pytest.mark.parametrize("strategy", ["aggressive", "benevolent"])
def test_golany_and_rolls_power_plants_are_never_above_their_own_score(strategy: Any, shared: Path):
    data = folder(shared, "golany_roll_13")
    panel = Panel(read(data / "input.csv"), unit="DMU", inputs=["X1", "X2", "X3"], outputs=["Y1", "Y2"])
    scores = cross_efficiency(panel, strategy=strategy).scores
    own = read(data / "expected_recomputed.csv")["te_in_crs"]
    assert scores["own"] == pytest.approx(own, abs=TEN_DIGITS)
    assert all(mean <= alone + TEN_DIGITS for mean, alone in zip(scores["score"], own, strict=True))
    assert columns(scores, "score").std() > 0.05


def test_program_follow_through_sites_inside_their_own_programme(shared: Path):
    data = folder(shared, "pft1981")
    expected = numbers(read(data / "expected_recomputed.csv"), ("firm",), "te_in_crs_own_programme")
    sites = read(data / "input.csv")
    panel = Panel(sites, unit="firm", inputs=PFT_INPUTS.split(), outputs=PFT_OUTPUTS.split(), group="pft")
    found = numbers(dea(panel, by_group=True).scores, ("firm",), "score")
    assert found == pytest.approx(expected, abs=5.1e-8)
    best = [group for group, score in zip(sites["pft"], found.values(), strict=True) if score > 1 - TEN_DIGITS]
    assert (best.count(1), best.count(0)) == (17, 8)  # of 49 with the programme and 21 without, the collector's count
