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
import typer

import hetao.cli
from hetao.cli import ESCAPED, main
from hetao.cli_usage import usage_told
from hetao.text import Language, Text, language, use_language


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


def test_the_version(hetao_: Callable[..., Ended]) -> None:
    assert hetao_("--version") == Ended(0, f"{version('hetao')}\n", "")


@pytest.mark.parametrize(
    ("environment", "words"), [("zh_CN.UTF-8", "水账：回放、入账、说明"), ("en_US.UTF-8", "The water ledger: replay")]
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
        assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
        assert "Remedy: see hetao" in ended.err


@pytest.mark.parametrize(
    ("arguments", "zh", "en"),
    [
        (
            ["rnu"],
            "没有命令 rnu；相近的：'run'。处理：用法见 hetao --help",
            "'rnu'. Did you mean 'run'? Remedy: see hetao",
        ),
        (["ledger", "xyz"], "没有命令 xyz。处理：用法见 hetao ledger --help", "No such command 'xyz'. Remedy: "),
        (
            ["--bogus"],
            "没有选项 --bogus。处理：用法见 hetao --help",
            "No such option: --bogus. Remedy: see hetao --help",
        ),
        (["run", "a", "--ot", "b"], "没有选项 --ot；相近的：--out", "hetao run --help"),
        (["check"], "缺少参数 study。处理：用法见 hetao check --help", "Missing argument 'study'. Remedy: "),
        (["check", "a", "b", "c"], "多余的参数 b c。", "(b c)"),
        (["ledger", "verify"], "缺少选项 --store。", "Missing option '--store'."),
        (["ledger", "verify", "--store"], "选项 --store 须带一个值。", "requires an argument"),
        (["run", "a", "--quiet=x"], "选项 --quiet 不带值。", "does not take a value"),
        (["ledger", "simulate", "--acts", "x"], "--acts 的值不对：应为整数。", "integer"),
        (
            ["ledger", "simulate", "--acts", "0"],
            "--acts 的值不对：应不小于 1。",
            "1. Remedy: see hetao ledger simulate",
        ),
        (["--lang", "fr", "check", "a"], "--lang 的值不对：zh | en。", "Invalid value for --lang: zh | en."),
        (
            ["ledger", "due", "--store", "x", "--at", "y"],
            "应为 YYYY-MM-DD 日期，不是“y”。",
            "a day as YYYY-MM-DD, not “y”.",
        ),
    ],
)
def test_a_wrong_command_line_is_told_in_both_languages(
    hetao_: Callable[..., Ended], arguments: list[str], zh: str, en: str
) -> None:
    told: dict[Language, str] = {"zh": zh, "en": en}
    for lang, words in told.items():
        with use_language(lang):
            ended = hetao_(*arguments)
        assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
        assert words in ended.err


def test_the_language_asked_for_before_the_command_is_that_of_its_mistakes(hetao_: Callable[..., Ended]) -> None:
    assert "缺少参数" in hetao_("--lang", "zh", "check").err
    assert "Missing argument" in hetao_("--lang", "en", "check").err


@pytest.mark.parametrize("words", [["--lang", "zh"], ["--lang=zh"], ["--lang", "en", "--lang", "zh"]])
@pytest.mark.parametrize("wrong", [["nosuch"], ["--nosuch"], ["ledger", "nosuch"], ["check"]])
def test_the_language_asked_for_is_that_of_every_mistake(
    hetao_: Callable[..., Ended], words: list[str], wrong: list[str]
) -> None:
    assert hetao_(*words, *wrong).err.startswith("命令行：")


def test_a_language_asked_for_after_the_command_is_a_mistake(hetao_: Callable[..., Ended]) -> None:
    assert hetao_("check", "--lang", "zh").err.startswith("The command line: No such option: --lang")


def test_a_sentence_of_another_version_is_passed_on(capsys: pytest.CaptureFixture[str]) -> None:
    with use_language("zh"), pytest.raises(typer.Exit) as ended, usage_told():
        raise typer.BadParameter("no such thing")
    assert ended.value.exit_code == 2
    told = "命令行：值不对：no such thing。处理：用法见 hetao --help"
    assert capsys.readouterr().err.strip() == told


def test_the_template_is_written_once(hetao_: Callable[..., Ended], tmp_path: Path) -> None:
    path = tmp_path / "figures.xlsx"
    assert hetao_("--lang", "zh", "template", path) == Ended(0, f"已写出 {path}\n", "")
    before = path.read_bytes()
    for wrong in (path, tmp_path / "figures.csv", tmp_path / "nowhere" / "figures.xlsx"):
        assert hetao_("template", wrong).code == 2
    assert path.read_bytes() == before


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


def test_what_a_code_page_lacks_is_escaped_as_json_does_it() -> None:
    assert "1 m³ 𠮷".encode("gbk", ESCAPED) == rb"1 m\u00b3 \ud842\udfb7"
    assert json.loads('"m³"'.encode("gbk", ESCAPED).decode("gbk")) == "m³"
