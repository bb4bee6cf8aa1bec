"""A program that hands acts in from several threads and says what it was answered: made to be killed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Lock, Thread
from typing import TextIO

from hetao.ledger.ledger import Ledger
from hetao.ledger.outcome import Outcome
from hetao.ledger.simulate.programs import READY, WAIT_S

__all__ = ["main"]


def main(arguments: Sequence[str], orders: TextIO, answers: TextIO) -> None:
    """Open a store, say so, wait for a line, then hand acts in and print each outcome as soon as it is durable.

    Args:
        arguments: the store's address; how many threads write; how many lines go in together before they begin; a file
            of acts.
        orders: where the line comes from.
        answers: where the outcomes go.
    """
    url, writers, first, script = arguments
    lines = Path(script).read_text(encoding="utf-8").splitlines()
    told = Lock()

    def tell(outcome: Outcome) -> None:
        """Write one outcome as a line, at once."""
        with told:
            answers.write(f"{outcome.to_json()}\n")
            answers.flush()

    def hand_in(own: Sequence[str]) -> None:
        for line in own:
            tell(ledger.apply(line))

    with Ledger.open(url, wait_s=WAIT_S) as ledger:
        answers.write(READY)
        answers.flush()
        orders.readline()
        for outcome in ledger.replay(lines[: int(first)]):
            tell(outcome)
        shared = lines[int(first) :]
        threads = [Thread(target=hand_in, args=(shared[i :: int(writers)],)) for i in range(int(writers))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    main(sys.argv[1:], sys.stdin, sys.stdout)
