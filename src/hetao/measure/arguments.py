"""Checks of the public calls' arguments: everything wrong at once, by the model's name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Integral, Real
from typing import Literal, get_args

import numpy as np

from hetao.errors import ModelError, Place, Problems
from hetao.figures.panel import Panel
from hetao.measure.frontier.references import REFERENCES, is_reference
from hetao.measure.reserved import KEYS, QUANTITIES
from hetao.text import Text

__all__ = ["Arguments", "Names", "Switch"]

Names = str | Sequence[str]
Switch = Literal[False, True]
MOST = 10**9  # of any whole number that is asked for


class Arguments:
    """Collects what is wrong with one call; leave with `done`.

    >>> arguments = Arguments("dea")
    >>> arguments.one_of("returns", "crs", ("crs", "vrs"))
    >>> arguments.done()
    """

    def __init__(self, model: str) -> None:
        self._model = model
        self._problems = Problems(ModelError)

    @classmethod
    def opened(
        cls, call: str, panel: Panel, reference: object, by_group: object, /, **options: tuple[object, object]
    ) -> Arguments:
        """Return the checks of a frontier's call, after what all of them share.

        Args:
            call: its name.
            panel: must be a `Panel`; with ``by_group`` one that has groups.
            reference: which rows span the frontier.
            by_group: compare each row with its own group only?
            options: argument → (its value, the ``Literal`` of the values allowed).
        """
        arguments = cls(call)
        for name, (value, allowed) in options.items():
            arguments.one_of(name, value, get_args(allowed))
        arguments.reference(reference, by_group)
        arguments.needs_panel(panel)
        if by_group is True:
            arguments.needs_groups(panel, "by_group")
        return arguments

    def refuse(self, argument: str, *, found: Text, expected: Text, remedy: Text) -> None:
        """Record one thing that the model cannot take."""
        place = Place(item=f"{self._model}({argument})" if argument else self._model)
        code = f"{self._model}.{argument or 'data'}"
        self._problems.add(code, place, found=found, expected=expected, remedy=remedy)

    def one_of(self, argument: str, value: object, allowed: Sequence[object]) -> None:
        """Require one of the named options."""
        same = (isinstance(value, type(a)) and isinstance(value, bool) == isinstance(a, bool) for a in allowed)
        if not any(alike and value == a for alike, a in zip(same, allowed, strict=True)):  # 1 is not True here
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
        assert isinstance(panel, Panel)
        self._no_reserved(panel)

    def _no_reserved(self, panel: Panel) -> None:
        """Require that no column of the panel is named as one of a result's own, which it would hide."""
        keys = {name for name in (panel.unit_column, panel.period_column) if name is not None and name in KEYS}
        taken = sorted(keys | ({*panel.inputs, *panel.outputs, *panel.bads} & QUANTITIES))
        if taken:
            listed = ", ".join(taken)
            self.refuse(
                "panel",
                found=Text(f"与结果列同名的列：{listed}", f"columns named as a result's own: {listed}"),
                expected=Text("其他列名", "other names"),
                remedy=Text("在数据框中改名", "rename them in the frame"),
            )

    def reference(self, reference: object, by_group: object = False) -> None:
        """Require a reference set by name or as a window's number of periods."""
        if not is_reference(reference):
            named = ", ".join(map(repr, REFERENCES))
            self.refuse(
                "reference",
                found=Text(f"{reference!r}", f"{reference!r}"),
                expected=Text(f"以下之一：{named}，或窗口的期数", f"one of {named}, or a window's number of periods"),
                remedy=Text("改用列出的选项", "use one of the options listed"),
            )
        self.one_of("by_group", by_group, (False, True))

    def needs_groups(self, panel: Panel, argument: str = "panel") -> None:
        """Require groups in the panel; ``argument`` is what asks for them."""
        if panel.groups is None:
            self.refuse(
                argument,
                found=Text("没有 group 列的面板", "a panel without a group column"),
                expected=Text("带 group 列的面板", "a panel with a group column"),
                remedy=Text("在 Panel 中写明 group", "name the `group` column in Panel"),
            )

    def whole(self, argument: str, value: object, least: int, most: int = MOST) -> None:
        """Require a whole number of at least ``least``, and at most ``most``."""
        if isinstance(value, bool) or not isinstance(value, Integral) or not least <= int(value) <= most:
            expected = Text(f"{least} 到 {most} 的整数", f"a whole number from {least} to {most}")
            self._out_of_range(argument, value, expected)

    def share(self, argument: str, value: object) -> None:
        """Require a number above 0 and at most 1."""
        if isinstance(value, bool) or not isinstance(value, Real) or not 0.0 < float(value) <= 1.0:
            self._out_of_range(argument, value, Text("大于 0、不大于 1 的数", "a number above 0 and at most 1"))

    def between(self, argument: str, value: object) -> None:
        """Require a number above 0 and below 1."""
        if isinstance(value, bool) or not isinstance(value, Real) or not 0.0 < float(value) < 1.0:
            self._out_of_range(argument, value, Text("大于 0、小于 1 的数", "a number above 0 and below 1"))

    def below_one(self, argument: str, value: object) -> None:
        """Require a number of at least 0 and below 1."""
        if isinstance(value, bool) or not isinstance(value, Real) or not 0.0 <= float(value) < 1.0:
            self._out_of_range(argument, value, Text("不小于 0、小于 1 的数", "a number of at least 0 and below 1"))

    def positive_number(self, argument: str, value: object) -> None:
        """Require a finite number above 0."""
        if isinstance(value, bool) or not isinstance(value, Real) or not 0.0 < float(value) < np.inf:
            self._out_of_range(argument, value, Text("大于 0 的数", "a number above 0"))

    def _out_of_range(self, argument: str, value: object, expected: Text) -> None:
        remedy = Text("改正该参数", "correct the argument")
        self.refuse(argument, found=Text(f"{value!r}", f"{value!r}"), expected=expected, remedy=remedy)

    def columns(self, argument: str, names: object, allowed: Sequence[str]) -> tuple[int, ...]:
        """Return the positions of named columns among those allowed, each once."""
        listed = (names,) if isinstance(names, str) else tuple(names) if isinstance(names, Iterable) else (names,)
        for name in listed:
            self.one_of(argument, name, allowed)
        return tuple(j for j, name in enumerate(allowed) if name in listed)

    def nothing_moves(self, argument: str) -> None:
        """Refuse that every column is held fixed."""
        self.refuse(
            argument,
            found=Text("全部列都固定", "every column held fixed"),
            expected=Text("至少一列可变", "at least one column that can move"),
            remedy=Text("去掉至少一列", "leave at least one column out"),
        )

    def not_together(self, argument: str, value: str, other: str) -> None:
        """Refuse two options that have no meaning together."""
        self.refuse(
            argument,
            found=Text(f"{value!r} 与 {other} 并用", f"{value!r} together with {other}"),
            expected=Text("二者之一", "one of the two"),
            remedy=Text(f"去掉 {other}，或改变 {argument}", f"leave {other} out, or change {argument}"),
        )

    def positive(self, panel: Panel, roles: Iterable[str], why: Text) -> None:
        """Require quantities > 0 in the roles ``inputs``, ``outputs``, ``bads``, naming each column and row."""
        tables = {"inputs": panel.X, "outputs": panel.Y, "bads": panel.B}
        for role in roles:
            for j, name in enumerate(getattr(panel, role)):
                rows = np.flatnonzero(tables[role][:, j] == 0.0)
                if len(rows):
                    self.refuse(
                        "",
                        found=Text(
                            f"列 {name} 有 {len(rows)} 个零（首见于第 {rows[0]} 行）",
                            f"{len(rows)} zeros in column {name} (first in row {rows[0]})",
                        ),
                        expected=Text("大于 0 的数量", "quantities above 0"),
                        remedy=why,
                    )

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

    @property
    def clean(self) -> bool:
        """Say whether nothing wrong was recorded so far."""
        return not self._problems

    def done(self) -> None:
        """Raise `ModelError` with everything recorded, if anything was."""
        self._problems.raise_if_any()
