"""R22 to R25: where groundwater is not granted, whatever the headroom."""

import pytest

from scenes import assert_worded, by_rule


def untouched(world):
    return not any(account.permitted_m3 for account in world.ledger.accounts())


# R22


def test_groundwater_from_a_prohibited_zone_is_refused(world):
    world.zone("A", "prohibited", water="groundwater")
    outcome = world.apply()
    assert outcome.decision == "refused"
    (finding,) = by_rule(outcome.refusals, "R22")
    assert finding.node == "A1"
    assert finding.facts == {"zone": "A", "since": "2020-01-01", "document": "文", "volume_m3": 1000}
    assert_worded(finding, "地A1", "地A", "1,000", "2020-01-01")
    assert untouched(world)


def test_a_prohibited_zone_on_a_basin_binds_too(world):
    world.zone("YB", "prohibited")
    assert by_rule(world.apply().refusals, "R22")
    assert world.apply("AP2", node="B1").ok


def test_other_water_other_places_and_other_days_are_free(world):
    world.zone("A1", "prohibited", water="groundwater", from_="2025-01-01", to="2025-03-02")
    world.zone("A2", "prohibited", water="groundwater")
    assert by_rule(world.apply().refusals, "R22") == []
    assert by_rule(world.apply("AP2", node="A2", water="surface").refusals, "R22") == []


@pytest.mark.parametrize(
    "fields", [{"emergency": True}, *({"purpose": p} for p in ("monitoring", "exploration", "public_safety"))]
)
def test_emergencies_public_danger_and_tests_are_left_out(world, fields):
    world.zone("A", "prohibited", water="groundwater")
    world.zone("A", "restricted", water="groundwater")
    outcome = world.apply(**fields)
    assert by_rule(outcome.refusals, "R22") == by_rule(outcome.refusals, "R23") == []
    assert outcome.ok


def test_a_household_well_needs_no_permit_but_not_in_a_prohibited_zone(world):
    assert world.apply("H1", 100, purpose="domestic").decision == "exempt"
    world.zone("A", "prohibited", water="groundwater")
    outcome = world.apply("H2", 100, purpose="domestic")
    assert outcome.decision == "refused"
    assert by_rule(outcome.refusals, "R22")
    assert world.account("A1").used_m3 == 100


def test_what_was_admitted_is_not_approved_once_the_zone_is_prohibited(world):
    world.apply()
    world.zone("A", "prohibited", water="groundwater")
    assert by_rule(world.post("approve", application="AP1", approver="NM").refusals, "R22")


def test_a_permit_in_a_prohibited_zone_neither_grows_nor_goes_on(world):
    world.permit()
    world.zone("A", "prohibited", water="groundwater")
    assert by_rule(world.post("change", permit="P1", volume_m3=1001).refusals, "R22")
    assert by_rule(world.post("renew", permit="P1", to="2035-03-31").refusals, "R22")
    assert by_rule(world.post("renew", permit="P1").refusals, "R22") == []
    assert world.post("change", permit="P1", volume_m3=999).ok
    assert world.post("change", permit="P1", holder="别人").ok


def test_a_well_granted_for_public_safety_is_not_put_to_other_use(world):
    world.zone("A", "prohibited", water="groundwater")
    world.zone("A", "restricted", water="groundwater")
    world.permit(purpose="public_safety")
    outcome = world.post("change", permit="P1", purpose="industry")
    assert by_rule(outcome.refusals, "R22")
    assert by_rule(outcome.refusals, "R23")
    assert world.post("change", permit="P1", holder="别人").ok


def test_an_approval_of_nothing_is_left_to_the_contract(world):
    world.zone("A", "prohibited", water="groundwater")
    outcome = world.post("approve", application="none", approver="NM")
    assert [f.rule for f in outcome.refusals] == ["application.unknown"]


# R23


@pytest.mark.parametrize("project", ["new", "rebuilt", "expanded", "none"])
def test_new_groundwater_in_a_restricted_zone_is_refused(world, project):
    world.zone("A1", "restricted", water="groundwater")
    outcome = world.apply(project=project)
    assert outcome.decision == "refused"
    (finding,) = by_rule(outcome.refusals, "R23")
    assert finding.facts == {"zone": "A1", "since": "2020-01-01", "document": "文", "volume_m3": 1000}
    assert_worded(finding, "地A1", "1,000", "2020-01-01")
    assert untouched(world)


def test_what_continues_in_a_restricted_zone_is_not_new(world):
    world.zone("A1", "restricted", water="groundwater")
    assert world.apply(project="continuing").ok
    assert world.post("approve", application="AP1", approver="NM").ok
    assert by_rule(world.apply("AP2", water="surface").refusals, "R23") == []


def test_an_application_is_not_approved_once_the_zone_is_restricted(world):
    world.apply()
    world.zone("A1", "restricted", water="groundwater")
    assert by_rule(world.post("approve", application="AP1", approver="NM").refusals, "R23")


def test_a_permit_in_a_restricted_zone_does_not_grow(world):
    world.permit()
    world.zone("A1", "restricted", water="groundwater")
    assert by_rule(world.post("change", permit="P1", volume_m3=1001).refusals, "R23")
    assert by_rule(world.post("renew", permit="P1", to="2035-03-31", volume_m3=1001).refusals, "R23")
    assert world.post("change", permit="P1", volume_m3=999).ok
    assert by_rule(world.post("renew", permit="P1", to="2035-03-31").refusals, "R23") == []


def plan(world, year, volume_m3):
    return by_rule(world.must("plan", permit="P1", year=year, volume_m3=volume_m3, approver="NM").warnings, "R23")


def test_a_plan_above_the_plan_of_the_year_before_is_flagged(world):
    world.permit()
    world.zone("A1", "restricted", water="groundwater")
    assert plan(world, 2025, 900) == []
    assert plan(world, 2026, 900) == []
    (finding,) = plan(world, 2026, 901)
    assert finding.facts == {
        "zone": "A1",
        "since": "2020-01-01",
        "document": "文",
        "permit": "P1",
        "year": 2026,
        "plan_m3": 901,
        "before_m3": 900,
        "before": "planned",
    }
    assert_worded(finding, "901", "900", "2026", "P1")


def test_without_a_plan_the_use_of_the_year_before_is_compared(world):
    world.permit()
    world.zone("A1", "restricted", water="groundwater")
    world.read("P1", 500, "2025-04-01", "2025-04-30")
    assert plan(world, 2026, 500) == []
    (finding,) = plan(world, 2026, 501)
    assert (finding.facts["before"], finding.facts["before_m3"]) == ("used", 500)
    assert_worded(finding, "501", "500")


def test_a_plan_before_the_zone_begins_or_outside_it_is_not_flagged(world):
    world.permit()
    world.zone("A2", "restricted", water="groundwater")
    assert plan(world, 2025, 500) == []
    assert plan(world, 2026, 600) == []
    world.zone("A1", "restricted", water="groundwater", from_="2027-01-01")
    assert plan(world, 2026, 700) == []
    assert len(plan(world, 2027, 701)) == 1


# R24


def test_where_the_network_suffices_no_own_well_is_approved(world):
    outcome = world.apply(public_supply_available=True)
    assert outcome.decision == "refused"
    (finding,) = by_rule(outcome.refusals, "R24")
    assert (finding.node, finding.facts) == ("A1", {"volume_m3": 1000})
    assert_worded(finding, "地A1", "1,000")
    assert untouched(world)


@pytest.mark.parametrize(
    "fields", [{"public_supply_available": False}, {}, {"public_supply_available": True, "water": "surface"}]
)
def test_where_it_does_not_suffice_or_for_other_water_nothing_is_said(world, fields):
    assert by_rule(world.apply(**fields).refusals, "R24") == []


# R25


@pytest.fixture
def short(world):
    """The world with A1 short of water, and chemistry an industry of high water use."""
    world.zone("A1", "water_short")
    world.setting("high_water_use_industries", ["化工", "火电"])
    return world


@pytest.mark.parametrize("project", ["new", "rebuilt", "expanded"])
def test_each_kind_of_construction_is_refused_whatever_the_headroom(short, project):
    outcome = short.apply(project=project, industry="化工")
    assert outcome.decision == "refused"
    (finding,) = by_rule(outcome.refusals, "R25")
    assert finding.facts == {"zones": ["water_short"], "project": project, "industry": "化工", "volume_m3": 1000}
    assert_worded(finding, "化工", "1,000", project)
    assert untouched(short)


@pytest.mark.parametrize("project", ["continuing", "none"])
def test_what_is_not_built_is_not_touched(short, project):
    outcome = short.apply(project=project, industry="化工")
    assert by_rule((*outcome.refusals, *outcome.warnings), "R25") == []
    assert outcome.ok


def test_a_fragile_area_counts_as_well_and_both_are_named(short):
    short.zone("A2", "fragile")
    (finding,) = by_rule(short.apply(node="A2", project="new", industry="火电").refusals, "R25")
    assert finding.facts["zones"] == ["fragile"]
    short.zone("A", "fragile")
    (finding,) = by_rule(short.apply("AP2", project="new", industry="火电").refusals, "R25")
    assert finding.facts["zones"] == ["water_short", "fragile"]
    assert "水资源短缺地区、生态脆弱地区" in finding.text.zh


def test_other_industries_water_and_places_are_free(short):
    for number, fields in enumerate(
        [{"industry": "服装"}, {"industry": "化工", "water": "surface"}, {"industry": "化工", "node": "B1"}]
    ):
        outcome = short.apply(f"AP{number}", project="new", **fields)
        assert by_rule((*outcome.refusals, *outcome.warnings), "R25") == []


def test_without_the_list_this_is_said(world):
    world.zone("A1", "water_short")
    outcome = world.apply(project="new", industry="化工")
    (finding,) = by_rule(outcome.warnings, "R25")
    assert finding.facts == {"zones": ["water_short"], "project": "new", "industry": "化工"}
    assert_worded(finding, "high_water_use_industries", "化工")


def test_an_industrial_project_that_names_no_industry_is_warned(short):
    (finding,) = by_rule(short.apply(project="new").warnings, "R25")
    assert_worded(finding, "industry", "new")
    assert by_rule(short.apply("AP2", project="new", purpose="town").warnings, "R25") == []


def test_the_list_is_looked_at_again_when_it_is_approved(world):
    world.zone("A1", "water_short")
    world.apply(project="new", industry="化工")
    world.setting("high_water_use_industries", ["化工"], start="2025-03-01")
    assert by_rule(world.post("approve", application="AP1", approver="NM").refusals, "R25")
    assert by_rule(world.post("approve", application="none", approver="NM").refusals, "R25") == []


@pytest.mark.parametrize(("rule", "day"), [("R23", "2021-11-30"), ("R25", "2021-11-30"), ("R22", "2006-04-14")])
def test_before_the_law_there_is_only_a_warning(world, rule, day):
    world.zone("A1", {"R22": "prohibited", "R23": "restricted", "R25": "fragile"}[rule], from_="2000-01-01")
    world.setting("high_water_use_industries", ["化工"], start="2000-01-01")
    kind = {"effective": day}
    world.at = f"{day}T09:00:00+08:00"
    outcome = world.apply(project="new", industry="化工", **kind)
    assert by_rule(outcome.refusals, rule) == []
    assert len(by_rule(outcome.warnings, rule)) == 1
