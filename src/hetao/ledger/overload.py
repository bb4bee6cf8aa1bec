"""Overloaded areas of the Yellow River basin: which version of the rule holds on a day, and what it leaves open.

The Ministry's notice of December 2020 stopped new permits there, but for homes, poverty relief and volumes from a
rights transfer. The law of 2023 leaves only the needs of life; of transfers and poverty relief it says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from hetao.ledger.rights import DOMESTIC
from hetao.text import Text

__all__ = ["GROUNDS", "LAW", "NOTICE", "Version", "grounds_of", "is_contested"]


class Version(NamedTuple):
    """One version of the rule: the day from which it holds, and where it stands."""

    start: str
    source: Text

    @property
    def fact(self) -> str:
        """Date and source, as a decision carries them."""
        return f"{self.start} {self.source.zh}"


NOTICE = Version(
    "2020-12-22",
    Text(
        "水利部《关于黄河流域水资源超载地区暂停新增取水许可的通知》",
        "Ministry of Water Resources, notice to stop new withdrawal permits in overloaded areas of the Yellow River",
    ),
)
LAW = Version("2023-04-01", Text("《黄河保护法》第五十一条", "Yellow River Protection Law art. 51"))
GROUNDS = {
    "transfer": Text("水量由水权转让取得", "the volume comes from a rights transfer"),
    "poverty_relief": Text("用于脱贫攻坚项目", "the need is one of poverty relief"),
}


def grounds_of(fields: Mapping[str, Any]) -> str:
    """Return on which of `GROUNDS` an application may claim the notice's exception, empty for none."""
    if "transfer" in fields:
        return "transfer"
    return "poverty_relief" if fields.get("purpose") == "poverty_relief" else ""


def is_contested(fields: Mapping[str, Any], day: str) -> bool:
    """Tell whether the law refuses on a day what the notice allowed, so that a person must decide."""
    return day >= LAW.start and bool(grounds_of(fields)) and fields.get("purpose") not in DOMESTIC
