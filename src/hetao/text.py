"""Words in Chinese and English, kept side by side so that neither can be forgotten."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, NamedTuple, get_args

__all__ = ["Language", "Text", "language", "use_language"]

Language = Literal["zh", "en"]

_chosen: ContextVar[Language | None] = ContextVar("hetao_language", default=None)


class Text(NamedTuple):
    """One sentence or label in both languages; ``str()`` gives the one in use.

    Attributes:
        zh: the Chinese wording.
        en: the English wording.
    """

    zh: str
    en: str

    def __str__(self) -> str:
        return self.in_language(language())

    def in_language(self, wanted: Language) -> str:
        """Return the wording in ``wanted``, whatever language is in use."""
        return self.zh if wanted == "zh" else self.en


def language() -> Language:
    """Return the language in use: `use_language`, else ``HETAO_LANG``, else the locale, else English."""
    chosen = _chosen.get()
    if chosen is not None:
        return chosen
    for variable in ("HETAO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


@contextmanager
def use_language(wanted: Language) -> Iterator[None]:
    """Use ``wanted`` for every text printed inside the block.

    Raises:
        ValueError: it is neither ``zh`` nor ``en``.
    """
    if wanted not in get_args(Language):
        raise ValueError(f"语言 {wanted!r}：应为 zh 或 en。The language {wanted!r}: use zh or en.")
    token = _chosen.set(wanted)
    try:
        yield
    finally:
        _chosen.reset(token)
