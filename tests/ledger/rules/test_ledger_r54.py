"""R54: one source and purpose to a meter; a correction is a new entry beside the old one."""

import pytest

from hetao.ledger.bookings import booked_by


def by_r54(findings):
    return [f for f in findings if f.rule == "R54"]


def test_a_meter_counts_one_permit_only(world):
    world.permit("P1")
    world.permit("P2", purpose="town")
    assert world.read("P1", 10, "2025-05-01", "2025-05-31", meter="M").ok
    before = world.account("A1").used_m3
    outcome = world.read("P2", 10, "2025-06-01", "2025-06-30", meter="M")
    assert outcome.decision == "refused"
    assert [f.facts for f in by_r54(outcome.refusals)] == [{"meter": "M", "permit": "P2", "bound_to": "P1"}]
    assert by_r54(outcome.refusals)[0].text.zh
    assert world.account("A1").used_m3 == before
    assert world.read("P2", 10, "2025-06-01", "2025-06-30", meter="M2").ok


@pytest.mark.parametrize("method", ["metered", "electricity", "sampled"])
def test_the_method_is_kept_and_nothing_is_said(world, method):
    world.permit()
    outcome = world.read("P1", 10, "2025-05-01", "2025-05-31", method=method)
    assert outcome.ok
    assert not by_r54(outcome.warnings)


def test_a_correction_says_what_it_changes_and_the_old_entry_stays(world):
    world.permit()
    first = world.read("P1", 100, "2025-05-01", "2025-05-31", key="r1")
    second = world.read("P1", 70, "2025-05-01", "2025-05-31", corrects="r1", key="r2")
    (found,) = by_r54(second.warnings)
    assert found.facts == {
        "meter": "M-P1",
        "corrects": "r1",
        "first_seq": first.seq,
        "before_m3": 100,
        "after_m3": 70,
    }
    assert "100" in found.text.zh
    assert "70" in found.text.en
    assert world.account("A1").used_m3 == 70
    kept = list(world.ledger.export())
    assert '"volume_m3":100' in kept[first.seq - 1]
    third = world.read("P1", 80, "2025-05-01", "2025-05-31", corrects="r2")
    assert [f.facts["before_m3"] for f in by_r54(third.warnings)] == [70]


def test_what_a_tick_booked_is_told_by_meter_and_permit(world):
    world.permit("P1", capacity_m3=3650)
    world.permit("P2", capacity_m3=7300)
    for permit in ("P1", "P2"):
        world.setting("meter_repair", {"permit": permit, "meter": f"M-{permit}", "by": "2025-12-30"})
    key = world.tick("2026-01-01").key
    kept = world.ledger._store.kept([key])[key]
    assert [(part["from"], part["volume_m3"], part["method"]) for part in booked_by(kept, "P2", "M-P2")] == [
        ("2025-12-31", 20, "capacity"),
        ("2026-01-01", 20, "capacity"),
    ]
    assert booked_by(kept, "P2", "M-P1") == []
    world.must(
        "read", permit="P1", meter="N", from_="2026-01-01", to="2026-01-01", volume_m3=1, method="metered", key="r"
    )
    read = world.ledger._store.kept(["r"])["r"]
    assert [part["volume_m3"] for part in booked_by(read, "P1", "N")] == [1]
    assert booked_by(read, "P2", "N") == []
