"""The tables of a register as events of a ledger: caps, groundwater units, permits from application to plan, readings.

- ``caps``: node, water, basis, ecology, year, volume_m3, document; edge, reserve_m3 and synthetic may be there. A row
  whose parent has a row of the same water, basis, ecology and year is part of the parent's breakdown; any other is a
  cap of its own. The reserve of a breakdown stands on the parent's row, its edge (shared or moved) on the children's.
- ``units``: unit, zh, banner, aquifer, cap_m3; en, and basin for the basin that it lies in, may be there.
- ``permits``: the fields of an application by their names, and permit, applied, approved, approver, works_start,
  accepted, permit_from, permit_to, and the plan of a year as plan_YEAR_m3.
- ``readings``: permit, meter, from, to, volume_m3, method.
- ``notes``: any further events: event, at, json (the remaining fields).

Every table may have a column note. Times of day are those of China (UTC+8): what happens on one day is taken in the
order above.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from hetao.errors import Problems
from hetao.figures import Region, Row, Table, read_rows
from hetao.figures.tables import check_filled
from hetao.ledger.event import Malformed, read_event
from hetao.ledger.fields import day, instant
from hetao.study.data import StudyData
from hetao.study.settings import RegisterSettings
from hetao.text import Text

__all__ = ["Event", "Tables", "read_register", "register_events"]

KINDS = ("province", "league", "banner")
LINE = ("water", "basis", "ecology")
TEXTS = (
    *("application", "applicant", "node", "water", "from", "to", "purpose", "project"),
    *("industry", "product", "process", "output", "demonstration", "saving_measures", "return_water", "metering"),
    "transfer",
)
VOLUMES = ("volume_m3", "capacity_m3", "unconventional_available_m3", "unconventional_used_m3")
FLAGS = ("public_supply_available", "deep", "emergency", "non_mechanical")
TERM, LIFE = ("from", "to"), ("applied", "approved", "works_start", "accepted", "permit_from", "permit_to")
PLAN = re.compile(r"plan_([0-9]{4})_m3")
OPENING = "2000-01-01T00:00:00+08:00"  # places and caps stand before anything that draws on them
WHOLE = re.compile(r"[0-9]{1,18}")
YEAR = re.compile(r"[12][0-9]{3}")
DAY, INSTANT = day(), instant()
YES_NO = {"true": True, "false": False}
TOLD = ("note", "synthetic", "expected", "story")  # columns that are for readers alone


@dataclass(frozen=True)
class Shape:
    """What a table looks like.

    Attributes:
        required: the columns that must be there.
        filled: those of them whose cells may not be blank.
        unique: the columns that tell a row from every other; none where rows may repeat.
        more: the columns that may be there.
        volumes: the columns of whole m³.
        days: the columns of days.
    """

    required: tuple[str, ...]
    filled: tuple[str, ...]
    unique: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    days: tuple[str, ...] = ()


SHAPES = {
    "caps": Shape(
        required=("node", *LINE, "year", "volume_m3", "document"),
        filled=("node", *LINE, "year", "volume_m3", "document"),
        unique=("node", *LINE, "year"),
        more=("edge", "reserve_m3"),
        volumes=("volume_m3", "reserve_m3"),
    ),
    "units": Shape(
        required=("unit", "zh", "banner", "aquifer", "cap_m3"),
        filled=("unit", "zh", "banner", "aquifer", "cap_m3"),
        unique=("unit",),
        more=("en", "basin"),
        volumes=("cap_m3",),
    ),
    "permits": Shape(
        required=("application", "node", "water", "volume_m3", *TERM, "applied"),
        filled=("application", "applied"),  # what else is missing the ledger asks for
        unique=("application",),
        more=(*TEXTS, "monthly_m3", *VOLUMES, *FLAGS, "permit", "approver", *LIFE),
        volumes=VOLUMES,
        days=(*TERM, *LIFE),
    ),
    "readings": Shape(
        required=("permit", "meter", *TERM, "volume_m3", "method"),
        filled=("permit", "meter", *TERM, "volume_m3", "method"),
        unique=("meter", "from"),
        volumes=("volume_m3",),
        days=TERM,
    ),
    "notes": Shape(required=("event", "at", "json"), filled=("event", "at", "json")),
}
Event = dict[str, Any]
Tables = Mapping[str, tuple[Row, ...]]


def read_register(data: StudyData, settings: RegisterSettings, problems: Problems) -> Tables | None:
    """Return the rows of the tables by name, or None after recording what is wrong with them."""
    before = len(problems)
    tables: dict[str, tuple[Row, ...]] = {}
    for name, shape in SHAPES.items():
        file = getattr(settings, name)
        table = problems.attempt(partial(read_rows, data.folder / file, root=data.folder)) if file else None
        whole = table is not None and _check_columns(name, shape, table, problems)
        tables[name] = table.rows if table is not None and whole else ()
        _check_rows(shape, tables[name], problems)
    _check_notes(tables["notes"], problems)
    if len(problems) == before:
        _check_places(data, settings, tables, problems)
    return None if len(problems) > before else tables


def _check_columns(name: str, shape: Shape, table: Table, problems: Problems) -> bool:
    """Record columns that are not there and columns that nothing reads; say whether the rows can be read."""
    known = list(dict.fromkeys((*shape.required, *shape.more, *TOLD)))
    shown = [*known, "plan_2024_m3"] if name == "permits" else known
    expected = Text("、".join(shown), ", ".join(shown))
    missing = [column for column in shape.required if column not in table.header]
    for column in missing:
        found, remedy = Text(f"没有列 {column}", f"no column {column}"), Text("补上该列", "add the column")
        problems.add("study.register_column", table.place, found=found, expected=expected, remedy=remedy)
    for column in table.header:
        if column not in known and not (name == "permits" and PLAN.fullmatch(column)):
            found = Text(f"未知列 {column}", f"the unknown column {column}")
            remedy = Text("改正列名，或删去该列", "correct its name, or remove the column")
            problems.add("study.register_column", table.place, found=found, expected=expected, remedy=remedy)
    return not missing


def _check_rows(shape: Shape, rows: Iterable[Row], problems: Problems) -> None:
    """Record cells that are blank and must not be, that are no volume, day, year or yes and no, and rows twice."""
    first: dict[tuple[str, ...], Row] = {}
    for row in rows:
        check_filled(row, shape.filled, problems)
        for column in (*shape.volumes, *(c for c in row.columns if PLAN.fullmatch(c))):
            _check_cell(row, column, WHOLE.fullmatch, Text("整数 m³", "whole m³"), problems)
        for column in shape.days:
            _check_cell(row, column, DAY.fits, Text("日期，如 2024-03-01", "a day such as 2024-03-01"), problems)
        _check_cell(row, "year", YEAR.fullmatch, Text("年份，如 2024", "a year such as 2024"), problems)
        for column in FLAGS:
            _check_cell(row, column, YES_NO.__contains__, Text("true 或 false", "true or false"), problems)
        _check_cell(
            row, "monthly_m3", _is_volumes, Text("以空格分开的整数 m³", "whole m³ set apart by spaces"), problems
        )
        key = tuple(row[column] for column in shape.unique)
        if shape.unique and first.setdefault(key, row) is not row:
            place = first[key].place()
            problems.add(
                "study.register_twice",
                row.place(shape.unique[0]),
                found=Text(f"再次出现 {' '.join(key)}", f"{' '.join(key)} once more"),
                expected=Text(f"只在一行（{place.describe('zh')}）", f"it in one row ({place.describe('en')})"),
                remedy=Text("只留正确的一行", "keep the row that is right"),
            )


def _check_cell(row: Row, column: str, fits: Callable[[str], object], expected: Text, problems: Problems) -> None:
    """Record a cell with content that does not fit."""
    given = row[column]
    if given and not fits(given):
        code = "study.register_volume" if "m³" in expected.en else "study.register_cell"
        found, remedy = Text(given, given), Text("改正该单元格", "correct the cell")
        problems.add(code, row.place(column), found=found, expected=expected, remedy=remedy)


def _is_volumes(text: str) -> bool:
    return all(map(WHOLE.fullmatch, text.split()))


def _check_notes(rows: Iterable[Row], problems: Problems) -> None:
    """Record notes whose time is none and whose fields are no JSON object."""
    for row in rows:
        moment = Text("时间，如 2024-03-01T09:00:00+08:00", "a time such as 2024-03-01T09:00:00+08:00")
        _check_cell(row, "at", INSTANT.fits, moment, problems)
        if row["json"] and isinstance(read_event(row["json"]), Malformed):
            problems.add(
                "study.register_json",
                row.place("json"),
                found=Text(row["json"][:60], row["json"][:60]),
                expected=Text("一个 JSON 对象，名称不重复", "one JSON object in which no name stands twice"),
                remedy=Text("改正引号、括号与逗号", "correct quotation marks, brackets and commas"),
            )


def _fields(row: Row) -> Event:
    """Return the fields that a note holds as JSON; its text was checked."""
    reading = read_event(row["json"])
    assert not isinstance(reading, Malformed)
    return dict(reading.raw)


def _check_places(data: StudyData, settings: RegisterSettings, tables: Tables, problems: Problems) -> None:
    """Record places of the tables that the register does not have."""
    if settings.focus not in data.tree:
        return  # told with the settings
    region = data.tree.get(settings.focus)
    leagues = _below(data, region, settings.year, "league")
    banners = [b.id for league in leagues for b in _below(data, league, settings.year, "banner")]
    noted = [str(event.get("node")) for event in _noted(tables, nodes=True)]
    units = [row["unit"] for row in tables["units"]]
    known = {region.id, *(league.id for league in leagues), *banners, *noted, *units}
    checks = (
        ("units", "banner", {*banners}),
        ("units", "basin", {*noted}),
        ("caps", "node", known),
        ("permits", "node", known),
    )
    for name, column, places in checks:
        for row in tables[name]:
            if row[column] and row[column] not in places:
                problems.add(
                    "study.register_place",
                    row.place(column),
                    found=Text(f"未知地点 {row[column]}", f"the unknown place {row[column]}"),
                    expected=Text(
                        f"{settings.year}年地区表中的编号、units 中的单元或 notes 中的节点",
                        f"an id of the table of regions in {settings.year}, a unit of units or a node of notes",
                    ),
                    remedy=Text("改正编号", "correct the id"),
                )


def register_events(data: StudyData, settings: RegisterSettings, tables: Tables) -> list[Event]:
    """Return the events in order of time; what happens at one time keeps the order places, caps, permits, readings."""
    places = list(_places(data, settings, tables))
    timed = [
        *places,
        *_cap_events(data, settings, tables),
        *(event for row in tables["permits"] for event in _permit_events(row)),
        *(_reading_event(row) for row in tables["readings"]),
        *_noted(tables, nodes=False),
    ]
    return sorted(timed, key=lambda event: datetime.fromisoformat(event["at"]))


def _event(kind: str, key: str, at: str, fields: Mapping[str, Any], by: str = "register") -> Event:
    return {"event": kind, "key": key, "at": at, "by": by, **fields}


def _noted(tables: Tables, *, nodes: bool) -> Iterator[Event]:
    """Yield the events of the notes: the places among them, or all the others."""
    for number, row in enumerate(tables["notes"], start=1):
        if (row["event"] == "node") == nodes:
            own = {"event": row["event"], "at": OPENING if nodes else row["at"]}
            yield {"key": f"note {number}", "by": "register", **_fields(row), **own}


def _places(data: StudyData, settings: RegisterSettings, tables: Tables) -> Iterator[Event]:
    """Yield basins first, then the region, its leagues and banners, and the units; each lies in its basins."""
    yield from _noted(tables, nodes=True)
    basins = _basins(tables)
    region = data.tree.get(settings.focus)
    yield _place_event(region.id, region.name.zh, "region", None, basins)
    for league in _below(data, region, settings.year, "league"):
        yield _place_event(league.id, league.name.zh, "league", region.id, basins)
        for banner in _below(data, league, settings.year, "banner"):
            yield _place_event(banner.id, banner.name.zh, "banner", league.id, basins)
    for row in tables["units"]:
        yield _place_event(row["unit"], row["zh"], "unit", row["banner"], basins) | {"aquifer": row["aquifer"]}


def _below(data: StudyData, region: Region, year: int, kind: str) -> tuple[Region, ...]:
    return data.tree.children(region.id, year, kind)


def _place_event(node: str, name: str, kind: str, parent: str | None, basins: Mapping[str, str]) -> Event:
    fields = {"node": node, "name": name, "kind": kind}
    fields |= {"parent": parent} if parent else {}
    more: Mapping[str, Any] = {"basins": [basins[node]]} if node in basins else {}
    return _event("node", f"node {node}", OPENING, {**fields, **more})


def _basins(tables: Tables) -> dict[str, str]:
    """Return the basin of each unit that names one, and of each banner all of whose units lie in the same one."""
    found = {row["unit"]: row["basin"] for row in tables["units"] if row["basin"]}
    banners: dict[str, set[str]] = {}
    for row in tables["units"]:
        banners.setdefault(row["banner"], set()).add(row["basin"])
    found |= {banner: basin for banner, (basin, *more) in banners.items() if basin and not more}
    return found


def _cap_events(data: StudyData, settings: RegisterSettings, tables: Tables) -> Iterator[Event]:
    """Yield each cap from the top down, and after it the breakdown to what lies below."""
    listed = sorted(tables["caps"], key=lambda row: (row["year"], _depth(data, row["node"])))
    caps = {(row["node"], *(row[c] for c in LINE), row["year"]): row for row in listed}
    children: dict[tuple[str, ...], dict[str, int]] = {}
    edges: dict[tuple[str, ...], str] = {}
    for where, row in caps.items():
        above = (_parent(data, where[0]), *where[1:])
        if above in caps:
            children.setdefault(above, {})[where[0]] = int(row["volume_m3"])
            edges[above] = row["edge"] or edges.get(above, "")
    for row in tables["units"]:
        for where in caps:
            if where[0] == row["banner"] and where[1:4] == ("groundwater", "withdrawal", "excluded"):
                children.setdefault(where, {})[row["unit"]] = int(row["cap_m3"])
    for where, row in caps.items():
        fields = {**dict(zip(LINE, where[1:4], strict=True)), "year": int(where[4]), "document": row["document"]}
        if (_parent(data, where[0]), *where[1:]) not in caps:
            issuer = _parent(data, where[0]) or data.tree.get(settings.focus).id  # a basin's is the region's to issue
            own = {"node": where[0], "issuer": issuer, "volume_m3": int(row["volume_m3"])}
            yield _event("cap", f"cap {' '.join(where)}", OPENING, {**fields, **own})
        if where in children:
            own = {"node": where[0], "children": children[where], "reserve_m3": int(row["reserve_m3"] or 0)}
            own |= {"edge": edges[where]} if edges.get(where) else {}
            yield _event("breakdown", f"breakdown {' '.join(where)}", OPENING, {**fields, **own})


def _parent(data: StudyData, node: str) -> str:
    """Return the place above one in the register; empty for the region, and for what is no region at all."""
    path = _path(data, node)
    return path[-2] if len(path) > 1 else ""


def _path(data: StudyData, node: str) -> list[str]:
    return [r.id for r in data.tree.path(node) if r.kind in KINDS] if node in data.tree else []


def _depth(data: StudyData, node: str) -> int:
    return len(_path(data, node))


def _permit_events(row: Row) -> Iterator[Event]:
    """Yield a permit's way, as far as the row's days tell it."""
    application, permit = row["application"], row["permit"]
    yield _event("apply", f"apply {application}", f"{row['applied']}T09:00:00+08:00", _application(row))
    if row["approved"]:
        fields = {"application": application, "approver": row["approver"]}
        yield _event("approve", f"approve {application}", f"{row['approved']}T10:00:00+08:00", fields)
    if row["works_start"]:
        at = f"{row['works_start']}T10:00:00+08:00"
        yield _event("start_works", f"works {application}", at, {"application": application})
    if row["accepted"]:
        fields = {"application": application, "permit": permit, "from": row["permit_from"], "to": row["permit_to"]}
        yield _event("accept_works", f"permit {permit}", f"{row['accepted']}T10:00:00+08:00", fields)
    for column in row.columns:
        match = PLAN.fullmatch(column)
        if match and row[column]:
            planned = {"permit": permit, "year": int(match[1]), "volume_m3": int(row[column])}
            at = f"{match[1]}-01-05T10:00:00+08:00"
            yield _event("plan", f"plan {permit} {match[1]}", at, {**planned, "approver": row["approver"]})


def _application(row: Row) -> Event:
    fields: Event = {name: row[name] for name in TEXTS if row[name]}
    fields |= {name: int(row[name]) for name in VOLUMES if row[name]}
    fields |= {name: YES_NO[row[name]] for name in FLAGS if row[name]}
    if WHOLE.fullmatch(row["return_water"]):
        fields["return_water"] = int(row["return_water"])
    if row["monthly_m3"]:
        fields["monthly_m3"] = [int(m3) for m3 in row["monthly_m3"].split()]
    return fields


def _reading_event(row: Row) -> Event:
    fields = {name: row[name] for name in ("permit", "meter", "from", "to", "method")}
    key = f"read {row['meter']} {row['from']}"
    return _event("read", key, f"{row['to']}T17:00:00+08:00", {**fields, "volume_m3": int(row["volume_m3"])})
