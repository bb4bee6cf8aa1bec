"""Rows of regressions: coefficients with what is uncertain about them, then what they were made from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from hetao.measure.inference.second_stage import SecondStageResult
from hetao.measure.tables.cells import brackets, counted, known, measured, number
from hetao.measure.tables.notes import below_note, convention_notes, star_note
from hetao.measure.tables.options import Options
from hetao.measure.tables.table import Cell, Label, Row, Table
from hetao.text import Text

__all__ = ["coefficient_names", "tabulate_regressions"]

SIGMA = "sigma"
CONSTANT = "intercept"
OWN_LABELS: dict[str, Label] = {CONSTANT: Text("常数项", "constant"), SIGMA: "σ"}


def coefficient_names(models: Sequence[SecondStageResult]) -> list[str]:
    """Return the names of all coefficients, as they come."""
    return list(dict.fromkeys(name for model in models for name in model.names))


def tabulate_regressions(models: Sequence[SecondStageResult], titles: Sequence[Label], options: Options) -> Table:
    """Return the table of second-stage regressions."""
    slopes = [name for name in coefficient_names(models) if name != SIGMA]
    coefficients = [row for name in options.ordered(slopes, [CONSTANT]) for row in _rows(models, name, options)]
    made_from = [*_rows(models, SIGMA, options), *_counts(models, options)]
    confidence = {i: model.confidence for i, model in enumerate(models, start=1)}
    notes = [*below_note(options.below, confidence), *star_note(options.stars), *convention_notes(models)]
    return Table(
        caption=options.caption,
        stubs=("",),
        titles=tuple(titles),
        blocks=(tuple(coefficients), tuple(made_from)),
        notes=tuple(notes),
        centred=True,
    )


def _rows(models: Sequence[SecondStageResult], name: str, options: Options) -> list[Row]:
    """Return a coefficient's line and the line below it."""
    at = [model.names.index(name) if name in model.names else None for model in models]

    def column(of: Callable[[SecondStageResult, int], float]) -> list[float | None]:
        return [None if k is None else float(of(model, k)) for model, k in zip(models, at, strict=True)]

    estimate, error = column(lambda m, k: m.estimates[k]), column(lambda m, k: m.standard_errors[k])
    low, high = column(lambda m, k: m.limits[k, 0]), column(lambda m, k: m.limits[k, 1])
    p = column(lambda m, k: m.p_values[k])
    figures = {"estimate": estimate, "standard_error": error, "lower": low, "upper": high, "p_value": p}
    cells = [_starred(value, chance, options) for value, chance in zip(estimate, p, strict=True)]
    label = options.label(name, OWN_LABELS.get(name, name))
    row = Row((label,), tuple(cells), name, figures={figure: known(values) for figure, values in figures.items()})
    if options.below is None:
        return [row]
    under = [brackets(*of, options) for of in zip(error, low, high, strict=True)]
    return [row, Row(("",), tuple(under))]


def _starred(value: float | None, p: float | None, options: Options) -> Cell:
    shown = number(value, options.digits)
    return shown if p is None else Cell(shown.text, sum(p < threshold for threshold in options.stars))


def _counts(models: Sequence[SecondStageResult], options: Options) -> list[Row]:
    used = [int(model.used.sum()) for model in models]
    lost = [int(np.isnan(model.replicates).any(axis=1).sum()) for model in models]
    likelihood: list[float | None] = [float(model.likelihood) for model in models]
    return [
        counted("n", "n", used),
        counted(
            "not_used", Text("未用的行", "rows not used"), [len(m.used) - n for m, n in zip(models, used, strict=True)]
        ),
        measured("log_likelihood", Text("对数似然", "log-likelihood"), likelihood, options.digits),
        counted("replications", Text("自助次数", "replications"), [len(model.replicates) for model in models]),
        counted("replications_lost", Text("其中无估计", "of these without an estimate"), lost),
    ]
