"""The literature's examples: every set that the calls cover, at the precision its source prints."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hetao import Panel
from hetao.measure import computing, dea, directional, malmquist, malmquist_luenberger


@pytest.fixture(params=["fast", "plain"], autouse=True)
def engine(request: pytest.FixtureRequest) -> Iterator[None]:
    """Reproduce everything with both twins."""
    with computing(engine=request.param):
        yield


Columns = dict[str, list[Any]]
Numbers = dict[Any, float]

THREE_DECIMALS = 5.01e-4
FOUR_DECIMALS = 5.01e-5
EIGHT_DIGITS = 5.1e-8
TEN_DIGITS = 1e-9


def read(path: Path) -> Columns:
    """Return a CSV's columns; what reads as a number is one, an empty cell is None."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: [_cell(row[name]) for row in rows] for name in rows[0]}


def _cell(text: str) -> Any:
    if not text:
        return None
    try:
        return int(text) if text.lstrip("-").isdigit() else float(text)
    except ValueError:
        return text


def numbers(table: Columns, keys: tuple[str, ...], column: str) -> Numbers:
    """Return one column by key, without the cells that have no number."""
    found = zip(zip(*(table[k] for k in keys), strict=True), table[column], strict=True)
    return {key: value for key, value in found if value is not None}


@dataclass(frozen=True)
class Case:
    """One column of expected figures and how it is computed from the set's input.

    Attributes:
        claim: ``published`` (a publication's or its program's own figures) or ``recomputed`` (by the collector).
        folder: the set.
        table: the file of expected figures.
        keys: its key columns.
        column: its column of figures.
        compute: input columns → figure by key.
        within: the source's precision, absolute up to 1 and relative above.
    """

    claim: str
    folder: str
    table: str
    keys: tuple[str, ...]
    column: str
    compute: Callable[[Columns], Numbers]
    within: float = TEN_DIGITS

    def __str__(self) -> str:
        return f"{self.claim}-{self.folder}-{self.table.removesuffix('.csv')}-{self.column}"


Score = Callable[[Panel], Any]


def scores(
    score: Score, unit: str, inputs: list[str], outputs: list[str], **roles: Any
) -> Callable[[Columns], Numbers]:
    """Return a computation of a score by unit (and period)."""

    def compute(columns: Columns) -> Numbers:
        panel = Panel(columns, unit=unit, inputs=inputs, outputs=outputs, **roles)
        keys = (unit, roles["period"]) if "period" in roles else (unit,)
        return numbers(score(panel).scores, keys, "score")

    return compute


def scale(unit: str, inputs: list[str], outputs: list[str]) -> Callable[[Columns], Numbers]:
    """Return a computation of scale efficiency, crs over vrs."""
    crs, vrs = (scores(lambda p, r=r: dea(p, returns=r), unit, inputs, outputs) for r in ("crs", "vrs"))

    def compute(columns: Columns) -> Numbers:
        below = vrs(columns)
        return {unit_key: value / below[unit_key] for unit_key, value in crs(columns).items()}

    return compute


RADIAL: dict[str, Score] = {
    "te_in_crs": lambda p: dea(p),
    "te_in_vrs": lambda p: dea(p, returns="vrs"),
    "phi_out_crs": lambda p: dea(p, orientation="output"),
    "phi_out_vrs": lambda p: dea(p, orientation="output", returns="vrs"),
}


def radial_cases(
    claim: str, folder: str, table: str, unit: str, inputs: str, outputs: str, within: float = TEN_DIGITS
) -> list[Case]:
    x, y = inputs.split(), outputs.split()
    return [Case(claim, folder, table, (unit,), c, scores(score, unit, x, y), within) for c, score in RADIAL.items()]


def scale_case(folder: str, unit: str, inputs: str, outputs: str) -> Case:
    compute = scale(unit, inputs.split(), outputs.split())
    return Case("recomputed", folder, "expected_recomputed.csv", (unit,), "scale", compute)


def own_programme(columns: Columns) -> Numbers:
    """Score each school site inside its own programme."""
    found: Numbers = {}
    for programme in sorted(set(columns["pft"])):
        rows = [i for i, p in enumerate(columns["pft"]) if p == programme]
        part = {name: [values[i] for i in rows] for name, values in columns.items()}
        found |= scores(dea, "firm", PFT_INPUTS.split(), PFT_OUTPUTS.split())(part)
    return found


def changes(
    index: Callable[[Panel], Any],
    column: str,
    unit: str,
    period: str,
    inputs: list[str],
    outputs: list[str],
    key: Callable[[Any, Any, Any], Any],
    bads: tuple[str, ...] = (),
) -> Callable[[Columns], Numbers]:
    """Return a computation of an index's part by the key that the source uses for (unit, from, to)."""

    def compute(columns: Columns) -> Numbers:
        panel = Panel(columns, unit=unit, period=period, inputs=inputs, outputs=outputs, bads=bads)
        table = index(panel).changes
        rows = zip(table[unit], table["period_from"], table["period_to"], table[column], strict=True)
        return {key(u, a, b): value for u, a, b, value in rows}

    return compute


def own_period(period: int) -> Callable[[Columns], Numbers]:
    """Return a computation of the output efficiency 1/φ against one year's own frontier (Kumar and Russell)."""

    def compute(columns: Columns) -> Numbers:
        panel = Panel(columns, unit="Country", period="year", inputs=["K", "L"], outputs="Y")
        phi = numbers(dea(panel, orientation="output").scores, ("Country", "year"), "score")
        return {(unit,): 1.0 / value for (unit, year), value in phi.items() if year == period}

    return compute


def eg4_distances(returns: str, lag: int) -> Callable[[Columns], Numbers]:
    """Return DEAP's distances 1/φ of (year, dmu) against the frontier of year + lag."""

    def compute(columns: Columns) -> Numbers:
        panel = Panel(columns, unit="dmu", period="year", inputs="x", outputs="y")
        t = malmquist(panel, returns="vrs").distances
        rows = zip(t["year"], t["dmu"], t["reference"], t["returns"], t["score"], strict=True)
        return {(y, u): 1.0 / s for y, u, ref, r, s in rows if r == returns and ref == str(y + lag)}

    return compute


def apz_period_1(columns: Columns) -> Numbers:
    panel = Panel(columns, unit="dmu", period="period", inputs="x", outputs="y", bads="b")
    way = {"y": "observed", "b": "observed"}
    found = numbers(directional(panel, direction=way, disposability="strong").scores, ("dmu", "period"), "score")
    return {(unit,): value for (unit, period), value in found.items() if period == 1}


PFT_INPUTS, PFT_OUTPUTS = "Education Occupation Parental Counseling Teachers", "Reading Math Coopersmith"
XY = (["x"], ["y"])


def strong_ml(panel: Panel) -> Any:
    return malmquist_luenberger(panel, disposability="strong")


def global_ml(panel: Panel) -> Any:
    return malmquist_luenberger(panel, reference="global")


def fgnz(panel: Panel) -> Any:
    return malmquist(panel, returns="vrs")


def later(unit: Any, before: Any, after: Any) -> Any:
    return (after, unit)


CASES = [
    scale_case("airlines_28", "Name", "Lab Fuel Matl Cap", "Pass Cargo"),
    scale_case("golany_roll_13", "DMU", "X1 X2 X3", "Y1 Y2"),
    scale_case("illinois_power_plants_1978", "Plant", "Labor Fuel Capital", "Output"),
    scale_case("paper_mills_30_undesirable", "DMUS", "D-Input1 D-Input2", "D-Output1 D-Output2"),
    *radial_cases("recomputed", "airlines_28", "expected_recomputed.csv", "Name", "Lab Fuel Matl Cap", "Pass Cargo"),
    *radial_cases("recomputed", "golany_roll_13", "expected_recomputed.csv", "DMU", "X1 X2 X3", "Y1 Y2"),
    *radial_cases(
        "recomputed", "illinois_power_plants_1978", "expected_recomputed.csv", "Plant", "Labor Fuel Capital", "Output"
    ),
    *radial_cases(
        "recomputed",
        "paper_mills_30_undesirable",
        "expected_recomputed.csv",
        "DMUS",
        "D-Input1 D-Input2",
        "D-Output1 D-Output2",
    ),
    *radial_cases("recomputed", "pft1981", "expected_recomputed.csv", "firm", PFT_INPUTS, PFT_OUTPUTS, EIGHT_DIGITS),
    Case(
        "recomputed",
        "pft1981",
        "expected_recomputed.csv",
        ("firm",),
        "te_in_crs_own_programme",
        own_programme,
        EIGHT_DIGITS,
    ),
    *radial_cases("published", "fls_11_dmu", "expected.csv", "dmu", "x1 x2", "y"),
    Case(
        "published",
        "fls_11_dmu",
        "expected.csv",
        ("dmu",),
        "ddf_obs_crs",
        scores(directional, "dmu", ["x1", "x2"], ["y"]),
    ),
    Case(
        "published",
        "cooper2007_cost",
        "expected.csv",
        ("dmu",),
        "tech_eff",
        scores(dea, "dmu", ["x1", "x2"], ["y"]),
        THREE_DECIMALS,
    ),
    Case(
        "published",
        "zofio_prieto2006_cost",
        "expected.csv",
        ("dmu",),
        "tech_crs",
        scores(dea, "dmu", ["x1", "x2"], ["y1", "y2"]),
        FOUR_DECIMALS,
    ),
    Case(
        "published",
        "zofio_prieto2006_cost",
        "expected.csv",
        ("dmu",),
        "tech_vrs",
        scores(lambda p: dea(p, returns="vrs"), "dmu", ["x1", "x2"], ["y1", "y2"]),
    ),
    Case(
        "recomputed",
        "tone2001_sbm",
        "expected_recomputed.csv",
        ("DMU",),
        "ccr_in",
        scores(dea, "DMU", ["Input1", "Input2"], ["Output1", "Output2"]),
    ),
    *(
        Case(
            "published",
            "deap_eg4_malmquist",
            "expected.csv",
            ("year", "dmu"),
            column,
            changes(fgnz, part, "dmu", "year", *XY, later),
            THREE_DECIMALS,
        )
        for column, part in {
            "effch": "efficiency_change",
            "techch": "technical_change",
            "pech": "pure_efficiency_change",
            "sech": "scale_change",
            "tfpch": "index",
        }.items()
    ),
    *(
        Case(
            "published",
            "deap_eg4_malmquist",
            "expected_distances.csv",
            ("year", "dmu"),
            column,
            eg4_distances(returns, lag),
            THREE_DECIMALS,
        )
        for column, returns, lag in [
            ("crs_te_prev_tech", "crs", -1),
            ("crs_te_own_tech", "crs", 0),
            ("crs_te_next_tech", "crs", 1),
            ("vrs_te", "vrs", 0),
        ]
    ),
    *(
        Case(
            "published",
            "malmquist_5x3",
            "expected.csv",
            ("period", "dmu"),
            column,
            changes(malmquist, part, "dmu", "period", *XY, later),
            within,
        )
        for column, part, within in [
            ("malmquist", "index", 5.01e-8),
            ("effch", "efficiency_change", 5.01e-8),
            ("techch", "technical_change", 6.1e-7),  # the quotient of two columns printed to seven decimals
        ]
    ),
    Case("published", "apz_environmental_ml", "expected.csv", ("dmu",), "env_ddf_period1", apz_period_1),
    *(
        Case(
            "published",
            "apz_environmental_ml",
            "expected.csv",
            ("dmu",),
            column,
            changes(strong_ml, part, "dmu", "period", *XY, lambda u, a, b: (u,), ("b",)),
        )
        for column, part in {
            "ml_index": "index",
            "ml_effch": "efficiency_change",
            "ml_techch": "technical_change",
        }.items()
    ),
    Case(
        "published",
        "gtfpch_china30_2013_2015",
        "expected.csv",
        ("Province", "year"),
        "Dv",
        scores(directional, "Province", ["K", "L"], ["Y"], period="year", bads="CO2"),
        2e-8,  # the source's own solver stops at 1e-8
    ),
    *(
        Case(
            "published",
            "gtfpch_china30_2013_2015",
            "expected_ml_global.csv",
            ("Province", "Pdwise"),
            column,
            changes(global_ml, part, "Province", "year", ["K", "L"], ["Y"], lambda u, a, b: (u, f"{a}~{b}"), ("CO2",)),
            3e-7,  # stored in single precision
        )
        for column, part in {"TFPCH": "index", "TECH": "efficiency_change", "TECCH": "technical_change"}.items()
    ),
    *(
        Case(
            "recomputed",
            "wang_lan2011_china_industry",
            "expected_recomputed.csv",
            ("DMUs", "pair"),
            column,
            changes(malmquist, part, "DMUs", "Period", ["Capital", "Labor"], ["GIOV"], lambda u, a, b: (u, f"{a}-{b}")),
        )
        for column, part in {"effch": "efficiency_change", "techch": "technical_change", "mi": "index"}.items()
    ),
    *(
        Case(
            "recomputed",
            "kumar_russell_pwt56",
            "expected_recomputed.csv",
            ("Country",),
            f"te_{year}",
            own_period(year),
            5.1e-9,
        )
        for year in (1965, 1990)
    ),
    *(
        Case(
            "recomputed",
            "kumar_russell_pwt56",
            "expected_recomputed.csv",
            ("Country",),
            column,
            changes(malmquist, part, "Country", "year", ["K", "L"], ["Y"], lambda u, a, b: (u,)),
            1e-7,
        )
        for column, part in {
            "effch": "efficiency_change",
            "techch": "technical_change",
            "malmquist": "index",
        }.items()
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_reproduces_the_source(case: Case, shared: Path):
    folder = shared / "data" / "dea_classics" / case.folder
    expected = numbers(read(folder / case.table), case.keys, case.column)
    found = case.compute(read(folder / "input.csv"))
    assert expected
    wrong = {
        key: (found.get(key), value)
        for key, value in expected.items()
        if key not in found or abs(found[key] - value) > case.within * max(1.0, abs(value))
    }
    assert not wrong


@pytest.mark.parametrize("column", RADIAL)
def test_reproduces_the_variant_of_program_follow_through(column: str, shared: Path):
    folder = shared / "data" / "dea_classics" / "pft1981"
    expected = numbers(read(folder / "expected_recomputed_deaR_variant.csv"), ("Site",), column)
    compute = scores(RADIAL[column], "Site", PFT_INPUTS.split(), PFT_OUTPUTS.split())
    found = compute(read(folder / "input_deaR_variant.csv"))
    assert found == pytest.approx(expected, abs=TEN_DIGITS)


def test_reproduces_deap_example_1_with_slacks_targets_and_peers(shared: Path):
    folder = shared / "data" / "dea_classics" / "deap_eg1"
    expected = read(folder / "expected.csv")
    result = dea(
        Panel(read(folder / "input.csv"), unit="dmu", inputs=["input1", "input2"], outputs="output"), returns="crs"
    )

    def close(values: list[float]) -> Any:
        return pytest.approx(values, abs=THREE_DECIMALS)

    assert result.scores["dmu"] == [f"DMU{n}" for n in expected["dmu"]]
    assert result.scores["score"] == close(expected["te_crs_in"])
    for name in ("input1", "input2"):
        assert result.slacks[name] == close(expected[f"{name}_slack"])
        assert result.targets[name] == close(expected[f"{name}_target"])
    peers = result.peers
    found = {(u, p): w for u, p, w in zip(peers["dmu"], peers["peer"], peers["weight"], strict=True)}
    printed = {
        (f"DMU{unit}", f"DMU{peer}"): float(weight)
        for unit, listed, weights in zip(expected["dmu"], expected["peers"], expected["peer_weights"], strict=True)
        for peer, weight in zip(str(listed).split(";"), str(weights).split(";"), strict=True)
    }
    assert found == close(printed)
