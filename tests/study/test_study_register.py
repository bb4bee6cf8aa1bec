"""The register of a study: tables become events of a ledger; what is wrong with a table is told in its cell."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from hetao.cli import main
from hetao.errors import ProblemsError
from hetao.ledger import Ledger
from hetao.study import check_study, run_study

SECTION = """
[register]
focus = "R"
year = 2023
caps = "ledger/caps.csv"
units = "ledger/units.csv"
permits = "ledger/permits.csv"
readings = "ledger/readings.csv"
notes = "ledger/notes.csv"
note = { zh = "示例", en = "An example" }
"""
BANNERS = (
    "R11,子旗,Banner 1,banner,R1,,,,",
    "R12,丑旗,Banner 2,banner,R1,,,,",
    "R13,寅旗,Former banner,banner,R1,,,2010,R11",
)
CAPS = """\
node,water,basis,ecology,year,volume_m3,edge,reserve_m3,document
R11,groundwater,withdrawal,excluded,2022,200000,,,文
R12,groundwater,withdrawal,excluded,2022,100000,,,文
R1,groundwater,withdrawal,excluded,2022,300000,,0,文
R,groundwater,withdrawal,excluded,2022,1000000,,50000,文
R,yellow_river,consumption,included,1987,5000000,,,文
YR,total,withdrawal,excluded,2022,900000,,,文
R12,groundwater,withdrawal,excluded,2021,110000,,,文
"""
UNITS = """\
unit,zh,en,banner,aquifer,cap_m3,basin
U1,子一,Unit one,R11,Q,120000,YR
U2,子二,,R11,Q,80000,
U3,丑一,Unit three,R12,Q,100000,YR
"""
PERMIT_COLUMNS = (
    "application,applicant,node,water,volume_m3,monthly_m3,from,to,purpose,project,saving_measures,return_water,metering,"
    "deep,permit,applied,approved,approver,works_start,accepted,permit_from,permit_to,plan_2023_m3,note"
)
EVENLY = " ".join(["5000"] * 12)
MONTHS = " ".join(["80001", *["0"] * 11])
TERM = "2023-01-01,2026-12-31"
LIFE = "2022-03-01,2022-04-01,R1,2022-05-01,2022-12-01,2023-01-01,2030-12-31"
PERMITS = f"""\
{PERMIT_COLUMNS}
A1,甲水厂 / Works one,U1,groundwater,60000,{EVENLY},{TERM},town,none,yes,12,online,,P1,{LIFE},50000,
A2,乙水厂,U3,groundwater,60000,{EVENLY},{TERM},town,none,yes,无,meter,false,P2,{LIFE},,
A3,丙,U2,groundwater,80001,{MONTHS},{TERM},town,none,yes,无,online,,,2022-03-02,,,,,,,,beyond its unit
A4,丁,U2,groundwater,60000,{EVENLY},{TERM},agriculture,none,yes,无,meter,true,,2022-03-03,,,,,,,,
A5,戊,,groundwater,60000,,,,town,none,yes,无,online,,,2022-03-04,,,,,,,,
A6,己,U2,groundwater,12000,{" ".join(["1000"] * 12)},2024-01-01,2026-12-31,town,none,yes,无,online,,,2023-12-01,,,,,,,,
"""
READINGS = """\
permit,meter,from,to,volume_m3,method
P1,M1,2023-01-01,2023-06-30,30000,metered
P1,M1,2023-07-01,2023-12-31,25000,metered
P2,M2,2023-01-01,2023-12-31,100001,metered
"""
NOTED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("node", "2022-01-01T00:00:00+08:00", {"node": "YR", "name": "某流域 / A basin", "kind": "basin"}),
    (
        "setting",
        "2022-01-01T00:00:00Z",
        {"key": "s", "name": "warning_ratio", "value": "0.95", "from": "2022-01-01", "document": "文"},
    ),
    ("tick", "2024-01-01T00:00:00+08:00", {"by": "somebody", "event": "rain", "at": "never"}),
)


def noted(event: str, at: str, fields: object) -> str:
    """Return a row of the notes."""
    text = fields if isinstance(fields, str) else json.dumps(fields, ensure_ascii=False)
    quoted = text.replace('"', '""')
    return f'{event},{at},"{quoted}"'


NOTES = "event,at,json\n" + "".join(f"{noted(*one)}\n" for one in NOTED)
FILES = {"caps": CAPS, "units": UNITS, "permits": PERMITS, "readings": READINGS, "notes": NOTES}
JOBS = ("measure", "hold", "plan", "track")


@pytest.fixture
def register(starter: Any) -> Any:
    """Return the starter with a small register and nothing else to do."""
    starter.drop_sections(*JOBS)
    starter.add(*BANNERS, name="regions.csv")
    starter.write("study.toml", starter.text() + SECTION)
    for name, text in FILES.items():
        starter.write(f"ledger/{name}.csv", text)
    return starter


def events(results: Any) -> list[dict[str, Any]]:
    journal = results.written.folder / "register.jsonl"
    return [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]


# --- what is made of it ---


def test_a_register_becomes_a_ledger_and_a_section(register: Any, run: Any) -> None:
    results = run(register)
    facts = results.manifest["results"]["register"]
    journal = events(results)
    assert (facts["entries"], facts["verified"]) == (len(journal), True)
    assert facts["head"].startswith(f"{len(journal)} · ")
    assert {f"ledger/{name}.csv" for name in FILES} <= set(results.manifest["inputs_sha256"])
    section = results.report.sections[0]
    assert (section.key, section.tone) == ("register", "bad")
    assert (
        "3 management units, 2 permits; use is over its cap at 2 places; 2 applications refused, 1 waiting"
        in section.answer.en
    )
    over = {r["place_en"]: r for r in results.table("register_over")}
    assert set(over) == {"Banner 2", "Banner 2 U3"}
    assert over["Banner 2 U3"]["over [10⁴ m³]"] == "0.0001"
    assert over["Banner 2 U3"]["why_en"] == "over their permits: P2 by 4.00 (10⁴ m³)"
    assert over["Banner 2 U3"]["counted_en"] == "groundwater, withdrawal basis, ecological supply excluded"


def test_the_events_come_in_the_order_of_time_and_places_and_caps_before_all(register: Any, run: Any) -> None:
    journal = events(run(register))
    kinds = [e["event"] for e in journal]
    places = [e["node"] for e in journal if e["event"] == "node"]
    assert places[0] == "YR"
    assert places.index("R") < places.index("R1") < places.index("R11") < places.index("U1")
    assert "R13" not in places  # it is no more
    assert {e["at"] for e in journal if e["event"] in ("node", "cap", "breakdown")} == {"2000-01-01T00:00:00+08:00"}
    life = [e["event"] for e in journal if "A1" in str(e.get("application")) or e.get("permit") == "P1"]
    assert life == ["apply", "approve", "start_works", "accept_works", "plan", "read", "read"]
    assert (kinds[-1], journal[-1]["by"], journal[-1]["at"]) == ("tick", "somebody", "2024-01-01T00:00:00+08:00")
    assert journal[-1]["key"] == "note 3"


def test_caps_are_broken_down_from_the_top_whatever_the_order_of_the_rows(register: Any, run: Any) -> None:
    journal = events(run(register))
    caps = [(e["event"], e["node"], e["year"]) for e in journal if e["event"] in ("cap", "breakdown")]
    assert caps.index(("cap", "R", 2022)) < caps.index(("breakdown", "R", 2022)) < caps.index(("breakdown", "R1", 2022))
    assert ("cap", "R12", 2021) in caps  # its parent has no cap of that year
    assert [e["issuer"] for e in journal if e["event"] == "cap" and e["node"] in ("R12", "YR")] == ["R1", "R"]
    broken = {(e["node"], e["year"]): (e["children"], e["reserve_m3"]) for e in journal if e["event"] == "breakdown"}
    assert broken["R", 2022] == ({"R1": 300000}, 50000)
    assert broken["R1", 2022] == ({"R11": 200000, "R12": 100000}, 0)
    assert broken["R11", 2022] == ({"U1": 120000, "U2": 80000}, 0)
    assert not any(e["event"] == "breakdown" and "edge" in e for e in journal)


def test_an_edge_goes_with_the_breakdown(register: Any, run: Any) -> None:
    register.change(
        "ledger/caps.csv",
        "R11,groundwater,withdrawal,excluded,2022,200000,,,",
        "R11,groundwater,withdrawal,excluded,2022,200000,moved,,",
    )
    broken = {e["node"]: e.get("edge") for e in events(run(register)) if e["event"] == "breakdown"}
    assert broken["R1"] == "moved"
    assert broken["R"] is None


def test_units_and_whole_banners_lie_in_their_basins(register: Any, run: Any) -> None:
    basins = {e["node"]: e.get("basins") for e in events(run(register)) if e["event"] == "node"}
    assert (basins["U1"], basins["U2"], basins["U3"]) == (["YR"], None, ["YR"])
    assert (basins["R11"], basins["R12"]) == (None, ["YR"])


def test_the_fields_of_an_application_have_their_kinds(register: Any, run: Any) -> None:
    asked = {e["application"]: e for e in events(run(register)) if e["event"] == "apply"}
    assert (asked["A1"]["return_water"], asked["A2"]["return_water"]) == (12, "无")
    assert ("deep" in asked["A1"], asked["A2"]["deep"], asked["A4"]["deep"]) == (False, False, True)
    assert asked["A1"]["monthly_m3"] == [5000] * 12
    assert {"node", "from", "to", "monthly_m3"} & set(asked["A5"]) == set()
    assert "note" not in asked["A3"]


def test_every_application_that_was_not_simply_admitted_is_told(register: Any, run: Any) -> None:
    results = run(register)
    told = [(r["application"], r["decision_en"]) for r in results.table("register_applications")]
    assert told == [("A3", "refused R19 R20"), ("A4", "refused R35"), ("A5", "incomplete R12")]
    by_name = {r["application"]: r for r in results.table("register_applications")}
    assert by_name["A3"]["place_en"] == "Banner 1 U2"
    assert by_name["A5"]["place_en"] == "–"
    assert "Unit one" not in str(by_name)
    due = {(r["rule"], r["place_en"]) for r in results.table("register_due")}
    assert ("R47", "Banner 1 U1") in due
    words = next(r for r in results.table("register_due") if r["rule"] == "R47" and r["place_en"] == "Banner 1 U1")
    assert "Works one" in words["what_en"]
    assert "甲水厂" not in words["what_en"]
    assert "甲水厂" in words["what_zh"]
    assert "Works one" not in words["what_zh"]
    remarked = {r["permit"]: r["rules"] for r in results.table("register_permits")}
    assert remarked == {
        "P1": "R50",
        "P2": "R51 R52 read.over_cap",
    }  # the online meter was a condition; the long term is of no matter now


def test_a_register_without_anything_but_caps(register: Any, run: Any) -> None:
    for name in ("units", "permits", "readings", "notes"):
        register.set(f'{name} = "ledger/{name}.csv"\n', "")
    register.change("ledger/caps.csv", "YR,total,withdrawal,excluded,2022,900000,,,文\n", "")
    results = run(register)
    section = results.report.sections[0]
    assert (section.tone, results.manifest["results"]["register"]["refused"]) == ("good", 0)
    assert "0 management units, 0 permits; use is over its cap at 0 places" in section.answer.en
    assert set(results.tables()) >= {"register_over.csv", "register_levels.csv"}
    assert {"register_due.csv", "register_applications.csv", "register_permits.csv"} & set(results.tables()) == set()


def test_a_register_in_workbooks_gives_the_same_ledger(register: Any, run: Any) -> None:
    from_csv = run(register, "csv")
    for name in FILES:
        with (register.path / "ledger" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))

        def fill(book: Any, page: Any, rows: list[list[str]] = rows) -> None:
            for i, row in enumerate(rows):
                page.write_row(i, 0, [int(cell) if cell.isdigit() else cell for cell in row])

        register.sheet(f"ledger/{name}.xlsx", fill)
        register.set(f"ledger/{name}.csv", f"ledger/{name}.xlsx")
    assert events(run(register, "xlsx")) == events(from_csv)


def test_what_the_ledger_refuses_besides_is_told(register: Any, run: Any) -> None:
    register.add(noted("rain", "2023-05-01T00:00:00+08:00", {"depth_mm": 5}), name="ledger/notes.csv")
    register.add("P9,M9,2023-01-01,2023-01-31,5,metered", name="ledger/readings.csv")
    register.change("ledger/units.csv", "U2,子二,,R11,Q,80000,", "U2,子二,,R11,Q,80001,")
    results = run(register)
    refused = {r["key"]: r["rules"] for r in results.table("register_refused")}
    assert refused == {
        "breakdown R11 groundwater withdrawal excluded 2022": "R01 R06",
        "read M9 2023-01-01": "permit.unknown",
        "note 4": "event.unknown",
    }
    assert results.manifest["results"]["register"]["verified"]


def test_an_application_or_reading_among_the_notes_is_taken_and_told(register: Any, run: Any) -> None:
    odd = {"application": [1], "node": [2], "volume_m3": "much"}
    more = (("apply", "2023-12-02", odd), ("apply", "2023-12-02", {}), ("read", "2023-12-31", {"permit": {}}))
    register.add(*(noted(kind, f"{day}T20:00:00+08:00", fields) for kind, day, fields in more), name="ledger/notes.csv")
    results = run(register)
    assert [r["decision_en"].split()[0] for r in results.table("register_applications")].count("refused") == 4
    assert any(r["place_en"] == "[2]" for r in results.table("register_applications"))


def test_the_journal_replays_to_the_head_in_the_manifest(register: Any, run: Any) -> None:
    results = run(register)
    with Ledger.open("sqlite:///:memory:") as ledger:
        list(ledger.replay(events(results)))
        assert f"{ledger.head.seq} · {ledger.head.hash}" == results.manifest["results"]["register"]["head"]


def test_two_runs_give_the_same(register: Any, run: Any) -> None:
    one, two = run(register, "one"), run(register, "two")
    assert one.tables() == two.tables()
    assert one.report.sections == two.report.sections
    assert [(r.written.folder / "register.jsonl").read_bytes() for r in (one, two)].count(
        (one.written.folder / "register.jsonl").read_bytes()
    ) == 2


# --- what is wrong ---


@dataclass(frozen=True)
class Broken:
    """How a register is broken, and the problems, each as code and place in words, that must be told."""

    break_: Callable[[Any], object]
    told: tuple[tuple[str, str], ...]


def changed(name: str, old: str, new: str, *told: tuple[str, str]) -> Broken:
    return Broken(lambda study: study.change(f"ledger/{name}.csv", old, new), told)


def setting(old: str, new: str, *told: tuple[str, str]) -> Broken:
    return Broken(lambda study: study.set(old, new), told)


def added(name: str, row: str, *told: tuple[str, str]) -> Broken:
    return Broken(lambda study: study.add(row, name=f"ledger/{name}.csv"), told)


def at(name: str, row: int, column: str = "") -> str:
    return f"ledger/{name}.csv, row {row}" + (f", column {column}" if column else "")


def many(study: Any) -> None:
    study.change("ledger/units.csv", "U1,子一,Unit one,R11,Q,120000", "U1,子一,Unit one,R11,Q,120000.5")
    study.change("ledger/readings.csv", "2023-06-30", "2023-06-31")
    (study.path / "ledger" / "notes.csv").unlink()


CELL, TWICE, PLACE = "study.register_cell", "study.register_twice", "study.register_place"
VOLUME, COLUMN, JSON = "study.register_volume", "study.register_column", "study.register_json"
BROKEN = {
    "no file": Broken(lambda s: (s.path / "ledger" / "caps.csv").unlink(), (("figures.no_file", "ledger/caps.csv"),)),
    "a folder": setting('caps = "ledger/caps.csv"', 'caps = "ledger"', ("figures.no_file", "ledger")),
    "an empty file": Broken(lambda s: s.write("ledger/units.csv", ""), (("figures.empty_file", "ledger/units.csv"),)),
    "a header only": Broken(
        lambda s: s.write("ledger/units.csv", UNITS.splitlines()[0] + "\n"), (("figures.no_rows", at("units", 1)),)
    ),
    "no caps named": setting('caps = "ledger/caps.csv"\n', "", ("study.setting", "study.toml, [register] caps")),
    "no year": setting("year = 2023\n", "", ("study.setting", "study.toml, [register] year")),
    "an unknown setting": setting(
        "year = 2023", "year = 2023\npermit = 1", ("study.setting", "study.toml, [register] permit")
    ),
    "an unknown focus": setting(
        'focus = "R"', 'focus = "Q"', ("figures.unknown_region", "study.toml, [register] focus")
    ),
    "a missing column": changed("caps", ",basis,", ",base,", *[(COLUMN, at("caps", 1))] * 2),
    "a column twice": changed("caps", ",edge,", ",year,", ("figures.duplicate_column", at("caps", 1, "year"))),
    "an unknown column": changed("permits", "plan_2023_m3", "plan_23_m3", (COLUMN, at("permits", 1))),
    "a plan among readings": changed("readings", ",method\n", ",plan_2023_m3\n", *[(COLUMN, at("readings", 1))] * 2),
    "a fraction of 1 m³": changed("caps", "2022,300000,", "2022,300000.5,", (VOLUME, at("caps", 4, "volume_m3"))),
    "a negative volume": changed("readings", ",25000,", ",-25000,", (VOLUME, at("readings", 3, "volume_m3"))),
    "too large a volume": changed("readings", ",25000,", f",{10**18},", (VOLUME, at("readings", 3, "volume_m3"))),
    "a volume with a unit": changed("units", "120000", "12万m³", (VOLUME, at("units", 2, "cap_m3"))),
    "a reserve in words": changed("caps", ",50000,", ",half,", (VOLUME, at("caps", 5, "reserve_m3"))),
    "a volume of an application": changed("permits", ",80001,", ",80001.0.0,", (VOLUME, at("permits", 4, "volume_m3"))),
    "a plan in words": changed("permits", ",50000,\n", ",all,\n", (VOLUME, at("permits", 2, "plan_2023_m3"))),
    "months in words": changed(
        "permits",
        f"A1,甲水厂 / Works one,U1,groundwater,60000,{EVENLY}",
        "A1,甲水厂 / Works one,U1,groundwater,60000,5000 five",
        (VOLUME, at("permits", 2, "monthly_m3")),
    ),
    "no volume": changed("readings", ",25000,", ",,", ("figures.empty_cell", at("readings", 3, "volume_m3"))),
    "no cap": changed("units", "120000", "", ("figures.empty_cell", at("units", 2, "cap_m3"))),
    "no document": changed("caps", ",50000,文", ",50000,", ("figures.empty_cell", at("caps", 5, "document"))),
    "no application": changed("permits", "\nA3,丙", "\n,丙", ("figures.empty_cell", at("permits", 4, "application"))),
    "no day of application": changed("permits", "2022-03-02", "", ("figures.empty_cell", at("permits", 4, "applied"))),
    "a year in words": changed("caps", ",1987,", ",ordinary,", (CELL, at("caps", 6, "year"))),
    "a day that is none": changed("readings", "2023-06-30", "2023-06-31", (CELL, at("readings", 2, "to"))),
    "a day of other form": changed("permits", "2022-03-02", "2022/3/2", (CELL, at("permits", 4, "applied"))),
    "a day with a time": changed("permits", "2022-03-03", "2022-03-03T09:00", (CELL, at("permits", 5, "applied"))),
    "a term that is none": changed(
        "permits", "2024-01-01,2026-12-31,town", "2024-01-01,always,town", (CELL, at("permits", 7, "to"))
    ),
    "neither true nor false": changed("permits", ",meter,true,", ",meter,yes,", (CELL, at("permits", 5, "deep"))),
    "a time without offset": changed(
        "notes", "2022-01-01T00:00:00Z", "2022-01-01T00:00:00", (CELL, at("notes", 3, "at"))
    ),
    "no time": changed("notes", "2022-01-01T00:00:00Z", "", ("figures.empty_cell", at("notes", 3, "at"))),
    "no event": changed("notes", "\ntick,", "\n,", ("figures.empty_cell", at("notes", 4, "event"))),
    "no json": added("notes", "tick,2024-01-01T00:00:00+08:00,", ("figures.empty_cell", at("notes", 5, "json"))),
    "json cut short": added("notes", 'tick,2024-01-01T00:00:00+08:00,"{"', (JSON, at("notes", 5, "json"))),
    "json that is a list": added("notes", "tick,2024-01-01T00:00:00+08:00,[1]", (JSON, at("notes", 5, "json"))),
    "json with a name twice": added(
        "notes", 'tick,2024-01-01T00:00:00+08:00,"{""by"": 1, ""by"": 2}"', (JSON, at("notes", 5, "json"))
    ),
    "json without a number": added(
        "notes", 'tick,2024-01-01T00:00:00+08:00,"{""by"": NaN}"', (JSON, at("notes", 5, "json"))
    ),
    "json too deep": added("notes", f"tick,2024-01-01T00:00:00+08:00,{'[' * 20_000}", (JSON, at("notes", 5, "json"))),
    "words for json": added("notes", "tick,2024-01-01T00:00:00+08:00,一月", (JSON, at("notes", 5, "json"))),
    "an unknown banner": changed("units", "Unit one,R11", "Unit one,R99", (PLACE, at("units", 2, "banner"))),
    "a league for a banner": changed("units", "Unit one,R11", "Unit one,R1", (PLACE, at("units", 2, "banner"))),
    "a banner of another year": changed("units", "Unit one,R11", "Unit one,R13", (PLACE, at("units", 2, "banner"))),
    "an unknown basin": changed("units", "100000,YR", "100000,XR", (PLACE, at("units", 4, "basin"))),
    "an unknown node of a cap": changed("caps", "\nYR,", "\nXR,", (PLACE, at("caps", 7, "node"))),
    "an unknown node of a permit": changed("permits", "丙,U2", "丙,U9", (PLACE, at("permits", 4, "node"))),
    "a unit in two banners": added("units", "U1,子一,Unit one,R12,Q,120000,YR", (TWICE, at("units", 5, "unit"))),
    "a cap twice": added("caps", "R,groundwater,withdrawal,excluded,2022,5,,,文", (TWICE, at("caps", 9, "node"))),
    "an application twice": changed("permits", "\nA3,丙", "\nA2,丙", (TWICE, at("permits", 4, "application"))),
    "a reading twice": added("readings", "P1,M1,2023-07-01,2023-12-31,5,metered", (TWICE, at("readings", 5, "meter"))),
    "many things": Broken(
        many,
        (
            (VOLUME, at("units", 2, "cap_m3")),
            (CELL, at("readings", 2, "to")),
            ("figures.no_file", "ledger/notes.csv"),
        ),
    ),
    "an unknown focus and a bad cell": Broken(
        lambda s: (s.set('focus = "R"', 'focus = "Q"'), s.change("ledger/caps.csv", ",1987,", ",x,")),
        (("figures.unknown_region", "study.toml, [register] focus"), (CELL, at("caps", 6, "year"))),
    ),
}


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_register_gives_one_clear_report_and_no_output(
    register: Any, case: Broken, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    case.break_(register)
    with pytest.raises(ProblemsError) as checked:
        check_study(register.path)
    problems = checked.value.problems
    places = [p.place.describe("en").replace(f"{register.path}/", "") for p in problems]
    assert [(p.code, place) for p, place in zip(problems, places, strict=True)] == list(case.told)
    for problem in problems:
        for words in (problem.found, problem.expected, problem.remedy):
            assert words.zh.strip()
            assert words.en.strip()
        assert re.search("[一-鿿]", problem.remedy.zh)
    with pytest.raises(ProblemsError) as refused:
        run_study(register.path, tmp_path / "out")
    assert refused.value.problems == problems
    assert not (tmp_path / "out").exists()
    with pytest.raises(SystemExit) as ended:
        main(["--lang", "zh", "check", str(register.path)])
    assert ended.value.code == 2
    assert capsys.readouterr().err == checked.value.describe("zh") + "\n"
