"""Studies that run: the starter as it is, each section alone, every call, and figures in a workbook."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

import hetao.figures
import hetao.study.run
from hetao.errors import Place, Problem, StudyError
from hetao.study import check_study, new_figures, new_study, run_study
from hetao.text import Text

SECTIONS = ("measure", "hold", "plan", "track")
LEAGUES = ["R1", "R2", "R3", "R4"]


def test_the_starter_checks_and_runs_as_it_is(starter: Any, run: Any) -> None:
    checked = check_study(starter.path)
    assert [j.en for j in checked.jobs] == ["Measure", "Hold", "Plan", "Track"]
    assert (checked.figures, checked.sources, checked.misses) == (52, 1, 0)
    assert checked.as_dict()["figures"] == 52
    assert checked.describe().startswith("Nothing is wrong: 52 figures, 1 sources")
    results = run(starter)
    assert set(results.manifest["results"]) == {"measure.tfp", "hold", "plan.breakdown", "track"}
    over = [r["year"] for r in results.table("hold_accounts") if r["status_en"] == "over the cap"]
    assert over == ["2022"]


def test_a_new_study_goes_into_a_new_or_empty_folder_only(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    new_study(tmp_path / "empty")
    new_study(tmp_path / "deep" / "new")
    written = sorted(p.relative_to(tmp_path / "empty").as_posix() for p in (tmp_path / "empty").rglob("*.*"))
    assert written == ["figures/figures.csv", "regions.csv", "sources.csv", "study.toml", "track/targets.csv"]
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for used, code in (("empty", "folder_in_use"), ("file", "folder_in_use"), ("file/below", "not_writable")):
        with pytest.raises(StudyError) as refused:
            new_study(tmp_path / used)
        assert [p.code for p in refused.value.problems] == [f"study.{code}"]
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_runs_alone(study: Any, run: Any, section: str) -> None:
    study.drop_sections(*(s for s in SECTIONS if s != section))
    results = run(study)
    assert {name.split(".")[0] for name in results.manifest["results"]} == {section}
    assert set(results.manifest["timings_s"]) == {"read", section}
    assert (results.written.folder / "ledger.jsonl").exists() == (section == "hold")


@pytest.mark.parametrize("part", ["breakdown", "portfolio"])
def test_each_half_of_the_plan_runs_alone(study: Any, run: Any, part: str) -> None:
    other = {"breakdown": "portfolio", "portfolio": "breakdown"}[part]
    study.drop_sections("measure", "hold", "track", f"plan.{other}")
    results = run(study)
    assert set(results.manifest["results"]) == {f"plan.{part}"}


def test_a_study_without_any_job_shows_its_figures(study: Any, run: Any) -> None:
    study.drop_sections(*SECTIONS)
    results = run(study)
    assert results.manifest["results"] == {}
    assert set(results.tables()) == {"figures_sums.csv"}


@pytest.mark.parametrize(
    ("call", "options"),
    [
        ("dea", '{ orientation = "output", returns = "vrs" }'),
        ("dea", '{ returns = "fdh" }'),
        ("directional", '{ direction = "observed", returns = "vrs", disposability = "strong" }'),
        ("additive", '{ weights = "range" }'),
        ("sbm", '{ orientation = "output" }'),
        ("russell", "{ }"),
        ("nonradial_directional", '{ returns = "vrs", disposability = "strong" }'),
        ("hyperbolic", '{ disposability = "strong" }'),
        ("range_directional", '{ reference = "global" }'),
        ("cross_efficiency", "{ self_appraisal = false }"),
        ("returns_to_scale", '{ orientation = "output" }'),
        ("malmquist", '{ returns = "vrs" }'),
        ("malmquist", '{ returns = "vrs", decomposition = "ray-desli", reference = 2 }'),
        ("malmquist", "{ bias = true }"),
        ("malmquist", '{ reference = "biennial" }'),
        ("malmquist_luenberger", '{ reference = "global" }'),
    ],
)
def test_every_call_runs_and_gives_bars_where_regions_have_no_tile(
    study: Any, run: Any, call: str, options: str
) -> None:
    study.drop_sections("hold", "plan", "track")
    study.set('call = "malmquist"', f'call = "{call}"')
    study.set('options = { orientation = "output" }', f"options = {options}")
    if call in ("directional", "malmquist_luenberger"):
        study.set('# bads = ["co2_emissions"]', 'bads = ["co2_emissions"]')
        study.add(
            *(
                f"{r},{y},co2_emissions,{10 + i + y - 2021},万吨,made_up,"
                for i, r in enumerate(LEAGUES)
                for y in (2021, 2022, 2023)
            )
        )
    results = run(study)
    assert results.manifest["results"]["measure.tfp"]["certificate"]["programmes"] > 0
    bars = results.blocks()["tfp_map"]
    assert bars.kind == "bar"
    assert sorted(bars.labels) == LEAGUES
    if not call.startswith("malmquist"):
        rows = results.table("tfp_scores")
        assert len(rows) == 12
        statuses = {r["status_en"] for r in rows}
        assert statuses <= {"optimal", "unbounded"} if call == "range_directional" else statuses == {"optimal"}


def test_figures_in_a_workbook_give_the_same_results(study: Any, run: Any) -> None:
    from_csv = run(study, "csv")
    with (study.path / "figures" / "figures.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)

    def fill(book: Any, page: Any) -> None:
        page.write_row(3, 1, ["地区", "时期", "指标", "数值", "单位", "来源", "备注"])
        for i, row in enumerate(rows, start=4):
            page.write_row(i, 1, [*row[:1], int(row[1]), row[2], float(row[3]), *row[4:]])

    assert header[3] == "value"
    study.sheet("figures/figures.xlsx", fill)
    (study.path / "figures" / "figures.csv").unlink()
    study.set("*.csv", "*.xlsx")
    from_sheet = run(study, "xlsx")
    assert from_sheet.tables() == from_csv.tables()
    assert from_sheet.report.sections == from_csv.report.sections


def test_the_template_for_figures_is_a_table_that_a_study_reads(study: Any, tmp_path: Path) -> None:
    new_figures(tmp_path / "figures.xlsx")
    with CalamineWorkbook.from_path(tmp_path / "figures.xlsx") as book:
        header = book.get_sheet_by_index(0).to_python()[0]

    def fill(book: Any, page: Any) -> None:
        page.write_row(0, 0, header)
        page.write_row(1, 0, ["R4", 2023, "water_use_recorded", 0.7, "亿m³", "made_up", ""])

    study.sheet("figures/more.xlsx", fill)
    study.set('"figures/*.csv"', '"figures/*.csv", "figures/*.xlsx"')
    assert check_study(study.path).figures == 53
    for path, code in ((tmp_path / "figures.xlsx", "file_in_use"), (tmp_path / "figures.csv", "file_in_use")):
        with pytest.raises(StudyError) as refused:
            new_figures(path)
        assert [p.code for p in refused.value.problems] == [f"study.{code}"]


def test_a_workbook_whose_header_is_merged_down_loads(study: Any) -> None:
    def fill(book: Any, page: Any) -> None:
        for at, name in enumerate(("region", "period", "indicator", "value", "unit", "source")):
            page.merge_range(0, at, 1, at, name)
        page.write_row(2, 0, ["R4", 2023, "water_use_recorded", 0.7, "亿m³", "made_up"])

    study.sheet("figures/more.xlsx", fill)
    study.set('"figures/*.csv"', '"figures/*.csv", "figures/*.xlsx"')
    assert check_study(study.path).figures == 53


def test_caps_that_contradict_each_other_run_and_the_refusal_is_reported(study: Any, run: Any) -> None:
    study.add(*(f"{r},2023,water_use_cap,1.2,亿m³,made_up," for r in LEAGUES[:3]))
    results = run(study)
    (refused,) = results.table("hold_refused")
    assert refused["event"] == "cap-water_use_cap-R3-2023"
    assert refused["rule"] == "R01"
    assert "exceed its cap of 340,000,000 m³ by 20,000,000 m³" in refused["reason_en"]
    assert "超过本级上限" in refused["reason_zh"]
    assert results.manifest["results"]["hold"]["refused"] == 1
    assert results.manifest["results"]["hold"]["verified"]
    tree = results.blocks()["hold_tree_total_withdrawal_excluded"]
    assert [(node.label.en, node.cap) for node in tree.root.children] == [("League A", 1.2), ("League B", 1.2)]


def test_a_child_whose_id_sorts_first_never_costs_its_parent_the_cap(study: Any, run: Any) -> None:
    study.change("regions.csv", "R1,甲盟,League A,league,R", "A1,甲盟,League A,league,R")
    for name in ("study.toml", "figures/figures.csv", "plan/projects.csv"):
        study.write(name, study.text(name).replace("R1", "A1"))
    study.add("A1,2023,water_use_cap,5,亿m³,made_up,")
    (refused,) = run(study).table("hold_refused")
    assert refused["event"] == "cap-water_use_cap-A1-2023"


def test_regions_may_be_named_as_people_call_them(study: Any, run: Any) -> None:
    by_id = run(study, "by_id")
    study.set('focus = "R1"', 'focus = "甲盟"\npeers = ["League B"]\nleave_out = ["丁市"]')
    study.set('[hold]\nfocus = "R"', '[hold]\nfocus = "某区"')
    study.set('[plan.breakdown]\nregion = "R"', '[plan.breakdown]\nregion = "A region"')
    study.set("{ R1 = ", '{ "甲盟" = ')
    study.change("track/targets.csv", "irrigation,R,", "irrigation,某区,")
    results = run(study)
    chain = results.blocks()["tfp_chain"]
    assert [s.name.en for s in chain.series] == ["League B", "League A", "median of all regions"]
    assert {r["region_en"] for r in results.table("tfp_changes")} == {"League A", "League B", "City C"}
    for table in ("hold_accounts", "plan_leagues", "plan_projects", "track_targets"):
        assert results.table(table) == by_id.table(table)


def test_regions_of_other_years_take_no_part_in_the_breakdown(study: Any, run: Any) -> None:
    study.add("R0,旧盟,Former league,league,R,,,2001,R1", name="regions.csv")
    study.drop_sections("measure", "hold", "track")
    assert [r["region_en"] for r in run(study).table("plan_leagues")] == ["League A", "League B", "City C", "City D"]


def test_where_no_use_is_recorded_anywhere_the_weights_alone_are_claimed(study: Any, run: Any) -> None:
    study.set('claims = ["water_use_recorded"]', "claims = []")
    study.set('# rules = ["proportional", "talmud"]', 'rules = ["proportional"]')
    rows = run(study).table("plan_leagues")
    assert {r["origin_en"] for r in rows} == {"estimated by population"}
    assert [float(r["claim [10⁸ m³]"]) for r in rows] == pytest.approx([0.0095, 0.014, 0.018, 0.0075])


def test_banners_share_their_leagues_part(study: Any, run: Any) -> None:
    study.add("R11,子旗,Banner 1,banner,R1,,,,", "R12,丑旗,Banner 2,banner,R1,,,,", name="regions.csv")
    study.add("R11,2023,population,19,万人,made_up,", "R12,2023,population,38,万人,made_up,")
    study.set('levels = ["league"]', 'levels = ["league", "banner"]')
    results = run(study)
    first, second = results.table("plan_banners")
    assert [r["within_en"] for r in (first, second)] == ["League A", "League A"]
    assert float(second["claim [10⁸ m³]"]) == pytest.approx(2 * float(first["claim [10⁸ m³]"]))
    assert {r["ledger_en"] for r in results.table("plan_rules")} == {"admitted"}


def test_a_study_names_files_beside_its_folder_and_needs_no_table_of_sources(study: Any, run: Any) -> None:
    (study.path.parent / "common").mkdir()
    (study.path / "regions.csv").rename(study.path.parent / "common" / "regions.csv")
    (study.path / "figures" / "figures.csv").rename(study.path.parent / "common" / "figures.csv")
    study.set('regions = "regions.csv"', 'regions = "../common/regions.csv"')
    study.set('"figures/*.csv"', '"../common/fig*.csv"')
    study.set('sources = "sources.csv"', "")
    (study.path / "sources.csv").unlink()
    results = run(study)
    names = {"study.toml", "../common/regions.csv", "../common/figures.csv", "track/targets.csv", "plan/projects.csv"}
    assert set(results.manifest["inputs_sha256"]) == names
    assert results.report.sources == {}


def test_a_study_may_have_indicators_of_its_own(study: Any, run: Any) -> None:
    header = (Path(hetao.figures.__file__).parent / "indicators.csv").read_text(encoding="utf-8").splitlines()[0]
    columns = header.split(",")
    own = {
        "indicator": "camels",
        "unit": "个",
        "kind": "stock",
        "zh": "骆驼",
        "en": "camels",
        "description": "Camels.",
        "aggregation": "sum",
    }
    study.write("indicators.csv", header + "\n" + ",".join(own.get(c, "") for c in columns) + "\n")
    study.set('# indicators = "indicators.csv"', 'indicators = "indicators.csv"')
    study.add("R1,2023,camels,12,个,made_up,")
    study.set("as_of = 2023", 'as_of = 2023\nbeside = ["camels"]')
    (row,) = run(study).table("track_others")
    assert (row["indicator_zh"], row["value"]) == ("骆驼", "12.0")


def test_a_figure_that_is_missing_is_listed_with_its_reason(study: Any, run: Any) -> None:
    study.change("figures/figures.csv", "R2,2022,employment,41.6,", "R2,2022,employment,—,")
    results = run(study)
    (missing,) = results.table("tfp_missing")
    assert (missing["region_en"], missing["period"]) == ("League B", "2022")
    assert missing["why_en"] == "marked '—' by the source made_up"
    lost = [(r["region_en"], r["period_from"], r["status_en"]) for r in results.table("tfp_unsolved")]
    assert lost == [("League B", "2021", "missing"), ("League B", "2022", "missing")]
    (listed,) = results.table("figures_missing")
    assert listed["given"] == "— 万人"
    by_name = {r["region_en"]: r for r in results.table("tfp_ranking")}
    assert (by_name["League B"]["rank"], by_name["League B"]["yearly [% a year]"]) == ("", "")


def test_an_earlier_run_is_replaced_as_a_whole_and_anything_else_is_left_alone(
    study: Any, run: Any, tmp_path: Path
) -> None:
    run(study)
    study.drop_sections("measure", "hold", "plan")
    results = run(study)
    assert not (results.written.folder / "ledger.jsonl").exists()
    assert set(results.manifest["results"]) == {"track"}
    (results.written.folder / "notes.txt").write_text("my own", encoding="utf-8")
    before = {p: p.read_bytes() for p in results.written.folder.rglob("*") if p.is_file()}
    file = tmp_path / "file"
    file.write_text("mine", encoding="utf-8")
    for out, code in (
        (results.written.folder, "output_in_use"),
        (study.path, "output_in_use"),
        (tmp_path, "output_in_use"),
        (file, "output_in_use"),
        (file / "below", "not_writable"),
    ):
        with pytest.raises(StudyError) as refused:
            run_study(study.path, out)
        assert [p.code for p in refused.value.problems] == [f"study.{code}"]
    assert {p: p.read_bytes() for p in results.written.folder.rglob("*") if p.is_file()} == before
    assert file.read_text(encoding="utf-8") == "mine"


def test_the_default_output_stands_where_the_command_is_run(
    starter: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    starter.drop_sections("measure", "hold", "plan")
    written = run_study(starter.path)
    assert written.report == Path("out/starter/report.html")
    assert json.loads(written.manifest.read_text(encoding="utf-8"))["study"] == "My study"


def test_what_only_a_computation_can_refuse_leaves_no_output(
    starter: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StudyError([Problem("x", Place(), Text("甲", "a"), Text("乙", "b"), Text("丙", "c"))])

    monkeypatch.setattr(hetao.study.run, "write_xlsx", fail)
    (tmp_path / "outputs").mkdir()
    with pytest.raises(StudyError):
        run_study(starter.path, tmp_path / "outputs" / "out")
    assert list((tmp_path / "outputs").iterdir()) == []


def test_a_byte_order_mark_before_the_settings_does_no_harm(starter: Any) -> None:
    before = check_study(starter.path)
    starter.write("study.toml", b"\xef\xbb\xbf" + starter.text().encode())
    assert check_study(starter.path) == before
