"""Yearly returns in bulk: a workbook or csv of many permits' returns becomes events, tried first, wrong cells told.

Nothing goes into the ledger while any row is wrong, unless the good rows are asked for by themselves.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from hetao.errors import LedgerError, Place, Problem, Problems
from hetao.figures import Row, read_table
from hetao.ledger import Finding, Ledger, Outcome
from hetao.ledger.fields import instant, text
from hetao.ledger.outcome import shorten
from hetao.text import Text
from hetao.units import read_number

__all__ = ["COLUMNS", "Filed", "file_returns"]

COLUMNS = {  # column → its name in Chinese
    "permit": "许可证号",
    "year": "年度",
    "used_m3": "实际取水量",
    "next_year_m3": "下年度计划取水量",
    "at": "填报时间",
}
REQUIRED = ("permit", "year", "used_m3", "next_year_m3")
NUMBERS = ("year", "used_m3", "next_year_m3")
SIGNS = {  # what a refusal is about → its column, where no field of it says so
    "permit.unknown": "permit",
    "permit.status": "permit",
    "permit.no_year": "year",
    "R47": "year",
}
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+")
INSTANT, NAME = instant(), text()
TIME_EXPECTED = Text(
    "时间，如 2025-01-10T09:00:00+08:00 或 2025-01-10", "a time such as 2025-01-10T09:00:00+08:00, or 2025-01-10"
)


@dataclass(frozen=True)
class Filed:
    """What became of a file of returns.

    Attributes:
        rows: how many rows were read.
        posted: how many returns were posted; 0 after a trial.
        duplicates: how many had been posted before with the same content and time.
        wrong: how many rows are wrong, each in one cell or more.
        problems: everything that is wrong, each in its cell, by row.
        remarks: warnings of the ledger, each with its row.
    """

    rows: int
    posted: int
    duplicates: int
    wrong: int
    problems: tuple[Problem, ...]
    remarks: tuple[tuple[Place, Finding], ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def as_dict(self) -> dict[str, Any]:
        """Return it in one JSON shape."""
        return {
            "ok": self.ok,
            "rows": self.rows,
            "posted": self.posted,
            "duplicates": self.duplicates,
            "wrong": self.wrong,
            "problems": [p.as_dict() for p in self.problems],
            "remarks": [{"place": place.describe("en"), **f.as_dict()} for place, f in self.remarks],
        }


def file_returns(
    ledger: Ledger,
    path: str | Path,
    *,
    by: str,
    at: str = "",
    sheet: str = "",
    dry_run: bool = False,
    good_rows: bool = False,
) -> Filed:
    """Take the yearly returns of a file into a ledger.

    Handing the same file in again posts nothing twice. A run that was cut short is simply run again.

    Args:
        ledger: the ledger; opened to read only, it serves a trial.
        path: a csv, xlsx, xls or ods file with the columns of `COLUMNS`, by either name; ``at`` may be absent.
        by: who files them.
        at: when they were filed (ISO 8601), for rows that do not say so themselves. A day alone is its first moment,
            and without an offset the time is China's (UTC+8). It may be before the ledger's latest time.
        sheet: the sheet; the first one where none is named.
        dry_run: only try, post nothing.
        good_rows: post the rows that are right even where others are wrong.

    Returns:
        What became of it; wrong rows are in ``problems``, each with its cell.

    Raises:
        FiguresError: the file cannot be read, or lacks columns.
        LedgerError: nobody files them, or the store cannot be written.
    """
    _check_filing(by, at)
    aliases = {zh: name for name, zh in COLUMNS.items()} | {name: name for name in COLUMNS}
    rows = read_table(path, REQUIRED, ("at",), sheet=sheet, aliases=aliases)
    wrong: list[tuple[int, Problem]] = []
    events: list[tuple[Row, dict[str, Any]]] = []
    first: dict[tuple[str, int], tuple[Row, str]] = {}
    for row in rows:
        problems = Problems(LedgerError)
        event = _event(row, by, at, problems)
        if event is not None:
            _check_once(row, event, first, problems)
        wrong += ((row.index, problem) for problem in problems.found)
        if event is not None and not problems:
            events.append((row, event))
    good: list[tuple[Row, dict[str, Any]]] = []
    remarks: list[tuple[Place, Finding]] = []
    for (row, event), outcome in zip(events, ledger.trial(e for _, e in events), strict=True):
        if outcome.ok:
            good.append((row, event))
            remarks += ((row.place(), finding) for finding in outcome.warnings)
        wrong += _refused(row, outcome)
    decisions: Counter[str] = Counter()
    if not dry_run and (good_rows or not wrong):
        for (row, _), outcome in zip(good, ledger.replay(e for _, e in good), strict=True):
            decisions[outcome.decision] += 1
            wrong += _refused(row, outcome)  # by what another program has posted since it was tried
    told = tuple(problem for _, problem in sorted(wrong, key=lambda found: found[0]))
    wrong_rows = len({index for index, _ in wrong})
    return Filed(len(rows), decisions["posted"], decisions["duplicate"], wrong_rows, told, tuple(remarks))


def _check_filing(by: str, at: str) -> None:
    """Refuse who files them and when, once for all rows, where it is no name or no time."""
    problems = Problems(LedgerError)
    if not NAME.fits(by) or by != by.encode(errors="ignore").decode():  # what no UTF-8 says is no name either
        shown = f"“{shorten(by)}”"
        found = Text(shown, shown) if by.strip() else Text("空白的填报人", "nobody who files them")
        expected = Text(f"填报人的名称：{NAME.expected.zh}", f"the name of who files them: {NAME.expected.en}")
        remedy = Text("用 --by 给出", "give it by --by")
        problems.add("filing.no_name", Place(item="by"), found=found, expected=expected, remedy=remedy)
    if at.strip() and not INSTANT.fits(_with_offset(at.strip())):
        remedy = Text("改正 --at，或留给 at 列", "correct --at, or leave it to a column at")
        problems.add("filing.no_time", Place(item="at"), found=Text(at, at), expected=TIME_EXPECTED, remedy=remedy)
    problems.raise_if_any()


def _with_offset(given: str) -> str:
    """Return a time with its offset: the first moment of a day alone, and China's where none is written."""
    filed = f"{given}T00:00:00" if DAY.fullmatch(given) else given
    return f"{filed}+08:00" if TIME.fullmatch(filed) else filed


def _event(row: Row, by: str, at: str, problems: Problems) -> dict[str, Any] | None:
    """Return the event of one row, or None after recording every cell that is wrong."""
    permit, filed = row["permit"], _instant(row, at, problems)
    if not permit:
        problems.add(
            "filing.no_permit",
            row.place("permit"),
            found=Text("空单元格", "a blank cell"),
            expected=Text("许可证号", "a permit number"),
            remedy=Text("补上证号，或删去此行", "fill it in, or delete the row"),
        )
    numbers = {name: _whole(row, name, problems) for name in NUMBERS}
    if problems:
        return None
    content = "\n".join((permit, *map(str, numbers.values()), filed, by))
    key = f"return {sha256(content.encode(errors='surrogateescape')).hexdigest()[:32]}"
    own = {"permit": permit, **numbers}
    return {"event": "return", "key": key, "at": filed, "effective": filed[:10], "by": by, **own}


def _check_once(
    row: Row, event: dict[str, Any], first: dict[tuple[str, int], tuple[Row, str]], problems: Problems
) -> None:
    """Record a row whose permit and year stand in an earlier row with other figures; the same row again is no harm."""
    known, key = first.setdefault((event["permit"], event["year"]), (row, event["key"]))
    if key != event["key"]:
        where = known.place("permit")
        problems.add(
            "filing.twice",
            row.place("permit"),
            found=Text(
                f"同一许可同一年度再次出现，数字不同（先见{where.describe('zh')}）",
                f"the permit and year once more with other figures (first in {where.describe('en')})",
            ),
            expected=Text("一件许可一年一行", "one row for each permit and year"),
            remedy=Text("只留正确的一行", "keep the row that is right"),
        )


def _instant(row: Row, at: str, problems: Problems) -> str:
    """Return when a row was filed, with the offset: China's where none is written; record what is no time."""
    given = row["at"] or at.strip()
    if not given:
        found, remedy = (
            Text("没有填报时间", "no time of filing"),
            Text("用 --at 给出，或加一列 at", "give it by --at, or in a column at"),
        )
        problems.add("filing.no_time", row.place("at"), found=found, expected=TIME_EXPECTED, remedy=remedy)
        return ""
    filed = _with_offset(given)
    if not INSTANT.fits(filed):
        found, remedy = Text(given, given), Text("改正时间", "correct the time")
        problems.add("filing.no_time", row.place("at"), found=found, expected=TIME_EXPECTED, remedy=remedy)
    return filed


def _whole(row: Row, name: str, problems: Problems) -> int | None:
    """Return a whole number ≥ 0, read as people write numbers; None after recording why it is none."""
    place, given, expected = row.place(name), row[name], _expected(name)
    if not given:
        found, remedy = Text("空单元格", "a blank cell"), Text("补上数字", "fill in the number")
        problems.add("filing.blank", place, found=found, expected=expected, remedy=remedy)
        return None
    number = problems.attempt(lambda: read_number(given), place)
    if number is None:
        return None
    if number < 0 or number != number.to_integral_value():
        remedy = Text("改为整数", "give a whole number")
        problems.add("filing.not_whole", place, found=Text(given, given), expected=expected, remedy=remedy)
        return None
    return int(number)


def _expected(name: str) -> Text:
    if name == "year":
        return Text("年份，如 2024", "a year such as 2024")
    return Text("0 以上的整数（m³）", "a whole number of m³, 0 or more")


def _refused(row: Row, outcome: Outcome) -> Iterable[tuple[int, Problem]]:
    """Yield each reason of a refusal with its row, as a problem of the cell that it is about."""
    if outcome.ok:
        return
    for finding in outcome.refusals:
        column = SIGNS.get(finding.rule) or finding.facts.get("field", "")
        place = row.place(column) if column in COLUMNS else row.place()
        expected = Text(f"台账接受的填报（{finding.rule}）", f"a return that the ledger takes ({finding.rule})")
        remedy = Text("改正此行后重新填报", "correct the row and file it again")
        yield row.index, Problem(f"filing.{finding.rule}", place, finding.text, expected, remedy)
