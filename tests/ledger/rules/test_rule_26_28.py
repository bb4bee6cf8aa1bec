"""R26 to R28: volumes against quotas, the tier of quota that holds, and local quotas against national ones."""

import pytest

from hetao.ledger.tiers import tier_for
from scenes import assert_worded, by_rule


def quota(world, m3_per_unit="2.5", issuer="national", tier="general", product="钢", **fields):
    own = {"product": product, "tier": tier, "m3_per_unit": m3_per_unit, "unit": "m³/t", "issuer": issuer}
    return world.post("quota", **{**own, "from_": "2020-01-01", "document": "文", **fields})


# R26


def test_exactly_at_the_quota_is_accepted_and_one_more_refused(world):
    quota(world)
    assert world.apply("AP1", 1000, product="钢", output=400).ok
    outcome = world.apply("AP2", 1001, product="钢", output=400)
    assert outcome.decision == "refused"
    (finding,) = by_rule(outcome.refusals, "R26")
    assert finding.node == "A1"
    assert finding.facts == {
        "product": "钢",
        "tier": "general",
        "m3_per_unit": "2.5",
        "unit": "m³/t",
        "issuer": "national",
        "output": "400",
        "volume_m3": 1001,
        "allowed_m3": 1000,
        "over_m3": 1,
    }
    assert_worded(finding, "钢", "2.5", "400", "1,001", "1,000")
    assert world.account("A1").permitted_m3 == 1000


@pytest.mark.parametrize("output", ["0.333333333", 0.333333333])
def test_output_and_quota_multiply_exactly_and_round_down(world, output):
    quota(world, "3000.0000009")  # 999.9999993…
    assert world.apply("AP1", 999, product="钢", output=output).ok
    (finding,) = by_rule(world.apply("AP2", 1000, product="钢", output=output).refusals, "R26")
    assert (finding.facts["allowed_m3"], finding.facts["over_m3"]) == (999, 1)


def test_the_process_the_place_and_the_day_choose_the_quota(world):
    quota(world, "2")
    quota(world, "3", process="转炉")
    quota(world, "1.5", issuer="A", from_="2026-01-01")
    fields = {"product": "钢", "output": 100}
    assert by_rule(world.apply("AP1", 300, process="转炉", **fields).refusals, "R26") == []
    (finding,) = by_rule(world.apply("AP2", 301, process="转炉", **fields).refusals, "R26")
    assert (finding.facts["process"], finding.facts["m3_per_unit"]) == ("转炉", "3")
    assert_worded(finding, "转炉")
    (finding,) = by_rule(world.apply("AP3", 201, **fields).refusals, "R26")
    assert finding.facts["allowed_m3"] == 200
    world.at = "2026-01-02T09:00:00+08:00"
    term = {"from_": "2026-02-01", "to": "2026-12-31"}
    (finding,) = by_rule(world.apply("AP4", 200, **fields, **term).refusals, "R26")
    assert (finding.facts["allowed_m3"], finding.facts["issuer"]) == (150, "A")


def test_without_a_quota_in_force_this_is_said(world):
    quota(world, product="铝")
    quota(world, from_="2025-03-04")
    outcome = world.apply(product="钢", output=1)
    assert outcome.decision == "admitted"
    (finding,) = by_rule(outcome.warnings, "R26")
    assert finding.facts == {"product": "钢", "tier": "general"}
    assert_worded(finding, "钢")


def test_a_product_without_output_is_asked_for(world):
    quota(world)
    outcome = world.apply(product="钢")
    assert outcome.decision == "incomplete"
    (finding,) = by_rule(outcome.refusals, "R26")
    assert finding.facts == {"product": "钢"}
    assert_worded(finding, "output", "钢")
    assert world.account("NM").permitted_m3 == 0


def test_without_a_product_there_is_nothing_to_test(world):
    quota(world)
    assert by_rule(world.apply(output=1).warnings, "R26") == []


def test_works_that_can_take_no_more_than_the_quota_keep_within_it(world):
    quota(world)
    assert by_rule(world.apply(volume_m3=2000, capacity_m3=1000, product="钢", output=400).refusals, "R26") == []


def test_a_permit_that_grows_is_tested_by_its_own_fields(world):
    quota(world)
    world.permit("P1", 900, product="钢", output=400)
    assert by_rule(world.post("change", permit="P1", volume_m3=1000).refusals, "R26") == []
    (finding,) = by_rule(world.post("change", permit="P1", volume_m3=1001).refusals, "R26")
    assert (finding.facts["volume_m3"], finding.facts["over_m3"]) == (1001, 1)
    quota(world, "1", from_="2025-01-01")
    assert by_rule(world.post("change", permit="P1", volume_m3=890).refusals, "R26") == []  # it falls
    assert by_rule(world.post("renew", permit="P1", to="2034-03-31", volume_m3=1001).refusals, "R26")
    assert by_rule(world.post("change", permit="none", volume_m3=1).refusals, "R26") == []


# R27


@pytest.fixture
def advanced(world):
    """The world with general and advanced quotas of steel; new projects meet the advanced one from 2025 on."""
    quota(world, "3")
    quota(world, "2", tier="advanced")
    world.setting("advanced_tier_for", ["new", "expanded"], start="2025-01-01")
    return world


@pytest.mark.parametrize("project", ["new", "expanded"])
def test_the_advanced_value_is_tested_where_it_is_asked(advanced, project):
    fields = {"product": "钢", "output": 100, "project": project}
    outcome = advanced.apply("AP1", 200, **fields)
    assert outcome.ok
    (finding,) = by_rule(outcome.warnings, "R27")
    assert finding.facts == {
        "product": "钢",
        "project": project,
        "tier": "advanced",
        "m3_per_unit": "2",
        "unit": "m³/t",
        "issuer": "national",
        "since": "2020-01-01",
    }
    assert_worded(finding, project, "钢", "2020-01-01")
    (finding,) = by_rule(advanced.apply("AP2", 201, **fields).refusals, "R26")
    assert (finding.facts["tier"], finding.facts["allowed_m3"]) == ("advanced", 200)


@pytest.mark.parametrize("project", ["rebuilt", "continuing", "none"])
def test_other_kinds_of_project_meet_the_general_value(advanced, project):
    fields = {"product": "钢", "output": 100, "project": project}
    outcome = advanced.apply("AP1", 300, **fields)
    assert by_rule(outcome.refusals, "R26") == by_rule(outcome.warnings, "R27") == []
    (finding,) = by_rule(advanced.apply("AP2", 301, **fields).refusals, "R26")
    assert finding.facts["tier"] == "general"


def test_where_the_advanced_value_is_not_given_the_general_one_is_used_and_this_is_said(advanced):
    quota(advanced, "5", product="铝")
    fields = {"product": "铝", "output": 100, "project": "new"}
    outcome = advanced.apply("AP1", 500, **fields)
    assert outcome.ok
    (finding,) = by_rule(outcome.warnings, "R27")
    assert (finding.facts["tier"], finding.facts["m3_per_unit"]) == ("general", "5")
    assert_worded(finding, "铝", "new")
    assert by_rule(advanced.apply("AP2", 501, **fields).refusals, "R26")


def test_where_there_is_no_quota_at_all_only_r26_says_so(advanced):
    outcome = advanced.apply(product="铜", output=1, project="new")
    assert by_rule(outcome.warnings, "R27") == []
    (finding,) = by_rule(outcome.warnings, "R26")
    assert finding.facts["tier"] == "advanced"
    assert by_rule(advanced.apply("AP2", project="new").warnings, "R27") == []


def test_the_tier_is_a_matter_of_place_and_day_and_kind(advanced):
    advanced.setting("advanced_tier_for", ["rebuilt"], start="2025-01-01", node="B")
    tiers = {
        (node, project, day): tier_for(advanced.ledger.state(), node, project, day)
        for node in ("A1", "B1")
        for project in ("new", "rebuilt", "")
        for day in ("2024-12-31", "2025-01-01")
    }
    assert {key for key, tier in tiers.items() if tier == "advanced"} == {
        ("A1", "new", "2025-01-01"),
        ("B1", "rebuilt", "2025-01-01"),
    }


# R28


def test_a_local_quota_looser_than_the_national_one_is_not_loaded(world):
    quota(world, "3.2")
    outcome = quota(world, "3.5", issuer="NM")
    assert outcome.decision == "refused"
    (finding,) = by_rule(outcome.refusals, "R28")
    assert finding.node == "NM"
    assert finding.facts == {
        "product": "钢",
        "process": "",
        "tier": "general",
        "issuer": "NM",
        "local": "3.5",
        "local_unit": "m³/t",
        "local_from": "2020-01-01",
        "national": "3.2",
        "national_unit": "m³/t",
        "national_from": "2020-01-01",
    }
    assert_worded(finding, "3.5", "3.2", "钢")
    assert len(list(world.ledger.state().identifiers("quota"))) == 1


@pytest.mark.parametrize("m3_per_unit", ["3.2", "3.20", "3.1"])
def test_a_local_quota_as_strict_or_stricter_is_loaded(world, m3_per_unit):
    quota(world, "3.2")
    outcome = quota(world, m3_per_unit, issuer="NM")
    assert outcome.ok
    assert by_rule(outcome.warnings, "R28") == []


@pytest.mark.parametrize(
    "fields", [{"product": "铝"}, {"tier": "advanced"}, {"from_": "2019-12-31"}, {"issuer": "national"}]
)
def test_unlike_products_and_tiers_earlier_days_and_other_national_quotas_are_not_refused(world, fields):
    quota(world, "3.2")
    assert by_rule(quota(world, "3.5", **{"issuer": "NM", **fields}).refusals, "R28") == []


def test_the_latest_national_quota_of_the_process_is_the_measure(world):
    quota(world, "9", from_="2010-01-01")
    quota(world, "3")
    quota(world, "4", process="转炉")
    assert by_rule(quota(world, "3.5", issuer="NM").refusals, "R28")
    assert quota(world, "3.5", issuer="NM", process="转炉").ok
    assert by_rule(quota(world, "3.5", issuer="NM", process="电炉").refusals, "R28")


def test_a_stricter_national_quota_that_comes_later_names_the_looser_local_ones(world):
    quota(world, "3.5", issuer="NM", from_="2015-01-01")
    quota(world, "3.4", issuer="NM")
    quota(world, "3.6", issuer="A", process="转炉", from_="2026-01-01")
    quota(world, "3.1", issuer="B")
    outcome = quota(world, "3.2", from_="2025-01-01")
    assert outcome.ok
    warnings = by_rule(outcome.warnings, "R28")
    assert [(f.node, f.facts["local"], f.facts["process"]) for f in warnings] == [
        ("NM", "3.4", ""),
        ("A", "3.6", "转炉"),
    ]
    assert_worded(warnings[0], "3.4", "3.2")
    assert by_rule(quota(world, "1", process="电炉", from_="2025-01-01").warnings, "R28") == []


def test_a_local_quota_that_is_loaded_late_meets_the_later_national_one_with_a_warning(world):
    quota(world, "3.2", from_="2024-01-01")
    outcome = quota(world, "3.5", issuer="NM")
    assert outcome.ok
    (finding,) = by_rule(outcome.warnings, "R28")
    assert finding.facts["national_from"] == "2024-01-01"


def test_unlike_units_are_not_compared(world):
    quota(world, "3.2")
    outcome = quota(world, "3500", issuer="NM", unit="m³/kt")
    assert outcome.ok
    (finding,) = by_rule(outcome.warnings, "R28")
    assert_worded(finding, "m³/kt", "3500")


def test_an_issuer_that_is_no_place_is_a_matter_of_the_contract(world):
    quota(world, "3.2")
    assert [f.rule for f in quota(world, "3.5", issuer="XX").refusals] == ["node.unknown"]
