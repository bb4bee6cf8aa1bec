"""R42: a great change needs a new demonstration, a new purpose a new application."""

import pytest


def change(world, **fields):
    outcome = world.post("change", permit="P1", approver="NM", **fields)
    return outcome, [f for f in (*outcome.refusals, *outcome.warnings) if f.rule == "R42"]


@pytest.fixture
def permitted(world):
    """The world with a permit of 1000 m³ a year."""
    world.permit()
    return world


@pytest.mark.parametrize(("volume_m3", "refused"), [(1100, False), (1101, True)])
@pytest.mark.parametrize("ratio", ["10%", "0.10", 0.1])
def test_an_increase_up_to_the_ratio_is_no_great_change(permitted, volume_m3, refused, ratio):
    permitted.setting("great_change_ratio", ratio)
    outcome, findings = change(permitted, volume_m3=volume_m3)
    assert outcome.ok != refused
    facts = {"permit": "P1", "before_m3": 1000, "asked_m3": 1101, "increase_m3": 101, "ratio": "1/10", "most_m3": 100}
    assert [f.facts for f in findings] == ([facts] if refused else [])
    assert all("demonstration" in f.text.zh and "demonstration" in f.text.en for f in findings)
    assert permitted.account("A1").permitted_m3 == (1000 if refused else volume_m3)


def test_without_a_ratio_any_increase_counts(permitted):
    outcome, (finding,) = change(permitted, volume_m3=1001)
    assert outcome.decision == "refused"
    assert finding.facts == {"permit": "P1", "before_m3": 1000, "asked_m3": 1001, "increase_m3": 1}
    assert "great_change_ratio" in finding.text.zh
    assert "great_change_ratio" in finding.text.en
    assert permitted.account("A1").permitted_m3 == 1000


@pytest.mark.parametrize(("demonstration", "silent"), [(True, True), ("论证报告书 1 号", True), (False, False)])
def test_a_new_demonstration_lets_an_increase_pass(permitted, demonstration, silent):
    outcome, findings = change(permitted, volume_m3=2000, demonstration=demonstration)
    assert (not findings, outcome.ok) == (silent, silent)


@pytest.mark.parametrize("demonstration", [None, True])
def test_a_new_purpose_needs_a_new_application(permitted, demonstration):
    outcome, (finding,) = change(permitted, purpose="town", demonstration=demonstration)
    assert outcome.decision == "refused"
    assert finding.facts == {"permit": "P1", "before": "industry", "asked": "town"}
    assert "apply" in finding.text.zh
    assert "apply" in finding.text.en
    assert permitted.ledger.state().permit("P1").purpose == "industry"


@pytest.mark.parametrize("fields", [{"holder": "另一公司"}, {"volume_m3": 900}, {"volume_m3": 1000}])
def test_a_new_holder_or_less_water_is_fine(permitted, fields):
    outcome, findings = change(permitted, **fields)
    assert (outcome.ok, findings) == (True, [])


def test_both_reasons_are_given(permitted):
    _, findings = change(permitted, purpose="town", volume_m3=5000)
    assert len(findings) == 2
