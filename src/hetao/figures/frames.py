"""The one door for data frames: any kind in through narwhals, plain columns inside, the caller's kind out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hetao.errors import PanelError, Place, Problem, Problems
from hetao.text import Text

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["Columns", "FrameKind", "NativeFrame", "category_order", "read_columns"]

Columns = dict[str, "np.ndarray[Any, np.dtype[Any]]"]
NativeFrame: TypeAlias = Any
"""A data frame of the caller's own kind, or a mapping of columns: only the caller knows which."""


@dataclass(frozen=True)
class FrameKind:
    """The caller's kind of data frame: the narwhals backend, or None for a plain mapping of columns."""

    backend: Any

    def give(self, columns: Mapping[str, Sequence[Any] | NDArray[np.float64]]) -> NativeFrame:
        """Return ``columns`` as a new frame of the caller's kind; a mapping of lists for a mapping.

        Args:
            columns: name → n values; an array of numbers has its NaN given as missing, in a column of numbers even
                where all are missing.
        """
        given = {n: _gaps(v) for n, v in columns.items() if isinstance(v, np.ndarray) and v.dtype.kind == "f"}
        plain = {name: given[name] if name in given else _listed(v) for name, v in columns.items()}
        if self.backend is None:
            return plain
        import narwhals as nw

        frame = nw.from_dict(plain, backend=self.backend)
        return frame.with_columns(nw.col(name).cast(nw.Float64) for name in given).to_native()


def _listed(values: Sequence[Any] | NDArray[Any]) -> list[Any]:
    return values.tolist() if isinstance(values, np.ndarray) else list(values)


def _gaps(values: NDArray[np.float64]) -> list[float | None]:
    return [None if v != v else v for v in (values + 0.0).tolist()]  # + 0.0: no negative zero


def read_columns(frame: object) -> tuple[Columns, FrameKind]:
    """Return every column as a numpy array (missing values as None or NaN), and the caller's kind.

    Args:
        frame: anything narwhals reads (pandas, polars, pyarrow, duckdb ...) or a mapping of equally long columns.
            Lazy frames are collected; their results come back in the eager kind they collect to.

    Raises:
        PanelError: it is none of these, two columns share a name, or a mapping's values are not columns of one length.
    """
    if isinstance(frame, Mapping):
        return _read_mapping(frame), FrameKind(None)
    import narwhals as nw
    from narwhals.exceptions import DuplicateError

    try:
        wrapped = nw.from_native(frame)  # type: ignore[call-overload] # anything may be handed in; it is refused below
        names = wrapped.collect_schema().names()
    except TypeError:
        raise PanelError([_no_frame(frame)]) from None
    except DuplicateError as error:
        raise PanelError([_repeated_names(error)]) from None
    if isinstance(wrapped, nw.LazyFrame):
        wrapped = wrapped.collect()
    columns = {str(name): _series(wrapped.get_column(name)) for name in names}
    return columns, FrameKind(wrapped.implementation)


def category_order(frame: object, name: str) -> list[Any] | None:
    """Return the categories of a column in their own order, where it has one (an ordered categorical, an enum)."""
    if isinstance(frame, Mapping):
        return None
    import narwhals as nw

    dtype = nw.from_native(frame).collect_schema()[name]  # type: ignore[call-overload] # it was read before
    return list(dtype.categories) if isinstance(dtype, nw.Enum) else None


def _series(series: nw.Series[Any]) -> np.ndarray[Any, Any]:
    if series.dtype.is_numeric() and not series.dtype.is_decimal() and not series.is_null().any():
        return np.asarray(series.to_numpy())
    return _objects(series.to_list())


def _objects(values: Sequence[Any]) -> np.ndarray[Any, Any]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _read_mapping(frame: Mapping[Any, Any]) -> Columns:
    problems = Problems(PanelError)
    columns = {str(name): _column(str(name), values, problems) for name, values in frame.items()}
    if len(columns) < len(frame):
        problems.add(
            "panel.repeated_column",
            Place(item="frame"),
            found=Text("写成文字后相同的列名", "column names that are the same once they are texts"),
            expected=Text("每个列名只出现一次", "column names that are all different"),
            remedy=Text("改名或删去重复的列", "rename or drop the repeated columns"),
        )
    lengths = {name: len(values) for name, values in columns.items()}
    if not problems and len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name}: {n}" for name, n in lengths.items())
        problems.add(
            "panel.column_lengths",
            Place(item="frame"),
            found=Text(f"各列长度不同（{listed}）", f"columns of different lengths ({listed})"),
            expected=Text("各列等长", "columns of one length"),
            remedy=Text("补齐或删去多余的值", "complete the short columns or cut the long ones"),
        )
    problems.raise_if_any()
    return columns


def _column(name: str, values: object, problems: Problems) -> np.ndarray[Any, Any]:
    if isinstance(values, np.ndarray) and values.ndim == 1:
        if isinstance(values, np.ma.MaskedArray):
            return _objects(values.tolist())  # what is masked becomes None
        return _objects(list(values)) if values.dtype.kind in "mM" else values  # times stay times, not whole numbers
    if isinstance(values, Iterable) and not isinstance(values, str | bytes | Mapping | Set | np.ndarray):
        return _objects(list(values))
    problems.add(
        "panel.no_column",
        Place(column=name),
        found=Text(f"类型 {type(values).__name__}", f"an object of type {type(values).__name__}"),
        expected=Text("一列值（列表或一维数组）", "a column of values (a list or an array of one dimension)"),
        remedy=Text("每列给出一个列表，一行一个值", "give one list a column, one value a row"),
    )
    return np.empty(0, dtype=object)


def _no_frame(frame: object) -> Problem:
    kind = type(frame).__name__
    return Problem(
        "panel.no_frame",
        Place(item="frame"),
        found=Text(f"类型 {kind}", f"an object of type {kind}"),
        expected=Text(
            "narwhals 可读的数据框（pandas、polars、pyarrow、duckdb）或列的字典",
            "a data frame that narwhals reads (pandas, polars, pyarrow, duckdb) or a mapping of columns",
        ),
        remedy=Text("先转换成其中一种", "convert it to one of these first"),
    )


def _repeated_names(error: Exception) -> Problem:
    listed = " ".join(str(error).split())
    return Problem(
        "panel.repeated_column",
        Place(item="frame"),
        found=Text(f"重复的列名（{listed}）", f"repeated column names ({listed})"),
        expected=Text("每个列名只出现一次", "column names that are all different"),
        remedy=Text("改名或删去重复的列", "rename or drop the repeated columns"),
    )
