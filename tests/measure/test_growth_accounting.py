"""Growth accounting and capital stocks: by hand, against the Penn World Table, their laws and faults."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from frontiers import refused
from hetao import Panel
from hetao.errors import ModelError
from hetao.measure import growth_accounting, perpetual_inventory
from hetao.text import use_language

HAND = {"c": ["a", "a"], "t": [1, 2], "k": [10.0, 12.0], "l": [5.0, 5.5], "h": [2.0, 2.1], "y": [20.0, 25.0]}


def panel(data: dict[str, Any], **roles: Any) -> Panel:
    return Panel(data, **({"unit": "c", "period": "t", "inputs": ["k", "l", "h"], "outputs": "y"} | roles))


def test_two_years_by_hand():
    found = growth_accounting(panel(HAND), shares={"k": "rest", "l": [0.6, 0.7]}, quality={"l": "h"})
    k, l_, h = 0.35 * np.log(1.2), 0.65 * np.log(1.1), 0.65 * np.log(1.05)
    row = {name: values[0] for name, values in found.values.items()}
    assert row == pytest.approx(
        {
            "index": np.log(1.25) - k - l_ - h,
            "output_growth": np.log(1.25),
            "contribution(k)": k,
            "contribution(l)": l_,
            "contribution(h)": h,
        }
    )
    with use_language("en"):
        assert "no programme had to be solved" in found.summary()


def test_cost_shares_come_from_prices():
    data = HAND | {"r": [1.0, 2.0], "w": [3.0, 3.0]}
    priced = panel(data, inputs=["k", "l"], prices={"k": "r", "l": "w"})
    share = np.array([10.0 / 25.0, 24.0 / 40.5])
    given = growth_accounting(priced, shares={"k": share, "l": 1.0 - share})
    assert growth_accounting(priced).values["index"] == pytest.approx(given.values["index"])


def test_the_penn_world_tables_own_series(shared: Path):
    """PWT 10.01 (Feenstra, Inklaar and Timmer 2015, CC BY 4.0): hours are left out here, where PWT has some."""
    source = shared / "data" / "country_green_panel" / "panel.csv"
    names = {"y": "gdp_rgdpna_mn2017usd", "k": "capital_services_rkna_2017eq1", "l": "employment_mn", "h": "hc"}
    with source.open(encoding="utf-8") as file:
        rows = [
            r
            for r in csv.DictReader(file)
            if all(r[c] for c in (*names.values(), "labour_share", "tfp_rtfpna_2017eq1"))
        ]
    data = {name: [float(r[column]) for r in rows] for name, column in names.items()}
    data |= {"c": [r["isocode"] for r in rows], "t": [int(r["year"]) for r in rows]}
    labour = [float(r["labour_share"]) for r in rows]
    t = growth_accounting(panel(data), shares={"k": "rest", "l": labour}, quality={"l": "h"}).changes
    tfp = {(r["isocode"], int(r["year"])): np.log(float(r["tfp_rtfpna_2017eq1"])) for r in rows}
    gaps = [
        abs(value - tfp[u, b] + tfp[u, a])
        for u, a, b, value in zip(t["c"], t["period_from"], t["period_to"], t["index"], strict=True)
        if value is not None and b == a + 1
    ]
    assert len(gaps) > 6000
    assert np.median(gaps) <= 0.003


def test_a_missing_year_and_units_of_measurement():
    data = {"c": ["a", "a", "b"], "t": [1, 2, 1], "k": [1.0, 2.0, 1.0], "l": [1.0, 1.5, 1.0], "y": [1.0, 2.0, 3.0]}
    shares = {"k": 0.4, "l": 0.6}
    found = growth_accounting(panel(data, inputs=["k", "l"]), shares=shares)
    assert found.changes["status"] == ["optimal", "missing"]
    scaled = data | {"k": [v * 1e9 for v in data["k"]], "y": [v * 1e-9 for v in data["y"]]}
    again = growth_accounting(panel(scaled, inputs=["k", "l"]), shares=shares)
    assert again.values["index"] == pytest.approx(found.values["index"], nan_ok=True)


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ({}, ["prices"] * 3),
        ({"shares": {"k": 0.5}}, ["shares"]),
        ({"shares": {"k": 1.5, "l": -0.1, "h": 0.0}}, ["shares"] * 2),
        ({"shares": {"k": 0.7, "l": 0.7, "h": "rest"}}, ["shares"]),
        ({"shares": {"k": "rest", "l": "rest", "h": 0.1}}, ["shares"]),
        ({"shares": {"k": 0.9, "l": 0.9, "h": 0.0}}, ["shares"]),
        ({"shares": {"k": [0.1], "l": "half", "h": 0.1}}, ["shares"] * 2),
        ({"shares": 0.5, "quality": ["h"]}, ["quality", "shares"]),
        ({"shares": {"k": 0.5, "l": 0.5}, "quality": {"l": "l"}}, ["quality", "shares"]),
    ],
)
def test_shares_that_are_none_are_refused(options: dict[str, Any], codes: list[str]):
    assert sorted(refused(growth_accounting, panel(HAND), **options)) == [f"growth_accounting.{c}" for c in codes]


def test_what_has_no_logarithm_or_too_many_outputs_is_refused():
    zero = panel(HAND | {"k": [0.0, 1.0]})
    assert refused(growth_accounting, zero, shares={"k": 0.2, "l": 0.2, "h": 0.2}) == ["growth_accounting.data"]
    two = panel(HAND, inputs=["k", "l"], outputs=["y", "h"])
    assert refused(growth_accounting, two, shares={"k": 0.5, "l": 0.5}) == ["growth_accounting.panel"]


# Capital stocks

SERIES = {"c": ["a"] * 4 + ["b"] * 4, "t": [2, 1, 3, 4, 1, 2, 3, 4], "i": [11.0, 10.0, 12.0, 13.0, *[5.0] * 4]}


def stocks(**options: Any) -> dict[tuple[str, int], float]:
    given = {"unit": "c", "period": "t", "investment": "i", "depreciation": 0.1} | options
    t = perpetual_inventory(SERIES, **given)
    return dict(zip(zip(t["c"], t["t"], strict=True), t["capital"], strict=True))


def test_stocks_pile_up_year_by_year():
    found = stocks(initial_years=2)
    growth = (12.0 / 10.0) ** 0.5 - 1.0
    first = 10.0 * (1.0 + growth) / (growth + 0.1)
    second = 0.9 * first + 11.0
    assert found["a", 1] == pytest.approx(first)
    assert found["a", 2] == pytest.approx(second)
    assert found["a", 3] == pytest.approx(0.9 * second + 12.0)
    assert [found["b", t] for t in (1, 2, 3, 4)] == pytest.approx([50.0] * 4)
    assert stocks(initial=3.0)["a", 1] == pytest.approx(30.0)


def test_with_steady_growth_the_ratio_of_capital_to_investment_stays():
    data = {"c": ["a"] * 10, "t": list(range(10)), "i": [7.0 * 1.05**n for n in range(10)]}
    found = perpetual_inventory(data, unit="c", period="t", investment="i", depreciation=0.06)["capital"]
    assert np.array(found) / np.array(data["i"]) == pytest.approx(np.full(10, 1.05 / 0.11))


@pytest.mark.parametrize(
    ("data", "options"),
    [
        ({"t": [1, 2, 4, 5, 1, 2, 3, 4]}, {}),
        ({"t": [1, 1, 2, 3, 1, 2, 3, 4]}, {}),
        ({"i": [1.0, None, 2.0, 3.0] + [5.0] * 4}, {}),
        ({"i": [1.0, -1.0, 2.0, 3.0] + [5.0] * 4}, {}),
        ({"i": [1.0, 0.0, 2.0, 3.0] + [5.0] * 4}, {}),
        ({"i": ["a"] * 8}, {}),
        ({"i": [2.0, 20.0, 1.0, 0.1] + [5.0] * 4}, {}),
        ({}, {"depreciation": 1.0}),
        ({}, {"initial": -1.0, "initial_years": 0}),
        ({}, {"investment": "capital"}),
    ],
)
def test_what_cannot_pile_up_is_refused_with_its_place(data: dict[str, Any], options: dict[str, Any]):
    given = {"unit": "c", "period": "t", "investment": "i", "depreciation": 0.1} | options
    with pytest.raises(ModelError) as caught:
        perpetual_inventory(SERIES | data, **given)
    for problem in caught.value.problems:
        assert problem.code.startswith("perpetual_inventory.")
        assert problem.describe("zh") != problem.describe("en")
