"""Names, links, pipes, numbers and nesting beyond what anybody means: refused with a place, never a traceback."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from hetao.errors import ProblemsError
from hetao.study import check_study, new_study, run_study


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "s"
    new_study(folder)
    return folder


def codes(error: ProblemsError) -> list[str]:
    return [p.code for p in error.problems]


def change(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("as_of = 2023", f"as_of = {'9' * 5000}", "study.settings_file"),
        ("as_of = 2023", f"as_of = {'[' * 20000}{']' * 20000}", "study.settings_file"),
        ('regions = "regions.csv"', f'regions = "{"a" * 5000}.csv"', "figures.no_file"),
        ("[measure.tfp]", f"[measure.{'a' * 300}]", "study.setting"),
        ("[measure.tfp]", '[measure."../x"]', "study.setting"),
    ],
)
def test_settings_beyond_sense_are_refused(study: Path, old: str, new: str, code: str) -> None:
    change(study, "study.toml", old, new)
    with pytest.raises(ProblemsError) as caught:
        check_study(study)
    assert code in codes(caught.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_for_settings_is_refused_and_not_waited_for(study: Path) -> None:
    (study / "study.toml").unlink()
    os.mkfifo(study / "study.toml")
    with pytest.raises(ProblemsError) as caught:
        check_study(study)
    assert codes(caught.value) == ["study.settings_file"]


@pytest.mark.parametrize("value", ["-3.5", "1e30"])
def test_a_cap_that_no_ledger_holds_is_refused_at_its_cell(study: Path, value: str) -> None:
    change(study, "figures/figures.csv", "R,2022,water_use_cap,3.5", f"R,2022,water_use_cap,{value}")
    with pytest.raises(ProblemsError) as caught:
        check_study(study)
    (problem,) = caught.value.problems
    assert problem.code == "study.volume_out_of_range"
    assert problem.place.file == "figures/figures.csv"
    assert problem.place.row is not None


def test_a_name_too_long_is_refused_for_new_and_out(study: Path, tmp_path: Path) -> None:
    for act in (lambda p: new_study(p), lambda p: run_study(study, p)):
        with pytest.raises(ProblemsError) as caught:
            act(tmp_path / ("b" * 300))
        assert codes(caught.value) == ["study.name_too_long"]


def test_what_cannot_be_written_is_told(study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hetao.study.run.write_tables", full)
    with pytest.raises(ProblemsError) as caught:
        run_study(study, tmp_path / "out")
    assert codes(caught.value) == ["study.not_written"]
    assert not (tmp_path / "out").exists()


def test_a_link_to_the_output_folder_stays_a_link(study: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    written = run_study(study, tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert written.report.is_file()
    assert (tmp_path / "real" / "report.html").is_file()


def test_the_lock_file_of_an_open_workbook_is_passed_over(study: Path) -> None:
    change(study, "study.toml", 'figures = ["figures/*.csv"]', 'figures = ["figures/*"]')
    (study / "figures" / "~$figures.xlsx").write_bytes(b"lock")
    assert check_study(study).figures > 0


def test_the_answer_names_the_cap_of_the_years_over_it_and_how_it_stands_now(study: Path, tmp_path: Path) -> None:
    page = run_study(study, tmp_path / "out").report.read_text(encoding="utf-8")
    assert "exceeded 3.5 × 10⁸ m³ in 2022, and was within it in 2023, 0.07 × 10⁸ m³ left" in page
    assert "meets 100 % of the claims" in page
    assert "not the official breakdown" not in page
