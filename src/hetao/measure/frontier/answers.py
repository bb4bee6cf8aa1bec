"""What solving a form gives: one status, optimum, prices, peers and certificate an observation."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from hetao.measure.frontier.technology import Matrix
from hetao.solver import Status

__all__ = ["OUTCOMES", "Answers"]

OUTCOMES = np.array([Status.OPTIMAL, Status.INFEASIBLE, Status.UNBOUNDED, Status.NUMERICAL], dtype=object)


@dataclass(frozen=True)
class Answers:
    """The answers to n programmes of R rows and K fixed columns; numbers stand beside ``optimal`` only.

    Attributes:
        outcome: (n,) position of the status in `OUTCOMES`.
        objective: (n,) the optimum of min c·f or max c·f; NaN where there is none.
        prices: (n, R) d optimum / d right-hand side.
        fixed: (n, K) values of the fixed columns.
        peers: (n, R) generated columns with a positive weight, −1 after the last.
        weights: (n, R) their weights.
        certificate: (n, 3) primal residual relative to the observation's own quantities, dual residual relative to
            the size of its terms, relative gap; NaN where there is no optimum.
        attempts: (n,) how many ways of solving it took; more than 1: the engine's own answer missed its proof.
    """

    outcome: NDArray[np.int8]
    objective: Matrix
    prices: Matrix
    fixed: Matrix
    peers: NDArray[np.int64]
    weights: Matrix
    certificate: Matrix
    attempts: NDArray[np.int64]

    @classmethod
    def empty(cls, n: int, rows: int, fixed: int) -> Answers:
        """Return answers that say ``infeasible`` of everything."""
        nan = np.full
        return cls(
            outcome=np.ones(n, dtype=np.int8),
            objective=nan(n, np.nan),
            prices=nan((n, rows), np.nan),
            fixed=nan((n, fixed), np.nan),
            peers=np.full((n, rows), -1, dtype=np.int64),
            weights=np.zeros((n, rows)),
            certificate=nan((n, 3), np.nan),
            attempts=np.zeros(n, dtype=np.int64),
        )

    @classmethod
    def joined(cls, parts: list[Answers]) -> Answers:
        """Return the answers of parts one after another."""
        if len(parts) == 1:
            return parts[0]
        return cls(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(cls)))

    @property
    def solved(self) -> NDArray[np.bool_]:
        """(n,) where there is an optimum."""
        found: NDArray[np.bool_] = self.outcome == 0
        return found

    @property
    def status(self) -> NDArray[np.object_]:
        """(n,) `Status` of each."""
        found: NDArray[np.object_] = OUTCOMES[self.outcome]
        return found
