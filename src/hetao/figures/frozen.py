"""A mapping that cannot be changed, and that pickles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

__all__ = ["Frozen"]

K = TypeVar("K")
V = TypeVar("V")


class Frozen(Mapping[K, V]):
    """A copy of a mapping without the means to change it.

    >>> Frozen({"a": 1})
    Frozen({'a': 1})
    """

    __slots__ = ("_held",)
    _held: dict[K, V]

    def __init__(self, held: Mapping[K, V]) -> None:
        object.__setattr__(self, "_held", dict(held))

    def __getitem__(self, key: K) -> V:
        return self._held[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __repr__(self) -> str:
        return f"Frozen({self._held!r})"

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name} of a frozen mapping cannot be set")

    def __or__(self, other: Mapping[K, V]) -> dict[K, V]:
        return {**self._held, **other}

    def __reduce__(self) -> tuple[Any, ...]:
        return Frozen, (self._held,)
