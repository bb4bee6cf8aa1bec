"""Any event at any time gets an answer: the ledger never falls over, and what it holds adds up."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from hetao.ledger import Ledger
from hetao.ledger.act import acts
from hetao.ledger.line import BASES, BINDS, ECOLOGIES, WATERS
from hetao.ledger.records import Application, Permit

PLACES = ("NM", "A", "A1", "A1u", "B1", "YB1", "nowhere")
DAYS = ("2024-02-29", "2025-01-01", "2025-04-01", "2025-06-30", "2025-07-01", "2025-12-31", "2027-03-31", "2035-01-01")
VOLUMES = (0, 1, 11, 12, 100, 999, 1000, 1001, 10**6, 2**63 - 1)
DECIMALS = ("0.9", "1", 1, 0.5, "-3", "0")
FLAGS = (True, False)
JUNK = (None, "", "x", -1, 1.5, True, [], ["x"], {}, {"x": 1}, "2025-02-30", 2**63, 10**30)
BY_NAME = {  # field → values that fit it, some of things that do not exist
    **dict.fromkeys(("node", "issuer", "approver", "parent"), PLACES),
    **dict.fromkeys(("volume_m3", "used_m3", "next_year_m3", "reserve_m3", "capacity_m3", "tolerance_m3"), VOLUMES),
    **dict.fromkeys(("unconventional_available_m3", "unconventional_used_m3"), (0, 5)),
    **dict.fromkeys(("date", "term_from", "term_to", "effective", "from", "to"), DAYS),
    **dict.fromkeys(("public_supply_available", "deep", "emergency", "non_mechanical"), FLAGS),
    **dict.fromkeys(("factor", "output", "m3_per_unit", "level_m", "control_m"), DECIMALS),
    "application": ("AP-P1", "AP-P2", "open", "half", "half", "new"),
    "permit": ("P1", "P2", "P3", "none"),
    "year": (2024, 2025, 2026, 2030),
    "water": tuple(WATERS),
    "basis": tuple(BASES),
    "ecology": tuple(ECOLOGIES),
    "binds": (list(BINDS), ["used"], ["permitted", "planned"]),
    "monthly_m3": ([0] * 12, [1] * 12, [0] * 11 + [1000]),
    "children": ({"A": 5}, {"A1": 5, "A2": 7}, {"A1u": 900}),
    "cutback": ({"P1": 5}, {"P1": 10**6, "P2": 1}, {"none": 1}),
    "corrects": ("r1", "r2", "n1"),
    "meter": ("M-P1", "M"),
    "basins": (["YB1"], ["YB"]),
    "sources": (["A1"], ["A", "B1"], ["?"]),
    "purpose": ("industry", "ecology", "town", "irrigation", "geothermal", "mine_drainage", "monitoring", "odd"),
    "edge": ("moved", "shared"),
    "product": ("steel",),
    "process": ("wet", "dry"),
}
OTHERS = (
    *("x", 5, True, "2025-05-05", "withdrawal_right", "regional", "irrigation", "prohibited", "restricted"),
    *("overloaded", "critical", "water_short", "general", "advanced", "metered", "capacity", "new", "none"),
    *("league", "cap", "headroom", "used", "reported"),
)
STEPS = [[0.2, 1], [None, 2]]
SETTINGS = {
    "warning_ratio": ("0.9", 0),
    "working_days": ({"2025-05-01": False}, {"holidays": ["2025-05-01"], "workdays": ["2025-05-03"]}, {}),
    "territory": (["CN"], ["CN", "CN-15", "YR"]),
    "cutback_priority": (["industry", "town"], []),
    "approval_levels": ([], [5], [{"kind": "banner"}], [{"kind": "banner", "water": "groundwater", "up_to_m3": 100}]),
    "surcharge_steps": (STEPS, {"reading": "whole", "steps": STEPS}, {"reading": 5, "steps": STEPS[::-1]}),
    "online_meter_m3": (0, {"groundwater": 5}, {"steam": 1}),
    "great_change_ratio": (5, "10%"),
    "plan_margin": ("0.1",),
    "transfer_routes": ([["A", "B"]], [5], [["A", 5]], [["?", "A"]]),
    "section_shortfall": ({"volume_m3": 5, "year": 2025}, {"volume_m3": "5", "year": None}),
    "meter_repair": ({"permit": "P1", "meter": "M-P1", "by": "2025-05-01"}, {"permit": 5, "meter": [], "by": {}}),
    "retrofit_order": ({"permit": "P1", "by": "2025-06-01"}, {"permit": [], "by": 5}),
    "mine_drainage_m3": (0, 10**6),
    "basin_reach_limit_m3": (5, {"A": 5}),
    "compulsory_quotas": (["steel"],),
    "negative_list": (["steel"],),
    "advanced_tier_for": (["new"],),
    "high_water_use_industries": (["steel"],),
    "anything": (None, {"a": [1]}),
}
LINE = {"water": ("groundwater", "surface"), "basis": ("withdrawal",), "ecology": ("excluded", "included")}
TERMS = {"from": ("2026-01-01", "2025-04-01"), "to": ("2027-03-31", "2035-01-01")}
PAPER = {"document": ("文",), "approver": ("NM", "A", "A1")}
LAWFUL = {  # what is drawn most of the time, where not anything at all
    "apply": {
        **TERMS,
        "application": ("open", "half", "new", "AP-P1"),
        "node": ("A1", "A1u", "B1"),
        "water": ("groundwater",),
        "volume_m3": (12, 1200),
        "monthly_m3": ([1] * 12,),
        "purpose": ("industry", "ecology", "domestic"),
        "applicant": ("某",),
        "project": ("none",),
        "metering": ("online",),
        "demonstration": (True,),
        "saving_measures": ("有",),
        "return_water": ("无",),
    },
    "accept_works": {"application": ("open", "half", "new"), "permit": ("P3",), **TERMS},
    "cap": {"node": ("A", "A1"), "issuer": ("NM",), "year": (2026,), "volume_m3": (1000, 10**6), **LINE, **PAPER},
    "breakdown": {"node": ("A",), "children": ({"A1": 900}, {"A2": 7}), "year": (2026,), **LINE, **PAPER},
    "change": {"permit": ("P1", "P2"), "volume_m3": (0, 100, 400), "holder": ("新",)},
    "renew": {"permit": ("P1", "P2"), "to": ("2035-01-01",), "volume_m3": (100, 2000)},
    "plan": {"permit": ("P1", "P2"), "year": (2025, 2026), "volume_m3": (0, 90), **PAPER},
    "order": {"node": ("A", "B1"), "factor": ("0.9", 0), "water": ("groundwater",), **TERMS, **PAPER},
    "return": {"permit": ("P1", "P2"), "year": (2025,), "used_m3": (90,), "next_year_m3": (0,)},
    "level": {"node": ("A1u",), "date": DAYS, "level_m": DECIMALS, "control_m": DECIMALS},
    "close_year": {"node": ("A", "B1"), "year": (2024,)},
    "suspend": {"application": ("open",)},
    "resume": {"application": ("open",)},
    "start_works": {"application": ("open", "half", "new")},
    "read": {
        "permit": ("P1",),
        "meter": ("M-P1",),
        "from": ("2025-05-01", "2025-04-01"),
        "to": ("2025-06-30",),
        "volume_m3": (0, 11, 10**6),
        "method": ("metered", "capacity"),
    },
    "transfer": {
        "kind": ("irrigation", "withdrawal_right"),
        "from": ("P1",),
        "to": ("P2", "P3"),
        "volume_m3": (1, 100),
        "term_from": ("2026-01-01",),
        "term_to": ("2026-12-31",),
        "platform_number": ("N1",),
        **PAPER,
    },
}
OFTEN = ("apply", "approve", "approve", "refuse", "refer", "refer", "accept_works", "renew", "change", "cap", "tick")


@st.composite
def events(draw):
    """Draw an event: most fields as they may be, some as they happen to be, a few as they must not be."""
    name = draw(st.sampled_from((*OFTEN, *sorted(acts()))))
    event, lawful = {"event": name, "by": "x"}, LAWFUL.get(name, {})
    wild = draw(st.integers(0, 9)) < 3
    if name == "setting":
        event["name"] = draw(st.sampled_from(sorted(SETTINGS)))
        event["value"] = draw(st.sampled_from(SETTINGS[event["name"]]))
    for field, spec in acts()[name].fields.items():
        asked = spec.required or spec.ask
        if field in event or not (field in lawful or asked or draw(st.integers(0, 9)) == 0):
            continue
        if wild and draw(st.integers(0, 5)) == 0:
            event[field] = draw(st.sampled_from(JUNK))
        elif wild or field not in lawful:
            event[field] = draw(st.sampled_from(BY_NAME.get(field) or [v for v in OTHERS if spec.fits(v)]))
        elif asked or draw(st.booleans()):
            event[field] = draw(st.sampled_from(lawful[field]))
    if name == "apply" and "volume_m3" in event and draw(st.integers(0, 9)):
        event["monthly_m3"] = [0] * 11 + [event["volume_m3"]]
    return event


def build(scene):
    """Bring about permits, an open application, and one that lacks what it would draw."""
    scene.cap("A1", 10_000, 2024)
    scene.permit("P2", 500, "B1", water="surface")
    scene.permit("P1", 1000, "A1u")
    scene.apply("open", 300, "A2")
    scene.apply("half", 300, "A2", from_=None, water=None)
    scene.day("2025-05-02").read("P1", 90, "2025-04-01", "2025-04-30", key="r1")
    scene.must("plan", permit="P1", year=2025, volume_m3=900, approver="A1")


def owned(state):
    """Return what applications and permits draw, at every cell."""
    sums = Counter()
    for right in (*state.all(Application, "application"), *state.all(Permit, "permit")):
        for charge in right.charges:
            for node in state.chain(right.node, charge.water, charge.year):
                sums[node, charge.water, charge.year] += charge.volume_m3
    return {cell: m3 for cell, m3 in sums.items() if m3}


@given(history=st.lists(st.tuples(events(), st.sampled_from([0, 0, 1, 40, 400])), min_size=1, max_size=12))
@settings(max_examples=30)
def test_every_event_gets_an_answer_and_what_is_held_adds_up(scene_of, history):
    with Ledger.open("sqlite:///:memory:") as ledger:
        build(scene_of(ledger))
        day = date(2025, 5, 3)
        for number, (event, later) in enumerate(history):
            day += timedelta(later)
            outcome = ledger.apply({"key": f"f{number}", "at": f"{day}T09:00:00+08:00", **event})
            assert outcome.ok or (outcome.effects, outcome.raised) == ((), ())
            assert outcome.ok or outcome.refusals
        state = ledger.state()
        amounts = state._cells
        assert all(min(amount) >= 0 for amount in amounts.values())
        assert {cell: a[0] + a[3] for cell, a in amounts.items() if a[0] + a[3]} == owned(state)
        assert ledger.verify(rejudged=True).ok
