"""R21: approvals are restricted where use nears a cap, and suspended where it reaches it or is still owed."""

import pytest

from hetao.ledger.grants import Grant
from hetao.ledger.line import Line
from hetao.ledger.pressure import Pressure, pressures

PLAIN = {"basis": "withdrawal", "ecology": "excluded"}
GROUND = Line("groundwater", "withdrawal", "excluded")
CAP_M3 = 10_000


def by_rule(findings, rule="R21"):
    return [f for f in findings if f.rule == rule]


def texts_of(findings):
    return [text for f in findings for text in (f.text.zh, f.text.en)]


def publish(world, node, volume_m3, year=2025, water="groundwater", **fields):
    """Record a published use."""
    own = {"node": node, "water": water, "year": year, "volume_m3": volume_m3, "source": "公报"}
    return world.must("use", **{**PLAIN, **own, **fields})


def application(world, name="AP1"):
    return world.ledger.state().application(name)


@pytest.fixture
def near(world):
    """The world with a cap of 10 000 m³ on groundwater of banner A1, and a warning ratio of 0.90."""
    world.cap("A1", CAP_M3, "groundwater", 2020)
    world.setting("warning_ratio", "0.90")
    return world


@pytest.mark.parametrize(
    ("use_m3", "decision", "warned", "refused"),
    [(8_999, "admitted", 0, 0), (9_000, "admitted", 1, 0), (9_999, "admitted", 1, 0), (10_000, "refused", 0, 1)],
)
def test_the_ratio_of_use_to_cap_decides(near, use_m3, decision, warned, refused):
    publish(near, "A1", use_m3)
    outcome = near.apply()
    assert outcome.decision == decision
    assert (len(by_rule(outcome.warnings)), len(by_rule(outcome.refusals))) == (warned, refused)
    assert near.account("A1").permitted_m3 == (0 if refused else 1000)
    assert near.account("NM").permitted_m3 == (0 if refused else 1000)


def test_the_warning_gives_the_figures_and_the_ratio_as_it_was_set(near):
    publish(near, "A1", 9_999)
    (finding,) = by_rule(near.apply().warnings)
    assert finding.node == "A1"
    assert finding.facts == {
        "water": "groundwater",
        "ecology": "excluded",
        "year": 2025,
        "use_m3": 9_999,
        "limit_m3": 10_000,
        "warning_ratio": "0.90",
    }
    for text in texts_of([finding]):
        assert "99.99 %" in text
        assert "0.90" in text


def test_the_refusal_gives_the_figures(near):
    publish(near, "A1", 12_000)
    (finding,) = by_rule(near.apply().refusals)
    assert (finding.facts["use_m3"], finding.facts["limit_m3"], finding.facts["debt_m3"]) == (12_000, 10_000, 2_000)
    for text in texts_of([finding]):
        assert "12,000" in text
        assert "2,000" in text
    assert "暂停审批" in finding.text.zh


def test_metered_use_counts_as_published_use_does(near):
    near.permit("P1", 9_000)
    near.read("P1", 9_000, "2025-04-01", "2025-04-30")
    outcome = near.apply("AP1", 10)
    assert [f.facts["use_m3"] for f in by_rule(outcome.warnings)] == [9_000]


def test_without_known_use_nothing_is_said(near):
    assert by_rule(near.apply().warnings) == []


def test_nothing_used_is_no_reason_to_restrict(near):
    publish(near, "A1", 0)
    near.setting("warning_ratio", "0")
    assert by_rule(near.apply().warnings) == []


def test_without_a_warning_ratio_this_is_said_once_with_the_place_under_most_pressure(world):
    for node in ("A1", "A", "NM"):
        world.cap(node, CAP_M3, "groundwater", 2025)
    publish(world, "A1", 5_000)
    publish(world, "A", 9_500)
    publish(world, "NM", 100)
    outcome = world.apply()
    assert outcome.decision == "admitted"
    (finding,) = by_rule(outcome.warnings)
    assert (finding.node, finding.facts["use_m3"]) == ("A", 9_500)
    for text in texts_of([finding]):
        assert "warning_ratio" in text
        assert "95.00 %" in text


def test_without_a_warning_ratio_a_full_cap_still_suspends_and_no_more_is_said(world):
    for node in ("A1", "A"):
        world.cap(node, CAP_M3, "groundwater", 2025)
    publish(world, "A1", 10_000)
    publish(world, "A", 5_000)
    outcome = world.apply()
    assert [f.node for f in by_rule(outcome.refusals)] == ["A1"]
    assert by_rule(outcome.warnings) == []


def test_the_nearest_warning_ratio_holds(near):
    publish(near, "A1", 9_000)
    near.setting("warning_ratio", "95%", node="A")
    assert by_rule(near.apply().warnings) == []
    near.setting("warning_ratio", 0.85, node="A1")
    (finding,) = by_rule(near.apply("AP2").warnings)
    assert finding.facts["warning_ratio"] == "0.85"


def test_the_year_before_counts_where_the_running_one_is_not_known(near):
    publish(near, "A1", 9_500, 2024)
    (finding,) = by_rule(near.apply().warnings)
    assert finding.facts["year"] == 2024
    publish(near, "A1", 100)  # the running year's use is known in part only: it does not hide the year before
    (finding,) = by_rule(near.apply("AP2").warnings)
    assert finding.facts["year"] == 2024


def test_an_older_year_is_not_the_present_state(near):
    publish(near, "A1", 9_500, 2023)
    outcome = near.apply()
    assert (by_rule(outcome.warnings), by_rule(outcome.refusals)) == ([], [])


def test_a_debt_blocks_until_it_is_made_up_for(near):
    publish(near, "A1", 12_000, 2022)
    outcome = near.apply()
    (finding,) = by_rule(outcome.refusals)
    assert finding.facts == {"water": "groundwater", "ecology": "excluded", "year": 2025, "debt_m3": 2_000}
    assert all("2,000" in text for text in texts_of([finding]))
    publish(near, "A1", 8_001, 2024)
    (finding,) = by_rule(near.apply("AP2").refusals)
    assert (finding.facts["debt_m3"], finding.facts["use_m3"], finding.facts["year"]) == (1, 8_001, 2024)
    publish(near, "A1", 8_000, 2024)
    assert near.apply("AP3").decision == "admitted"
    assert near.account("A1").permitted_m3 == 1000


def test_a_debt_above_blocks_the_branch_and_no_other(near):
    near.cap("A", CAP_M3, "groundwater", 2020)
    publish(near, "A", 10_001, 2024)
    publish(near, "A", 9_000, 2023)
    assert [f.node for f in by_rule(near.apply("X", node="A2").refusals)] == ["A"]
    assert near.apply("Y", node="B1").decision == "admitted"


def test_use_after_the_running_year_is_not_looked_at(near):
    publish(near, "A1", 20_000, 2026)
    assert near.apply().decision == "admitted"


def test_a_cap_that_does_not_bind_use_is_not_compared(world):
    world.cap("A1", CAP_M3, "groundwater", 2020, binds=["permitted"])
    publish(world, "A1", 20_000)
    assert world.apply().decision == "admitted"


def test_the_cap_after_an_order_counts(near):
    publish(near, "A1", 5_000)
    order = {"node": "A1", "water": "groundwater", "from_": "2025-01-01", "to": "2025-12-31", "document": "文"}
    near.must("order", factor="0.5", **order)
    (finding,) = by_rule(near.apply(volume_m3=10).refusals)
    assert (finding.facts["use_m3"], finding.facts["limit_m3"]) == (5_000, 5_000)


def test_a_cap_of_nothing_under_which_something_was_used_is_full(near):
    near.cap("B1", 0, "groundwater", 2024)
    near.cap("B1", 5_000, "groundwater", 2025)
    publish(near, "B1", 1, 2024)
    (finding,) = by_rule(near.apply(node="B1").refusals)
    assert (finding.facts["use_m3"], finding.facts["limit_m3"]) == (1, 0)


def test_total_water_counts_as_well(near):
    near.cap("A1", CAP_M3, "total", 2025)
    publish(near, "A1", 9_000, water="total")
    assert [f.facts["water"] for f in by_rule(near.apply(water="surface").warnings)] == ["total"]


def test_ecological_supply_meets_only_caps_that_count_it(near):
    near.cap("A1", CAP_M3, "groundwater", 2025, ecology="included")
    publish(near, "A1", 10_000)
    assert near.apply("E", purpose="ecology").decision == "admitted"
    publish(near, "A1", 10_000, ecology="included")
    assert [f.facts["ecology"] for f in by_rule(near.apply("F", purpose="ecology").refusals)] == ["included"]


def test_the_highest_restricted_place_is_kept_on_the_application(near):
    publish(near, "A1", 9_000)
    assert near.apply("AP1").ok
    assert application(near).escalate == "A1"
    near.cap("A", CAP_M3, "groundwater", 2025)
    publish(near, "A", 9_500)
    assert near.apply("AP2").ok
    assert application(near, "AP2").escalate == "A"
    near.cap("YB", CAP_M3, "groundwater", 2025, issuer="NM")
    publish(near, "YB", 9_500)
    assert near.apply("AP3").ok
    assert application(near, "AP3").escalate == "YB"


@pytest.mark.parametrize("approver", ["A1", "A2", "A1u", "B"])
def test_approval_by_a_place_that_is_not_above_is_refused(near, approver):
    publish(near, "A1", 9_000)
    near.apply()
    outcome = near.post("approve", application="AP1", approver=approver)
    (finding,) = by_rule(outcome.refusals)
    assert finding.facts == {"approver": approver, "escalate": "A1", "allowed": ["A", "NM", "YB"]}
    for text in texts_of([finding]):
        assert "A, NM, YB" in text
    assert application(near).status == "admitted"


@pytest.mark.parametrize("approver", ["A", "NM", "YB"])
def test_approval_from_above_or_by_the_basin_passes(near, approver):
    publish(near, "A1", 9_000)
    near.apply()
    outcome = near.post("approve", application="AP1", approver=approver)
    assert outcome.ok
    assert by_rule((*outcome.warnings, *outcome.refusals)) == []
    assert application(near).escalate == "A1"


def test_an_approver_that_is_no_declared_place_cannot_be_checked(near):
    publish(near, "A1", 9_000)
    near.apply()
    outcome = near.must("approve", application="AP1", approver="水利部")
    (finding,) = by_rule(outcome.warnings)
    assert finding.facts["approver"] == "水利部"
    assert all("水利部" in text for text in texts_of([finding]))


def test_for_the_region_itself_nobody_declared_stands_above(near):
    near.cap("NM", CAP_M3, "groundwater", 2025)
    publish(near, "NM", 9_000)
    near.apply(node="B1")
    (finding,) = by_rule(near.post("approve", application="AP1", approver="NM").refusals)
    assert finding.facts == {"approver": "NM", "escalate": "NM", "allowed": []}
    assert "无" in finding.text.zh
    assert "none declared" in finding.text.en


def test_a_basin_without_parent_decides_for_itself(near):
    near.cap("YB", CAP_M3, "groundwater", 2025, issuer="NM")
    publish(near, "YB", 9_000)
    near.apply()
    assert by_rule(near.post("approve", application="AP1", approver="NM").refusals)
    assert near.post("approve", application="AP1", approver="YB").ok


def test_above_a_basin_within_a_basin_stands_the_wider_one(near):
    near.must("node", node="YB2", name="支流", kind="basin", parent="YB")
    near.must("node", node="A3", name="旗", kind="banner", parent="B", basins=["YB2"])
    near.cap("YB2", CAP_M3, "groundwater", 2025, issuer="YB")
    publish(near, "YB2", 9_000)
    near.apply(node="A3")
    (finding,) = by_rule(near.post("approve", application="AP1", approver="YB2").refusals)
    assert finding.facts["allowed"] == ["YB"]
    assert near.post("approve", application="AP1", approver="YB").ok


def test_the_basin_stands_above_the_region_for_what_lies_in_it(near):
    near.cap("NM", CAP_M3, "groundwater", 2025)
    publish(near, "NM", 9_000)
    near.apply()
    (finding,) = by_rule(near.post("approve", application="AP1", approver="NM").refusals)
    assert finding.facts["allowed"] == ["YB"]
    assert near.post("approve", application="AP1", approver="YB").ok


def test_an_application_without_escalation_may_be_approved_by_its_own_place(near):
    near.apply()
    assert near.post("approve", application="AP1", approver="A1").ok


def test_a_missing_approver_is_a_matter_of_the_contract(near):
    publish(near, "A1", 9_000)
    near.apply()
    assert [f.rule for f in near.post("approve", application="AP1").refusals] == ["event.missing_field"]


def test_an_application_that_was_referred_is_judged_when_its_approval_draws(near):
    near.setting("basin_reach_limit_m3", 10**9)
    near.zone("B", "overloaded", water="yellow_river")
    term = {"water": "yellow_river", "from_": "2025-07-01", "to": "2026-06-30"}
    assert near.apply(node="B1", transfer="水权转让协议", **term).decision == "referred"
    assert application(near).escalate == ""
    near.cap("B1", CAP_M3, "yellow_river", 2024)
    publish(near, "B1", 9_000, 2024, "yellow_river")
    outcome = near.post("approve", application="AP1", approver="B1")
    assert [f.facts["escalate"] for f in by_rule(outcome.refusals)] == ["B1"]
    assert [f.facts["use_m3"] for f in by_rule(outcome.warnings)] == [9_000]
    near.must("approve", application="AP1", approver="B")
    assert application(near).escalate == "B1"


def test_greater_changes_and_renewals_are_judged_and_need_a_higher_level(near):
    near.permit("P1", 1000)
    publish(near, "A1", 9_000)
    assert by_rule(near.must("change", permit="P1", volume_m3=900, approver="A1").warnings) == []
    outcome = near.post("change", permit="P1", volume_m3=950, approver="A1")
    assert [f.facts["escalate"] for f in by_rule(outcome.refusals)] == ["A1"]
    outcome = near.post("change", permit="P1", volume_m3=950)
    assert [f.node for f in by_rule(outcome.warnings)] == ["A1"]
    publish(near, "A1", 10_000)
    (finding,) = by_rule(near.post("renew", permit="P1", to="2035-03-31", approver="A").refusals)
    assert finding.facts["use_m3"] == 10_000
    assert by_rule(near.post("renew", permit="P1").warnings) == []


def test_a_permit_that_draws_on_more_years_than_were_approved_is_judged(near):
    near.apply("AP1")
    near.must("approve", application="AP1", approver="A")
    publish(near, "A1", 10_000)
    near.must("start_works", application="AP1")
    term = {"from_": "2025-04-01", "to": "2026-03-31"}
    outcome = near.post("accept_works", application="AP1", permit="P1", **term)
    assert [f.facts["use_m3"] for f in by_rule(outcome.refusals)] == [10_000]
    assert near.post("accept_works", application="AP1", permit="P1", from_="2025-04-01", to="2025-12-31").ok


def test_an_event_about_nothing_is_left_alone(near):
    publish(near, "A1", 10_000)
    outcome = near.post("approve", application="none", approver="A1")
    assert by_rule(outcome.refusals) == []


def test_time_raises_each_cap_once_near_it_and_once_at_it(near):
    publish(near, "A1", 8_999)
    assert by_rule(near.tick("2025-06-01").raised) == []
    publish(near, "A1", 9_000)
    (finding,) = by_rule(near.tick("2025-06-02").raised)
    assert (finding.node, finding.facts["use_m3"], finding.facts["warning_ratio"]) == ("A1", 9_000, "0.90")
    assert by_rule(near.tick("2025-06-03").raised) == []
    publish(near, "A1", 10_000)
    (finding,) = by_rule(near.tick("2025-06-04").raised)
    assert "warning_ratio" not in finding.facts
    assert by_rule(near.tick("2025-06-05").raised) == []
    publish(near, "A1", 9_500, 2026)
    assert len(by_rule(near.tick("2026-06-05").raised)) == 1


def test_time_raises_what_was_published_of_the_last_year(near):
    near.tick("2025-12-31")
    publish(near, "A1", 9_000)
    (finding,) = by_rule(near.tick("2026-02-01").raised)
    assert (finding.node, finding.facts["year"], finding.facts["use_m3"]) == ("A1", 2025, 9_000)
    publish(near, "A1", 10_000)
    publish(near, "A1", 9_500, 2026)
    raised = by_rule(near.tick("2026-02-02").raised)
    assert [(f.facts["year"], f.facts["use_m3"]) for f in raised] == [(2025, 10_000), (2026, 9_500)]
    assert by_rule(near.tick("2026-02-03").raised) == []


def test_what_was_published_two_years_ago_is_raised_no_more(near):
    near.tick("2026-12-31")
    publish(near, "A1", 10_000)
    assert by_rule(near.tick("2027-01-01").raised) == []


def test_time_raises_a_full_cap_without_a_warning_ratio_and_nothing_else(world):
    for node in ("A1", "A2"):
        world.cap(node, CAP_M3, "groundwater", 2025)
    publish(world, "A1", 10_000)
    publish(world, "A2", 9_999)
    assert [f.node for f in by_rule(world.tick("2025-06-01").raised)] == ["A1"]


def test_the_pressure_is_looked_at_once_for_a_place_and_line_over_all_years(near):
    publish(near, "A1", 9_000)
    state, grants = near.ledger.state(), [Grant(("A1", "groundwater", year), GROUND, 1, 1) for year in (2025, 2026)]
    (found,) = pressures(state, grants, "2025-03-03")
    assert found == Pressure("A1", GROUND, 2025, 9_000, 10_000, 0)
    assert list(pressures(state, grants, "2025-03-04")) == [found]
    assert list(pressures(state, grants, "2026-03-04")) == [found]
    assert list(pressures(state, grants, "2027-03-04")) == []


def test_use_under_another_cap_binding_nothing_leaves_no_figure_to_compare(near):
    near.cap("A1", 5_000, "groundwater", 2025, binds=["permitted"])
    publish(near, "A1", 9_000)
    assert near.apply().decision == "admitted"
    publish(near, "A1", 10_001, 2024)
    (finding,) = by_rule(near.apply("AP2").refusals)
    assert (finding.facts["debt_m3"], finding.facts["year"]) == (1, 2024)


def test_metered_ecological_supply_is_no_use_of_a_cap_without_it(near):
    near.cap("NM", 10**9, "groundwater", 2020, ecology="included")
    near.permit("P1", 9_500, purpose="ecology")
    near.read("P1", 9_500, "2025-04-01", "2025-04-30")
    outcome = near.apply("AP1", 10)
    assert by_rule((*outcome.warnings, *outcome.refusals)) == []


def test_what_is_given_back_is_no_grant(near):
    near.permit("P1", 1000)
    publish(near, "A1", 10_000)
    assert by_rule(near.post("change", permit="P1", volume_m3=990).refusals) == []
