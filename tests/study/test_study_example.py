"""The example end to end: its files, the facts that it must show, and that two runs are the same."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hetao.cli import main
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
}


def m3(cell: str) -> int:
    """Return a volume of a table in 10⁸ m³ as whole m³."""
    return round(Decimal(cell) * 10**8)


def test_every_file_is_there_and_nothing_else(example: Any) -> None:
    names = {p.name for p in example.written.folder.iterdir()}
    assert names == {"report.html", "results.xlsx", "tables", "ledger.jsonl", "manifest.json"}
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
    assert set(example.manifest["timings_s"]) == {"read", "measure", "hold", "plan", "track"}


def test_the_journal_replays_to_the_head_in_the_manifest(
    example: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = f"sqlite:///{tmp_path / 'ledger.db'}"
    journal = example.written.folder / "ledger.jsonl"
    with pytest.raises(SystemExit) as ended:
        main(["ledger", "replay", str(journal), "--store", store])
    outcomes = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    facts = example.manifest["results"]["hold"]
    assert ended.value.code == 0
    assert len(outcomes) == facts["entries"] == len(journal.read_text(encoding="utf-8").splitlines())
    assert all(o["ok"] for o in outcomes)
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
