"""The ledger under trial: acts by the dice beside a plain model, power cuts, kills, and many writers at one edge."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hetao.ledger.simulate.crashes import cut_power, kill, kill_connections
    from hetao.ledger.simulate.run import Disagreement, Report, simulate
    from hetao.ledger.simulate.workload import CrashReport
    from hetao.ledger.simulate.writers import EdgeReport, edge

__all__ = [
    "CrashReport",
    "Disagreement",
    "EdgeReport",
    "Report",
    "cut_power",
    "edge",
    "kill",
    "kill_connections",
    "simulate",
]

_LAZY = {  # a program that is made to be killed starts with no more than it needs
    "CrashReport": "workload",
    "Disagreement": "run",
    "EdgeReport": "writers",
    "Report": "run",
    "cut_power": "crashes",
    "edge": "writers",
    "kill": "crashes",
    "kill_connections": "crashes",
    "simulate": "run",
}


def __getattr__(name: str) -> object:
    if name in _LAZY:
        return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
