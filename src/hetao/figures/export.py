"""Write a register as a tidy csv file that reads back as the same register."""

from __future__ import annotations

import csv
from pathlib import Path

from hetao.figures.register import Register

__all__ = ["write_figures"]

HEADER = ("region", "period", "indicator", "value", "unit", "source", "note")


def write_figures(register: Register, path: Path | str) -> None:
    """Write every figure as it was given, in the register's order, as UTF-8 csv."""
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for f in register:
            writer.writerow((f.region, f.period, f.indicator, f.given, f.given_unit, f.source, f.note))
