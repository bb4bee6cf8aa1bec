"""What a table asks of scores, indices and composite indices: one reader a kind of result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.measure.composite.composite import CompositeResult
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.technology import Matrix
from hetao.measure.inference.bootstrap import BootstrapResult
from hetao.measure.inference.bootstrap_index import IndexBootstrapResult
from hetao.measure.productivity.result import IndexResult
from hetao.measure.productivity.words import part_words
from hetao.measure.results import Statement
from hetao.measure.tables.table import Label
from hetao.solver import Status
from hetao.text import Text

__all__ = ["Entry", "read_entry"]

NEAR = 1e-7  # what a score may move by when a column is rescaled: closer than this to the frontier is on it
ROUNDING = 1e-9  # of a sum of slacks, relative to the quantities that they are slacks of
AT_ZERO = frozenset({"directional", "nonradial_directional", "range_directional", "profit"})
AT_ONE = frozenset({"cost", "cross_efficiency", "dea", "hyperbolic", "metafrontier", "order_alpha", "order_m"})
AT_ONE |= {"returns_to_scale", "revenue", "russell", "sbm", "two_stage"}
BY_ORIENTATION = frozenset({"dea", "order_alpha", "order_m", "russell"})  # φ ≥ 1 in the output orientation
PERIOD = Text("时期", "period")


@dataclass(frozen=True, eq=False)
class Entry:
    """One model's column.

    Attributes:
        stubs: heads of its keys.
        keys: (n,) key of each row: the unit, and the period or both periods if it has any.
        value: (n,) what is shown, NaN where there is no answer.
        why: status → how many rows have no answer for it.
        kind: what a value is: a ``score``, a ``ratio`` or a ``difference``.
        on_frontier: how many values are on the frontier or beyond it; None where that is not told.
        parts: name → its (n,) values.
        words: name of a part → what it is called.
        errors: (n,) standard errors, or None.
        limits: (n, 2) confidence limits, or None.
        confidence: of the limits.
        replications: of a bootstrap.
        before: (n,) scores before they were corrected for bias.
    """

    stubs: tuple[Label, ...]
    keys: list[tuple[object, ...]]
    value: Matrix
    why: Mapping[str, int]
    kind: Literal["score", "ratio", "difference"]
    on_frontier: int | None = None
    parts: Mapping[str, Matrix] = field(default_factory=dict)
    words: Mapping[str, Label] = field(default_factory=dict)
    errors: Matrix | None = None
    limits: Matrix | None = None
    confidence: float | None = None
    replications: int | None = None
    before: Matrix | None = None

    @property
    def known(self) -> Matrix:
        """The values that there are."""
        found: Matrix = self.value[~np.isnan(self.value)]
        return found

    @property
    def neutral(self) -> float:
        """The value of no change."""
        return 1.0 if self.kind == "ratio" else 0.0


def read_entry(model: Statement) -> Entry:
    """Return the column of a result of one of the kinds above."""
    if isinstance(model, FrontierResult):
        return _scores(model)
    if isinstance(model, BootstrapResult):
        return _bootstrap(model)
    if isinstance(model, IndexResult):
        return _index(model)
    if isinstance(model, IndexBootstrapResult):
        return _index_bootstrap(model)
    assert isinstance(model, CompositeResult)
    return _composite(model)


def _scores(model: FrontierResult) -> Entry:
    stubs, keys = _rows_of(model.panel)
    score, status = model.evaluation.score, model.evaluation.status
    parts = {name: column for name, column in model.parts.items() if column.dtype.kind == "f"}
    return Entry(stubs, keys, score, _why(score, status), "score", _on_frontier(model), parts)


def _bootstrap(model: BootstrapResult) -> Entry:
    stubs, keys = _rows_of(model.panel)
    return Entry(
        stubs,
        keys,
        model.corrected,
        _why(model.corrected, model.of.evaluation.status),
        "score",
        parts={"bias": model.bias, "standard_error": model.standard_errors},
        words={"bias": Text("偏差", "bias"), "standard_error": Text("标准误", "standard error")},
        errors=model.standard_errors,
        limits=model.limits,
        confidence=model.confidence,
        replications=len(model.replicates),
        before=np.where(np.isnan(model.corrected), np.nan, model.of.evaluation.score),
    )


def _index(model: IndexResult) -> Entry:
    value = model.values["index"]
    parts = {name: column for name, column in model.values.items() if name != "index"}
    words = {name: part_words(name) for name in parts}
    stubs, keys = _changes_of(model)
    return Entry(stubs, keys, value, _why(value, model.status), model.growth, parts=parts, words=words)


def _index_bootstrap(model: IndexBootstrapResult) -> Entry:
    stubs, keys = _changes_of(model.of)
    value = model.of.values["index"]
    parts = {name: model.of.values[name] for name in model.replicates if name != "index"}
    return Entry(
        stubs,
        keys,
        value,
        _why(value, model.of.status),
        "ratio",
        parts=parts,
        words={name: part_words(name) for name in parts},
        errors=model.replicates["index"].std(axis=0, ddof=1),
        limits=model.limits("index"),
        confidence=model.confidence,
        replications=len(model.replicates["index"]),
    )


def _composite(model: CompositeResult) -> Entry:
    sheet = model.sheet
    stubs: tuple[Label, ...] = (sheet.unit_column,)
    keys: list[tuple[object, ...]] = [(unit,) for unit in sheet.units.tolist()]
    if sheet.period_column is not None:
        stubs = (*stubs, sheet.period_column)
        keys = list(zip(sheet.units.tolist(), sheet.periods.tolist(), strict=True))
    parts = dict(zip(model.tree.dimensions, model.computed.dimensions.T, strict=True))
    status = np.full(len(model.score), Status.MISSING, dtype=object)
    return Entry(stubs, keys, model.score, _why(model.score, status), "score", parts=parts)


def _rows_of(panel: Panel) -> tuple[tuple[Label, ...], list[tuple[object, ...]]]:
    columns = panel.keys()
    return tuple(columns), list(zip(*columns.values(), strict=True))


def _changes_of(model: IndexResult) -> tuple[tuple[Label, ...], list[tuple[object, ...]]]:
    return (model.panel.unit_column, PERIOD), list(zip(*model.keys, strict=True))


def _why(value: Matrix, status: NDArray[np.object_]) -> dict[str, int]:
    """Count the statuses of what has no answer; an optimal score without a number is one that could not be made."""
    lost = [str(s) for s in status[np.isnan(value)]]
    return dict(Counter(Status.NUMERICAL.value if s == Status.OPTIMAL.value else s for s in lost))


def _on_frontier(model: FrontierResult) -> int | None:
    """Count the scores that are on the frontier or beyond it; NaN is neither."""
    score = model.evaluation.score
    if model.name == "additive" and model.options["weights"] == "unit":
        size = np.abs(np.hstack([model.panel.X, model.panel.Y])).sum(axis=1)  # the sum is in the columns' own units
        return int((score <= ROUNDING * size).sum())
    if model.name in AT_ZERO or (model.name == "additive" and model.options["weights"] == "mean"):
        return int((score <= NEAR).sum())
    if model.name in BY_ORIENTATION and model.options["orientation"] == "output":
        return int((score <= 1.0 + NEAR).sum())
    if model.name in AT_ONE or model.name == "additive":
        return int((score >= 1.0 - NEAR).sum())
    return None
