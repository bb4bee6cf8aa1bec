"""The statuses of a target."""

from __future__ import annotations

from enum import StrEnum

from hetao.text import Text

__all__ = ["Status"]


class Status(StrEnum):
    """How a target stands."""

    MET = "met"
    ON_COURSE = "on_course"
    BEHIND = "behind"
    MISSED = "missed"
    REOPENED = "reopened"
    UNKNOWN = "unknown"

    @property
    def label(self) -> Text:
        """The status in words."""
        return _TITLES[self]


_TITLES = {
    Status.MET: Text("已达标", "met"),
    Status.ON_COURSE: Text("符合进度", "on course"),
    Status.BEHIND: Text("滞后", "behind"),
    Status.MISSED: Text("未达标", "missed"),
    Status.REOPENED: Text("回落，重新开启", "reopened"),
    Status.UNKNOWN: Text("未知", "unknown"),
}
