"""A study: a folder with ``study.toml`` and its data goes in; a report, a workbook, tables and a manifest come out."""

from __future__ import annotations

from hetao.study.run import Checked, Written, check_study, run_study
from hetao.study.settings import StudySettings, read_settings
from hetao.study.template import new_figures, new_study

__all__ = [
    "Checked",
    "StudySettings",
    "Written",
    "check_study",
    "new_figures",
    "new_study",
    "read_settings",
    "run_study",
]
