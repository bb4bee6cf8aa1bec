"""Gaps in a panel, for every index: told by default, bridged when asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from frontiers import Data, draw, numbers, refused
from hetao import Panel
from hetao import measure as m
from hetao.measure import IndexResult

PRICES = {"x1": "w1", "x2": "w2", "y1": "p1", "y2": "p2"}
INDICES: dict[str, tuple[Callable[..., IndexResult], dict[str, Any], dict[str, Any]]] = {
    "malmquist": (m.malmquist, {}, {}),
    "malmquist vrs": (m.malmquist, {"returns": "vrs"}, {}),
    "malmquist biennial": (m.malmquist, {"reference": "biennial"}, {}),
    "malmquist_luenberger": (m.malmquist_luenberger, {"reference": "biennial"}, {"bads": "b"}),
    "sbm_malmquist": (m.sbm_malmquist, {"reference": "biennial"}, {"bads": "b"}),
    "luenberger": (m.luenberger, {}, {}),
    "luenberger biennial": (m.luenberger, {"weights": {"y1": 1.0}, "reference": "biennial"}, {}),
    "hicks_moorsteen": (m.hicks_moorsteen, {}, {}),
    "luenberger_hicks_moorsteen": (m.luenberger_hicks_moorsteen, {}, {}),
    "fisher": (m.fisher, {}, {"prices": PRICES}),
    "tornqvist": (m.tornqvist, {}, {"prices": PRICES}),
    "laspeyres": (m.laspeyres, {}, {"prices": PRICES}),
    "paasche": (m.paasche, {}, {"prices": PRICES}),
    "growth_accounting": (m.growth_accounting, {"shares": {"x1": 0.3, "x2": "rest"}}, {"outputs": "y1"}),
}
WHOLE: dict[str, tuple[Callable[..., IndexResult], dict[str, Any], dict[str, Any]]] = {
    "malmquist global": (m.malmquist, {"reference": "global"}, {}),
    "malmquist sequential": (m.malmquist, {"reference": "sequential"}, {}),
    "malmquist window": (m.malmquist, {"reference": 2}, {}),
    "fare_primont": (m.fare_primont, {}, {}),
    "metafrontier_index": (m.metafrontier_index, {}, {"group": "g"}),
    "two_stage_malmquist": (m.two_stage_malmquist, {"links": "y1"}, {}),
    "lowe": (m.lowe, {}, {"prices": PRICES}),
    "fisher multilateral": (m.fisher, {"multilateral": True}, {"prices": PRICES}),
    "tornqvist multilateral": (m.tornqvist, {"multilateral": True}, {"prices": PRICES}),
}
ALL = INDICES | WHOLE


def panel(data: Data, **roles: Any) -> Panel:
    return Panel(data, **({"unit": "u", "period": "t", "inputs": ["x1", "x2"], "outputs": ["y1", "y2"]} | roles))


def holed(seed: int = 5) -> Data:
    """Return 6 units over 5 periods; unit 2 is not seen in 1 and 2, unit 4 not in 3, unit 5 not in 0 and 4."""
    data = draw(seed, 6, periods=5)
    data["g"] = [("north", "south")[u % 2] for u in data["u"]]
    gone = {(2, 1), (2, 2), (4, 3), (5, 0), (5, 4)}
    kept = [i for i, key in enumerate(zip(data["u"], data["t"], strict=True)) if key not in gone]
    return {name: [values[i] for i in kept] for name, values in data.items()}


def steps(result: IndexResult, unit: int) -> list[tuple[int, int, str]]:
    t = result.changes
    rows = zip(t["u"], t["period_from"], t["period_to"], t["status"], strict=True)
    return [(a, b, status) for u, a, b, status in rows if u == unit]


@pytest.mark.parametrize("name", ALL)
def test_gaps_are_told_and_not_bridged_by_default(name: str):
    call, options, roles = ALL[name]
    result = call(panel(holed(), **roles), **options)
    assert result.options["longest_gap"] == 1
    assert steps(result, 2) == [(0, 1, "missing"), (2, 3, "missing"), (3, 4, "optimal")]
    assert steps(result, 4) == [(0, 1, "optimal"), (1, 2, "optimal"), (2, 3, "missing"), (3, 4, "missing")]
    assert steps(result, 5) == [(0, 1, "missing"), (1, 2, "optimal"), (2, 3, "optimal"), (3, 4, "missing")]
    assert "gaps of several" not in result.summary()


@pytest.mark.parametrize("name", ALL)
def test_gaps_are_bridged_as_far_as_is_asked(name: str):
    call, options, roles = ALL[name]
    two, three = (call(panel(holed(), **roles), longest_gap=gap, **options) for gap in (2, 3))
    assert steps(two, 2) == [(0, 1, "missing"), (2, 3, "missing"), (3, 4, "optimal")]
    assert steps(two, 4) == [(0, 1, "optimal"), (1, 2, "optimal"), (2, 4, "optimal")]
    assert steps(three, 2) == [(0, 3, "optimal"), (3, 4, "optimal")]
    assert (
        steps(three, 5) == steps(two, 5) == [(0, 1, "missing"), (1, 2, "optimal"), (2, 3, "optimal"), (3, 4, "missing")]
    )
    assert "2 of them over gaps of several periods" in three.summary()


@pytest.mark.parametrize("name", INDICES)
def test_a_change_over_a_gap_is_that_of_its_two_periods(name: str):
    """What lies between does not enter: the two periods alone give the same numbers."""
    call, options, roles = INDICES[name]
    data = holed()
    kept = [i for i, t in enumerate(data["t"]) if t in (0, 3)]
    ends = {column: [values[i] for i in kept] for column, values in data.items()}
    whole, alone = (
        call(panel(data, **roles), longest_gap=3, **options).changes,
        call(panel(ends, **roles), **options).changes,
    )
    at = next(i for i, key in enumerate(zip(whole["u"], whole["period_from"], strict=True)) if key == (2, 0))
    other = alone["u"].index(2)
    for column in alone:
        if column not in ("u", "period_from", "period_to", "status"):
            assert whole[column][at] == pytest.approx(alone[column][other], rel=1e-8)


@pytest.mark.parametrize("name", ALL)
def test_levels_are_chained_over_bridges_and_end_where_a_link_is_unknown(name: str):
    call, options, roles = ALL[name]
    result = call(panel(holed(), **roles), longest_gap=3, **options)
    t, levels = result.changes, result.levels
    start = 1.0 if result.growth == "ratio" else 0.0
    own = levels[2]
    first, second = (numbers(t["index"])[[i for i, u in enumerate(t["u"]) if u == 2]]).tolist()
    expected = start * first * second if result.growth == "ratio" else start + first + second
    assert (own[0], own[4]) == (start, pytest.approx(expected))
    assert np.isnan(own[1:3]).all()
    assert np.isnan(levels[5]).all()  # not seen in the first period
    assert np.isfinite(levels[0]).all()
    plain = call(panel(holed(), **roles), **options).levels
    assert np.isfinite(plain[4][:3]).all()
    assert np.isnan(plain[4][3:]).all()
    with pytest.raises(ValueError, match="read-only"):
        own[0] = 2.0


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("gap", [0, -1, 1.5, True, "2", None])
def test_what_is_no_gap_is_refused(name: str, gap: Any):
    call, options, roles = ALL[name]
    assert refused(call, panel(holed(), **roles), longest_gap=gap, **options) == [f"{call.__name__}.longest_gap"]
