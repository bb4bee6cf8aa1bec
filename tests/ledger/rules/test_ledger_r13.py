"""R13: a construction project attaches its water-resources demonstration."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("project", ["new", "rebuilt", "expanded"])
@pytest.mark.parametrize("missing", [None, False])
def test_a_project_without_it_is_asked(world, refusals, project, missing):
    outcome = world.apply(project=project, demonstration=missing)
    assert (outcome.decision, outcome.ok, refusals(outcome)) == ("incomplete", False, ["R13"])
    (finding,) = outcome.refusals
    assert finding.facts == {"missing": ["demonstration"], "project": project}
    assert "水资源论证报告书" in finding.text.zh
    assert "demonstration report" in finding.text.en
    assert world.account("NM").permitted_m3 == 0
    assert world.apply(project=project).decision == "admitted"


def test_a_blank_one_is_none(world, refusals):
    outcome = world.apply(project="new", demonstration="  ")
    assert "R13" in refusals(outcome)
    assert not outcome.ok


@pytest.mark.parametrize("project", ["continuing", "none"])
def test_what_is_no_construction_project_needs_none(world, project):
    assert world.apply(project=project, demonstration=None).decision == "admitted"


@pytest.mark.parametrize("attached", [True, "论证报告 2025-12"])
def test_one_that_is_attached_passes(world, attached):
    assert world.apply(project="new", demonstration=attached).decision == "admitted"


def test_all_that_is_missing_is_told_at_once(world, refusals):
    outcome = world.apply(project="new", demonstration=None, purpose=None, water=None)
    assert outcome.decision == "incomplete"
    assert refusals(outcome) == ["R12", "R13"]


def test_what_needs_no_permit_needs_no_demonstration(world):
    assert world.apply(project="new", demonstration=None, emergency=True).decision == "exempt"
