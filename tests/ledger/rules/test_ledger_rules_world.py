"""The world that the rules' tests live in is itself sound."""


def test_a_plain_application_is_admitted_without_a_remark(world):
    outcome = world.apply()
    assert (outcome.decision, outcome.warnings, outcome.refusals) == ("admitted", (), ())


def test_a_permit_goes_its_whole_way(world):
    world.permit()
    assert world.account("A1").permitted_m3 == 1000
    assert world.read("P1", 500, "2025-04-01", "2025-04-30").ok
    assert world.tick("2025-05-02").ok
