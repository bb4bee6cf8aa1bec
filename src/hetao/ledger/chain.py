"""The chain: each entry's hash is over the one before, the event and the outcome."""

from __future__ import annotations

import hashlib

__all__ = ["chain_hash"]


def chain_hash(previous: str, event: str, outcome: str) -> str:
    """Return the hash of an entry: SHA-256 over the previous hash, the event and the outcome, one a line.

    Args:
        previous: the hash of the entry before, 64 hexadecimal digits.
        event: the canonical event, without line breaks.
        outcome: the outcome's JSON, without line breaks.
    """
    return hashlib.sha256(f"{previous}\n{event}\n{outcome}".encode()).hexdigest()
