"""Kinds of cap edges: whatever was shared or moved out, a cap holds all that is permitted below it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hetao.ledger import Ledger
from hetao.ledger.line import drawn_lines
from hetao.ledger.records import Application

YEARS = (2025, 2026, 2027)
LINE = {"water": "groundwater", "basis": "withdrawal"}


def hold_what_lies_below(scene):
    """Find no cap under which more is permitted than it says, wherever its parts were moved to."""
    state = scene.ledger.state()
    for node in state.nodes:
        for line in drawn_lines("groundwater", ecological=False):
            for year in YEARS:
                cap = state.find(node, line, "cap", year)
                rights = (
                    c.volume_m3
                    for a in state.all(Application, "application")
                    for c in a.charges
                    if (c.water, c.year) == ("groundwater", year)
                    and node in (*state.path(a.node), *state.basins(a.node))
                    and (line.ecology == "included" or a.purpose != "ecology")
                )
                assert cap is None or "permitted" not in cap.binds or sum(rights) <= cap.amount_m3, (node, line, year)


def cap(scene, node, m3, year, ecology):
    scene.post("cap", node=node, issuer="NM", volume_m3=m3, year=year, ecology=ecology, document="文", **LINE)


def split(scene, children, year, ecology, edge):
    parent = "A1" if "A1u" in children else "A"
    fields = {"node": parent, "children": children, "year": year, "ecology": ecology, "edge": edge, "document": "文"}
    scene.post("breakdown", **fields, **LINE)


def ask(scene, node, m3, first, last, purpose):
    number = len(scene.ledger.state().identifiers("application"))
    scene.apply(f"AP{number}", m3, node, purpose=purpose, from_=f"{first}-04-01", to=f"{max(first, last)}-12-31")


volumes, years, ecologies = (
    st.sampled_from((0, 40, 60, 100)),
    st.sampled_from(YEARS),
    st.sampled_from(("excluded", "included")),
)
parts = st.sampled_from(({"A1": 60}, {"A1": 60, "A2": 40}, {"A2": 40}, {"A1u": 40}, {"A1": 100}))
acts = st.one_of(
    st.tuples(st.just(cap), st.sampled_from(("A", "A1", "A1u")), volumes, years, ecologies),
    st.tuples(st.just(split), parts, years, ecologies, st.sampled_from(("moved", "shared", None))),
    st.tuples(
        st.just(ask),
        st.sampled_from(("A1", "A1u", "A2")),
        st.sampled_from((10, 41, 60)),
        years,
        years,
        st.sampled_from(("industry", "ecology")),
    ),
)


@given(first=st.sampled_from(YEARS), history=st.lists(acts, max_size=8), year=years)
@settings(max_examples=60)
def test_a_cap_holds_all_that_is_permitted_below_it(scene_of, first, history, year):
    """After a part was moved out, whatever happens; at last both sides ask for as much as they might get."""
    last = [(ask, "A1", m3, year, year, "industry") for m3 in (60, 40)]
    last += [(ask, "A2", m3, year, year, purpose) for purpose in ("ecology", "industry") for m3 in (60, 41, 40)]
    with Ledger.open("sqlite:///:memory:") as ledger:
        scene = scene_of(ledger)
        scene.cap("A", 100, 2025)
        for act, *fields in [(split, {"A1": 60}, first, "excluded", "moved"), *history, *last]:
            act(scene, *fields)
            hold_what_lies_below(scene)


MIXED = {
    "moved on one line, shared on the other": [
        (split, {"A1": 60}, 2025, "excluded", "moved"),
        (cap, "A1", 60, 2025, "included"),
        (cap, "A", 100, 2025, "included"),
        (split, {"A1": 60}, 2025, "included", "shared"),
    ],
    "moved from a later year on": [
        (split, {"A1": 60}, 2026, "excluded", "moved"),
        (cap, "A", 100, 2025, "included"),
    ],
    "moved, and the other cap comes later": [
        (split, {"A1": 60}, 2025, "excluded", "moved"),
        (cap, "A", 100, 2026, "included"),
    ],
    "the other cap came first": [
        (cap, "A", 100, 2025, "included"),
        (split, {"A1": 60}, 2025, "excluded", "moved"),
    ],
    "moved below a part without a cap": [
        (cap, "A1", 60, 2025, "excluded"),
        (split, {"A1u": 40}, 2025, "excluded", "moved"),
        (cap, "A", 100, 2025, "included"),
    ],
}


@pytest.mark.parametrize("case", MIXED)
@pytest.mark.parametrize("year", YEARS)
def test_what_is_moved_on_one_line_is_not_granted_twice_on_the_other(scene, case, year):
    scene.cap("A", 100, 2025)
    for act, *fields in MIXED[case]:
        act(scene, *fields)
    for node, m3, purpose in (
        ("A1u", 40, "industry"),
        ("A1", 20, "industry"),
        ("A2", 41, "ecology"),
        ("A2", 61, "ecology"),
    ):
        ask(scene, node, m3, year, year, purpose)
        hold_what_lies_below(scene)
