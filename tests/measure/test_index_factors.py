"""The factors of every index: what multiplies (or adds) to it, and nothing else."""

from __future__ import annotations

from inspect import signature
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hetao import Panel, measure
from hetao.measure import IndexResult
from hetao.measure.productivity.words import part_words
from hetao.text import Text

FAMILY = sorted(
    name
    for name in measure.__all__
    if str(getattr(getattr(measure, name), "__annotations__", {}).get("return")) == "IndexResult"
)
QUANTITIES = ["x1", "x2", "y1", "y2", "b"]
# an index that is not here is called as it is
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "malmquist": [
        {"returns": returns, "decomposition": decomposition, "reference": reference, "bias": bias}
        for returns, decomposition in (("crs", "fgnz"), ("vrs", "fgnz"), ("vrs", "ray-desli"))
        for reference in ("contemporaneous", "sequential", "global", "biennial", 2)
        for bias in (False, True)
        if not (bias and (decomposition == "ray-desli" or reference in ("global", "biennial")))
    ],
    "malmquist_luenberger": [{"reference": r} for r in ("contemporaneous", "global", "biennial")],
    "sbm_malmquist": [{"reference": r} for r in ("global", "biennial")],
    "luenberger": [{}, {"reference": "global"}, {"weights": {"x1": 1.0, "y1": 2.0, "b": 1.0}, "reference": "global"}],
    "luenberger_hicks_moorsteen": [{"returns": r} for r in ("crs", "vrs")],
    "hicks_moorsteen": [{"returns": r} for r in ("crs", "vrs")],
    "fare_primont": [{}, {"returns": "crs"}, {"decomposition": "output-mix"}, {"decomposition": "input-mix"}],
    "two_stage_malmquist": [{"links": "y1", "priority": p} for p in ("first", "second")],
    "fisher": [{}, {"multilateral": True}],
    "tornqvist": [{}, {"multilateral": True}],
    "growth_accounting": [{}, {"shares": {"x1": "rest"}, "quality": {"x1": "x2"}}],
}
CASES = [(name, options) for name in FAMILY for options in OPTIONS.get(name, [{}])]
NAMED = [pytest.param(n, o, id=" ".join([n, *(f"{k}={v}" for k, v in o.items())])) for n, o in CASES]


def panel(made: dict[str, list[Any]], name: str) -> Panel:
    """Return a panel with all that an index may ask for; growth accounting takes one output only."""
    outputs = ["y1"] if name == "growth_accounting" else ["y1", "y2"]
    prices = {quantity: f"p_{quantity}" for quantity in ("x1", "x2", *outputs)}
    return Panel(made, unit="u", period="t", group="g", inputs=["x1", "x2"], outputs=outputs, bads="b", prices=prices)


@st.composite
def data(draw: st.DrawFn) -> dict[str, list[Any]]:
    """Draw three periods of four units, some of which are not seen throughout."""
    keys = [(u, t) for t in range(3) for u in range(4) if not (u == 3 and t == draw(st.integers(0, 5)))]
    made: dict[str, list[Any]] = {
        "u": [f"u{u}" for u, _ in keys],
        "t": [t for _, t in keys],
        "g": [u % 2 for u, _ in keys],
    }
    for name in (*QUANTITIES, *(f"p_{q}" for q in QUANTITIES)):
        amount = st.integers(2, 60).map(lambda n: n / 4)
        made[name] = draw(st.lists(amount, min_size=len(keys), max_size=len(keys)))
    return made


def test_the_whole_family_is_there():
    assert {"malmquist", "luenberger", "fisher", "growth_accounting", "metafrontier_index"} < set(FAMILY)
    assert set(OPTIONS) <= set(FAMILY)
    assert all(signature(getattr(measure, name)).parameters["panel"] for name in FAMILY)


@pytest.mark.parametrize(("name", "options"), NAMED)
@settings(max_examples=6)
@given(made=data())
def test_the_factors_make_the_whole(name: str, options: dict[str, Any], made: dict[str, list[Any]]):
    result: IndexResult = getattr(measure, name)(panel(made, name), **options)
    assert result.factors
    assert set(result.factors) <= set(result.values) - {result.whole}
    assert set(result.factors.values()) <= {1, -1}
    powers, columns = list(result.factors.values()), np.array([result.values[n] for n in result.factors])
    if result.growth == "ratio":
        made_of = np.prod(columns ** np.array(powers)[:, None], axis=0)
    else:
        made_of = np.array(powers) @ columns
    assert made_of == pytest.approx(result.values[result.whole], rel=1e-9, abs=1e-12, nan_ok=True)
    on_scale = np.log(result.values[result.whole]) if result.growth == "ratio" else result.values[result.whole]
    assert np.sum(list(result.terms.values()), axis=0) == pytest.approx(on_scale, rel=1e-9, abs=1e-12, nan_ok=True)
    if result.whole == "index":  # growth accounting makes the growth of output, of which the index is a part
        assert set(result.factors) < set(result.values)


FINEST = {
    ("crs", "fgnz", False): ["efficiency_change", "technical_change"],
    ("crs", "fgnz", True): ["efficiency_change", "technical_magnitude", "technical_bias"],
    ("vrs", "fgnz", False): ["technical_change", "pure_efficiency_change", "scale_change"],
    ("vrs", "fgnz", True): ["technical_magnitude", "technical_bias", "pure_efficiency_change", "scale_change"],
    ("vrs", "ray-desli", False): ["pure_efficiency_change", "technical_change", "scale_change"],
}


@pytest.mark.parametrize("split", FINEST)
def test_malmquist_gives_the_finest_split_that_it_was_asked_for(split: tuple[str, str, bool]):
    rows = {"u": ["a", "b"] * 2, "t": [1, 1, 2, 2], "x": [1.0, 2.0, 1.0, 2.0], "y": [1.0, 3.0, 2.0, 4.0]}
    returns, decomposition, bias = split
    result = measure.malmquist(
        Panel(rows, unit="u", period="t", inputs="x", outputs="y"),
        returns=returns,
        decomposition=decomposition,
        bias=bias,
    )
    assert list(result.factors) == FINEST[split]


def test_each_call_says_its_own():
    random = np.random.default_rng(4)
    made: dict[str, Any] = {"u": ["a", "b", "c"] * 2, "t": [1] * 3 + [2] * 3, "g": [1, 1, 2] * 2}
    made |= {name: random.uniform(1, 2, 6) for name in (*QUANTITIES, *(f"p_{q}" for q in QUANTITIES))}

    def of(name: str, **options: Any) -> dict[str, int]:
        return dict(getattr(measure, name)(panel(made, name), **options).factors)

    assert of("two_stage_malmquist", links="y1") == {"stage_1_change": 1, "stage_2_change": 1}
    assert of("hicks_moorsteen") == {"efficiency_change": 1, "technical_scale_mix_change": 1}
    assert of("lowe") == {"output_change": 1, "input_change": -1}
    parts = ("technical_change", "efficiency_change", "scale_change", "residual_mix_change")
    assert of("fare_primont") == dict.fromkeys(parts, 1)
    mixed = ("technical_change", "efficiency_change", "mix_change", "residual_scale_change")
    assert of("fare_primont", decomposition="input-mix") == dict.fromkeys(mixed, 1)
    assert of("luenberger_hicks_moorsteen") == {"efficiency_change": 1, "technical_scale_mix_change": 1}
    assert of("growth_accounting") == {"index": 1, "contribution(x1)": 1, "contribution(x2)": 1}


def test_every_part_has_words_in_both_languages():
    names = {n for name, options in CASES for n in _values(name, options)}
    for name in names:
        words = part_words(name)
        assert words.zh != words.en, name
    assert part_words("contribution(资本)") == Text("资本 的贡献", "contribution of 资本")
    assert part_words("change(a(b))").en == "change of a(b)"
    assert part_words("some_new_part") == Text("some_new_part", "some new part")
    assert part_words("some(thing)").en == "some(thing)"


def _values(name: str, options: dict[str, Any]) -> list[str]:
    random = np.random.default_rng(5)
    made: dict[str, Any] = {"u": ["a", "b", "c"] * 3, "t": [1] * 3 + [2] * 3 + [3] * 3, "g": [1, 1, 2] * 3}
    made |= {q: random.uniform(1, 2, 9) for q in (*QUANTITIES, *(f"p_{q}" for q in QUANTITIES))}
    return list(getattr(measure, name)(panel(made, name), **options).values)


def test_factors_are_kept_by_a_pickle_and_cannot_be_changed():
    import pickle

    rows = {"u": ["a", "a"], "t": [1, 2], "x": [1.0, 1.0], "y": [1.0, 2.0]}
    result = measure.malmquist(Panel(rows, unit="u", period="t", inputs="x", outputs="y"))
    again = pickle.loads(pickle.dumps(result))
    assert (dict(again.factors), again.whole) == (dict(result.factors), "index")
    with pytest.raises(TypeError):
        result.factors["index"] = 1  # type: ignore[index]
