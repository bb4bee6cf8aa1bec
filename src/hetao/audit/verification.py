"""What a verification of a store found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hetao.errors import Problem

__all__ = ["Verification"]


@dataclass(frozen=True)
class Verification:
    """What the verification of a store found.

    Attributes:
        entries: how many journal entries were read.
        head: the hash of the last entry, 64 zeros for an empty journal.
        first_wrong: the number of the first entry that is wrong; None where all are sound.
        problems: everything that is wrong: the files first, then the journal, then the tables beside it.
        unchecked: names of checks that could not be made, e.g. ``anchor`` where no head was noted elsewhere.
    """

    entries: int
    head: str
    first_wrong: int | None
    problems: tuple[Problem, ...]
    unchecked: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def as_dict(self) -> dict[str, Any]:
        """Return the verification in one JSON shape."""
        listed = [problem.as_dict() for problem in self.problems]
        first = {"first_wrong": self.first_wrong, "problems": listed, "unchecked": list(self.unchecked)}
        return {"ok": self.ok, "entries": self.entries, "head": self.head, **first}
