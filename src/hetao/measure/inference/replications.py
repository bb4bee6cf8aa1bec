"""Replications spread over threads or an executor, each with random numbers of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np

from hetao.measure.frontier.answers import Answers
from hetao.measure.frontier.engine import Engine, computing, current
from hetao.measure.frontier.technology import Matrix
from hetao.measure.results import Certificate

__all__ = ["Replicable", "Teller", "replicate"]

BATCH = 25  # replications solved in one go: what one task of an executor gets


class Replicable(Protocol):
    """Something that can be done again with other random numbers; it must pickle."""

    def once(self, random: np.random.Generator) -> tuple[Matrix, list[Answers]]:
        """Return one replication's numbers and what proves them."""


class Teller:
    """Tells the progress of ``total`` replications to whoever asked for it.

    Args:
        total: how many there will be.
    """

    def __init__(self, total: int) -> None:
        self._total, self._done = total, 0

    def __call__(self, done: int) -> None:
        """Say that so many more are done."""
        self._done += done
        progress = current().progress
        if progress is not None:
            progress(self._done, self._total)


def replicate(
    what: Replicable, seed: np.random.SeedSequence, replications: int, tell: Callable[[int], None]
) -> tuple[Matrix, Certificate]:
    """Return the numbers of all replications, equal on any threads and executors, and their certificate.

    Args:
        what: is done again and again.
        seed: of all replications; each has one spawned from it.
        replications: how many.
        tell: called with the number of replications done, after each batch.
    """
    how, seeds = current(), seed.spawn(replications)
    batches = [seeds[start : start + BATCH] for start in range(0, replications, BATCH)]
    found, proofs = [], []
    threads = ThreadPoolExecutor(how.cores)
    tasks = [(how.executor or threads).submit(_batch, what, batch, how.engine) for batch in batches]
    try:
        for task in tasks:
            numbers, proof = task.result()
            found.append(numbers)
            proofs.append(proof)
            tell(len(numbers))
    finally:  # after an error or Ctrl-C the others would be computed for nobody
        for task in tasks:
            task.cancel()
        threads.shutdown(wait=False)
    return np.concatenate(found), Certificate.together(proofs)


def _batch(what: Replicable, seeds: list[np.random.SeedSequence], engine: Engine) -> tuple[Matrix, Certificate]:
    numbers, proofs = [], []
    with computing(threads=1, engine=engine):
        for seed in seeds:
            found, answers = what.once(np.random.default_rng(seed))
            numbers.append(found)
            proofs += [Certificate.of(a.certificate, a.status, a.attempts) for a in answers]
    return np.array(numbers), Certificate.together(proofs)
