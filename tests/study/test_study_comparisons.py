"""Bootstraps, composite indices, differences and the reading guide of a study: what runs, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hetao.errors import StudyError
from hetao.measure import composite, dagum_gini
from hetao.study import check_study

LEAGUES = ["R1", "R2", "R3", "R4"]
TREE = """\
dimension,indicator,direction,zh,en
labour,gdp_real / employment,+,劳动生产率,labour productivity
labour,capital_stock / employment,+,人均资本,capital per person
output,gdp_real,+,产值,output
"""
COMPOSITE = """
[composite.index]
title = { zh = "综合指数", en = "the index" }
tree = "tree.csv"
regions = ["kind:league"]
years = [2021, 2023]
options = { floor = 0.05 }
robustness = { draws = 30, seed = 5 }
focus = "R1"
note = { zh = "仅作示例", en = "for show only" }
"""
DIFFERENCES = """
[differences.zones]
title = { zh = "两区", en = "two zones" }
of = "composite.index"
classes = 2
note = { zh = "区是编造的", en = "zones are made up" }

[[differences.zones.zone]]
title = { zh = "东", en = "East" }
regions = ["R1", "R2"]

[[differences.zones.zone]]
title = { zh = "西", en = "West" }
regions = ["R3", "R4"]
"""


@pytest.fixture
def compared(study: Any) -> Any:
    """Return a study of one measure, a composite index and its differences."""
    study.drop_sections("hold", "plan", "track")
    study.write("tree.csv", TREE)
    study.write("study.toml", study.text() + COMPOSITE + DIFFERENCES)
    return study


def figures(study: Any) -> dict[tuple[str, int, str], float]:
    lines = [line.split(",") for line in study.text("figures/figures.csv").splitlines()[1:]]
    return {(region, int(year), name): float(value) for region, year, name, value, *_ in lines}


def expected_index(study: Any, **options: Any) -> Any:
    of, keys = figures(study), [(r, y) for r in LEAGUES for y in (2021, 2022, 2023)]
    data: dict[str, list[Any]] = {"region": [r for r, _ in keys], "period": [y for _, y in keys]}
    data["gdp_real / employment"] = [of[r, y, "gdp_real"] / of[r, y, "employment"] for r, y in keys]
    data["capital_stock / employment"] = [of[r, y, "capital_stock"] / of[r, y, "employment"] for r, y in keys]
    data["gdp_real"] = [of[r, y, "gdp_real"] for r, y in keys]
    tree = study.path / "tree.csv"
    return composite(data, tree=tree, unit="region", period="period", floor=0.05, **options)


def test_the_index_is_that_of_the_registers_figures_and_of_ratios(compared: Any, run: Callable[[Any], Any]):
    results, found = run(compared), expected_index(compared)
    rows = results.table("index_scores")
    assert len(rows) == 12
    own = {(r["region_en"], int(r["period"])): (float(r["score"]), int(float(r["rank"]))) for r in rows}
    names = {"R1": "League A", "R2": "League B", "R3": "City C", "R4": "City D"}
    keys = zip(found.sheet.units, found.sheet.periods, found.score, found.ranks, strict=True)
    assert own == {(names[u], t): (pytest.approx(score), rank) for u, t, score, rank in keys}
    assert all(1 <= float(r["lower"]) <= float(r["upper"]) <= 4 for r in rows)
    weights = [float(r["weight [%]"]) for r in results.table("index_weights")]
    assert weights == pytest.approx([25.0, 25.0, 50.0])
    manifest = results.manifest["results"]
    assert manifest["composite.index"]["fingerprint"]["call"] == "composite"
    assert manifest["composite.index.robustness"]["fingerprint"]["seed"] == 5
    blocks = results.blocks()
    ranks = blocks["index_ranks"]
    assert (ranks.dots, [s.role for s in ranks.series]) == (True, ["peer", "focus"])
    assert [p.x for p in ranks.series[1].points] == ["R1"]
    assert {"index_path", "index_dimensions", "index_sensitivity"} <= blocks.keys()
    page = results.written.report.read_text(encoding="utf-8")
    assert "for show only" in page


def test_without_robustness_there_are_no_intervals(compared: Any, run: Callable[[Any], Any]):
    compared.set("robustness = { draws = 30, seed = 5 }\n", "peers = ['R2']\n")
    results = run(compared)
    assert "composite.index.robustness" not in results.manifest["results"]
    assert not {"index_ranks", "index_sensitivity"} & results.blocks().keys()
    assert "lower" not in results.table("index_scores")[0]
    assert {s.role for s in results.blocks()["index_path"].series} == {"focus", "peer", "plain"}


def test_differences_are_those_of_the_index(compared: Any, run: Callable[[Any], Any]):
    results, found = run(compared), expected_index(compared)
    data = {"v": found.score, "zone": [r in ("R1", "R2") for r in found.sheet.units], "t": found.sheet.periods}
    gini = dagum_gini(data, value="v", group="zone", period="t")
    rows = results.table("zones_differences")
    assert [float(r["gini"]) for r in rows] == pytest.approx(gini["gini"], abs=1e-6)
    assert [float(r["between_share [%]"]) for r in rows] == pytest.approx(
        [100 * s for s in gini["between_share"]], abs=1e-4
    )
    blocks = results.blocks()
    assert {"zones_gini", "zones_zones", "zones_parts", "zones_density", "zones_moves"} <= blocks.keys()
    assert blocks["zones_parts"].most == 100.0
    assert [s.name.en for s in blocks["zones_zones"].series] == ["East", "West"]
    moves = results.table("zones_moves")
    assert [float(r["to_1 [%]"]) + float(r["to_2 [%]"]) for r in moves] == pytest.approx([100.0, 100.0])
    assert sum(int(float(r["moves"])) for r in moves) == 8
    assert all("made_up" in point.sources for s in blocks["zones_gini"].series for point in s.points)


def test_differences_of_a_measure_are_those_of_the_chained_index(compared: Any, run: Callable[[Any], Any]):
    compared.set('of = "composite.index"', 'of = "measure.tfp"')
    results = run(compared)
    rows = results.table("zones_differences")
    assert [r["period"] for r in rows] == ["2021", "2022", "2023"]
    assert float(rows[0]["gini"]) == 0.0  # all begin at 1
    assert rows[0]["between_share [%]"] == ""
    assert float(rows[-1]["gini"]) > 0.0
    assert "zones_density" not in results.blocks()  # nor has the first year a density


def test_differences_of_a_score(compared: Any, run: Callable[[Any], Any]):
    compared.set('call = "malmquist"', 'call = "dea"')
    compared.set('of = "composite.index"', 'of = "measure.tfp"')
    assert float(run(compared).table("zones_differences")[0]["gini"]) > 0.0


def test_one_year_has_a_gini_and_nothing_that_moves(compared: Any, run: Callable[[Any], Any]):
    compared.set("years = [2021, 2023]\noptions = { floor", "years = [2023, 2023]\noptions = { floor")
    results = run(compared)
    assert len(results.table("zones_differences")) == 1
    assert "zones_moves" not in results.blocks()
    page = results.written.report.read_text(encoding="utf-8")
    assert "No table of moves: found 1 period; expected at least two periods." in page
    assert "No β-convergence: " in page
    assert "was" in next(s.answer.en for s in results.report.sections if s.key == "differences")


def test_a_region_that_misses_a_year_is_not_compared_and_named(compared: Any, run: Callable[[Any], Any]):
    text = compared.text("figures/figures.csv").splitlines(keepends=True)
    gone = ("R4,2022,capital_stock", "R4,2022,employment", "R4,2022,gdp_real")
    compared.write("figures/figures.csv", "".join(line for line in text if not line.startswith(gone)))
    compared.drop_sections("measure")
    results = run(compared)
    assert len(results.table("index_scores")) == 11
    page = results.written.report.read_text(encoding="utf-8")
    assert "Not compared, for want of a value above 0 in some year" in page


def test_where_no_region_is_whole_the_run_says_so_and_writes_nothing(compared: Any, run: Callable[[Any], Any]):
    text = compared.text("figures/figures.csv").splitlines(keepends=True)
    compared.drop_sections("measure")
    lost = (("R2", 2022), ("R3", 2021), ("R4", 2023))
    gone = tuple(f"{r},{y},{i}" for r, y in lost for i in ("capital_stock", "employment", "gdp_real"))
    compared.write("figures/figures.csv", "".join(line for line in text if not line.startswith(gone)))
    compared.set('regions = ["R1", "R2"]', 'regions = ["R2"]')
    with pytest.raises(StudyError) as caught:
        run(compared)
    assert [(p.code, p.place.item) for p in caught.value.problems] == [
        ("study.nothing_to_compare", "[differences.zones]")
    ]
    assert not (compared.path.parent / "out").exists()


def test_gaps_are_listed_and_filled_by_the_rule(compared: Any, run: Callable[[Any], Any]):
    text = compared.text("figures/figures.csv")
    row = next(line for line in text.splitlines() if line.startswith("R2,2022,capital_stock"))
    compared.write("figures/figures.csv", text.replace(row + "\n", ""))
    compared.drop_sections("measure")
    with pytest.raises(StudyError) as caught:
        check_study(compared.path)
    assert [p.code for p in caught.value.problems] == ["composite.missing"]
    compared.set("{ floor = 0.05 }", '{ floor = 0.05, missing = "interpolate" }')
    results = run(compared)
    (missing,) = results.table("index_missing")
    assert (missing["region_en"], missing["period"], missing["indicator_en"]) == (
        "League B",
        "2022",
        "capital per person",
    )
    (filled,) = results.table("index_filled")
    of = figures(compared)
    ends = [of["R2", y, "capital_stock"] / of["R2", y, "employment"] for y in (2021, 2023)]
    assert float(filled["value"]) == pytest.approx(sum(ends) / 2)


def test_a_bootstrap_gives_limits_in_the_tables(study: Any, run: Callable[[Any], Any]):
    study.drop_sections("hold", "plan", "track")
    options = 'options = { orientation = "output" }'
    study.set(options, f'{options}\nbootstrap = {{ replications = 60, seed = 3 }}\nnote = "Read with care"')
    results = run(study)
    rows = results.table("tfp_changes")
    assert all(float(r["lower"]) <= float(r["upper"]) for r in rows if r["lower"])
    assert results.manifest["results"]["measure.tfp.bootstrap"]["fingerprint"]["seed"] == 3
    page = results.written.report.read_text(encoding="utf-8")
    assert "Read with care" in page
    assert "Bootstrap (95% limits): of 8 yearly changes" in page
    study.set('call = "malmquist"', 'call = "dea"')
    scores = run(study, "again").table("tfp_scores")
    assert all(float(r["lower"]) <= float(r["upper"]) for r in scores if r["lower"])


def test_the_reading_guide_has_a_row_for_every_result(compared: Any, run: Callable[[Any], Any]):
    compared.set(
        'options = { orientation = "output" }',
        'options = { orientation = "output" }\nbootstrap = { replications = 40 }',
    )
    results = run(compared)
    rows = results.table("reading")
    assert len(rows) == 3
    assert all(r["shows_zh"] and r["shows_en"] and r["hides_zh"] and r["hides_en"] for r in rows)
    assert "significant by chance" in rows[0]["hides_en"]


WRONG = [
    ("unknown option", "{ floor = 0.05 }", "{ flor = 0.05 }", "study.option", "[composite.index] options.flor"),
    ("the tree again", "{ floor = 0.05 }", '{ tree = "x" }', "study.option", "[composite.index] options.tree"),
    ("unknown rule", "{ floor = 0.05 }", '{ weights = "best" }', "composite.weights", "[composite.index]"),
    (
        "robustness",
        "{ draws = 30, seed = 5 }",
        "{ drows = 30 }",
        "study.option",
        "[composite.index] robustness.drows",
    ),
    (
        "robustness that cannot be",
        "{ draws = 30, seed = 5 }",
        '{ weights = ["given"] }',
        "composite_robustness.min_max, given, linear, refuse",
        "[composite.index]",
    ),
    (
        "peer",
        'note = { zh = "仅作',
        'peers = ["R"]\nnote = { zh = "仅作',
        "study.not_measured",
        "[composite.index] focus, peers",
    ),
    (
        "unknown region",
        'note = { zh = "仅作',
        'peers = ["Q"]\nnote = { zh = "仅作',
        "figures.unknown_region",
        "[composite.index] regions",
    ),
    ("of nothing", 'of = "composite.index"', 'of = "composite.none"', "study.unknown_result", "[differences.zones] of"),
    ("twice", 'regions = ["R3", "R4"]', 'regions = ["R3", "R1"]', "study.zone_twice", "[differences.zones] zone 2"),
    (
        "zone's region",
        'regions = ["R3", "R4"]',
        'regions = ["R3", "Q"]',
        "figures.unknown_region",
        "[differences.zones] zone 2",
    ),
]


@pytest.mark.parametrize(("old", "new", "code", "item"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_what_is_wrong_is_told_with_its_setting(compared: Any, old: str, new: str, code: str, item: str):
    compared.set(old, new)
    with pytest.raises(StudyError) as caught:
        check_study(compared.path)
    told = [(p.code, p.place.item) for p in caught.value.problems]
    assert (code, item) in told
    for problem in caught.value.problems:
        assert problem.describe("zh") != problem.describe("en")


def test_what_is_wrong_with_the_tree_is_told_with_its_file_and_row(compared: Any):
    compared.change("tree.csv", "gdp_real / employment,+", "gdp_real / employment,up")
    with pytest.raises(StudyError) as caught:
        check_study(compared.path)
    assert [(p.code, p.place.file, p.place.row) for p in caught.value.problems] == [("tree.direction", "tree.csv", 2)]
    compared.set('\ntree = "tree.csv"', '\ntree = "tre.csv"')
    with pytest.raises(StudyError) as caught:
        check_study(compared.path)
    assert [p.code for p in caught.value.problems] == ["tree.file"]
    assert caught.value.problems[0].place.file.endswith("tre.csv")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'title = { zh = "西", en = "West" }',
            'title = { zh = "东", en = "East" }',
            ("study.no_zones", "[differences.zones] zone"),
        ),
        ("classes = 2", "classes = 1", ("study.classes", "[differences.zones] classes")),
        ('regions = ["R3", "R4"]', 'regions = ["R3", "R"]', ("study.not_measured", "[differences.zones] zone 2")),
        ("{ draws = 30, seed = 5 }", "{ draws = 3 }", ("composite_robustness.draws", "[composite.index]")),
    ],
    ids=["titles twice", "classes", "not measured", "draws"],
)
def test_what_would_be_lost_in_silence_is_refused(compared: Any, old: str, new: str, told: tuple[str, str]):
    compared.set(old, new)
    with pytest.raises(StudyError) as caught:
        check_study(compared.path)
    assert [(p.code, p.place.item) for p in caught.value.problems] == [told]
    assert caught.value.problems[0].describe("zh") != caught.value.problems[0].describe("en")


def test_an_indicator_of_the_tree_that_is_unknown_is_told(compared: Any):
    compared.change("tree.csv", "gdp_real / employment", "gdp_real / employed")
    with pytest.raises(StudyError) as caught:
        check_study(compared.path)
    assert [(p.code, p.place.item) for p in caught.value.problems] == [
        ("figures.unknown_indicator", "[composite.index] tree")
    ]


def test_what_is_compared_may_be_wrong_itself_and_is_told_once(compared: Any):
    compared.set('\nfocus = "R1"\nnote', '\nfocus = "R1"\nleave_out = ["Q"]\nnote')
    with pytest.raises(StudyError) as caught:
        check_study(compared.path)
    assert [(p.code, p.place.item) for p in caught.value.problems] == [
        ("figures.unknown_region", "[composite.index] regions")
    ]


def test_differences_need_a_zone(compared: Any):
    compared.drop_sections("differences")
    compared.write("study.toml", compared.text() + '\n[differences.zones]\nof = "measure.tfp"\n')
    with pytest.raises(StudyError) as caught:
        check_study(compared.path)
    assert [(p.code, p.place.item) for p in caught.value.problems] == [("study.no_zones", "[differences.zones] zone")]


@pytest.mark.parametrize(
    ("call", "bootstrap", "item"),
    [
        ("sbm", "{ replications = 40 }", "[measure.tfp] bootstrap"),
        ("malmquist", "{ replicatons = 40 }", "[measure.tfp] bootstrap.replicatons"),
    ],
)
def test_a_bootstrap_that_cannot_be_is_told(study: Any, call: str, bootstrap: str, item: str):
    study.set('call = "malmquist"', f'call = "{call}"')
    study.set('options = { orientation = "output" }', f"bootstrap = {bootstrap}")
    with pytest.raises(StudyError) as caught:
        check_study(study.path)
    assert [(p.code, p.place.item) for p in caught.value.problems] == [("study.option", item)]


def test_two_indices_and_two_comparisons_stand_side_by_side(compared: Any, run: Callable[[Any], Any]):
    more = COMPOSITE.replace("composite.index", "composite.other").replace(
        "robustness = { draws = 30, seed = 5 }\n", ""
    )
    other = DIFFERENCES.replace("differences.zones", "differences.more").replace("composite.index", "measure.tfp")
    compared.write("study.toml", compared.text() + more + other)
    keys = run(compared).blocks().keys()
    assert {"index_path", "other_path", "zones_gini", "more_gini"} <= keys
