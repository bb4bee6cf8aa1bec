"""What a volume counts: its water, its basis, and whether ecological supply is in."""

from __future__ import annotations

from typing import NamedTuple

from hetao.text import Text

__all__ = ["BALANCES", "BASES", "BINDS", "ECOLOGIES", "WATERS", "Line", "drawn_lines"]

WATERS = {
    "total": Text("用水总量", "total water"),
    "surface": Text("地表水", "surface water"),
    "groundwater": Text("地下水", "groundwater"),
    "unconventional": Text("非常规水", "unconventional water"),
    "yellow_river": Text("黄河水", "Yellow River water"),
}
BASES = {
    "withdrawal": Text("取水口径", "withdrawal basis"),
    "consumption": Text("耗水口径", "consumption basis"),
}
ECOLOGIES = {
    "included": Text("含河湖生态补水", "ecological supply included"),
    "excluded": Text("不含河湖生态补水", "ecological supply excluded"),
}
BINDS = {
    "permitted": Text("许可量", "permitted"),
    "planned": Text("计划量", "planned"),
    "used": Text("用水量", "used"),
}
BALANCES = tuple(BINDS)  # what is drawn on a cap, in the order of a cell


class Line(NamedTuple):
    """What a volume counts: two volumes may be compared only where all three agree.

    Attributes:
        water: one of `WATERS`.
        basis: one of `BASES`.
        ecology: one of `ECOLOGIES`.
    """

    water: str
    basis: str
    ecology: str

    @property
    def label(self) -> Text:
        """The line in words."""
        return _LABELS[self]


_LABELS = {
    Line(water, basis, ecology): Text("、".join((w.zh, b.zh, e.zh)), ", ".join((w.en, b.en, e.en)))
    for water, w in WATERS.items()
    for basis, b in BASES.items()
    for ecology, e in ECOLOGIES.items()
}
_DRAWN = {
    (water, ecological): tuple(
        Line(water, "withdrawal", ecology) for ecology in (("included",) if ecological else ("excluded", "included"))
    )
    for water in WATERS
    for ecological in (False, True)
}


def drawn_lines(water: str, *, ecological: bool) -> tuple[Line, ...]:
    """Return the lines on which a withdrawal counts.

    A withdrawal counts on the withdrawal basis only. What goes to rivers and lakes counts where ecological supply is
    included; every other withdrawal counts with it and without it.
    """
    return _DRAWN[water, ecological]
