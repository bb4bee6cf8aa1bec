"""A study that is run, and what it wrote and drew."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import hetao.study.run
from hetao.report.html import render_html
from hetao.report.model import Report
from hetao.study import Written, run_study
from hetao.text import Language, Text, use_language

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "inner-mongolia"


@dataclass(frozen=True)
class Results:
    """What a run wrote, and the report that it drew."""

    written: Written
    report: Report

    @property
    def manifest(self) -> dict[str, Any]:
        return dict(json.loads(self.written.manifest.read_text(encoding="utf-8")))

    def table(self, name: str) -> list[dict[str, str]]:
        path = self.written.folder / "tables" / f"{name}.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def blocks(self) -> dict[str, Any]:
        """Return every chart and table by its key."""
        found = [block for s in self.report.sections for block in (s.picture, *s.blocks)]
        return {block.key: block for block in found if block is not None and hasattr(block, "key")}

    def tables(self) -> Mapping[str, bytes]:
        return {p.name: p.read_bytes() for p in sorted((self.written.folder / "tables").iterdir())}


def run_and_keep(folder: Path, out: Path, progress: Callable[[Text, float], None] | None = None) -> Results:
    """Run a study and keep the report that it draws."""
    drawn: list[Report] = []

    def draw(report: Report, language: Language) -> str:
        drawn.append(report)
        return render_html(report, language)

    with pytest.MonkeyPatch.context() as patch, use_language("en"):
        patch.setattr(hetao.study.run, "render_html", draw)
        written = run_study(folder, out, progress=progress)
    return Results(written, *drawn)
