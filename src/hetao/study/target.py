"""Where something may be written: never over what hetao did not write."""

from __future__ import annotations

import os
from pathlib import Path

from hetao.errors import Place, Problem, StudyError
from hetao.text import Text

__all__ = ["MANIFEST", "check_new_file", "check_new_folder", "check_output"]

MANIFEST = "manifest.json"
LONGEST_NAME = 200  # bytes; file systems take 255, and a run writes beside the folder before it moves
WRITTEN = {"report.html", "results.xlsx", "tables", "ledger.jsonl", "register.jsonl", MANIFEST}


def check_output(folder: Path) -> None:
    """Require a folder that a run may write: new, empty, or holding what a run writes and nothing else.

    Raises:
        StudyError: it is anything else, or cannot be made; nothing has been touched.
    """
    _check_parent(folder)
    names = _names(folder)
    if names and not (MANIFEST in names and names <= WRITTEN):
        raise _refused(
            "output_in_use",
            folder,
            Text("文件，或含有并非由运行写出的内容的文件夹", "a file, or a folder with content that no run wrote"),
            Text("新的、空的或此前运行写出的文件夹", "a new or empty folder, or one of an earlier run"),
            Text("用 --out 另指一个文件夹", "name another folder with --out"),
        )


def check_new_folder(folder: Path) -> None:
    """Require a new or empty folder.

    Raises:
        StudyError: it is a file, is not empty, or cannot be made.
    """
    _check_parent(folder)
    if _names(folder):
        raise _refused(
            "folder_in_use",
            folder,
            Text("一个文件或非空文件夹", "a file, or a folder that is not empty"),
            Text("新的或空的文件夹", "a new or empty folder"),
            Text("另起一个名字", "choose another name"),
        )


def check_new_file(path: Path, suffix: str) -> None:
    """Require the name of a file that is not there yet, in a folder that is.

    Raises:
        StudyError: it is there, its name ends otherwise, or its folder is missing or not writable.
    """
    _check_parent(path)
    if path.exists() or path.suffix.lower() != suffix or not path.parent.is_dir():
        raise _refused(
            "file_in_use",
            path,
            Text("已有的文件，或后缀、文件夹不对", "a file that is there, or another ending, or no such folder"),
            Text(f"已有文件夹中的新 {suffix} 文件", f"a new {suffix} file in a folder that is there"),
            Text("另起一个名字", "choose another name"),
        )


def _names(folder: Path) -> set[str]:
    """Return what a folder holds; nothing where it is not there, its own name where it is a file."""
    if folder.is_dir():
        return {path.name for path in folder.iterdir()}
    return {folder.name} if folder.exists() else set()


def _check_parent(target: Path) -> None:
    """Require a name that can be, and that the nearest folder above that is there can be written."""
    if any(len(os.fsencode(part)) > LONGEST_NAME for part in target.parts):
        raise _refused(
            "name_too_long",
            target,
            Text("过长的名字", "a name that is too long"),
            Text(f"每级不超过 {LONGEST_NAME} 字节", f"at most {LONGEST_NAME} bytes a part"),
            Text("另起一个名字", "choose another name"),
        )
    above = next(path for path in target.absolute().parents if path.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise _refused(
            "not_writable",
            target,
            Text(f"{above} 不是可写的文件夹", f"{above}, which is no folder that can be written"),
            Text("可写的文件夹", "a folder that can be written"),
            Text("换一个位置，或改权限", "choose another place, or change its rights"),
        )


def _refused(code: str, place: Path, found: Text, expected: Text, remedy: Text) -> StudyError:
    return StudyError([Problem(f"study.{code}", Place(file=str(place)), found, expected, remedy)])
