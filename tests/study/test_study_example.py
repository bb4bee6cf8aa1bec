"""The example end to end: its files, the facts that it must show, and that two runs are the same."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import zipfile
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hetao.cli import main
from hetao.ledger import Ledger, Outcome
from hetao.plan import RULES
from hetao.text import Text

OVER = ["2005", "2006", "2007", "2009", "2010", "2011", "2013", "2014"]
CONSUMPTION = "Yellow River water, consumption basis, ecological supply included"
CAP_M3 = 19_630_000_000
TABLES = {
    "figures_sums",
    "figures_vintages",
    "hold_accounts",
    "hold_two_answers",
    "plan_audit",
    "plan_banners",
    "plan_leagues",
    "plan_listed",
    "plan_projects",
    "plan_rules",
    "track_others",
    "track_targets",
    *(f"{m}_{t}" for m in ("tfp", "green_tfp") for t in ("ranking", "changes")),
    *(f"register_{t}" for t in ("over", "applications", "due", "permits", "near", "levels")),
}
LEDGER = Path(__file__).resolve().parents[2] / "examples" / "inner-mongolia" / "ledger"


def m3(cell: str) -> int:
    """Return a volume of a table in 10⁸ m³ as whole m³."""
    return round(Decimal(cell) * 10**8)


def test_every_file_is_there_and_nothing_else(example: Any) -> None:
    names = {p.name for p in example.written.folder.iterdir()}
    assert names == {"report.html", "results.xlsx", "tables", "ledger.jsonl", "register.jsonl", "manifest.json"}
    assert set(example.tables()) >= {f"{name}.csv" for name in TABLES}
    assert example.written.report.stat().st_size > 100_000
    assert zipfile.is_zipfile(example.written.workbook)
    assert [p.name for p in example.written.folder.parent.iterdir()] == [example.written.folder.name]


def test_every_table_of_figures_names_known_sources(example: Any, shared_sources: set[str]) -> None:
    named = {
        key
        for name in TABLES
        for row in example.table(name)
        for column, cell in row.items()
        if column.endswith("_source")
        for key in cell.split(";")
        if key
    }
    assert "yrcc_bulletin" in named
    assert named <= shared_sources


@pytest.fixture
def shared_sources() -> set[str]:
    path = Path(__file__).resolve().parents[2] / "examples" / "inner-mongolia" / "sources.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["source"] for row in csv.DictReader(file)}


def test_surface_consumption_is_over_the_share_of_1987_in_eight_years_on_that_basis_only(example: Any) -> None:
    rows = [r for r in example.table("hold_accounts") if r["place_en"] == "Inner Mongolia"]
    over = [r for r in rows if r["status_en"] == "over the cap"]
    assert [r["year"] for r in over] == OVER
    assert {r["basis_en"] for r in over} == {CONSUMPTION}
    assert {r["cap [10⁸ m³]"] for r in over} == {"58.6"}
    for row in over:
        assert m3(row["use [10⁸ m³]"]) > m3("58.6")
        assert m3(row["left [10⁸ m³]"]) == m3("58.6") - m3(row["use [10⁸ m³]"])
    within = [r["year"] for r in rows if r["basis_en"] == CONSUMPTION and r["status_en"] == "within the cap"]
    assert within == [str(y) for y in range(2003, 2018) if str(y) not in OVER]
    page = example.written.report.read_text(encoding="utf-8")
    assert "exceeded 58.6 × 10⁸ m³ in 2005, 2006, 2007, 2009, 2010, 2011, 2013, 2014" in page


def test_two_bases_give_two_answers_in_2023(example: Any) -> None:
    rows = {r["use [10⁸ m³]"]: r for r in example.table("hold_two_answers")}
    assert set(rows) == {"182.73", "202.87"}
    within, other = rows["182.73"], rows["202.87"]
    assert (within["cap [10⁸ m³]"], within["left [10⁸ m³]"]) == ("196.3", "13.57")
    assert within["answer_en"] == "within the cap"
    assert (other["cap [10⁸ m³]"], other["left [10⁸ m³]"]) == ("", "")
    assert "Unlike bases are neither compared nor converted" in other["answer_en"]
    assert "不同口径不作比较" in other["answer_zh"]


@pytest.mark.parametrize(("measure", "programmes"), [("tfp", 2100), ("green_tfp", 1080)])
def test_both_indices_have_every_change_with_its_certificate(example: Any, measure: str, programmes: int) -> None:
    rows = example.table(f"{measure}_changes")
    assert len(rows) == 30 * 17
    assert len({r["region_en"] for r in rows}) == 30
    assert {r["status_en"] for r in rows} == {"optimal"}
    for row in rows:
        parts = float(row["efficiency_change"]) * float(row["technical_change"])
        assert parts == pytest.approx(float(row["index"]), rel=1e-9)
    certificate = example.manifest["results"][f"measure.{measure}"]["certificate"]
    assert certificate["programmes"] == programmes
    assert certificate["statuses"] == {"optimal": programmes}
    assert max(certificate[part] for part in ("primal", "dual", "gap")) <= 1e-8
    assert len(example.table(f"{measure}_ranking")) == 30


def test_the_breakdown_adds_up_to_the_last_cubic_metre_under_every_rule(example: Any) -> None:
    facts = example.manifest["results"]["plan.breakdown"]
    assert facts["cap_m3"] == CAP_M3
    assert facts["admitted"] == dict.fromkeys(RULES, True)
    rules = example.table("plan_rules")
    assert [int(r["sum [m³]"]) for r in rules] == [CAP_M3] * len(RULES)
    assert {r["ledger_en"] for r in rules} == {"admitted"}
    leagues, banners = example.table("plan_leagues"), example.table("plan_banners")
    assert (len(leagues), len(banners)) == (12, 103)
    for rule in RULES:
        column = f"{rule} [10⁸ m³]"
        assert sum(m3(r[column]) for r in leagues) + CAP_M3 // 20 == CAP_M3
        for league in leagues:
            inside = [m3(r[column]) for r in banners if r["within_en"] == league["region_en"]]
            assert sum(inside) == m3(league[column])


def test_the_portfolio_is_optimal_audited_and_beats_unit_cost_order(example: Any) -> None:
    facts = example.manifest["results"]["plan.portfolio"]
    assert (facts["status"], facts["gap"], facts["audit_holds"]) == ("optimal", 0.0, True)
    assert facts["objective_m3"] <= facts["certified_bound_m3"]
    assert {r["holds_en"] for r in example.table("plan_audit") if r["portfolio_en"] == "best portfolio"} == {"met"}
    saved = {"start": 0, "order": 0}
    for row in example.table("plan_projects"):
        for column in saved:
            if row[column]:
                saved[column] += round(Decimal(row["saving [10⁴ m³]"]) * 10**4) * (2030 - int(row[column]))
    assert saved["start"] == facts["objective_m3"]
    assert saved["start"] >= saved["order"] > 0
    listed = {r["saving [10⁴ m³]"] for r in example.table("plan_listed")}
    assert listed == {"40.0", "625.0"}


def test_the_decline_of_industrial_intensity_is_reopened(example: Any) -> None:
    statuses = example.manifest["results"]["track"]["statuses"]
    assert statuses["industrial_intensity_2025"] == "reopened"
    assert statuses["total_use_2023"] == "met"
    row = next(r for r in example.table("track_targets") if "industrial value added" in r["indicator_en"])
    assert (row["latest"], row["latest_year"], row["status_en"]) == ("12.76", "2023", "reopened")
    assert "short of the target's value by 0.24 percentage points" in row["why_en"]
    tourism = [r for r in example.table("track_targets") if r["region_en"].startswith("One league")]
    assert [r["target_en"].split()[:3] for r in tourism] == [["at", "least", n] for n in ("3", "20", "350")]
    assert [r["target_zh"] for r in tourism] == ["不低于 3 个", "不低于 20 个", "不低于 350 万人次"]


def test_the_totals_that_do_not_add_up_are_listed_and_the_vintages_named(example: Any) -> None:
    misses = {(r["period"], r["gap"]) for r in example.table("figures_sums")}
    assert misses == {("2007", "0.1"), ("2011", "-30.0")}
    (vintage,) = example.table("figures_vintages")
    assert (vintage["chosen"], vintage["others"]) == ("edgar_2024", "du_co2")
    assert example.manifest["choices"] == {"co2_emissions": "edgar_2024"}


def test_two_runs_give_the_same_bytes_but_for_the_time_stamps(example: Any, example_again: Any) -> None:
    def contents(results: Any) -> dict[str, bytes]:
        made = results.manifest["made"].encode()
        found = {}
        for path in sorted(p for p in results.written.folder.rglob("*") if p.is_file()):
            name = path.relative_to(results.written.folder).as_posix()
            if path.suffix == ".xlsx":
                with zipfile.ZipFile(path) as parts:
                    for part in parts.infolist():
                        assert part.date_time[0] == 1980
                        found[f"{name}/{part.filename}"] = parts.read(part)
            elif name == "manifest.json":
                manifest = {**results.manifest, "timings_s": None}
                found[name] = json.dumps(manifest, ensure_ascii=False).encode()
            else:
                found[name] = path.read_bytes()
        return {name: content.replace(made, b"MADE") for name, content in found.items()}

    once, twice = contents(example), contents(example_again)
    assert list(once) == list(twice)
    assert [name for name in once if once[name] != twice[name]] == []
    assert set(example.manifest["timings_s"]) == {"read", "measure", "hold", "register", "plan", "track"}


@pytest.mark.parametrize("job", ["hold", "register"])
def test_the_journal_replays_to_the_head_in_the_manifest(
    example: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], job: str
) -> None:
    store = f"sqlite:///{tmp_path / 'ledger.db'}"
    journal = example.written.folder / {"hold": "ledger.jsonl", "register": "register.jsonl"}[job]
    with pytest.raises(SystemExit) as ended:
        main(["ledger", "replay", str(journal), "--store", store])
    outcomes = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    facts = example.manifest["results"][job]
    assert ended.value.code == (0 if facts["refused"] == 0 else 1)
    assert len(outcomes) == facts["entries"] == len(journal.read_text(encoding="utf-8").splitlines())
    assert sum(not o["ok"] for o in outcomes) == facts["refused"]
    with pytest.raises(SystemExit) as ended:
        main(["ledger", "verify", "--store", store])
    verified = json.loads(capsys.readouterr().out)
    assert ended.value.code == 0
    assert verified["ok"]
    assert f"{verified['entries']} · {verified['head']}" == facts["head"]
    with pytest.raises(SystemExit) as ended:
        main(["ledger", "export", "--store", store])
    assert ended.value.code == 0
    assert capsys.readouterr().out == journal.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def registered(example: Any) -> dict[str, Outcome]:
    """Return the ledger's answer to every event of the register, by the event's key."""
    lines = (example.written.folder / "register.jsonl").read_text(encoding="utf-8").splitlines()
    with Ledger.open("sqlite:///:memory:") as ledger:
        return {str(outcome.key): outcome for outcome in ledger.replay(lines)}


@pytest.fixture(scope="session")
def asked() -> list[dict[str, str]]:
    with (LEDGER / "permits.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def of_register(example: Any, *kinds: str) -> list[dict[str, Any]]:
    lines = (example.written.folder / "register.jsonl").read_text(encoding="utf-8").splitlines()
    return [event for event in map(json.loads, lines) if event["event"] in kinds]


def test_the_register_holds_every_league_banner_and_unit_and_their_caps_add_up(example: Any) -> None:
    nodes = {n["node"]: n for n in of_register(example, "node")}
    counts = Counter(n["kind"] for n in nodes.values())
    assert counts == {"region": 1, "league": 12, "banner": 103, "unit": 371, "basin": 1}
    assert sum("150000-YR" in n.get("basins", ()) for n in nodes.values() if n["kind"] == "unit") == 122
    caps: dict[tuple[str, str, int], int] = {}
    for event in of_register(example, "cap", "breakdown"):
        if (event["basis"], event["ecology"]) == ("withdrawal", "excluded"):
            given = event.get("children") or {event["node"]: event["volume_m3"]}
            caps |= {(node, event["water"], event["year"]): m3 for node, m3 in given.items()}
    broken = [b for b in of_register(example, "breakdown") if b["year"] == 2023]
    for event in broken:
        children_m3 = sum(event["children"].values())
        assert children_m3 + event["reserve_m3"] == caps[event["node"], event["water"], 2023]
    units = {b["node"] for b in broken if all(nodes[child]["kind"] == "unit" for child in b["children"])}
    assert units == {n for n, place in nodes.items() if place["kind"] == "banner"}
    assert caps["150000", "total", 2023] == CAP_M3
    assert caps["150000-YR", "total", 2023] == 9_200_000_000


def test_the_ledger_decides_every_application_as_the_example_says(
    example: Any, registered: dict[str, Outcome], asked: list[dict[str, str]]
) -> None:
    assert len(asked) > 280
    for row in asked:
        outcome = registered[f"apply {row['application']}"]
        decision, _, rule = row["expected"].partition(" ")
        assert outcome.decision == (decision or "admitted"), row["application"]
        said = outcome.refusals or outcome.warnings
        assert not rule or rule in [f.rule for f in said], row["application"]
        if row["permit"]:
            assert registered[f"permit {row['permit']}"].ok
    told = {r["application"]: r for r in example.table("register_applications")}
    for row in asked:
        decision, _, rule = row["expected"].partition(" ")
        if row["expected"]:
            assert told[row["application"]]["decision_en"].split()[0] == decision
            assert rule in told[row["application"]]["decision_en"].split()
    assert set(told) == {row["application"] for row in asked if row["expected"]}


def test_nothing_but_applications_is_refused(example: Any, registered: dict[str, Outcome]) -> None:
    refused = [key for key, outcome in registered.items() if not outcome.ok and not key.startswith("apply ")]
    assert refused == []
    assert "register_refused.csv" not in example.tables()
    facts = example.manifest["results"]["register"]
    assert facts["verified"]
    assert facts["refused"] == sum(not outcome.ok for outcome in registered.values()) == 16


def test_every_story_of_the_register_shows_up(example: Any, asked: list[dict[str, str]]) -> None:
    stories = {row["story"].partition(" / ")[2]: row for row in asked if row["story"]}
    over = {r["place_en"]: r for r in example.table("register_over")}
    near = {r["place_en"]: r for r in example.table("register_near")}
    due = {(r["rule"], r["what_en"]) for r in example.table("register_due")}
    permits = {r["permit"]: r for r in example.table("register_permits")}

    def is_due(rule: str, *words: str) -> bool:
        return any(r == rule and all(word in what for word in words) for r, what in due)

    beyond = stories["unit's use 4 % over its cap"]
    (row,) = over.values()
    assert row["place_en"] == f"Naiman Banner {beyond['node']}"
    assert beyond["permit"] in row["why_en"]
    assert row["counted_en"] == "groundwater, withdrawal basis, ecological supply excluded"
    exactly = stories["unit's use exactly at its cap"]["node"]
    assert near[f"Horqin Left Wing Middle Banner {exactly}"]["left [10⁴ m³]"] == "0.0"
    assert "Kailu County" in near
    assert is_due("R21", "Kailu County (150523)", "93.11 %", "warning ratio of 0.90")
    assert permits[stories["over its plan, within its permit"]["permit"]]["rules"] == "R50"
    assert permits[stories["8 % over its permit, unit within its cap"]["permit"]]["rules"] == "R50 R51"
    assert permits[stories["large enough for an online meter: none"]["permit"]]["rules"] == "R52"
    assert is_due("R45", stories["no withdrawal for two years"]["permit"], "synthetic works")
    ending = stories["ends 2024-02-14: ask by 2023-12-31"]["permit"]
    assert is_due("R44", ending, "has to be asked for by 2023-12-31")
    assert is_due("R44", stories["ends 2024-01-20: too late to ask for renewal"]["permit"], "passed without a request")
    assert is_due("R47", stories["no yearly return for 2023"]["permit"], "return of 2023")
    broken = stories["meter past repair: full capacity from 16 July"]["permit"]
    assert is_due("R53", broken, "to be repaired by 2023-07-15 and is not")
    assert is_due("R53", broken, "169 day(s), 2023-07-16 to 2023-12-31")
    assert is_due("R41", stories["no works for 3 years"]["application"], "lapsed on 2023-06-16")
    assert is_due("R15", stories["town supply: basin authority"]["application"])


def test_the_answer_of_the_register(example: Any) -> None:
    section = next(s for s in example.report.sections if s.key == "register")
    assert section.tone == "bad"
    assert section.answer.en == (
        "Inner Mongolia, 2023: 371 management units, 271 permits; use is over its cap at 1 place; 13 applications "
        "refused, 3 waiting for papers or for a person to decide; 21 matters due; the ledger is sound."
    )
    page = example.written.report.read_text(encoding="utf-8")
    assert "不同口径不作比较" in page
    assert "may not be cited" in page


def test_the_register_is_what_its_generator_makes(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(LEDGER / "make_synthetic.py"), str(tmp_path)], check=True, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("", "")
    made = sorted(p.name for p in tmp_path.iterdir())
    assert made == sorted(p.name for p in LEDGER.glob("*.csv"))
    assert [name for name in made if (tmp_path / name).read_bytes() != (LEDGER / name).read_bytes()] == []


def test_every_table_is_a_sheet_of_the_workbook(example: Any) -> None:
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(example.written.workbook) as book:
        sizes = {name: len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names}
    assert len(sizes) >= len(example.tables())
    assert sum(size > 500 for size in sizes.values()) == 2


def test_every_text_of_the_report_is_there_in_both_languages(example: Any, texts_of: Any) -> None:
    texts = texts_of(example.report)
    assert len(texts) > 3_000
    counted = Text("个", "")  # English has no word for the unit of a count
    assert [(way, text) for way, text in texts if text != counted and not (text.zh.strip() and text.en.strip())] == []


def test_each_language_keeps_to_itself_in_the_tables(example: Any) -> None:
    for name in example.tables():
        for row in example.table(name.removesuffix(".csv")):
            english = " ".join(cell for column, cell in row.items() if column.split(" [")[0].endswith("_en"))
            assert not re.search("[\u4e00-\u9fff]", english), (name, english)
