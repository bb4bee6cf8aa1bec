"""Where a region's tile stands: an equal tile for every province of China and every league of Inner Mongolia.

Tiles keep the neighbours near each other and draw no boundary. The layout is this project's own (``tiles.csv``: the
six-digit code of GB/T 2260, the row from the north, the column from the west). The leagues stand below the country,
so that no two tiles ever share a place.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from hetao.errors import FiguresError, Place, Problems
from hetao.text import Text

__all__ = ["layout", "place"]


@lru_cache(maxsize=1)
def layout() -> Mapping[str, tuple[int, int]]:
    """Return the row and column of every region that has a tile."""
    text = files("hetao.report").joinpath("tiles.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType({row["region"]: (int(row["row"]), int(row["column"])) for row in rows})


def place(regions: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Return each region's row and column, moved so that the northernmost row and westernmost column are 0.

    Args:
        regions: six-digit codes, e.g. ``110000`` or ``150600``.

    Raises:
        FiguresError: a region has no tile; all of them are named at once (``tiles.unknown_region``).
    """
    wanted = list(dict.fromkeys(regions))
    problems = Problems(FiguresError)
    for region in wanted:
        if region not in layout():
            problems.add(
                "tiles.unknown_region",
                Place(item=region),
                found=Text(f"没有方格位置的区划代码 {region}", f"region code {region}, which has no tile"),
                expected=Text("省级代码或内蒙古盟市代码", "a province, or a league of Inner Mongolia"),
                remedy=Text("改用条形图，或在 tiles.csv 中补一行", "draw bars instead, or add a row to tiles.csv"),
            )
    problems.raise_if_any()
    if not wanted:
        return {}
    top = min(layout()[region][0] for region in wanted)
    left = min(layout()[region][1] for region in wanted)
    return {region: (layout()[region][0] - top, layout()[region][1] - left) for region in wanted}
