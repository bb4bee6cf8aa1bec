"""Studies to run and to break: the example, run once, and small copies of the starter with a portfolio."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from hetao.study import new_study
from studies import EXAMPLE, Results, run_and_keep

PORTFOLIO = """
[plan.portfolio]
projects = "plan/projects.csv"
years = [2026, 2028]
lifetime_years = 10
budgets = { 2026 = "3000万元", 2027 = "2000万元" }
minimum_saving = { R1 = "20万m³" }
"""

PROJECTS = """\
project,zh,en,district,cost,cost_unit,saving,saving_unit,earliest,latest,requires,excludes,illustrative,source,note
A,渠道衬砌一期,Canal lining 1,R1,1200,万元,40,万m³,,,,,yes,made_up,
B,渠道衬砌二期,Canal lining 2,R1,800,万元,30,万m³,2027,,A,,yes,made_up,
C,电厂空冷,Dry cooling,R2,2500,万元,90,万m³,,2027,,D,yes,made_up,
D,再生水,Reclaimed water,R2,1500,万元,60,万m³,,,,,是,made_up,
E,未公布投资的项目,A project without a published cost,R3,,万元,25,万m³,,,,,no,made_up,cost not published
"""


@dataclass(frozen=True)
class StudyFolder:
    """A study's folder, and small ways of changing it."""

    path: Path

    def text(self, name: str = "study.toml") -> str:
        return (self.path / name).read_text(encoding="utf-8")

    def write(self, name: str, content: str | bytes) -> None:
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())

    def change(self, name: str, old: str, new: str) -> None:
        """Replace what must stand in a file exactly once."""
        text = self.text(name)
        assert text.count(old) == 1, (name, old, text.count(old))
        self.write(name, text.replace(old, new))

    def set(self, old: str, new: str) -> None:
        self.change("study.toml", old, new)

    def add(self, *rows: str, name: str = "figures/figures.csv") -> None:
        self.write(name, self.text(name).rstrip("\n") + "\n" + "\n".join(rows) + "\n")

    def drop_sections(self, *names: str) -> None:
        """Remove the tables whose headings begin with one of the names."""
        kept, skipping = [], False
        for line in self.text().splitlines():
            if line.startswith("["):
                skipping = line.strip("[]").startswith(names)
            if not skipping:
                kept.append(line)
        self.write("study.toml", "\n".join(kept) + "\n")

    def sheet(self, name: str, fill: Callable[[Any, Any], None]) -> None:
        """Write a workbook of one sheet, filled by a function of the book and the sheet."""
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        with xlsxwriter.Workbook(str(self.path / name)) as book:
            fill(book, book.add_worksheet("Figures"))


@pytest.fixture
def starter(tmp_path: Path) -> StudyFolder:
    """Return what `hetao new` writes."""
    new_study(tmp_path / "starter")
    return StudyFolder(tmp_path / "starter")


@pytest.fixture
def study(tmp_path: Path) -> StudyFolder:
    """Return the starter with a portfolio of retrofits."""
    new_study(tmp_path / "study")
    folder = StudyFolder(tmp_path / "study")
    folder.write("study.toml", folder.text() + PORTFOLIO)
    folder.write("plan/projects.csv", PROJECTS)
    return folder


@pytest.fixture(scope="session")
def example_again(example: Results, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Return the results of the example, run once more, into another folder and with progress."""
    steps: list[float] = []
    folder = tmp_path_factory.mktemp("again") / "deeper" / "out"
    results = run_and_keep(EXAMPLE, folder, lambda words, done: steps.append(done))
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == (0.0, 1.0)
    return results


@pytest.fixture
def run(tmp_path: Path) -> Callable[[StudyFolder], Results]:
    """Return a way to run a study into a fresh folder."""

    def call(folder: StudyFolder, out: str = "out") -> Results:
        return run_and_keep(folder.path, tmp_path / out)

    return call
