"""What is wrong with a command line, told as every other problem is: in the language chosen, with what to do.

The library that reads the command line speaks English only; what it says is known by its form and said in Chinese. A
sentence of a later version that is not known here is passed on as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from hetao.text import Text

__all__ = ["BAD_INPUT", "usage_told"]

BAD_INPUT = 2
UsageError: type[Exception] = typer.BadParameter.__bases__[0]  # its own name is not public in every version
HELP_ASKED = "NoArgsIsHelpError"  # no mistake: the help is shown
SAID = (  # each with what it says in Chinese
    (r"Missing argument '?(.+?)'?\.(?: .*)?", "缺少参数 {}"),
    (r"Missing option '?(.+?)'?\.(?: .*)?", "缺少选项 {}"),
    (r"Missing command\.", "缺少命令"),
    (r"No such command '(.+?)'\. Did you mean (.+?)\?", "没有命令 {}；相近的：{}"),
    (r"No such command '(.+?)'\.", "没有命令 {}"),
    (r"No such option: (\S+) (?:Did you mean|\(Possible options:) (.+?)[?)]", "没有选项 {}；相近的：{}"),
    (r"No such option: (\S+)", "没有选项 {}"),
    (r"Got unexpected extra arguments? ?(?:\(s\) )?\((.*)\)", "多余的参数 {}"),
    (r"Option '(.+?)' requires an argument\.", "选项 {} 须带一个值"),
    (r"Option '(.+?)' does not take a value\.", "选项 {} 不带值"),
)
INVALID = re.compile(r"Invalid value(?: for '?(.+?)'?)?: (.*)", re.DOTALL)
EXPECTED = (
    (r".*valid string.*", "应为文字"),
    (r"path (.+) does not exist\.?", "没有 {}"),
    (r"path (.+) is a (?:directory|file)\.?", "{} 不是所需的那种路径"),
    (r"path (.+) is not (?:readable|writable)\.?", "没有读写 {} 的权限"),
    (r".*valid (?:integer|int).*", "应为整数"),
    (r".*valid (?:number|float).*", "应为数字"),
    (r".*greater than or equal to (\S+?)\.?", "应不小于 {}"),
    (r".* is not in the range x>=(\S+?)\.?", "应不小于 {}"),
)


@contextmanager
def usage_told(context: typer.Context | None = None) -> Iterator[None]:
    """Print what is wrong with the command line that is read inside the block, and end the program with code 2.

    Args:
        context: of the commands of which one is run, for mistakes that do not say which.
    """
    try:
        yield
    except UsageError as error:
        if type(error).__name__ == HELP_ASKED:
            raise
        typer.echo(str(_described(error, context)), err=True)
        raise typer.Exit(BAD_INPUT) from None


def _described(error: Exception, outer: typer.Context | None) -> Text:
    """Return what is wrong and where the right way is told."""
    said = " ".join(error.format_message().split())  # type: ignore[attr-defined]  # every usage error has it
    context, inner = getattr(error, "ctx", None), ""
    if context is None and outer is not None:
        context, inner = outer, f" {outer.invoked_subcommand}"
    command = f"{'hetao' if context is None else context.command_path}{inner}"
    ends = "" if said.endswith("?") else "."
    zh = f"命令行：{_in_chinese(said)}。处理：用法见 {command} --help"
    return Text(zh, f"The command line: {said.rstrip('.')}{ends} Remedy: see {command} --help for its usage")


def _in_chinese(said: str) -> str:
    invalid = INVALID.fullmatch(said)
    if invalid is None:
        return _known(said, SAID)
    where = f"{invalid[1]} 的" if invalid[1] else ""
    return f"{where}值不对：{_known(invalid[2], EXPECTED)}"


def _known(said: str, known: tuple[tuple[str, str], ...]) -> str:
    """Return a sentence in Chinese where its form is known, else as it is."""
    found = ((words, re.fullmatch(form, said)) for form, words in known)
    return next((words.format(*match.groups()) for words, match in found if match is not None), said.rstrip("."))
