"""The dated tree of regions: units change their codes, merge and are renamed, so each has a stable id and a path.

Years are whole years; ``from`` is the first year a region exists under that row, ``to`` the last; both may be blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from hetao.errors import FiguresError, Place, Problems
from hetao.figures.faults import closest, fault, suggestion
from hetao.figures.tables import Row, check_filled, read_table
from hetao.text import Text

__all__ = ["Region", "RegionTree"]

REQUIRED = ("region", "zh", "en", "kind", "parent", "code", "from", "to", "became")
_YEAR = re.compile(r"[12][0-9]{3}")
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True)
class Region:
    """One region.

    Attributes:
        id: its stable id.
        name: what it is called.
        kind: its level or kind, e.g. ``province``, ``league``, ``banner``, ``group``.
        parent: id of the region it lies in; empty for a root.
        code: its code in the administrative division, which may change hands over time; may be empty.
        start: first year it exists; None where unknown or always.
        end: last year it exists; None where it still does.
        became: ids of its successors.
    """

    id: str
    name: Text
    kind: str
    parent: str
    code: str
    start: int | None
    end: int | None
    became: tuple[str, ...]

    def exists_in(self, year: int | None) -> bool:
        """Say whether the region exists in a year; always true for None."""
        return year is None or ((self.start or year) <= year <= (self.end or year))


class RegionTree:
    """Regions by id, with lookups by name and code.

    Args:
        regions: the regions, parents before or after their children.
        places: where each region stands, in the same order; for problems only.

    Raises:
        FiguresError: duplicate ids, missing parents or successors, cycles, a child outliving its parent; all at once.
    """

    def __init__(self, regions: Iterable[Region], places: Iterable[Place] = ()) -> None:
        listed = list(regions)
        located = list(places) or [Place(item=region.id) for region in listed]
        problems = Problems(FiguresError)
        self._regions: dict[str, Region] = {}
        where: dict[str, Place] = {}
        for region, place in zip(listed, located, strict=True):
            if region.id in self._regions:
                _duplicate(problems, region.id, place, where[region.id])
            self._regions.setdefault(region.id, region)
            where.setdefault(region.id, place)
        for region in self._regions.values():
            self._check(region, where[region.id], problems)
        problems.raise_if_any()

    @classmethod
    def read(cls, path: Path | str, *, root: Path | None = None) -> RegionTree:
        """Read a tree from a file with the columns ``region,zh,en,kind,parent,code,from,to,became``.

        Successors in ``became`` are separated by ``;``.

        Raises:
            FiguresError: everything that is wrong with the file, then everything that is wrong with the tree.
        """
        problems = Problems(FiguresError)
        rows = read_table(path, REQUIRED, root=root)
        regions = [_read_region(row, problems) for row in rows]
        problems.raise_if_any()
        return cls(regions, [row.place("region") for row in rows])

    def __len__(self) -> int:
        return len(self._regions)

    def __iter__(self) -> Iterator[Region]:
        return iter(self._regions.values())

    def __contains__(self, region_id: object) -> bool:
        return region_id in self._regions

    def get(self, name: str, at: int | None = None) -> Region:
        """Return the one region of that id, code or name (either language) that exists in the year ``at``.

        An id is unique and comes first; a name or code that several regions had is settled by ``at``.

        Raises:
            FiguresError: no such region (the closest names are given), several, or none in that year.
        """
        named = self._by_name.get(_folded(name), ())
        found = [self._regions[name]] if name in self._regions else list(named)
        then = [region for region in found if region.exists_in(at)]
        if len(then) == 1:
            return then[0]
        if not found:
            raise _unknown(name, (n for r in self for n in (r.id, r.code, *r.name) if n))
        raise self._unsettled(name, at, then or found, several=bool(then))

    def path(self, region_id: str) -> tuple[Region, ...]:
        """Return the regions from the root down to this one, itself included."""
        path = [self.get(region_id)]
        while path[-1].parent:
            path.append(self._regions[path[-1].parent])
        return tuple(reversed(path))

    def children(self, region_id: str, at: int | None = None, kind: str | None = None) -> tuple[Region, ...]:
        """Return the regions directly below one, those of a year and kind where given, in the file's order."""
        below = self._children.get(self.get(region_id).id, ())
        return tuple(r for r in below if r.exists_in(at) and kind in (None, r.kind))

    def of_kind(self, kind: str, at: int | None = None) -> tuple[Region, ...]:
        """Return every region of a kind that exists in a year (None: in any), in the file's order."""
        return tuple(r for r in self if r.kind == kind and r.exists_in(at))

    def successors(self, region_id: str) -> tuple[Region, ...]:
        """Return what a region became in the end; itself where it still exists or no successor is named."""
        region = self.get(region_id)
        if not region.became:
            return (region,)
        last = (leaf for successor in region.became for leaf in self.successors(successor))
        return tuple(dict.fromkeys(last))

    @cached_property
    def _children(self) -> dict[str, list[Region]]:
        below: dict[str, list[Region]] = {}
        for region in self:
            below.setdefault(region.parent, []).append(region)
        return below

    @cached_property
    def _by_name(self) -> dict[str, list[Region]]:
        named: dict[str, list[Region]] = {}
        for region in self:
            for name in dict.fromkeys(_folded(n) for n in (region.id, region.code, *region.name) if n):
                named.setdefault(name, []).append(region)
        return named

    def _unsettled(self, name: str, at: int | None, found: list[Region], *, several: bool) -> FiguresError:
        listed = "; ".join(f"{r.id} ({' / '.join(p.name.en for p in self.path(r.id))}, {_span(r)})" for r in found)
        listed_zh = "；".join(f"{r.id}（{'/'.join(p.name.zh for p in self.path(r.id))}，{_span(r)}）" for r in found)
        if several:
            return fault(
                "ambiguous_region",
                Place(item=name),
                found=Text(f"“{name}”可指 {listed_zh}", f"{name!r}, which may be {listed}"),
                expected=Text("一个地区", "one region"),
                remedy=Text("改写为地区编号", "write the region's id"),
            )
        return fault(
            "region_not_then",
            Place(item=name),
            found=Text(f"{at} 年不存在的地区“{name}”：{listed_zh}", f"{name!r}, which is no region in {at}: {listed}"),
            expected=Text("该年存在的地区", "a region that exists in that year"),
            remedy=Text(
                "改正地区或时期，或补充地区表的起止年", "correct the region or period, or the years in the region table"
            ),
        )

    def _check(self, region: Region, place: Place, problems: Problems) -> None:
        for other in (region.parent, *region.became):
            if other and other not in self._regions:
                problems.add(
                    "figures.missing_region",
                    place,
                    found=Text(
                        f"“{region.id}”指向没有的地区“{other}”", f"{region.id!r} pointing to no region {other!r}"
                    ),
                    expected=Text("表中的地区编号", "the id of a region in the table"),
                    remedy=suggestion(closest(other, self._regions), Text("地区表", "the region table")),
                )
        _check_dates(region, self._regions.get(region.parent), place, problems)
        for start, column in (((region.parent,), "parent"), (region.became, "became")):
            if self._reaches(region.id, start, column):
                problems.add(
                    "figures.region_cycle",
                    place,
                    found=Text(
                        f"“{region.id}”沿 {column} 回到自身", f"{region.id!r} coming back to itself along {column}"
                    ),
                    expected=Text("没有环", "no cycle"),
                    remedy=Text(f"改正 {column}", f"correct {column}"),
                )

    def _reaches(self, target: str, start: Iterable[str], column: str) -> bool:
        seen: set[str] = set()
        ahead = [name for name in start if name in self._regions]
        while ahead:
            region = self._regions[ahead.pop()]
            if region.id == target:
                return True
            if region.id not in seen:
                seen.add(region.id)
                further = (region.parent,) if column == "parent" else region.became
                ahead += [name for name in further if name in self._regions]
        return False


def _folded(name: str) -> str:
    return _BLANK.sub("", name).casefold()


def _span(region: Region) -> str:
    return f"{region.start or ''}–{region.end or ''}"


def _read_region(row: Row, problems: Problems) -> Region:
    check_filled(row, ("region", "zh", "en", "kind"), problems)
    start, end = (_read_year(row, column, problems) for column in ("from", "to"))
    became = tuple(part.strip() for part in row["became"].replace("；", ";").split(";") if part.strip())
    name = Text(row["zh"], row["en"])
    return Region(row["region"], name, row["kind"], row["parent"], row["code"], start, end, became)


def _read_year(row: Row, column: str, problems: Problems) -> int | None:
    text = row[column]
    if text and not _YEAR.fullmatch(text):
        problems.add(
            "figures.bad_year",
            row.place(column),
            found=Text(f"“{text}”", f"{text!r}"),
            expected=Text("四位年份或空", "a year of four digits, or blank"),
            remedy=Text("只写年份", "write the year only"),
        )
        return None
    return int(text) if text else None


def _check_dates(region: Region, parent: Region | None, place: Place, problems: Problems) -> None:
    if region.start is not None and region.end is not None and region.start > region.end:
        problems.add(
            "figures.region_dates",
            place,
            found=Text(
                f"“{region.id}”止于 {region.end}，始于 {region.start}",
                f"{region.id!r} ending before it starts: {_span(region)}",
            ),
            expected=Text("起年不晚于止年", "a first year not after the last"),
            remedy=Text("改正起止年", "correct the years"),
        )
    if parent is not None and parent.end is not None and (region.end is None or region.end > parent.end):
        problems.add(
            "figures.child_outlives_parent",
            place,
            found=Text(
                f"“{region.id}”（{_span(region)}）在上级“{parent.id}”（{_span(parent)}）撤销后仍在",
                f"{region.id!r} ({_span(region)}) outliving its parent {parent.id!r} ({_span(parent)})",
            ),
            expected=Text("止年不晚于上级的止年", "a last year not after the parent's"),
            remedy=Text(
                "写上止年，并为其后的隶属另立一行", "give it a last year, and a row of its own for the time after"
            ),
        )


def _duplicate(problems: Problems, region_id: str, place: Place, first: Place) -> None:
    problems.add(
        "figures.duplicate_region",
        place,
        found=Text(
            f"地区编号“{region_id}”已见于{first.describe('zh')}",
            f"the id {region_id!r} already used at {first.describe('en')}",
        ),
        expected=Text("每个编号一行", "one row an id"),
        remedy=Text("删去重复的行，或另取编号", "remove the row, or give it an id of its own"),
    )


def _unknown(name: str, known: Iterable[str]) -> FiguresError:
    return fault(
        "unknown_region",
        Place(item=name),
        found=Text(f"未知地区“{name}”", f"the unknown region {name!r}"),
        expected=Text("地区表中的编号、代码或名称", "an id, code or name from the region table"),
        remedy=suggestion(closest(name, known), Text("地区表", "the region table")),
    )
