"""R56: what a holder may sell, to whom and for how long; and that a trade nets to zero."""

from dataclasses import replace

import pytest

from hetao.ledger.event import read_event
from hetao.ledger.judge import judge
from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, rules

TERM = {"from_": "2026-01-01", "term_to": "2027-12-31"}


def by_r56(findings):
    return [f for f in findings if f.rule == "R56"]


def save(world, permit, volume_m3):
    return world.must("certify_saving", permit=permit, volume_m3=volume_m3, document="文", approver="NM")


def sell(world, volume_m3, kind="withdrawal_right", start="2026-01-01", end="2027-12-31", **fields):
    own = {"kind": kind, "from_": "S", "to": "B", "volume_m3": volume_m3, "term_from": start, "term_to": end}
    return world.post("transfer", **{**own, "document": "文", "platform_number": "GJ-1", **fields})


@pytest.fixture
def pair(world):
    """Return the world with a seller at A1 (1000 m³, 300 m³ saved) and a buyer at B1 (500 m³)."""
    world.permit("S", 1000, "A1")
    world.permit("B", 500, "B1")
    save(world, "S", 300)
    return world


def permitted(world, year=2026):
    found = world.ledger.accounts(water="groundwater", basis="withdrawal", ecology="excluded", year=year)
    return {a.node: a.permitted_m3 for a in found if a.permitted_m3 and a.node != "YB"}


def reasons(outcome):
    assert outcome.decision == "refused"
    for finding in by_r56(outcome.refusals):
        assert finding.text.zh
        assert finding.text.en
    return [f.facts for f in by_r56(outcome.refusals)]


def test_a_saving_is_sold_up_to_its_volume_and_once_only(pair):
    assert sell(pair, 200).ok
    assert permitted(pair) == {"A1": 800, "A": 800, "B1": 700, "B": 700, "NM": 1500}
    assert permitted(pair, 2025) == permitted(pair, 2028) == {"A1": 1000, "A": 1000, "B1": 500, "B": 500, "NM": 1500}
    assert reasons(sell(pair, 101)) == [{"permit": "S", "volume_m3": 101, "saving_m3": 100, "over_m3": 1}]
    assert sell(pair, 100).ok
    assert permitted(pair)["A1"] == 700


def test_what_is_unused_but_not_saved_is_not_sold(world):
    world.permit("S", 1000, "A1")
    world.permit("B", 500, "B1")
    before = permitted(world)
    assert reasons(sell(world, 1)) == [{"permit": "S", "volume_m3": 1, "saving_m3": 0, "over_m3": 1}]
    assert permitted(world) == before


@pytest.mark.parametrize(
    ("start", "end", "outside"),
    [
        ("2025-04-01", "2030-03-31", []),
        ("2025-03-31", "2030-03-31", ["S", "B"]),
        ("2025-04-01", "2030-04-01", ["S", "B"]),
    ],
)
def test_the_term_lies_within_both_permits(pair, start, end, outside):
    outcome = sell(pair, 10, start=start, end=end)
    assert outcome.ok is not bool(outside)
    if outside:
        assert [(f["permit"], f["permit_from"], f["permit_to"]) for f in reasons(outcome)] == [
            (permit, "2025-04-01", "2030-03-31") for permit in outside
        ]


def test_without_a_last_day_it_lasts_as_long_as_both_permits(world):
    world.permit("S", 1000, "A1")
    world.permit("B", 500, "B1", to="2027-12-31")
    save(world, "S", 300)
    assert sell(world, 10, end=None).ok
    assert [permitted(world, year)["A1"] for year in (2026, 2027, 2028)] == [990, 990, 1000]
    (found,) = reasons(sell(world, 10, end="2028-01-01"))
    assert found["permit"] == "B"


def test_a_trade_is_of_one_water(pair):
    pair.permit("R", 500, "B1", water="surface")
    assert reasons(sell(pair, 10, to="R")) == [{"sold": "groundwater", "bought": "surface"}]


def test_no_year_is_sold_beyond_its_limit(pair):
    save(pair, "S", 5000)
    assert sell(pair, 600, start="2027-01-01", end="2027-12-31").ok
    assert reasons(sell(pair, 401)) == [{"permit": "S", "year": 2027, "volume_m3": 401, "left_m3": 400, "over_m3": 1}]
    assert sell(pair, 400).ok


def test_permits_of_one_place_trade_without_any_change_there(world):
    world.permit("S", 1000, "A1")
    world.permit("B", 500, "A1")
    save(world, "S", 300)
    outcome = sell(world, 200)
    assert outcome.ok
    assert not outcome.effects


@pytest.fixture
def irrigators(world):
    """Return the world with two irrigators' permits, 400 m³ of the seller's 1000 used in 2026."""
    world.permit("S", 1000, "A1", purpose="irrigation")
    world.permit("B", 500, "A2", purpose="agriculture")
    world.at = "2026-06-30T09:00:00+08:00"
    assert world.read("S", 400, "2026-06-01", "2026-06-30").ok
    return world


@pytest.mark.parametrize(("volume_m3", "over_m3"), [(600, None), (601, 1)])
def test_irrigators_trade_what_is_left_of_the_year_without_a_certificate(irrigators, volume_m3, over_m3):
    outcome = sell(irrigators, volume_m3, "irrigation", "2026-07-01", "2026-10-31")
    assert outcome.ok is (over_m3 is None)
    if over_m3:
        assert reasons(outcome) == [{"permit": "S", "year": 2026, "volume_m3": 601, "left_m3": 600, "over_m3": 1}]
        assert permitted(irrigators)["A1"] == 1000
    else:
        assert (permitted(irrigators)["A1"], permitted(irrigators, 2027)["A1"]) == (400, 1000)


def test_more_than_the_year_used_leaves_nothing_to_trade(irrigators):
    assert irrigators.read("S", 700, "2026-06-30", "2026-06-30", meter="M2").ok
    (found,) = reasons(sell(irrigators, 1, "irrigation", "2026-07-01", "2026-10-31"))
    assert (found["left_m3"], found["over_m3"]) == (0, 1)


def test_irrigators_trade_within_one_year(irrigators):
    (season, limit) = reasons(sell(irrigators, 601, "irrigation", "2026-07-01", "2027-01-01"))
    assert season == {"term_from": "2026-07-01", "term_to": "2027-01-01"}
    assert limit["left_m3"] == 600
    (season,) = reasons(sell(irrigators, 1, "irrigation", "2026-07-01", None))
    assert season["term_to"] == "2030-03-31"


def test_only_irrigators_trade_as_such(irrigators):
    irrigators.permit("F", 500, "A2", from_="2026-07-01", to="2030-03-31")
    save(irrigators, "F", 100)
    assert reasons(sell(irrigators, 1, "irrigation", "2026-07-01", "2026-10-31", to="F")) == [
        {"permit": "F", "purpose": "industry"}
    ]
    assert reasons(sell(irrigators, 1, "irrigation", "2026-07-01", "2026-10-31", from_="F", to="B")) == [
        {"permit": "F", "purpose": "industry"}
    ]


def tampered(world, change):
    """Judge a lawful sale of 200 m³ whose draft was changed, by R56 alone."""
    event = read_event(
        {
            "event": "transfer",
            "key": "t",
            "at": world.at,
            "by": "tester",
            "kind": "withdrawal_right",
            "from": "S",
            "to": "B",
            "volume_m3": 200,
            "term_from": "2026-01-01",
            "term_to": "2027-12-31",
            "platform_number": "GJ-1",
            "document": "文",
        }
    )
    state = world.ledger._current()
    outcome, fitted, draft = judge(state, event, 99, None)
    assert outcome.ok
    change(draft.draws)
    found = Findings()
    rules()["r56"].check(Case(fitted, (), state, replace(draft)), found)
    return by_r56(found.refusals)


def test_postings_that_do_not_net_to_zero_are_refused(pair):
    assert not tampered(pair, lambda draws: None)
    (more,) = tampered(pair, lambda draws: draws["B1", "groundwater", 2026].__setitem__(0, 201))
    assert (more.node, more.facts) == (
        "B1",
        {"water": "groundwater", "year": 2026, "due_m3": 200, "posted_m3": 201},
    )
    (gone,) = tampered(pair, lambda draws: draws.pop(("A1", "total", 2027)))
    assert (gone.node, gone.facts["posted_m3"]) == ("A1", 0)
    (above,) = tampered(pair, lambda draws: draws["NM", "groundwater", 2026].__setitem__(3, -1))
    assert (above.node, above.facts["due_m3"], above.facts["posted_m3"]) == ("NM", 0, -1)
    (later,) = tampered(pair, lambda draws: draws.__setitem__(("A2", "groundwater", 2031), [5, 0, 0, 0, 0, 0]))
    assert (later.node, later.facts["due_m3"]) == ("A2", 0)
    assert later.text.zh
    assert later.text.en
