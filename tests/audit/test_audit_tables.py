"""Every row beside the journal is held against what the journal adds up to."""

from __future__ import annotations

import pytest

from audit.story import codes

CHANGES = {
    "UPDATE node SET name = 'x' WHERE node = 'A'": "node A",
    "UPDATE node SET kind = 'banner' WHERE node = 'A'": "node A",
    "UPDATE node SET parent = 'B' WHERE node = 'A1'": "node A1",
    "UPDATE node SET aquifer = NULL WHERE node = 'A1u'": "node A1u",
    "UPDATE node SET basins = '[\"YB\"]' WHERE node = 'A'": "node A",
    "UPDATE node SET seq = 99 WHERE node = 'A'": "node A",
    "DELETE FROM node WHERE node = 'A1u'": "node A1u",
    "INSERT INTO node VALUES ('C', 'x', 'league', 'NM', NULL, '[]', 99)": "node C",
    "UPDATE stated SET amount_m3 = amount_m3 + 1 WHERE node = 'A1u'": "stated A1u groundwater withdrawal excluded cap",
    "UPDATE stated SET document = 'x' WHERE node = 'YB'": "stated YB yellow_river withdrawal excluded cap 2020",
    "UPDATE stated SET binds = 'used' WHERE node = 'YB'": "stated YB yellow_river withdrawal excluded cap 2020",
    "UPDATE stated SET moved = 1 - moved WHERE node = 'B' AND year = 2024": "stated B",
    "UPDATE stated SET \"by\" = 1 WHERE node = 'YB'": "stated YB yellow_river withdrawal excluded cap 2020",
    "UPDATE stated SET seq = 0 WHERE node = 'YB'": "stated YB yellow_river withdrawal excluded cap 2020",
    "UPDATE stated SET seq = 100000 WHERE node = 'YB'": "stated YB yellow_river withdrawal excluded cap 2020",
    "UPDATE stated SET year = 2031 WHERE node = 'YB'": "stated YB yellow_river withdrawal excluded cap 20",
    "DELETE FROM stated WHERE balance = 'reserve'": "stated ",
    "INSERT INTO stated SELECT 'B1', water, basis, ecology, balance, year, 1, '', '', 0, 1, 1 FROM stated"
    " WHERE node = 'YB'": "stated B1 yellow_river",
    "DELETE FROM headroom WHERE node = 'A1u' AND year = 2022 AND water = 'total'": "headroom A1u total 2022",
    "DELETE FROM headroom WHERE node = 'NM' AND water = 'groundwater' AND year = 2020": "headroom NM groundwater 2020",
    "INSERT INTO headroom SELECT 'B1', water, 1999, 1, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 0, 0, 1 FROM headroom"
    " WHERE node = 'A1u' AND year = 2022 AND water = 'total'": "headroom B1 total 1999",
    "INSERT INTO headroom SELECT '?', water, 1999, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 0, 0, 1 FROM headroom"
    " WHERE node = 'A1u' AND year = 2022 AND water = 'total'": "headroom ? total 1999",
    "INSERT INTO headroom SELECT 'B1', water, 1999, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 0, 0, 1 FROM headroom"
    " WHERE node = 'A1u' AND year = 2022 AND water = 'total'": "headroom B1 total 1999",
    "UPDATE record SET body = '{}' WHERE kind = 'meter'": "record meter M",
    "UPDATE record SET body = '[' WHERE kind = 'meter'": "record meter M",
    "UPDATE record SET kind = 'thing' WHERE kind = 'quota'": "record thing",
    "UPDATE record SET seq = 0 WHERE kind = 'quota'": "record quota",
    "UPDATE record SET seq = 100000 WHERE kind = 'quota'": "record quota",
    "DELETE FROM record WHERE kind = 'permit' AND id = 'P3'": "record permit P3",
    "DELETE FROM record WHERE kind = 'application' AND id = 'X2'": "record application X2",
    "UPDATE record SET body = replace(body, '\"A1u\"', '\"A1\"') WHERE kind = 'permit'": "record permit P1",
    "UPDATE record SET body = replace(body, '\"A2\"', '\"A1\"') WHERE kind = 'application'": "record application",
    "UPDATE tip SET clock = '2020-01-01T00:00:00+00:00'": "tip clock",
    "UPDATE tip SET clock = 'noon'": "tip clock",
    "UPDATE tip SET clock = NULL": "tip clock",
    "DELETE FROM tip": "tip",
    "UPDATE tip SET one = 2": "tip",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_row_is_named(tampered, change):
    tampered.run("PRAGMA foreign_keys = OFF")
    tampered.run(change)
    verification = tampered.audit()
    assert verification.first_wrong in (None, tampered.last)
    (problem, *_) = verification.problems
    assert problem.place.item.startswith(CHANGES[change])
    assert codes(verification) <= {CHANGES[change].split()[0]}
    assert all(problem.describe("zh") and problem.describe("en") for problem in verification.problems)


@pytest.mark.parametrize("column", range(3, 18))
def test_every_column_of_headroom_counts(tampered, column):
    names = [name for _, name, *_ in tampered.run("PRAGMA table_info(headroom)")]
    where = "node = 'A1u' AND water = 'groundwater' AND year = 2022"
    tampered.run(f"UPDATE headroom SET {names[column]} = COALESCE({names[column]}, 0) + 1000 WHERE {where}")
    verification = tampered.audit()
    assert [problem.place.item for problem in verification.problems] == ["headroom A1u groundwater 2022"]
    assert verification.first_wrong is None


@pytest.mark.parametrize(("beyond", "wrong"), [(-20, -19), (1, 1), (0, 0)])
def test_a_tip_that_names_another_end(tampered, beyond, wrong):
    tampered.run("UPDATE tip SET seq = ?, hash = ?", tampered.last + beyond, "f" * 64)
    verification = tampered.audit()
    assert (verification.first_wrong, codes(verification)) == (tampered.last + wrong, {"tip"})


def test_a_tip_that_is_no_number(tampered):
    tampered.run("DROP TABLE tip")
    tampered.run("CREATE TABLE tip (one, seq, hash, clock)")
    tampered.run("INSERT INTO tip VALUES (1, 'x', 'y', 'z')")
    verification = tampered.audit()
    assert (verification.first_wrong, codes(verification)) == (None, {"tip"})


def test_a_row_that_says_nothing_wrong_is_let_be(tampered):
    """An amount of 0 leaves a row behind, and no trace in the journal."""
    limits = (
        "SELECT permit_limit_m3, plan_limit_m3, use_limit_m3, all_permit_limit_m3, all_plan_limit_m3, all_use_limit_m3"
    )
    (held,) = tampered.run(f"{limits} FROM headroom WHERE node = 'NM' AND water = 'total' AND year = 2020")
    marks = ", ".join("?" * len(held))
    tampered.run(f"INSERT INTO headroom VALUES ('NM', 'total', 2035, 0, 0, 0, 0, 0, 0, {marks}, 0, 0, 1)", *held)
    assert tampered.audit().ok


def test_text_that_cannot_be_read_is_shown_as_it_can(tampered):
    tampered.run("UPDATE node SET name = CAST(x'ff' AS TEXT) WHERE node = 'A'")
    assert codes(tampered.audit()) == {"node"}


def test_a_long_row_is_cut_short(tampered):
    tampered.run("UPDATE node SET name = ? WHERE node = 'A'", "长" * 5000)
    (problem,) = tampered.audit().problems
    assert len(problem.found.zh) < 500


# Triggers and the schema


@pytest.mark.parametrize("name", ["journal_appends", "journal_keeps", "journal_holds"])
@pytest.mark.parametrize("change", ["gone", "changed", "moved"])
def test_a_guard_that_is_not_as_it_was(tampered, name, change):
    sql = tampered.guards.pop(name)
    if change == "changed":
        tampered.guards[name] = sql.replace("append-only", "kept").replace("next entry", "next")
    if change == "moved":
        tampered.guards[name] = f"CREATE TRIGGER {name} BEFORE INSERT ON tip BEGIN SELECT 1; END"
    verification = tampered.audit()
    assert [problem.place.item for problem in verification.problems] == [f"trigger {name}"]
    assert codes(verification) == {"guard"}
    assert verification.first_wrong is None


def test_a_trigger_that_was_added(tampered):
    tampered.guards["also"] = "CREATE TRIGGER also AFTER INSERT ON headroom BEGIN DELETE FROM node; END"
    (problem,) = tampered.audit().problems
    assert (problem.code, problem.place.item) == ("ledger.verify.guard", "trigger also")


def test_a_table_that_is_a_view(tampered):
    from hetao.audit import audit_store
    from hetao.errors import LedgerError

    tampered.run("ALTER TABLE record RENAME TO kept")
    tampered.run("CREATE VIEW record AS SELECT * FROM kept")
    with pytest.raises(LedgerError, match="record"):
        audit_store(tampered.content())
