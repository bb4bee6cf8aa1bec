"""Tables of text with the place of every cell: what every csv or sheet is before its words get a meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hetao.errors import FiguresError, Place, Problems
from hetao.figures.csv_in import read_csv_grid
from hetao.figures.faults import closest, empty_cell, fault, shown_path
from hetao.figures.files import CSV_KINDS, check_file
from hetao.figures.grid import Grid
from hetao.text import Text

__all__ = ["Row", "Table", "check_filled", "make_table", "read_grids", "read_rows", "read_table", "report_errors"]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: ``row["unit"]`` is its text, ``row.place("unit")`` where that stands."""

    grid: Grid
    index: int
    columns: Mapping[str, int]

    def __getitem__(self, column: str) -> str:
        """Return the text of a column; blank where the table has no such column."""
        at = self.columns.get(column)
        return "" if at is None else self.grid.rows[self.index][at]

    def place(self, column: str = "") -> Place:
        """Return the place of a column's cell, or of the row."""
        return self.grid.place(self.index, self.columns.get(column), column)

    def at(self, column: str) -> tuple[int, int]:
        """Return the row and column of a column's cell in the grid, from 0; column -1 where there is none."""
        return self.index, self.columns.get(column, -1)

    def as_dict(self) -> dict[str, str]:
        """Return the row as column → text."""
        return {column: self[column] for column in self.columns}


@dataclass(frozen=True)
class Table:
    """A header and its rows.

    Attributes:
        header: the column names in the file's order.
        rows: the rows that are not blank.
        place: the place of the header.
    """

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    place: Place

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)


def read_grids(path: Path, shown: str) -> tuple[Grid, ...]:
    """Return the grids of a file: one for csv, one a sheet for a workbook.

    Raises:
        FiguresError: the file cannot be read, or is beyond the limits of `hetao.figures.files`.
    """
    check_file(path, shown)
    if path.suffix.lower() in CSV_KINDS:
        return (read_csv_grid(path, shown),)
    from hetao.figures.xlsx_in import read_sheet_grids

    return read_sheet_grids(path, shown)


def read_rows(path: Path | str, *, sheet: str = "", root: Path | None = None) -> Table:
    """Return the header and rows of a csv file or of one sheet, whatever its columns are called.

    Args:
        path: a csv, xlsx, xls or ods file; its first row that is not blank is the header.
        sheet: the sheet; the first one where none is named.
        root: files are named relative to it in problems.

    Raises:
        FiguresError: everything that is wrong, at once.
    """
    grid = _one_grid(Path(path), sheet, root)
    problems = Problems(FiguresError)
    table = make_table(grid, problems)
    problems.raise_if_any()
    assert table is not None  # a table without problems is there
    return table


def read_table(
    path: Path | str,
    required: Sequence[str],
    optional: Sequence[str] = (),
    *,
    sheet: str = "",
    root: Path | None = None,
    aliases: Mapping[str, str] | None = None,
) -> list[Row]:
    """Return the rows of a file that must have the ``required`` columns and may have the ``optional`` ones.

    Args:
        path: a csv, xlsx, xls or ods file; its first row that is not blank is the header.
        required: columns that must be there (their cells may be blank: what that means is the caller's to say).
        optional: columns that may be there; where absent, their text is blank.
        sheet: the sheet; the first one where none is named.
        root: files are named relative to it in problems.
        aliases: other names of columns, in lower case → the name used here.

    Raises:
        FiguresError: everything that is wrong, at once: missing, repeated or unknown columns, an empty file, a header
            without rows, a wrong encoding, a row of another length than the header, formula errors.
    """
    grid = _one_grid(Path(path), sheet, root)
    problems = Problems(FiguresError)
    table = make_table(grid, problems, required=required, optional=optional, aliases=aliases)
    problems.raise_if_any()
    assert table is not None  # a table without problems is there
    return list(table.rows)


def check_filled(row: Row, columns: Iterable[str], problems: Problems) -> None:
    """Record a problem for each of ``columns`` that is blank in a row."""
    for column in columns:
        if not row[column]:
            problems.extend(empty_cell(row.place(column)).problems)


def _one_grid(path: Path, sheet: str, root: Path | None) -> Grid:
    shown = shown_path(path, root)
    grids = {grid.sheet: grid for grid in read_grids(path, shown)}
    if not sheet:
        return next(iter(grids.values()))
    if sheet not in grids:
        listed = ", ".join(filter(None, grids))
        expected = Text(f"以下之一：{listed}", f"one of: {listed}")
        if not listed:
            expected = Text("不写工作表名：该文件没有工作表", "no sheet: a file of this kind has none")
        raise fault(
            "no_sheet",
            Place(file=shown, sheet=sheet),
            found=Text("没有这个工作表", "no such sheet"),
            expected=expected,
            remedy=Text("改正工作表名", "correct the sheet's name"),
        )
    return grids[sheet]


def make_table(
    grid: Grid,
    problems: Problems,
    *,
    header_at: int | None = None,
    required: Sequence[str] = (),
    optional: Sequence[str] | None = None,
    aliases: Mapping[str, str] | None = None,
) -> Table | None:
    """Return a grid as a table, or None after recording what is wrong with its header or shape.

    Args:
        grid: the cells.
        problems: where problems are recorded.
        header_at: index of the header row; the first row that is not blank where None.
        required: columns that must be there.
        optional: columns that may be there; None allows any.
        aliases: other names of columns, in lower case → the name used here.
    """
    before = len(problems)
    start = header_at if header_at is not None else next((r for r in range(len(grid.rows)) if any(grid.rows[r])), None)
    if start is None:
        _no_rows(problems, grid.place(), "empty_file", Text("空表", "an empty table"))
        return None
    depth = _header_depth(grid, start, problems)
    columns = _columns(grid, start, aliases or {}, problems)
    _check_columns(grid, start, columns, required, optional, aliases or {}, problems)
    kept = [r for r in range(start + depth, len(grid.rows)) if not grid.is_blank(r)]
    if not kept:
        _no_rows(problems, grid.place(start), "no_rows", Text("只有表头", "a header only"))
    for r in kept:
        _check_length(grid, r, len(grid.rows[start]), problems)
    used = set(columns.values())
    report_errors(grid, lambda row, at: row >= start and at in used, problems)
    if len(problems) > before:
        return None
    return Table(tuple(columns), tuple(Row(grid, r, columns) for r in kept), grid.place(start))


def _no_rows(problems: Problems, place: Place, code: str, found: Text) -> None:
    problems.add(
        f"figures.{code}",
        place,
        found=found,
        expected=Text("表头和至少一行数据", "a header and at least one row"),
        remedy=Text("补上数据行，或去掉这个文件", "add rows, or leave the file out"),
    )


def _header_depth(grid: Grid, start: int, problems: Problems) -> int:
    """Return how many rows the header takes; a name merged over several columns is refused."""
    depth = 1
    for top, left, bottom, right in grid.merged:
        if not top <= start <= bottom:
            continue
        if right > left:
            problems.add(
                "figures.merged_header",
                grid.place(start, left),
                found=Text("跨列合并的表头", "a header merged over several columns"),
                expected=Text("每列一个名称", "one name a column"),
                remedy=Text(
                    "取消合并，或用 Layout 声明表头各行的含义", "unmerge it, or declare the header's rows with a Layout"
                ),
            )
        depth = max(depth, bottom - start + 1)
    return depth


def _columns(grid: Grid, start: int, aliases: Mapping[str, str], problems: Problems) -> dict[str, int]:
    columns: dict[str, int] = {}
    for at, text in enumerate(grid.rows[start]):
        name = aliases.get(text.casefold(), text)
        if not name:
            _check_nameless(grid, start, at, problems)
        elif name in columns:
            problems.add(
                "figures.duplicate_column",
                grid.place(start, at, text),
                found=Text(f"列“{text}”再次出现", f"the column {text!r} once more"),
                expected=Text("每个列名只出现一次", "each column once"),
                remedy=Text("删去或改名其中一列", "remove or rename one of them"),
            )
        else:
            columns[name] = at
    return columns


def _check_nameless(grid: Grid, start: int, at: int, problems: Problems) -> None:
    if any(at < len(cells) and cells[at] for cells in grid.rows[start + 1 :]):
        problems.add(
            "figures.nameless_column",
            grid.place(start, at, f"{at + 1}"),
            found=Text("没有列名而有内容的列", "a column with content and no name"),
            expected=Text("列名", "a column name"),
            remedy=Text("写上列名或删去该列", "name the column or remove it"),
        )


def _check_columns(
    grid: Grid,
    start: int,
    columns: Mapping[str, int],
    required: Iterable[str],
    optional: Sequence[str] | None,
    aliases: Mapping[str, str],
    problems: Problems,
) -> None:
    wanted = [*required, *(optional or ())]
    own = {name: alias for alias, name in aliases.items() if alias != name.casefold()}
    listed = ", ".join(f"{name} ({own[name]})" if name in own else name for name in wanted)
    for name in required:
        if name not in columns:
            problems.add(
                "figures.missing_column",
                grid.place(start, None, name),
                found=Text(f"没有列“{name}”", f"no column {name!r}"),
                expected=Text(f"列 {listed}", f"the columns {listed}"),
                remedy=Text("添加该列，或改正列名", "add the column, or correct its name"),
            )
    if optional is None:
        return
    for name, at in columns.items():
        if name not in wanted:
            problems.add(
                "figures.unknown_column",
                grid.place(start, at, name),
                found=Text(f"未知列“{name}”", f"the unknown column {name!r}"),
                expected=Text(f"列 {listed}", f"the columns {listed}"),
                remedy=_rename(closest(name, (*wanted, *aliases))),
            )


def _rename(near: Iterable[str]) -> Text:
    listed = "、".join(near)
    if not listed:
        return Text("改正列名，或删去该列", "correct its name, or remove the column")
    english = listed.replace("、", ", ")
    return Text(f"是否指 {listed}？否则删去该列", f"did you mean {english}? Else remove the column")


def _check_length(grid: Grid, row: int, width: int, problems: Problems) -> None:
    if len(grid.rows[row]) != width:
        n = len(grid.rows[row])
        problems.add(
            "figures.row_length",
            grid.place(row),
            found=Text(f"{n} 个单元格", f"{n} cells"),
            expected=Text(f"与表头相同的 {width} 个", f"{width}, as in the header"),
            remedy=Text(
                "含分隔符的文字加引号；补齐缺的单元格", "quote texts that hold the delimiter; complete the row"
            ),
        )


def report_errors(grid: Grid, is_used: Callable[[int, int], bool], problems: Problems) -> None:
    """Record a problem for each formula error in a cell that is used, told by its row and column from 0."""
    for (row, at), text in sorted(grid.errors.items()):
        if is_used(row, at):
            problems.add(
                "figures.formula_error",
                grid.place(row, at),
                found=Text(f"公式错误 {text}", f"the formula error {text}"),
                expected=Text("数或文字", "a number or a text"),
                remedy=Text("改正公式，或粘贴为数值", "correct the formula, or paste its value"),
            )
