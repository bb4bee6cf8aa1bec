"""R29 and R30: compulsory quotas and the negative list of the Yellow River basin."""

import pytest

from scenes import assert_worded, by_rule

# R29


def quota(world, m3_per_unit="2", **fields):
    own = {"product": "钢", "tier": "general", "m3_per_unit": m3_per_unit, "unit": "m³/t", "issuer": "national"}
    world.must("quota", **{**own, "from_": "2020-01-01", "document": "文", **fields})


def bind(world, node="A1", **fields):
    """A permit for 1000 m³ of steel, 400 t a year at 2 m³/t: 800 m³ by the quota."""
    quota(world, "2.5")
    world.permit(node=node, **{"product": "钢", "output": "400", **fields})
    quota(world, "2", from_="2025-03-04")
    world.setting("compulsory_quotas", ["钢"])


def raised(world, day):
    return by_rule(world.tick(day).raised, "R29")


def retrofit(world, by, **fields):
    return world.setting("retrofit_order", {"permit": "P1", "by": by}, start="2025-05-01", **fields)


def test_use_at_the_quota_is_no_excess_and_one_more_is(world):
    bind(world)
    world.read("P1", 800, "2025-04-01", "2025-05-01")
    assert raised(world, "2025-06-01") == []
    world.read("P1", 1, "2025-05-02", "2025-05-31")
    (finding,) = raised(world, "2025-06-02")
    assert finding.node == "A1"
    assert finding.facts == {
        "permit": "P1",
        "year": 2025,
        "product": "钢",
        "output": "400",
        "m3_per_unit": "2",
        "unit": "m³/t",
        "issuer": "national",
        "used_m3": 801,
        "allowed_m3": 800,
        "over_m3": 1,
    }
    assert_worded(finding, "P1", "某公司", "801", "800", "retrofit_order")
    assert raised(world, "2025-06-03") == []


def test_each_year_above_the_quota_needs_an_order(world):
    bind(world)
    world.read("P1", 900, "2025-04-01", "2025-12-31")
    world.read("P1", 850, "2026-01-01", "2026-05-31")
    assert [f.facts["year"] for f in raised(world, "2026-06-01")] == [2025, 2026]


def test_after_the_day_of_the_order_a_fine_is_flagged(world):
    bind(world)
    world.read("P1", 900, "2025-04-01", "2025-05-31")
    retrofit(world, "2025-06-30")
    assert raised(world, "2025-06-30") == []
    (finding,) = raised(world, "2025-07-01")
    assert (finding.facts["by"], finding.facts["year"], finding.facts["over_m3"]) == ("2025-06-30", 2025, 100)
    assert (finding.facts["fine_min_yuan"], finding.facts["fine_max_yuan"]) == (0, 100_000)
    assert (finding.facts["serious_min_yuan"], finding.facts["serious_max_yuan"]) == (100_000, 500_000)
    assert_worded(finding, "100,000", "500,000", "2025-06-30")
    assert "吊销取水许可证" in finding.text.zh
    assert "revoked" in finding.text.en
    assert raised(world, "2025-07-02") == []


def test_who_has_retrofitted_is_not_fined(world):
    bind(world)
    world.read("P1", 900, "2025-04-01", "2025-12-31")
    retrofit(world, "2025-12-31")
    world.read("P1", 10, "2026-01-01", "2026-01-31")
    assert raised(world, "2026-02-01") == []


def test_the_latest_order_of_the_permit_counts(world):
    bind(world)
    world.read("P1", 900, "2025-04-01", "2025-05-31")
    retrofit(world, "2025-06-30")
    world.setting("retrofit_order", {"permit": "P1", "by": "2025-08-31"}, start="2025-05-02")
    world.setting("retrofit_order", {"permit": "P2", "by": "2025-01-31"}, start="2025-05-03")
    world.setting("retrofit_order", {"permit": "P1", "by": "2025-01-31"}, start="2025-12-03")
    world.setting("retrofit_order", {"permit": "P1", "by": "soon"}, start="2025-05-04")
    assert raised(world, "2025-08-31") == []
    assert [f.facts["by"] for f in raised(world, "2025-09-01")] == ["2025-08-31"]


def test_an_order_that_names_nothing_usable_is_warned_of(world):
    bind(world)
    assert by_rule(retrofit(world, "2025-06-30").warnings, "R29") == []
    (finding,) = by_rule(retrofit(world, "2025-02-30").warnings, "R29")
    assert_worded(finding, "2025-02-30")
    (finding,) = by_rule(retrofit(world, 7).warnings, "R29")
    assert finding.facts == {"permit": "P1", "by": "7"}
    outcome = world.setting("retrofit_order", {"permit": "P9", "by": "2025-06-30"})
    (finding,) = by_rule(outcome.warnings, "R29")
    assert_worded(finding, "P9")
    outcome = world.setting("retrofit_order", {"permit": ["P1"], "by": "2025-06-30"})
    assert len(by_rule(outcome.warnings, "R29")) == 1
    outcome = world.post("setting", name="retrofit_order", value=1, from_="2025-01-01", document="文")
    assert by_rule(outcome.warnings, "R29") == []


def test_only_the_products_of_the_list_are_bound(world):
    quota(world)
    world.permit(product="钢", output=500)
    world.permit("P2")
    quota(world, "1", from_="2025-03-04")
    world.read("P1", 900, "2025-04-01", "2025-05-31")
    assert raised(world, "2025-06-01") == []
    world.setting("compulsory_quotas", ["铝"])
    assert raised(world, "2025-06-02") == []
    world.setting("compulsory_quotas", ["钢"], start="2025-06-03")
    assert len(raised(world, "2025-06-03")) == 1


def test_only_the_basin_and_the_river_itself_are_bound(world):
    bind(world, node="B1")
    world.read("P1", 900, "2025-04-01", "2025-05-31")
    world.setting("basin_reach_limit_m3", 10**9)
    world.permit("P2", node="B1", water="yellow_river", product="钢", output=500)
    quota(world, "1", from_="2025-03-05")
    world.read("P2", 900, "2025-04-01", "2025-05-31")
    assert [f.facts["permit"] for f in raised(world, "2025-06-01")] == ["P2"]


def test_a_permit_that_has_ended_and_a_product_without_quota_are_left_alone(world):
    bind(world)
    world.read("P1", 900, "2025-04-01", "2025-05-31")
    world.setting("compulsory_quotas", ["钢", "铝"])
    world.permit("P2", product="铝", output=1)
    world.read("P2", 900, "2025-04-01", "2025-05-31")
    world.must("cancel", permit="P1")
    assert raised(world, "2025-06-01") == []


def test_what_was_used_before_the_law_is_not_counted(world):
    world.at = "2021-02-01T09:00:00+08:00"
    quota(world)
    world.permit(from_="2021-03-01", to="2026-02-28", product="钢", output="500")
    quota(world, "1", from_="2021-02-02")
    world.setting("compulsory_quotas", ["钢"])
    world.read("P1", 900, "2021-03-01", "2021-12-31")
    world.read("P1", 900, "2023-01-01", "2023-05-31")
    assert raised(world, "2023-03-31") == []
    assert [f.facts["year"] for f in raised(world, "2023-06-01")] == [2023]


# R30


@pytest.fixture
def listed(world):
    """The world with coal chemistry and a kind of lamp on the negative list."""
    world.setting("negative_list", ["煤化工", "老灯"], start="2024-01-01")
    return world


@pytest.mark.parametrize(
    "fields",
    [
        {"industry": "煤化工"},
        {"product": "老灯", "output": 10},
        {"industry": "煤化工", "water": "surface"},
        {"industry": "煤化工", "node": "B1", "water": "yellow_river", "from_": "2025-07-01", "to": "2026-06-30"},
    ],
)
def test_what_stands_on_the_list_is_refused(listed, fields):
    outcome = listed.apply(**fields)
    assert outcome.decision == "refused"
    (finding,) = by_rule(outcome.refusals, "R30")
    name = fields.get("industry", "老灯")
    assert finding.facts == {"listed": [name], "since": "2024-01-01", "document": "文", "volume_m3": 1000}
    assert_worded(finding, name, "1,000", "2024-01-01")
    assert listed.account("NM", fields.get("water", "groundwater")).permitted_m3 == 0


@pytest.mark.parametrize("fields", [{"industry": "服装"}, {"industry": "煤化工", "node": "B1"}, {}])
def test_what_does_not_or_lies_elsewhere_is_free(listed, fields):
    outcome = listed.apply(project="new", **fields)
    assert by_rule((*outcome.refusals, *outcome.warnings), "R30") == []


def test_without_the_list_this_is_said_for_what_is_built(world):
    (finding,) = by_rule(world.apply("AP1", project="new", industry="煤化工").warnings, "R30")
    assert finding.facts == {"named": ["煤化工"], "project": "new"}
    assert_worded(finding, "negative_list", "煤化工")
    assert by_rule(world.apply("AP2", project="continuing", industry="煤化工").warnings, "R30") == []


def test_the_list_is_looked_at_again_when_it_is_approved(world):
    world.apply(project="continuing", industry="煤化工")
    world.setting("negative_list", ["煤化工"])
    assert by_rule(world.post("approve", application="AP1", approver="NM").refusals, "R30")
    assert by_rule(world.post("approve", application="none", approver="NM").refusals, "R30") == []


def test_before_the_law_there_is_only_a_warning(listed):
    listed.setting("negative_list", ["煤化工"], start="2000-01-01")
    listed.at = "2023-03-31T09:00:00+08:00"
    outcome = listed.apply(industry="煤化工", effective="2023-03-31")
    assert by_rule(outcome.refusals, "R30") == []
    assert len(by_rule(outcome.warnings, "R30")) == 1
