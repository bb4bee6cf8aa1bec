"""`hetao ledger …`: every command and option, exit codes, both languages, files and stores that are not as meant."""

from __future__ import annotations

import importlib.util
import io
import json
import os
import runpy
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

import hetao.cli
import hetao.cli_ledger
from hetao.cli import main
from hetao.ledger.event import LINE_MAX

AT = "2024-01-01T00:00:00+08:00"
LINE = {"water": "groundwater", "basis": "withdrawal", "ecology": "excluded", "year": 2024}
NODES = (
    {"node": "R", "name": "某区", "kind": "region"},
    {"node": "L", "name": "甲盟", "kind": "league", "parent": "R"},
    {"node": "B", "name": "子旗", "kind": "banner", "parent": "L"},
    {"node": "C", "name": "丑旗", "kind": "banner", "parent": "L"},
    {"node": "U", "name": "子一", "kind": "unit", "parent": "B", "aquifer": "Q"},
)
COMMANDS = ("replay", "apply", "explain", "headroom", "due", "returns", "export", "verify", "rebuild", "simulate")
READING = ("explain", "headroom", "due", "export", "verify")


class Ended(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON lines printed."""
        return [json.loads(line) for line in self.out.splitlines()]


Call = Callable[..., Ended]


@pytest.fixture
def ledger(capsys: pytest.CaptureFixture[str]) -> Call:
    """Return a way to run ``hetao ledger`` in this process."""

    def call(*arguments: object, lang: str = "en") -> Ended:
        with pytest.raises(SystemExit) as ended:
            main(["--lang", lang, "ledger", *map(str, arguments)])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return Ended(ended.value.code if isinstance(ended.value.code, int) else 0, printed.out, printed.err)

    return call


def event(kind: str, key: str, /, at: str = AT, **fields: Any) -> dict[str, Any]:
    return {"event": kind, "key": key, "at": at, "by": "test"} | fields


def node(number: int) -> dict[str, Any]:
    return event("node", f"n{number}", **NODES[number])


def cap(key: str, place: str, volume_m3: object, **fields: Any) -> dict[str, Any]:
    return event(
        "cap", key, **{**LINE, "node": place, "issuer": "R", "volume_m3": volume_m3, "document": "文", **fields}
    )


def application(name: str, volume_m3: int, at: str, **fields: Any) -> dict[str, Any]:
    each, left = divmod(volume_m3, 12)
    own = {
        "application": name,
        "applicant": "某公司",
        "node": "U",
        "water": "groundwater",
        "volume_m3": volume_m3,
        "monthly_m3": [each + (month < left) for month in range(12)],
        "from": "2024-03-01",
        "to": "2028-12-31",
        "purpose": "town",
        "project": "none",
        "saving_measures": "节水器具",
        "return_water": "无",
        "metering": "online",
    }
    return event("apply", f"a {name}", at, **{**own, **fields})


def world() -> list[dict[str, Any]]:
    """A region with one unit, caps of 100,000 m³ at the banner and 60,000 m³ at the unit, and one permit."""
    return [
        *(node(i) for i in range(len(NODES))),
        cap("c1", "R", 1_000_000),
        cap("c2", "B", 100_000),
        cap("c3", "U", 60_000),
        application("A1", 36_000, "2024-01-02T09:00:00+08:00"),
        event("approve", "p1", "2024-01-10T09:00:00+08:00", application="A1", approver="L"),
        event("start_works", "w1", "2024-01-12T09:00:00+08:00", application="A1"),
        event(
            "accept_works",
            "t1",
            "2024-02-20T09:00:00+08:00",
            **{"application": "A1", "permit": "P1", "from": "2024-03-01", "to": "2028-02-29"},
        ),
    ]


def write(path: Path, events: list[dict[str, Any] | str]) -> Path:
    lines = (e if isinstance(e, str) else json.dumps(e, ensure_ascii=False) for e in events)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", errors="surrogateescape")
    return path


@pytest.fixture
def empty(tmp_path: Path) -> str:
    """Return the address of a store that is not there yet."""
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.fixture
def store(ledger: Call, tmp_path: Path, empty: str) -> str:
    """Return a store that holds the world."""
    ended = ledger("replay", write(tmp_path / "events.jsonl", [*world()]), "--store", empty)
    assert (ended.code, [o["decision"] for o in ended.lines if not o["ok"]]) == (0, [])
    return empty


# --- all commands ---


def test_every_command_is_listed_and_has_its_help(ledger: Call) -> None:
    shown = ledger("--help").out
    for command in COMMANDS:
        assert command in shown
        ended = ledger(command, "--help")
        assert (ended.code, "Usage" in ended.out) == (0, True)
    assert ledger().code in (0, 2)


@pytest.mark.parametrize("command", ["replay", "apply", "explain", "due", "returns", "export", "verify", "rebuild"])
def test_what_a_command_cannot_do_without_is_a_usage_error(ledger: Call, command: str) -> None:
    ended = ledger(command)
    assert (ended.code, ended.out) == (2, "")
    assert f"Remedy: see hetao ledger {command} --help" in ended.err


ARGUMENTS: dict[str, tuple[str, ...]] = {"due": ("--at", "2024-01-01"), "explain": ("--node", "U", "--volume", "1")}


@pytest.mark.parametrize("command", [*READING, "rebuild"])
def test_a_store_that_is_not_there_is_bad_input_and_is_not_made(
    ledger: Call, tmp_path: Path, empty: str, command: str
) -> None:
    ended = ledger(command, "--store", empty, *ARGUMENTS.get(command, ()))
    assert (ended.code, ended.out) == (2, "")
    assert "no store there" in ended.err if command == "verify" else "hetao ledger replay" in ended.err
    chinese = ledger(command, "--store", empty, *ARGUMENTS.get(command, ()), lang="zh")
    assert chinese.code == 2
    assert "处理：" in chinese.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["explain", "headroom", "due"])
def test_a_store_that_is_not_there_is_told_as_json_where_json_is_asked_for(
    ledger: Call, empty: str, command: str
) -> None:
    ended = ledger(command, "--store", empty, "--json", *ARGUMENTS.get(command, ()))
    assert (ended.code, ended.err) == (2, "")
    (told,) = ended.lines
    assert told["ok"] is False
    assert [p["code"] for p in told["problems"]] == ["ledger.store.absent"]


@pytest.mark.parametrize("address", ["ledger.db", "mysql://x/y", ""])
@pytest.mark.parametrize("command", ["replay", "apply", "headroom"])
def test_an_address_that_is_none_is_bad_input(ledger: Call, tmp_path: Path, command: str, address: str) -> None:
    events = write(tmp_path / "events.jsonl", [node(0)])
    given = {"replay": (events,), "apply": (json.dumps(node(0)),)}.get(command, ())
    ended = ledger(command, *given, "--store", address)
    assert (ended.code, ended.out) == (2, "")
    assert "sqlite:///" in ended.err
    assert [p.name for p in tmp_path.iterdir()] == ["events.jsonl"]


# --- replay ---


def test_a_file_of_events_that_is_not_there_makes_no_store(ledger: Call, tmp_path: Path, empty: str) -> None:
    for file in (tmp_path / "nothing", tmp_path):
        ended = ledger("replay", file, "--store", empty)
        assert (ended.code, ended.out) == (2, "")
        assert "expected a file of events" in ended.err
    assert "应为事件文件" in ledger("replay", tmp_path / "nothing", "--store", empty, lang="zh").err
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_of_events_is_an_empty_ledger(ledger: Call, tmp_path: Path, empty: str) -> None:
    (tmp_path / "events.jsonl").write_bytes(b"")
    assert ledger("replay", tmp_path / "events.jsonl", "--store", empty) == Ended(0, "", "")
    assert ledger("headroom", "--store", empty, "--json") == Ended(0, "", "")


def test_a_ledger_is_replayed_exported_and_verified(ledger: Call, tmp_path: Path, store: str) -> None:
    exported = ledger("export", "--store", store)
    assert exported.lines == world()
    again = f"sqlite:///{tmp_path / 'again.db'}"
    (tmp_path / "exported.jsonl").write_text(exported.out, encoding="utf-8")
    assert ledger("replay", tmp_path / "exported.jsonl", "--store", again).code == 0
    verified = [ledger("verify", "--store", s) for s in (store, again)]
    assert [v.code for v in verified] == [0, 0]
    (one,), (two,) = (v.lines for v in verified)
    assert one["ok"]
    assert (one["entries"], one["head"]) == (len(world()), two["head"])


def test_a_second_replay_brings_the_first_answers_back(ledger: Call, tmp_path: Path, store: str) -> None:
    again = ledger("replay", tmp_path / "events.jsonl", "--store", store)
    assert again.code == 0
    assert {o["decision"] for o in again.lines} == {"duplicate"}
    assert [o["seq"] for o in again.lines] == list(range(1, len(world()) + 1))
    assert ledger("verify", "--store", store).lines[0]["entries"] == len(world())


def test_every_bad_line_has_its_own_outcome_and_the_rest_goes_on(ledger: Call, tmp_path: Path, empty: str) -> None:
    units = ({**NODES[4], "node": "V"}, {**NODES[4], "node": "V", "parent": "C"})
    bad: list[tuple[dict[str, Any] | str, str]] = [
        ("no event", "line.malformed"),
        ('{"event":"tick"', "line.malformed"),
        ("[]", "line.malformed"),
        ("五万立方米", "line.malformed"),
        ('{"event":"tick","event":"tick"}', "line.malformed"),
        ('{"event":"tick","at":NaN}', "line.malformed"),
        ("\udcff\udcfe", "line.malformed"),
        ('{"event":"' + "a" * LINE_MAX + '"}', "line.malformed"),
        ("[" * 100_000, "line.malformed"),
        ('{"volume_m3":' + "9" * 5_000 + "}", "line.malformed"),
        ("{}", "event.missing_field"),
        (event("rain", "e1", depth_mm=5), "event.unknown"),
        ({**node(1), "key": "e2", "colour": "red"}, "event.unknown_field"),
        ({**node(1), "key": ""}, "event.bad_field"),
        (cap("e3", "B", -1), "event.bad_field"),
        (cap("e4", "B", 1.5), "event.bad_field"),
        (cap("e5", "B", 2**63), "event.bad_field"),
        (cap("e6", "B", 1e30), "event.bad_field"),
        (cap("e7", "B", "五万"), "event.bad_field"),
        (cap("e8", "B", "５００００"), "event.bad_field"),
        (cap("e9", "B", "fifty thousand"), "event.bad_field"),
        (cap("e10", "B", "50,000"), "event.bad_field"),
        (cap("e11", "B", True), "event.bad_field"),
        (cap("e12", "B", None), "event.bad_field"),
        (cap("e13", "X", 5), "node.unknown"),
        (event("node", "e14", node="Y", name="己", kind="basin", parent="Y"), "node.cycle"),
        (event("node", "e15", node="Y", name="庚", kind="league", parent="B"), "node.parent"),
        (event("node", "e16", **NODES[2]), "node.exists"),
        (event("node", "e17", **units[1]), "node.exists"),  # a unit in two banners
        (node(0) | {"name": "他区"}, "key.reused"),
        (event("tick", "e18", "2023-12-31T23:59:59+08:00"), "event.backwards"),
        (event("tick", "e19", "2024-13-01T00:00:00+08:00"), "event.bad_field"),
        (event("tick", "e20", "2024-01-01"), "event.bad_field"),
    ]
    good = [*(node(i) for i in range(5)), event("node", "u2", **units[0]), cap("c1", "R", 5)]
    lines: list[dict[str, Any] | str] = [*good[:6], *(line for line, _ in bad), "", "  ", *good[6:]]
    ended = ledger("replay", write(tmp_path / "events.jsonl", lines), "--store", empty)
    assert ended.code == 1
    outcomes = ended.lines
    assert len(outcomes) == len(lines) - 2  # blank lines are passed over
    assert all(o["ok"] for o in [*outcomes[:6], outcomes[-1]])
    for (line, rule), outcome in zip(bad, outcomes[6:-1], strict=True):
        assert (outcome["ok"], outcome["decision"], "refusals" in outcome) == (False, "refused", True), (line, outcome)
        assert rule in [f["rule"] for f in outcome["refusals"]], (line, outcome)
        for finding in outcome["refusals"]:
            assert finding["text_zh"].strip()
            assert finding["text_en"].strip()
    assert ledger("verify", "--store", empty).code == 0


def test_the_largest_volume_is_taken_and_one_more_is_not(ledger: Call, tmp_path: Path, empty: str) -> None:
    largest = 2**63 - 1
    lines = [node(0), cap("c1", "R", largest + 1), cap("c2", "R", largest)]
    ended = ledger("replay", write(tmp_path / "e.jsonl", lines), "--store", empty)
    assert (ended.code, [o["ok"] for o in ended.lines]) == (1, [True, False, True])
    (account,) = ledger("headroom", "--store", empty, "--json").lines
    assert account["cap_m3"] == largest


def test_a_file_with_a_byte_order_mark_and_windows_line_ends(ledger: Call, tmp_path: Path, empty: str) -> None:
    line = json.dumps(node(0), ensure_ascii=False).encode()
    (tmp_path / "e.jsonl").write_bytes(b"\xef\xbb\xbf" + line + b"\r\n\r\n")
    assert ledger("replay", tmp_path / "e.jsonl", "--store", empty).code == 0


def test_an_anchor_outside_the_store_takes_the_head(ledger: Call, tmp_path: Path, store: str) -> None:
    anchor = tmp_path / "elsewhere.anchor"
    events = write(tmp_path / "more.jsonl", [cap("c9", "C", 5, at="2024-03-01T00:00:00+08:00")])
    assert ledger("replay", events, "--store", store, "--anchor", anchor).code == 0
    ended = ledger(
        "apply", json.dumps(event("tick", "k", "2024-03-02T00:00:00+08:00")), "--store", store, "--anchor", anchor
    )
    head = ended.lines[0]["seq"]
    assert str(head) in anchor.read_text(encoding="utf-8")
    verified = ledger("verify", "--store", store, "--anchor", anchor)
    assert verified.code == 0
    assert verified.lines[0]["unchecked"] == []
    anchor.write_bytes(anchor.read_bytes().replace(b"0", b"1"))
    assert ledger("verify", "--store", store, "--anchor", anchor).code == 1


def test_an_anchor_that_cannot_be_written_is_bad_input(ledger: Call, tmp_path: Path, empty: str) -> None:
    nowhere = tmp_path / "nowhere" / "anchor"
    ended = ledger("replay", write(tmp_path / "e.jsonl", [node(0)]), "--store", empty, "--anchor", nowhere)
    assert (ended.code, ended.out) == (2, "")
    assert "anchor" in ended.err


# The peak is read of the program's own address space: what getrusage tells includes the process that forked it.
MEASURED = """
import pathlib, sys
from hetao.cli import main
try:
    main(sys.argv[1:])
finally:
    status = pathlib.Path("/proc/self/status").read_text()
    sys.stderr.write(next(line for line in status.splitlines() if line.startswith("VmHWM:")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak memory of a program by itself")
def test_a_long_file_is_streamed(tmp_path: Path, empty: str) -> None:
    file, lines = tmp_path / "events.jsonl", 60_000
    with file.open("w", encoding="utf-8") as out:
        out.writelines(f"{json.dumps(node(i))}\n" for i in range(len(NODES)))
        level = {"node": "U", "date": "2024-01-01", "level_m": "10.0", "control_m": "9.0"}
        levels = (event("level", f"v{i}", **level, by="某" * 100) for i in range(lines - len(NODES)))
        out.writelines(f"{json.dumps(line)}\n" for line in levels)
    assert file.stat().st_size > 40_000_000
    with (tmp_path / "outcomes.jsonl").open("wb") as outcomes:
        arguments = ["ledger", "replay", str(file), "--store", empty]
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, *arguments],
            stdout=outcomes,
            stderr=subprocess.PIPE,
            check=False,
            text=True,
        )
    assert done.returncode == 0
    with (tmp_path / "outcomes.jsonl").open(encoding="utf-8") as told:
        assert sum(1 for _ in told) == lines
    kib = int(done.stderr.removeprefix("VmHWM:").removesuffix("kB"))
    assert kib < 300 * 1024


# --- apply ---


def test_one_event_is_applied_from_the_line_or_from_standard_input(
    ledger: Call, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ledger("apply", json.dumps(node(0)), "--store", empty).lines[0]["decision"] == "posted"
    given = "\ufeff" + json.dumps(node(1), ensure_ascii=False, indent=2)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode()), encoding="ascii"))
    assert ledger("apply", "-", "--store", empty).lines[0]["decision"] == "posted"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"event":"\xff"}')))
    ended = ledger("apply", "-", "--store", empty)
    assert (ended.code, ended.lines[0]["refusals"][0]["rule"]) == (1, "line.malformed")


def test_a_refused_event_ends_with_code_1(ledger: Call, store: str) -> None:
    for line in (json.dumps({**node(2), "key": "x", "node": "D", "parent": "X"}), "{", "[1]"):
        ended = ledger("apply", line, "--store", store)
        assert (ended.code, ended.err) == (1, "")
        assert ended.lines[0]["ok"] is False
    assert ledger("verify", "--store", store).lines[0]["entries"] == len(world()) + 1


# --- explain ---

ASKED = ("--node", "U", "--from", "2024-06-01", "--to", "2024-12-31", "--purpose", "town")


@pytest.mark.parametrize("volume", ["24000", "2.4万m³", "24,000", "２４０００", "24000 立方米"])
def test_a_volume_that_fits_is_explained(ledger: Call, store: str, volume: str) -> None:
    ended = ledger("explain", "--store", store, *ASKED, "--volume", volume, "--json")
    assert (ended.code, ended.err) == (0, "")
    (found,) = ended.lines
    assert (found["ok"], found["volume_m3"], found["largest_m3"], found["blocking"]) == (True, 24_000, 24_000, [])
    assert [(level["node"], level["room_m3"]) for level in found["levels"] if level["ecology"] == "excluded"] == [
        ("R", 964_000),
        ("B", 64_000),
        ("U", 24_000),
    ]


def test_a_question_may_be_asked_as_of_a_later_day(ledger: Call, store: str) -> None:
    """What is not law yet only warns; asked on a later day, it blocks."""
    asked = (*ASKED, "--volume", "10", "--event", '{"unconventional_available_m3": 5}', "--json")
    early = ledger("explain", "--store", store, *asked)
    late = ledger("explain", "--store", store, *asked, "--at", "2999-01-01")
    assert [f["rule"] for f in late.lines[0]["reasons"]] == ["R34"]
    assert early.code == 0 or late.lines[0]["reasons"] == early.lines[0]["reasons"]
    assert ledger("explain", "--store", store, *asked, "--at", "soon").code == 2


def test_one_more_is_explained_with_what_blocks_it(ledger: Call, store: str) -> None:
    ended = ledger("explain", "--store", store, *ASKED, "--volume", "24001", "--json")
    (found,) = ended.lines
    assert (ended.code, found["ok"], found["decision"], found["over_m3"]) == (1, False, "refused", 1)
    assert [f["rule"] for f in found["reasons"]] == ["R19", "R20"]
    assert {level["node"] for level in found["blocking"]} == {"U"}
    assert ledger("export", "--store", store).lines == world()  # nothing is posted


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "en",
            ("Yes: 24,000 m³", "The largest that would pass: 24,000 m³", "cap 60,000, permitted 36,000, left 24,000"),
        ),
        ("zh", ("可以：24,000 m³", "最多可批 24,000 m³", "上限 60,000，已许可 36,000，余 24,000")),
    ],
)
def test_an_explanation_in_words(ledger: Call, store: str, lang: str, words: tuple[str, ...]) -> None:
    ended = ledger("explain", "--store", store, *ASKED, "--volume", "2.4万m³", lang=lang)
    assert ended.code == 0
    for part in words:
        assert part in ended.out


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", ("No (refused): 24,001 m³", "R19")), ("zh", ("不可以（refused）：24,001 m³", "最多可批 24,000", "R19"))],
)
def test_a_refusal_in_words(ledger: Call, store: str, lang: str, words: tuple[str, ...]) -> None:
    ended = ledger("explain", "--store", store, *ASKED, "--volume", "24001", lang=lang)
    assert ended.code == 1
    for part in words:
        assert part in ended.out


@pytest.mark.parametrize(("lang", "words"), [("en", "No volume would pass"), ("zh", "任何水量都不能通过")])
def test_where_no_volume_would_pass(ledger: Call, store: str, lang: str, words: str) -> None:
    deep = ("--purpose", "agriculture", "--event", '{"deep": true}')
    ended = ledger("explain", "--store", store, *ASKED[:-2], "--volume", "1000", *deep, lang=lang)
    assert (ended.code, words in ended.out, "R35" in ended.out) == (1, True, True)


@pytest.mark.parametrize(
    "given", ["{", "[1]", '"a"', "1", "", "[" * 100_000, '{"deep": NaN}', '{"a": "\\ud800"}', '{"a": 1, "a": 1}']
)
@pytest.mark.parametrize(("lang", "words"), [("en", "one JSON object"), ("zh", "一个 JSON 对象")])
def test_further_fields_that_are_no_object_are_bad_input(
    ledger: Call, store: str, given: str, lang: str, words: str
) -> None:
    ended = ledger("explain", "--store", store, *ASKED, "--event", given, lang=lang)
    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--volume", "-5"),
        ("--volume", "1.5"),
        ("--volume", "5万元"),
        ("--volume", "²"),
        ("--volume", "five"),
        ("--volume", "9" * 30),
        (),
        ("--volume", "5", "--from", "2024-02-30"),
        ("--volume", "5", "--from", "2025-01-01"),
        ("--volume", "5", "--node", "X"),
        ("--volume", "5", "--water", "wine"),
        ("--volume", "5", "--at", "2020-01-01"),
        ("--volume", "5", "--event", '{"event": "cap"}'),
        ("--event", '{"volume_m3": "5"}'),
        ("--volume", ""),
        ("--volume", "5", "--node", ""),
    ],
)
def test_a_question_that_cannot_be_answered_is_bad_input(ledger: Call, store: str, arguments: tuple[str, ...]) -> None:
    ended = ledger("explain", "--store", store, *ASKED, *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert "Remedy:" in ended.err
    as_json = ledger("explain", "--store", store, *ASKED, *arguments, "--json")
    assert (as_json.code, as_json.err, as_json.lines[0]["ok"]) == (2, "", False)
    assert as_json.lines[0]["problems"][0]["remedy_zh"]


# --- headroom ---


def test_the_accounts_as_a_table_and_as_json(ledger: Call, store: str) -> None:
    rows = [line.split("\t") for line in ledger("headroom", "--store", store, "--year", "2025").out.splitlines()]
    header, *accounts = rows
    assert header[:4] == ["node", "line", "year", "cap_m3"]
    by_place = {
        row[0]: dict(zip(header, row, strict=True)) for row in accounts if row[1] == "groundwater/withdrawal/excluded"
    }
    assert (by_place["U"]["cap_m3"], by_place["U"]["permitted_m3"], by_place["U"]["headroom_m3"]) == (
        "60000",
        "36000",
        "24000",
    )
    assert by_place["L"]["cap_m3"] == ""
    listed = ledger("headroom", "--store", store, "--year", "2025", "--json").lines
    assert len(listed) == len(accounts)
    assert {
        a["node"]: a["headroom_m3"] for a in listed if a["water"] == "groundwater" and a["ecology"] == "excluded"
    } == {
        "R": 964_000,
        "L": None,
        "B": 64_000,
        "U": 24_000,
    }


def test_the_accounts_of_one_place_and_water(ledger: Call, store: str) -> None:
    listed = ledger("headroom", "--store", store, "--node", "U", "--water", "groundwater", "--json").lines
    assert {(a["node"], a["water"]) for a in listed} == {("U", "groundwater")}
    assert {a["year"] for a in listed} == {2024, 2025, 2026, 2027, 2028}


def test_the_accounts_as_they_stood(ledger: Call, store: str) -> None:
    place = ("--node", "U", "--water", "groundwater", "--year", "2024", "--json")
    then = {
        day: ledger("headroom", "--store", store, *place, "--as-of", day).lines for day in ("2024-01-01", "2024-01-02")
    }
    assert [[a["permitted_m3"] for a in accounts if a["ecology"] == "excluded"] for accounts in then.values()] == [
        [0],
        [36_000],
    ]
    assert ledger("headroom", "--store", store, *place, "--as-of", "2023-12-31").out == ""


@pytest.mark.parametrize(("lang", "words"), [("en", "a day as YYYY-MM-DD"), ("zh", "YYYY-MM-DD 日期")])
@pytest.mark.parametrize("day", ["2024-13-01", "2024-02-30", "yesterday", "今天", "2024/01/01"])
def test_a_day_that_is_none_is_bad_input(ledger: Call, store: str, day: str, lang: str, words: str) -> None:
    for command in (("headroom", "--as-of"), ("due", "--at")):
        ended = ledger(command[0], "--store", store, command[1], day, lang=lang)
        assert (ended.code, ended.out) == (2, "")
        assert words in ended.err


@pytest.mark.parametrize(("lang", "words"), [("en", "“Q” is not known"), ("zh", "未知的“Q”")])
def test_a_place_or_water_that_is_not_known_is_bad_input(ledger: Call, store: str, lang: str, words: str) -> None:
    for option in ("--node", "--water"):
        ended = ledger("headroom", "--store", store, option, "Q", lang=lang)
        assert (ended.code, ended.out) == (2, "")
        assert words in ended.err
    assert ledger("headroom", "--store", store, "--year", "soon").code == 2


@pytest.mark.parametrize(
    ("option", "name", "offered"),
    [
        ("--water", "地下水", "groundwater (地下水)"),
        ("--water", "Surface", "surface (地表水)"),
        ("--node", "甲盟", "L (甲盟)"),
    ],
)
def test_who_gives_what_a_place_or_water_is_called_is_told_its_name(
    ledger: Call, store: str, option: str, name: str, offered: str
) -> None:
    assert f"the closest: {offered}, " in ledger("headroom", "--store", store, option, name).err


@pytest.mark.parametrize(
    "arguments",
    [
        *(("headroom", option, "") for option in ("--node", "--water", "--as-of", "--year")),
        ("headroom", "--year", "0"),
        *(("explain", *ASKED, "--volume", "5", option, "") for option in ("--at", "--from", "--event")),
    ],
)
def test_an_empty_value_is_not_taken_as_none(ledger: Call, store: str, arguments: tuple[str, ...]) -> None:
    """As where a shell's variable is not set: all places, or today, is not what was asked for."""
    ended = ledger(*arguments, "--store", store)
    assert (ended.code, ended.out) == (2, "")


def test_the_same_field_may_not_be_given_twice(ledger: Call, store: str) -> None:
    ended = ledger("explain", "--store", store, *ASKED, "--volume", "5", "--event", '{"volume_m3": 7, "to": "x"}')
    assert (ended.code, ended.out) == (2, "")
    assert "to, volume_m3 stands in an option too" in ended.err


def test_a_wrong_volume_is_told_with_all_that_is_wrong(ledger: Call, store: str) -> None:
    wrong = ("--volume", "abc", "--from", "x", "--water", "q")
    told = ledger("explain", "--store", store, *ASKED[:2], *wrong, "--json").lines[0]["problems"]
    assert told[0]["place"] == {"item": "--volume"}
    assert {"ledger.explain.event.bad_field"} <= {p["code"] for p in told[1:]}
    assert len(told) > 2


def test_no_place_is_known_to_an_empty_ledger(ledger: Call, tmp_path: Path, empty: str) -> None:
    ledger("replay", write(tmp_path / "e.jsonl", []), "--store", empty)
    ended = ledger("headroom", "--store", empty, "--node", "R")
    assert (ended.code, "–" in ended.err) == (2, True)


# --- due ---


def test_what_is_due_is_listed_and_not_posted(ledger: Call, store: str) -> None:
    assert ledger("due", "--store", store, "--at", "2024-03-01") == Ended(0, "", "")
    english = ledger("due", "--store", store, "--at", "2025-01-01")
    chinese = ledger("due", "--store", store, "--at", "2025-01-01", lang="zh")
    as_json = ledger("due", "--store", store, "--at", "2025-01-01", "--json")
    assert english.out.startswith("R47\tU\tThe return of 2024 for permit P1")
    assert chinese.out.startswith("R47\tU\t取水许可证 P1")
    assert [(f["rule"], f["facts"]["permit"]) for f in as_json.lines] == [("R47", "P1")]
    assert len(ledger("export", "--store", store).lines) == len(world())


# --- returns ---

RETURNS = "permit,year,used_m3,next_year_m3\nP1,2024,12000,36000\n"
BY = ("--by", "水利局", "--at", "2024-12-20T09:00:00+08:00")


def returns(path: Path, text: str = RETURNS) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", "1 rows: 1 posted, 0 known before, 0 wrong"), ("zh", "1 行；入账 1，重复 0，错误 0")],
)
def test_returns_are_filed(ledger: Call, tmp_path: Path, store: str, lang: str, words: str) -> None:
    ended = ledger("returns", returns(tmp_path / "r.csv"), "--store", store, *BY, lang=lang)
    assert (ended.code, ended.err) == (0, "")
    remark, last = ended.out.splitlines()
    assert last == words
    assert "R47" in remark  # what is declared is not what is booked
    assert ledger("export", "--store", store).lines[-1]["event"] == "return"


def test_a_trial_posts_nothing(ledger: Call, tmp_path: Path, store: str) -> None:
    before = ledger("export", "--store", store).out
    ended = ledger("returns", returns(tmp_path / "r.csv"), "--store", store, *BY, "--dry-run", "--json")
    (told,) = ended.lines
    assert (ended.code, told["ok"], told["rows"], told["posted"]) == (0, True, 1, 0)
    assert [f["rule"] for f in told["remarks"]] == ["R47"]
    assert ledger("export", "--store", store).out == before


def test_wrong_rows_are_told_and_post_nothing_but_where_asked_for(ledger: Call, tmp_path: Path, store: str) -> None:
    file = returns(tmp_path / "r.csv", RETURNS + "P9,2024,1,1\nP1,2023,-1,x\n")
    ended = ledger("returns", file, "--store", store, *BY)
    assert ended.code == 2
    assert ended.out.splitlines()[-1] == "3 rows: 0 posted, 0 known before, 2 wrong"
    assert "r.csv, row 3, column permit" in ended.err
    assert "r.csv, row 4, column next_year_m3" in ended.err
    told = ledger("returns", file, "--store", store, *BY, "--good-rows", "--json")
    assert (told.code, told.lines[0]["posted"], told.lines[0]["wrong"], len(told.lines[0]["problems"])) == (2, 1, 2, 3)
    again = ledger("returns", file, "--store", store, *BY, "--good-rows", "--json")
    assert (again.lines[0]["posted"], again.lines[0]["duplicates"]) == (0, 1)


def test_the_returns_of_a_sheet_go_with_an_anchor(ledger: Call, tmp_path: Path, store: str) -> None:
    import xlsxwriter

    file, anchor = tmp_path / "r.xlsx", tmp_path / "anchor"
    with xlsxwriter.Workbook(str(file)) as book:
        book.add_worksheet("说明").write(0, 0, "见另一表")
        page = book.add_worksheet("填报")
        for i, row in enumerate(line.split(",") for line in RETURNS.splitlines()):
            page.write_row(i, 0, row)
    ended = ledger("returns", file, "--store", store, *BY, "--sheet", "填报", "--anchor", anchor, "--json")
    assert (ended.code, ended.lines[0]["posted"]) == (0, 1)
    assert str(len(world()) + 1) in anchor.read_text(encoding="utf-8")
    ended = ledger("returns", file, "--store", store, *BY, "--sheet", "无", "--json")
    assert (ended.code, ended.err, [p["code"] for p in ended.lines[0]["problems"]]) == (2, "", ["figures.no_sheet"])


@pytest.mark.parametrize("dry_run", [(), ("--dry-run",)])
def test_returns_need_a_file_a_store_and_a_name(
    ledger: Call, tmp_path: Path, store: str, dry_run: tuple[str, ...]
) -> None:
    ended = ledger("returns", tmp_path / "nothing.csv", "--store", store, *BY, *dry_run)
    assert (ended.code, ended.out, "no such file" in ended.err) == (2, "", True)
    file = returns(tmp_path / "r.csv")
    ended = ledger("returns", file, "--store", f"sqlite:///{tmp_path / 'no.db'}", *BY, *dry_run)
    assert (ended.code, ended.out, "an existing store" in ended.err) == (2, "", True)
    ended = ledger("returns", file, "--store", store, "--by", " ", *BY[2:], *dry_run)
    assert (ended.code, ended.out, "--by" in ended.err) == (2, "", True)
    assert not (tmp_path / "no.db").exists()


# --- verify, rebuild, export ---


def tamper(file: Path) -> None:
    with closing(sqlite3.connect(file)) as open_:
        for (name,) in open_.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            open_.execute(f'DROP TRIGGER "{name}"')
        assert "event" in [row[1] for row in open_.execute("PRAGMA table_info(journal)")]
        open_.execute("UPDATE journal SET event = replace(event, '某区', '他区')")
        open_.commit()


def test_a_tampered_ledger_does_not_verify(ledger: Call, tmp_path: Path, store: str) -> None:
    tamper(tmp_path / "ledger.db")
    for more in ((), ("--rejudge",)):
        ended = ledger("verify", "--store", store, *more)
        assert (ended.code, ended.err, ended.lines[0]["ok"]) == (1, "", False)


def test_every_event_can_be_judged_again(ledger: Call, store: str) -> None:
    plain, again = ledger("verify", "--store", store), ledger("verify", "--store", store, "--rejudge")
    assert (again.code, again.lines) == (0, plain.lines)


@pytest.mark.parametrize(("lang", "words"), [("en", "Rebuilt from 12 entries"), ("zh", "由 12 条日志重建")])
def test_the_state_is_rebuilt(ledger: Call, store: str, lang: str, words: str) -> None:
    before = ledger("headroom", "--store", store).out
    assert ledger("rebuild", "--store", store, lang=lang) == Ended(0, f"{words}\n", "")
    assert ledger("headroom", "--store", store).out == before
    assert ledger("verify", "--store", store).code == 0


def test_a_file_that_is_no_store_is_left_as_it_is(ledger: Call, tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("my own notes", encoding="utf-8")
    for command in (*READING, "rebuild"):
        ended = ledger(command, "--store", f"sqlite:///{file}", *ARGUMENTS.get(command, ()))
        assert ended.code == 2 or (command == "verify" and ended.code == 1)
    assert file.read_text(encoding="utf-8") == "my own notes"


# --- simulate ---


class Simulated(NamedTuple):
    ok: bool

    def as_dict(self) -> dict[str, Any]:
        return {"ok": self.ok, "seed": 7}


@pytest.mark.parametrize(("ok", "code"), [(True, 0), (False, 1)])
def test_a_simulation_says_whether_it_agrees(
    ledger: Call, monkeypatch: pytest.MonkeyPatch, ok: bool, code: int
) -> None:
    asked: dict[str, Any] = {}

    def simulate(**given: Any) -> Simulated:
        given.pop("progress")(0.5)
        asked.update(given)
        return Simulated(ok)

    module = ModuleType("hetao.ledger.simulate")
    module.simulate = simulate  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "hetao.ledger.simulate", module)
    ended = ledger("simulate", "--seed", "7", "--acts", "5", "--store", "sqlite:///:memory:")
    assert (ended.code, ended.lines) == (code, [{"ok": ok, "seed": 7}])
    assert asked == {"seed": 7, "acts": 5, "store": "sqlite:///:memory:"}


def test_a_simulation_of_nothing_is_bad_input(ledger: Call) -> None:
    assert ledger("simulate", "--acts", "0").code == 2


@pytest.mark.skipif(
    not getattr(importlib.util.find_spec("hetao.ledger.simulate"), "has_location", False),
    reason="this version has no simulation",
)
def test_a_small_simulation_agrees_with_its_model(ledger: Call) -> None:
    one, two = (ledger("simulate", "--seed", "3", "--acts", "400") for _ in range(2))
    assert (one.code, one.lines[0]["ok"]) == (0, True)
    assert one.lines[0]["seed"] == 3
    assert {**one.lines[0], "seconds": 0} == {**two.lines[0], "seconds": 0}


# --- progress ---


def test_progress_is_shown_on_a_terminal_where_the_outcomes_go_elsewhere(
    ledger: Call, tmp_path: Path, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[float] = []
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    file = write(tmp_path / "e.jsonl", [node(0), *(event("tick", f"t{i}") for i in range(2_500))])
    with hetao.cli_ledger._progress() as step:
        step(0.5)

    def progress() -> Iterator[Callable[[float], None]]:
        yield steps.append

    monkeypatch.setattr(hetao.cli_ledger, "_progress", hetao.cli_ledger.contextmanager(progress))
    assert ledger("replay", file, "--store", empty).code == 0
    assert len(steps) == 3
    assert steps == sorted(steps)
    assert 0 < steps[0] < steps[-1] <= 1
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert ledger("replay", file, "--store", empty).code == 0
    assert len(steps) == 3


def test_the_language_of_the_environment_reaches_the_help_of_every_command() -> None:
    chosen = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG"))}
    done = subprocess.run(
        [sys.executable, "-c", "from hetao.cli import main; main(['ledger', '--help'])"],
        capture_output=True,
        encoding="utf-8",
        env={**chosen, "HETAO_LANG": "zh", "PYTHONIOENCODING": "utf-8", "COLUMNS": "160"},
        check=True,
    )
    for words in ("把事件文件", "不入账地回答", "批量录入年度填报", "由日志重建", "确定性模拟"):
        assert words in done.stdout


def test_a_code_page_without_a_character_ends_nothing(tmp_path: Path) -> None:
    line = json.dumps({"event": "use", "key": "u", "at": "2025-01-01T00:00:00+08:00", "by": "x", "volume_m3": "1"})
    store = f"sqlite:///{tmp_path / 'store.db'}"
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"from hetao.cli import main; main(['ledger', 'apply', {line!r}, '--store', {store!r}])",
        ],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "gbk", "HETAO_LANG": "zh"},
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, b"")
    assert "字段".encode("gbk") in done.stdout
    answer = json.loads(done.stdout.decode("gbk"))
    assert any("（m³）" in refusal["text_zh"] for refusal in answer["refusals"]), "what GBK lacks is escaped as in JSON"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_output_that_cannot_be_written_is_told(tmp_path: Path, language: str) -> None:
    """The disk under standard output is full: nothing is said as if it had gone well, and no traceback is shown."""
    store = f"sqlite:///{tmp_path / 'store.db'}"
    arguments = ["--lang", language, "ledger", "apply", "{}", "--store", store]
    program = f"from hetao.cli import main; main({arguments!r})"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", program],
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "HETAO_LANG": "en", "PYTHONIOENCODING": "utf-8"},
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    for words in {"zh": ("输出无法写出", "处理："), "en": ("The output cannot be written", "Remedy: ")}[language]:
        assert words in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_an_output_that_is_full_ends_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was not written goes nowhere, so that Python's own flush at the end finds nothing to complain of."""
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(SystemExit) as ended:
            main(["ledger", "apply", "{}", "--store", f"sqlite:///{tmp_path / 'store.db'}"])
        assert os.path.samestat(os.fstat(full.fileno()), Path(os.devnull).stat())
    assert ended.value.code == 2
    assert "No space left" in capsys.readouterr().err


def test_an_error_of_a_named_file_is_not_told_as_one_of_the_output(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the stream of all output has no name."""
    error = OSError(5, "Input/output error", "figures.xlsx")

    def fail(arguments: list[str] | None, prog_name: str) -> None:
        raise error

    monkeypatch.setattr(hetao.cli, "app", fail)
    with pytest.raises(OSError, match=r"figures\.xlsx"):
        main([])


def run(*arguments: str, redirect: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command in a program of its own, by a shell that redirects its streams."""
    words = shlex.join([sys.executable, "-m", "hetao", *arguments])
    environment = {**os.environ, "HETAO_LANG": "en", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        ["bash", "-c", f"{words} {redirect}"],
        capture_output=True,
        encoding="utf-8",
        env=environment,
        check=False,
    )


@pytest.mark.parametrize("redirect", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_job_without_a_console_does_its_work(tmp_path: Path, redirect: str) -> None:
    store = f"sqlite:///{tmp_path / 'store.db'}"
    lines = write(tmp_path / "e.jsonl", [event("node", "n", **NODES[0])])
    assert run("ledger", "replay", str(lines), "--store", store, redirect=redirect).returncode == 0
    told = run("ledger", "nosuch", redirect=redirect)
    assert (told.returncode, "Traceback" in told.stderr) == (2, False)
    assert run("ledger", "export", "--store", store).stdout.count("\n") == 1


def test_an_event_from_an_input_that_is_closed_is_none(tmp_path: Path) -> None:
    ended = run("ledger", "apply", "-", "--store", f"sqlite:///{tmp_path / 'store.db'}", redirect="<&-")
    assert (ended.returncode, ended.stderr) == (1, "")
    assert "line.malformed" in ended.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_the_exit_code_says_what_messages_cannot(tmp_path: Path) -> None:
    ended = run("ledger", "nosuch", redirect="2>/dev/full")
    assert (ended.returncode, ended.stdout) == (2, "")


def test_whoever_stops_reading_is_told_that_the_rest_may_not_be_done(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'store.db'}"
    many = [event("tick", f"t{number}", at=AT) for number in range(3_000)]
    lines = write(tmp_path / "e.jsonl", [event("node", "n", **NODES[0]), *many])
    ended = run("ledger", "replay", str(lines), "--store", store, redirect="| head -1; exit ${PIPESTATUS[0]}")
    assert (ended.returncode, ended.stdout.count("\n")) == (2, 1)
    assert ended.stderr.count("\n") == 1
    assert "Broken pipe; the rest may not have been done. Remedy: " in ended.stderr
    assert run("ledger", "replay", str(lines), "--store", store, redirect="> /dev/null").returncode == 0


@pytest.mark.filterwarnings("ignore:'hetao.cli' found in sys.modules:RuntimeWarning")
@pytest.mark.parametrize("module", ["hetao", "hetao.cli"])
def test_modules_run_as_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], module: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["odd", "--version"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(module, run_name="__main__")
    assert (ended.value.code, capsys.readouterr().out.strip()) == (0, metadata.version("hetao"))
