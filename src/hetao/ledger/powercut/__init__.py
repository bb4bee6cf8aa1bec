"""A power cut on demand, for tests of what is durable: a process under it loses what it had not synced.

The layer is a small library that the system's loader puts between a program and its files (64-bit Linux). At a chosen
sync it makes the files what a disk that honours ``fsync`` may be left with when the power fails, and ends the process.
The head of ``powercut.cpp`` says what it models and what it does not. Standard library only.

Example:
    Run a program once to learn how many syncs it makes, then cut each of them::

        subprocess.run(program, env=powercut.counting(store, report))
        for at in range(1, int(report.read_text()) + 1):
            ended = subprocess.run(program, env=powercut.environment(store, at=at, seed=0))
            assert ended.returncode == powercut.CUT
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["CUT", "available", "counting", "environment"]

CUT = 137  # the exit status of a process whose power was cut


def available() -> bool:
    """Tell whether this is Linux with the library built, at a path that the loader's variable can name."""
    path = _library()
    return sys.platform == "linux" and path.is_file() and not set(" :") & set(str(path))


def environment(files: Path, *, at: int, seed: int) -> dict[str, str]:
    """Return the variables of a process whose power is cut at a sync.

    Args:
        files: the path that the paths of the files begin with: ``store.db`` stands for ``store.db-wal`` as well, but
            never for what ends in ``-shm`` or ``-lock``.
        at: which sync of these files is cut, counted from 1; a process that makes fewer ends as it would.
        seed: what reaches the disk of all that is not synced; where it is even the cut comes before the sync takes
            effect, where it is odd just after.

    Raises:
        ValueError: ``at`` is no number of a sync, or ``seed`` is no 64-bit number.
        RuntimeError: the layer is not available here.
    """
    if at < 1 or not 0 <= seed < 2**64:
        raise ValueError(f"a sync is counted from 1 and a seed from 0 to 2**64 - 1, found {at} and {seed}")
    return {**_preloaded(files), "HETAO_POWERCUT_AT": str(at), "HETAO_POWERCUT_SEED": str(seed)}


def counting(files: Path, report: Path) -> dict[str, str]:
    """Return the variables of a process that runs undisturbed and counts its syncs.

    Args:
        files: the path that the paths of the files begin with, as for `environment`.
        report: a new file, which gets the number when the process ends.

    Raises:
        RuntimeError: the layer is not available here.
    """
    return {**_preloaded(files), "HETAO_POWERCUT_COUNT": str(report.absolute())}


def _library() -> Path:
    return Path(os.environ.get("HETAO_POWERCUT_LIBRARY") or Path(__file__).with_name("_powercut.so")).absolute()


def _preloaded(files: Path) -> dict[str, str]:
    if not available():
        raise RuntimeError(f"no power cut here: it needs Linux and a library that can be preloaded: {_library()}")
    others = {name: value for name, value in os.environ.items() if not name.startswith("HETAO_POWERCUT_")}
    preload = ":".join(filter(None, (str(_library()), others.get("LD_PRELOAD"))))
    return {**others, "LD_PRELOAD": preload, "HETAO_POWERCUT_FILES": str(files.resolve())}
