"""R31, R32 and R33: overloaded and critically loaded areas of the Yellow River."""

import pytest

from scenes import by_rule

LAW_2023 = "2023-04-01 《黄河保护法》第五十一条"
NOTICE_2020 = "2020-12-22 水利部《关于黄河流域水资源超载地区暂停新增取水许可的通知》"
MAIN_STEM = {"water": "yellow_river", "from_": "2025-07-01", "to": "2026-06-30"}


@pytest.fixture
def overloaded(world):
    """The world with league A overloaded on the main stem of the Yellow River."""
    world.zone("A", "overloaded", water="yellow_river")
    return world


@pytest.mark.parametrize("league", ["包头市", "乌海市", "阿拉善盟", "巴彦淖尔市"])
def test_the_four_overloaded_leagues_refuse_industry_and_let_town_supply_go_on(world, league):
    world.must("node", node="L", name=league, kind="league", parent="NM")
    world.zone("L", "overloaded", water="yellow_river")
    refused = world.apply("I", node="L", **MAIN_STEM)
    assert refused.decision == "refused"
    (finding,) = by_rule(refused.refusals, "R31")
    assert (finding.facts["zone"], finding.facts["version"], finding.facts["volume_m3"]) == ("L", LAW_2023, 1000)
    assert league in finding.text.zh
    assert "transfer" in finding.text.en
    assert world.account("NM", "yellow_river").permitted_m3 == 0
    town = world.apply("T", node="L", purpose="town", **MAIN_STEM)
    assert town.decision == "admitted"
    assert by_rule(town.warnings, "R32") == []


@pytest.mark.parametrize("purpose", ["domestic", "town", "livestock"])
def test_the_needs_of_life_are_spared(overloaded, purpose):
    outcome = overloaded.apply(purpose=purpose, volume_m3=5000, **MAIN_STEM)
    assert by_rule((*outcome.refusals, *outcome.warnings), "R31") == []


def test_other_water_and_other_places_are_not_touched(overloaded):
    assert by_rule(overloaded.apply("G").refusals, "R31") == []
    assert by_rule(overloaded.apply("B", node="B1", **MAIN_STEM).refusals, "R31") == []


def test_a_purpose_that_is_not_stated_is_asked_for_not_refused(overloaded):
    outcome = overloaded.apply(purpose=None, **MAIN_STEM)
    assert outcome.decision == "incomplete"
    assert by_rule(outcome.refusals, "R31") == []


@pytest.mark.parametrize(
    ("grounds", "more"),
    [("transfer", {"transfer": "水权转让协议 1"}), ("poverty_relief", {"purpose": "poverty_relief"})],
)
def test_a_transfer_or_poverty_relief_is_a_conflict_that_names_both_rules(overloaded, grounds, more):
    outcome = overloaded.apply(**MAIN_STEM, **more)
    assert (outcome.ok, outcome.decision) == (False, "referred")
    assert [f.rule for f in outcome.refusals] == ["R31", "R32"]
    law, notice = outcome.refusals
    assert (law.facts["version"], notice.facts["version"]) == (LAW_2023, NOTICE_2020)
    assert (notice.facts["file_within"], notice.facts["grounds"]) == (10, grounds)
    assert "R32" in law.text.zh
    assert "R31" in notice.text.en
    assert "10" in notice.text.zh
    assert overloaded.account("NM", "yellow_river").permitted_m3 == 0


def test_a_person_may_approve_what_was_in_conflict(overloaded):
    overloaded.apply(transfer="协议", **MAIN_STEM)
    overloaded.must("approve", application="AP1", approver="YB")
    assert overloaded.account("A1", "yellow_river").permitted_m3 == 1000


def test_homes_supplied_by_a_transfer_are_no_conflict_but_have_the_duties(overloaded):
    outcome = overloaded.apply(purpose="town", transfer="协议", **MAIN_STEM)
    assert outcome.decision == "admitted"
    (finding,) = by_rule(outcome.warnings, "R32")
    assert (finding.facts["grounds"], finding.facts["version"]) == ("transfer", NOTICE_2020)


@pytest.mark.parametrize(
    ("day", "more", "decision", "rule", "version"),
    [
        ("2023-03-31", {}, "refused", "R31", NOTICE_2020),
        ("2023-04-01", {}, "refused", "R31", LAW_2023),
        ("2023-03-31", {"transfer": "协议"}, "admitted", "R32", NOTICE_2020),
        ("2023-04-01", {"transfer": "协议"}, "referred", "R32", NOTICE_2020),
        ("2020-12-22", {}, "refused", "R31", NOTICE_2020),
    ],
)
def test_the_version_of_the_day_decides(world, day, more, decision, rule, version):
    world.at = f"{day}T09:00:00+08:00"
    world.zone("A", "overloaded")
    outcome = world.apply(water="surface", from_="2023-05-01", to="2023-12-31", **more)
    assert outcome.decision == decision
    (finding,) = by_rule((*outcome.refusals, *outcome.warnings), rule)
    assert finding.facts["version"] == version


def test_before_the_notice_it_is_a_warning(world):
    world.at = "2020-12-21T09:00:00+08:00"
    world.zone("A", "overloaded")
    outcome = world.apply(water="surface")
    assert outcome.decision == "admitted"
    (finding,) = by_rule(outcome.warnings, "R31")
    assert finding.facts["in_force"] == "2020-12-22"


def test_a_trade_into_an_overloaded_area_carries_the_duties(world):
    world.permit("S", node="B1")
    world.permit("K", node="A1")
    world.permit("C", node="A2")
    world.zone("A1", "overloaded")
    terms = {"kind": "withdrawal_right", "volume_m3": 10, "term_from": "2025-05-01", "document": "文"}
    world.must("certify_saving", permit="S", volume_m3=100, document="文", approver="NM")
    bought = world.post("transfer", **terms, from_="S", to="K", platform_number="1")
    (finding,) = by_rule(bought.warnings, "R32")
    assert (finding.node, finding.facts["zone"], finding.facts["volume_m3"]) == ("A1", "A1", 10)
    assert by_rule(world.post("transfer", **terms, from_="S", to="C").warnings, "R32") == []
    regional = world.post("transfer", **{**terms, "kind": "regional"}, from_="B", to="A", water="surface")
    assert by_rule(regional.warnings, "R32") == []


def file_raised(world, day):
    return by_rule(world.tick(day).raised, "R32")


def test_an_approval_is_to_be_filed_within_ten_working_days_raised_once(overloaded):
    overloaded.apply(transfer="协议", **MAIN_STEM)
    overloaded.apply("OTHER", node="B1", transfer="协议", **MAIN_STEM)
    overloaded.apply("PLAIN", node="B1", **MAIN_STEM)
    for application in ("AP1", "OTHER", "PLAIN"):
        overloaded.must("approve", application=application, approver="YB")
    assert file_raised(overloaded, "2025-03-13") == []  # ten days on
    assert file_raised(overloaded, "2025-03-17") == []  # ten working days on
    (finding,) = file_raised(overloaded, "2025-03-18")
    assert (finding.facts["application"], finding.facts["working_days"], finding.facts["limit"]) == ("AP1", 11, 10)
    assert finding.facts["calendar"] == "weekends only"
    assert "黄河水利委员会" in finding.text.zh
    assert "Conservancy" in finding.text.en
    assert file_raised(overloaded, "2025-03-19") == []


def test_the_calendar_given_moves_the_filing(overloaded):
    overloaded.setting("working_days", {"holidays": ["2025-03-10"], "workdays": []})
    overloaded.apply(transfer="协议", **MAIN_STEM)
    overloaded.must("approve", application="AP1", approver="YB")
    assert file_raised(overloaded, "2025-03-18") == []
    (finding,) = file_raised(overloaded, "2025-03-19")
    assert finding.facts["calendar"] == "given"


def test_nothing_is_to_be_filed_where_there_is_no_zone(world):
    world.apply(transfer="协议")
    world.must("approve", application="AP1", approver="NM")
    assert file_raised(world, "2025-06-02") == []


def test_a_critical_area_admits_nothing_by_itself_and_reserves_nothing(world):
    world.cap("A1", 1500, "groundwater")
    world.zone("A1", "critical")
    outcome = world.apply()
    assert outcome.decision == "referred"
    (finding,) = outcome.refusals
    assert (finding.rule, finding.facts["zone"], finding.facts["volume_m3"]) == ("R33", "A1", 1000)
    assert finding.text.zh
    assert finding.text.en
    assert world.account("NM").permitted_m3 == 0
    assert world.apply("AP2", volume_m3=900).decision == "referred"
    world.must("approve", application="AP2", approver="NM")
    refused = world.post("approve", application="AP1", approver="NM")
    assert "R19" in [f.rule for f in refused.refusals]
    assert world.account("A1").permitted_m3 == 900


def test_a_critical_area_does_not_bind_its_neighbours(world):
    world.zone("A2", "critical")
    assert world.apply().decision == "admitted"


def test_what_needs_no_permit_is_exempt_in_a_critical_area_too(world):
    world.zone("A1", "critical")
    world.setting("mine_drainage_m3", 1000)
    assert world.apply(purpose="mine_drainage").decision == "exempt"
