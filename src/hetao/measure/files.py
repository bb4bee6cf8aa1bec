"""Files that a result or a table is written to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hetao.errors import ModelError, Place, Problem
from hetao.text import Text

__all__ = ["writable"]


@contextmanager
def writable(call: str, path: str | Path, suffix: str, *errors: type[Exception]) -> Iterator[Path]:
    """Hand over the path of a file to write or replace, and tell what keeps it from being written.

    Args:
        call: the method that writes, as its user knows it: the codes begin with it.
        path: as the user gave it.
        suffix: the ending that it must have, such as ".xlsx".
        errors: which a writer raises beside OSError where it cannot write.

    Raises:
        ModelError: another ending, a folder, a folder that is not there, or a file that cannot be written.
    """
    target = Path(path)
    refusals: tuple[type[Exception], ...] = (OSError, *errors)
    try:
        if target.suffix.lower() != suffix or target.is_dir() or not target.parent.is_dir():
            raise ModelError([_no_such_file(call, target, suffix)])
        yield target
    except refusals as error:
        raise ModelError([_not_written(call, target, error)]) from error


def _no_such_file(call: str, path: Path, suffix: str) -> Problem:
    return Problem(
        f"{call}.path",
        Place(file=str(path)),
        found=Text(
            f"不是 {suffix} 文件、是文件夹或位于不存在的文件夹中",
            f"no {suffix} file: another ending, a folder, or a folder that is not there",
        ),
        expected=Text(f"已有文件夹中的 {suffix} 文件名", f"the name of a {suffix} file in a folder that is there"),
        remedy=Text("改正路径，或先建文件夹", "correct the path, or make the folder first"),
    )


def _not_written(call: str, path: Path, error: Exception) -> Problem:
    return Problem(
        f"{call}.not_written",
        Place(file=str(path)),
        found=Text(f"无法写入（{error}）", f"a file that cannot be written ({error})"),
        expected=Text("可写的文件", "a file that can be written"),
        remedy=Text("关闭打开该文件的程序，或另选文件名", "close the program that has it open, or choose another name"),
    )
