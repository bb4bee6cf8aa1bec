"""Take figures in: csv files, workbooks and data frames become one register, or one error that lists every problem."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from hetao.errors import FiguresError, Place, Problems, ProblemsError
from hetao.figures.faults import shown_path
from hetao.figures.files import check_extent
from hetao.figures.grid import Grid
from hetao.figures.indicators import Schema
from hetao.figures.layout import Layout, no_such_path, nothing_there
from hetao.figures.reader import FigureReader
from hetao.figures.regions import RegionTree
from hetao.figures.register import Figure, Register
from hetao.figures.tables import make_table, read_grids, report_errors

__all__ = ["ALIASES", "COLUMNS", "read_figures", "read_frame"]

COLUMNS = ("region", "period", "indicator", "value", "unit", "source")
OPTIONAL = ("note",)
ALIASES = {
    "地区": "region",
    "时期": "period",
    "年份": "period",
    "指标": "indicator",
    "数值": "value",
    "单位": "unit",
    "来源": "source",
    "备注": "note",
    **{name: name for name in (*COLUMNS, *OPTIONAL)},
}
HEADER_WITHIN = 20  # rows of a sheet or file searched for the header
HEADER_NAMES = 3  # known column names that make a row the header

Layouts = Mapping[str | Path, Layout | Sequence[Layout]]


def read_figures(
    paths: Iterable[str | Path],
    *,
    tree: RegionTree,
    schema: Schema,
    sources: Collection[str] | None = None,
    layouts: Layouts | None = None,
    root: Path | None = None,
) -> Register:
    """Read files of figures into one register.

    A tidy table has the columns region/地区, period/时期/年份, indicator/指标, value/数值, unit/单位, source/来源 and,
    where wanted, note/备注, in any order. Its header is the first row, among the first `HEADER_WITHIN`, that has
    `HEADER_NAMES` of these names. A workbook's sheets without such a row are left alone and listed in
    `Register.unread`; where no sheet has one, the first sheet is taken for the table.

    Args:
        paths: csv files in UTF-8 or GB18030, and xlsx, xlsm, xls or ods workbooks.
        tree: the regions; a region is named by its id, code or name.
        schema: the indicators; an indicator is named by its key or name. A value is converted into its unit exactly.
        sources: the known sources, by key; any source is taken where None.
        layouts: file → how its wide tables lie; such a file is read by its layouts only, and must be among ``paths``.
        root: files are named relative to it in problems and places.

    Raises:
        FiguresError: everything that is wrong in all files, at once; nothing is loaded then.
    """
    problems = Problems(FiguresError)
    reader = FigureReader(tree, schema, sources, problems)
    declared = {Path(path): layout for path, layout in (layouts or {}).items()}
    figures: list[Figure] = []
    unread: list[Place] = []
    listed = [Path(path) for path in paths]
    problems.extend(no_such_path(shown_path(path, root)) for path in declared if path not in listed)
    for path in listed:
        try:
            grids = read_grids(path, shown_path(path, root))
        except FiguresError as error:
            problems.extend(error.problems)
            continue
        if path in declared:
            wide = declared[path]
            figures += _read_wide(grids, [wide] if isinstance(wide, Layout) else wide, reader, problems)
        else:
            figures += _read_tidy(grids, reader, problems, unread)
    return _register(figures, unread, problems)


def read_frame(
    frame: object,
    *,
    tree: RegionTree,
    schema: Schema,
    sources: Collection[str] | None = None,
    name: str = "frame",
) -> Register:
    """Read a data frame of tidy figures into a register.

    Args:
        frame: any data frame that narwhals reads, or a mapping of columns; columns as in `read_figures`.
        tree: the regions.
        schema: the indicators.
        sources: the known sources, by key; any source is taken where None.
        name: what the frame is called in problems and places; rows count from 0.

    Raises:
        FiguresError: everything that is wrong, at once.
    """
    from hetao.figures.frames import read_columns
    from hetao.figures.xlsx_in import cell_text

    problems = Problems(FiguresError)
    try:
        columns, _ = read_columns(frame)
    except ProblemsError as error:
        raise FiguresError(error.problems) from None
    texts = [[cell_text(value) for value in values.tolist()] for values in columns.values()]
    rows = (tuple(columns), *zip(*texts, strict=True))
    check_extent(Place(file=name), len(rows), len(columns))
    grid = Grid(name, "", rows, (None, *range(len(rows) - 1)))
    reader = FigureReader(tree, schema, sources, problems)
    return _register(_read_table(grid, 0, reader, problems), [], problems)


def _register(figures: Sequence[Figure], unread: Sequence[Place], problems: Problems) -> Register:
    register = None
    try:
        register = Register(tuple(figures), tuple(unread))
    except FiguresError as error:
        problems.extend(error.problems)
    problems.raise_if_any()
    assert register is not None  # one that could not be made has left its problems
    return register


def _read_tidy(grids: Sequence[Grid], reader: FigureReader, problems: Problems, unread: list[Place]) -> list[Figure]:
    headers = [(grid, _header_of(grid)) for grid in grids]
    if all(at is None for _, at in headers):
        return _read_table(grids[0], None, reader, problems)
    unread += [grid.place() for grid, at in headers if at is None]
    return [f for grid, at in headers if at is not None for f in _read_table(grid, at, reader, problems)]


def _header_of(grid: Grid) -> int | None:
    for row, cells in enumerate(grid.rows[:HEADER_WITHIN]):
        names = {ALIASES.get(text.casefold()) for text in cells} - {None}
        if len(names) >= HEADER_NAMES:
            return row
    return None


def _read_table(grid: Grid, header_at: int | None, reader: FigureReader, problems: Problems) -> list[Figure]:
    table = make_table(grid, problems, header_at=header_at, required=COLUMNS, optional=OPTIONAL, aliases=ALIASES)
    return [] if table is None else reader.read(table)


def _read_wide(
    grids: Sequence[Grid], layouts: Sequence[Layout], reader: FigureReader, problems: Problems
) -> list[Figure]:
    by_name = {grid.sheet: grid for grid in grids}
    figures: list[Figure] = []
    for layout in layouts:
        grid = by_name.get(layout.sheet) if layout.sheet else grids[0]
        rows = [] if grid is None else list(layout.rows(grid))
        if grid is None or not rows:
            problems.extend(nothing_there(layout, grids[0].file).problems)
            continue
        report_errors(grid, layout.uses, problems)
        figures += reader.read(rows)
    return figures
