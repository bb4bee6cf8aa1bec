"""Anchors: the head of the journal as it was noted outside the store, so that a lost or rewritten end can be told."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

from hetao.audit.journal import ZEROS

__all__ = ["Anchor", "read_anchor"]

HASH = re.compile(r"[0-9a-f]{64}")
LONGEST = 1024  # bytes that are read of an anchor; one has about 105


class Anchor(NamedTuple):
    """A head as noted: the number of an entry and its hash."""

    seq: int
    hash: str


def read_anchor(path: Path) -> Anchor | None:
    """Return the head that an anchor holds; None where it is empty, as an anchor is before the first entry.

    Zeros alone count as empty: a power failure may leave them of a file that was new.

    Raises:
        OSError: it cannot be read.
        ValueError: it holds no head; the message is what it holds.
    """
    with path.open("rb") as file:
        held = file.read(LONGEST + 1)
    if not held.strip(b"\0"):
        return None
    anchor = _parse(held)
    if anchor is None:
        raise ValueError(held.decode(errors="backslashreplace").replace("\0", "\\x00"))
    return anchor


def _parse(held: bytes) -> Anchor | None:
    try:
        shape = json.loads(held.decode())
    except (ValueError, RecursionError):
        return None
    if not isinstance(shape, dict) or shape.keys() != {"seq", "hash"}:
        return None
    seq, digest = shape["seq"], shape["hash"]
    fits = type(seq) is int and seq >= 0 and isinstance(digest, str) and HASH.fullmatch(digest)
    return Anchor(seq, digest) if fits and (seq == 0) == (digest == ZEROS) else None
