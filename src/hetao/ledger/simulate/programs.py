"""Starting the programs that are interrupted, and reading what they were answered."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

__all__ = ["READY", "WAIT_S", "command", "run_together", "started", "whole_lines", "write_script"]

READY = "ready\n"  # what a program says once it has opened the store
WAIT_S = 60.0  # for other programs that write to the same store


def write_script(folder: Path, name: str, lines: Sequence[str]) -> Path:
    """Write acts into a file for a program, and return it."""
    script = folder / f"{name}.jsonl"
    script.write_text("\n".join(lines), encoding="utf-8")
    return script


def command(url: str, script: Path, *, writers: int, first: int = 0) -> list[str]:
    """Return the command that hands a file of acts in, the first so many together before the writers begin."""
    return [sys.executable, "-m", "hetao.ledger.simulate.child", url, str(writers), str(first), str(script)]


def whole_lines(text: str) -> list[str]:
    """Return the outcomes that came out whole."""
    return [line for line in text.split("\n")[:-1] if f"{line}\n" != READY]


@contextmanager
def started(commands: Sequence[Sequence[str]]) -> Iterator[list[subprocess.Popen[str]]]:
    """Start programs, and let them begin at the same moment; none is left at the end.

    Raises:
        RuntimeError: a program does not start.
    """
    pipe = subprocess.PIPE
    programs = [subprocess.Popen(each, stdin=pipe, stdout=pipe, text=True) for each in commands]
    try:
        for program in programs:
            assert program.stdout is not None
            if program.stdout.readline() != READY:
                raise RuntimeError(f"a program did not start: {program.args!r}")
        for program in programs:
            assert program.stdin is not None
            program.stdin.write("go\n")
            program.stdin.flush()
        yield programs
    finally:
        for program in programs:
            program.kill()
            program.communicate()


def run_together(url: str, folder: Path, shares: Sequence[Sequence[str]], writers: int) -> list[str]:
    """Hand acts in from several programs at once, each with so many threads, and return all outcomes."""
    scripts = [write_script(folder, f"share-{i}", share) for i, share in enumerate(shares)]
    with started([command(url, script, writers=writers) for script in scripts]) as programs:
        texts = [program.communicate()[0] for program in programs]
    return [line for text in texts for line in whole_lines(text)]
