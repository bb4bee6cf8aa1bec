"""R18: a monitoring or exploration well needs no permit, but a filing before work."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("purpose", ["monitoring", "exploration"])
@pytest.mark.parametrize("water", ["groundwater", "surface"])
def test_it_is_exempt_and_the_filing_is_announced(world, warnings_of, purpose, water):
    outcome = world.apply(purpose=purpose, water=water, volume_m3=10**10, project="new", demonstration=None)
    assert (outcome.decision, warnings_of(outcome)) == ("exempt", ["R18"])
    (finding,) = outcome.warnings
    assert finding.facts == {"purpose": purpose, "volume_m3": 10**10, "start": "2025-04-01"}
    assert "施工前" in finding.text.zh
    assert "before work" in finding.text.en
    account = world.account("NM", water)
    assert (account.permitted_m3, account.used_m3) == (0, 0)


def test_other_purposes_need_a_permit(world):
    assert world.apply(purpose="industry").decision == "admitted"


def test_before_the_regulations_a_permit_was_needed(world):
    world.at = "2021-11-30T00:00:00+08:00"
    assert world.apply(purpose="monitoring", effective="2021-11-30").decision == "admitted"
