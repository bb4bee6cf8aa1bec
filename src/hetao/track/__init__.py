"""track: which targets were promised, and are they on course?"""

from __future__ import annotations

from hetao.track.assessment import Assessment, assess, assess_all
from hetao.track.course import Base, Origin, Timeline, YearValue, timeline
from hetao.track.paths import PATHS, TargetPath
from hetao.track.rows import targets_from_rows
from hetao.track.status import Status
from hetao.track.targets import Actual, Bound, Exact, Target

__all__ = [
    "PATHS",
    "Actual",
    "Assessment",
    "Base",
    "Bound",
    "Exact",
    "Origin",
    "Status",
    "Target",
    "TargetPath",
    "Timeline",
    "YearValue",
    "assess",
    "assess_all",
    "targets_from_rows",
    "timeline",
]
