"""The command line: exit codes, languages, machine-readable output, no traceback for what a person can put right."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import pytest

import hetao.cli
from hetao.cli import main
from hetao.text import Text, language

NODE = {"event": "node", "key": "n", "at": "2024-01-01T00:00:00+08:00", "by": "test", "node": "R", "name": "某区"}
REGION = json.dumps({**NODE, "kind": "region"}, ensure_ascii=False)
UNKNOWN_PARENT = json.dumps({**NODE, "key": "m", "node": "B", "kind": "banner", "parent": "X"}, ensure_ascii=False)


class Ended(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def hetao_(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Return a way to run a command in this process."""

    def call(*arguments: object) -> Ended:
        with pytest.raises(SystemExit) as ended:
            main([str(a) for a in arguments])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return Ended(ended.value.code if isinstance(ended.value.code, int) else 0, printed.out, printed.err)

    return call


@pytest.fixture
def starter(hetao_: Callable[..., Ended], tmp_path: Path) -> Path:
    assert hetao_("new", tmp_path / "starter").code == 0
    return tmp_path / "starter"


def test_the_commands_and_their_help(hetao_: Callable[..., Ended]) -> None:
    shown = hetao_("--help").out
    for command in ("run", "check", "new", "template", "ledger"):
        assert command in shown
        assert hetao_(command, "--help").code == 0
    assert {"replay", "export", "verify"} <= set(hetao_("ledger", "--help").out.split())


def test_the_version(hetao_: Callable[..., Ended]) -> None:
    assert hetao_("--version") == Ended(0, f"{version('hetao')}\n", "")


@pytest.mark.parametrize(
    ("environment", "words"), [("zh_CN.UTF-8", "水账：回放、导出、核验"), ("en_US.UTF-8", "The water ledger: replay")]
)
def test_the_help_speaks_the_language_of_the_environment(environment: str, words: str) -> None:
    chosen = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG"))}
    done = subprocess.run(
        [sys.executable, "-c", "from hetao.cli import main; main(['--help'])"],
        capture_output=True,
        encoding="utf-8",
        env={**chosen, "HETAO_LANG": environment, "PYTHONIOENCODING": "utf-8", "COLUMNS": "120"},
        check=True,
    )
    assert words in done.stdout


def test_new_check_and_run(hetao_: Callable[..., Ended], starter: Path, tmp_path: Path) -> None:
    assert hetao_("check", starter).out.startswith("Nothing is wrong: 52 figures")
    assert hetao_("--lang", "zh", "check", starter).out.startswith("没有问题：52 个数字")
    counts = json.loads(hetao_("check", starter, "--json").out)
    assert counts == {
        "ok": True,
        "figures": 52,
        "sources": 1,
        "misses": 0,
        "jobs": ["Measure", "Hold", "Plan", "Track"],
    }
    out = tmp_path / "out"
    assert hetao_("--lang", "en", "run", starter, "--out", out, "--quiet") == Ended(
        0, f"Report: {out / 'report.html'}\n", ""
    )
    assert (out / "report.html").is_file()
    assert hetao_("new", starter).code == 2


@pytest.mark.parametrize(("lang", "words"), [("zh", "发现没有这个文件"), ("en", "found no such file")])
def test_problems_go_to_the_error_stream_in_the_language_chosen(
    hetao_: Callable[..., Ended], tmp_path: Path, lang: str, words: str
) -> None:
    for command in ("run", "check"):
        ended = hetao_("--lang", lang, command, tmp_path / "nothing")
        assert (ended.code, ended.out) == (2, "")
        assert words in ended.err
    assert language() == "en"


def test_problems_as_json_have_one_shape(hetao_: Callable[..., Ended], starter: Path) -> None:
    (starter / "study.toml").write_text("[study]\ntitle = 1\n", encoding="utf-8")
    ended = hetao_("check", starter, "--json")
    told = json.loads(ended.out)
    assert (ended.code, ended.err, told["ok"]) == (2, "", False)
    assert [p["place"]["item"] for p in told["problems"]] == ["[study] title", "[study] regions", "[study] figures"]
    words = {f"{part}_{lang}" for part in ("found", "expected", "remedy") for lang in ("zh", "en")}
    for problem in told["problems"]:
        assert set(problem) == {"code", "place", *words}


def test_the_wrong_words_are_usage_errors(hetao_: Callable[..., Ended], tmp_path: Path) -> None:
    for arguments in (["--lang", "fr", "check", tmp_path], ["rnu"], ["check"], ["ledger", "replay", tmp_path]):
        ended = hetao_(*arguments)
        assert (ended.code, ended.out) == (2, "")
        assert "Usage" in ended.err


def test_the_template_is_written_once(hetao_: Callable[..., Ended], tmp_path: Path) -> None:
    path = tmp_path / "figures.xlsx"
    assert hetao_("--lang", "zh", "template", path) == Ended(0, f"已写出 {path}\n", "")
    before = path.read_bytes()
    for wrong in (path, tmp_path / "figures.csv", tmp_path / "nowhere" / "figures.xlsx"):
        assert hetao_("template", wrong).code == 2
    assert path.read_bytes() == before


def test_a_ledger_is_replayed_exported_and_verified(hetao_: Callable[..., Ended], tmp_path: Path) -> None:
    events, store = tmp_path / "events.jsonl", f"sqlite:///{tmp_path / 'ledger.db'}"
    events.write_text(REGION + "\n", encoding="utf-8")
    replayed = hetao_("ledger", "replay", events, "--store", store)
    assert (replayed.code, json.loads(replayed.out)["decision"]) == (0, "posted")
    assert json.loads(hetao_("ledger", "export", "--store", store).out) == json.loads(REGION)
    verified = hetao_("ledger", "verify", "--store", store)
    assert verified.code == 0
    assert json.loads(verified.out)["entries"] == 1


def test_a_refused_event_ends_with_code_1(hetao_: Callable[..., Ended], tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    events.write_text(f"{REGION}\n{UNKNOWN_PARENT}\n", encoding="utf-8")
    ended = hetao_("ledger", "replay", events, "--store", f"sqlite:///{tmp_path / 'ledger.db'}")
    assert ended.code == 1
    assert [json.loads(line)["ok"] for line in ended.out.splitlines()] == [True, False]


def test_a_tampered_ledger_does_not_verify(hetao_: Callable[..., Ended], tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    events, file = tmp_path / "events.jsonl", tmp_path / "ledger.db"
    events.write_text(REGION + "\n", encoding="utf-8")
    hetao_("ledger", "replay", events, "--store", f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as store:
        names = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for name in names:
            store.execute(f'DROP TRIGGER "{name}"')
        columns = [row[1] for row in store.execute("PRAGMA table_info(journal)")]
        assert "event" in columns
        store.execute("UPDATE journal SET event = replace(event, '某区', '他区')")
        store.commit()
    ended = hetao_("ledger", "verify", "--store", f"sqlite:///{file}")
    assert ended.code == 1
    assert json.loads(ended.out)["ok"] is False


@pytest.mark.parametrize("command", ["export", "verify"])
def test_a_store_that_is_not_there_is_bad_input_and_is_not_made(
    hetao_: Callable[..., Ended], tmp_path: Path, command: str
) -> None:
    ended = hetao_("ledger", command, "--store", f"sqlite:///{tmp_path / 'nothing.db'}")
    assert (ended.code, ended.out) == (2, "")
    assert "hetao ledger replay" in ended.err
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_events_that_is_not_there_makes_no_store(hetao_: Callable[..., Ended], tmp_path: Path) -> None:
    ended = hetao_("ledger", "replay", tmp_path / "nothing", "--store", f"sqlite:///{tmp_path / 'ledger.db'}")
    assert (ended.code, ended.out) == (2, "")
    assert "expected a file of events" in ended.err
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_of_events_is_an_empty_ledger(hetao_: Callable[..., Ended], tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_bytes(b"")
    ended = hetao_("ledger", "replay", tmp_path / "events.jsonl", "--store", f"sqlite:///{tmp_path / 'l.db'}")
    assert ended == Ended(0, "", "")


def test_progress_is_shown_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with hetao.cli._progress(quiet=False) as step:
        step(Text("测度", "Measure"), 0.5)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    with hetao.cli._progress(quiet=False) as step:
        step(Text("测度", "Measure"), 0.5)
    assert "Measure" in capsys.readouterr().err
    with hetao.cli._progress(quiet=True) as step:
        step(Text("测度", "Measure"), 0.5)
    assert capsys.readouterr().err == ""
