"""Broken studies: each gives one clear report with places and remedies, exit code 2, and writes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hetao.cli import main
from hetao.errors import ProblemsError
from hetao.study import check_study, run_study

FIGURES, TARGETS, PROJECTS = "figures/figures.csv", "track/targets.csv", "plan/projects.csv"
HEADER = "region,period,indicator,value,unit,source,note"
FIRST = "R1,2021,capital_stock,900.0,亿元,made_up,"  # row 2 of the figures


@dataclass(frozen=True)
class Broken:
    """How a study is broken, and the problems, each as code and place in words, that must be told."""

    name: str
    break_: Callable[[Any], None]
    told: tuple[tuple[str, str], ...]


def broken(name: str, *told: tuple[str, str]) -> Callable[[Callable[[Any], None]], Broken]:
    return lambda break_: Broken(name, break_, told)


def changed(name: str, file: str, old: str, new: str, *told: tuple[str, str]) -> Broken:
    return Broken(name, lambda study: study.change(file, old, new), told)


def setting(name: str, old: str, new: str, *told: tuple[str, str]) -> Broken:
    return changed(name, "study.toml", old, new, *told)


def rows(name: str, added: str, *told: tuple[str, str]) -> Broken:
    return Broken(name, lambda study: study.add(*added.splitlines()), told)


def sheet(name: str, fill: Callable[[Any, Any], None], *told: tuple[str, str]) -> Broken:
    def break_(study: Any) -> None:
        study.sheet("figures/more.xlsx", fill)
        study.set('figures = ["figures/*.csv"]', 'figures = ["figures/*"]')

    return Broken(name, break_, told)


def write_rows(page: Any, first: int, *lines: tuple[Any, ...]) -> None:
    for i, line in enumerate(lines, start=first):
        for j, value in enumerate(line):
            page.write(i, j, value)


def merged_header(book: Any, page: Any) -> None:
    write_rows(page, 0, tuple(HEADER.split(",")), ("R1", 2023, "irrigation_efficiency", 0.5, "1", "made_up", ""))
    page.merge_range("F1:G1", "source")


def formula_error(book: Any, page: Any) -> None:
    write_rows(page, 0, tuple(HEADER.split(",")), ("R1", 2023, "irrigation_efficiency", 0.5, "1", "made_up", ""))
    page.write_formula("D2", "=1/0", None, "#DIV/0!")


def huge(study: Any) -> None:
    with (study.path / "figures" / "huge.csv").open("wb") as file:
        file.truncate(200_000_000)


def remove(name: str) -> Callable[[Any], None]:
    return lambda study: (study.path / name).unlink()


def wrong_encoding(study: Any) -> None:
    study.write(FIGURES, study.text(FIGURES).encode() + b"R1,2023,water_use_cap,1,\xff\xff,made_up,\n")


def two_files(study: Any) -> None:
    study.change(FIGURES, FIRST, FIRST.replace("R1", "R9"))
    study.change("sources.csv", "made_up,", ",")


def jobs_together(study: Any) -> None:
    study.change(TARGETS, "at_least", "about")
    study.change(PROJECTS, "B,渠道衬砌二期,Canal lining 2,R1,800", "B,渠道衬砌二期,Canal lining 2,R1,eight hundred")
    study.set('cap = "water_use_cap"', 'cap = "water_use_cup"')


FOCUS = 'focus = "R1"'
TOML = "study.toml, "
CASES = [
    # the settings file
    Broken("no study.toml", remove("study.toml"), (("study.settings_file", "study.toml"),)),
    setting("toml syntax", "[study]", "[study", ("study.settings_file", "study.toml")),
    Broken("toml encoding", lambda s: s.write("study.toml", b"\xff"), (("study.settings_file", "study.toml"),)),
    Broken(
        "empty toml",
        lambda s: s.write("study.toml", ""),
        tuple(("study.setting", f"{TOML}[study] {key}") for key in ("title", "regions", "figures")),
    ),
    setting("unknown setting", "tolerance =", "tolerence =", ("study.setting", f"{TOML}[study] tolerence")),
    setting("unknown section", "[track]", "[trak]", ("study.setting", f"{TOML}trak")),
    setting("wrong type", "as_of = 2023", 'as_of = "2023"', ("study.setting", f"{TOML}[track] as_of")),
    setting(
        "not a list",
        'inputs = ["capital_stock", "employment"]',
        "inputs = 3",
        ("study.setting", f"{TOML}[measure.tfp] inputs"),
    ),
    setting(
        "true as a number",
        "lifetime_years = 10",
        "lifetime_years = true",
        ("study.setting", f"{TOML}[plan.portfolio] lifetime_years"),
    ),
    setting(
        "flag",
        "lifetime_years = 10",
        "lifetime_years = 10\ncarry_over = 1",
        ("study.setting", f"{TOML}[plan.portfolio] carry_over"),
    ),
    setting(
        "budget as a number",
        'budgets = { 2026 = "3000万元", 2027 = "2000万元" }',
        "budgets = { 2026 = 3000 }",
        ("study.setting", f"{TOML}[plan.portfolio] budgets"),
    ),
    setting(
        "one language",
        'title = { zh = "我的研究", en = "My study" }',
        'title = { zh = "我的研究" }',
        ("study.setting", f"{TOML}[study] title"),
    ),
    setting(
        "years reversed",
        "years = [2021, 2023]",
        "years = [2023, 2021]",
        ("study.setting", f"{TOML}[measure.tfp] years"),
    ),
    setting(
        "years without end",
        "years = [2021, 2023]",
        "years = [1, 99999999]",
        ("study.setting", f"{TOML}[measure.tfp] years"),
    ),
    setting("unknown call", 'call = "malmquist"', 'call = "malmqist"', ("study.setting", f"{TOML}[measure.tfp] call")),
    Broken(
        "a section that is a text",
        lambda s: (s.drop_sections("track"), s.write("study.toml", 'track = "x"\n' + s.text())),
        (("study.setting", f"{TOML}track"), *(("study.setting", f"{TOML}[track] {k}") for k in ("targets", "as_of"))),
    ),
    Broken(
        "a measure that is a text",
        lambda s: (s.drop_sections("measure"), s.write("study.toml", 'measure.tfp = "x"\n' + s.text())),
        (("study.setting", f"{TOML}measure.tfp"),),
    ),
    Broken(
        "caps that are no list",
        lambda s: (s.drop_sections("hold."), s.set('[hold]\nfocus = "R"', '[hold]\nfocus = "R"\ncap = 1')),
        (("study.setting", f"{TOML}[hold] cap"),),
    ),
    Broken(
        "options that are no table",
        lambda s: s.set('options = { orientation = "output" }', "options = 1"),
        (("study.setting", f"{TOML}[measure.tfp] options"),),
    ),
    setting(
        "wrong basis",
        '[[hold.use]]\nindicator = "water_use_assessed"\nwater = "total"\nbasis = "withdrawal"',
        '[[hold.use]]\nindicator = "water_use_assessed"\nwater = "total"\nbasis = "use"',
        ("study.setting", f"{TOML}[[hold.use]] 1 basis"),
    ),
    setting(
        "tolerance no number",
        'tolerance = "0.05"',
        'tolerance = "small"',
        ("units.not_a_number", f"{TOML}[study] tolerance"),
    ),
    setting(
        "tolerance negative",
        'tolerance = "0.05"',
        'tolerance = "-0.05"',
        ("study.tolerance", f"{TOML}[study] tolerance"),
    ),
    setting(
        "no figures match",
        'figures = ["figures/*.csv"]',
        'figures = ["figures/*.csv", "more/*.csv"]',
        ("study.no_file", f"{TOML}[study] figures"),
    ),
    setting(
        "an empty pattern",
        'figures = ["figures/*.csv"]',
        'figures = ["figures/*.csv", ""]',
        ("study.no_file", f"{TOML}[study] figures"),
    ),
    setting("no regions file", 'regions = "regions.csv"', 'regions = "areas.csv"', ("figures.no_file", "areas.csv")),
    Broken(
        "a folder for study.toml",
        lambda s: ((s.path / "study.toml").unlink(), (s.path / "study.toml").mkdir()),
        (("study.settings_file", "study.toml"),),
    ),
    setting("no years", "years = [2021, 2023]", "", ("study.setting", f"{TOML}[measure.tfp] years")),
    setting(
        "no inputs", 'inputs = ["capital_stock", "employment"]', "", ("study.setting", f"{TOML}[measure.tfp] inputs")
    ),
    setting("no year", "as_of = 2023", "", ("study.setting", f"{TOML}[track] as_of")),
    setting("no text", 'focus = "R1"', "", ("study.setting", f"{TOML}[measure.tfp] focus")),
    # files of figures
    changed(
        "missing column",
        FIGURES,
        HEADER,
        HEADER.replace("unit", "einheit"),
        ("figures.missing_column", f"{FIGURES}, row 1, column unit"),
        ("figures.unknown_column", f"{FIGURES}, row 1, column einheit"),
    ),
    rows(
        "duplicate key", FIRST.replace("900.0", "901"), ("figures.duplicate_figure", f"{FIGURES}, row 54, column value")
    ),
    changed(
        "text in a number cell",
        FIGURES,
        FIRST,
        FIRST.replace("900.0", "nine hundred"),
        ("units.not_a_number", f"{FIGURES}, row 2, column value"),
    ),
    changed(
        "infinite value",
        FIGURES,
        FIRST,
        FIRST.replace("900.0", "inf"),
        ("figures.infinite_value", f"{FIGURES}, row 2, column value"),
    ),
    changed(
        "unknown region",
        FIGURES,
        FIRST,
        FIRST.replace("R1", "R9"),
        ("figures.unknown_region", f"{FIGURES}, row 2, column region"),
    ),
    changed(
        "unknown indicator",
        FIGURES,
        FIRST,
        FIRST.replace("capital_stock", "capitel_stock"),
        ("figures.unknown_indicator", f"{FIGURES}, row 2, column indicator"),
    ),
    changed(
        "unknown source",
        FIGURES,
        FIRST,
        FIRST.replace("made_up", "yearbook"),
        ("figures.unknown_source", f"{FIGURES}, row 2, column source"),
    ),
    changed(
        "unit mismatch",
        FIGURES,
        FIRST,
        FIRST.replace("亿元", "亿m³"),
        ("units.unlike", f"{FIGURES}, row 2, column unit"),
    ),
    Broken("wrong encoding", wrong_encoding, (("figures.wrong_encoding", FIGURES),)),
    Broken("empty file", lambda s: s.write("figures/more.csv", ""), (("figures.empty_file", "figures/more.csv"),)),
    Broken(
        "header only",
        lambda s: s.write("figures/more.csv", HEADER + "\n"),
        (("figures.no_rows", "figures/more.csv, row 1"),),
    ),
    Broken("200 MB", huge, (("figures.file_too_large", "figures/huge.csv"),)),
    sheet(
        "merged header",
        merged_header,
        ("figures.merged_header", "figures/more.xlsx, sheet Figures, cell F1"),
        ("figures.duplicate_column", "figures/more.xlsx, sheet Figures, cell G1"),
    ),
    sheet("formula error", formula_error, ("figures.formula_error", "figures/more.xlsx, sheet Figures, cell D2")),
    Broken(
        "no workbook",
        lambda s: (s.write("figures/more.xlsx", "text"), s.set("*.csv", "*")),
        (("figures.unreadable", "figures/more.xlsx"),),
    ),
    Broken(
        "ambiguous vintages",
        lambda s: (
            s.add("other,另一本年鉴,Another yearbook,2027,,", name="sources.csv"),
            s.add("R1,2021,capital_stock,905,亿元,other,"),
        ),
        (("figures.ambiguous_vintage", f"{FIGURES}, row 2, column value"),),
    ),
    Broken(
        "two files",
        two_files,
        (
            ("figures.empty_cell", "sources.csv, row 2, column source"),
            ("figures.unknown_region", f"{FIGURES}, row 2, column region"),
        ),
    ),
    setting(
        "choice of an unknown indicator",
        "# [study.choose] ",
        '[study.choose]\ngdp = "made_up" ',
        ("figures.unknown_choice", f"{TOML}[study.choose] gdp = made_up"),
    ),
    # measure
    setting(
        "unknown region of a measure",
        'regions = ["kind:league"]',
        'regions = ["kind:league", "R9"]',
        ("figures.unknown_region", f"{TOML}[measure.tfp] regions"),
    ),
    setting(
        "no region of a kind",
        'regions = ["kind:league"]',
        'regions = ["kind:banner"]',
        ("study.no_regions", f"{TOML}[measure.tfp] regions"),
    ),
    setting(
        "unknown indicator of a measure",
        'outputs = ["gdp_real"]',
        'outputs = ["gdp_reel"]',
        ("figures.unknown_indicator", f"{TOML}[measure.tfp] inputs, outputs, bads"),
    ),
    setting(
        "indicator by its name",
        'outputs = ["gdp_real"]',
        'outputs = ["地区生产总值（1997年不变价）"]',
        ("study.indicator_name", f"{TOML}[measure.tfp] inputs, outputs, bads"),
    ),
    setting(
        "unknown option",
        'options = { orientation = "output" }',
        'options = { orentation = "output" }',
        ("study.option", f"{TOML}[measure.tfp] options.orentation"),
    ),
    setting(
        "unknown word of an option",
        'options = { orientation = "output" }',
        'options = { orientation = "up" }',
        ("study.option", f"{TOML}[measure.tfp] options.orientation"),
    ),
    setting(
        "years without data",
        "years = [2021, 2023]",
        "years = [1991, 1993]",
        ("study.focus_without_data", f"{TOML}[measure.tfp] focus"),
    ),
    setting(
        "one year for a change",
        "years = [2021, 2023]",
        "years = [2023, 2023]",
        ("malmquist.panel", f"{TOML}[measure.tfp]"),
    ),
    changed(
        "a negative quantity",
        FIGURES,
        "R2,2022,employment,41.6",
        "R2,2022,employment,-41.6",
        ("malmquist.data", f"{TOML}[measure.tfp]"),
    ),
    setting(
        "an input that is an output",
        'outputs = ["gdp_real"]',
        'outputs = ["employment"]',
        ("panel.repeated_role", f"{TOML}[measure.tfp]"),
    ),
    setting(
        "a focus that is not measured",
        'regions = ["kind:league"]',
        'regions = ["R2", "R3"]',
        ("study.not_measured", f"{TOML}[measure.tfp] focus, peers"),
    ),
    setting(
        "a peer that is not measured",
        'focus = "R1"',
        'focus = "R1"\npeers = ["R"]',
        ("study.not_measured", f"{TOML}[measure.tfp] focus, peers"),
    ),
    # hold
    setting(
        "hold on a ratio",
        '[[hold.cap]]\nindicator = "water_use_cap"',
        '[[hold.cap]]\nindicator = "irrigation_efficiency"',
        ("study.not_a_volume", f"{TOML}[[hold.cap]] 1 indicator"),
    ),
    setting(
        "hold without figures",
        '[[hold.use]]\nindicator = "water_use_assessed"',
        '[[hold.use]]\nindicator = "water_use"',
        ("study.no_figures", f"{TOML}[[hold.use]] 1 indicator"),
    ),
    setting(
        "unknown indicator of a cap",
        '[[hold.cap]]\nindicator = "water_use_cap"',
        '[[hold.cap]]\nindicator = "cap"',
        ("figures.unknown_indicator", f"{TOML}[[hold.cap]] 1 indicator"),
    ),
    setting(
        "unknown focus", '[hold]\nfocus = "R"', '[hold]\nfocus = "Q"', ("figures.unknown_region", f"{TOML}[hold] focus")
    ),
    rows(
        "a quarter's cap",
        "R,2023Q1,water_use_cap,1,亿m³,made_up,",
        ("study.not_a_year", f"{FIGURES}, row 54, column value"),
    ),
    rows(
        "a fraction of 1 m³",
        "R,2020,water_use_cap,0.1234567891,亿m³,made_up,",
        ("units.not_whole", f"{FIGURES}, row 54, column value"),
    ),
    changed(
        "a kind without a place in the ledger",
        "regions.csv",
        "R,某区,A region,province",
        "R,某区,A region,realm",
        ("study.region_kind", "regions.csv, column kind, R"),
    ),
    # plan
    setting(
        "unknown region of the breakdown",
        '[plan.breakdown]\nregion = "R"',
        '[plan.breakdown]\nregion = "Q"',
        ("figures.unknown_region", f"{TOML}[plan.breakdown] region"),
    ),
    setting(
        "no cap in the year",
        '[plan.breakdown]\nregion = "R"\nyear = 2023',
        '[plan.breakdown]\nregion = "R"\nyear = 2019',
        ("study.breakdown", f"{TOML}[plan.breakdown] cap"),
    ),
    setting(
        "a reserve that is no percentage",
        'reserve = "5%"',
        'reserve = "5"',
        ("units.not_a_percentage", f"{TOML}[plan.breakdown] reserve"),
    ),
    setting(
        "a reserve above the cap",
        'reserve = "5%"',
        'reserve = "105%"',
        ("study.breakdown", f"{TOML}[plan.breakdown] reserve"),
    ),
    setting(
        "floors in points",
        'floors = "20%"',
        'floors = "20个百分点"',
        ("units.not_a_percentage", f"{TOML}[plan.breakdown] floors"),
    ),
    Broken(
        "floors beyond the cap",
        lambda s: (s.set('floors = "20%"', 'floors = "100%"'), s.set('reserve = "5%"', 'reserve = "50%"')),
        (("study.breakdown", f"{TOML}[plan.breakdown] floors"),),
    ),
    setting(
        "unknown rule",
        '# rules = ["proportional", "talmud"]',
        'rules = ["equal"]',
        ("study.breakdown", f"{TOML}[plan.breakdown] rules"),
    ),
    setting(
        "no level", 'levels = ["league"]', "levels = []", ("study.breakdown", f"{TOML}[plan.breakdown] levels, weights")
    ),
    setting(
        "no region below",
        'levels = ["league"]',
        'levels = ["banner"]',
        ("study.breakdown", f"{TOML}[plan.breakdown] levels"),
    ),
    setting(
        "a weight without figures",
        'weights = ["population"]',
        'weights = ["population", "land_area"]',
        *[("study.breakdown", f"{TOML}[plan.breakdown] weights")] * 4,
    ),
    changed(
        "a weight of zero",
        FIGURES,
        "R4,2023,population,75",
        "R4,2023,population,0",
        ("study.breakdown", f"{TOML}[plan.breakdown] weights"),
    ),
    changed(
        "a negative claim",
        FIGURES,
        "R1,2023,water_use_recorded,0.61",
        "R1,2023,water_use_recorded,-0.61",
        ("study.breakdown", f"{TOML}[plan.breakdown] claims"),
    ),
    setting(
        "claims that are no volume",
        'claims = ["water_use_recorded"]',
        'claims = ["population"]',
        ("study.breakdown", f"{TOML}[plan.breakdown] cap, claims"),
    ),
    setting(
        "a budget that is no money",
        '2026 = "3000万元"',
        '2026 = "3000万m³"',
        ("units.unlike", f"{TOML}[plan.portfolio] budgets.2026"),
    ),
    setting(
        "a budget outside the plan",
        '2026 = "3000万元"',
        '2036 = "3000万元"',
        ("study.year", f"{TOML}[plan.portfolio] budgets.2036"),
    ),
    setting(
        "an unknown district",
        '{ R1 = "20万m³" }',
        '{ R7 = "20万m³" }',
        ("figures.unknown_region", f"{TOML}[plan.portfolio] minimum_saving.R7"),
    ),
    setting(
        "a saving that is no volume",
        '{ R1 = "20万m³" }',
        '{ R1 = "20" }',
        ("units.unknown_unit", f"{TOML}[plan.portfolio] minimum_saving.R1"),
    ),
    Broken("no projects file", remove(PROJECTS), (("figures.no_file", PROJECTS),)),
    changed(
        "a cycle of precedences",
        PROJECTS,
        "A,渠道衬砌一期,Canal lining 1,R1,1200,万元,40,万m³,,,,",
        "A,渠道衬砌一期,Canal lining 1,R1,1200,万元,40,万m³,,,B,",
        ("plan.precedence_cycle", f"{PROJECTS}, Precedence"),
    ),
    changed("an unknown project", PROJECTS, "2027,,A,", "2027,,A; Z,", ("study.unknown_project", f"{PROJECTS}, B")),
    changed(
        "a project without a cost excluded",
        PROJECTS,
        ",2027,,D,",
        ",2027,,E,",
        ("study.unknown_project", f"{PROJECTS}, C"),
    ),
    changed("a project twice", PROJECTS, "D,再生水", "A,再生水", ("study.unknown_project", f"{PROJECTS}, C")),
    changed(
        "the same key", PROJECTS, "B,渠道衬砌二期", "D,渠道衬砌二期", ("plan.duplicate_key", f"{PROJECTS}, projects[D]")
    ),
    changed(
        "a project of an unknown district",
        PROJECTS,
        "Dry cooling,R2",
        "Dry cooling,R8",
        ("figures.unknown_region", f"{PROJECTS}, row 4, column district"),
    ),
    changed(
        "a project from an unknown source",
        PROJECTS,
        "yes,made_up,\nB",
        "yes,rumour,\nB",
        ("study.unknown_source", f"{PROJECTS}, row 2, column source"),
    ),
    changed(
        "a cost that is no money",
        PROJECTS,
        "R2,2500,万元",
        "R2,2500,万m³",
        ("units.unlike", f"{PROJECTS}, row 4, column cost"),
    ),
    changed(
        "neither yes nor no",
        PROJECTS,
        "是,made_up",
        "perhaps,made_up",
        ("study.project", f"{PROJECTS}, row 5, column illustrative"),
    ),
    changed(
        "a start that is no year",
        PROJECTS,
        ",2027,,A",
        ",soon,,A",
        ("study.project", f"{PROJECTS}, row 3, column earliest"),
    ),
    changed("a window outside the plan", PROJECTS, ",2027,,A", ",2035,,A", ("plan.window", f"{PROJECTS}, projects[B]")),
    changed(
        "a cap of zero",
        FIGURES,
        "R,2023,water_use_cap,3.4",
        "R,2023,water_use_cap,0",
        ("study.breakdown", f"{TOML}[plan.breakdown] cap"),
    ),
    Broken(
        "nothing claimed",
        lambda s: [
            s.change(FIGURES, f"water_use_recorded,{v},", "water_use_recorded,0,") for v in ("0.61", "1.10", "0.82")
        ],
        (("study.breakdown", f"{TOML}[plan.breakdown] claims"),),
    ),
    setting(
        "a negative budget",
        '2026 = "3000万元"',
        '2026 = "-3000万元"',
        ("study.negative", f"{TOML}[plan.portfolio] budgets.2026"),
    ),
    setting(
        "a negative saving",
        '{ R1 = "20万m³" }',
        '{ R1 = "-20万m³" }',
        ("study.negative", f"{TOML}[plan.portfolio] minimum_saving.R1"),
    ),
    setting(
        "no lifetime",
        "lifetime_years = 10",
        "lifetime_years = 0",
        ("study.setting", f"{TOML}[plan.portfolio] lifetime_years"),
    ),
    # track
    changed("unknown bound", TARGETS, "at_least", "about", ("track.unknown_bound", f"{TARGETS}, row 2, column bound")),
    changed(
        "a target that is no number", TARGETS, "0.60", "high", ("track.not_a_number", f"{TARGETS}, row 2, column value")
    ),
    changed(
        "a target below a blank row",
        TARGETS,
        "irrigation,R,irrigation_efficiency,at_least,0.60",
        ",,,,,,,,,,,\nirrigation,R,irrigation_efficiency,at_least,high",
        ("track.not_a_number", f"{TARGETS}, row 3, column value"),
    ),
    changed(
        "a target of an unknown region",
        TARGETS,
        "irrigation,R,",
        "irrigation,Q,",
        ("figures.unknown_region", f"{TARGETS}, row 2, column region"),
    ),
    changed(
        "a target of an unknown indicator",
        TARGETS,
        ",irrigation_efficiency,",
        ",irrigation_efficency,",
        ("figures.unknown_indicator", f"{TARGETS}, row 2, column indicator"),
    ),
    changed(
        "a target in another unit", TARGETS, "0.60,1,", "0.60,亿m³,", ("units.unlike", f"{TARGETS}, row 2, column unit")
    ),
    changed(
        "a target from an unknown source",
        TARGETS,
        ",made_up,",
        ",rumour,",
        ("study.unknown_source", f"{TARGETS}, row 2, column source"),
    ),
    setting(
        "unknown indicator beside",
        "as_of = 2023",
        'as_of = 2023\nbeside = ["visits"]',
        ("figures.unknown_indicator", f"{TOML}[track] beside"),
    ),
    setting("no targets file", "track/targets.csv", "track/goals.csv", ("figures.no_file", "track/goals.csv")),
    changed(
        "two units for one series",
        TARGETS,
        "made_up,",
        "made_up,\nmore,R,irrigation_efficiency,at_least,61,%,2020,,2030,straight_line,made_up,",
        *(("track.unit_mismatch", f"{TARGETS}, more {y}") for y in (2020, 2022, 2023)),
    ),
    setting("a year far ahead", "as_of = 2023", "as_of = 20230", ("study.setting", f"{TOML}[track] as_of")),
    changed(
        "a deadline long past",
        TARGETS,
        "2020,,2025",
        "2020,,2019",
        ("track.base_after_deadline", f"{TARGETS}, row 2, column base_period"),
    ),
    Broken(
        "three jobs together",
        jobs_together,
        (
            ("figures.unknown_indicator", f"{TOML}[plan.breakdown] cap, claims, weights"),
            ("units.not_a_number", f"{PROJECTS}, row 3, column cost"),
            ("track.unknown_bound", f"{TARGETS}, row 2, column bound"),
        ),
    ),
]


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_a_broken_study_gives_one_clear_report_and_no_output(
    study: Any, case: Broken, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case.break_(study)
    with pytest.raises(ProblemsError) as checked:
        check_study(study.path)
    problems = checked.value.problems
    places = [p.place.describe("en").replace(f"{study.path}/", "") for p in problems]
    assert [(p.code, place) for p, place in zip(problems, places, strict=True)] == list(case.told)
    for problem in problems:
        for words in (problem.found, problem.expected, problem.remedy):
            assert words.zh.strip()
            assert words.en.strip()
        assert re.search("[一-鿿]", problem.remedy.zh)

    fresh, earlier = tmp_path / "outputs" / "fresh", tmp_path / "outputs" / "earlier"
    earlier.mkdir(parents=True)
    for name in ("manifest.json", "report.html"):
        (earlier / name).write_text("an earlier run", encoding="utf-8")
    with pytest.raises(ProblemsError) as refused:
        run_study(study.path, fresh)
    assert refused.value.problems == problems

    for lang in ("zh", "en"):
        with pytest.raises(SystemExit) as ended:
            main(["--lang", lang, "run", str(study.path), "--out", str(earlier), "--quiet"])
        printed = capsys.readouterr()
        assert ended.value.code == 2
        assert printed.err == checked.value.describe("zh" if lang == "zh" else "en") + "\n"
    assert {p.name: p.read_text(encoding="utf-8") for p in earlier.iterdir()} == dict.fromkeys(
        ("manifest.json", "report.html"), "an earlier run"
    )
    assert [p.name for p in (tmp_path / "outputs").iterdir()] == ["earlier"]
