"""The second example end to end: what it must show, and that every figure has a known source."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from studies import Results, run_and_keep

SECOND = Path(__file__).resolve().parents[2] / "examples" / "new-quality-productivity"
MEASURES = ("green_tfp", "carbon_tfp", "innovation")


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return run_and_keep(SECOND, tmp_path_factory.mktemp("second") / "out")


def numbers(rows: list[dict[str, str]], column: str) -> list[float]:
    return [float(row[column]) for row in rows if row[column]]


def test_every_result_is_there(second: Results) -> None:
    results = second.manifest["results"]
    assert {f"measure.{m}" for m in MEASURES} | {"composite.new_quality", "composite.new_quality.robustness"} <= set(
        results
    )
    proof = results["measure.green_tfp"]["certificate"]
    assert set(proof["statuses"]) == {"optimal"}
    assert max(proof["primal"], proof["dual"], proof["gap"]) <= 1e-8
    assert [s.key for s in second.report.sections[:4]] == ["measure", "composite", "differences", "reading"]


def test_parts_multiply_to_the_index_in_every_row(second: Results) -> None:
    for measure in MEASURES:
        rows = second.table(f"{measure}_changes")
        assert len(rows) == 30 * 12
        for row in rows:
            index = float(row["index"])
            assert float(row["efficiency_change"]) * float(row["technical_change"]) == pytest.approx(index)
            if measure == "innovation":
                assert float(row["stage_1_change"]) * float(row["stage_2_change"]) == pytest.approx(index, rel=1e-6)


def test_every_change_has_limits_and_every_rank_an_interval(second: Results) -> None:
    rows = second.table("carbon_tfp_changes")
    low, high = numbers(rows, "lower"), numbers(rows, "upper")
    assert len(low) == len(high) == 360
    assert all(a < b for a, b in zip(low, high, strict=True))
    ranks = second.table("new_quality_scores")
    assert len(ranks) == 30 * 11
    assert all(1 <= float(r["lower"]) <= float(r["upper"]) <= 30 for r in ranks)
    last = [r for r in ranks if r["period"] == "2022"]
    assert sorted(float(r["rank"]) for r in last) == list(range(1, 31))


def test_the_gini_falls_and_lies_between_the_zones(second: Results) -> None:
    rows = second.table("zones_differences")
    gini = numbers(rows, "gini")
    assert gini[0] > gini[-1] > 0.0
    parts = [sum(float(row[f"{part}_share [%]"]) for part in ("within", "between", "transvariation")) for row in rows]
    assert parts == pytest.approx([100.0] * 11)
    assert float(rows[-1]["between_share [%]"]) > 50.0


def test_what_each_result_shows_is_told_in_both_languages(second: Results) -> None:
    rows = second.table("reading")
    assert len(rows) == 5
    assert len({row["hides_en"] for row in rows}) == 5
    assert all(row[f"{column}_{lang}"] for row in rows for column in ("shows", "hides") for lang in ("zh", "en"))


def test_every_figure_has_a_known_source(second: Results) -> None:
    with (SECOND / "sources.csv").open(encoding="utf-8") as file:
        known = {row["source"] for row in csv.DictReader(file)}
    used = {
        s
        for name in second.tables()
        for row in second.table(name[:-4])
        for key, v in row.items()
        if key.endswith("_source")
        for s in v.split(";")
        if s
    }
    assert used
    assert used <= known
    for path in (SECOND / "figures").iterdir():
        with path.open(encoding="utf-8") as file:
            assert {row["source"] for row in csv.DictReader(file)} <= known
