"""Yearly returns in bulk: what is read, what is told and where, and that nothing is posted while anything is wrong."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from hetao.errors import FiguresError, LedgerError
from hetao.filing import COLUMNS, Filed, file_returns
from hetao.ledger import Finding, Ledger
from hetao.ledger.records import Filing
from hetao.text import Text

HEADER = ("permit", "year", "used_m3", "next_year_m3")
CHINESE = ("许可证号", "年度", "实际取水量", "下年度计划取水量")
AT = "2024-12-20T09:00:00+08:00"
PERMITS = 4
File = Callable[..., Filed]
Rows = Sequence[Sequence[Any]]


def event(kind: str, key: str, at: str, /, **fields: Any) -> dict[str, Any]:
    return {"event": kind, "key": key, "at": at, "by": "test", **fields}


def world(permits: int = PERMITS) -> Iterator[dict[str, Any]]:
    """Yield a region with a cap and some permits, P1 and so on, from 2023 on; each read 500 m³ in 2024."""
    line = {"water": "groundwater", "basis": "withdrawal", "ecology": "excluded", "year": 2022}
    cap = {"node": "R", "issuer": "R", "volume_m3": 10**9, "document": "文"}
    yield event("node", "n", "2022-01-01T00:00:00+08:00", node="R", name="某区", kind="region")
    yield event("cap", "c", "2022-01-01T00:00:00+08:00", **line, **cap)
    term = {"from": "2023-01-01", "to": "2027-12-31"}
    for i in range(1, permits + 1):
        own = {"application": f"A{i}", "applicant": f"用户{i}", "node": "R", "water": "groundwater", "purpose": "town"}
        own |= {"volume_m3": 1200, "monthly_m3": [100] * 12, "project": "none", "metering": "online", **term}
        own |= {"saving_measures": True, "return_water": True}
        yield event("apply", f"a{i}", "2022-02-01T00:00:00+08:00", **own)
    for i in range(1, permits + 1):
        yield event("approve", f"b{i}", "2022-03-01T00:00:00+08:00", application=f"A{i}", approver="R")
        yield event("start_works", f"w{i}", "2022-03-01T00:00:00+08:00", application=f"A{i}")
    for i in range(1, permits + 1):
        issued = {"application": f"A{i}", "permit": f"P{i}", **term}
        yield event("accept_works", f"p{i}", "2022-12-01T00:00:00+08:00", **issued)
    for i in range(1, permits + 1):
        period = {"from": "2024-01-01", "to": "2024-11-30", "volume_m3": 500, "method": "metered"}
        yield event("read", f"r{i}", "2024-12-01T00:00:00+08:00", permit=f"P{i}", meter=f"M{i}", **period)


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with Ledger.open("sqlite:///:memory:") as opened:
        assert all(outcome.ok for outcome in opened.replay(world()))
        yield opened


def write_csv(path: Path, rows: Rows) -> Path:
    quoted = (",".join(f'"{cell}"' for cell in row) for row in rows)
    path.write_text("\n".join(quoted) + "\n", encoding="utf-8")
    return path


def write_xlsx(path: Path, rows: Rows) -> Path:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        page = book.add_worksheet("填报")
        for i, row in enumerate(rows):
            page.write_row(i, 0, row)
    return path


@pytest.fixture(params=["csv", "xlsx"])
def file(request: pytest.FixtureRequest, ledger: Ledger, tmp_path: Path) -> File:
    """Return a way to file rows, once from a csv file and once from a workbook."""
    write = {"csv": write_csv, "xlsx": write_xlsx}[request.param]

    def filed(*rows: Sequence[Any], header: Sequence[str] = HEADER, **more: Any) -> Filed:
        path = write(tmp_path / f"returns.{request.param}", [header, *rows])
        return file_returns(ledger, path, **{"by": "水利局", "at": AT, **more})

    return filed


def filings(ledger: Ledger) -> dict[tuple[str, int], tuple[int, int]]:
    """Return what is on file: permit and year → use and next year's proposal."""
    found = ledger.state().all(Filing, "filing")
    return {(f.permit, f.year): (f.used_m3, f.next_year_m3) for f in found}


def told(filed: Filed) -> list[tuple[str, str]]:
    """Return each problem as its code and its place, the file left out: row and column of either kind of file."""
    found = []
    for problem in filed.problems:
        place = problem.place
        if place.cell:
            column, row = re.fullmatch(r"([A-Z]+)([0-9]+)", place.cell).groups()  # type: ignore[union-attr]
            header = (*HEADER, "at")
            found.append((problem.code, f"{row} {header[ord(column) - ord('A')]}"))
        else:
            found.append((problem.code, f"{place.row} {place.column}".strip()))
    return found


# --- what is read ---


@pytest.mark.parametrize(
    "header", [HEADER, CHINESE, ("Permit", "YEAR", "Used_m3", "next_year_M3"), (*CHINESE[:2], *HEADER[2:])]
)
def test_returns_are_read_by_either_name_of_their_columns(ledger: Ledger, file: File, header: Sequence[str]) -> None:
    filed = file(("P1", 2024, 500, 1200), ("P2", "2024", "500", "1000"), header=header)
    assert (filed.ok, filed.rows, filed.posted, filed.duplicates) == (True, 2, 2, 0)
    assert filings(ledger) == {("P1", 2024): (500, 1200), ("P2", 2024): (500, 1000)}


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("1,200", 1200),
        ("１２００", 1200),
        ("１，２００", 1200),
        (" 1200 ", 1200),
        ("1200.0", 1200),
        ("1.2e3", 1200),
        ("+1200", 1200),
        (1200.0, 1200),
        ("0", 0),
        ("-0", 0),
        (0, 0),
        (2**53, 2**53),
        (str(2**63 - 1), 2**63 - 1),
    ],
)
def test_numbers_are_read_as_people_write_them(ledger: Ledger, file: File, given: object, read: int) -> None:
    assert file(("P1", 2024, given, given)).problems == ()
    assert filings(ledger) == {("P1", 2024): (read, read)}


def test_the_year_too_may_be_written_in_full_width(ledger: Ledger, file: File) -> None:
    assert file(("P1", "２０２４", 500, 0)).ok
    assert list(filings(ledger)) == [("P1", 2024)]


def test_blank_rows_are_passed_over_and_spaces_around_a_permit_do_no_harm(ledger: Ledger, file: File) -> None:
    filed = file((" P1 ", 2024, 500, 0), ("", "", "", ""), ("P2", 2024, 500, 0))
    assert (filed.rows, filed.posted) == (2, 2)


def test_each_row_may_say_when_it_was_filed(ledger: Ledger, file: File) -> None:
    times = ("2024-12-05T08:00:00+08:00", "2024-12-02", "2024-12-03T10:00:00", "")
    rows = [(f"P{i}", 2024, 500, 0, at) for i, at in enumerate(times, start=1)]
    assert file(*rows, header=(*HEADER, "at")).ok
    days = {f.permit: f.day for f in ledger.state().all(Filing, "filing")}
    assert days == {"P1": "2024-12-05", "P2": "2024-12-02", "P3": "2024-12-03", "P4": "2024-12-20"}
    lines = [line for line in ledger.export() if '"return"' in line]
    assert '"at":"2024-12-02T00:00:00+08:00"' in lines[1]
    assert '"at":"2024-12-03T10:00:00+08:00"' in lines[2]


def test_a_date_cell_of_a_workbook_is_a_day(ledger: Ledger, tmp_path: Path) -> None:
    rows = [
        (*CHINESE, "填报时间"),
        ("P1", 2024, 500, 0, dt.date(2024, 12, 7)),
        ("P2", 2024, 500, 0, dt.datetime(2024, 12, 8, 9)),
    ]
    assert file_returns(ledger, write_xlsx(tmp_path / "r.xlsx", rows), by="a").ok
    assert {f.day for f in ledger.state().all(Filing, "filing")} == {"2024-12-07", "2024-12-08"}


def test_returns_of_another_encoding_and_kind(ledger: Ledger, tmp_path: Path) -> None:
    text = "许可证号\t年度\t实际取水量\t下年度计划取水量\nP1\t2024\t500\t0\n"
    (tmp_path / "r.tsv").write_bytes(text.encode("gb18030"))
    assert file_returns(ledger, tmp_path / "r.tsv", by="a", at=AT).posted == 1


# --- what the ledger remarks ---


def test_what_differs_from_the_books_is_remarked_by_row_and_posted(ledger: Ledger, file: File) -> None:
    filed = file(("P1", 2024, 500, 0), ("P2", 2024, 499, 0))
    assert (filed.ok, filed.posted) == (True, 2)
    ((place, finding),) = filed.remarks
    assert finding.rule == "R47"
    assert finding.facts["difference_m3"] == 1
    assert "row 3" in place.describe("en")
    assert "第 3 行" in place.describe("zh")
    shape = filed.as_dict()["remarks"][0]
    assert (shape["rule"], "row 3" in shape["place"], bool(shape["text_zh"])) == ("R47", True, True)


def test_a_late_return_is_posted_with_its_fine(ledger: Ledger, file: File) -> None:
    filed = file(("P1", 2024, 500, 0), at="2025-01-10T09:00:00+08:00")
    assert [f.facts["days_late"] for _, f in filed.remarks] == [10]
    assert filed.posted == 1


def test_a_return_may_be_taken_in_after_the_ledger_has_gone_on(ledger: Ledger, file: File) -> None:
    assert ledger.apply(event("tick", "t", "2025-02-01T00:00:00+08:00")).ok
    filed = file(("P1", 2024, 500, 0), ("P2", 2024, 500, 0))
    assert (filed.posted, filed.remarks) == (2, ())


def test_a_corrected_return_takes_the_place_of_the_first(ledger: Ledger, file: File) -> None:
    assert file(("P1", 2024, 500, 1200)).posted == 1
    assert file(("P1", 2024, 510, 1200), at="2024-12-21").posted == 1
    assert file(("P1", 2024, 500, 1200), at="2024-12-22").posted == 1  # and back again
    assert filings(ledger) == {("P1", 2024): (500, 1200)}


# --- again, and only to try ---


def test_a_second_run_posts_nothing_twice(ledger: Ledger, file: File) -> None:
    rows = [(f"P{i}", 2024, 500, 1200) for i in range(1, PERMITS + 1)]
    assert (file(*rows[:2]).posted, ledger.head.seq) == (2, 2 + PERMITS * 5 + 2)
    filed = file(*rows)
    assert (filed.ok, filed.rows, filed.posted, filed.duplicates) == (True, 4, 2, 2)
    filed = file(*rows)
    assert (filed.ok, filed.rows, filed.posted, filed.duplicates) == (True, 4, 0, 4)


def test_the_same_row_twice_does_no_harm(ledger: Ledger, file: File) -> None:
    filed = file(("P1", 2024, 500, 0), ("P1", "2024", "500.0", "0"))
    assert (filed.ok, filed.posted, filed.duplicates) == (True, 1, 1)


def test_one_permit_and_year_twice_with_other_figures_is_told_at_the_second(ledger: Ledger, file: File) -> None:
    filed = file(("P1", 2024, 500, 0), ("P2", 2024, 500, 0), ("P1", 2024, 400, 0))
    assert told(filed) == [("filing.twice", "4 permit")]
    (problem,) = filed.problems
    assert re.search("row 2|cell A2", problem.found.en)
    assert re.search("第 2 行|单元格 A2", problem.found.zh)
    assert filings(ledger) == {}


def test_a_trial_posts_nothing_and_tells_the_same(ledger: Ledger, file: File) -> None:
    rows = [("P1", 2024, 499, 0), ("P9", 2024, 1, 1)]
    before = ledger.head
    tried = file(*rows, dry_run=True)
    assert (ledger.head, tried.posted, tried.duplicates) == (before, 0, 0)
    assert file(*rows).problems == tried.problems
    assert file(*rows, dry_run=True, good_rows=True) == tried
    assert ledger.head == before


def test_a_store_opened_to_read_only_serves_a_trial(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'l.db'}"
    with Ledger.open(store) as ledger:
        assert all(o.ok for o in ledger.replay(world()))
    path = write_csv(tmp_path / "r.csv", [HEADER, ("P1", 2024, 500, 0)])
    with Ledger.open(store, read_only=True) as ledger:
        assert file_returns(ledger, path, by="a", at=AT, dry_run=True).ok
        with pytest.raises(LedgerError):
            file_returns(ledger, path, by="a", at=AT)


# --- what is wrong ---


@pytest.mark.parametrize("good_rows", [False, True])
def test_nothing_is_posted_while_a_row_is_wrong_but_where_the_good_rows_are_asked_for(
    ledger: Ledger, file: File, good_rows: bool
) -> None:
    filed = file(
        ("P1", 2024, 500, 0), ("P9", 2024, 5, 0), ("P2", 2024, "1.5", 0), ("P3", 2024, 500, 0), good_rows=good_rows
    )
    assert told(filed) == [("filing.permit.unknown", "3 permit"), ("filing.not_whole", "4 used_m3")]
    assert (filed.rows, filed.posted) == (4, 2 if good_rows else 0)
    assert set(filings(ledger)) == ({("P1", 2024), ("P3", 2024)} if good_rows else set())


WRONG: dict[str, tuple[tuple[Any, ...], list[tuple[str, str]]]] = {
    "a fraction": (("P1", 2024, 1.5, 0), [("filing.not_whole", "2 used_m3")]),
    "a negative number": (("P1", 2024, 0, -1), [("filing.not_whole", "2 next_year_m3")]),
    "a typographic minus": (("P1", 2024, "−5", 0), [("filing.not_whole", "2 used_m3")]),
    "a blank number": (("P1", 2024, "", 0), [("filing.blank", "2 used_m3")]),
    "words": (("P1", 2024, "五百", 0), [("units.not_a_number", "2 used_m3")]),
    "a unit": (("P1", 2024, "500 m³", 0), [("units.not_a_number", "2 used_m3")]),
    "ten thousands": (("P1", 2024, "5万", 0), [("units.not_a_number", "2 used_m3")]),
    "a comma out of place": (("P1", 2024, "12,00", 0), [("units.not_a_number", "2 used_m3")]),
    "no number": (("P1", 2024, "NaN", "inf"), [("units.not_a_number", f"2 {c}") for c in HEADER[2:]]),
    "one more than the ledger holds": (("P1", 2024, str(2**63), 0), [("filing.event.bad_field", "2 used_m3")]),
    "far too much": (("P1", 2024, 0, "9e999"), [("filing.event.bad_field", "2 next_year_m3")]),
    "no permit": (("", 2024, 1, 1), [("filing.no_permit", "2 permit")]),
    "an unknown permit": (("P5", 2024, 1, 1), [("filing.permit.unknown", "2 permit")]),
    "a permit of other letters": (("p1", 2024, 1, 1), [("filing.permit.unknown", "2 permit")]),
    "a year that has not begun": (("P1", 2025, 1, 1), [("filing.R47", "2 year")]),
    "a year before the permit": (("P1", 2022, 1, 1), [("filing.permit.no_year", "2 year")]),
    "no year": (("P1", "", 1, 1), [("filing.blank", "2 year")]),
    "half a year": (("P1", 2024.5, 1, 1), [("filing.not_whole", "2 year")]),
    "a year in words": (("P1", "去年", 1, 1), [("units.not_a_number", "2 year")]),
    "no year of any calendar": (("P1", 0, 1, 1), [("filing.event.bad_field", "2 year")]),
    "everything": (
        ("", "x", "", -2),
        [
            ("filing.no_permit", "2 permit"),
            ("units.not_a_number", "2 year"),
            ("filing.blank", "2 used_m3"),
            ("filing.not_whole", "2 next_year_m3"),
        ],
    ),
}


@pytest.mark.parametrize(("row", "expected"), WRONG.values(), ids=WRONG.keys())
def test_every_wrong_cell_is_told_in_both_languages(
    ledger: Ledger, file: File, row: tuple[Any, ...], expected: list[tuple[str, str]]
) -> None:
    filed = file(row)
    assert told(filed) == expected
    assert filings(ledger) == {}
    for problem in filed.problems:
        assert problem.place.file.endswith(("returns.csv", "returns.xlsx"))
        assert bool(problem.place.cell) == problem.place.file.endswith("xlsx")
        for words in (problem.found, problem.expected, problem.remedy):
            assert words.zh.strip()
            assert words.en.strip()
        assert re.search("[一-鿿]", problem.describe("zh"))
        assert not re.search("[一-鿿]", problem.expected.en + problem.remedy.en)
    shape = filed.as_dict()
    assert (shape["ok"], [p["code"] for p in shape["problems"]]) == (False, [code for code, _ in expected])


def test_the_place_in_a_workbook_is_its_cell_and_in_a_csv_its_row_and_column(ledger: Ledger, tmp_path: Path) -> None:
    rows = [("填报表",), (), HEADER, ("P1", 2024, 500, "x")]
    book = write_xlsx(tmp_path / "r.xlsx", rows[2:])
    text = write_csv(tmp_path / "r.csv", rows[2:])
    (in_book,), (in_text,) = (file_returns(ledger, p, by="a", at=AT).problems for p in (book, text))
    assert (in_book.place.sheet, in_book.place.cell, in_book.place.row) == ("填报", "D2", None)
    assert in_book.place.describe("zh") == f"{book}，工作表 填报，单元格 D2"
    assert in_text.place.describe("en") == f"{text}, row 2, column next_year_m3"


@pytest.mark.parametrize("at", ["", "  "])
def test_a_time_must_be_given(ledger: Ledger, file: File, at: str) -> None:
    filed = file(("P1", 2024, 1, 1), at=at)
    (problem,) = filed.problems
    assert (problem.code, problem.place.row, problem.place.cell) == ("filing.no_time", 2, "")
    assert "--at" in problem.remedy.en
    assert told(file(("P1", 2024, 1, 1, ""), header=(*HEADER, "填报时间"), at=at)) == [("filing.no_time", "2 at")]


@pytest.mark.parametrize(
    "at", ["yesterday", "2024/12/20", "2024-02-30", "2024-12-20T25:00:00", "0999-01-01", "20241220"]
)
def test_a_time_that_is_none_is_told_in_its_cell(ledger: Ledger, file: File, at: str) -> None:
    filed = file(("P1", 2024, 500, 0, at), ("P2", 2024, 500, 0, ""), header=(*HEADER, "at"), good_rows=True)
    assert told(filed) == [("filing.no_time", "2 at")]
    assert filed.posted == 1


def test_a_permit_that_has_ended_takes_no_return(ledger: Ledger, file: File) -> None:
    assert ledger.apply(event("cancel", "x", "2024-12-02T00:00:00+08:00", permit="P2")).ok
    assert told(file(("P1", 2024, 500, 0), ("P2", 2024, 500, 0))) == [("filing.permit.status", "3 permit")]


def test_a_refusal_that_is_about_no_cell_is_told_with_its_row(
    ledger: Ledger, file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = Finding("R00", "第一条 (art. 1)", None, {}, Text("不收", "not taken"))
    trial = ledger.trial
    monkeypatch.setattr(
        ledger,
        "trial",
        lambda events: [replace(o, ok=False, decision="refused", refusals=(finding,)) for o in trial(events)],
    )
    (problem,) = file(("P1", 2024, 500, 0)).problems
    assert problem.code == "filing.R00"
    assert (problem.place.row, problem.place.cell, problem.place.column) == (2, "", "")


@pytest.mark.parametrize("by", ["a" * 2_000, "a\tb", "\udcff", "", "  "])
@pytest.mark.parametrize("at", [AT, "2026-02-30", "soon"])
def test_who_files_and_when_is_told_once_for_all_rows(ledger: Ledger, file: File, by: str, at: str) -> None:
    with pytest.raises(LedgerError) as caught:
        file(("P1", 2024, 500, 0), ("P2", 2024, 500, 0), by=by, at=at)
    expected = ["filing.no_name"] if at == AT else ["filing.no_name", "filing.no_time"]
    assert [p.code for p in caught.value.problems] == expected
    assert len(caught.value.describe("zh")) < 500


def test_what_another_program_has_changed_since_the_trial_is_told(
    ledger: Ledger, file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = ledger.trial

    def and_then(events: Any) -> Any:
        outcomes = trial(events)
        assert ledger.apply(event("cancel", "x", "2024-12-02T00:00:00+08:00", permit="P2")).ok
        return outcomes

    monkeypatch.setattr(ledger, "trial", and_then)
    filed = file(("P1", 2024, 500, 0), ("P2", 2024, 500, 0))
    assert told(filed) == [("filing.permit.status", "3 permit")]
    assert filed.posted == 1


def test_somebody_must_file_them(ledger: Ledger, file: File) -> None:
    with pytest.raises(LedgerError) as refused:
        file(("P1", 2024, 500, 0), by=" ")
    assert [p.code for p in refused.value.problems] == ["filing.no_name"]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (HEADER[:3], "figures.missing_column"),
        ((*HEADER[:3], "next_year"), "figures.missing_column"),
        ((*HEADER[:3], "下年度计划取水量（万m³）"), "figures.missing_column"),
        ((*HEADER, "许可证号"), "figures.duplicate_column"),
        ((*HEADER, "holder"), "figures.unknown_column"),
    ],
)
def test_a_table_of_other_columns_is_refused_as_a_whole(
    ledger: Ledger, file: File, header: Sequence[str], code: str
) -> None:
    with pytest.raises(FiguresError) as refused:
        file(("P1", 2024, 500, 0, "x")[: len(header)], header=header)
    assert code in [p.code for p in refused.value.problems]
    assert filings(ledger) == {}


def test_a_table_without_rows_or_a_missing_file_is_refused(ledger: Ledger, file: File, tmp_path: Path) -> None:
    with pytest.raises(FiguresError):
        file()
    for name in ("nothing.csv", "nothing.docx"):
        with pytest.raises(FiguresError):
            file_returns(ledger, tmp_path / name, by="a", at=AT)


def test_every_column_has_a_name_in_chinese() -> None:
    assert list(COLUMNS) == [*HEADER, "at"]
    assert all(re.fullmatch("[一-鿿]+", zh) for zh in COLUMNS.values())


def test_more_returns_than_are_committed_together(tmp_path: Path) -> None:
    with Ledger.open("sqlite:///:memory:") as ledger:
        assert all(o.ok for o in ledger.replay(world(1_100)))
        rows = [(f"P{i}", 2024, 500, 0) for i in range(1, 1_101)]
        wrong = [*rows[:1_050], ("P1051", 2024, "x", 0), *rows[1_051:]]
        path = tmp_path / "r.csv"
        filed = file_returns(ledger, write_csv(path, [HEADER, *wrong]), by="a", at=AT, good_rows=True)
        assert told(filed) == [("units.not_a_number", "1052 used_m3")]
        assert filed.posted == 1_099
        filed = file_returns(ledger, write_csv(path, [HEADER, *rows]), by="a", at=AT)
        assert (filed.ok, filed.posted, filed.duplicates) == (True, 1, 1_099)
        assert ledger.verify().ok
