"""The register, vintages, and the view after choosing between them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from hetao.errors import AmbiguityError, FiguresError
from hetao.figures import Panel, Register

Load = Callable[..., Register]

TEXT = """region,period,indicator,value,unit,source,note
NM,2020,population,2400,万人,old,
NM,2021,population,2410,万人,old,
NM,2020,population,2405,万人,new,
NM,2022,population,—,万人,new,
NM,2022,population,2390,万人,old,
NM,2020,gdp_real,17000,亿元,a,
NM,2021,gdp_real,,亿元,a,
SC,2020,gdp_real,48000,亿元,b,
SC,2020Q1,gdp_real,11000,亿元,b,
"""


@pytest.fixture
def register(load: Load) -> Register:
    return load(TEXT)


def test_the_same_figure_of_two_sources_is_kept_twice(register: Register) -> None:
    same = [f for f in register if (f.region, f.period, f.indicator) == ("NM", 2020, "population")]
    assert [(f.source, f.value) for f in same] == [("new", 24_050_000), ("old", 24_000_000)]
    assert register.sources_of("population") == ("new", "old")
    assert len(register) == 9


def test_several_vintages_without_a_choice_are_refused_with_the_remedy(register: Register) -> None:
    with pytest.raises(AmbiguityError, match="2 figures of 'population' from several sources") as caught:
        register.choose()
    (problem,) = caught.value.problems
    assert problem.code == "figures.ambiguous_vintage"
    assert "new, old" in problem.found.zh
    assert 'population = "new"' in problem.remedy.en


def test_wrong_choices_are_told_together_with_open_ones(register: Register) -> None:
    with pytest.raises(AmbiguityError) as caught:
        register.choose({"gdp_real": "c", "popullation": "new"})
    codes = [p.code for p in caught.value.problems]
    assert codes == ["figures.ambiguous_vintage", "figures.unknown_choice", "figures.unknown_choice"]
    assert "one of: a, b" in str(caught.value)
    assert "did you mean population" in str(caught.value)
    with pytest.raises(FiguresError) as caught_:
        register.choose({"population": "new", "gdp_real": "c"})
    assert not isinstance(caught_.value, AmbiguityError)


def test_nothing_is_filled_from_another_source_in_silence(register: Register) -> None:
    chosen = register.choose({"population": "new"})
    assert dict(chosen.choices) == {"population": "new"}
    assert chosen.value("NM", 2020, "population") == 24_050_000
    assert chosen.value("NM", 2021, "population") is None
    assert [(f.period, f.source) for f in chosen.left_out] == [(2021, "old"), (2022, "old")]
    assert [(f.period, f.source) for f in register.choose({"population": "old"}).left_out] == []


def test_the_view_gives_figures_values_and_series(register: Register) -> None:
    chosen = register.choose({"population": "new"})
    assert len(chosen.figures) == 6
    figure = chosen.figure("NM", 2022, "population")
    assert figure is not None
    assert figure.marker == "—"
    assert chosen.figure("SC", 1900, "population") is None
    assert [f.period for f in chosen.series("NM", "population")] == [2020, 2022]
    assert [f.period for f in chosen.series("SC", "gdp_real")] == [2020, "2020Q1"]
    assert chosen.series("SC", "population") == ()
    latest = chosen.latest("NM", "population")
    assert latest is not None
    assert latest.period == 2020
    assert chosen.latest("SC", "population") is None


def test_wide_columns_hold_complete_rows_and_list_every_gap(register: Register) -> None:
    chosen = register.choose({"population": "new"})
    columns, missing = chosen.wide(["population", "gdp_real"], ["NM", "SC"], [2020, 2021, 2022])
    assert columns == {"region": ["NM"], "period": [2020], "population": [24_050_000.0], "gdp_real": [17000.0]}
    told = {(region, period, indicator): text.en for region, period, indicator, text in missing}
    assert told[("NM", 2021, "population")] == (
        "no figure; not given by the chosen source new, given by old, which is not used"
    )
    assert told[("NM", 2022, "population")].startswith("marked '—' by the source new; not given by")
    assert told[("NM", 2021, "gdp_real")] == "blank in the source a"
    assert told[("SC", 2021, "gdp_real")] == "no figure"
    assert len(missing) == 9
    panel = Panel(columns, unit="region", period="period", inputs="population", outputs="gdp_real")
    assert panel.Y.tolist() == [[17000.0]]


def test_registers_are_immutable_sorted_and_joined(register: Register, load: Load) -> None:
    other = load("region,period,indicator,value,unit,source\nNM,2019,population,2390,万人,old\n")
    joined = register.joined_with(other)
    assert len(joined) == 10
    assert list(joined) == sorted(joined, key=lambda f: f.order)
    assert len(register) == 9
    with pytest.raises(FiguresError, match="already at"):
        joined.joined_with(other)
    with pytest.raises(AttributeError):
        register.figures = ()  # type: ignore[misc]


def test_values_are_exact(load: Load) -> None:
    (figure,) = load("region,period,indicator,value,unit,source\nNM,2020,land_area,0.1,亩,a\n")
    assert figure.value == Fraction(1, 10) * Fraction(2000, 3) / 10**6
