"""Metering: from which size on a withdrawal is metered online, what capacity draws, and the fines by law and place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from hetao.ledger.irrigation import is_irrigation
from hetao.ledger.records import Permit
from hetao.ledger.settings import find_setting
from hetao.ledger.state import State
from hetao.ledger.years import day_number, days_in_year, year_days, years_of
from hetao.ledger.yellow_river import in_yellow_river
from hetao.text import Text

__all__ = ["ONLINE_M3", "Fine", "capacity_m3", "meter_fine", "online_from_m3"]

ONLINE_M3: Mapping[str, int] = {"surface": 500_000, "yellow_river": 500_000, "groundwater": 50_000}
GROUNDWATER_LAW = "2021-12-01"  # the Groundwater Regulations in force
YELLOW_RIVER_LAW = "2023-04-01"  # the Yellow River Protection Law in force


class Fine(NamedTuple):
    """A range of fines in yuan and the article that sets it."""

    least_yuan: int
    most_yuan: int
    clause: Text


_GENERAL = Text("《取水许可和水资源费征收管理条例》第五十三条", "State Council order 460 art. 53")
_GROUND = Text("《地下水管理条例》第五十六条", "Groundwater Regulations art. 56")
_RIVER = Text("《黄河保护法》第一百一十五条", "Yellow River Protection Law art. 115")


def online_from_m3(state: State, node: str, water: str, purpose: str, day: str) -> int | None:
    """Return from which volume a year a withdrawal must be metered online, None where no size is set.

    Irrigation is metered by other rules. The setting ``online_meter_m3`` goes before the sizes of the ministry: one
    integer for every water that has a size, or an object water → integer.
    """
    least_m3 = ONLINE_M3.get(water)
    if least_m3 is None or is_irrigation(purpose):
        return None
    setting = find_setting(state, "online_meter_m3", day, node) if "online_meter_m3" in state.settings() else None
    if setting is None:
        return least_m3
    given = setting.value
    return int(given.get(water, least_m3) if isinstance(given, dict) else given)


def capacity_m3(water: str, yearly_m3: int, first: str, last: str) -> int:
    """Return what works draw at their daily capacity from one day to another, rounded down in each year of account.

    Args:
        water: which water, for its year.
        yearly_m3: the capacity in m³ a year.
        first: the first day, ISO 8601.
        last: the last day.
    """
    total_m3 = 0
    for year in years_of(water, first, last):
        start, end = year_days(water, year)
        days = day_number(min(end, last)) - day_number(max(start, first)) + 1
        total_m3 += yearly_m3 * days // days_in_year(water, year)
    return total_m3


def meter_fine(state: State, permit: Permit, day: str, *, fitted: bool) -> Fine:
    """Return the fine for withdrawing without a meter, or with one that is unfit and was not repaired in time.

    The law of the source goes before that of the place, and that before the general one. The Yellow River's speaks
    of withdrawals that must be metered online.

    Args:
        state: the ledger.
        permit: whose withdrawal it is.
        day: the day, for the law in force on it.
        fitted: whether there is a meter at all.
    """
    if permit.water == "groundwater" and day >= GROUNDWATER_LAW:
        return Fine(100_000, 500_000, _GROUND)
    if day >= YELLOW_RIVER_LAW and in_yellow_river(state, permit.node, permit.water):
        online_m3 = online_from_m3(state, permit.node, permit.water, permit.purpose, day)
        if online_m3 is not None and permit.volume_m3 >= online_m3:
            return Fine(0, 50_000, _RIVER) if fitted else Fine(20_000, 100_000, _RIVER)
    return Fine(0, 10_000, _GENERAL) if fitted else Fine(5_000, 20_000, _GENERAL)
