"""R41: an approval lapses after three years without works, and what it drew goes back."""

import pytest

from hetao.ledger.line import Line


def raised(world, day):
    return [f for f in world.tick(day).raised if f.rule == "R41"]


@pytest.fixture
def approved(world):
    """The world with one application approved on 2025-03-03, for the years 2025 to 2030."""
    world.apply(to="2030-12-31")
    world.must("approve", application="AP1", approver="NM")
    return world


def drawn(world):
    state, line = world.ledger.state(), Line("groundwater", "withdrawal", "excluded")
    return [state.amount_m3("A1", line, "permitted", year) for year in (2027, 2028, 2029, 2030)]


def test_on_the_last_day_it_lives_and_on_the_day_after_it_has_lapsed(approved):
    assert [f.facts["lapses"] for f in raised(approved, "2028-03-03")] == ["2028-03-04"]  # announced
    assert drawn(approved) == [1000] * 4
    assert approved.ledger.state().application("AP1").status == "approved"
    (finding,) = raised(approved, "2028-03-04")
    assert finding.facts == {
        "application": "AP1",
        "decided": "2025-03-03",
        "last_day": "2028-03-03",
        "lapses": "2028-03-04",
        "volume_m3": 1000,
    }
    assert "失效" in finding.text.zh
    assert "lapsed" in finding.text.en
    lapsed = approved.ledger.state().application("AP1")
    assert (lapsed.status, sum(c.volume_m3 for c in lapsed.charges if c.year >= 2028)) == ("lapsed", 0)
    assert drawn(approved) == [1000, 0, 0, 0]
    assert approved.account("NM", "total", 2028).permitted_m3 == 0
    assert raised(approved, "2028-03-05") == []
    assert drawn(approved) == [1000, 0, 0, 0]


def test_the_lapse_is_announced_once_from_ninety_days_before(approved):
    assert raised(approved, "2027-12-03") == []
    (finding,) = raised(approved, "2027-12-04")
    assert finding.facts["last_day"] == "2028-03-03"
    assert "2028-03-04" in finding.text.zh
    assert "2028-03-04" in finding.text.en
    assert raised(approved, "2027-12-05") == []


def test_works_that_began_keep_the_approval_alive(approved):
    approved.at = "2028-03-03T23:00:00+08:00"
    approved.must("start_works", application="AP1")
    assert raised(approved, "2029-01-01") == []
    assert drawn(approved) == [1000] * 4
    accepted = approved.post("accept_works", application="AP1", permit="P1", from_="2029-01-01", to="2030-12-31")
    assert "R41" not in [f.rule for f in accepted.refusals]


def test_what_is_not_approved_does_not_lapse(world):
    world.apply(to="2030-12-31")
    assert raised(world, "2029-01-01") == []


@pytest.mark.parametrize("event", ["start_works", "accept_works"])
@pytest.mark.parametrize(("day", "ok"), [("2028-03-03", True), ("2028-03-04", False)])
def test_nobody_builds_on_an_approval_that_has_lapsed(approved, event, day, ok):
    approved.at = f"{day}T09:00:00+08:00"
    more = {"permit": "P1", "from_": "2028-04-01", "to": "2030-12-31"} if event == "accept_works" else {}
    outcome = approved.post(event, application="AP1", **more)
    assert ("R41" not in [f.rule for f in outcome.refusals]) == ok
    assert drawn(approved)[1:] == [1000] * 3


def test_after_a_lapse_a_new_application_may_come(approved):
    raised(approved, "2028-03-04")
    term = {"from_": "2028-04-01", "to": "2032-12-31"}
    assert [f.rule for f in approved.apply(**term).refusals] == ["application.exists"]
    assert approved.apply("AP2", **term).decision == "admitted"
    approved.must("approve", application="AP2", approver="NM")
    assert drawn(approved)[1:] == [1000] * 3
    assert raised(approved, "2031-03-04") != []
    assert [f.facts["decided"] for f in raised(approved, "2031-03-05")] == ["2028-03-04"]
