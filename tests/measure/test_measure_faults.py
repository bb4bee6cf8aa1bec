"""What the calls refuse: everything wrong at once, by the model's name, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from hetao import Panel
from hetao.errors import ModelError
from hetao.measure import dea, directional, malmquist, malmquist_luenberger

DATA: dict[str, list[Any]] = {
    "u": ["a", "b", "a", "b"],
    "t": [1, 1, 2, 2],
    "x": [1.0, 2.0, 3.0, 4.0],
    "y": [1.0, 2.0, 3.0, 4.0],
    "b": [1.0, 1.0, 2.0, 2.0],
}
CALLS: dict[str, Callable[..., Any]] = {
    "dea": dea,
    "directional": directional,
    "malmquist": malmquist,
    "malmquist_luenberger": malmquist_luenberger,
}


def panel(**changed: Any) -> Panel:
    roles: dict[str, Any] = {"unit": "u", "period": "t", "inputs": "x", "outputs": "y", "bads": "b"}
    columns = {name: changed.pop(name, values) for name, values in DATA.items()}
    return Panel(columns, **(roles | changed))


def refused(call: str, given: Any, **options: Any) -> list[str]:
    """Return the codes of everything refused, each worded in both languages with the call's name as its place."""
    with pytest.raises(ModelError) as caught:
        CALLS[call](given, **options)
    for problem in caught.value.problems:
        assert problem.place.item.startswith(call)
        assert problem.describe("zh") != problem.describe("en")
        for words in (problem.found, problem.expected, problem.remedy):
            assert words.zh
            assert words.en
    return [p.code for p in caught.value.problems]


@pytest.mark.parametrize(
    ("call", "options"),
    [
        ("dea", {"orientation": "both", "returns": "irs", "super_efficiency": "no", "reference": "annual"}),
        ("directional", {"returns": "fdh", "disposability": "none", "reference": "all", "direction": "up"}),
        (
            "malmquist",
            {"orientation": "none", "returns": "nirs", "decomposition": "fisher", "reference": "annual", "bias": 1},
        ),
        ("malmquist_luenberger", {"reference": None, "disposability": "kuosmanen"}),
    ],
)
def test_every_unknown_option_is_named_at_once(call: str, options: dict[str, Any]):
    assert sorted(refused(call, panel(), **options)) == sorted(f"{call}.{name}" for name in options)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("thing", [pd.DataFrame(DATA), DATA, None], ids=["pandas", "mapping", "None"])
def test_a_frame_in_place_of_a_panel_is_refused_with_the_way_to_make_one(call: str, thing: Any):
    assert refused(call, thing, reference="x") == [f"{call}.reference", f"{call}.panel"]
    with pytest.raises(ModelError, match=r"Panel\(frame"):
        CALLS[call](thing)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("column", ["x", "y", "b"])
def test_negative_quantities_are_refused_by_column_and_first_row(call: str, column: str):
    assert refused(call, panel(**{column: [1.0, -2.5, -3.0, 1.0]})) == [f"{call}.data"]
    with pytest.raises(ModelError, match=rf"2 negative values in column {column} \(first in row 1: -2.5\)"):
        CALLS[call](panel(**{column: [1.0, -2.5, -3.0, 1.0]}))


@pytest.mark.parametrize("call", ["malmquist", "malmquist_luenberger"])
def test_change_needs_periods(call: str):
    cross = panel(u=["a", "b", "c", "d"], period=None)
    one = panel(u=["a", "b", "c", "d"], t=[1, 1, 1, 1])
    assert refused(call, cross) == refused(call, one) == [f"{call}.panel"]


def test_green_change_needs_bads_and_says_so_with_the_rest():
    cross = panel(u=["a", "b", "c", "d"], period=None, bads=(), x=[-1.0, 1.0, 1.0, 1.0])
    codes = ["malmquist_luenberger.panel", "malmquist_luenberger.panel", "malmquist_luenberger.data"]
    assert refused("malmquist_luenberger", cross) == codes


@pytest.mark.parametrize(
    ("direction", "count"),
    [
        (None, 1),
        (3.0, 1),
        (["x"], 1),
        ({}, 1),
        ({"x": 0.0}, 1),
        ({"x": 1.0, "nothing": 1.0, 3: 1.0}, 2),
        ({"x": 1.0, "y": -1.0}, 1),
        ({"x": 1.0, "y": float("nan")}, 1),
        ({"x": 1.0, "y": float("inf")}, 1),
        ({"x": 1.0, "y": None}, 1),
        ({"x": 1.0, "y": [1.0]}, 1),
        ({"x": 1.0, "y": True}, 1),
        ({"x": 1.0, "y": "median"}, 1),
        ({"y": "median", "b": -1}, 3),
    ],
    ids=str,
)
def test_directions_that_are_none_are_refused(direction: Any, count: int):
    assert refused("directional", panel(), direction=direction) == ["directional.direction"] * count


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ({"returns": "nirs"}, ["directional.returns"]),
        ({"returns": "ndrs"}, ["directional.returns"]),
        ({"returns": "vrs"}, ["directional.direction"]),
        ({"returns": "crs", "disposability": "kuosmanen"}, ["directional.returns"]),
        ({"returns": "nirs", "disposability": "kuosmanen"}, ["directional.returns"]),
    ],
    ids=str,
)
def test_technologies_that_do_not_exist_are_refused(options: dict[str, Any], codes: list[str]):
    assert refused("directional", panel(), **options) == codes


def test_without_bads_their_disposability_plays_no_part():
    scores = [
        directional(panel(bads=()), returns="nirs", disposability=d).scores for d in ("weak", "kuosmanen", "strong")
    ]
    assert scores[0] == scores[1] == scores[2]
