"""What the members of the composite families declare: normalisations, weightings, aggregations, rules for gaps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hetao.family import Member
from hetao.measure.composite.tree import IndicatorTree
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["Aggregation", "Complain", "Gaps", "Normalisation", "Pool", "Scale", "Weighted", "Weighting"]

Scale = Literal["share", "standard", "ratio"]
"""What normalised values are: shares of a range in [0, 1], standardised ones of any sign, or ratios above 0."""

Complain = Callable[[str, Text, Text, Text], None]
"""(place, found, expected, remedy): records one thing that a member cannot take."""


@dataclass(frozen=True, kw_only=True)
class Normalisation(Member):
    """A rule that makes indicators comparable, more being better afterwards.

    Attributes:
        scale: what it gives.
        normalise: ((n, m) values of one pool, tree) → (n, m).
        check: says what of a pool it cannot take.
    """

    scale: Scale
    normalise: Callable[[Matrix, IndicatorTree], Matrix]
    check: Callable[[Matrix, IndicatorTree, Complain], None]


@dataclass(frozen=True)
class Pool:
    """What weights are made from.

    Attributes:
        raw: (n, m) values before normalisation, gaps filled.
        values: (n, m) normalised values.
        shares: (n, m) the same indicators by min-max in [0, 1], more being better.
        scale: of the values.
        tree: of the indicators.
        comparisons: of the analytic hierarchy process: dimension, or ``""`` for the dimensions → its matrix.
    """

    raw: Matrix
    values: Matrix
    shares: Matrix
    scale: Scale
    tree: IndicatorTree
    comparisons: Mapping[str, Matrix]


@dataclass(frozen=True)
class Weighted:
    """Weights and what is worth knowing of them.

    Attributes:
        weights: (m,) that add to 1; or (n, m), each row its own, which need not.
        notes: what the summary says.
    """

    weights: Matrix
    notes: tuple[Text, ...] = ()


def takes_any(pool: Pool, complain: Complain) -> None:
    """Complain of nothing."""


@dataclass(frozen=True, kw_only=True)
class Weighting(Member):
    """A rule that weighs the indicators of a pool.

    Attributes:
        weigh: pool → weights.
        check: says what of a pool it cannot take.
        own: does it give each row weights of its own, that only a weighted sum can take?
    """

    weigh: Callable[[Pool], Weighted]
    check: Callable[[Pool, Complain], None] = takes_any
    own: bool = False


@dataclass(frozen=True, kw_only=True)
class Aggregation(Member):
    """A rule that makes one number of the weighted indicators of a row.

    Attributes:
        aggregate: ((n, m) values of a pool, (m,) or (n, m) weights, scale) → (n,).
        positive: does it need values above 0, of any scale but ``standard``?
        above: the limit that values of the scale ``standard`` must be above.
        sums: is it a weighted sum, the only one that takes weights of each row's own?
    """

    aggregate: Callable[[Matrix, Matrix, Scale], Matrix]
    positive: bool = False
    above: float = -np.inf
    sums: bool = False


@dataclass(frozen=True, kw_only=True)
class Gaps(Member):
    """A rule for missing values.

    Attributes:
        fill: ((n, m) values with NaN, unit of each row, time of each row) → the values, with NaN where the rule has
            none.
    """

    fill: Callable[[Matrix, NDArray[np.object_], Matrix], Matrix]
