"""What surrounds a panel's units: columns of numbers, matched to its rows by key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from hetao.errors import Place
from hetao.figures.panel import Panel
from hetao.measure.frontier.technology import Matrix
from hetao.measure.reading import Reader
from hetao.text import Text

__all__ = ["read_environment"]

DEPENDENT = 1e-6  # singular values this small beside the largest: a column is made of the others


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
    names: list[Any] = [columns] if isinstance(columns, str) or not isinstance(columns, Iterable) else list(columns)
    reader = Reader(call, frame)
    keys = [name for name in (panel.unit_column, panel.period_column) if name is not None]
    if not names:
        reader.add("columns", Place(item="columns"), "[]", Text("至少一列", "at least one column"))
    reader.needs("columns", [*keys, *names])
    for name in [n for i, n in enumerate(names) if n in names[:i] or n in keys]:
        reader.add("columns", Place(column=str(name)), repr(name), Text("各列一次", "each column once"))
    for name in [n for n in names if n in (*panel.inputs, *panel.outputs, *panel.bads)]:
        expected = Text("不是面板自身投入产出的列", "a column that is no input or output of the panel")
        reader.add("columns", Place(column=str(name)), repr(name), expected)
    reader.done()
    rows = _rows(panel, keys, reader)
    reader.done()
    found = np.column_stack([reader.numbers(name, rows=rows) for name in names])
    reader.done()
    _check_rank(found, names, reader)
    reader.done()
    return found, names


def _rows(panel: Panel, keys: list[str], reader: Reader) -> list[int]:
    """Return for each row of the panel the frame's row with its keys."""
    listed = list(zip(*(reader.key(name).tolist() for name in keys), strict=True))
    reader.once("key", keys[0], listed)
    at = {key: row for row, key in enumerate(listed)}
    found = []
    for key in zip(*panel.keys().values(), strict=True):
        if key in at:
            found.append(at[key])
        else:
            expected = Text("面板每行都有对应的一行", "a row for each of the panel's rows")
            reader.add("key", Place(item=repr(key)), "–", expected)
    return found


def _check_rank(found: Matrix, names: list[str], reader: Reader) -> None:
    constant = [name for j, name in enumerate(names) if np.ptp(found[:, j]) == 0.0]
    for name in constant:
        expected = Text("会变化的列（常数项已自带）", "a column that varies (there is a constant already)")
        reader.add("columns", Place(column=name), repr(float(found[0, names.index(name)])), expected)
    if constant:
        return
    away = (found - found.mean(axis=0)) / found.std(axis=0)
    sizes = np.linalg.svd(away, compute_uv=False)
    if len(found) <= len(names) + 1 or sizes[-1] < DEPENDENT * sizes[0]:
        expected = Text(
            "行数多于系数、互不线性相关的列",
            "more rows than coefficients, and columns none of which is made of the others",
        )
        reader.add("columns", Place(item="columns"), ", ".join(names), expected)
