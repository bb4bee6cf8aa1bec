"""The ``hetao`` command: thin; every command calls one public function. Exit codes: 0 well, 1 refused, 2 bad input."""

from __future__ import annotations

import codecs
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from io import TextIOWrapper
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from typer.core import TyperGroup

from hetao.cli_ledger import app as ledger_app
from hetao.cli_usage import BAD_INPUT, usage_told
from hetao.errors import ProblemsError
from hetao.text import Language, Text, use_language

__all__ = ["app", "main"]


class _Commands(TyperGroup):
    """Commands whose problems with what was handed in are printed, in the language chosen, and end with code 2."""

    def make_context(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - as it is there
        """Read the words before the command."""
        with usage_told():
            return super().make_context(*given, **named)

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        """Run the command that was named."""
        try:
            with usage_told(ctx):
                return super().invoke(ctx)
        except BrokenPipeError as error:  # which would end with 1 and no word, as if something had been refused
            raise OSError(str(error)) from error
        except ProblemsError as error:
            typer.echo(error.describe(), err=True)
            raise typer.Exit(BAD_INPUT) from None


app = typer.Typer(name="hetao", cls=_Commands, no_args_is_help=True, pretty_exceptions_enable=False, help=str(Text(
    "河套：在资源硬约束内提高生产率：测度、守住、规划、跟踪。",
    "hetao: productivity inside hard resource caps: measure, hold, plan, track.",
)))  # fmt: skip
app.add_typer(ledger_app, name="ledger")

Study = Annotated[Path, typer.Argument(help=str(Text("研究文件夹", "the study folder")))]


def _show_version(wanted: bool) -> None:
    if wanted:
        import hetao

        typer.echo(hetao.__version__)
        raise typer.Exit


@app.callback()
def _options(
    lang: Annotated[str | None, typer.Option("--lang", help="zh | en")] = None,
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_show_version, help=str(Text("显示版本", "show the version"))
        ),
    ] = False,
) -> None:
    if lang is not None and lang not in get_args(Language):  # `main` has it in use by now
        raise typer.BadParameter("zh | en", param_hint="--lang")


@app.command(
    help=str(Text("运行一项研究，写出报告、工作簿和表格。", "Run a study: write its report, workbook and tables."))
)
def run(
    study: Study,
    out: Annotated[Path | None, typer.Option("--out", help=str(Text("输出文件夹", "the folder to write")))] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help=str(Text("不显示进度", "show no progress")))] = False,
) -> None:
    """Run a study."""
    from hetao.study import run_study

    with _progress(quiet) as step:
        written = run_study(study, out, progress=step)
    typer.echo(str(Text(f"报告：{written.report}", f"Report: {written.report}")))


@app.command(
    help=str(
        Text(
            "检查一项研究，列出全部问题，不做计算。",
            "Check a study: list all that is wrong, compute nothing.",
        )
    )
)
def check(
    study: Study,
    as_json: Annotated[
        bool, typer.Option("--json", help=str(Text("以 JSON 输出问题", "print the problems as JSON")))
    ] = False,
) -> None:
    """Check a study."""
    from hetao.study import check_study

    try:
        found = check_study(study)
    except ProblemsError as error:
        if not as_json:
            raise
        typer.echo(json.dumps({"ok": False, "problems": [p.as_dict() for p in error.problems]}, ensure_ascii=False))
        raise typer.Exit(BAD_INPUT) from None
    typer.echo(json.dumps({"ok": True, **found.as_dict()}, ensure_ascii=False) if as_json else found.describe())


@app.command(help=str(Text("写出带注释的研究模板。", "Write a commented template of a study.")))
def new(study: Study) -> None:
    """Write a study template."""
    from hetao.study import new_study

    new_study(study)
    typer.echo(str(Text(f"已写出 {study}；下一步：hetao run {study}", f"Wrote {study}; next: hetao run {study}")))


@app.command(help=str(Text("写出填报数字的 xlsx 模板。", "Write the xlsx template for figures.")))
def template(
    path: Annotated[Path, typer.Argument(help=str(Text("要写的 .xlsx", "the .xlsx to write")))],
) -> None:
    """Write the intake template."""
    from hetao.study import new_figures

    new_figures(path)
    typer.echo(str(Text(f"已写出 {path}", f"Wrote {path}")))


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[Text, float], None]]:
    """Show a bar on a terminal and nothing elsewhere; the step is told its words and the share done, 0 to 1."""
    if quiet or not sys.stderr.isatty():
        yield lambda words, done: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda words, done: bar.update(task, description=str(words), completed=done)


def main(arguments: list[str] | None = None) -> object:
    """Run the command line with the arguments given, or those of the process; ends the process with the exit code."""
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a character that the console's code page lacks (³ in GBK) ends nothing
            stream.reconfigure(errors=ESCAPED)
    given = sys.argv[1:] if arguments is None else arguments
    with _language_asked(given):
        return _run(given)


def _run(arguments: list[str]) -> object:
    """Run a command; an output that cannot be written is told, and ends the process with code 2."""
    try:
        try:
            return app(arguments, prog_name="hetao")
        finally:
            sys.stdout.flush()
    except OSError as error:
        if error.filename is not None:  # of a file that was named, not of the stream that all output goes to
            raise
        zh = f"输出无法写出：{error}；其后的事项可能未办。处理：腾出空间，或写到别处，再运行一次"
        en = f"The output cannot be written: {error}; the rest may not have been done. Remedy: free space or write "
        with suppress(OSError):
            print(Text(zh, f"{en}elsewhere, and run it again"), file=sys.stderr)
        with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - where Python flushes to at its end
            for stream in (sys.stdout, sys.stderr):
                with suppress(OSError):
                    os.dup2(nowhere.fileno(), stream.fileno())
        raise SystemExit(BAD_INPUT) from None


def _open_what_is_closed() -> None:
    """Put nothing in the place of standard streams that are closed, as for a job without a console."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - for good


def _language_asked(arguments: Sequence[str]) -> AbstractContextManager[None]:
    """Use the language that the words before the command ask for, also for what is wrong with those words."""
    languages = {name: name for name in get_args(Language)}
    before = takewhile(lambda word: word.startswith("-") or word in languages, arguments)
    words = [*" ".join(before).replace("=", " ").split(), ""]
    asked = [languages[value] for option, value in pairwise(words) if option == "--lang" and value in languages]
    return use_language(asked[-1]) if asked else nullcontext()


def _escape(error: UnicodeError) -> tuple[str, int]:
    """Return what a code page lacks as JSON escapes it, so that lines of JSON stay JSON."""
    assert isinstance(error, UnicodeEncodeError)
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


ESCAPED = "hetao.escaped"
codecs.register_error(ESCAPED, _escape)

if __name__ == "__main__":
    main()
