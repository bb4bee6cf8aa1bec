"""Tiles: complete, never two on one place, neighbours near each other."""

import pytest

from hetao.errors import FiguresError
from hetao.report import tiles

LEAGUES = [*(f"150{league}00" for league in range(1, 10)), "152200", "152500", "152900"]


def test_the_country_and_the_leagues_are_complete():
    provinces = [region for region in tiles.layout() if region.endswith("0000")]
    assert len(provinces) == 34
    assert {"540000", "710000", "810000", "820000"} <= set(provinces)
    assert set(tiles.layout()) - set(provinces) == set(LEAGUES)


def test_no_two_tiles_share_a_place():
    assert len(set(tiles.layout().values())) == len(tiles.layout())


def test_places_begin_at_zero_for_any_choice():
    for chosen in (LEAGUES, ["150600", "150300"], list(tiles.layout())):
        places = tiles.place(chosen).values()
        assert min(row for row, _ in places) == 0
        assert min(column for _, column in places) == 0
    assert tiles.place([]) == {}


@pytest.mark.parametrize(
    ("north", "south"),
    [("150000", "140000"), ("110000", "130000"), ("230000", "210000"), ("640000", "610000"), ("150700", "152200")],
)
def test_north_is_above_south(north, south):
    places = tiles.place([north, south])
    assert places[north][0] < places[south][0]


@pytest.mark.parametrize(
    ("west", "east"), [("650000", "620000"), ("540000", "510000"), ("152900", "150800"), ("150600", "150400")]
)
def test_west_is_left_of_east(west, east):
    places = tiles.place([west, east])
    assert places[west][1] < places[east][1]


def test_every_unknown_region_is_named_at_once():
    with pytest.raises(FiguresError) as caught:
        tiles.place(["150000", "999999", "x"])
    assert [problem.place.item for problem in caught.value.problems] == ["999999", "x"]
