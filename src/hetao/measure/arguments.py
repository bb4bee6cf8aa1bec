"""Checks of the public calls' arguments: everything wrong at once, by the model's name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hetao.errors import ModelError, Place, Problems
from hetao.figures.panel import Panel
from hetao.text import Text

__all__ = ["Arguments"]


class Arguments:
    """Collects what is wrong with one call; leave with `done`.

    >>> arguments = Arguments("dea")
    >>> arguments.one_of("returns", "crs", ("crs", "vrs"))
    >>> arguments.done()
    """

    def __init__(self, model: str) -> None:
        self._model = model
        self._problems = Problems(ModelError)

    def refuse(self, argument: str, *, found: Text, expected: Text, remedy: Text) -> None:
        """Record one thing that the model cannot take."""
        place = Place(item=f"{self._model}({argument})" if argument else self._model)
        code = f"{self._model}.{argument or 'data'}"
        self._problems.add(code, place, found=found, expected=expected, remedy=remedy)

    def one_of(self, argument: str, value: object, allowed: Sequence[object]) -> None:
        """Require one of the named options."""
        if value not in allowed:
            listed = ", ".join(repr(a) for a in allowed)
            self.refuse(
                argument,
                found=Text(f"{value!r}", f"{value!r}"),
                expected=Text(f"以下之一：{listed}", f"one of {listed}"),
                remedy=Text("改用列出的选项", "use one of the options listed"),
            )

    def needs_panel(self, panel: object) -> None:
        """Require a `Panel`; anything else is refused at once, with what was recorded so far."""
        if not isinstance(panel, Panel):
            kind = type(panel).__name__
            self.refuse(
                "panel",
                found=Text(f"类型 {kind}", f"an object of type {kind}"),
                expected=Text("hetao.Panel", "a hetao.Panel"),
                remedy=Text(
                    "先用 Panel(frame, unit=…, inputs=…, outputs=…) 写明各列的角色",
                    "state the columns' roles first: Panel(frame, unit=…, inputs=…, outputs=…)",
                ),
            )
            self.done()

    def no_negative(self, panel: Panel) -> None:
        """Require quantities ≥ 0, naming each column and its first negative row."""
        for names, table in ((panel.inputs, panel.X), (panel.outputs, panel.Y), (panel.bads, panel.B)):
            for j, name in enumerate(names):
                rows = np.flatnonzero(table[:, j] < 0)
                if len(rows):
                    count, first, value = len(rows), rows[0], table[rows[0], j]
                    self.refuse(
                        "",
                        found=Text(
                            f"列 {name} 有 {count} 个负值（首见于第 {first} 行：{value:g}）",
                            f"{count} negative values in column {name} (first in row {first}: {value:g})",
                        ),
                        expected=Text("不小于 0 的数量", "quantities of at least 0"),
                        remedy=Text(
                            "该模型不能处理负值：改用能处理负值的模型，或重新定义该列",
                            "this model cannot take negative values: redefine the column or use a model that can",
                        ),
                    )

    def needs_periods(self, panel: Panel) -> None:
        """Require a panel with at least two periods."""
        if panel.period_column is None or len(panel.periods) < 2:
            self.refuse(
                "panel",
                found=Text(f"{len(panel.periods)} 个时期", f"{len(panel.periods)} period"),
                expected=Text(
                    "带 period 列、至少两个时期的面板", "a panel with a period column and at least two periods"
                ),
                remedy=Text("在 Panel 中写明 period", "name the `period` column in Panel"),
            )

    def needs_bads(self, panel: Panel) -> None:
        """Require at least one bad output."""
        if not panel.bads:
            self.refuse(
                "panel",
                found=Text("没有非期望产出", "no bads"),
                expected=Text("至少一个非期望产出", "at least one bad"),
                remedy=Text("在 Panel 中写明 bads", "name the `bads` in Panel"),
            )

    def done(self) -> None:
        """Raise `ModelError` with everything recorded, if anything was."""
        self._problems.raise_if_any()
