"""Make the synthetic ledger data of the example study: units, caps, permits, a year of readings, and notes.

Run it with ``python make_synthetic.py [FOLDER]``; without a folder it writes beside itself. Nothing is left to chance:
every number is drawn from a hash of a fixed seed and a label, so running it again gives the same bytes. The few real
figures are those in `REAL`; everything else is made up, and no figure of it may be cited.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SEED = "hetao inner mongolia ledger 1"
REGION, BASIN, YEAR = "150000", "150000-YR", 2023
BASIN_NAME = "黄河流域内蒙古部分 / Yellow River basin in Inner Mongolia"
UNITS, UNITS_IN_BASIN = 371, 122
OF_UNIT = "_"  # between a banner's code and a unit's number; a hyphen would let a table break the line there
MILLION = 1_000_000
PAPER = "示例文件 / synthetic document"
SOURCES = ("groundwater", "surface", "unconventional")

# node, water, basis, ecology, year -> volume in m³ and the source in ../sources.csv
REAL = {
    (REGION, "yellow_river", "consumption", "included", 1987): (5_860_000_000, "state_council_1987"),
    (REGION, "total", "withdrawal", "excluded", 2023): (19_630_000_000, "nm_caps_2023"),
    (BASIN, "total", "withdrawal", "excluded", 2023): (9_200_000_000, "nm_caps_2023"),
    (REGION, "total", "withdrawal", "excluded", 2025): (19_630_000_000, "nm_saving_plan_2025"),
    ("150600", "total", "withdrawal", "excluded", 2025): (1_919_000_000, "ordos_plan_2025"),
    ("150525", "total", "withdrawal", "excluded", 2025): (584_720_000, "naiman_plan_2025"),
}
# million m³ of groundwater, surface and unconventional water: all synthetic; the three add to the total cap
BASELINE_2018 = (9_100, 10_000, 800)
REGION_2023 = (9_070, 9_800, 760)
LEAGUES_2023 = {
    "150100": (560, 470, 90),
    "150200": (360, 640, 80),
    "150300": (90, 190, 45),
    "150400": (1_140, 710, 60),
    "150500": (2_460, 440, 50),
    "150600": (840, 920, 130),
    "150700": (520, 1_310, 50),
    "150800": (720, 3_600, 40),
    "150900": (510, 160, 30),
    "152200": (890, 760, 30),
    "152500": (390, 120, 40),
    "152900": (400, 280, 30),
}
NAIMAN_2023 = (470, 80, 10)
LEAGUE_RESERVE_PERCENT = 2
MOVED = (("152900", "groundwater"), ("150700", "surface"))  # leagues whose cap is moved out to the banners for good


def _codes(text: str) -> tuple[str, ...]:
    """Return the codes of banners from their leagues' digits and their own."""
    leagues = (league.split() for league in text.split(","))
    return tuple(league + own for league, *banners in leagues for own in banners)


# banners of this example wholly in the Yellow River basin, partly in it, and on the main stem
IN_BASIN = _codes(
    "1501 02 03 04 05 21 22 23 24, 1502 02 03 04 05 07 21, 1503 02 03 04, 1506 02 03 21 22 23 24 25 26 27, "
    "1508 02 21 22 23 26, 1509 21"
)
PARTLY_IN_BASIN = _codes("1501 25, 1502 22, 1508 24 25, 1509 25 27, 1529 21")
MAIN_STEM = _codes("1501 22, 1502 07 21, 1503 02 03 04, 1506 21 22 24 25, 1508 02 21 22 23 26")
WITH_ECOLOGY = _codes("1501 21, 1504 25, 1507 02, 1508 23 26, 1522 23, 1525 31")  # with a permit for rivers and lakes
OVERLOADED = ("150200", "150300", "150800", "152900")  # the list of 2020, real
OVERLOADED_FROM = "2020-12-22"
OVERLOADED_PAPER = "水利部2020年名单 / MWR list of 2020, http://szy.mwr.gov.cn/tzgg/202012/t20201222_1487055.html"
NEAR_WARNING = "150523"
AQUIFERS = ("pore-shallow", "pore-deep", "fissure", "karst")


@dataclass(frozen=True)
class Purpose:
    """What an ordinary permit for a purpose looks like, its words in both languages."""

    months: tuple[int, ...]  # weights from January
    share: tuple[int, int]  # of the node's cap, in %
    holder: tuple[str, str]
    saving: tuple[str, str]


STEADY = (8, 8, 8, 8, 8, 9, 9, 9, 9, 8, 8, 8)
IRRIGATION = (0, 0, 2, 10, 18, 18, 16, 12, 8, 11, 5, 0)
PURPOSES = {
    "agriculture": Purpose(IRRIGATION, (35, 75), ("灌区", "irrigation"), ("滴灌", "drip irrigation")),
    "ecology": Purpose(IRRIGATION, (5, 12), ("湿地", "wetland"), ("按需补水", "supply on demand")),
    "industry": Purpose(STEADY, (6, 20), ("企业", "works"), ("循环冷却", "circulating cooling")),
    "town": Purpose(STEADY, (15, 40), ("水厂", "waterworks"), ("管网降漏", "leakage control")),
    "domestic": Purpose(STEADY, (2, 8), ("村镇", "village"), ("入户水表", "household meters")),
}
ZONES = {"150104_3": "critical", "150502_3": "prohibited", "150522_3": "restricted", "152525": "water_short"}
ORDERS = (
    ("2023-06-20", REGION, "yellow_river", "0.95", "2023-07-01", "2024-06-30"),
    ("2023-07-20", "150425", "surface", "0.90", "2023-08-01", "2023-09-30"),
)
REPAIR = ("2023-07-05", "2023-07-15")  # the broken meter: ordered, and to be repaired by
QUOTAS = {"general": "3.0", "advanced": "2.4", "leading": "1.8"}  # m³ a tonne, synthetic
PRODUCT = "示例产品 / synthetic product"
INDUSTRY = "示例行业 / synthetic industry"
THIRSTY = "示例高耗水行业 / synthetic high-water-use industry"
ONLINE_METER_M3 = {"surface": 500_000, "groundwater": 50_000}
SETTINGS: dict[str, Any] = {
    "warning_ratio": "0.90",
    "surcharge_steps": [["0.20", 1], ["0.40", 2], ["0.60", 3], [None, 4]],
    "basin_reach_limit_m3": 500_000,
    "online_meter_m3": ONLINE_METER_M3,
    "advanced_tier_for": ["new", "rebuilt", "expanded"],
    "high_water_use_industries": [THIRSTY],
}

Row = dict[str, str | int]
Note = tuple[str, str, dict[str, Any]]  # event, time, and the remaining fields


def _made_up(zh: str, en: str, number: str = "") -> str:
    return f"示例{zh}{number} / synthetic {en}{number}"


def draw(label: str, least: int, most: int) -> int:
    """Return a number from least to most that depends on the seed and the label alone."""
    return least + int(sha256(f"{SEED}:{label}".encode()).hexdigest(), 16) % (most - least + 1)


def split(total: int, weights: Sequence[int], step: int = 1) -> list[int]:
    """Return whole parts in proportion to the weights, in steps; what is left over goes to the first largest."""
    steps = total // step
    parts = [steps * w // sum(weights) for w in weights]
    rests = sorted(range(len(weights)), key=lambda i: (-(steps * weights[i] % sum(weights)), i))
    for i in rests[: steps - sum(parts)]:
        parts[i] += 1
    found = [p * step for p in parts]
    found[found.index(max(found))] += total - sum(found)
    assert sum(found) == total, "the parts of a split add to the whole"
    return found


@dataclass(frozen=True)
class Unit:
    """A made-up groundwater management unit."""

    unit: str
    zh: str
    en: str
    banner: str
    aquifer: str
    cap_m3: int
    basin: str


@dataclass
class Places:
    """The leagues with their banners, and every cap and reserve by node, water and year, in m³."""

    banners: dict[str, list[str]]
    caps: dict[tuple[str, str, int], int] = field(default_factory=dict)
    reserves: dict[tuple[str, str, int], int] = field(default_factory=dict)
    units: dict[str, list[Unit]] = field(default_factory=dict)

    @property
    def all_banners(self) -> list[str]:
        """The banners in the order of the register."""
        return [b for banners in self.banners.values() for b in banners]

    def children(self, node: str) -> list[str]:
        """Return the leagues of the region or the banners of a league."""
        return list(self.banners) if node == REGION else self.banners[node]

    def cap_m3(self, node: str, water: str, year: int = YEAR) -> int:
        """Return the cap that holds in a year: the last one stated until then."""
        return self.caps[node, water, max(y for n, w, y in self.caps if (n, w) == (node, water) and y <= year)]


def read_places() -> Places:
    """Return the leagues and banners of the register that exist in the year."""
    with (HERE.parent / "regions.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if int(r["from"] or 0) <= YEAR <= int(r["to"] or YEAR)]
    leagues = [r["region"] for r in rows if r["kind"] == "league" and r["parent"] == REGION]
    places = Places({g: [r["region"] for r in rows if r["kind"] == "banner" and r["parent"] == g] for g in leagues})
    assert len(leagues) == 12, "12 leagues"
    assert len(places.all_banners) == 103, "103 banners"
    return places


def is_town(banner: str) -> bool:
    """Say whether a banner is an urban district, by its code."""
    return int(banner[4:]) < 20


def set_caps(places: Places) -> None:
    """Set the caps and reserves of every place: each level is its children and its reserve, to the m³."""
    for i, water in enumerate(SOURCES):
        places.caps[REGION, water, 2018] = BASELINE_2018[i] * MILLION
        places.caps[REGION, water, YEAR] = REGION_2023[i] * MILLION
        for league in places.banners:
            places.caps[league, water, YEAR] = LEAGUES_2023[league][i] * MILLION
            _set_banners(places, league, water)
        places.reserves[REGION, water, YEAR] = (REGION_2023[i] - sum(g[i] for g in LEAGUES_2023.values())) * MILLION
    _set_totals(places)
    _set_2025(places)


def _set_banners(places: Places, league: str, water: str) -> None:
    cap_m3 = places.caps[league, water, YEAR]
    reserve_m3 = cap_m3 * LEAGUE_RESERVE_PERCENT // 100
    fixed = {b: NAIMAN_2023[SOURCES.index(water)] * MILLION for b in places.banners[league] if b == "150525"}
    free = [b for b in places.banners[league] if b not in fixed]
    parts = split(cap_m3 - reserve_m3 - sum(fixed.values()), [_weight(b, water) for b in free], 10_000)
    for banner, volume_m3 in (fixed | dict(zip(free, parts, strict=True))).items():
        places.caps[banner, water, YEAR] = volume_m3
    places.reserves[league, water, YEAR] = reserve_m3


def _weight(banner: str, water: str) -> int:
    towns = 4 if water == "unconventional" else 1
    return draw(f"weight {water} {banner}", 40, 160) * (towns if is_town(banner) else 2)


def _set_totals(places: Places) -> None:
    """Set each total cap to the sum of its sources' caps."""
    for (node, water, year), volume_m3 in list(places.caps.items()):
        if water in SOURCES:
            places.caps[node, "total", year] = places.caps.get((node, "total", year), 0) + volume_m3
    for node in (REGION, *places.banners):
        places.reserves[node, "total", YEAR] = sum(places.reserves[node, w, YEAR] for w in SOURCES)


def _set_2025(places: Places) -> None:
    """Restate the total caps that the published caps of Ordos and Naiman for 2025 touch; reserves take the change."""
    for parent in (REGION, "150500", "150600"):
        for child in places.children(parent):
            places.caps[child, "total", 2025] = places.caps[child, "total", YEAR]
    for (node, water, _, _, year), (volume_m3, _) in REAL.items():
        if year == 2025:
            places.caps[node, water, 2025] = volume_m3
    for parent in (REGION, "150500", "150600"):
        given_m3 = sum(places.caps[c, "total", 2025] for c in places.children(parent))
        places.reserves[parent, "total", 2025] = places.caps[parent, "total", 2025] - given_m3


def make_units(places: Places) -> None:
    """Set the units of each banner: their caps are the banner's groundwater cap, to the m³."""
    number = 0
    counts, inside = _unit_counts(places)
    for banner in places.all_banners:
        weights = [draw(f"unit {banner} {i}", 40, 160) for i in range(counts[banner])]
        parts = split(places.caps[banner, "groundwater", YEAR], weights, 1_000)
        places.units[banner] = []
        for i, cap_m3 in enumerate(parts, start=1):
            number += 1
            aquifer = f"示例 / synthetic {AQUIFERS[draw(f'aquifer {banner} {i}', 0, len(AQUIFERS) - 1)]}"
            basin = BASIN if i <= inside[banner] else ""
            name = f"示例单元 {number}", f"Synthetic unit {number}"
            places.units[banner].append(Unit(f"{banner}{OF_UNIT}{i}", *name, banner, aquifer, cap_m3, basin))


def _unit_counts(places: Places) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many units each banner has, and how many of them lie in the basin."""
    outside = [b for b in places.all_banners if b not in IN_BASIN and b not in PARTLY_IN_BASIN]
    partly = _spread(16, PARTLY_IN_BASIN)
    wholly = _spread(UNITS_IN_BASIN - 16, IN_BASIN)
    others = _spread(UNITS - sum(wholly.values()) - 5 * len(PARTLY_IN_BASIN), outside)
    return wholly | others | dict.fromkeys(PARTLY_IN_BASIN, 5), wholly | dict.fromkeys(outside, 0) | partly


def _spread(total: int, keys: Sequence[str]) -> dict[str, int]:
    """Return the total spread evenly over the keys, the odd ones by draw."""
    ranked = sorted(keys, key=lambda k: draw(f"spread {k}", 0, 10**9))
    return {k: total // len(keys) + (ranked.index(k) < total % len(keys)) for k in keys}


def check_caps(places: Places) -> None:
    """Assert that the tree of caps closes at every node, in 2023 and in 2025."""
    for (node, water, basis, _, year), (volume_m3, _) in REAL.items():
        if basis == "withdrawal" and node != BASIN:
            assert places.caps[node, water, year] == volume_m3, f"{node} has its published cap"
    for year in (YEAR, 2025):
        for node in (REGION, *places.banners):
            for water in (*SOURCES, "total"):
                _check_node(places, node, water, year)
        for node in (REGION, *places.banners, *places.all_banners):
            parts_m3 = sum(places.cap_m3(node, w, year) for w in SOURCES)
            assert parts_m3 <= places.cap_m3(node, "total", year), f"the sources of {node} stay within its total"
    for banner, units in places.units.items():
        assert sum(u.cap_m3 for u in units) == places.caps[banner, "groundwater", YEAR], f"units of {banner}"
    every = [u for units in places.units.values() for u in units]
    assert len(every) == UNITS, "371 units"
    assert sum(u.basin == BASIN for u in every) == UNITS_IN_BASIN, "122 units in the basin"


def _check_node(places: Places, node: str, water: str, year: int) -> None:
    reserve_m3 = places.reserves.get((node, water, year), places.reserves[node, water, YEAR])
    given_m3 = sum(places.cap_m3(c, water, year) for c in places.children(node)) + reserve_m3
    assert reserve_m3 >= 0, f"{node} has a reserve"
    assert given_m3 == places.cap_m3(node, water, year), f"children and reserve of {node} are its cap in {year}"


def cap_rows(places: Places) -> Iterator[Row]:
    """Yield the rows of ``caps.csv``: what lies above before what lies below, by year."""
    yield _cap_row(REGION, "yellow_river", 1987, basis="consumption", ecology="included")
    for year in (2018, YEAR, 2025):
        for node in (REGION, *places.banners, *places.all_banners):
            for water in ("total", *SOURCES):
                if (node, water, year) in places.caps:
                    yield _place_row(places, node, water, year)
        if year == YEAR:
            yield _cap_row(BASIN, "total", year)
        for banner in WITH_ECOLOGY if year == 2018 else ():  # rivers and lakes in: beside the cap without
            yield _cap_row(banner, "total", year, places.caps[banner, "total", YEAR] * 6 // 5, ecology="included")


def _place_row(places: Places, node: str, water: str, year: int) -> Row:
    edge = "moved" if node in places.units and (f"{node[:4]}00", water) in MOVED else ""
    kept = 0 if water == "groundwater" and node in places.units else ""
    reserve_m3 = places.reserves.get((node, water, year), kept)
    return _cap_row(node, water, year, places.caps[node, water, year], edge=edge, reserve_m3=reserve_m3)


def _cap_row(node: str, water: str, year: int, volume_m3: int = 0, **more: str | int) -> Row:
    """Return a row of ``caps.csv``; a published cap takes its volume and its source from `REAL`."""
    row: Row = {"node": node, "water": water, "basis": "withdrawal", "ecology": "excluded", "year": year}
    row |= {"volume_m3": volume_m3, "edge": "", "reserve_m3": "", **more}
    real = REAL.get((node, water, str(row["basis"]), str(row["ecology"]), year))
    if real is None:
        return row | {"document": f"{PAPER} {year}", "synthetic": "yes"}
    return row | {"volume_m3": real[0], "document": real[1], "synthetic": "no"}


@dataclass
class Permit:
    """One application with what became of it; the fields up to `story` are the columns of ``permits.csv``."""

    application: str
    applicant: str
    node: str
    water: str
    volume_m3: int
    monthly_m3: str
    from_: str = ""
    to: str = ""
    purpose: str = ""
    project: str = ""
    industry: str = ""
    product: str = ""
    process: str = ""
    output: str | int = ""
    capacity_m3: str | int = ""
    demonstration: str = ""
    saving_measures: str = ""
    return_water: str = ""
    metering: str = ""
    public_supply_available: str = ""
    unconventional_available_m3: str | int = ""
    unconventional_used_m3: str | int = ""
    deep: str = ""
    emergency: str = ""
    non_mechanical: str = ""
    transfer: str = ""
    permit: str = ""
    applied: str = ""
    approved: str = ""
    approver: str = ""
    works_start: str = ""
    accepted: str = ""
    permit_from: str = ""
    permit_to: str = ""
    plan_2023_m3: str | int = ""
    expected: str = ""
    story: str = ""
    meter: str = ""
    used_m3: int = 0
    broken_from_month: int = 13  # from then on nothing is read
    returns: bool = True


COLUMNS = [f.name.rstrip("_") for f in fields(Permit)][: [f.name for f in fields(Permit)].index("story") + 1]
WRITTEN = {f.name.rstrip("_"): f.name for f in fields(Permit)}


def banner_of(node: str) -> str:
    """Return the banner of a unit, or a banner itself."""
    return node.partition(OF_UNIT)[0]


def unit_of(places: Places, unit: str) -> Unit:
    """Return a unit by its identifier."""
    return places.units[banner_of(unit)][int(unit.partition(OF_UNIT)[2]) - 1]


def cap_of(places: Places, node: str, water: str) -> int:
    """Return the cap that a permit at a node is sized by; Yellow River water is sized by the surface water's."""
    if OF_UNIT in node:
        return unit_of(places, node).cap_m3
    return places.caps[node, "surface" if water == "yellow_river" else water, YEAR]


def ask(number: int, node: str, water: str, purpose: str, volume_m3: int) -> Permit:
    """Return an application with everything in it that the law asks for."""
    kind, new = PURPOSES[purpose], purpose in ("industry", "town")
    p = Permit(
        application=f"synthetic-A{number:03}",
        applicant=_made_up(*kind.holder, f" {number}"),
        node=node,
        water=water,
        volume_m3=volume_m3,
        monthly_m3=" ".join(map(str, split(volume_m3, kind.months))),
        purpose=purpose,
        project="new" if new else "none",
        capacity_m3=volume_m3 * 6 // 5,
        demonstration=_made_up("论证", "demonstration", f" {number}") if new else "",
        saving_measures=_made_up(*kind.saving),
        return_water=_made_up("退水方案", "plan for return water"),
        metering=_metering(water, purpose, volume_m3),
    )
    if purpose == "industry":
        p.industry, p.product = INDUSTRY, PRODUCT
        p.output = volume_m3 * 10 // 24 + 1  # tonnes: just within the advanced tier
    return p


def _metering(water: str, purpose: str, volume_m3: int) -> str:
    if purpose == "agriculture":
        return "electricity" if water == "groundwater" else "meter"
    source = "groundwater" if water == "groundwater" else "surface"
    return "online" if volume_m3 >= ONLINE_METER_M3[source] else "meter"


def grant(p: Permit, begin: date, years: int, plan_percent: int, used_percent: int) -> None:
    """Give an application its permit: dates back from its first day, the plan and the use of the year."""
    number = p.application[-3:]
    accepted = _weekday(begin - timedelta(draw(f"accepted {number}", 8, 25)))
    works = _weekday(accepted - timedelta(draw(f"works {number}", 120, 300)))
    approved = _weekday(works - timedelta(draw(f"approved {number}", 30, 150)))
    applied = _weekday(approved - timedelta(draw(f"applied {number}", 30, 50)))
    p.applied, p.approved, p.works_start, p.accepted = (d.isoformat() for d in (applied, approved, works, accepted))
    p.from_ = p.permit_from = begin.isoformat()
    p.to = p.permit_to = (begin.replace(year=begin.year + years) - timedelta(1)).isoformat()
    p.permit, p.meter = f"synthetic-P{number}", f"synthetic-M{number}"
    p.approver = approver_of(p)
    p.plan_2023_m3 = p.volume_m3 * plan_percent // 100
    p.used_m3 = p.volume_m3 * used_percent // 100


def _weekday(day: date) -> date:
    return day - timedelta(max(0, day.weekday() - 4))


def approver_of(p: Permit) -> str:
    """Return who approves in this example: the basin authority on the main stem, else by volume."""
    by_volume = REGION if p.volume_m3 >= 10 * MILLION else f"{p.node[:4]}00"
    return "YRCC" if p.water == "yellow_river" else by_volume if p.volume_m3 >= MILLION else banner_of(p.node)


def ordinary(places: Places) -> Iterator[Permit]:
    """Yield the permits that show nothing special: one or two groundwater permits a banner, surface water, reuse."""
    for number, (node, water, purpose) in enumerate(_sites(places), start=1):
        least, most = PURPOSES[purpose].share
        near = banner_of(node) == NEAR_WARNING and water == "groundwater"
        percent = 97 if near else draw(f"share {node} {water} {purpose}", least, most)
        p = ask(number, node, water, purpose, cap_of(places, node, water) * percent // 100_000 * 1_000)
        early = water in ("surface", "yellow_river") and f"{node[:4]}00" in OVERLOADED
        month = draw(f"begin {number}", 0, 16 if early else 40)  # from August 2019; before the list of 2020 where early
        begin = date(2019 + (7 + month) // 12, (7 + month) % 12 + 1, 1)
        years = (5, 5, 5, 5, 5, 5, 5, 5, 8, 10)[draw(f"years {number}", 0, 9)]
        plan_percent = 100 if near else draw(f"plan {number}", 88, 100)
        grant(p, begin, years, plan_percent, 96 if near else draw(f"use {number}", 60, plan_percent - 4))
        yield p


def _sites(places: Places) -> Iterator[tuple[str, str, str]]:
    """Yield node, water and purpose of the ordinary permits."""
    for banner in places.all_banners:
        units = places.units[banner]
        if banner == NEAR_WARNING:
            yield from ((u.unit, "groundwater", "agriculture") for u in units)
        else:
            yield units[0].unit, "groundwater", _purpose(banner, "first")
            if draw(f"second {banner}", 1, 100) <= 78:
                yield units[1].unit, "groundwater", _purpose(banner, "second")
        yield from _surface_sites(banner)
        if draw(f"reuse {banner}", 1, 100) <= 8:
            yield banner, "unconventional", "industry"


def _purpose(banner: str, place: str) -> str:
    drawn = draw(f"purpose {place} {banner}", 1, 100)
    if place == "second":
        return "agriculture" if drawn <= 50 else "industry" if drawn <= 82 else "domestic"
    if is_town(banner):
        return "town" if drawn <= 75 else "domestic"
    return "agriculture" if drawn <= 68 else "town" if drawn <= 84 else "domestic"


def _surface_sites(banner: str) -> Iterator[tuple[str, str, str]]:
    water = "yellow_river" if banner in MAIN_STEM else "surface"
    if water == "yellow_river" or draw(f"surface {banner}", 1, 100) <= 52:
        yield banner, water, "town" if is_town(banner) else "agriculture"
    if water == "yellow_river" and draw(f"stem {banner}", 1, 100) <= 50:
        yield banner, water, "industry"
    if banner in WITH_ECOLOGY:
        yield banner, water, "ecology"


@dataclass(frozen=True)
class Story:
    """A permit or application that shows one thing, with what sets it apart from an ordinary one."""

    node: str
    purpose: str
    sets: Mapping[str, str]
    zh: str
    en: str

    def number(self, name: str, usual: int) -> int:
        """Return one of its numbers."""
        return int(self.sets.get(name, usual))


def _told(table: str) -> tuple[Story, ...]:
    """Return the stories of a table: node, purpose, what is set, and the words in both languages."""
    cells = ([cell.strip() for cell in line.split("|")] for line in table.strip().splitlines())
    return tuple(Story(n, p, dict(pair.split("=") for pair in sets.split()), zh, en) for n, p, sets, zh, en in cells)


# share, plan, used: % of the cap and of the permit; m3: the volume; beyond: m³ beyond the unit's headroom
LIVES = _told("""
150521_3 | agriculture | share=100 used=100 | 单元用水正好等于上限 | unit's use exactly at its cap
150525_3 | agriculture | share=100 used=104 | 单元用水超过上限4% | unit's use 4 % over its cap
150421_3 | agriculture | share=60 plan=85 used=95 | 超计划，未超许可 | over its plan, within its permit
150426_3 | agriculture | share=60 used=108 | 超许可8%，单元未超上限 | 8 % over its permit, unit within its cap
150622_3 | industry | used=0 begin=2021-04-01 | 连续两年未取水 | no withdrawal for two years
152221_3 | town | begin=2021-02-15 years=3 | 2024-02-14到期，2023-12-31前须申请延续 | ends 2024-02-14: ask by 2023-12-31
152223_3 | town | begin=2021-01-21 years=3 | 2024-01-20到期，申请延续已迟 | ends 2024-01-20: too late to ask for renewal
150722_3 | agriculture | share=40 returns= | 未报2023年度取水总结 | no yearly return for 2023
150923_3 | industry | broken=7 | 计量设施逾期未修，7月16日起按最大能力计 | meter past repair: full capacity from 16 July
152502_3 | industry | metering=meter begin=2023-01-01 | 达到规模而未装在线计量 | large enough for an online meter: none
150430_3 | agriculture | share=90 | 单元余量只剩10% | leaves its unit 10 % of headroom
""")
ASKED = _told("""
150724_3 | industry | applied=2020-05-06 approved=2020-06-15 from=2021-07-01 | 批准满三年未开工 | no works for 3 years
150430_3 | agriculture | share=20 refused=R19 | 申请量大于单元余量 | asks for more than the unit's headroom
150430_3 | agriculture | beyond=1 refused=R19 | 比单元余量多1 m³ | asks for 1 m³ more than the headroom
150502_3 | industry | refused=R22 | 禁采区取地下水 | groundwater in a prohibited zone
150522_3 | agriculture | refused=R23 | 限采区新增取水 | new withdrawal in a restricted zone
150207 | industry | share=2 water=YR refused=R31 | 包头超载，新建工业 | Baotou overloaded: new industry
150302 | industry | share=2 water=YR refused=R31 | 乌海超载，新建工业 | Wuhai overloaded: new industry
150802 | industry | share=2 water=YR refused=R31 | 巴彦淖尔超载，新建工业 | Bayannur overloaded: new industry
152921 | industry | share=2 water=YR refused=R31 | 阿拉善超载，新建工业 | Alxa overloaded: new industry
150221 | town | share=2 water=YR admitted=R15 | 超载区城镇供水，干流归黄委 | town supply: basin authority
150207 | industry | share=2 water=YR transfer=示例水权转让/synthetic referred=R32 | 超载区受让水权 | bought rights
150402_3 | industry | public_supply_available=true refused=R24 | 有公共供水而自备井 | own well despite public supply
150821_3 | agriculture | deep=true refused=R35 | 取深层地下水灌溉 | irrigation from deep groundwater
150625_3 | industry | demonstration= incomplete=R13 | 缺水资源论证 | no water-resources demonstration
152528_3 | town | refused=R08 | 水量未超而水位低于控制水位 | within its cap, below its control level
152525_3 | industry | thirsty=true refused=R25 | 缺水地区新建高耗水项目 | high water use, water-short area
150621_3 | industry | output=1000 refused=R26 | 申请量超过产量乘定额 | asks for more than output times quota
150627_3 | industry | unconventional=500000 admitted=R34 | 非常规水可用而不用，条例2024年起施行 | unused; law from 2024
150104_3 | town | referred=R33 | 临界超载地区，须由人决定 | critically loaded area: a person decides
150523_3 | domestic | share=1 admitted=R21 | 旗县用水过预警比例，须上级签批 | past warning: a higher level signs
152526_3 | domestic | m3=800 exempt=R16 | 不超过1000 m³的生活用水，免许可 | home use up to 1000 m³: no permit needed
150430_3 | agriculture | beyond=0 approved=2023-12-28 | 正好等于单元余量 | asks for exactly the unit's headroom
""")


def stories(places: Places, number: int) -> Iterator[Permit]:
    """Yield the permits and applications that each show one thing, numbered from the one after ``number``."""
    for s in LIVES:
        number += 1
        p = _tell(places, number, s)
        begin = date.fromisoformat(s.sets.get("begin", "2020-04-01"))
        grant(p, begin, s.number("years", 5), s.number("plan", 100), s.number("used", 80))
        weights = PURPOSES[p.purpose].months
        p.used_m3 = p.used_m3 * sum(weights[: p.broken_from_month - 1]) // sum(weights)  # what its meter counts
        yield p
    for i, s in enumerate(ASKED):
        p = _tell(places, number + 1 + i, s)
        p.applied = s.sets.get("applied", _weekday(date(2023, 11, 4) + timedelta(2 * i)).isoformat())
        p.from_ = s.sets.get("from", "2024-07-01")
        p.to = f"{int(p.from_[:4]) + 5}-06-30"
        p.approved = s.sets.get("approved", "")
        p.approver = approver_of(p) if p.approved else ""
        yield p


def _tell(places: Places, number: int, s: Story) -> Permit:
    """Return the application of a story."""
    sets = s.sets
    water = "yellow_river" if sets.get("water") == "YR" else "groundwater"
    p = ask(number, s.node, water, s.purpose, _story_m3(s, cap_of(places, s.node, water)))
    p.story = f"{s.zh} / {s.en}"
    p.expected = "".join(
        f"{word} {sets[word]}" for word in ("refused", "referred", "incomplete", "exempt", "admitted") if word in sets
    )
    for name in ("demonstration", "metering", "public_supply_available", "deep", "output", "transfer"):
        setattr(p, name, sets.get(name, getattr(p, name)))
    p.industry = THIRSTY if "thirsty" in sets else p.industry
    if "unconventional" in sets:
        p.unconventional_available_m3, p.unconventional_used_m3 = sets["unconventional"], 0
    p.broken_from_month, p.returns = s.number("broken", 13), "returns" not in sets
    return p


def _story_m3(s: Story, cap_m3: int) -> int:
    share = s.number("share", 10)
    volume_m3 = cap_m3 if share == 100 else cap_m3 * share // 100_000 * 1_000
    left_m3 = cap_m3 - cap_m3 * 90 // 100_000 * 1_000  # by a neighbour with 90 % of the cap
    return left_m3 + s.number("beyond", 0) if "beyond" in s.sets else s.number("m3", volume_m3)


def booked_m3(p: Permit) -> int:
    """Return what the ledger books for a permit in the year: what was metered, and full capacity past the repair."""
    days = date.fromisoformat(REPAIR[1]).timetuple().tm_yday if p.broken_from_month <= 12 else 365
    return p.used_m3 + int(p.capacity_m3) - int(p.capacity_m3) * days // 365


def monthly_use(p: Permit) -> list[int]:
    """Return the use of each month of the year that was read; it adds to the year's use exactly."""
    noisy = [w * draw(f"month {p.application} {m}", 90, 110) for m, w in enumerate(PURPOSES[p.purpose].months)]
    return split(p.used_m3, noisy[: p.broken_from_month - 1])


def reading_rows(permits: Iterable[Permit]) -> Iterator[Row]:
    """Yield the rows of ``readings.csv``, by permit and month; of the idle permit also the year before."""
    for p in (p for p in permits if p.permit):
        method = "electricity" if p.metering == "electricity" else "metered"
        spans = [] if p.used_m3 else [(date(YEAR - 1, 1, 1), date(YEAR - 1, 12, 31), 0)]
        for month, volume_m3 in enumerate(monthly_use(p), start=1):
            last = date(YEAR, month, monthrange(YEAR, month)[1])
            spans.append((last.replace(day=1), last, volume_m3))
        for first, last, volume_m3 in spans:
            row: Row = {"permit": p.permit, "meter": p.meter, "from": first.isoformat(), "to": last.isoformat()}
            yield row | {"volume_m3": volume_m3, "method": method}


def notes(places: Places, permits: Sequence[Permit]) -> Iterator[Note]:
    """Yield what is neither a cap nor a permit nor a reading."""
    start, paper = "2018-01-01T00:00:00+08:00", {"document": PAPER}
    yield "node", start, {"node": BASIN, "name": BASIN_NAME, "kind": "basin"}
    for name, value in SETTINGS.items():
        yield "setting", "2018-01-01T08:00:00+08:00", {"name": name, "value": value, "from": "2018-01-01", **paper}
    for tier, amount in QUOTAS.items():
        quota = {"product": PRODUCT, "tier": tier, "m3_per_unit": amount, "unit": "t", "issuer": "national"}
        yield "quota", "2018-01-01T08:00:00+08:00", {**quota, "from": "2018-01-01", **paper}
    for league in OVERLOADED:
        zone = {"node": league, "kind": "overloaded", "water": "yellow_river", "from": OVERLOADED_FROM}
        yield "zone", f"{OVERLOADED_FROM}T00:00:00+08:00", {**zone, "document": OVERLOADED_PAPER}
    for node, kind in ZONES.items():
        zone = {"node": node, "kind": kind, "water": "groundwater", "from": "2023-01-01"}
        yield "zone", "2023-01-01T08:00:00+08:00", {**zone, **paper}
    broken = next(p for p in permits if p.broken_from_month <= 12)
    ordered, repair = REPAIR[0], {"permit": broken.permit, "meter": broken.meter, "by": REPAIR[1]}
    repair_setting = {"name": "meter_repair", "value": repair, "from": ordered, "node": banner_of(broken.node)}
    yield "setting", f"{ordered}T00:00:00+08:00", {**repair_setting, **paper}
    for day, node, water, factor, first, last in ORDERS:
        order = {"node": node, "water": water, "factor": factor, "from": first, "to": last}
        yield "order", f"{day}T00:00:00+08:00", {**order, **paper}
    yield from _levels(places)
    yield from _returns(permits)
    yield "tick", "2023-12-31T23:00:00+08:00", {}
    yield "tick", "2024-01-01T00:00:00+08:00", {}


def _returns(permits: Sequence[Permit]) -> Iterator[Note]:
    """Yield the yearly returns; before the year of the readings they are all that is told."""
    for year in range(2019, YEAR + 1):
        for p in permits:
            if not p.permit or int(p.permit_from[:4]) > year or (year == YEAR and not p.returns):
                continue
            percent = draw(f"return {year} {p.application}", 60, 90) if p.used_m3 else 0
            used_m3 = p.used_m3 if year == YEAR else p.volume_m3 * percent // 100
            stated = {"permit": p.permit, "year": year, "used_m3": used_m3, "next_year_m3": p.plan_2023_m3}
            yield "return", f"{year}-12-31T18:00:00+08:00", stated


def _levels(places: Places) -> Iterator[Note]:
    """Yield observed levels: one unit a centimetre below its control level, the others above."""
    for banner in ("150102", "150521", "150523", "150802", "152528"):
        unit = places.units[banner][2].unit
        control_m = draw(f"level {unit}", 900, 1_100)
        level_m = f"{control_m - 1}.99" if banner == "152528" else f"{control_m + 1}.50"
        level = {"node": unit, "date": "2023-09-30", "level_m": level_m, "control_m": f"{control_m}.00"}
        yield "level", "2023-10-01T00:00:00+08:00", level


def note_rows(places: Places, permits: Sequence[Permit]) -> Iterator[Row]:
    """Yield the rows of ``notes.csv`` in order of time; the JSON holds key and by as well."""
    noted = sorted(notes(places, permits), key=lambda note: note[1])
    for i, (event, at, rest) in enumerate(noted, start=1):
        whole = {"key": f"synthetic-N{i:04}", "by": "synthetic / 示例", **rest}
        yield {"event": event, "at": at, "json": json.dumps(whole, ensure_ascii=False)}


def check_permits(places: Places, permits: Sequence[Permit]) -> None:
    """Assert that every permit is whole, and that what is granted stays within every cap in every year."""
    for p in permits:
        assert sum(map(int, p.monthly_m3.split())) == p.volume_m3 > 0, f"months of {p.application}"
        assert p.from_ < p.to, f"term of {p.application}"
        assert not p.permit or p.applied < p.approved < p.works_start < p.accepted < p.permit_from, p.application
        assert "2018-01-01" < p.applied < "2024", f"date of {p.application}"
        assert not p.permit or int(p.plan_2023_m3) <= p.volume_m3, f"plan of {p.application}"
        assert not p.permit or sum(monthly_use(p)) == p.used_m3, f"readings of {p.application}"
        assert p.story or p.used_m3 <= int(p.plan_2023_m3), f"{p.application} shows nothing special"
    permitted = _sum(places, ((p, p.volume_m3) for p in permits if p.approved))
    assert all(m3 <= _held_m3(places, *at) for at, m3 in permitted.items()), "what is permitted stays within every cap"
    used = _sum(places, ((p, booked_m3(p)) for p in permits if p.permit))
    warned = {at[0] for at, m3 in used.items() if at[2] == YEAR and 10 * m3 >= 9 * _held_m3(places, *at)}
    assert {n for n in warned if OF_UNIT not in n} == {NEAR_WARNING}, "one banner beyond the warning ratio"
    check_boundaries(places, permits)


def _sum(places: Places, volumes: Iterable[tuple[Permit, int]]) -> Counter[tuple[str, str, int]]:
    """Return what permits draw by node, water and year."""
    drawn: Counter[tuple[str, str, int]] = Counter()
    for p, volume_m3 in volumes:
        drawn.update(dict.fromkeys(_drawn(places, p), volume_m3))
    return drawn


def _drawn(places: Places, p: Permit) -> Iterator[tuple[str, str, int]]:
    """Yield every cap that a permit draws on from the year on; Yellow River water counts as surface water here."""
    banner = banner_of(p.node)
    source = "surface" if p.water == "yellow_river" else p.water
    in_basin = unit_of(places, p.node).basin == BASIN if OF_UNIT in p.node else banner in IN_BASIN
    for year in range(max(YEAR, int(p.from_[:4])), int(p.to[:4]) + 1):
        for node in (REGION, f"{banner[:4]}00", banner):
            yield from ((node, water, year) for water in (source, "total"))
        if OF_UNIT in p.node:
            yield p.node, source, year
        if in_basin:
            yield BASIN, "total", year


def _held_m3(places: Places, node: str, water: str, year: int) -> int:
    if node == BASIN:
        return REAL[BASIN, "total", "withdrawal", "excluded", YEAR][0]
    return unit_of(places, node).cap_m3 if OF_UNIT in node else places.cap_m3(node, water, year)


def check_boundaries(places: Places, permits: Sequence[Permit]) -> None:
    """Assert that the special permits show what their stories say."""
    told = {p.story.partition(" / ")[0]: p for p in permits if p.story}
    assert len(told) == len(LIVES) + len(ASKED), "every story once"
    at, over = told[LIVES[0].zh], told[LIVES[1].zh]
    assert at.used_m3 == unit_of(places, at.node).cap_m3 == at.volume_m3, "exactly at its cap"
    assert over.used_m3 > unit_of(places, over.node).cap_m3 == over.volume_m3, "over its cap"
    base, more, exact = told[LIVES[-1].zh], told[ASKED[2].zh], told[ASKED[-1].zh]
    left_m3 = unit_of(places, base.node).cap_m3 - base.volume_m3
    assert (more.volume_m3, exact.volume_m3) == (left_m3 + 1, left_m3), "one m³ beyond, and exactly"
    near = [p for p in permits if p.water == "groundwater" and banner_of(p.node) == NEAR_WARNING]
    cap_m3 = places.caps[NEAR_WARNING, "groundwater", YEAR]
    assert 90 * cap_m3 < 100 * sum(p.used_m3 for p in near) < 100 * cap_m3, "between the warning ratio and the cap"


def to_csv(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """Return rows as the text of a CSV file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def generate() -> dict[str, str]:
    """Return the text of every file by its name."""
    places = read_places()
    set_caps(places)
    make_units(places)
    check_caps(places)
    permits = list(ordinary(places))
    permits += stories(places, len(permits))
    check_permits(places, permits)
    units = [vars(u) for units in places.units.values() for u in units]
    caps, read, noted = list(cap_rows(places)), list(reading_rows(permits)), list(note_rows(places, permits))
    asked: list[Row] = [{c: getattr(p, WRITTEN[c]) for c in COLUMNS} for p in permits]
    tables = {"units": units, "caps": caps, "permits": asked, "readings": read, "notes": noted}
    return {f"{name}.csv": to_csv(list(rows[0]), rows) for name, rows in tables.items()}


def main(folder: Path = HERE) -> None:
    """Write the files into a folder."""
    for name, text in generate().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
