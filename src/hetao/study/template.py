"""Begin a study: a small commented one that runs as it is."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

from hetao.errors import Place, Problem, StudyError
from hetao.text import Text

__all__ = ["new_study"]


def new_study(folder: Path) -> None:
    """Write a commented study with made-up figures into a new or empty folder.

    Raises:
        StudyError: the folder is a file, or is not empty; nothing is written.
    """
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise StudyError(
            [
                Problem(
                    "study.folder_in_use",
                    Place(file=str(folder)),
                    Text("一个文件或非空文件夹", "a file, or a folder that is not empty"),
                    Text("新的或空的文件夹", "a new or empty folder"),
                    Text("另起一个名字", "choose another name"),
                )
            ]
        )
    with as_file(files("hetao.study") / "starter") as starter:
        shutil.copytree(starter, folder, dirs_exist_ok=True)
