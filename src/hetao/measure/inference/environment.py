"""What surrounds a panel's units: columns of numbers, matched to its rows by key."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hetao.errors import ModelError, PanelError, Place, Problems
from hetao.figures.frames import Columns, read_columns
from hetao.figures.panel import Panel
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["read_environment"]

DEPENDENT = 1e-9  # singular values this small beside the largest: a column is made of the others


def read_environment(call: str, panel: Panel, frame: object, columns: str | Sequence[str]) -> tuple[Matrix, list[str]]:
    """Return the (n, k) values of the named columns in the panel's row order, and their names.

    Args:
        call: that needs them.
        panel: whose rows they belong to.
        frame: has the panel's key columns, and one row for each of its rows; further rows are left alone.
        columns: names of the columns of numbers.

    Raises:
        ModelError: unknown columns, keys that are missing or stand twice, values that are no finite numbers, columns
            that do not vary or are made of the others; everything at once, each with its place.
    """
    names = [columns] if isinstance(columns, str) else list(columns)
    try:
        table, _ = read_columns(frame)
    except PanelError as error:
        raise ModelError(error.problems) from error
    problems = Problems(ModelError)
    keys = [name for name in (panel.unit_column, panel.period_column) if name is not None]
    _check_names(call, names, keys, table, problems)
    problems.raise_if_any()
    rows = _rows(call, panel, keys, table, problems)
    problems.raise_if_any()
    found = np.column_stack([_numbers(call, table, name, rows, problems) for name in names])
    problems.raise_if_any()
    _check_rank(call, found, names, problems)
    problems.raise_if_any()
    return found, names


def _check_names(call: str, names: list[str], keys: list[str], table: Columns, problems: Problems) -> None:
    listed = ", ".join(table)
    if not names:
        _add(call, "columns", Place(item="columns"), "[]", Text("至少一列", "at least one column"), problems)
    for name in [*keys, *names]:
        if name not in table:
            expected = Text(f"以下之一：{listed}", f"one of: {listed}")
            _add(call, "columns", Place(item="columns"), repr(name), expected, problems)
    for name in {n for n in names if names.count(n) > 1 or n in keys}:
        _add(call, "columns", Place(column=str(name)), repr(name), Text("各列一次", "each column once"), problems)


def _rows(call: str, panel: Panel, keys: list[str], table: Columns, problems: Problems) -> list[int]:
    """Return for each row of the panel the frame's row with its keys."""
    at: dict[tuple[object, ...], int] = {}
    for row, key in enumerate(zip(*(table[name].tolist() for name in keys), strict=True)):
        if key in at:
            expected = Text("每个键一行", "one row a key")
            _add(call, "key", Place(row=row, column=keys[0]), repr(key), expected, problems)
        at[key] = row
    wanted = zip(*panel.keys().values(), strict=True)
    found = []
    for key in wanted:
        if key in at:
            found.append(at[key])
        else:
            expected = Text("面板每行都有对应的一行", "a row for each of the panel's rows")
            _add(call, "key", Place(item=repr(key)), "–", expected, problems)
    return found


def _numbers(call: str, table: Columns, name: str, rows: list[int], problems: Problems) -> Matrix:
    values = table[name].tolist()
    found = np.full(len(rows), np.nan)
    for i, row in enumerate(rows):
        value = values[row]
        if isinstance(value, int | float) and np.isfinite(value):
            found[i] = value
        else:
            expected = Text("有限的数", "a finite number")
            _add(call, "value", Place(row=row, column=name), repr(value), expected, problems)
    return found


def _check_rank(call: str, found: Matrix, names: list[str], problems: Problems) -> None:
    constant = [name for j, name in enumerate(names) if np.ptp(found[:, j]) == 0.0]
    for name in constant:
        expected = Text("会变化的列（常数项已自带）", "a column that varies (there is a constant already)")
        _add(call, "columns", Place(column=name), repr(float(found[0, names.index(name)])), expected, problems)
    if constant:
        return
    away = (found - found.mean(axis=0)) / found.std(axis=0)
    sizes = np.linalg.svd(away, compute_uv=False)
    if len(found) <= len(names) + 1 or sizes[-1] < DEPENDENT * sizes[0]:
        expected = Text(
            "行数多于系数、互不线性相关的列",
            "more rows than coefficients, and columns none of which is made of the others",
        )
        _add(call, "columns", Place(item="columns"), ", ".join(names), expected, problems)


def _add(call: str, what: str, place: Place, found: str, expected: Text, problems: Problems) -> None:
    remedy = Text("改正数据或参数", "correct the data or the argument")
    problems.add(f"{call}.{what}", place, found=Text(found, found), expected=expected, remedy=remedy)
