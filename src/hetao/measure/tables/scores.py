"""Rows of scores, indices and composite indices: a row a unit if asked for, then what sums them up."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from hetao.measure.frontier.technology import Matrix
from hetao.measure.results import Statement
from hetao.measure.tables.cells import brackets, counted, known, measured, number
from hetao.measure.tables.entries import NEAR, Entry
from hetao.measure.tables.notes import below_note, convention_notes, gap_notes, joined
from hetao.measure.tables.options import Options
from hetao.measure.tables.table import Label, Row, Table
from hetao.text import Text

__all__ = ["part_names", "tabulate_scores"]

Numbers = list[float | None]
Counts = list[int | None]


def part_names(entries: Sequence[Entry]) -> list[str]:
    """Return the names of all parts, as they come."""
    return list(dict.fromkeys(name for entry in entries for name in entry.parts))


def tabulate_scores(
    models: Sequence[Statement], entries: Sequence[Entry], titles: Sequence[Label], options: Options
) -> Table:
    """Return the table of scores, of indices or of composite indices."""
    by_unit = options.by == "unit"
    stubs = entries[0].stubs if by_unit else ("",)
    keys = list(dict.fromkeys(key for entry in entries for key in entry.keys)) if by_unit else []
    further = len(stubs) - 1
    blocks = [_unit_rows(entries, keys, options)] if by_unit else []
    blocks += [_spread(entries, options, further), _parts(entries, options, further), _counts(entries, further)]
    return Table(
        caption=options.caption,
        stubs=stubs,
        titles=tuple(titles),
        blocks=tuple(tuple(block) for block in blocks if block),
        notes=(
            *_notes(entries, options, any(len(entry.keys) < len(keys) for entry in entries)),
            *convention_notes(models),
        ),
        centred=by_unit and _brackets(entries, options),
    )


def _unit_rows(entries: Sequence[Entry], keys: Sequence[tuple[object, ...]], options: Options) -> list[Row]:
    """Return the rows of units, with a line below each if any model has standard errors or limits."""
    rows: list[Row] = []
    at = [{key: i for i, key in enumerate(entry.keys)} for entry in entries]
    under = _brackets(entries, options)
    for key in keys:
        where = [found.get(key) for found in at]
        value = _taken(entries, where, lambda entry: entry.value)
        error = _taken(entries, where, lambda entry: entry.errors)
        low = _taken(entries, where, lambda entry: None if entry.limits is None else entry.limits[:, 0])
        high = _taken(entries, where, lambda entry: None if entry.limits is None else entry.limits[:, 1])
        labels = _labels(key)
        figures = {"value": value} | ({"standard_error": error, "lower": low, "upper": high} if under else {})
        rows.append(
            Row(
                labels,
                tuple(number(v, options.digits) for v in value),
                labels[0],
                labels[1] if len(labels) > 1 else None,
                {name: known(column) for name, column in figures.items()},
            )
        )
        if under:
            below = [brackets(*of, options) for of in zip(error, low, high, strict=True)]
            rows.append(Row(("",) * len(labels), tuple(below)))
    return rows


def _brackets(entries: Sequence[Entry], options: Options) -> bool:
    """Return whether anything stands below the values of units."""
    return options.below is not None and any(entry.limits is not None for entry in entries)


def _labels(key: tuple[object, ...]) -> tuple[str, ...]:
    """Return a key in words: the unit, and the period, or both periods with a dash between them."""
    unit, *periods = map(str, key)
    return (unit, "–".join(periods)) if periods else (unit,)


def _taken(entries: Sequence[Entry], where: Sequence[int | None], of: Callable[[Entry], Matrix | None]) -> Numbers:
    found: Numbers = []
    for entry, i in zip(entries, where, strict=True):
        column = of(entry)
        found.append(None if i is None or column is None else float(column[i]))
    return found


def _spread(entries: Sequence[Entry], options: Options, further: int) -> list[Row]:
    """Return mean, spread and ends; the geometric mean first where links multiply."""

    def row(name: str, label: Text, of: Callable[[Matrix], float], fewest: int = 1) -> Row:
        values: Numbers = [of(e.known) if len(e.known) >= fewest else np.nan for e in entries]
        return measured(name, label, values, options.digits, further)

    rows = []
    if any(entry.kind == "ratio" for entry in entries):
        means: Numbers = [_mean(e, e.value) if e.kind == "ratio" else None for e in entries]
        rows.append(measured("geometric_mean", Text("几何平均", "geometric mean"), means, options.digits, further))
    rows += [
        row("mean", Text("平均", "mean"), lambda v: float(v.mean())),
        row("standard_deviation", Text("标准差", "standard deviation"), lambda v: float(v.std(ddof=1)), fewest=2),
        row("smallest", Text("最小", "smallest"), lambda v: float(v.min())),
        row("largest", Text("最大", "largest"), lambda v: float(v.max())),
    ]
    if any(entry.before is not None for entry in entries):
        before: Numbers = [None if e.before is None else _mean(e, e.before) for e in entries]
        rows.append(
            measured("mean_before", Text("校正前平均", "mean before correction"), before, options.digits, further)
        )
    return rows


def _mean(entry: Entry, column: Matrix) -> float:
    """Return the mean of what is known, a geometric one where links multiply; NaN of nothing."""
    there = column[~np.isnan(column)]
    if not len(there):
        return np.nan
    return float(np.exp(np.log(there).mean()) if entry.kind == "ratio" else there.mean())


def _parts(entries: Sequence[Entry], options: Options, further: int) -> list[Row]:
    """Return the means of the parts, where they are asked for."""
    rows = []
    for name in options.ordered(part_names(entries)) if options.parts else ():
        means: Numbers = [_mean(e, e.parts[name]) if name in e.parts else None for e in entries]
        words = next((entry.words[name] for entry in entries if name in entry.words), name)
        rows.append(measured(name, options.label(name, words), means, options.digits, further, "part"))
    return rows


def _counts(entries: Sequence[Entry], further: int) -> list[Row]:
    """Return how many rows there are and what they are."""

    def changed(of: Callable[[Entry], NDArray[np.bool_]]) -> Counts:
        return [None if e.kind == "score" else int(np.count_nonzero(of(e))) for e in entries]

    def significant(of: Callable[[Entry, Matrix], NDArray[np.bool_]]) -> Counts:
        return [
            None if e.kind == "score" or e.limits is None else int(np.count_nonzero(of(e, e.limits))) for e in entries
        ]

    rows: list[tuple[str, Text, Counts]] = [
        ("on_frontier", Text("在前沿上或越过前沿", "on the frontier or beyond"), [e.on_frontier for e in entries]),
        ("growth", Text("增长", "growth"), changed(lambda e: e.value > e.neutral + NEAR)),
        ("unchanged", Text("不变", "no change"), changed(lambda e: np.abs(e.value - e.neutral) <= NEAR)),
        ("decline", Text("下降", "decline"), changed(lambda e: e.value < e.neutral - NEAR)),
        (
            "significant_growth",
            Text("显著增长", "significant growth"),
            significant(lambda e, limits: limits[:, 0] > e.neutral + NEAR),
        ),
        (
            "significant_decline",
            Text("显著下降", "significant decline"),
            significant(lambda e, limits: limits[:, 1] < e.neutral - NEAR),
        ),
        ("replications", Text("自助次数", "replications"), [e.replications for e in entries]),
    ]
    told = [counted(name, label, values, further) for name, label, values in rows if any(v is not None for v in values)]
    n: Counts = [len(e.known) for e in entries]
    lost: Counts = [len(e.value) - len(e.known) for e in entries]
    there = [counted("n", "n", n, further), counted("no_answer", Text("无解", "no answer"), lost, further)]
    return [*told, *there]


def _notes(entries: Sequence[Entry], options: Options, blank: bool) -> list[Text]:
    at = dict(enumerate(entries, start=1))
    uncertain = {i: e.confidence for i, e in at.items() if e.confidence is not None}
    notes = below_note(options.below, uncertain) if options.by == "unit" else []
    notes += joined(
        [i for i, e in at.items() if e.before is not None],
        Text("所示为校正偏差后的得分。", "scores corrected for their bias are shown."),
    )
    notes += joined(
        [i for i, e in at.items() if e.kind == "ratio" and e.limits is not None],
        Text(
            "置信限不含 1 的变化为显著；所示为指数本身，未作偏差校正。",
            "changes are significant where their limits leave 1 out; the index itself is shown, not corrected.",
        ),
    )
    if options.parts and part_names(entries):
        notes.append(Text("各部分为平均值，比率的为几何平均。", "Parts are means, of ratios geometric ones."))
    return [*notes, *gap_notes({i: e.why for i, e in at.items()}, shown=options.by == "unit", blank=blank)]
