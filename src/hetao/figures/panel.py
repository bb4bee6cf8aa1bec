"""`Panel`: the observations of units (over periods) with the role of every column stated."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hetao.errors import PanelError, Place, Problems
from hetao.figures.frames import Columns, category_order, read_columns
from hetao.figures.frozen import Frozen
from hetao.figures.keys import is_missing, sorted_periods
from hetao.text import Text

__all__ = ["Panel"]

Names = str | Sequence[str]


class Panel:
    """Observations with roles, checked once and immutable.

    Args:
        frame: any data frame that narwhals reads, or a mapping of columns; one row an observation.
        unit: column that names the unit (region, industry, firm).
        period: column of the period; omit it for a cross-section.
        inputs: columns of what is used up; at least one.
        outputs: columns of what is produced; at least one.
        bads: columns of what is produced and unwanted (pollution).
        group: column of the unit's group, for frontiers by group.
        prices: quantity column → its price column.

    Attributes:
        units: (n,) unit of each row.
        periods: distinct periods, in the order of an ordered categorical or enum, else sorted; ``(None,)`` for a
            cross-section.
        inputs: names of the input columns.
        outputs: names of the output columns.
        bads: names of the bad columns.
        X: (n, inputs) quantities as float64, in the frame's own units.
        Y: (n, outputs) quantities, likewise.
        B: (n, bads) quantities, likewise.
        prices: quantity column → (n,) prices.

    Raises:
        PanelError: unknown or repeated columns, missing or infinite values, text where numbers belong, duplicate
            keys; everything at once, each with its row and column. Rows are counted from 0.

    Examples:
        >>> panel = Panel({"firm": ["a", "b"], "x": [2.0, 4.0], "y": [1.0, 4.0]}, unit="firm", inputs="x", outputs="y")
        >>> panel.X.tolist()
        [[2.0], [4.0]]
    """

    def __init__(
        self,
        frame: object,
        *,
        unit: str,
        period: str | None = None,
        inputs: Names,
        outputs: Names,
        bads: Names = (),
        group: str | None = None,
        prices: Mapping[str, str] | None = None,
    ) -> None:
        columns, self.kind = read_columns(frame)
        problems = Problems(PanelError)
        _check_names(problems, unit=unit, period=period, group=group, prices=prices)
        problems.raise_if_any()
        self.unit_column, self.period_column, self.group_column = unit, period, group
        self.inputs, self.outputs, self.bads = (
            _names(role, names, problems) for role, names in (("inputs", inputs), ("outputs", outputs), ("bads", bads))
        )
        self.price_columns = dict(prices or {})
        problems.raise_if_any()
        _check_roles(self, columns, problems)
        problems.raise_if_any()
        order = category_order(frame, period) if period else None
        self._read(columns, order, problems)
        problems.raise_if_any()
        self._sealed = True

    def __setattr__(self, name: str, value: object) -> None:
        if getattr(self, "_sealed", False):
            raise AttributeError(f"a panel is immutable: {name} cannot be set; make another panel")
        super().__setattr__(name, value)

    def _read(self, columns: Columns, order: list[Any] | None, problems: Problems) -> None:
        n = len(columns[self.unit_column])
        if n == 0:
            problems.add(
                "panel.no_rows",
                Place(item="frame"),
                found=Text("没有数据行", "no rows"),
                expected=Text("至少一行", "at least one row"),
                remedy=Text("检查筛选条件或数据来源", "check the filter or the source of the data"),
            )
        self.units = _keys(columns, self.unit_column, problems)
        self.row_periods = _keys(columns, self.period_column, problems) if self.period_column else np.full(n, None)
        self.groups = _keys(columns, self.group_column, problems) if self.group_column else None
        self.X, self.Y, self.B = (_matrix(columns, names, problems) for names in (self.inputs, self.outputs, self.bads))
        self.prices: Mapping[str, NDArray[np.float64]] = Frozen(
            {q: _matrix(columns, (p,), problems)[:, 0] for q, p in self.price_columns.items()}
        )
        if not problems:
            _check_unique(self, problems)
        if not problems:
            listed, column = self.row_periods.tolist(), self.period_column or ""
            self.periods = sorted_periods(listed, order, column, problems, "panel")
        held = (self.units, self.row_periods, self.groups, self.X, self.Y, self.B, *self.prices.values())
        for array in held:
            if array is not None:
                array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.units)

    def __repr__(self) -> str:
        roles = f"inputs={list(self.inputs)}, outputs={list(self.outputs)}, bads={list(self.bads)}"
        return f"Panel({len(self)} rows, {len(set(self.units.tolist()))} units, {len(self.periods)} periods, {roles})"

    def rows(self, period: object) -> NDArray[np.intp]:
        """Return the row numbers of one period, in the frame's order."""
        if not self.period_column:
            return np.arange(len(self))
        return np.flatnonzero([p == period for p in self.row_periods])

    @cached_property
    def row_of(self) -> dict[tuple[object, object], int]:
        """Row number by (unit, period); the period is None in a cross-section."""
        return {key: i for i, key in enumerate(zip(self.units.tolist(), self.row_periods.tolist(), strict=True))}

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of everything the panel holds: roles, keys and quantities in row order."""
        roles = [self.unit_column, self.period_column, self.group_column, self.inputs, self.outputs, self.bads]
        keys = [self.units.tolist(), self.row_periods.tolist(), None if self.groups is None else self.groups.tolist()]
        digest = hashlib.sha256(json.dumps([roles, self.price_columns, keys], default=str, ensure_ascii=False).encode())
        for table in (self.X, self.Y, self.B, *self.prices.values()):
            digest.update(np.ascontiguousarray(table).tobytes())
        return digest.hexdigest()

    def keys(self, rows: Iterable[int] | None = None) -> dict[str, list[Any]]:
        """Return the caller's own key columns for ``rows`` (default: all), as lists."""
        chosen = np.arange(len(self)) if rows is None else np.fromiter(rows, dtype=np.intp)
        named = {self.unit_column: self.units[chosen].tolist()}
        if self.period_column:
            named[self.period_column] = self.row_periods[chosen].tolist()
        return named


def _check_names(problems: Problems, *, prices: object, **columns: object) -> None:
    """Record what is not the name of one column: the unit's, the period's, the group's; prices must be a mapping."""
    for role, name in columns.items():
        if not isinstance(name, str) and (name is not None or role == "unit"):
            problems.add(
                "panel.not_names",
                Place(item=role),
                found=Text(f"{name!r}", f"{name!r}"),
                expected=Text("一个列名", "the name of one column"),
                remedy=Text(f"在 {role} 中写明列名", f"name the column in {role}"),
            )
    pairs = prices.items() if isinstance(prices, Mapping) else ()
    if prices is not None and not (
        isinstance(prices, Mapping) and all(isinstance(q, str) and isinstance(p, str) for q, p in pairs)
    ):
        problems.add(
            "panel.not_names",
            Place(item="prices"),
            found=Text(f"{prices!r}", f"{prices!r}"),
            expected=Text("数量列 → 价格列", "quantity column → its price column"),
            remedy=Text('写成 prices={"数量列": "价格列"}', 'write prices={"quantity": "its price column"}'),
        )


def _names(role: str, names: object, problems: Problems) -> tuple[str, ...]:
    listed = (names,) if isinstance(names, str) else tuple(names) if isinstance(names, Iterable) else (names,)
    if all(isinstance(name, str) for name in listed):
        return listed
    problems.add(
        "panel.not_names",
        Place(item=role),
        found=Text(f"{names!r}", f"{names!r}"),
        expected=Text("列名，或列名的列表", "a column's name, or a list of names"),
        remedy=Text(f"在 {role} 中写明列名", f"name the columns in {role}"),
    )
    return ()


def _check_roles(panel: Panel, columns: Columns, problems: Problems) -> None:
    for role in ("inputs", "outputs"):
        if not getattr(panel, role):
            problems.add(
                "panel.empty_role",
                Place(item=role),
                found=Text("没有列", "no column"),
                expected=Text("至少一列", "at least one column"),
                remedy=Text(f"在 {role} 中写明列名", f"name the columns in {role}"),
            )
    named = [("unit", panel.unit_column), ("period", panel.period_column), ("group", panel.group_column)]
    roles = [(role, name) for role, name in named if name is not None]
    roles += [(role, name) for role in ("inputs", "outputs", "bads") for name in getattr(panel, role)]
    quantities = {*panel.inputs, *panel.outputs, *panel.bads}
    for role, name in [*roles, *(("prices", p) for p in panel.price_columns.values())]:
        if name not in columns:
            _unknown_column(problems, role, name, columns)
    for name in panel.price_columns.keys() - quantities:
        _unknown_column(problems, "prices", name, quantities)
    seen: dict[str, str] = {}
    for role, name in roles:
        if name in seen:
            problems.add(
                "panel.repeated_role",
                Place(item=role, column=name),
                found=Text(f"列已用作 {seen[name]}", f"a column already used as {seen[name]}"),
                expected=Text("每列只有一个角色", "one role a column"),
                remedy=Text("从其中一个角色中删去该列", "take the column out of one of the two roles"),
            )
        seen.setdefault(name, role)


def _unknown_column(problems: Problems, role: str, name: str, known: Iterable[str]) -> None:
    listed = ", ".join(sorted(known))
    problems.add(
        "panel.unknown_column",
        Place(item=role),
        found=Text(f"未知列 {name!r}", f"the unknown column {name!r}"),
        expected=Text(f"以下之一：{listed}", f"one of: {listed}"),
        remedy=Text("改正列名或先添加该列", "correct the name or add the column first"),
    )


def _keys(columns: Columns, name: str, problems: Problems) -> NDArray[np.object_]:
    values = columns[name].astype(object)
    for row, value in enumerate(values):
        if is_missing(value):
            _bad_value(problems, "missing_value", name, row, Text("缺失的键值", "a missing key"))
        elif not isinstance(value, Hashable):
            problems.add(
                "panel.no_key",
                Place(row=row, column=name),
                found=Text(f"{value!r}", f"{value!r}"),
                expected=Text("单个值：文字、数或日期", "a single value: text, number or date"),
                remedy=Text("用代码或名称作为键", "use a code or a name as the key"),
            )
    return values


def _matrix(columns: Columns, names: tuple[str, ...], problems: Problems) -> NDArray[np.float64]:
    n = len(next(iter(columns.values())))
    table = np.empty((n, len(names)))
    for j, name in enumerate(names):
        table[:, j] = _numbers(columns[name], name, problems)
    return table


def _numbers(values: np.ndarray[Any, Any], name: str, problems: Problems) -> NDArray[np.float64]:
    if values.dtype.kind in "iuf":
        numbers = values.astype(np.float64)
    else:
        numbers = np.array([_number(v, name, row, problems) for row, v in enumerate(values)], dtype=np.float64)
    for row in np.flatnonzero(np.isinf(numbers)):
        _bad_value(problems, "infinite_value", name, int(row), Text("无穷大", "an infinite value"))
    if values.dtype.kind == "f":
        for row in np.flatnonzero(np.isnan(numbers)):
            _bad_value(problems, "missing_value", name, int(row), Text("缺失值", "a missing value"))
    return numbers


def _number(value: object, name: str, row: int, problems: Problems) -> float:
    if is_missing(value):
        _bad_value(problems, "missing_value", name, row, Text("缺失值", "a missing value"))
    elif isinstance(value, bool | np.timedelta64) or not isinstance(value, Real | Decimal):
        _bad_value(problems, "not_a_number", name, row, Text(f"{value!r}", f"{value!r}"))
    else:
        try:
            return float(value)
        except OverflowError:
            return math.inf
    return 0.0  # a problem is recorded: the panel is refused and this number never read


def _bad_value(problems: Problems, code: str, column: str, row: int, found: Text) -> None:
    problems.add(
        f"panel.{code}",
        Place(row=row, column=column),
        found=found,
        expected=Text("有值", "a value") if code == "missing_value" else Text("有限的数", "a finite number"),
        remedy=Text("补上该值，或去掉该单元（各期）", "supply the value, or leave the unit out (in every period)"),
    )


def _check_unique(panel: Panel, problems: Problems) -> None:
    first: dict[tuple[object, object], int] = {}
    for row, key in enumerate(zip(panel.units.tolist(), panel.row_periods.tolist(), strict=True)):
        if key in first:
            shown = key if panel.period_column else key[0]
            problems.add(
                "panel.duplicate_key",
                Place(row=row, column=panel.unit_column),
                found=Text(
                    f"键 {shown!r} 已见于第 {first[key]} 行", f"the key {shown!r} already seen in row {first[key]}"
                ),
                expected=Text("每个单元每期一行", "one row a unit and period"),
                remedy=Text(
                    "删去或合并重复的行；跨期数据须写明 period",
                    "remove or merge the rows; data over time need `period`",
                ),
            )
        first.setdefault(key, row)
