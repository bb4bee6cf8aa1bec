"""Begin a study: a small commented one that runs as it is, and the sheet that figures are typed into."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

from hetao.figures import write_template
from hetao.study.target import check_new_file, check_new_folder
from hetao.text import language

__all__ = ["new_figures", "new_study"]


def new_study(folder: Path) -> None:
    """Write a commented study with made-up figures into a new or empty folder.

    Raises:
        StudyError: the folder is a file, is not empty, or cannot be made; nothing is written.
    """
    check_new_folder(folder)
    with as_file(files("hetao.study") / "starter") as starter:
        shutil.copytree(starter, folder, dirs_exist_ok=True)


def new_figures(path: Path) -> None:
    """Write an empty xlsx table for figures, in the language in use; see `hetao.figures.write_template`.

    Raises:
        StudyError: the file is there already, is no ``.xlsx``, or its folder cannot be written; nothing is written.
    """
    check_new_file(path, ".xlsx")
    write_template(path, language())
