"""hetao (河套): productivity inside hard resource caps: measure, hold, plan and track on one register of figures."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hetao.figures.panel import Panel

    __version__: str

__all__ = ["Panel", "__version__"]

_LAZY = {"Panel": "hetao.figures.panel"}  # heavy imports wait until they are asked for


def __getattr__(name: str) -> object:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    if name == "__version__":
        from importlib.metadata import version

        return version("hetao")
    raise AttributeError(f"module 'hetao' has no attribute {name!r}")
